/** Which authorities rules are about, and how far. */
import type { AuthorityDetails } from "../catalogue/details.ts";
import type { Rule } from "../core/policy.ts";

/** "refused": whatever it vouches for is stopped. "partly": some of that. "warned": nothing is stopped, but held. */
export type Refused = "refused" | "partly" | "warned";

export interface AboutAuthority {
	/** Null: no rule that is switched on is about it. */
	readonly refused: Refused | null;
	/** All rules about it, those that are switched off too, in their order. */
	readonly rules: readonly Rule[];
}

/** A rule for every site, every date and everyone it matches. */
const isWhole = ({ sites, acceptFor, except, issuedAfter }: Rule): boolean =>
	!sites && !acceptFor && !except && !issuedAfter;

function howFar(rules: readonly { readonly rule: Rule; readonly all: boolean }[]): Refused | null {
	const on = rules.filter(({ rule }) => rule.enabled);
	if (on.length === 0) return null;
	const stopping = on.filter(({ rule }) => rule.action !== "warn");
	if (stopping.some(({ rule, all }) => all && isWhole(rule))) return "refused";
	return stopping.length > 0 ? "partly" : "warned";
}

/**
 * Prepares rules for being asked about authorities. By authority, by country, by single keys and by the
 * fingerprints of single certificates; rules by organisation go by what a certificate says and are not counted.
 */
export function aboutAuthorities(rules: readonly Rule[]): (authority: AuthorityDetails) => AboutAuthority {
	const places = new Map(rules.map((rule, index) => [rule, index]));
	const by = new Map<string, Set<Rule>>();
	for (const rule of rules) {
		for (const selector of rule.match) {
			const [entry] = Object.entries(selector) as [string, string][];
			const key = entry?.join(" ") ?? "";
			by.set(key, (by.get(key) ?? new Set()).add(rule));
		}
	}
	const none: AboutAuthority = { refused: null, rules: [] };
	return ({ id, country, keys }) => {
		if (by.size === 0) return none;
		const whole = new Set([...(by.get(`authority ${id}`) ?? []), ...(by.get(`country ${country}`) ?? [])]);
		const part = new Set<Rule>();
		for (const { spki, certificates } of keys) {
			for (const rule of by.get(`spki ${spki}`) ?? []) part.add(rule);
			for (const { sha256 } of certificates) for (const rule of by.get(`certificate ${sha256}`) ?? []) part.add(rule);
		}
		const all = [...whole, ...[...part].filter((rule) => !whole.has(rule))];
		if (all.length === 0) return none;
		all.sort((one, other) => (places.get(one) ?? 0) - (places.get(other) ?? 0));
		return { refused: howFar(all.map((rule) => ({ rule, all: whole.has(rule) }))), rules: all };
	};
}
