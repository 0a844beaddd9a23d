import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { newness } from "../../src/core/list.ts";
import {
	parseList,
	parseListUrl,
	parsePublicKey,
	parseSignature,
	signatureUrl,
	textOf,
} from "../../src/schema/list.ts";
import * as arbitrary from "./arbitrary.ts";

const SPKI = "H0IkzshPyZztiB/2/P0+IfjFGcVHqmpd094kcwLOUNE=";
const HEAD = { id: "careful", title: "Careful People's List", sequence: 3, expires: "2027-01-01T00:00:00+01:00" };
const RULE = { id: "one", title: "One", match: [{ spki: SPKI }] };
const document = (more: object = {}, head: object = {}, policy: object = {}): string =>
	JSON.stringify({ version: 1, list: { ...HEAD, ...head }, policy: { version: 1, rules: [RULE], ...policy }, ...more });
const known = (id: string) => id === "cnnic";
const errorOf = (text: string) => {
	const parsed = parseList(text, known);
	return parsed.ok ? null : parsed.error;
};

describe("a list's document", () => {
	it("is read whole, in canonical form", () =>
		expect(parseList(document({}, { description: "Why." }), known)).toEqual({
			ok: true,
			list: {
				id: "careful",
				title: "Careful People's List",
				description: "Why.",
				sequence: 3,
				expires: "2026-12-31T23:00:00Z",
				policy: { version: 1, rules: [{ ...RULE, action: "block", enabled: true }] },
			},
			reported: [],
		}));

	it("acts as policy.md says: strict becomes block, what is unknown matches nothing and is reported", () => {
		const rules = [{ ...RULE, action: "strict", match: [{ spki: SPKI }, { authority: "nobody" }, { colour: "blue" }] }];
		const parsed = parseList(document({}, {}, { rules }), known);
		expect(parsed).toMatchObject({ ok: true, list: { policy: { rules: [{ action: "block" }] } } });
		expect(parsed.ok && parsed.reported).toEqual([
			'policy.rules[0].match[1]: "authority nobody" is not known here and matches nothing',
			expect.stringContaining("policy.rules[0].match[2]"),
		]);
	});

	it.each([
		["{", /^document: expected JSON/],
		["[]", "document: expected an object, got an array"],
		[document({ version: 2 }), "version: expected 1, got 2: this list needs a newer Countersign"],
		[document({ extra: 1 }), "extra: unknown field"],
		[document({ policy: undefined }), "policy: expected a policy document, got nothing"],
		[document({ policy: [] }), "policy: expected an object, got an array"],
		[document({}, { id: "Big" }), /^list\.id: expected an id/],
		[document({}, { title: "" }), "list.title: expected 1–60 characters, got 0"],
		[document({}, { sequence: 0 }), "list.sequence: expected a whole number from 1 on, got 0"],
		[document({}, { sequence: 1.5 }), "list.sequence: expected a whole number from 1 on, got 1.5"],
		[document({}, { sequence: "3" }), 'list.sequence: expected a whole number from 1 on, got "3"'],
		[document({}, { expires: "tomorrow" }), /^list\.expires: expected an ISO date-time/],
		[document({}, { expires: undefined }), /^list\.expires: expected an ISO date-time.*got nothing/],
		[document({}, { home: "x" }), "list.home: unknown field"],
		[document({}, {}, { settings: {} }), "policy.settings: expected none in a list, got an object"],
		[document({}, {}, { version: 2 }), /^policy\.version: expected 1, got 2/],
		[document({}, {}, { rules: [{ ...RULE, match: [] }] }), /^policy\.rules\[0\]\.match/],
		[document({}, {}, { rules: Array(1001).fill(RULE) }), "policy.rules: expected at most 1000 rules, got 1001"],
		[`${document()}${" ".repeat(1024 * 1024)}`, /^document: expected at most 1048576 bytes/],
		[document().replace('"version":1', '"version":1,"version":1'), /expected each name once/],
	])("is refused whole: %#", (text, error) =>
		error instanceof RegExp ? expect(errorOf(text)).toMatch(error) : expect(errorOf(text)).toBe(error),
	);

	it("never throws, and takes what the policy's own door takes (random policies)", () => {
		fc.assert(fc.property(fc.string(), (text) => void parseList(text, known)));
		fc.assert(
			fc.property(arbitrary.policy, ({ settings: _, ...policy }: { settings?: unknown }) => {
				const parsed = parseList(document({ policy }), known);
				expect(parsed.ok, parsed.ok ? "" : parsed.error).toBe(true);
				expect(parsed.ok && parsed.list.policy.rules.every(({ action }) => action !== "strict")).toBe(true);
			}),
		);
	});
});

