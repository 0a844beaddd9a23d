/** A whole walk: draws steps, takes them leg by leg, and makes a failure short. */
import fc from "fast-check";
import { Ground } from "./ground.ts";
import type { Mistake } from "./mistakes.ts";
import { type Kind, type Step, step, WEIGHTS } from "./steps.ts";
import { Walker } from "./walker.ts";

export interface WalkOptions {
	readonly seed: number;
	readonly steps: number;
	/** Steps in one Firefox at most, before a fresh one is started. */
	readonly leg?: number;
	readonly mistake?: Mistake | undefined;
	/** Milliseconds that making a failure short may take. */
	readonly shrinkMs?: number;
	readonly say?: (line: string) => void;
}

export interface WalkResult {
	readonly steps: number;
	/** Steps of each kind that had something to act on, and that had not. */
	readonly counts: Readonly<Record<Kind, { acted: number; skipped: number }>>;
	readonly ms: number;
	readonly failure: { readonly message: string; readonly steps: readonly Step[]; readonly after: number } | null;
}

/** A step as fast-check's model runner takes it. */
class Command implements fc.AsyncCommand<{ steps: number }, Walker> {
	readonly step: Step;

	constructor(taken: Step) {
		this.step = taken;
	}

	check(): boolean {
		return true;
	}

	async run(left: { steps: number }, walker: Walker): Promise<void> {
		if (left.steps-- > 0) await walker.take(this.step);
	}

	toString(): string {
		return JSON.stringify(this.step);
	}
}

const DEFAULTS = { leg: 250, shrinkMs: 600_000, say: () => undefined };

/** Walks until so many steps were taken or something is not as the model says. */
export async function walk(options: WalkOptions): Promise<WalkResult> {
	const { seed, steps, leg, mistake, shrinkMs, say } = { ...DEFAULTS, ...options };
	const counts = Object.fromEntries(
		Object.keys(WEIGHTS).map((kind) => [kind, { acted: 0, skipped: 0 }]),
	) as WalkResult["counts"];
	const start = performance.now();
	let done = 0;
	let failure: WalkResult["failure"] = null;
	const ground = await Ground.start();
	try {
		for (let number = 0; done < steps && !failure; number++) {
			let shrinkUntil = Number.POSITIVE_INFINITY;
			let after = 0;
			let tries = 0;
			let last: { message: string; steps: Step[] } | null = null;
			const commands = fc.commands([step.map((one) => new Command(one))], {
				// Any number up to this is drawn: many more than a leg, so that few legs are shorter.
				maxCommands: 8 * leg,
				size: "max",
			});
			const property = fc.asyncProperty(commands, async (list) => {
				// Enough was tried: what is left counts as no failure, so the shortest so far stays.
				if (performance.now() > shrinkUntil) return;
				const walker = await Walker.start({ ground, mistake });
				try {
					await fc.asyncModelRun(
						() => ({ model: { steps: tries === 0 ? Math.min(leg, steps - done) : leg }, real: walker }),
						list,
					);
				} catch (error) {
					const message = error instanceof Error ? error.message : String(error);
					if (!last) {
						after = done + walker.taken.length;
						shrinkUntil = performance.now() + shrinkMs;
						say(`A difference after ${after} steps: ${message}\nMaking it shorter …`);
					} else say(`${walker.taken.length} steps will do`);
					last = { message, steps: walker.taken.map((one) => one.step) };
					throw error;
				} finally {
					if (tries++ === 0) {
						for (const one of walker.taken) counts[one.step.kind][one.acted ? "acted" : "skipped"]++;
						done += walker.taken.length;
					}
					await walker.close();
				}
			});
			const details = await fc.check(property, { seed: seed + number, numRuns: 1, unbiased: true });
			if (details.failed) failure = { message: "", steps: [], ...(last as object | null), after };
			const seconds = (performance.now() - start) / 1000;
			say(`${done} steps, ${(done / seconds).toFixed(1)} a second`);
		}
	} finally {
		await ground.close();
	}
	return { steps: done, counts, ms: performance.now() - start, failure };
}

/** Takes given steps in a fresh Firefox. Answers with what was wrong, or null. */
export async function replay(
	steps: readonly Step[],
	mistake?: Mistake,
	say?: (line: string) => void,
): Promise<string | null> {
	const ground = await Ground.start();
	try {
		const walker = await Walker.start({ ground, mistake });
		try {
			for (const one of steps) {
				say?.(JSON.stringify(one));
				await walker.take(one);
			}
			return null;
		} catch (error) {
			return error instanceof Error ? error.message : String(error);
		} finally {
			await walker.close();
		}
	} finally {
		await ground.close();
	}
}
