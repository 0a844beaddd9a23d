import type { ReportDeps } from "../../src/blocked/store.ts";
import type { Clock } from "../../src/ui/clock.ts";

/** A clock that moves only when told to. */
export interface FakeClock extends Clock {
	/** Moves on by `ms`, and calls back whatever is due. */
	pass(ms: number): void;
}

/** Makes one that stands at 22 November 2026, 14:05 UTC. */
export function fakeClock(): FakeClock {
	let now = Date.UTC(2026, 10, 22, 14, 5);
	const waiting = new Set<{ readonly at: number; readonly callback: () => void }>();
	return {
		now: () => now,
		after(ms, callback) {
			const entry = { at: now + ms, callback };
			waiting.add(entry);
			return () => waiting.delete(entry);
		},
		pass(ms) {
			now += ms;
			for (const entry of waiting) {
				if (entry.at > now) continue;
				waiting.delete(entry);
				entry.callback();
			}
		},
	};
}

/** For block pages of which no report is saved. */
export const noReports: ReportDeps = {
	versions: async () => ({ browser: "Firefox 153.0", extension: "0.1.0" }),
	saveFile: () => undefined,
};

/** Lets effects run and renderings finish. */
export async function settle(): Promise<void> {
	for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** An event as a person causes it: scripts cannot make these, so a test has to pretend. */
export function byPerson<E extends Event>(event: E): E {
	Object.defineProperty(event, "isTrusted", { value: true });
	return event;
}

const watchers = new Set<{ readonly target: Element; readonly callback: IntersectionObserverCallback }>();

/** Stands in for the browser's, which needs a layout: `seen` and `unseen` say what is in view. */
class FakeIntersectionObserver {
	readonly #callback: IntersectionObserverCallback;
	constructor(callback: IntersectionObserverCallback) {
		this.#callback = callback;
	}
	observe(target: Element): void {
		watchers.add({ target, callback: this.#callback });
	}
	disconnect(): void {
		for (const watcher of watchers) if (watcher.callback === this.#callback) watchers.delete(watcher);
	}
}
Object.assign(globalThis, { IntersectionObserver: FakeIntersectionObserver });

function tell(target: Element, isIntersecting: boolean): void {
	let told = 0;
	for (const watcher of watchers) {
		if (watcher.target !== target) continue;
		watcher.callback([{ isIntersecting } as IntersectionObserverEntry], {} as IntersectionObserver);
		told += 1;
	}
	if (told === 0) throw new Error("Nobody watches whether this is in view");
}

/** The element comes into view. */
export const seen = (target: Element): void => tell(target, true);

/** The element goes out of view. */
export const unseen = (target: Element): void => tell(target, false);
