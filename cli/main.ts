#!/usr/bin/env node
/** The command `countersign`: docs/cli.md says what it can do. */
import process from "node:process";
import { run } from "./run.ts";

const ended = new AbortController();
// The first asks the command to stop; it is given the time to say what it has. The second ends it as usual.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => ended.abort(new Error(signal)));
// Who read the output has read enough (`countersign … | head`): nothing is left to say, and nothing to complain of.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 2));

process.exitCode = await run(process.argv.slice(2), {
	stdin: process.stdin,
	stdout: process.stdout,
	stderr: process.stderr,
	env: process.env,
	signal: ended.signal,
	// Of the sources and of the bundle alike: this file is one folder below package.json.
	root: new URL("../", import.meta.url),
	now: Date.now,
});
// What was asked of the system and hangs (a name that is looked up) cannot be taken back, and would keep the program for as
// long as the system likes.
process.stdout.write("", () => void setTimeout(() => process.exit(), 500).unref());
