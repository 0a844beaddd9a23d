/** Every page in every language, in a real Firefox: all of it is in that language, and all of it fits. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { NARROW, POPUP, Studio } from "../gallery/studio.ts";
import { isKept, LANGUAGES } from "../ui/languages.ts";

const ROOT = join(import.meta.dirname, "../..");
const present = LANGUAGES.filter((name) => existsSync(join(ROOT, "public/_locales", name)));

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

test("everything fits at 320 pixels, and in the popup as Firefox opens it", { timeout: PATIENCE }, async () => {
	const found: string[] = [];
	for (const [page, names] of Object.entries(states)) {
		for (const size of page === "popup" ? [NARROW, POPUP] : [NARROW]) {
			await studio.size(size);
			for (const state of names) {
				await studio.show(page, state, "en", true);
				found.push(...(await studio.tooLongIn(present)).map((what) => `${page}-${state}, ${size.width}: ${what}`));
			}
		}
	}
	expect(found).toEqual([]);
});

test.for(present.filter((name) => ["zh_CN", "ru", "fa"].includes(name)))(
	"nothing is in English: %s",
	{ timeout: PATIENCE },
	async (language) => {
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
	},
);
