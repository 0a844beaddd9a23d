/** What the findings of changed authorities share: who vouches now, and who did before. */
import { knownAs } from "../name.ts";
import { voucherKey, vouching } from "../voucher.ts";
import type { Before, Described, Facts } from "./facts.ts";
import { isAdded } from "./names.ts";

/** Who vouches now, and the one that did last, where these are two. */
export interface Change {
	readonly now: Described;
	readonly then: Before;
	/** The one of now vouched for the site before, too. */
	readonly isKnown: boolean;
}

/** Null where nothing changed, nothing is known, or nobody vouches. */
export function changeIn(facts: Facts): Change | null {
	const { chain, overridden, before } = facts;
	const [then] = before;
	const now = vouching(chain);
	if (then === undefined || now === undefined || overridden.length > 0 || isAdded(facts)) return null;
	const key = voucherKey(now, knownAs(now) ?? "");
	const isNow = (one: Before): boolean => voucherKey(one, one.name) === key;
	return isNow(then) ? null : { now, then, isKnown: before.some(isNow) };
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** "Months": two of them. Documents that are renewed by machines are then made anew at least once or twice. */
const STEADY_DAYS = 60;

/** For months nobody else vouched for the site than who did last, and who does now never did. */
export function isSteady({ then, isKnown }: Change, { before }: Facts): boolean {
	return !isKnown && before.length === 1 && then.last - then.first >= STEADY_DAYS * DAY_MS;
}
