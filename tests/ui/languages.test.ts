/**
 * Every language says everything that English says: no message is missing, none is left in English, each
 * argument has its place, and things are counted as the language counts them.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Messages } from "./fakeBrowser.ts";
import { isKept, LANGUAGES } from "./languages.ts";
import { messages as english, ROOT } from "./setup.ts";

const RIGHT_TO_LEFT = ["fa", "ar"];
const OTHER_SCRIPT = ["zh_CN", "zh_TW", "ru", "fa", "ar", "kk"];

const FOLDER = join(ROOT, "public/_locales");
const present = readdirSync(FOLDER);
const translations = present.filter((name) => name !== "en");

const read = (name: string): Messages =>
	JSON.parse(readFileSync(join(FOLDER, name, "messages.json"), "utf8")) as Messages;

const FORM = /_(zero|one|two|few|many|other)$/;

/** Keys of things that are counted, without the form. */
const COUNTED = Object.keys(english)
	.filter((key) => key.endsWith("_other"))
	.map((key) => key.replace(FORM, ""));
const counted = new Set(COUNTED);
const formOf = (key: string): string | null => {
	const form = FORM.exec(key)?.[1] ?? null;
	return form !== null && counted.has(key.replace(FORM, "")) ? form : null;
};

/** The numbers from 0 to 1000 that a language's plural forms stand for. */
function meanings(name: string): ReadonlyMap<string, readonly number[]> {
	const rules = new Intl.PluralRules(name.replace("_", "-"));
	const found = new Map<string, number[]>();
	for (let count = 0; count <= 1000; count++) {
		const form = rules.select(count);
		found.set(form, [...(found.get(form) ?? []), count]);
	}
	return found;
}

/** What a translation has to have: French and Spanish have "many" from a million on, which nobody has rules. */
const expectedKeys = (name: string): string[] => {
	const forms = [...meanings(name).keys()];
	return [
		...Object.keys(english).filter((key) => formOf(key) === null),
		...COUNTED.flatMap((key) => forms.map((form) => `${key}_${form}`)),
	];
};

/** The English message that a translated one is held against. */
const modelOf = (key: string): Messages[string] | undefined =>
	formOf(key) === null ? english[key] : english[`${key.replace(FORM, "")}_other`];

const PLACE = /\$([A-Za-z0-9_@]+)\$/g;
const placesIn = (text: string): Set<string> =>
	new Set([...text.matchAll(PLACE)].map(([, name = ""]) => name.toLowerCase()));
