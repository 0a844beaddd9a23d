/** What a command is given of the world, and what it gives back. */
import type { Readable, Writable } from "node:stream";
import type { Words } from "./words/words.ts";

/** 0: accepted, or nothing wrong. 1: warn, refuse, unverifiable, not reached, or errors found. 2: bad input. */
export type Code = 0 | 1 | 2;

export interface Io {
	readonly stdin: Readable;
	/** `isTTY` and `columns` as `process.stdout` has them, where it is a terminal. */
	readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
	readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
	readonly env: Readonly<Record<string, string | undefined>>;
	/** Aborted when the person wants it to end: stop cleanly, and say what there is to say. */
	readonly signal: AbortSignal;
	/** The folder of package.json, with a slash at its end. */
	readonly root: URL;
	/** Milliseconds since 1970. */
	readonly now: () => number;
}

/** The same, with the texts in the person's language. */
export interface CommandIo extends Io {
	readonly words: Words;
}

/** One command of the program, as `cli/run.ts` lists them. */
export interface Command {
	/** Also the name of its section in cli/words, where `summary` is its line in the list of commands. */
	readonly name: "check" | "export" | "host" | "lint";
	/**
	 * Does what the command does.
	 *
	 * @param args what stands after the command's name, without `--language`
	 * @returns the exit code. May throw InputError, which `run` prints; whatever else it throws is a fault of ours.
	 */
	run(args: readonly string[], io: CommandIo): Promise<Code>;
}

/** Bad input: its message is one line for people, in their language. Exit code 2. */
export class InputError extends Error {
	override readonly name = "InputError";
}
