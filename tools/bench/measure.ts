/**
 * Measures several things in turns, so that whatever else the machine does meanwhile falls on all of
 * them alike. (tinybench runs one task to its end before the next, and has no way to make inputs anew
 * for each batch without timing that as well: on a busy machine its ratios are those of the
 * machine's moods.)
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { sequence } from "./statistics.ts";

setFlagsFromString("--expose-gc");
const collectGarbage: (options: { type: "minor" }) => void = runInNewContext("gc");

/**
 * Moves inputs that were just made out of the young generation: otherwise the collector would copy
 * them within the timed part, now and then. The garbage that a task itself makes is timed.
 */
function settle(): void {
	collectGarbage({ type: "minor" });
	collectGarbage({ type: "minor" });
}

/** One thing to measure. */
export interface Task {
	readonly name: string;
	/**
	 * Gets ready for one batch, untimed, and gives what does it: a function that is called once, timed,
	 * and says how many operations it did.
	 */
	prepare(round: number): () => number;
}

/** Microseconds of processor time per operation, by task, one for each round. */
export type Measurements = ReadonlyMap<string, readonly number[]>;

/**
 * Processor time, in microseconds: what the process and all its threads (collecting garbage, compiling)
 * were given, not what went by while others had the core.
 */
function processorTime(): number {
	const { user, system } = process.cpuUsage();
	return user + system;
}

/**
 * Runs each task once per round, in an order that changes from round to round.
 *
 * @param warmUp rounds before those that count, until the code is compiled
 */
export function measure(tasks: readonly Task[], rounds: number, warmUp: number): Measurements {
	const random = sequence(3);
	const times = new Map(tasks.map(({ name }) => [name, [] as number[]]));
	for (let round = 0; round < warmUp + rounds; round++) {
		const order = tasks.map((task) => ({ task, at: random() })).sort((a, b) => a.at - b.at);
		for (const { task } of order) {
			const run = task.prepare(round);
			settle();
			const before = processorTime();
			const operations = run();
			const time = processorTime() - before;
			if (round >= warmUp) times.get(task.name)?.push(time / operations);
		}
	}
	return times;
}
