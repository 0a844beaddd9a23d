/** Rules 2–4 of warnings.md, measured on every kind of refusal. */

import "./setup.ts";

import { fleschKincaid } from "flesch-kincaid";
import { render } from "preact";
import { syllable } from "syllable";
import { describe, expect, test } from "vitest";
import { App } from "../../src/blocked/App.tsx";
import { createBlocked } from "../../src/blocked/store.ts";
import { t } from "../../src/browser/i18n.ts";
import { explain } from "../../src/core/findings/index.ts";
import { headlineFor } from "../../src/popup/headline.ts";
import type { Refusal } from "../../src/protocol.ts";
import { sentenceOf } from "../../src/ui/explain.ts";
import type { Sentence } from "../../src/ui/Text.tsx";
import { whatCouldHappen, whatElse, whatWasFound, whatWasSent, whoDecided } from "../../src/ui/why.ts";
import { CASES } from "../core/findings/cases.ts";
import { factsOf } from "../core/findings/world.ts";
import { before, doneAboutHeld, NOW, refusals, reports } from "../gallery/samples.ts";
import { fakeClock, noReports, settle } from "./helpers.ts";
import { unknownKeys } from "./setup.ts";

const MOST_WORDS = 60;
const HIGHEST_GRADE = 7;
const BANNED = /\b(certificates?|TLS|SSL|roots?|chains?|CAs?|issuers?)\b/i;

/**
 * The blocks of text above Advanced, as they are read.
 *
 * @param done what the person did about a form that was held back, as `doneAboutHeld` calls it
 */
async function aboveAdvanced(id: string, done?: string): Promise<string[]> {
	render(null, document.body);
	const answer = done === undefined ? undefined : doneAboutHeld[done];
	const store = createBlocked({
		background: {
			refusal: async () => refusals[id] ?? null,
			chainOf: async () => null,
			letThrough: async () => ({ ok: false, error: "no" }),
			goBack: async () => undefined,
			tryAgain: () =>
				answer === undefined || answer === "never" || answer === "send"
					? new Promise(() => undefined)
					: Promise.resolve(answer),
			sendAnyway: async () => ({ ok: true }),
		},
		clock: fakeClock(),
		navigate: () => undefined,
		id,
		reports: noReports,
	});
	await store.load();
	render(<App store={store} />, document.body);
	if (answer === "send") await store.held.sendAnyway();
	else if (answer !== undefined) void store.held.tryAgain();
	await settle();
	return [...document.querySelectorAll("#message > *, .blocked-actions > *, .blocked-status")]
		.map((block) => (block.textContent ?? "").trim())
		.filter((text) => text !== "");
}

const words = (text: string): string[] => text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));

function sentences(blocks: readonly string[]): string[] {
	const segmenter = new Intl.Segmenter("en", { granularity: "sentence" });
	return blocks.flatMap((block) => [...segmenter.segment(block)].map(({ segment }) => segment));
}

/**
 * US school grade (Flesch–Kincaid) of what is read as text: the sentences, without the labels at the
 * top and on the button, which would make it look easier.
 */
function grade(blocks: readonly string[]): number {
	const text = sentences(blocks).filter((sentence) => /\.\s*$/.test(sentence));
	const all = text.flatMap(words);
	return fleschKincaid({
		sentence: text.length,
		word: all.length,
		syllable: all.reduce((sum, word) => sum + syllable(word), 0),
	});
}

const plain = ({ key, args }: Sentence): string => t(key, ...args);

