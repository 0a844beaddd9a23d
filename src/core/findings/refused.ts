/** What the findings of refused authorities share: who was found, and who stands around it. */
import { foundName } from "./decision.ts";
import type { Facts } from "./facts.ts";
import { type Kind, kindOf } from "./kind.ts";
import { shortName } from "./names.ts";

/** What is about an authority. */
const AUTHORITIES: ReadonlySet<Kind> = new Set(["authority", "country", "changed"]);

export interface Refused {
	readonly name: string;
	/** Who vouches for the site itself, where that is somebody else, whom the refused one vouches for. */
	readonly lower: string | null;
	/** Whom the refused one rests on, where that is somebody else. */
	readonly anchor: string | null;
}

/** The authority that a rule refuses in a chain that Firefox verified; null where it is something else. */
export function refusedIn(facts: Facts): Refused | null {
	const kind = kindOf(facts);
	if (kind === null || !AUTHORITIES.has(kind) || facts.overridden.length > 0) return null;
	const { chain, position } = facts;
	const name = foundName(facts);
	const [, lower] = chain;
	const last = chain.at(-1);
	const other = (one: string | null): string | null => (one === name ? null : one);
	return {
		name,
		lower: lower !== undefined && position > 1 ? other(shortName(lower)) : null,
		anchor: last !== undefined && position < chain.length - 1 ? other(shortName(last)) : null,
	};
}
