/** Puts the program where Firefox finds it, takes it away again, and looks whether it is there and runs. */
import { spawn } from "node:child_process";
import { access, chmod, constants, cp, mkdir, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { messageOf } from "../../src/core/error.ts";
import { MAIL_HOST, MAIL_PROTOCOL, MAX_MAIL_ANSWER } from "../../src/core/mail.ts";
import { readFromMailHost } from "../../src/schema/mail.ts";
import { Frames, frame } from "./frames.ts";
import { EXTENSION_ID, manifestOf, type Places, starterOf } from "./places.ts";

/** Sets, removes and reads the one value of the registry; as `reg.exe` does. */
export interface Registry {
	set(key: string, value: string): Promise<void>;
	remove(key: string): Promise<void>;
	/** Null: there is no such key. */
	get(key: string): Promise<string | null>;
}

/** What the package needs to run: its scripts, its version, and the words that it shares with the extension. */
const PARTS = ["package.json", "dist-cli/", "public/_locales/"] as const;
const SCRIPT = "dist-cli/countersign.js";

/** The package has no built program: this is a checkout of the sources. */
export class NotBuiltError extends Error {}

const exists = (path: string | URL): Promise<boolean> =>
	access(path).then(
		() => true,
		() => false,
	);

/**
 * Copies the program into a folder of its own, so that it stays when the package goes, and writes the manifest.
 * Replaces what is there. Rejects when a file cannot be written, and with `NotBuiltError`.
 *
 * @param root the package's folder
 * @param node the Node that is to run it
 * @param args what the program is given each time
 */
export async function install(
	places: Places,
	deps: { readonly root: URL; readonly node: string; readonly args: readonly string[]; readonly registry: Registry },
): Promise<void> {
	if (!(await exists(new URL(SCRIPT, deps.root)))) throw new NotBuiltError(SCRIPT);
	const { folder, starter, manifest, registry } = places;
	const inFolder = (part: string): string => `${folder}/${part}`;
	// Installed by the installed one: it is in its place already.
	const isItself = new URL(deps.root).pathname === new URL(`file://${folder}/`).pathname;
	if (!isItself) {
		await rm(folder, { recursive: true, force: true });
		for (const part of PARTS) {
			await mkdir(dirname(inFolder(part)), { recursive: true });
			await cp(fileURLToPath(new URL(part, deps.root)), inFolder(part), { recursive: true });
		}
	}
	await writeFile(starter, starterOf(places, deps.node, inFolder(SCRIPT), ["host", "run", ...deps.args, "--"]));
	await chmod(starter, 0o755);
	await mkdir(dirname(manifest), { recursive: true });
	await writeFile(manifest, manifestOf(places));
	if (registry !== null) await deps.registry.set(registry, manifest);
}

/** Takes away all that `install` made. Answers whether anything was there. */
export async function uninstall(places: Places, registry: Registry): Promise<boolean> {
	const { folder, manifest } = places;
	const wasThere = (await exists(manifest)) || (await exists(folder));
	// Firefox first: a manifest without its program is what nobody wants.
	if (places.registry !== null) await registry.remove(places.registry);
	await rm(manifest, { force: true });
	await rm(folder, { recursive: true, force: true });
	// Folders that were made for it, where nothing else is in them.
	const [lists, own] = [dirname(manifest), dirname(folder)];
	for (const empty of [lists, dirname(lists), own]) await rmdir(empty).catch(() => undefined);
	return wasThere;
}

/** How it stands with the program. */
export type Status =
	| { readonly kind: "well"; readonly version: string }
	/** Firefox finds no manifest. */
	| { readonly kind: "missing" }
	/** Something of it is another than it was written, or is not there. `what`: a file, or a key of the registry. */
	| { readonly kind: "changed"; readonly what: string }
	/** It is there, and does not say who it is. `detail` in English. */
	| { readonly kind: "broken"; readonly detail: string };

/** How long the program may take to say who it is. */
const HELLO_MS = 20_000;

/** Looks at all that Firefox looks at, and then starts the program as Firefox does. Never rejects. */
export async function status(places: Places, registry: Registry, helloMs = HELLO_MS): Promise<Status> {
	const { manifest, starter } = places;
	if (places.registry !== null) {
		const leadsTo = await registry.get(places.registry).catch(() => null);
		if (leadsTo === null) return { kind: "missing" };
		if (leadsTo !== manifest) return { kind: "changed", what: places.registry };
	}
	const text = await readFile(manifest, "utf8").catch(() => null);
	if (text === null) return { kind: "missing" };
	if (text !== manifestOf(places)) return { kind: "changed", what: manifest };
	const isThere = await access(starter, constants.X_OK).then(
		() => true,
		() => false,
	);
	if (!isThere) return { kind: "changed", what: starter };
	return await greet(places, helloMs);
}

async function greet({ system, starter, manifest }: Places, helloMs: number): Promise<Status> {
	let resolve: (found: Status) => void = () => undefined;
	const promise = new Promise<Status>((done) => {
		resolve = done;
	});
	const broken = (detail: string) => resolve({ kind: "broken", detail });
	// Node starts no batch file but through the shell.
	const isBatch = system === "win32";
	const child = spawn(isBatch ? `"${starter}"` : starter, [isBatch ? `"${manifest}"` : manifest, EXTENSION_ID], {
		stdio: ["pipe", "pipe", "pipe"],
		shell: isBatch,
	});
	const timer = setTimeout(() => broken(`expected an answer within ${helloMs / 1000} s, got none`), helloMs);
	let said = "";
	child.stderr.on("data", (chunk: Buffer) => {
		said = (said + chunk.toString("utf8")).slice(-500);
	});
	child.on("error", (error) => broken(error.message));
	child.on("close", (code) => broken(said.trim() || `it ended with code ${code}`));
	child.stdin.on("error", () => undefined);
	const frames = new Frames(MAX_MAIL_ANSWER);
	child.stdout.on("data", (chunk: Buffer) => {
		try {
			for (const raw of frames.take(chunk)) {
				const message = readFromMailHost(raw);
				if (!message.ok) broken(message.error);
				else if (message.value.type !== "hello") broken(`expected "hello", got ${message.value.type}`);
				else if (message.value.protocol !== MAIL_PROTOCOL) {
					broken(`message.protocol: expected ${MAIL_PROTOCOL}, got ${message.value.protocol}`);
				} else resolve({ kind: "well", version: message.value.version });
			}
		} catch (error) {
			broken(messageOf(error));
		}
	});
	child.stdin.write(frame({ type: "hello", protocol: MAIL_PROTOCOL, version: MAIL_HOST }));
	const found = await promise;
	clearTimeout(timer);
	child.stdin.end();
	child.kill();
	return found;
}
