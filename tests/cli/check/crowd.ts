/**
 * Runs the command in a process of its own, and says at its end how much memory that took at most: the last line of the
 * standard error is a number of kilobytes (getrusage's ru_maxrss, as Node gives it).
 */
import { run } from "../../../cli/run.ts";

process.exitCode = await run(process.argv.slice(2), {
	stdin: process.stdin,
	stdout: process.stdout,
	stderr: process.stderr,
	env: process.env,
	signal: new AbortController().signal,
	root: new URL("../../../", import.meta.url),
	now: Date.now,
});
process.stderr.write(`${process.resourceUsage().maxRSS}\n`);
