/** Every page in every language, in a real Firefox: all of it is in that language, and all of it fits. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { NARROW, POPUP, Studio } from "../gallery/studio.ts";
import { isKept, LANGUAGES } from "../ui/languages.ts";
import type { ChromeWindow } from "./harness/index.ts";

let studio: Studio;
let states: Awaited<ReturnType<Studio["states"]>>;

beforeAll(async () => {
	studio = await Studio.open();
	states = await studio.states();
});
afterAll(async () => {
	await studio?.close();
});

/** Time for a machine that has other things to do. */
const PATIENCE = 300_000;

const PAGES = ["blocked", "popup", "welcome", "options", "help", "mail"];

test("no page is left out", () => {
	expect(Object.keys(states).sort()).toEqual([...PAGES].sort());
});

/** Those with the longest words and sentences, for the popup as a panel: it is wider, with the same words. */
const LONGEST = ["ru", "kk", "vi", "fr", "de"];

/** So many of the languages are measured in a state besides each page's first, which is in all: the next ones in the next state. */
const AT_ONCE = 4;

/** Languages for a page's state, by its place: over a page's states, all come by several times. */
const measuredIn = (languages: readonly string[], place: number): readonly string[] =>
	place === 0
		? languages
		: Array.from({ length: AT_ONCE }, (_, next) => languages[(place * AT_ONCE + next) % languages.length] ?? "en");

const PLACES = [
	...PAGES.map((page) => ({ page, size: NARROW, languages: LANGUAGES })),
	{ page: "popup", size: POPUP, languages: LONGEST },
];

test.for(PLACES)(
	"everything fits: $page, $size.width pixels",
	{ timeout: PATIENCE },
	async ({ page, size, languages }) => {
		const found: string[] = [];
		await studio.size(size);
		for (const [place, state] of (states[page] ?? []).entries()) {
			await studio.show(page, state, "en", true);
			found.push(...(await studio.tooLongIn(measuredIn(languages, place))).map((what) => `${page}-${state}: ${what}`));
		}
		expect(found).toEqual([]);
	},
);

test.for(["zh_CN", "fa"])("nothing is in English: %s", { timeout: PATIENCE }, async (language) => {
	const found = new Map<string, string>();
	for (const [page, names] of Object.entries(states)) {
		for (const state of names) {
			await studio.show(page, state, language, true);
			for (const line of await studio.measure("latinWords")) {
				const [word = ""] = line.split(": ");
				if (!isKept(word)) found.set(word, `${page}-${state}: ${line}`);
			}
		}
	}
	expect([...found.values()]).toEqual([]);
});

test("Firefox finds the nearest language for people whose own is not there", async () => {
	const nearest = await studio.firefox.chrome(
		({ Services }: ChromeWindow, there) =>
			["zh-TW", "zh-HK", "zh-Hant", "zh-SG", "zh-CN", "fa-IR", "es-MX", "de-AT", "en-GB", "pt-BR"].map(
				// As Firefox does for an extension: toolkit/components/extensions/Extension.sys.mjs, initLocale.
				(own) => `${own}: ${Services.locale.negotiateLanguages([own], there, "en")[0]}`,
			),
		LANGUAGES.map((name) => name.replace("_", "-")),
	);
	expect(nearest).toEqual([
		"zh-TW: zh-TW",
		"zh-HK: zh-TW",
		"zh-Hant: zh-TW",
		"zh-SG: zh-CN",
		"zh-CN: zh-CN",
		"fa-IR: fa",
		"es-MX: es",
		"de-AT: de",
		"en-GB: en",
		"pt-BR: en",
	]);
});
