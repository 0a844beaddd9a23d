/**
 * Every page for everyone, in a real Firefox: axe-core finds nothing, the Tab key comes to everything and
 * shows where it is, and nothing moves.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Look, NARROW, POPUP, Studio, WIDE } from "../gallery/studio.ts";

/** One way of looking at a page. */
interface Mode {
	readonly look: Look;
	readonly language?: string;
	readonly narrow?: boolean;
	readonly zoom?: number;
}

/** Every state is looked at in all of them. */
const MODES: Readonly<Record<string, Mode>> = {
	light: { look: "light" },
	dark: { look: "dark" },
	forced: { look: "forced" },
	"200 %": { look: "light", zoom: 2 },
	"right to left": { look: "light", language: "fa" },
	narrow: { look: "dark", narrow: true },
};

/** Time for a machine that has other things to do. */
const PATIENCE = 300_000;

let studio: Studio;
let states: Awaited<ReturnType<Studio["states"]>>;

beforeAll(async () => {
	studio = await Studio.open({ "ui.prefersReducedMotion": 1 });
	states = await studio.states();
});
afterAll(async () => {
	await studio?.close();
});

async function findings(mode: Mode): Promise<string[]> {
	const found: string[] = [];
	const { look, language = "en", narrow = false, zoom = 1 } = mode;
	await studio.look(look);
	await studio.zoom(zoom);
	for (const [page, names] of Object.entries(states)) {
		await studio.size(narrow ? NARROW : page === "popup" ? POPUP : WIDE);
		for (const state of names) {
			await studio.show(page, state, language, true);
			const seen = [
				...(await studio.measure("violations")),
				...(await studio.measure("moving")).map((what) => `moves: ${what}`),
			];
			found.push(...seen.map((what) => `${page}-${state}: ${what}`));
		}
	}
	await studio.zoom(1);
	return found;
}

test.for(Object.entries(MODES))("axe-core finds nothing in any state: %s", { timeout: PATIENCE }, async ([, mode]) => {
	expect(await findings(mode)).toEqual([]);
});

/** States with the most to come to; each page's first one is gone through as well. */
const RICH = new Set(["parts", "edit", "authorities", "sets", "lists", "private-no", "unanswered"]);

test("the Tab key comes to everything, in order, and shows where it is", { timeout: PATIENCE }, async () => {
	await studio.look("light");
	const found: string[] = [];
	for (const [page, names] of Object.entries(states)) {
		await studio.size(page === "popup" ? POPUP : WIDE);
		for (const state of names.filter((name, index) => index === 0 || RICH.has(name))) {
			await studio.show(page, state, "en", true);
			found.push(...(await studio.tabThrough()).map((what) => `${page}-${state}: ${what}`));
		}
	}
	expect(found).toEqual([]);
});
