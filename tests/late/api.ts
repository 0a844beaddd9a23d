/**
 * The browser's interface as on a bad day: what the background asks Firefox about tabs, caches and connections is asked
 * late, and answered late, each time by another stretch. Takes the place of src/browser/api.ts in `vite build --mode late`
 * (CONTRIBUTING.md), so that tests in real Firefox find what rests on an answer that came in time by luck.
 */
import type * as api from "../../src/browser/api.ts";

type Browser = typeof api.browser;

type Space = Readonly<Record<string, unknown>>;

/** The longest delay of a function, in milliseconds. Most are far shorter. */
const DELAYS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
	tabs: { get: 120, update: 150, reload: 150, query: 120, executeScript: 100, insertCSS: 100 },
	webRequest: { getSecurityInfo: 40, handlerBehaviorChanged: 100 },
	browsingData: { removeCache: 200 },
};

const wait = (most: number): Promise<void> => new Promise((done) => setTimeout(done, Math.random() ** 2 * most));

/** Some of `space` late; all else is its own. Firefox's own objects do not let their functions be replaced. */
function late(space: Space, delays: Readonly<Record<string, number>>): Space {
	return new Proxy(
		{},
		{
			has: (_, name) => name in space,
			get(_, name: string) {
				const value = space[name];
				if (typeof value !== "function") return value;
				const most = delays[name];
				if (most === undefined) return value.bind(space);
				return async (...args: unknown[]) => {
					await wait(most);
					const answer: unknown = await value.apply(space, args);
					await wait(most / 2);
					return answer;
				};
			},
		},
	);
}

const { browser: own } = globalThis as unknown as { readonly browser: Readonly<Record<string, Space>> };
const spaces = new Map<string, Space>();

export const browser: Browser = new Proxy({} as Browser, {
	has: (_, name) => name in own,
	get(_, name: string) {
		const space = own[name];
		const delays = DELAYS[name];
		if (!space || !delays) return space;
		const known = spaces.get(name) ?? late(space, delays);
		spaces.set(name, known);
		return known;
	},
});
