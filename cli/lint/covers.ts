/** What matches wherever something else does: selectors and names that make others idle. */
import { isInBlock, isUnder, LOCAL_NAMES, readBlock, readHost } from "../../src/core/host.ts";
import { fold } from "../../src/core/name.ts";
import type { Selector } from "../../src/core/policy.ts";
import type { Known } from "./known.ts";

/** `always`, or in every chain that was verified but not where a certificate error was clicked through. */
export type Reach = "always" | "verified";

/** A text that two selectors share where they match the same. */
export function keyOf(selector: Selector): string {
	const [[kind = "", value = ""] = []] = Object.entries(selector);
	return `${kind} ${kind === "organization" ? fold(value) : value}`;
}

/**
 * The selectors that match wherever this one does, by their `keyOf`, itself among them.
 *
 * An authority's key is taken to be that of an authority's certificate: nobody gives it to a site's own. By its country
 * and its owner an authority is found in a chain by its keys; a clicked-through error finds it by its names as well,
 * which say nothing of the country it is filed under.
 */
export function coveredBy(selector: Selector, known: Known): ReadonlyMap<string, Reach> {
	const { catalogue } = known;
	const found = new Map<string, Reach>([[keyOf(selector), "always"]]);
	const addCountry = (country: string | null | undefined, reach: Reach) => {
		if (country) found.set(keyOf({ country }), reach);
	};
	const addKey = (spki: string) => {
		const owner = catalogue.ownerOf(spki);
		if (owner) found.set(keyOf({ authority: owner.id }), "always");
		addCountry(owner?.country, "always");
	};
	if ("authority" in selector) {
		const authority = catalogue.byId(selector.authority);
		const ownsAll = authority?.keys.every((key) => catalogue.ownerOf(key) === authority);
		if (ownsAll) addCountry(authority?.country, "verified");
	} else if ("spki" in selector) addKey(selector.spki);
	else if ("certificate" in selector) {
		const certificate = known.certificates.get(selector.certificate);
		if (certificate) {
			found.set(keyOf({ spki: certificate.spki }), "always");
			addKey(certificate.spki);
		}
	} else if ("overridden" in selector) found.set(keyOf({ overridden: "any" }), "always");
	return found;
}

/** Whether every host that fits entry `b` of `acceptFor` or `sites` fits entry `a` too. Both in canonical spelling. */
export function covers(a: string, b: string): boolean {
	if (a === b) return true;
	if (a === LOCAL_NAMES || b === LOCAL_NAMES) return false;
	const inside = readBlock(b);
	const outside = readBlock(a);
	if (inside) {
		return (
			outside !== null &&
			outside.size === inside.size &&
			outside.prefix <= inside.prefix &&
			inside.network >> BigInt(inside.prefix - outside.prefix) === outside.network
		);
	}
	const host = readHost(b);
	if (host.kind === "address") return outside !== null && isInBlock(host, outside);
	return outside === null && isUnder(host, a);
}

/** Whether no host fits both. */
export function disjoint(a: string, b: string): boolean {
	if (covers(a, b) || covers(b, a)) return false;
	// "cn" is itself a name of one label.
	const single = (entry: string) => entry !== LOCAL_NAMES && readHost(entry).kind === "name" && !entry.includes(".");
	return !(a === LOCAL_NAMES && single(b)) && !(b === LOCAL_NAMES && single(a));
}
