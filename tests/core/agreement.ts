/** The property that holds compiled judges to policy.md, for the test and for the mutants. */
import fc from "fast-check";
import type { compile } from "../../src/core/compile.ts";
import type { readHost } from "../../src/core/host.ts";
import type { Finding, Verdict } from "../../src/core/judge.ts";
import { type SlowVerdict, slowJudge } from "./slow-judge.ts";
import { CATALOGUE, connection, granted, isGranted, layers, WORLD } from "./world.ts";

/** What is held to policy.md. */
export interface Core {
	readonly compile: typeof compile;
	readonly readHost: typeof readHost;
}

/** What was compared, to know that the cases were not all alike. */
export interface Tally {
	cases: number;
	readonly outcomes: Record<string, number>;
	/** Kinds of the selectors that decided. */
	readonly kinds: Record<string, number>;
	/** Cases in which something was let through. */
	excepted: number;
	/** Cases decided by a rule of a list. */
	lists: number;
	/** Cases decided by a rule with `except`, `acceptFor`, `sites` or `issuedAfter`. */
	readonly conditions: Record<string, number>;
}

export const newTally = (): Tally => ({ cases: 0, outcomes: {}, kinds: {}, excepted: 0, lists: 0, conditions: {} });

const count = (counts: Record<string, number>, name: string) => {
	counts[name] = (counts[name] ?? 0) + 1;
};

const boundText = ({ bound }: Finding): string =>
	bound.kind === "key" ? `key ${bound.spki}` : bound.kind === "leaf" ? `leaf ${bound.sha256}` : "host";

/** A verdict in the slow judge's words. */
function plain(verdict: Verdict): SlowVerdict {
	if (verdict.outcome === "unverifiable") return verdict;
	const said = (finding: Finding) => ({
		ref: finding.rule.ref,
		selector: finding.selector,
		position: finding.position,
		bound: boundText(finding),
	});
	return {
		outcome: verdict.outcome,
		finding: verdict.outcome === "accept" ? null : said(verdict.finding),
		excepted: verdict.excepted.map(said).sort(byPlace),
	};
}

const byPlace = (a: { ref: string; position: number }, b: { ref: string; position: number }): number =>
	a.ref === b.ref ? a.position - b.position : a.ref < b.ref ? -1 : 1;

/**
 * "The compiled judge says what the slow judge says", on several connections in a row under each
 * policy, because a judge remembers certificates.
 *
 * @param core what makes the judges
 * @param compare throws when its arguments differ
 * @param tally counts what was compared
 */
export function agreement(
	core: Core,
	compare: (actual: unknown, expected: unknown) => void,
	tally: Tally = newTally(),
) {
	return fc.property(
		layers,
		fc.array(fc.record({ connection, granted }), { minLength: 1, maxLength: 4 }),
		(inForce, connections) => {
			const judge = core.compile(inForce, CATALOGUE);
			for (const drawn of connections) {
				const { host, evidence } = drawn.connection;
				const verdict = judge.judge({ host: core.readHost(host), evidence }, (finding) =>
					isGranted(drawn.granted, finding.rule.ref, boundText(finding)),
				);
				const slow = slowJudge(WORLD, inForce, drawn.connection, (ref, bound) => isGranted(drawn.granted, ref, bound));
				compare(
					plain(verdict),
					slow.outcome === "unverifiable" ? slow : { ...slow, excepted: slow.excepted.toSorted(byPlace) },
				);
				note(tally, verdict);
			}
		},
	);
}

function note(tally: Tally, verdict: Verdict): void {
	tally.cases++;
	count(tally.outcomes, verdict.outcome);
	if (verdict.outcome === "unverifiable") return;
	if (verdict.excepted.length > 0) tally.excepted++;
	if (verdict.outcome === "accept") return;
	const { rule, source } = verdict.finding.rule;
	if (source === "list") tally.lists++;
	count(tally.kinds, Object.keys(verdict.finding.selector)[0] ?? "");
	for (const condition of ["except", "acceptFor", "sites", "issuedAfter"] as const) {
		if (rule[condition]) count(tally.conditions, condition);
	}
}
