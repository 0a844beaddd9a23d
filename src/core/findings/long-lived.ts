import { date, type Explainer } from "./explanation.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * How many days a site's document may be valid, by the day that it was made on. Firefox does not look, so one that is
 * valid for longer is shown as any other.
 */
const LIMITS: readonly (readonly [since: string, days: number])[] = [
	["2029-03-15", 47],
	["2027-03-15", 100],
	["2026-03-15", 200],
	["2020-09-01", 398],
	["2018-03-01", 825],
];

/** The most that the rules for authorities allow; null for what is older than these rules. */
function mostDays(notBefore: number): number | null {
	return LIMITS.find(([since]) => notBefore >= Date.parse(since))?.[1] ?? null;
}

/** The document is valid for longer than authorities that browsers ship may make them. Others make them as they like. */
export const longLived: Explainer = {
	id: "long-lived",
	source: "CA/Browser Forum, Baseline Requirements section 6.3.2 (ballot SC-081v3)",
	says({ chain, overridden }) {
		const [leaf] = chain;
		const most = leaf && mostDays(leaf.notBefore);
		if (!leaf || typeof most !== "number" || overridden.length > 0) return null;
		// A root that was added is bound by no such rule. (Null: of files nobody knows.)
		if (chain.length === 1 || chain.at(-1)?.builtInRoot === false) return null;
		// Both ends count (RFC 5280 section 4.1.2.5), but a second more is nothing to tell people of.
		if (leaf.notAfter - leaf.notBefore <= most * DAY_MS) return null;
		return { weight: "notice", key: "foundLongLived", args: [date(leaf.notBefore), date(leaf.notAfter)] };
	},
};
