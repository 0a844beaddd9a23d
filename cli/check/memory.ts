/** Where a watch keeps what it saw, so that it goes on where it was after a restart. */
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { readWatchMemory, WATCH_VERSION, type WatchMemory } from "../../src/schema/watch.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** The file of a person who names none, by the custom of each system (XDG Base Directory, Known Folders). */
export function memoryFile(env: Env, platform: NodeJS.Platform = process.platform): string {
	const home = env.HOME || homedir();
	const folder =
		platform === "win32"
			? env.LOCALAPPDATA || join(home, "AppData", "Local")
			: platform === "darwin"
				? join(home, "Library", "Application Support")
				: env.XDG_STATE_HOME || join(home, ".local", "state");
	return join(folder, "countersign", "watch.json");
}

/** No honest one is larger: 5,000 servers with two authorities each. */
const MAX_BYTES = 16 * 1024 * 1024;

/** What was read, and what is to be told of it. */
export interface Recalled {
	readonly memory: WatchMemory;
	/** Where a file that could not be read was put aside; null: it could, or there was none. */
	readonly aside: string | null;
}

/** A file that a later version wrote: it must not be overwritten. */
export class NewerMemory extends Error {
	override readonly name = "NewerMemory";
}

/**
 * Reads what an earlier watch saw. A file that is none is put aside, never overwritten.
 *
 * @throws NewerMemory for one of a later version; the system's error where the file can be neither read nor moved
 */
export async function recall(file: string): Promise<Recalled> {
	const empty: WatchMemory = { version: WATCH_VERSION, servers: {} };
	let json: string;
	try {
		json = (await readFile(file)).subarray(0, MAX_BYTES).toString("utf8");
	} catch (error) {
		if (error instanceof Error && "code" in error && error.code === "ENOENT") return { memory: empty, aside: null };
		throw error;
	}
	const read = readWatchMemory(json);
	if (read.ok) return { memory: read.memory, aside: null };
	if (read.why === "newer") throw new NewerMemory(file);
	const aside = `${file}.broken`;
	await rename(file, aside);
	return { memory: empty, aside };
}

/**
 * Writes what was seen, whole or not at all: beside it first, then in its place. Only the person may read it, since it
 * says where they have their mail. Rejects with the system's error.
 */
export async function keep(file: string, memory: WatchMemory): Promise<void> {
	await mkdir(dirname(file), { recursive: true, mode: 0o700 });
	const beside = `${file}.${process.pid}.new`;
	try {
		const handle = await open(beside, "w", 0o600);
		try {
			await handle.writeFile(`${JSON.stringify(memory, null, "\t")}\n`);
			await handle.sync();
		} finally {
			await handle.close();
		}
		await rename(beside, file);
	} catch (error) {
		await rm(beside, { force: true });
		throw error;
	}
}
