import { type ReadonlySignal, signal } from "@preact/signals";
import { messageOf } from "../core/error.ts";
import type { Background, Impact } from "../protocol.ts";

/** What rules would have stopped, or why that cannot be told. */
export type ImpactAnswer =
	| { readonly ok: true; readonly impact: Impact }
	| { readonly ok: false; readonly error: string };

/** What rules would cost. Asked one after the other, since each can mean thousands of sites to judge. */
export interface Impacts {
	/** By what `keyOf` makes of the rules. */
	readonly answers: ReadonlySignal<ReadonlyMap<string, ImpactAnswer>>;
	keyOf(rules: readonly unknown[]): string;
	/** Has it asked for, unless it is known or waited for. Returns what takes the question back. */
	ask(rules: readonly unknown[]): () => void;
	/** Rules or sites have changed: all answers are old. */
	forget(): void;
}

/** The questions and answers of one page. */
export function createImpacts(background: Pick<Background, "impact">): Impacts {
	const answers = signal<ReadonlyMap<string, ImpactAnswer>>(new Map());
	const waiting = new Map<string, readonly unknown[]>();
	let generation = 0;
	let working = false;

	const keyOf = (rules: readonly unknown[]): string => JSON.stringify(rules);

	async function answer(rules: readonly unknown[]): Promise<ImpactAnswer> {
		try {
			return await background.impact(rules);
		} catch (error) {
			return { ok: false, error: messageOf(error) };
		}
	}

	async function work(): Promise<void> {
		if (working) return;
		working = true;
		for (;;) {
			const [next] = waiting;
			if (next === undefined) break;
			const [key, rules] = next;
			const asked = generation;
			const found = await answer(rules);
			// What changed meanwhile may have changed the answer: it is asked once more.
			if (asked !== generation) continue;
			waiting.delete(key);
			answers.value = new Map(answers.value).set(key, found);
		}
		working = false;
	}

	return {
		answers,
		keyOf,
		ask(rules) {
			const key = keyOf(rules);
			if (answers.value.has(key) || waiting.has(key)) return () => undefined;
			waiting.set(key, rules);
			void work();
			return () => waiting.delete(key);
		},
		forget() {
			generation += 1;
			answers.value = new Map();
		},
	};
}
