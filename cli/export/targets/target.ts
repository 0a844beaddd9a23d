/** What every target is. */
import type { Fit, Matching } from "../fitting.ts";

/** A file that is written, by its place in the target's folder. */
export interface OutFile {
	/** With "/" between folders. Only letters, digits, ".", "-" and "_": nothing of it comes from a policy. */
	readonly path: string;
	readonly content: string | Uint8Array;
}

export interface WriteOptions {
	/** Nobody may click through a warning about a certificate any more, whatever it is about. */
	readonly noWayThrough: boolean;
	/** One of the texts in `cli/export/scripts`. */
	readonly script: (name: string) => string;
}

/** A line of the instructions: a text of `export`, or a command that is written as it stands. */
export type Step =
	| { readonly say: string; readonly values?: Readonly<Record<string, string>> }
	| { readonly run: string };

export interface Target {
	readonly id: string;
	/** Proper names, the same in every language. */
	readonly name: string;
	readonly matching: Matching;
	/** Everything but README.txt. Nothing that came with a policy or a certificate is written into them but bytes and hashes. */
	write(fit: Fit, options: WriteOptions): OutFile[];
	/** How to put it in force, and how to undo that. */
	readonly apply: (options: Pick<WriteOptions, "noWayThrough">) => readonly Step[];
	readonly undo: (options: Pick<WriteOptions, "noWayThrough">) => readonly Step[];
	/** What it can never hold, whatever the policy: texts of `export`. */
	readonly never: (options: Pick<WriteOptions, "noWayThrough">) => readonly string[];
}

/** Puts lines in the place that a script keeps for them. `lines` hold bytes and hashes only. */
export function fill(script: string, lines: readonly string[]): string {
	return script.replace("@CERTIFICATES@", () => lines.join("\n"));
}

/** Bytes as base64 in one line. */
export const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
