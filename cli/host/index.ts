/**
 * `countersign host install|uninstall|status`: the program beside Firefox by which the extension asks mail servers
 * (docs/mail.md). `countersign host run` is what Firefox starts.
 */
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { resolve } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { messageOf } from "../../src/core/error.ts";
import { TrustError } from "../check/trust.ts";
import { type Code, type Command, type CommandIo, InputError } from "../io.ts";
import { createAsk } from "./ask.ts";
import { frame } from "./frames.ts";
import { install, NotBuiltError, status, uninstall } from "./install.ts";
import { EXTENSION_ID, type Places, placesOf } from "./places.ts";
import { windowsRegistry } from "./registry.ts";
import { serve } from "./serve.ts";

const ACTIONS = ["install", "uninstall", "status", "run"] as const;
type Action = (typeof ACTIONS)[number];

interface Asked {
	readonly action: Action;
	readonly help: boolean;
	readonly trustStore: string;
	readonly rest: readonly string[];
}

function read(args: readonly string[], { words }: CommandIo): Asked {
	try {
		const { values, positionals } = parseArgs({
			args: [...args],
			allowPositionals: true,
			options: { help: { type: "boolean", short: "h" }, "trust-store": { type: "string" } },
		});
		const [action = "", ...rest] = positionals;
		const help = values.help === true;
		if (!help && !ACTIONS.some((one) => one === action)) throw new InputError(words.say("host.noAction", { action }));
		if (!help && action !== "run" && rest.length > 0)
			throw new InputError(words.say("host.noAction", { action: rest[0] ?? "" }));
		return { action: action as Action, help, trustStore: values["trust-store"] ?? "mozilla", rest };
	} catch (error) {
		if (error instanceof InputError) throw error;
		throw new InputError(words.say("cli.badOption", { message: messageOf(error) }), { cause: error });
	}
}

function places({ env, words }: CommandIo): Places {
	const found = placesOf(process.platform, env, env.HOME || homedir());
	if (found === null) throw new InputError(words.say("host.noSystem", { system: process.platform }));
	return found;
}

async function doInstall(io: CommandIo, trustStore: string): Promise<Code> {
	const { words, stdout, root } = io;
	const where = places(io);
	// A file is looked for from where the person is now, and not from where Firefox will be.
	const isFile = trustStore !== "mozilla" && trustStore !== "system";
	const store = isFile ? resolve(trustStore) : trustStore;
	try {
		// What cannot be read is said now, and not by a program that nobody sees.
		await createAsk(store, io);
	} catch (error) {
		if (!(error instanceof TrustError)) throw error;
		throw new InputError(words.say(`check.store-${error.why}`, { file: error.file }), { cause: error });
	}
	try {
		await install(where, { root, node: process.execPath, args: ["--trust-store", store], registry: windowsRegistry });
	} catch (error) {
		if (error instanceof NotBuiltError) throw new InputError(words.say("host.notBuilt"), { cause: error });
		throw new InputError(words.say("host.failed", { message: messageOf(error) }), { cause: error });
	}
	const found = await status(where, windowsRegistry);
	if (found.kind !== "well") return tellStatus(io);
	stdout.write(`${words.say("host.installed", { folder: where.folder, manifest: where.manifest })}\n`);
	return 0;
}

async function doUninstall(io: CommandIo): Promise<Code> {
	const { words, stdout } = io;
	let wasThere: boolean;
	try {
		wasThere = await uninstall(places(io), windowsRegistry);
	} catch (error) {
		throw new InputError(words.say("host.failed", { message: messageOf(error) }), { cause: error });
	}
	stdout.write(`${words.say(wasThere ? "host.uninstalled" : "host.nothing")}\n`);
	return 0;
}

async function tellStatus(io: CommandIo): Promise<Code> {
	const { words, stdout, root } = io;
	const where = places(io);
	const found = await status(where, windowsRegistry);
	const { version } = JSON.parse(await readFile(new URL("package.json", root), "utf8")) as { version: string };
	const line =
		found.kind === "well"
			? words.say(found.version === version ? "host.well" : "host.other", { version: found.version, own: version })
			: found.kind === "missing"
				? words.say("host.missing")
				: found.kind === "changed"
					? words.say("host.changed", { what: found.what })
					: words.say("host.broken", { detail: found.detail });
	stdout.write(`${line}\n${words.say("host.places", { folder: where.folder, manifest: where.manifest })}\n`);
	return found.kind === "well" ? 0 : 1;
}

async function doRun(io: CommandIo, { trustStore, rest }: Asked): Promise<Code> {
	const { words, stdin, stdout, signal, root } = io;
	// Firefox gives the manifest's path, and the extension that it starts the program for.
	if (rest[1] !== EXTENSION_ID) throw new InputError(words.say("host.notYours", { extension: EXTENSION_ID }));
	const { version } = JSON.parse(await readFile(new URL("package.json", root), "utf8")) as { version: string };
	let ask: Awaited<ReturnType<typeof createAsk>>;
	try {
		ask = await createAsk(trustStore, io);
	} catch (error) {
		// Nobody reads what a program says that Firefox starts: the extension does, and shows it.
		stdout.write(frame({ type: "error", why: "failed", detail: messageOf(error).slice(0, 500) }));
		return 1;
	}
	const well = await serve({ stdin, stdout, version, ask, signal, now: () => performance.now() });
	return well ? 0 : 1;
}

export const command: Command = {
	name: "host",
	async run(args, io) {
		const asked = read(args, io);
		if (asked.help) {
			io.stdout.write(io.words.say("host.help"));
			return 0;
		}
		if (asked.action === "install") return await doInstall(io, asked.trustStore);
		if (asked.action === "uninstall") return await doUninstall(io);
		if (asked.action === "status") return await tellStatus(io);
		return await doRun(io, asked);
	},
};
