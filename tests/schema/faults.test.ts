/** What a linter is told of a document is what its reader says, and all the rest of it. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { listFaults, parseList } from "../../src/schema/list.ts";
import { type Mode, managedFaults, parseManaged, parsePolicy, policyFaults } from "../../src/schema/policy.ts";
import { type Fault, pathOf } from "../../src/schema/say.ts";
import * as arbitrary from "./arbitrary.ts";

const known = (id: string) => ["cnnic", "kazakhstan"].includes(id);
const RULE = { id: "cnnic", title: "CNNIC", match: [{ authority: "cnnic" }] };
const lines = (faults: readonly Fault[]): string[] =>
	faults.map(({ path, error }) => `${pathOf(path) || "document"}: ${error}`);

describe("faults", () => {
	it("are all there at once, one for each place", () => {
		const document = {
			version: "1",
			rules: [
				{ ...RULE, title: "", colour: 1, shape: 2, constructor: 3 },
				{ ...RULE, match: [{ authority: "x" }, { spki: "short" }, { authority: "cnnic", spki: "" }, {}], enabled: 1 },
				{ ...RULE, id: "A", sites: [], acceptFor: ["*.example.com", "cn", "a..b"], issuedAfter: "2015" },
				7,
				{ id: "other" },
			],
			settings: { preflight: "on", unverifiable: "no" },
			more: null,
		};
		expect(lines(policyFaults(document, "person", known))).toEqual([
			'version: expected 1, got "1"',
			"rules[0].title: expected 1–120 characters, got 0",
			"rules[0].colour: unknown field",
			"rules[0].shape: unknown field",
			"rules[0].constructor: unknown field",
			'rules[1].match[0].authority: expected the id of a known authority, got "x"',
			"rules[1].match[1].spki: expected 44 base64 characters, got 5",
			"rules[1].match[2]: expected exactly one key, got 2",
			"rules[1].match[3]: expected exactly one key, got 0",
			"rules[1].enabled: expected true or false, got 1",
			'rules[2].id: expected an id (1–64 of a–z, 0–9 and -, not starting with -), got "A"',
			'rules[2].acceptFor[0]: expected a name without the star, which covers everything below it, got "*.example.com"',
			'rules[2].acceptFor[2]: expected a name without empty labels, got "a..b"',
			"rules[2].sites: expected at least one name (without this field: every site), got none",
			'rules[2].issuedAfter: expected an ISO date-time with its time zone, such as 2015-04-01T00:00:00Z, got "2015"',
			"rules[3]: expected an object, got 7",
			"rules[4].title: expected 1–120 characters, got nothing",
			"rules[4].match: expected an array of selectors, got nothing",
			'rules[1].id: expected an id of its own, got "cnnic" as in rules[0]',
			'settings.preflight: expected "off" or "credentials" or "always", got "on"',
			'settings.unverifiable: expected "block" or "allow", got "no"',
			"more: unknown field",
		]);
	});

	it("of an unknown field name those that there are", () => {
		const [fault] = policyFaults({ version: 1, rules: [], settings: { prefligth: "off" } }, "person", known);
		expect(fault).toEqual({
			path: ["settings", "prefligth"],
			error: "unknown field",
			fields: ["preflight", "unverifiable", "changedCountry"],
		});
	});

	it("of a later version are that alone", () => {
		expect(lines(policyFaults({ version: 2, new: 1 }, "person", known))).toEqual([
			"version: expected 1, got 2: this document needs a newer Countersign",
		]);
	});

	it("of what an administrator deploys, and of lists, stand at their paths", () => {
		expect(lines(managedFaults({ policy: { version: 1, rules: [{}] }, locked: 1, more: 1 }, known))).toEqual([
			"locked: expected true or false, got 1",
			"more: unknown field",
			"policy.rules[0].id: expected an id, got nothing",
			"policy.rules[0].title: expected 1–120 characters, got nothing",
			"policy.rules[0].match: expected an array of selectors, got nothing",
		]);
		expect(lines(managedFaults({ policy: [] }, known))).toEqual(["policy: expected an object, got an array"]);
		expect(lines(managedFaults(undefined, known))).toEqual(["document: expected an object, got nothing"]);
		const list = { version: 1, list: { id: "l", title: "" }, policy: { version: 1, rules: [], settings: {} } };
		expect(lines(listFaults(list, known))).toEqual([
			"list.title: expected 1–60 characters, got 0",
			"list.sequence: expected a whole number from 1 on, got nothing",
			"list.expires: expected an ISO date-time with its time zone, such as 2015-04-01T00:00:00Z, got nothing",
			"policy.settings: expected none in a list, got an object",
		]);
	});

	it("are none where the document is taken, and hold what refuses it (random documents, and with pieces changed)", () => {
		const odd = fc.constantFrom<unknown>(7, "x", null, [], {}, { authority: "x" }, true, "CN", 1e9);
		const changed = fc
			.record({ policy: arbitrary.policy, steps: fc.array(fc.tuple(fc.nat(), odd), { maxLength: 3 }) })
			.map(({ policy, steps }) => {
				const document = structuredClone(policy) as unknown;
				for (const [draw, value] of steps) {
					// Down from the top, and at some depth something else.
					let here = document as Record<string, unknown>;
					for (let rest = draw; ; rest = Math.floor(rest / 7)) {
						const keys = Object.keys(here);
						const key = keys[rest % (keys.length + 1)] ?? "extra";
						const next = here[key];
						if (rest % 7 < 5 && typeof next === "object" && next !== null) here = next as Record<string, unknown>;
						else {
							here[key] = structuredClone(value);
							break;
						}
					}
				}
				return document;
			});
		let refused = 0;
		fc.assert(
			fc.property(changed, fc.constantFrom<Mode>("person", "admin", "list"), (document, mode) => {
				const parsed = parsePolicy(document, mode, known);
				const faults = lines(policyFaults(document, mode, known));
				if (parsed.ok) expect(faults).toEqual([]);
				else {
					refused++;
					expect(faults).toContain(parsed.error);
				}
				const managed = parseManaged({ policy: document }, known);
				expect(managedFaults({ policy: document }, known).length === 0).toBe(managed.ok);
				const list = {
					version: 1,
					list: { id: "l", title: "L", sequence: 1, expires: "2030-01-01T00:00:00Z" },
					policy: document,
				};
				expect(listFaults(list, known).length === 0).toBe(parseList(JSON.stringify(list), known).ok);
			}),
			{ numRuns: 1000 },
		);
		expect(refused).toBeGreaterThan(200);
	});
});
