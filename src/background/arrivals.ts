import type { Navigation } from "../browser/navigation.ts";

/** Something that a tab may come to. */
export interface Awaited {
	readonly fits: (url: string) => boolean;
	/** The address that the tab was sent to. One that it was sent to later does as well: it passed over this one. */
	readonly sentTo?: string;
}

interface Waiting extends Awaited {
	readonly done: () => void;
}

/** Waits for what tabs come to show. */
export class Arrivals {
	readonly #waiting = new Map<number, Set<Waiting>>();

	/**
	 * Resolves once a tab shows an address that fits, or is gone, or `ms` milliseconds have passed;
	 * without `ms` it takes as long as it takes. Never rejects.
	 */
	wait(tabId: number, awaited: Awaited, ms?: number): Promise<void> {
		return new Promise((resolve) => {
			const waiting = this.#waiting.get(tabId) ?? new Set();
			this.#waiting.set(tabId, waiting);
			const done = () => {
				clearTimeout(timer);
				waiting.delete(one);
				if (waiting.size === 0 && this.#waiting.get(tabId) === waiting) this.#waiting.delete(tabId);
				resolve();
			};
			const one = { ...awaited, done };
			const timer = ms === undefined ? undefined : setTimeout(done, ms);
			waiting.add(one);
		});
	}

	/** For `webNavigation.onCommitted`. */
	committed({ tabId, frameId, url }: Navigation): void {
		if (frameId !== 0) return;
		// Oldest first.
		const waiting = [...(this.#waiting.get(tabId) ?? [])];
		const last = waiting.findLastIndex(({ sentTo }) => sentTo === url);
		for (const [index, { fits, sentTo, done }] of waiting.entries()) {
			if (fits(url) || (sentTo !== undefined && index < last)) done();
		}
	}

	/** A tab is gone. */
	removed(tabId: number): void {
		for (const { done } of [...(this.#waiting.get(tabId) ?? [])]) done();
	}
}
