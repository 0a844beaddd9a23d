/** The toolbar button: each state has a shape and words of its own. */
import "../ui/setup.ts";

import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Documents, type TabDocument } from "../../src/background/documents.ts";
import { face } from "../../src/background/face.ts";
import { readTarget } from "../../src/background/target.ts";
import type { Evidence } from "../../src/core/chain.ts";
import type { Refusal } from "../../src/protocol.ts";
import { draw } from "../core/draw.ts";
import { refusals } from "../gallery/samples.ts";
import { messages, ROOT, unknownKeys } from "../ui/setup.ts";

const URL_HERE = "https://bank.example/";

function page(more: Partial<TabDocument> = {}): TabDocument {
	const document = new Documents("moz-extension://self/blocked").adopt(1, URL_HERE, false);
	if (!document) throw new Error("no document");
	return Object.assign(document, more);
}

function judged(chain: string, more: Partial<TabDocument> = {}): TabDocument {
	const target = readTarget(URL_HERE);
	if (!target) throw new Error("no target");
	const evidence = { kind: "chain", chain: draw(chain) } as Evidence;
	return page({ connection: { host: target.host, evidence }, why: null, ...more });
}

const GOOD = "root[G] -> leaf[L]";
const refusal = { ...refusals.cnnic, host: "refused.example" } as Refusal;
const used = new Map([["e", {} as never]]);

const states: Readonly<Record<string, [TabDocument, Refusal | null]>> = {
	buttonProtected: [judged(GOOD), null],
	buttonStopped: [page({ target: null, refusal: "r" }), refusal],
	buttonUnanswered: [page({ target: null, refusal: "r" }), { ...refusal, outcome: "unanswered" }],
	buttonWarned: [judged(GOOD, { used }), null],
	buttonLocalRoot: [judged("local[P] -> leaf[L]"), null],
	buttonNotChecked: [page(), null],
};

describe("the toolbar button", () => {
	it.each(Object.entries(states))("says in words: %s, and of which site", (key, [document, kept]) => {
		const { title, badge } = face(document, kept);
		expect(title.split("\n")).toEqual([messages[key]?.message, kept?.host ?? "bank.example"]);
		expect(badge).toBe("");
		expect([...unknownKeys]).toEqual([]);
	});

	it("has a shape of its own for each", () => {
		const icons = Object.values(states).map(([document, kept]) => face(document, kept).icon);
		expect(new Set(icons).size).toBe(icons.length);
		for (const icon of icons) expect(existsSync(join(ROOT, "public", icon)), icon).toBe(true);
	});

	it("counts what was stopped of a page, on itself and in words", () => {
		expect(face(judged(GOOD, { stoppedCount: 1 }))).toMatchObject({
			title: expect.stringMatching(/\nbank\.example\n1 part of this page was stopped$/),
			badge: "1",
		});
		expect(face(judged(GOOD, { stoppedCount: 1234 }))).toMatchObject({
			title: expect.stringMatching(/1,234 parts of this page were stopped$/),
			badge: "999+",
		});
	});

	it("names no site where there is none", () => {
		expect(face(page({ target: null })).title).toBe(messages.buttonNotChecked?.message);
	});
});
