/** Files that people name on the command line: read within bounds, with errors in their words. */
import { open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { MAX_DOCUMENT, type Policy } from "../src/core/policy.ts";
import { type KnownAuthority, parsePolicy } from "../src/schema/policy.ts";
import { type CommandIo, InputError } from "./io.ts";

/** Why a file cannot be read; `other` comes with the system's code alone. */
export type WhyUnread = "missing" | "folder" | "forbidden" | "loop" | "longName" | "other";

const WHY: Readonly<Record<string, WhyUnread>> = {
	ENOENT: "missing",
	ENOTDIR: "missing",
	ERR_INVALID_ARG_VALUE: "missing",
	EISDIR: "folder",
	EACCES: "forbidden",
	EPERM: "forbidden",
	ELOOP: "loop",
	ENAMETOOLONG: "longName",
};

/** A file that could not be read. */
export class UnreadError extends Error {
	override readonly name = "UnreadError";
	readonly why: WhyUnread;
	/** The system's own: `ENOENT`. */
	readonly code: string;

	constructor(code: string, options: { readonly cause: unknown }) {
		super(code, options);
		this.code = code;
		this.why = WHY[code] ?? "other";
	}
}

/**
 * Reads at most `limit` bytes of a file, or of `stdin` for the name `-`; also of what has no size or no end
 * (pipes, devices). Rejects with UnreadError.
 */
export async function readBytes(name: string, limit: number, stdin: Readable): Promise<Uint8Array> {
	const chunks: Uint8Array[] = [];
	let length = 0;
	try {
		const file = name === "-" ? null : await open(name);
		const stream = file ? file.createReadStream({ end: limit - 1 }) : stdin;
		for await (const chunk of stream as AsyncIterable<Uint8Array>) {
			chunks.push(chunk);
			length += chunk.length;
			if (length >= limit) break;
		}
		await file?.close();
	} catch (error) {
		const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
		throw new UnreadError(code, { cause: error });
	}
	return Buffer.concat(chunks, Math.min(length, limit));
}

/** What a file is called in front of people. */
export function nameOf(file: string, { words }: Pick<CommandIo, "words">): string {
	return file === "-" ? words.say("cli.standardInput") : file;
}

/** The same as `readBytes`, with errors for people: rejects with InputError. */
export async function readInput(file: string, limit: number, io: CommandIo): Promise<Uint8Array> {
	try {
		return await readBytes(file, limit, io.stdin);
	} catch (error) {
		if (!(error instanceof UnreadError)) throw error;
		const why = io.words.say(`cli.${error.why}`, { code: error.code });
		throw new InputError(`${nameOf(file, io)}: ${why}`, { cause: error });
	}
}

/**
 * Reads the text of a document. One that is longer than a document may be comes a little too long, so that the
 * document's own reader says so. Rejects with InputError.
 */
export async function readDocument(file: string, io: CommandIo): Promise<string> {
	// A byte order mark comes on top of the document's own limit.
	const bytes = await readInput(file, MAX_DOCUMENT + 4, io);
	try {
		return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
	} catch (error) {
		throw new InputError(`${nameOf(file, io)}: ${io.words.say("cli.notUtf8")}`, { cause: error });
	}
}

/** Reads a policy document, as the options page's import does. Rejects with InputError that has the field error. */
export async function readPolicyFile(file: string, known: KnownAuthority, io: CommandIo): Promise<Policy> {
	const parsed = parsePolicy(await readDocument(file, io), "person", known);
	if (!parsed.ok) throw new InputError(`${nameOf(file, io)}: ${parsed.error}`);
	return parsed.policy;
}