describe("above Advanced", () => {
	for (const id of [...Object.keys(refusals), "gone"]) {
		test(id, async () => {
			const blocks = await aboveAdvanced(id);
			const text = blocks.join(" ");
			expect(words(text).length, text).toBeLessThanOrEqual(MOST_WORDS);
			// A host of 75 letters counts as one word of twenty syllables: that is the site's doing.
			if (!/long/.test(id)) expect(grade(blocks), text).toBeLessThanOrEqual(HIGHEST_GRADE);
			expect(text).not.toMatch(BANNED);
			expect(text).toContain(id.startsWith("unanswered") ? "Try again" : "Go back (recommended)");
			expect([...unknownKeys]).toEqual([]);
		});
	}

	for (const done of Object.keys(doneAboutHeld)) {
		test(`unanswered, after "${done}"`, async () => {
			const blocks = await aboveAdvanced("unanswered", done);
			const text = blocks.join(" ");
			expect(words(text).length, text).toBeLessThanOrEqual(MOST_WORDS);
			expect(grade(blocks), text).toBeLessThanOrEqual(HIGHEST_GRADE);
			expect(text).not.toMatch(BANNED);
			expect([...unknownKeys]).toEqual([]);
		});
	}

	test("every mixture of rule, severity, what was found and what was sent, also with long names", () => {
		const kinds = ["cnnic", "country", "cross-signed", "through-other", "added", "document", "unverifiable"];
		const clicked = ["overridden-trust", "overridden-domain", "overridden-time", "overridden-named"];
		const sents: Refusal["sent"][] = [null];
		for (const cookies of [true, false, null]) {
			for (const body of [true, false]) {
				for (const authorization of [true, false, null]) sents.push({ method: "GET", cookies, body, authorization });
			}
		}
		const bad: string[] = [];
		let cases = 0;
		const changed = [...kinds, ...clicked].map((kind) => `${kind}, on a known site`);
		for (const kind of [...kinds, ...clicked, ...changed]) {
			const [name = ""] = kind.split(",");
			if (refusals[name] === undefined) throw new Error(kind);
			const sample = { ...refusals[name], before: kind === name ? [] : before };
			for (const source of ["person", "admin", "list"] as const) {
				for (const action of ["warn", "block", "strict"] as const) {
					for (const sent of sents) {
						const list = source === "list" ? { list: { id: "careful", title: "Careful People" } } : {};
						const rule = sample.rule && { ...sample.rule, source, action, ...list };
						const refusal: Refusal = { ...sample, rule, sent };
						const blocks = [
							t("blockedStopped"),
							...[whoDecided(refusal), whatWasFound(refusal), whatElse(refusal), whatCouldHappen(refusal)]
								.filter((sentence) => sentence !== null)
								.map(plain),
							whatWasSent(sent).map(plain).join(" "),
							t("blockedGoBack"),
						];
						const text = blocks.join(" ");
						const count = words(text).length;
						const level = grade(blocks);
						if (count > MOST_WORDS || level > HIGHEST_GRADE || BANNED.test(text)) {
							bad.push(`${count} words, grade ${level.toFixed(2)}: ${text}`);
						}
						cases += 1;
					}
				}
			}
		}
		expect(bad).toEqual([]);
		expect(cases).toBe(2 * 11 * 3 * 3 * 19);
	}, 60_000);

	test("of a form that was held back it says what is known, in this order", async () => {
		expect(await aboveAdvanced("unanswered")).toEqual([
			"Not sent",
			"Countersign has not sent your form.",
			"First outlook.example must show who vouches for it. It did not answer in time.",
			"The site may just be slow, or someone in between may want what you type.",
			"Nothing was sent: not what you typed, not what signs you in.",
			"Try again",
			"Go back",
			"Trying again only asks: nothing is sent.",
		]);
	});

	test("the first sentence says who decided and why, the second what was found", async () => {
		const first = async (id: string) => sentences((await aboveAdvanced(id)).slice(1, 3)).map((text) => text.trim());
		expect(await first("cnnic")).toEqual([
			"You told Countersign not to accept CNNIC.",
			"outlook.example proves who it is only through CNNIC.",
		]);
		expect(await first("admin")).toEqual([
			"Whoever set up this Firefox does not accept CNNIC.",
			"outlook.example proves who it is only through CNNIC.",
		]);
		expect(await first("country")).toEqual([
			"You told Countersign not to accept authorities from China.",
			"outlook.example proves who it is only through CNNIC.",
		]);
		expect(await first("cross-signed")).toEqual([
			"You told Countersign not to accept CNNIC.",
			"outlook.example proves who it is only through CNNIC, backed by Entrust.",
		]);
		expect(await first("overridden-trust")).toEqual([
			"You told Countersign to stop pages whose warning was clicked away.",
			"Nobody that Firefox trusts vouches for outlook.example.",
		]);
	});

	test("on a site that the person knows it says what changed, in fewer words where something was sent", async () => {
		const found = async (id: string) => (await aboveAdvanced(id))[2];
		const then = "Then DigiCert (United States) vouched for it. Now CNNIC (China) does.";
		expect(await found("changed")).toBe(`You were on outlook.example on November 3. ${then}`);
		expect(await found("changed-today")).toBe(`You were on outlook.example earlier today. ${then}`);
		expect(await found("changed-country-refused")).toBe(`You were on outlook.example on November 3. ${then}`);
		expect(await found("changed-form")).toBe(
			"On November 3, DigiCert (United States) vouched for outlook.example. Now CNNIC (China) does.",
		);
		// Where who is refused is not who vouches, or nobody does, it stands after what was found.
		expect(await found("changed-through-other")).toBe(
			"outlook.example proves who it is only through DigiCert, backed by CNNIC. " +
				"On November 3, Sectigo (United Kingdom) vouched for it.",
		);
		expect(await found("changed-overridden")).toBe(
			"Nobody that Firefox trusts vouches for outlook.example. On November 3, DigiCert (United States) vouched for it.",
		);
	});

	test("who vouched before as well has changed nothing", () => {
		const sample = refusals.changed;
		if (sample === undefined) throw new Error("no sample");
		const [digicert] = before;
		if (digicert === undefined) throw new Error("nobody before");
		const cnnic = {
			...digicert,
			authority: { id: "cnnic", name: "CNNIC", country: "CN" },
			name: "CNNIC",
			country: "CN",
		};
		for (const earlier of [[cnnic], [digicert, cnnic], [cnnic, digicert], []]) {
			const refusal = { ...sample, before: earlier };
			expect(whatWasFound(refusal)).toEqual({ key: "whyOnlyThrough", args: ["outlook.example", "CNNIC"] });
			expect(whatElse(refusal)).toBeNull();
		}
		const lastYear = { ...sample, before: [{ ...digicert, last: Date.UTC(2025, 11, 30) }] };
		expect(plain(whatWasFound(lastYear))).toContain("You were on outlook.example on December 30, 2025.");
	});

	test("of a new country it says that the person asked for it, and that it is often harmless", async () => {
		expect((await aboveAdvanced("changed-country")).slice(1, 5)).toEqual([
			"You asked Countersign to warn you about authorities from a new country.",
			"You were on outlook.example on November 3. Then DigiCert (United States) vouched for it. Now CNNIC (China) does.",
			"This is often harmless. But a fake site could read what you type.",
			"Nothing was sent but the address of the page.",
		]);
		// One click and no question for how long: it is known from then on.
		expect(document.querySelector("select")).toBeNull();
		expect(document.body.textContent).toContain("it is known that authorities from China vouch for outlook.example");
	});

	test("it says honestly what was sent", async () => {
		const sent = async (id: string) => (await aboveAdvanced(id))[4];
		expect(await sent("cnnic")).toBe("Nothing was sent but the address of the page.");
		expect(await sent("cookies")).toBe("Already sent: the address and cookies that keep you signed in.");
		expect(await sent("form")).toBe(
			"Already sent: the address, cookies that keep you signed in, and what you typed. Change any password in it.",
		);
		expect(await sent("sent-unknown")).toBe("What was sent before is not known.");
	});
});

