import "../ui/setup.ts";
import { expect, test } from "vitest";
import type { Rule, Selector } from "../../src/core/policy.ts";
import { aboutAuthorities } from "../../src/options/refused.ts";
import { missingOf, ruleOfCountry, setState } from "../../src/options/sets.ts";
import { cnnicDetails, presets } from "./catalogue.ts";

const rule = (match: readonly Selector[], more: Partial<Rule> = {}): Rule => ({
	id: "r",
	title: "R",
	match,
	action: "block",
	enabled: true,
	...more,
});
const [key] = cnnicDetails.keys;
const spki = key?.spki ?? "";
const certificate = key?.certificates[0]?.sha256 ?? "";

test.each([
	["no rule", [], null],
	["one about somebody else", [rule([{ authority: "entrust" }, { country: "US" }])], null],
	["one that is off", [rule([{ authority: "cnnic" }], { enabled: false })], null],
	["one about it", [rule([{ authority: "cnnic" }])], "refused"],
	["a strict one", [rule([{ authority: "cnnic" }], { action: "strict" })], "refused"],
	["one about its country", [rule([{ country: "CN" }])], "refused"],
	["one about a key of it", [rule([{ spki }])], "partly"],
	["one about a certificate of it", [rule([{ certificate }])], "partly"],
	["one with a date", [rule([{ authority: "cnnic" }], { issuedAfter: "2015-04-01T00:00:00Z" })], "partly"],
	["one for some sites", [rule([{ authority: "cnnic" }], { sites: ["a.example"] })], "partly"],
	["one with exceptions", [rule([{ country: "CN" }], { except: [{ spki }] })], "partly"],
	["one that warns", [rule([{ authority: "cnnic" }], { action: "warn" })], "warned"],
	[
		"the most severe of several",
		[rule([{ country: "CN" }], { action: "warn" }), rule([{ authority: "cnnic" }])],
		"refused",
	],
] as const)("%s", (_, rules, refused) => expect(aboutAuthorities(rules)(cnnicDetails).refused).toBe(refused));

test("all rules about it are found, in their order, those that are off too", () => {
	const off = rule([{ spki }], { id: "off", enabled: false });
	const whole = rule([{ authority: "cnnic" }], { id: "whole" });
	const other = rule([{ authority: "entrust" }], { id: "other" });
	expect(aboutAuthorities([off, other, whole])(cnnicDetails).rules).toEqual([off, whole]);
});

test("a set is on, partly on, or off; what the person has of it stays as it is", () => {
	const [, set] = presets;
	if (!set) throw new Error("no set");
	const [first, ...others] = set.policy.rules;
	if (!first) throw new Error("no rule");
	expect(setState(set, [])).toBe("off");
	expect(setState(set, [{ ...first, action: "strict" }])).toBe("partly");
	expect(setState(set, set.policy.rules)).toBe("on");
	expect(missingOf(set, [{ ...first, action: "strict" }])).toEqual(others);
	const off = { ...first, title: "My own", enabled: false };
	expect(missingOf(set, [off, ...others])).toEqual([{ ...off, enabled: true }]);
});

test("a country's rule is found under any name, but a narrower one is none", () => {
	const mine = rule([{ country: "CN" }], { id: "mine" });
	expect(ruleOfCountry("CN", [mine])).toBe(mine);
	expect(ruleOfCountry("CN", [{ ...mine, enabled: false }])?.id).toBe("mine");
	expect(ruleOfCountry("CN", [rule([{ country: "CN" }, { country: "HK" }])])).toBe(undefined);
	expect(ruleOfCountry("CN", [{ ...mine, sites: ["a.example"] }])).toBe(undefined);
});