const latinIn = (text: string): readonly string[] => text.match(/[A-Za-z][A-Za-z0-9’'-]*[A-Za-z0-9]/g) ?? [];
const withoutPlaces = (text: string): string => text.replace(PLACE, " ");

/** Keys whose words can be the same as in English, in every language, and why. */
const SAME: Readonly<Record<string, string>> = {
	extensionName: "a name",
	optionsHeading: "the same name",
	uiNameCountry: "only places and brackets",
	popupExactName: "only places and marks",
	popupPartCount: "only places and a colon",
	ruleDigicertMalaysia: "a name and a country, which many write so",
	ruleProcert: "a name and a country, which many write so",
	ruleAccv: "a name and a city",
};

/** Words that a language spells as English does. */
const SAME_IN: Readonly<Record<string, readonly string[]>> = {};

/** Whole words that only English has, of the ones that sentences are made of. */
const ENGLISH_WORDS =
	/\b(?:the|and|you|your|this|that|these|which|with|from|was|were|has|have|not|who|what|when|where|why|how|its|vouch|vouches|vouched|authority|authorities|website|refused?|rules?|cannot|until|once|nothing|page|pages)\b/gi;
/** Of those, what other languages use too. */
const ALSO: Readonly<Record<string, readonly string[]>> = {
	de: ["was", "not", "page", "who", "website"],
	fr: ["page", "pages", "refuse"],
	es: [],
	vi: ["that", "not", "what"],
	tr: [],
};

/** What ends a sentence. */
const END = /[.!?…。！？؟۔:：]["”»’」』)）\u2069]*$/;
const ENGLISH_END = /[.!?…:]["”’)]*$/;

describe.each(translations)("%s", (name) => {
	const own = read(name);
	const forms = meanings(name);

	test("has every message, and no other", () => {
		const may = new Set([
			...expectedKeys(name),
			...COUNTED.flatMap((key) =>
				new Intl.PluralRules(name.replace("_", "-")).resolvedOptions().pluralCategories.map((form) => `${key}_${form}`),
			),
		]);
		expect(expectedKeys(name).filter((key) => !own[key]?.message.trim())).toEqual([]);
		expect(Object.keys(own).filter((key) => !may.has(key))).toEqual([]);
	});

	test("says which language it is, and which way it runs", () => {
		expect(own.language?.message).toBe(name.replace("_", "-"));
		expect(own.direction?.message).toBe(RIGHT_TO_LEFT.includes(name) ? "rtl" : "ltr");
		expect(Intl.PluralRules.supportedLocalesOf([name.replace("_", "-")])).toHaveLength(1);
	});

	test("has a place for every argument, and no other", () => {
		const wrong: string[] = [];
		for (const [key, { message, placeholders = {} }] of Object.entries(own)) {
			const model = modelOf(key);
			if (model === undefined) continue;
			const places = placesIn(message);
			if (withoutPlaces(message).includes("$")) wrong.push(`${key}: a stray $`);
			for (const place of places) {
				if (placeholders[place]?.content !== model.placeholders?.[place]?.content || !placeholders[place]) {
					wrong.push(`${key}: $${place}$ is not English’s`);
				}
			}
			for (const place of Object.keys(placeholders)) {
				if (!places.has(place)) wrong.push(`${key}: $${place}$ is declared only`);
			}
			const form = formOf(key);
			// "One rule" needs no number where the form stands for that number alone.
			const exact = form !== null && forms.get(form)?.length === 1;
			const needed = placesIn((exact ? english[key] : undefined)?.message ?? model.message);
			for (const place of needed) {
				const isCount = model.placeholders?.[place]?.content === "$1";
				if (!places.has(place) && !(exact && isCount)) wrong.push(`${key}: without $${place}$`);
			}
		}
		expect(wrong).toEqual([]);
	});

	test("leaves nothing in English", () => {
		const same = Object.entries(own)
			.filter(([key]) => key !== "direction")
			.filter(([key, { message }]) => message === english[key]?.message || message === modelOf(key)?.message)
			.map(([key]) => key)
			.filter((key) => !(key in SAME) && !SAME_IN[name]?.includes(key))
			.filter((key) => latinIn(withoutPlaces(own[key]?.message ?? "")).some((word) => !isKept(word)));
		expect(same).toEqual([]);
		const left = Object.entries(own).flatMap(([key, { message }]) => {
			if (key === "language" || key === "direction") return [];
			const text = withoutPlaces(message).replace(/https?:\/\/\S*|about:\w+/g, " ");
			const words = OTHER_SCRIPT.includes(name)
				? latinIn(text).filter((word) => !isKept(word))
				: (text.match(ENGLISH_WORDS) ?? []).filter((word) => !ALSO[name]?.includes(word.toLowerCase()));
			return words.map((word) => `${key}: ${word}`);
		});
		expect(left).toEqual([]);
	});

	test("writes numbers as dates and counts are written", () => {
		const digits = new Intl.NumberFormat(name.replace("_", "-")).format(90);
		const others = digits === "90" ? /[٠-٩۰-۹]/ : /[0-9]/;
		const wrong = Object.entries(own)
			.filter(([, { message }]) =>
				others.test(
					withoutPlaces(message).replace(
						/(?:https?:\/\/\S*|\d+(?:\.\d+)+(?:\/\d+)?|[A-Za-z]+[-.:/#A-Za-z0-9]*[A-Za-z0-9])/g,
						" ",
					),
				),
			)
			.map(([key, { message }]) => `${key}: ${message}`);
		expect(wrong).toEqual([]);
	});

	test("ends its sentences, and has no space too many", () => {
		const wrong = Object.entries(own)
			.filter(([key, { message }]) => {
				const model = modelOf(key);
				if (model === undefined) return false;
				const ends = ENGLISH_END.test(model.message) === END.test(message);
				return !ends || message !== message.trim() || /[ \u00a0]{2}/.test(message);
			})
			.map(([key, { message }]) => `${key}: ${message}`);
		expect(wrong).toEqual([]);
	});
});

test("every language is there, and no other", () => {
	expect([...present].sort()).toEqual([...LANGUAGES].sort());
});
