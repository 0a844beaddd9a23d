import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRequest } from "../../src/schema/messages.ts";

const GOOD: Readonly<Record<string, readonly unknown[]>> = {
	refusal: ["1c2d"],
	letThrough: [{ refusal: "1c2d", lasts: "hour", typed: null }],
	goBack: [{ tabId: null }],
	tab: [7],
	refuseKey: [{ tabId: 7, position: 2 }],
	options: [],
	saveRule: [{ rule: { any: "thing" }, isNew: true }],
	saveRules: [{ rules: [{ any: "thing" }], title: "A set" }],
	deleteRule: ["cnnic"],
	deleteRules: [{ ids: ["cnnic"], title: "A set" }],
	moveRule: [{ id: "cnnic", index: 0 }],
	undo: ["u1"],
	saveSettings: [{ preflight: "off", unverifiable: "allow", changedCountry: "off" }],
	revokeException: ["e1"],
	previewImport: ["{}"],
	importPolicy: [{ text: "{}", how: "merge", settings: false }],
	exportPolicy: [],
	heldCertificates: [],
	exportUnreadable: [],
	dismissTrouble: [],
	welcomed: [],
};

describe("a request", () => {
	it.each(Object.entries(GOOD))("%s is read", (method, args) =>
		expect(parseRequest({ method, args })).toEqual({ method, args }),
	);

	it.each(Object.entries(GOOD))("%s with too many or too few arguments is none", (method, args) => {
		expect(parseRequest({ method, args: [...args, 1] })).toBeNull();
		if (args.length > 0) expect(parseRequest({ method, args: [] })).toBeNull();
		expect(parseRequest({ method })).toBeNull();
	});

	it.each([
		["an unknown method", { method: "quit", args: [] }],
		["a method of every object", { method: "toString", args: [] }],
		["__proto__", { method: "__proto__", args: [] }],
		["an extra field", { method: "options", args: [], sender: 1 }],
		["an extra field in the argument", { method: "goBack", args: [{ tabId: 1, url: "x" }] }],
		["a tab that is no number", { method: "tab", args: ["7"] }],
		["a tab below zero", { method: "tab", args: [-1] }],
		["half a tab", { method: "tab", args: [0.5] }],
		["a position that no chain has", { method: "refuseKey", args: [{ tabId: 1, position: 101 }] }],
		["a long id", { method: "refusal", args: ["x".repeat(101)] }],
		["an empty id", { method: "refusal", args: [""] }],
		["another duration", { method: "letThrough", args: [{ refusal: "r", lasts: "year", typed: null }] }],
		["much typed", { method: "letThrough", args: [{ refusal: "r", lasts: "hour", typed: "x".repeat(1001) }] }],
		["a text far above a document's size", { method: "previewImport", args: ["x".repeat(4 * 1024 * 1024 + 1)] }],
		["half the settings", { method: "saveSettings", args: [{ preflight: "off" }] }],
	])("with %s is none", (_, value) => expect(parseRequest(value)).toBeNull());

	it("is never made of anything else, and reading it never throws", () => {
		fc.assert(
			fc.property(fc.anything(), fc.constantFrom(...Object.keys(GOOD)), (value, method) => {
				parseRequest(value);
				parseRequest({ method, args: value });
				parseRequest({ method, args: [value] });
			}),
			{ numRuns: 2000 },
		);
	});
});
