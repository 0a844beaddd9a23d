/**
 * Nobody answers a page's question: the extension's process has crashed. As a rule Firefox starts it again within a
 * second; from the sixth crash within 30 seconds on it does not, and nothing is checked any more (docs/limits.md).
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import { isUnanswered } from "../browser/messages.ts";
import type { Clock } from "./clock.ts";

/** How long nobody may answer before it is said, in milliseconds. On a busy computer it took 1.6 s until it was back. */
const PATIENCE_MS = 3000;
/** How often it is asked again meanwhile, and afterwards. */
const AGAIN_MS = 1000;

export interface Silence {
	/** Whether it has lasted long enough to be told. */
	readonly told: ReadonlySignal<boolean>;
	/** Somebody answered. */
	answered(): void;
	/** A question failed. True: because nobody is there, and it is asked again later. */
	failed(error: unknown): boolean;
}

/** `ask`: asks once more. */
export function createSilence(clock: Clock, ask: () => void): Silence {
	const told = signal(false);
	let since: number | null = null;
	let stop: (() => void) | null = null;

	return {
		told,
		answered() {
			since = null;
			told.value = false;
			stop?.();
			stop = null;
		},
		failed(error) {
			if (!isUnanswered(error)) return false;
			since ??= clock.now();
			told.value ||= clock.now() - since >= PATIENCE_MS;
			stop ??= clock.after(AGAIN_MS, () => {
				stop = null;
				ask();
			});
			return true;
		},
	};
}
