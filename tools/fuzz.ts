/**
 * `npm run fuzz -- [--seconds N] [--seed N] [--cases N] [NAME …]`: gives nonsense to everything that reads what comes from
 * outside, 5 minutes each, and ends with 1 at the first that crashes, hangs, or says what it must not. A line for each;
 * `--seed` and `--cases 1` give one case again.
 */
import { parseArgs } from "node:util";
import { certificateFuzzer, messageFuzzer } from "./fuzz/certificates.ts";
import { FuzzError, type Fuzzed, type Fuzzer, fuzz } from "./fuzz/fuzzer.ts";
import { greetingFuzzers } from "./fuzz/greetings.ts";
import { hostFuzzer } from "./fuzz/host.ts";

/** All of them. */
export const FUZZERS: readonly Fuzzer[] = [...greetingFuzzers, certificateFuzzer, messageFuzzer, hostFuzzer];

/** One line for people. */
export function lineOf({ name, cases, outcomes, longest, memory }: Fuzzed): string {
	const ends = Object.entries(outcomes).map(([outcome, count]) => `${outcome} ${count}`);
	return `${name}: ${cases} cases, the longest ${longest.toFixed(0)} ms, ${memory.toFixed(0)} MB; ${ends.join(", ")}`;
}

if (process.argv[1] === import.meta.filename) {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: { seconds: { type: "string" }, seed: { type: "string" }, cases: { type: "string" } },
	});
	const seed = Number(values.seed ?? Date.now() % 2 ** 31);
	const wanted = FUZZERS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
	try {
		for (const fuzzer of wanted) {
			const only = values.cases === undefined ? undefined : Number(values.cases);
			process.stdout.write(`${lineOf(await fuzz(fuzzer, Number(values.seconds ?? 300), seed, only))}\n`);
		}
	} catch (error) {
		if (!(error instanceof FuzzError)) throw error;
		process.stderr.write(`${error.message}\n`);
		process.exitCode = 1;
	}
}
