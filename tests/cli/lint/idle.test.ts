/** What the linter calls idle is held to the judge: a rule of which it says that it never decides never does. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { idleIn } from "../../../cli/lint/idle.ts";
import type { Known } from "../../../cli/lint/known.ts";
import { compile } from "../../../src/core/compile.ts";
import { HostTable, readHost } from "../../../src/core/host.ts";
import { plainFingerprint } from "../../../src/core/key.ts";
import type { Rule, Selector } from "../../../src/core/policy.ts";
import { CATALOGUE, connection, fingerprint, key } from "../../core/world.ts";

const POLICIES = 6_000;

const KNOWN: Known = {
	catalogue: CATALOGUE,
	organizations: new Map(),
	// As the world makes its certificates.
	certificates: new Map(
		Array.from({ length: 14 }, (_, n) => [
			plainFingerprint(fingerprint(n)) ?? "",
			{ spki: key((n * 3) % 6), name: `${n}`, notAfter: null },
		]),
	),
};

/** Selectors of one owner, one country and one key: of any two, one often matches wherever the other does. */
const selector: fc.Arbitrary<Selector> = fc.constantFrom(
	{ authority: "one" },
	{ authority: "one" },
	{ authority: "three" },
	{ country: "US" },
	{ country: "US" },
	{ spki: key(0) },
	{ spki: key(1) },
	{ certificate: plainFingerprint(fingerprint(0)) ?? "" },
	{ organization: "One Trust" },
	{ organization: "one  TRUST" },
	{ root: "not-built-in" },
	{ overridden: "any" },
	{ overridden: "trust" },
	{ unknown: "later" },
);
const names = fc.uniqueArray(
	fc.constantFrom(
		"com",
		"example.com",
		"a.example.com",
		"<local>",
		"localhost",
		"10.0.0.0/8",
		"10.1.2.3",
		"::/0",
		"::1",
	),
	{ minLength: 1, maxLength: 3 },
);
const sometimes = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { freq: 2, nil: undefined });
const date = fc.constantFrom("2015-04-01T00:00:00Z", "2020-01-01T00:00:00Z");

const rules: fc.Arbitrary<readonly Rule[]> = fc
	.array(
		fc.record({
			match: fc.array(selector, { minLength: 1, maxLength: 2 }),
			except: fc.oneof(fc.constant(undefined), sometimes(fc.array(selector, { minLength: 1, maxLength: 2 }))),
			action: fc.constantFrom("warn", "block", "strict"),
			acceptFor: sometimes(names),
			sites: sometimes(names),
			issuedAfter: sometimes(date),
			enabled: fc.constantFrom(true, true, true, false),
		}),
		{ minLength: 1, maxLength: 6 },
	)
	.map((drawn) =>
		drawn.map((one, n) => {
			const present = Object.entries(one).filter(([, value]) => value !== undefined);
			return { id: `r${n}`, title: "A rule", ...Object.fromEntries(present) } as Rule;
		}),
	);

const fits = (entry: string, host: string): boolean => {
	const table = new HostTable<true>();
	table.at(entry, () => true);
	return table.find(readHost(host)).length > 0;
};

test("no rule decides of which it is said that it cannot, on 6,000 random policies", () => {
	const tally: Record<string, number> = {};
	const count = (name: string) => {
		tally[name] = (tally[name] ?? 0) + 1;
	};
	fc.assert(
		fc.property(rules, fc.array(connection, { minLength: 6, maxLength: 12 }), (drawn, connections) => {
			const person = { version: 1 as const, rules: drawn };
			const idle = idleIn(
				drawn.map((rule, index) => ({ index, rule })),
				KNOWN,
			);
			for (const one of idle) count("reach" in one ? `${one.kind} ${one.reach}` : one.kind);
			const judge = compile({ admin: null, person }, CATALOGUE);
			for (const { host, evidence } of connections) {
				// The linter takes it that an authority's key is on no site's own certificate.
				if (evidence.kind === "chain" && evidence.chain.length > 1 && CATALOGUE.ownerOf(evidence.chain[0].spki))
					continue;
				const verdict = judge.judge({ host: readHost(host), evidence });
				if (!("finding" in verdict)) continue;
				count("decided");
				const { rule, selector } = verdict.finding;
				for (const one of idle) {
					if (person.rules[one.index] !== rule.rule) continue;
					if ("reach" in one && one.reach === "verified" && evidence.kind !== "chain") continue;
					if (one.kind === "void") expect(selector, "void").not.toBe(rule.rule.match[one.at]);
					else if (one.kind === "accepted") expect(fits(rule.rule.sites?.[one.at] ?? "", host), "accepted").toBe(false);
					else expect.fail(`${rule.ref} decides, and is said to be idle: ${JSON.stringify(one)}`);
				}
			}
		}),
		{ numRuns: POLICIES },
	);
	console.log(`lint: ${JSON.stringify(tally)}`);
	// A property that never meets its subject proves nothing.
	for (const kind of [
		...["void always", "void verified", "accepted", "never always", "never verified"],
		...["shadowed always", "shadowed verified", "decided"],
	]) {
		expect(tally[kind] ?? 0, kind).toBeGreaterThan(POLICIES / 1000);
	}
});
