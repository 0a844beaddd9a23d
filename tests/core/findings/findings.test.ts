import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { EXPLAINERS, explain, whatWasFound } from "../../../src/core/findings/index.ts";
import { CASES } from "./cases.ts";
import { type Drawn, explained, factsOf, USUAL, voucher } from "./world.ts";

const FOLDER = new URL("../../../src/core/findings/", import.meta.url);

describe("each finding", () => {
	for (const { id } of EXPLAINERS) {
		describe(id, () => {
			it.each(CASES[id] ?? [])("$why", ({ drawn, says }) => {
				const found = explained(drawn).find((line) => line.startsWith(`${id} `));
				expect(found ?? null).toBe(says === null ? null : `${id} ${says}`);
			});
		});
	}

	it("has a file of its own, drawings of when it applies and when it does not, and a source", () => {
		const files = readdirSync(FOLDER).filter((file) =>
			/: Explainer = \{/.test(readFileSync(new URL(file, FOLDER), "utf8")),
		);
		const ids = EXPLAINERS.map(({ id }) => id);
		expect(files.map((file) => file.replace(".ts", "")).sort()).toEqual([...ids].sort());
		expect(Object.keys(CASES).sort()).toEqual([...ids].sort());
		for (const id of ids) {
			expect(readFileSync(new URL(`${id}.ts`, FOLDER), "utf8")).toContain(`id: "${id}"`);
			const says = (CASES[id] ?? []).map((one) => one.says);
			expect(
				says.some((one) => one === null),
				id,
			).toBe(true);
			expect(
				says.some((one) => one !== null),
				id,
			).toBe(true);
		}
		for (const { source } of EXPLAINERS) expect(source).toMatch(/\S/);
	});
});

const GOOD = "root[G O=Good C=US] -> ca[H O=Good C=US] -> leaf[L]";
const ids = (drawn: Drawn): string[] => explained(drawn).map((line) => line.split(" ")[0] ?? "");

describe("their order", () => {
	it("an ordinary page leads with who vouches, and says little else", () => {
		expect(ids({ chain: GOOD })).toEqual(["vouched"]);
		expect(ids({ chain: GOOD, host: "example.de", connection: { ...USUAL, proxied: true } })).toEqual([
			"vouched",
			"foreign-authority",
			"proxied",
		]);
	});

	it("what changed comes before who vouches", () => {
		const before = [voucher("One", "CN", "2026-01-01", "2026-01-04")];
		expect(ids({ chain: GOOD, before })).toEqual(["authority-changed", "vouched"]);
	});

	it("what changed between two that both vouched before comes after", () => {
		const before = [
			voucher("One", "CN", "2025-10-01", "2026-01-04"),
			voucher("Good", "US", "2025-10-01", "2026-01-03"),
		];
		expect(ids({ chain: GOOD, before })[0]).toBe("vouched");
	});

	it("a warning comes before everything that is only worth knowing", () => {
		expect(ids({ chain: GOOD, days: 4000, connection: { ...USUAL, transparency: "not-enough" } }).slice(0, 3)).toEqual([
			"not-logged",
			"long-lived",
			"vouched",
		]);
	});

	it("what was stopped begins with who decided, then what was found", () => {
		const chain = "root[G O=Good C=US] -> ca[A O=Somebody C=CN] -> leaf[L]";
		const drawn = { chain, host: "example.de", rule: { match: [{ country: "CN" }] } };
		expect(ids(drawn)).toEqual(["decision", "cross-signed", "by-country", "other-papers", "foreign-authority"]);
		expect(whatWasFound(factsOf(drawn))?.id).toBe("cross-signed");
	});

	it("of several errors the one that says most comes first", () => {
		const drawn: Drawn = {
			chain: "file[S]",
			overridden: ["time", "domain", "trust"],
			selfSigned: { fitsItsKey: null },
			rule: { match: [{ overridden: "any" }] },
		};
		expect(ids(drawn)).toEqual(["decision", "clicked-trust", "clicked-domain", "clicked-time", "self-signed"]);
	});

	it("nothing was found where nothing was stopped", () => {
		expect(whatWasFound(factsOf({ chain: "file[S]", overridden: ["trust"] }))).toBe(null);
	});

	it("each is told once", () => {
		for (const { drawn } of Object.values(CASES).flat()) {
			const told = explain(factsOf(drawn)).map(({ id }) => id);
			expect(new Set(told).size).toBe(told.length);
		}
	});
});
