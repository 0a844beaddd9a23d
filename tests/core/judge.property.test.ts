import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { compile } from "../../src/core/compile.ts";
import { readHost } from "../../src/core/host.ts";
import { agreement, newTally } from "./agreement.ts";

/** Policies; each is asked for one to four connections. */
const POLICIES = 20_000;

// On a failure fast-check prints the seed and the path: fc.assert(…, { seed, path }) repeats it.
test("the compiled judge says what the slow judge says, on 20,000 random policies", () => {
	const tally = newTally();
	const compare = (actual: unknown, expected: unknown) => {
		if (!isDeepStrictEqual(actual, expected)) expect(actual).toEqual(expected);
	};
	fc.assert(agreement({ compile, readHost }, compare, tally), { numRuns: POLICIES });
	console.log(`judge: ${JSON.stringify(tally)}`);

	// A property that never meets its subject proves nothing.
	expect(tally.cases).toBeGreaterThanOrEqual(POLICIES);
	for (const outcome of ["accept", "warn", "refuse", "unverifiable"]) {
		expect(tally.outcomes[outcome] ?? 0, outcome).toBeGreaterThan(POLICIES / 50);
	}
	for (const kind of ["authority", "spki", "certificate", "organization", "country", "root", "overridden"]) {
		expect(tally.kinds[kind] ?? 0, kind).toBeGreaterThan(POLICIES / 100);
	}
	for (const condition of ["except", "acceptFor", "sites", "issuedAfter"]) {
		expect(tally.conditions[condition] ?? 0, condition).toBeGreaterThan(POLICIES / 50);
	}
	expect(tally.lists).toBeGreaterThan(POLICIES / 50);
	expect(tally.excepted).toBeGreaterThan(POLICIES / 50);
});
