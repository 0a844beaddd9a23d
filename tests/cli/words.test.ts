/** Every language of the command says everything that English says, with the same places. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { LANGUAGES, languageOf, readWords } from "../../cli/words/words.ts";

type Text = string | Readonly<Record<string, string>>;
type Texts = Readonly<Record<string, Readonly<Record<string, Text>>>>;

const ROOT = join(import.meta.dirname, "../..");
const root = new URL("../../", import.meta.url);
const FOLDER = join(ROOT, "cli/words");
const textsOf = (language: string): Texts =>
	JSON.parse(readFileSync(join(FOLDER, `${language}.json`), "utf8")) as Texts;

const english = textsOf("en");
const keysOf = (texts: Texts): string[] =>
	Object.entries(texts).flatMap(([section, all]) => Object.keys(all).map((name) => `${section}.${name}`));
const textOf = (texts: Texts, key: string): Text | undefined => {
	const [section = "", name = ""] = key.split(".");
	return texts[section]?.[name];
};
const placesIn = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name).toSorted();

/** The forms that a language has for the numbers from 0 to 1000, with how many numbers each stands for. */
function formsOf(language: string): ReadonlyMap<string, number> {
	const rules = new Intl.PluralRules(language.replace("_", "-"));
	const forms = new Map<string, number>();
	for (let count = 0; count <= 1000; count++) {
		const form = rules.select(count);
		forms.set(form, (forms.get(form) ?? 0) + 1);
	}
	return forms;
}

describe("the command's texts", () => {
	it("are there in the extension's languages", () => {
		const extension = readdirSync(join(ROOT, "public/_locales"));
		expect([...LANGUAGES].toSorted()).toEqual(extension.toSorted());
		const files = readdirSync(FOLDER).filter((file) => file.endsWith(".json"));
		expect(files.toSorted()).toEqual(extension.map((language) => `${language}.json`).toSorted());
	});

	it.each(LANGUAGES)("say all that English says, and nothing else: %s", (language) => {
		expect(keysOf(textsOf(language)).toSorted()).toEqual(keysOf(english).toSorted());
	});

	it.each(LANGUAGES)("count as the language counts, and keep every place: %s", (language) => {
		const texts = textsOf(language);
		const forms = formsOf(language);
		for (const key of keysOf(english)) {
			const model = textOf(english, key) ?? "";
			const text = textOf(texts, key) ?? "";
			if (typeof model === "string" || typeof text === "string") {
				expect(typeof text, key).toBe(typeof model);
				expect(placesIn(String(text)), key).toEqual(placesIn(String(model)));
				continue;
			}
			expect(Object.keys(text).toSorted(), key).toEqual([...forms.keys()].toSorted());
			for (const [form, one] of Object.entries(text)) {
				// A form for one number alone may have it in words, or leave it out.
				const optional = forms.get(form) === 1 ? ["count"] : [];
				const without = (places: readonly string[]) => places.filter((place) => !optional.includes(place));
				expect(without(placesIn(one)), `${key}, ${form}`).toEqual(without(placesIn(model.other ?? "")));
			}
		}
	});
});

/** The same in every language, or in one that happens to say it as English does. */
const KEPT = new Set([
	"cli.badOption",
	"cli.quoted",
	"lint.error",
	"lint.errors",
	"lint.document",
	"export.applyLinux",
]);

describe("translations", () => {
	it.each(LANGUAGES.filter((language) => language !== "en"))("leave nothing in English: %s", (language) => {
		const texts = textsOf(language);
		const same = keysOf(english).filter(
			(key) => !KEPT.has(key) && JSON.stringify(textOf(texts, key)) === JSON.stringify(textOf(english, key)),
		);
		expect(same).toEqual([]);
	});
});

describe("the language", () => {
	it.each([
		[{ LC_ALL: "de_AT.UTF-8", LANG: "fr_FR.UTF-8" }, "de"],
		[{ LC_ALL: "", LC_MESSAGES: "fa_IR", LANG: "fr_FR.UTF-8" }, "fa"],
		[{ LANG: "zh_CN.GB18030" }, "zh_CN"],
		[{ LANG: "zh" }, "zh_CN"],
		[{ LANG: "zh_HK.UTF-8" }, "zh_TW"],
		[{ LANG: "zh-Hant" }, "zh_TW"],
		[{ LANG: "C.UTF-8" }, "en"],
		[{ LANG: "POSIX" }, "en"],
		[{ LANG: "sr_RS@latin" }, "en"],
		[{ LANG: "constructor" }, "en"],
	])("of %j is %s", (env, language) => {
		expect(languageOf(env)).toBe(language);
	});

	it("decides the texts of both kinds", async () => {
		const german = await readWords("de", root);
		expect(german.line({ key: "lineAccept", args: [] })).not.toBe(
			(await readWords("en", root)).line({ key: "lineAccept", args: [] }),
		);
		expect(german.line({ key: "lineVouches", args: ["A", "B"] })).toMatch(/A.*B|B.*A/);
	});
});