describe("what stands around it", () => {
	it("an address is https, without a name, a password or a fragment", () => {
		expect(parseListUrl(" https://lists.example/a.json?x#y ")).toEqual({
			ok: true,
			url: "https://lists.example/a.json?x",
		});
		for (const bad of [
			"",
			"http://lists.example/",
			"lists.example",
			"ftp://x/",
			"https://a:b@x/",
			"https://a@x/",
			"javascript:1",
		]) {
			expect(parseListUrl(bad).ok, bad).toBe(false);
		}
		expect(parseListUrl(`https://x/${"a".repeat(3000)}`).ok).toBe(false);
	});

	it("a signature lies beside its document", () => {
		expect(signatureUrl("https://lists.example/a.json")).toBe("https://lists.example/a.json.sig");
		expect(signatureUrl("https://lists.example/a.json?raw=1")).toBe("https://lists.example/a.json.sig?raw=1");
	});

	it("a key is 32 bytes in base64, a signature 64", () => {
		expect(parsePublicKey(` ${SPKI}\n`)).toMatchObject({ key: SPKI, bytes: { length: 32 } });
		for (const bad of ["", "AAAA", `${SPKI}A`, SPKI.slice(0, -1), SPKI.replace("E=", "F=")]) {
			expect(parsePublicKey(bad), bad).toBe(null);
		}
		const signature = Buffer.alloc(64, 7).toString("base64");
		expect(parseSignature(`${signature}\r\n`)).toEqual(new Uint8Array(64).fill(7));
		for (const bad of ["", "AAAA", `${signature}=`, signature.slice(4)]) expect(parseSignature(bad), bad).toBe(null);
	});

	it("text stands for the very bytes it came from", () => {
		const bytes = new TextEncoder().encode("\u{feff}{ü}");
		expect(new TextEncoder().encode(textOf(bytes) ?? "")).toEqual(bytes);
		expect(textOf(Uint8Array.of(0xff))).toBe(null);
	});
});

describe("a document against those seen before", () => {
	const of = (text: string, sequence: number) => ({ text, sequence });
	it.each<[string, { text: string; sequence: number }[], number, { text: string; sequence: number }]>([
		["same", [of("a", 3)], 0, of("a", 3)],
		["newer", [of("a", 3)], 0, of("b", 4)],
		["older", [of("a", 3)], 0, of("z", 2)],
		["reused", [of("a", 3)], 0, of("b", 3)],
		["same", [of("a", 3), of("b", 5)], 0, of("b", 5)],
		["reused", [of("a", 3), of("b", 5)], 0, of("c", 5)],
		["older", [of("a", 3), of("b", 5)], 0, of("a", 3)],
		["newer", [of("a", 3), of("b", 5)], 0, of("c", 6)],
		["declined", [of("a", 3)], 5, of("b", 5)],
		["older", [of("a", 3)], 5, of("c", 4)],
		["older", [of("a", 3)], 5, of("a", 3)],
		["newer", [of("a", 3)], 5, of("c", 6)],
	])("is %s: %j, declined %i, then %j", (expected, seen, declined, next) =>
		expect(newness(seen, declined, next)).toBe(expected satisfies string),
	);
});
