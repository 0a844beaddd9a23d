/** Rules and parts of rules that can decide nothing. */
import type { Action, Rule, Selector } from "../../src/core/policy.ts";
import { coveredBy, covers, disjoint, keyOf, type Reach } from "./covers.ts";
import type { Known } from "./known.ts";

/** A rule, and where it stands in its document's `rules`. */
export interface PlacedRule {
	readonly index: number;
	readonly rule: Rule;
}

export type Idle =
	/** A selector that an exception of its own rule makes void. */
	| { readonly kind: "void"; readonly index: number; readonly at: number; readonly by: number; readonly reach: Reach }
	/** A name in `sites` that `acceptFor` has too. */
	| { readonly kind: "accepted"; readonly index: number; readonly at: number; readonly by: number }
	/** A rule that matches nothing at all: by what it looks for, or by the sites it is for. */
	| {
			readonly kind: "never";
			readonly index: number;
			readonly why: "unknown" | "void" | "sites";
			readonly reach: Reach;
	  }
	/** A rule before which others decide, wherever it applies. */
	| { readonly kind: "shadowed"; readonly index: number; readonly by: readonly number[]; readonly reach: Reach };

const SEVERITY: Readonly<Record<Action, number>> = { warn: 0, block: 1, strict: 2 };

const least = (reaches: readonly Reach[]): Reach => (reaches.includes("verified") ? "verified" : "always");

/** What of a rule is not idle by itself, with what else matches where its selectors do. */
interface Live extends PlacedRule {
	readonly match: readonly { readonly selector: Selector; readonly coveredBy: ReadonlyMap<string, Reach> }[];
	/** By `keyOf`. */
	readonly except: ReadonlyMap<string, number>;
	/** Null: every site. */
	readonly sites: readonly string[] | null;
}

const isKnown = (selector: Selector): boolean => !("unknown" in selector);

function exceptionsOf({ except = [] }: Rule): Map<string, number> {
	const found = new Map<string, number>();
	for (const [at, selector] of except.entries()) {
		if (isKnown(selector) && !found.has(keyOf(selector))) found.set(keyOf(selector), at);
	}
	return found;
}

/** The first of some selectors, given by their keys, that is among those that cover another. */
function cover<Value>(
	covering: ReadonlyMap<string, Reach>,
	among: ReadonlyMap<string, Value>,
): { readonly value: Value; readonly reach: Reach } | null {
	let found: { readonly value: Value; readonly reach: Reach } | null = null;
	for (const [key, reach] of covering) {
		const value = among.get(key);
		if (value !== undefined && (!found || (found.reach === "verified" && reach === "always"))) found = { value, reach };
	}
	return found;
}

/** Looks at a rule alone. */
function alone({ index, rule }: PlacedRule, known: Known): { readonly idle: Idle[]; readonly live: Live | null } {
	const idle: Idle[] = [];
	const except = exceptionsOf(rule);
	const match: Live["match"][number][] = [];
	const reaches: Reach[] = [];
	for (const [at, selector] of rule.match.entries()) {
		if (!isKnown(selector)) continue;
		const covering = coveredBy(selector, known);
		const by = cover(covering, except);
		if (by) {
			idle.push({ kind: "void", index, at, by: by.value, reach: by.reach });
			reaches.push(by.reach);
		}
		if (by?.reach !== "always") match.push({ selector, coveredBy: covering });
	}
	const { acceptFor = [] } = rule;
	const sites = rule.sites?.filter((site, at) => {
		const by = acceptFor.findIndex((name) => covers(name, site));
		if (by >= 0) idle.push({ kind: "accepted", index, at, by });
		return by < 0;
	});
	if (sites?.length === 0) return { idle: [{ kind: "never", index, why: "sites", reach: "always" }], live: null };
	const matchable = rule.match.filter(isKnown).length;
	if (reaches.length === matchable) {
		const why = matchable === 0 ? "unknown" : "void";
		const reach = least(reaches);
		// Where clicked-through errors are left, other rules may still be held against this one.
		const never: Idle = { kind: "never", index, why, reach };
		return { idle: [never], live: reach === "always" ? null : { index, rule, match, except, sites: sites ?? null } };
	}
	return { idle, live: { index, rule, match, except, sites: sites ?? null } };
}

