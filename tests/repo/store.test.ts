/** What is entered in the add-ons store fits there, in every language that the extension speaks. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "./copy.ts";

/** The store's form: addons-server, `DescribeForm` in src/olympia/devhub/forms.py. */
const MAX = { name: 50, summary: 250 } as const;
const MIN_DESCRIPTION = 10;
/** Our own: nobody reads more. */
const MAX_DESCRIPTION = 3000;

interface Listing {
	readonly name: string;
	readonly summary: string;
	readonly description: string;
}

const languages = readdirSync(join(root, "public/_locales"));
const listing = (language: string): Listing =>
	JSON.parse(readFileSync(join(root, "store", `${language}.json`), "utf8")) as Listing;
/** As the store counts: characters, not UTF-16 units. */
const length = (text: string): number => Array.from(text).length;
/** How a text is divided: its paragraphs, and which of their lines are points of a list. */
const outline = (text: string): string[] =>
	text.split("\n\n").map((paragraph) =>
		paragraph
			.split("\n")
			.map((line) => (line.startsWith("- ") ? "-" : "."))
			.join(""),
	);

describe("the add-on's page in the store", () => {
	it("is there in every language, and in no other", () => {
		const there = readdirSync(join(root, "store")).filter((file) => file.endsWith(".json"));
		expect(there.toSorted()).toEqual(languages.map((language) => `${language}.json`).toSorted());
	});

	it.each(languages)("fits into the form: %s", (language) => {
		const { name, summary, description, ...more } = listing(language);
		expect(more).toEqual({});
		expect(name).toContain("Countersign");
		for (const [what, text] of [
			["name", name],
			["summary", summary],
		] as const) {
			expect(length(text), what).toBeGreaterThan(0);
			expect(length(text), what).toBeLessThanOrEqual(MAX[what]);
		}
		expect(length(description)).toBeGreaterThanOrEqual(MIN_DESCRIPTION);
		expect(length(description)).toBeLessThanOrEqual(MAX_DESCRIPTION);
		// Firefox shows this one in its list of add-ons; MDN gives 132 characters as its limit.
		const messages = JSON.parse(readFileSync(join(root, "public/_locales", language, "messages.json"), "utf8"));
		expect(length(messages.extensionDescription.message)).toBeLessThanOrEqual(132);
	});

	it.each(languages.filter((language) => language !== "en"))("says the same in %s", (language) => {
		const english = listing("en");
		const { summary, description } = listing(language);
		expect(outline(description)).toEqual(outline(english.description));
		expect(summary).not.toBe(english.summary);
		for (const paragraph of english.description.split("\n").filter((line) => line !== ""))
			expect(description).not.toContain(paragraph);
		for (const name of ["Countersign", "Firefox", "MPL 2.0"]) expect(description).toContain(name);
	});

	it("has something to say about this version", () => {
		const { version } = JSON.parse(readFileSync(join(root, "manifest.json"), "utf8"));
		expect(JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version).toBe(version);
		expect(readFileSync(join(root, "CHANGELOG.md"), "utf8")).toContain(`\n## ${version} `);
	});

	it("has the privacy statement, the pictures and the licence that it speaks of", () => {
		for (const file of ["docs/privacy.md", "docs/screenshots", "LICENSE", "docs/permissions.md"])
			expect(existsSync(join(root, file)), file).toBe(true);
	});
});
