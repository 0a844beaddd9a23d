import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import type { Code, Io } from "../../cli/io.ts";
import { run } from "../../cli/run.ts";

/** What a command said, and how it ended. */
export interface Ran {
	readonly code: Code;
	readonly stdout: string;
	readonly stderr: string;
}

/** Runs the command in this process, in English unless `io.env` says otherwise; `input` is its standard input. */
export async function ran(args: readonly string[], input = "", io: Partial<Io> = {}): Promise<Ran> {
	const stdin = new PassThrough();
	const stdout = new PassThrough();
	const stderr = new PassThrough();
	const said = Promise.all([text(stdout), text(stderr)]);
	stdin.end(input);
	const code = await run(args, {
		stdin,
		stdout,
		stderr,
		env: { LC_ALL: "C" },
		signal: new AbortController().signal,
		root: new URL("../../", import.meta.url),
		now: Date.now,
		...io,
	});
	stdout.end();
	stderr.end();
	const [out, err] = await said;
	return { code, stdout: out, stderr: err };
}
