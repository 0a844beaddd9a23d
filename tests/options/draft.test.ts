import "../ui/setup.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { countries, countryCode } from "../../src/options/countries.ts";
import { checkRule, draftOf, fieldOf, ruleOf } from "../../src/options/draft.ts";
import { parseRule } from "../../src/schema/policy.ts";
import { full, rules } from "./samples.ts";

const known = (id: string): boolean => id === "cnnic";

test.each(rules)("nothing of a rule is lost in the form: $title", (rule) => {
	const parsed = parseRule(ruleOf(draftOf(rule), rule.id), "person", known);
	expect(parsed).toEqual({ ok: true, rule, reported: [] });
});

test("every date of a policy comes through the two fields unchanged", () => {
	fc.assert(
		fc.property(
			fc.date({ min: new Date(0), max: new Date("9999-12-31T23:59:59.999Z"), noInvalidDate: true }),
			(date) => {
				const issuedAfter = date.toISOString().replace(".000Z", "Z");
				const parsed = parseRule(ruleOf(draftOf({ ...full, issuedAfter }), "x"), "person", known);
				expect(parsed).toMatchObject({ rule: { issuedAfter } });
			},
		),
	);
});

test.each([
	["title: expected 1–120 characters, got 0", "title", "expected 1–120 characters, got 0"],
	[
		"rules[3].match[2].spki: expected 44 base64 characters, got 12",
		"match[2]",
		"expected 44 base64 characters, got 12",
	],
	["match[2]: expected exactly one key, got 2", "match[2]", "expected exactly one key, got 2"],
	["match: expected 1–10000 selectors, got 0", "match", "expected 1–10000 selectors, got 0"],
	["rules[0].except[11].country: expected x", "except[11]", "expected x"],
	['acceptFor[1]: expected a name without a port, got "a:1"', "acceptFor", 'expected a name without a port, got "a:1"'],
	["sites[0]: expected: a, b", "sites", "expected: a, b"],
	["issuedAfter: expected\nlines", "issuedAfter", "expected\nlines"],
	["rules[1].id: expected an id of its own", "", "rules[1].id: expected an id of its own"],
	["rules: locked by the administrator", "", "rules: locked by the administrator"],
	["storage: expected to be writable, got x", "", "storage: expected to be writable, got x"],
	["something else entirely", "", "something else entirely"],
])("%s belongs to the field “%s”", (error, field, message) => {
	expect(fieldOf(error)).toEqual({ field, message });
});

test("everything that is wrong is found at once, each at its own field", () => {
	const rule = {
		id: "x",
		title: "",
		reason: "r".repeat(601),
		match: [{ spki: "short" }, { country: "CN" }, { certificate: "zz" }],
		except: [{ authority: "nobody" }],
		action: "burn",
		acceptFor: ["fine.example", "*.example"],
		sites: ["a b"],
		issuedAfter: "?T00:00:00Z",
		enabled: true,
	};
	const errors = checkRule(rule, known);
	expect([...errors.keys()].sort()).toEqual(
		["acceptFor", "action", "except[0]", "issuedAfter", "match[0]", "match[2]", "reason", "sites", "title"].sort(),
	);
	expect(errors.get("match[0]")).toBe("expected 44 base64 characters, got 5");
	expect(checkRule({ ...rule, id: "NO" }, known).get("")).toContain("id: expected an id");
});

test("countries come by name, and what is none comes back for the policy to explain", () => {
	const list = countries();
	expect(list.length).toBeGreaterThan(240);
	expect(list.find(({ code }) => code === "CN")?.name).toBe("China");
	expect(list.map(({ code }) => code)).toEqual(expect.arrayContaining(["EU", "XK", "TW", "US"]));
	for (const gone of ["SU", "YU", "UK", "ZZ", "XA"]) expect(list.some(({ code }) => code === gone)).toBe(false);
	expect(countryCode(" china ", list)).toBe("CN");
	expect(countryCode("uk", list)).toBe("UK");
	expect(countryCode("Chnia", list)).toBe("Chnia");
});