const isBefore = (one: Live, other: Live): boolean => {
	const more = SEVERITY[one.rule.action] - SEVERITY[other.rule.action];
	return more > 0 || (more === 0 && one.index < other.index);
};

/** Whether one rule holds from a date on from which another does not hold before. */
const holdsFrom = ({ rule: one }: Live, { rule: other }: Live): boolean =>
	one.issuedAfter === undefined ||
	(other.issuedAfter !== undefined && Date.parse(one.issuedAfter) <= Date.parse(other.issuedAfter));

/** Whether whatever spares a certificate from one rule spares it from another as well; how far, or null. */
function sparesLess(one: Live, other: Live, known: Known): Reach | null {
	const reaches: Reach[] = [];
	for (const selector of (one.rule.except ?? []).filter(isKnown)) {
		const by = cover(coveredBy(selector, known), other.except);
		if (!by) return null;
		reaches.push(by.reach);
	}
	return least(reaches);
}

/** Whether one rule holds for every host for which another holds because of `site` (null: because it holds for all). */
function holdsFor({ rule: one }: Live, { rule: other }: Live, site: string | null): boolean {
	if (one.sites && (site === null || !one.sites.some((name) => covers(name, site)))) return false;
	return (one.acceptFor ?? []).every(
		(name) => (site !== null && disjoint(name, site)) || (other.acceptFor ?? []).some((more) => covers(more, name)),
	);
}

/** The rules by what they match, for finding those that match wherever a selector does. */
type Index = ReadonlyMap<string, readonly Live[]>;

function indexOf(rules: readonly Live[]): Index {
	const index = new Map<string, Live[]>();
	for (const live of rules) {
		for (const key of new Set(live.match.map(({ selector }) => keyOf(selector)))) {
			const others = index.get(key);
			if (others) others.push(live);
			else index.set(key, [live]);
		}
	}
	return index;
}

/** Which rules decide before this one, wherever it applies; null where it is left something to decide. */
function shadow(live: Live, rules: Index, known: Known): Extract<Idle, { kind: "shadowed" }> | null {
	const by = new Set<number>();
	const reaches: Reach[] = [];
	/** What is known of a rule and this one, apart from what they match. */
	const spared = new Map<Live, Reach | null>();
	const spares = (one: Live): Reach | null => {
		const before = spared.get(one);
		if (before !== undefined) return before;
		const isOver = one !== live && isBefore(one, live) && holdsFrom(one, live);
		const reach = isOver ? sparesLess(one, live, known) : null;
		spared.set(one, reach);
		return reach;
	};
	for (const { coveredBy: covering } of live.match) {
		for (const site of live.sites ?? [null]) {
			const found = [...covering].flatMap(([key, reach]) =>
				(rules.get(key) ?? []).flatMap((one) => {
					const spare = spares(one);
					return spare && holdsFor(one, live, site) ? [{ one, reach: least([reach, spare]) }] : [];
				}),
			);
			const best = found.find(({ reach }) => reach === "always") ?? found[0];
			if (!best) return null;
			by.add(best.one.index);
			reaches.push(best.reach);
		}
	}
	return { kind: "shadowed", index: live.index, by: [...by].sort((a, b) => a - b), reach: least(reaches) };
}

/**
 * Finds what can decide nothing in a document's rules. Those that are switched off are left out: they are idle, and
 * people know. Rules are as the door gives them, and stand in the order of their document.
 */
export function idleIn(rules: readonly PlacedRule[], known: Known): Idle[] {
	const each = rules.filter(({ rule }) => rule.enabled).map((placed) => alone(placed, known));
	const live = each.flatMap((one) => one.live ?? []);
	const index = indexOf(live);
	return [...each.flatMap(({ idle }) => idle), ...live.flatMap((one) => shadow(one, index, known) ?? [])];
}
