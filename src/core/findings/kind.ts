import { plainFingerprint } from "../key.ts";
import { CHANGED_COUNTRY } from "../policy.ts";
import type { Facts } from "./facts.ts";

/** What a rule is about, in the person's eyes. */
export type Kind =
	/** An authority, however it was named: by key, by organisation, as a catalogue entry. */
	| "authority"
	| "country"
	/** No rule: the setting that warns of a new country. */
	| "changed"
	/** The site's own certificate or key. */
	| "document"
	/** Roots that Firefox does not ship. */
	| "added"
	| "overridden";

/** What the rule that matched is about; null where no rule stopped anything. */
export function kindOf({ rule, selector, chain, overridden, position }: Facts): Kind | null {
	if (rule === null) return null;
	if (rule.ref === CHANGED_COUNTRY) return "changed";
	if (selector === null) return "authority";
	if ("overridden" in selector) return "overridden";
	if ("root" in selector) return "added";
	if ("country" in selector) return "country";
	const found = chain[position];
	// A leaf found by its own key or fingerprint. (A clicked-through leaf is all there is of its
	// chain, and can also have been found by who it says signed it.)
	const own =
		("spki" in selector && found?.spki === selector.spki) ||
		("certificate" in selector && found !== undefined && plainFingerprint(found.sha256) === selector.certificate);
	return position === 0 && (own || overridden.length === 0) ? "document" : "authority";
}
