import { PassThrough } from "node:stream";
import { run } from "../../../cli/run.ts";

/** What a run of the command printed, and its exit code. */
export interface Ran {
	readonly code: number;
	readonly stdout: string;
	readonly stderr: string;
}

/** A run that goes on. */
export interface Running {
	/** Settled when it has ended. */
	readonly ended: Promise<Ran>;
	/** Settled once this has been printed on the standard output. */
	printed(text: string): Promise<void>;
	/** As Ctrl+C does. */
	stop(): void;
}

/** Starts the command in this process. */
export function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
	const stop = new AbortController();
	const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
	const texts = { stdout: "", stderr: "" };
	const waiting = new Set<() => void>();
	stdout.on("data", (chunk: Buffer) => {
		texts.stdout += chunk.toString();
		for (const wake of waiting) wake();
	});
	stderr.on("data", (chunk: Buffer) => {
		texts.stderr += chunk.toString();
	});
	const ended = run(args, {
		stdin,
		stdout,
		stderr,
		env: { LANG: "en_US.UTF-8", ...env },
		signal: stop.signal,
		root: new URL("../../../", import.meta.url),
		now: Date.now,
	}).then((code) => ({ code, ...texts }));
	return {
		ended,
		async printed(text) {
			while (!texts.stdout.includes(text)) {
				await new Promise<void>((resolve) => {
					waiting.add(resolve);
				});
			}
		},
		stop: () => stop.abort(),
	};
}

/** Runs the command in this process to its end. */
export const command = (...args: string[]): Promise<Ran> => start(args).ended;
