import type { Navigation } from "../browser/navigation.ts";

interface Waiting {
	readonly fits: (url: string) => boolean;
	readonly done: () => void;
}

/** Waits for what tabs come to show. */
export class Arrivals {
	readonly #waiting = new Map<number, Set<Waiting>>();

	/**
	 * Resolves once a tab shows an address that fits, or is gone, or `ms` milliseconds have passed;
	 * without `ms` it takes as long as it takes. Never rejects.
	 */
	wait(tabId: number, fits: (url: string) => boolean, ms?: number): Promise<void> {
		return new Promise((resolve) => {
			const waiting = this.#waiting.get(tabId) ?? new Set();
			this.#waiting.set(tabId, waiting);
			const done = () => {
				clearTimeout(timer);
				waiting.delete(one);
				if (waiting.size === 0 && this.#waiting.get(tabId) === waiting) this.#waiting.delete(tabId);
				resolve();
			};
			const one = { fits, done };
			const timer = ms === undefined ? undefined : setTimeout(done, ms);
			waiting.add(one);
		});
	}

	/** For `webNavigation.onCommitted`. */
	committed({ tabId, frameId, url }: Navigation): void {
		if (frameId !== 0) return;
		for (const { fits, done } of [...(this.#waiting.get(tabId) ?? [])]) if (fits(url)) done();
	}

	/** A tab is gone. */
	removed(tabId: number): void {
		for (const { done } of [...(this.#waiting.get(tabId) ?? [])]) done();
	}
}