/**
 * A sentence as it is measured alone, where a single name would decide: names, dates and numbers count as one plain
 * word each, and so does "identity document", which is what people are to be told instead of the technical word.
 */
function measured({ key, args }: Sentence): string {
	return t(key, ...args.map(() => "Ann"))
		.replace(/\b(?:Firefox|Countersign)\b/g, "Ann")
		.replace(/\bidentity document\b/g, "paper");
}

function check(sentence: Sentence): void {
	const text = plain(sentence);
	expect.soft(words(text).length, text).toBeLessThanOrEqual(MOST_WORDS);
	expect.soft(grade([measured(sentence)]), text).toBeLessThanOrEqual(HIGHEST_GRADE);
	expect.soft(text).not.toMatch(BANNED);
}

describe("what the popup leads with", () => {
	for (const [id, report] of Object.entries(reports)) {
		test(id, () => {
			const { headline, sentences } = headlineFor(report, refusals[report.refusal ?? ""] ?? null, NOW);
			expect(sentences.length).toBeGreaterThan(0);
			expect(words([headline, ...sentences].map(plain).join(" ")).length).toBeLessThanOrEqual(MOST_WORDS);
			for (const sentence of sentences) check(sentence);
			expect([...unknownKeys]).toEqual([]);
		});
	}
});

describe("what each finding says, in every case that is drawn for it", () => {
	// What the catalogue knows of an authority is told in the catalogue's words.
	const { "known-incident": _, ...own } = CASES;
	for (const [id, cases] of Object.entries(own)) {
		test(id, () => {
			for (const { drawn, says } of cases) {
				if (says === null) continue;
				const told = explain(factsOf(drawn)).find((explanation) => explanation.id === id);
				if (told === undefined) throw new Error(`nothing is told of ${id}`);
				check(sentenceOf(told, NOW));
			}
			expect([...unknownKeys]).toEqual([]);
		});
	}
});
