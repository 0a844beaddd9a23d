import { messageOf } from "../../src/core/error.ts";
import { type Chance, chance } from "./random.ts";

/** One thing that is given nonsense. */
export interface Fuzzer {
	readonly name: string;
	/** Makes ready. What it gives runs one case, and answers with what became of it; throws where something is wrong. */
	prepare(): Promise<(by: Chance) => Promise<string>>;
}

/** What came of a run. */
export interface Fuzzed {
	readonly name: string;
	readonly cases: number;
	/** How often each end came, the most frequent first. */
	readonly outcomes: Readonly<Record<string, number>>;
	/** Milliseconds that the longest case took. */
	readonly longest: number;
	/** MB of memory at most. */
	readonly memory: number;
}

/** A case in which something was wrong; `seed` gives it again. */
export class FuzzError extends Error {
	override readonly name = "FuzzError";
}

const failure = (name: string, seed: number, cause: unknown): FuzzError =>
	new FuzzError(`${name}, case ${seed}: ${messageOf(cause)}`, { cause });

/** Cases at a time. Most wait for their own sockets. */
const AT_ONCE = 8;

/** A case that has not ended after this has hung. */
const HANG_MS = 60_000;

async function within(running: Promise<string>): Promise<string> {
	let timer: NodeJS.Timeout | undefined;
	const hung = new Promise<never>((_, reject) => {
		timer = setTimeout(() => reject(new Error(`has not ended after ${HANG_MS / 1000} s`)), HANG_MS);
	});
	return Promise.race([running, hung]).finally(() => clearTimeout(timer));
}

/**
 * Runs a fuzzer for a time. Each case has a seed of its own, counted from the first.
 *
 * @throws FuzzError at the first case in which something is wrong, also where nothing awaited it
 */
export async function fuzz(fuzzer: Fuzzer, seconds: number, seed: number, only?: number): Promise<Fuzzed> {
	const one = await fuzzer.prepare();
	const outcomes = new Map<string, number>();
	const end = performance.now() + seconds * 1000;
	let cases = 0;
	let longest = 0;
	let memory = 0;
	let stray: unknown = null;
	const onStray = (error: unknown): void => {
		stray ??= error;
	};
	process.on("uncaughtException", onStray);
	process.on("unhandledRejection", onStray);
	const work = async (): Promise<void> => {
		while (performance.now() < end && cases < (only ?? Number.POSITIVE_INFINITY)) {
			const mine = seed + cases++;
			const start = performance.now();
			try {
				const outcome = await within(one(chance(mine)));
				outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
				if (stray !== null) throw stray;
			} catch (error) {
				throw failure(fuzzer.name, mine, error);
			}
			longest = Math.max(longest, performance.now() - start);
			if (mine % 64 === 0) memory = Math.max(memory, process.memoryUsage.rss() / 2 ** 20);
		}
	};
	try {
		await Promise.all(Array.from({ length: AT_ONCE }, work));
		if (stray !== null) throw failure(fuzzer.name, seed, stray);
	} finally {
		process.off("uncaughtException", onStray);
		process.off("unhandledRejection", onStray);
	}
	const sorted = [...outcomes].sort(([, one], [, other]) => other - one);
	return { name: fuzzer.name, cases, outcomes: Object.fromEntries(sorted), longest, memory };
}
