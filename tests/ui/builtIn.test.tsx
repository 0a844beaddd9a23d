/** Countersign's own rules speak the person's language; whatever somebody wrote stays as it is. */
import "./setup.ts";

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { render } from "preact";
import { afterEach, expect, test } from "vitest";
import firstRules from "../../src/catalogue/first-rules.json" with { type: "json" };
import presets from "../../src/catalogue/presets.json" with { type: "json" };
import type { Rule } from "../../src/core/policy.ts";
import { draftOf, ruleOf } from "../../src/options/draft.ts";
import { ownWords, storedWords } from "../../src/ui/builtIn.ts";
import { Reason } from "../../src/ui/Reason.tsx";
import { type Messages, speak } from "./fakeBrowser.ts";
import { settle } from "./helpers.ts";
import { messages, ROOT } from "./setup.ts";

/** Stands for another language: every message in marks. */
const marked: Messages = {
	...Object.fromEntries(
		Object.entries(messages).map(([key, message]) => [key, { ...message, message: `«${message.message}»` }]),
	),
	language: { message: "fr" },
	direction: { message: "ltr" },
};

afterEach(() => {
	render(null, document.body);
	speak(messages);
});

const shown = firstRules.rules.map(({ title, reason }) => [ownWords(title), ownWords(reason)]);

test("in English, the words are the catalogue's", () => {
	expect(shown).toEqual(firstRules.rules.map(({ title, reason }) => [title, reason]));
	for (const { policy } of presets) for (const { title } of policy.rules) expect(ownWords(title)).toBe(title);
});

/** Titles that are the same in every language. */
const NAMES = new Set([
	"CNNIC",
	"DigiNotar",
	"E-Güven",
	"WoSign",
	"StartCom",
	"Symantec / VeriSign / Thawte / GeoTrust",
	"Camerfirma",
	"TrustCor",
	"e-Tuğra",
	"GLOBALTRUST (e-commerce monitoring)",
	"Hongkong Post",
	"India CCA / NIC",
	"Chunghwa Telecom",
	"NETLOCK",
]);

test("in another language, every first rule and every title of a set is in that language", () => {
	speak(marked);
	for (const { title, reason } of firstRules.rules) {
		expect(ownWords(reason)).toBe(`«${reason}»`);
		if (!NAMES.has(title)) expect(ownWords(title)).toBe(`«${title}»`);
	}
	const titles = presets.flatMap(({ policy }) => policy.rules.map(({ title }) => title));
	expect(titles.filter((title) => !NAMES.has(title) && ownWords(title) === title)).toEqual([]);
	expect(ownWords("China")).toBe("Chine");
});

test("from right to left, a name at the beginning does not turn the words around", () => {
	speak({ ...marked, direction: { message: "rtl" } });
	expect(ownWords("Superfish (Lenovo laptops)")).toBe("\u200f«Superfish (Lenovo laptops)»");
	expect(storedWords(ownWords("Superfish (Lenovo laptops)"))).toBe("Superfish (Lenovo laptops)");
	expect(ownWords("My rule")).toBe("My rule");
});

test("no words are kept for titles that are gone", () => {
	const source = readFileSync(join(ROOT, "src/ui/builtIn.ts"), "utf8");
	const kept = [...source.matchAll(/^\t"?(.+?)"?: "rule\w+(?<!Why)",$/gm)].map(([, title]) => title);
	const titles = new Set(
		[...presets.map(({ policy }) => policy), firstRules].flatMap(({ rules }) => rules.map(({ title }) => title)),
	);
	expect(kept.length).toBeGreaterThan(10);
	expect(kept.filter((title) => !titles.has(title ?? ""))).toEqual([]);
});

test("what a person wrote stays as it was written", () => {
	speak(marked);
	const [cnnic] = firstRules.rules;
	expect(ownWords(`${cnnic?.reason} `)).toBe(`${cnnic?.reason} `);
	expect(ownWords("My rule")).toBe("My rule");
	expect(storedWords("My rule")).toBe("My rule");
});

test("saving a rule with its words untouched stores what was stored", () => {
	speak(marked);
	const [, , , , clicked] = firstRules.rules as unknown as Rule[];
	if (clicked === undefined) throw new Error("There are five first rules");
	const draft = draftOf(clicked);
	expect(draft.title).toBe(`«${clicked.title}»`);
	expect(ruleOf(draft, clicked.id)).toMatchObject({ title: clicked.title, reason: clicked.reason });
	expect(ruleOf({ ...draft, title: "Mine" }, clicked.id)).toMatchObject({ title: "Mine", reason: clicked.reason });
});

test("reasons that are in English only are marked as English, where the page is not", async () => {
	const reason = presets.find(({ id }) => id === "distrusted")?.policy.rules[0]?.reason ?? "";
	render(<Reason text={reason} />, document.body);
	await settle();
	expect(document.body.innerHTML).toBe(`<bdi>${reason}</bdi>`);
	render(null, document.body);

	speak(marked);
	render(<Reason text={reason} />, document.body);
	await expect.poll(() => document.body.querySelector("bdi")?.lang).toBe("en");
	expect(document.body.textContent).toBe(`${reason} («in English»)`);
	render(<Reason text="Weil ich es so will." />, document.body);
	expect(document.body.innerHTML).toBe("<bdi>Weil ich es so will.</bdi>");
});
