import { expect, test } from "vitest";
import { createEntries, findEntries, type Question } from "../../src/options/find.ts";
import { cnnicDetails, details, manyDetails } from "./catalogue.ts";

const names: Readonly<Record<string, string>> = { CN: "China", US: "United States", KZ: "Kazakhstan", TR: "Türkiye" };
const countryName = (code: string): string => names[code] ?? code;
const entries = createEntries(details, countryName, "en");
const SITES: Readonly<Record<string, number>> = { amazon: 3, "lets-encrypt": 40 };

const ANY: Question = { text: "", country: null, status: null, column: "name", reversed: false };

const found = (question: Partial<Question>): string[] =>
	findEntries(entries, { ...ANY, ...question }, (id) => SITES[id] ?? 0).map(({ authority }) => authority.id);

test("nothing asked for is everything, by name", () => {
	expect(found({})).toEqual(["amazon", "cnnic", "e-tugra", "entrust", "godaddy", "kazakhstan", "lets-encrypt"]);
	expect(found({ text: "  " })).toHaveLength(details.length);
});

const [key] = cnnicDetails.keys;
const [certificate] = key?.certificates ?? [];

test.each([
	["the name", "CNN", ["cnnic"]],
	["the name without its accents", "e-tugra", ["e-tugra"]],
	["the name with them, in another case", "TUĞRA", ["e-tugra"]],
	["the legal name", "network information center", ["cnnic"]],
	["words in any order", "trust amazon", ["amazon"]],
	["what a certificate is called", "starfield services", ["amazon"]],
	["the country", "kazakhstan", ["kazakhstan"]],
	["the start of a key", key?.spki.slice(0, 9) ?? "", ["cnnic"]],
	["a whole key", key?.spki ?? "", ["cnnic"]],
	["the start of a fingerprint", certificate?.sha256.slice(0, 12) ?? "", ["cnnic"]],
	["a fingerprint as Firefox writes it", certificate?.sha256.toUpperCase().match(/../g)?.join(":") ?? "", ["cnnic"]],
	["the middle of a fingerprint: nothing", certificate?.sha256.slice(10, 30) ?? "", []],
	["what nobody is called", "no such name", []],
	["what looks like a pattern", ".*", []],
])("by %s", (_, text, ids) => expect(found({ text })).toEqual(ids));

test("by the English name of a country too, in whatever language it is shown", () => {
	const inPersian = createEntries(details, (code) => (code === "CN" ? "چین" : code), "fa");
	const ids = (text: string) => findEntries(inPersian, { ...ANY, text }, () => 0).map(({ authority }) => authority.id);
	expect(ids("چین")).toEqual(["cnnic"]);
	expect(ids("china")).toEqual(ids("چین"));
	expect(ids("kazakhstan")).toEqual(["kazakhstan"]);
});

test("by country and by status, together with text", () => {
	expect(found({ country: "US" })).toEqual(["amazon", "entrust", "godaddy", "lets-encrypt"]);
	expect(found({ status: "removed" })).toEqual(["cnnic", "e-tugra"]);
	expect(found({ country: "US", status: "constrained" })).toEqual(["entrust"]);
	expect(found({ country: "US", text: "go" })).toEqual(["godaddy"]);
});

test("in the order of each column, and the other way round; alike are by name", () => {
	expect(found({ column: "name", reversed: true })[0]).toBe("lets-encrypt");
	expect(found({ column: "sites" }).slice(0, 3)).toEqual(["lets-encrypt", "amazon", "cnnic"]);
	expect(found({ column: "sites", reversed: true }).slice(-2)).toEqual(["amazon", "lets-encrypt"]);
	expect(found({ column: "incidents" }).slice(0, 3)).toEqual(["cnnic", "entrust", "amazon"]);
	expect(found({ column: "country" })).toEqual([
		"cnnic",
		"kazakhstan",
		"e-tugra",
		"amazon",
		"entrust",
		"godaddy",
		"lets-encrypt",
	]);
	expect(found({ column: "status" })).toEqual([
		"amazon",
		"godaddy",
		"lets-encrypt",
		"entrust",
		"cnnic",
		"e-tugra",
		"kazakhstan",
	]);
});

test("a search among 600 authorities and 6,000 keys takes far less than a frame of 50 ms", () => {
	const many = createEntries(manyDetails(600, 10), countryName, "en");
	expect(many.length).toBeGreaterThan(600);
	const times = ["a", "authority 5", "organization", "zzz", "1f", "authority 599"].map((text) => {
		const start = performance.now();
		findEntries(many, { ...ANY, text, column: "sites" }, (id) => id.length);
		return performance.now() - start;
	});
	// The least of them: other work on this computer only adds.
	expect(Math.min(...times)).toBeLessThan(50);
	expect(findEntries(many, { ...ANY, text: "authority 599" }, () => 0).map(({ authority }) => authority.name)).toEqual([
		"Authority 599",
	]);
});
