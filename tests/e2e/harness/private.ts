/**
 * Folders of the system as a test may change them: copies, which the programs that are started through them see in the
 * places of the real ones (mount namespaces, unshare(1)). The real ones are never touched.
 */
import { execFile, spawnSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";

const execute = promisify(execFile);

/**
 * What is missing for tests of other programs, or null when all is there. Where everything can be installed (CI), nothing
 * may be left out: then it is null too, and the tests fail.
 */
export function missingFor(...programs: readonly string[]): string | null {
	if (process.env.CI === "true" && process.getuid?.() === 0) return null;
	const root = process.getuid?.() === 0 ? [] : ["--map-root-user"];
	for (const [program, ...args] of [
		["unshare", "--mount", ...root, "true"],
		...programs.map((name) => ["which", name]),
	]) {
		const { status } = spawnSync(program ?? "", args);
		if (status !== 0) return `${args.at(-1) === "true" ? "mount namespaces" : args[0]} cannot be had here`;
	}
	return null;
}

/** How a program ended. */
export interface Ended {
	readonly code: number;
	readonly stdout: string;
	readonly stderr: string;
}

/** A part of the system that belongs to one test. */
export class PrivateSystem implements AsyncDisposable {
	/** Everything is in here; programs that are started through it see it too. */
	readonly base: string;
	readonly #command: string;
	readonly #folders: readonly string[];

	private constructor(base: string, command: string, folders: readonly string[]) {
		this.base = base;
		this.#command = command;
		this.#folders = folders;
	}

	/**
	 * Makes it. Rejects where namespaces are not to be had: root has them, and others where the system lets them.
	 *
	 * @param copied folders that are copied whole
	 * @param empty folders that are empty in it
	 */
	static async create(copied: readonly string[], empty: readonly string[] = []): Promise<PrivateSystem> {
		const folders = [...copied, ...empty];
		const base = await mkdtemp(join(tmpdir(), "countersign-system-"));
		const lines = ["#!/bin/sh", "set -e"];
		for (const [index, folder] of folders.entries()) {
			const copy = join(base, `folder-${index}`);
			await mkdir(copy);
			if (index < copied.length) await execute("cp", ["-a", `${folder}/.`, `${copy}/`]);
			lines.push(`mount --bind "${copy}" "${folder}"`);
		}
		const inside = join(base, "inside.sh");
		await writeFile(inside, `${lines.join("\n")}\nexec "$@"\n`);
		const command = join(base, "run");
		const root = process.getuid?.() === 0 ? "" : " --map-root-user";
		await writeFile(command, `#!/bin/sh\nexec unshare --mount${root} sh "${inside}" "$@"\n`);
		await chmod(command, 0o755);
		const system = new PrivateSystem(base, command, folders);
		const { code, stderr } = await system.run("true");
		if (code !== 0) {
			await system[Symbol.asyncDispose]();
			throw new Error(`Tests of other programs need mount namespaces: ${stderr}`);
		}
		return system;
	}

	/** Where a file of it is for those who are outside. */
	path(file: string): string {
		const index = this.#folders.findIndex((folder) => file.startsWith(`${folder}/`));
		if (index < 0) throw new Error(`${file} is not private`);
		return join(this.base, `folder-${index}`, file.slice((this.#folders[index] ?? "").length));
	}

	/** Runs a program in it, to its end. Its arguments are passed on as they are. */
	async run(program: string, ...args: readonly string[]): Promise<Ended> {
		try {
			return { code: 0, ...(await execute(this.#command, [program, ...args], { maxBuffer: 64 * 1024 * 1024 })) };
		} catch (error) {
			const { code, stdout, stderr } = error as { code?: number | string; stdout?: string; stderr?: string };
			if (typeof code !== "number") throw error;
			return { code, stdout: stdout ?? "", stderr: stderr ?? "" };
		}
	}

	/** Makes a program that starts another one in it, with the same arguments. Returns its path. */
	async wrapped(program: string): Promise<string> {
		const path = join(this.base, `wrapped-${program.replace(/\W+/g, "-")}`);
		await writeFile(path, `#!/bin/sh\nexec "${this.#command}" "${program}" "$@"\n`);
		await chmod(path, 0o755);
		return path;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await rm(this.base, { recursive: true, force: true });
	}
}
