/**
 * The policy document, version 1: a public interface (docs/policy.md). These are its types after it
 * came in through `schema/policy.ts`, which is the only way in: names are A-labels in lower case,
 * certificates plain lower-case hex, countries upper case, defaults filled in.
 */
import type { OverriddenKind } from "./chain.ts";

export const POLICY_VERSION = 1;
export const MAX_RULES = 1000;
export const MAX_SELECTORS = 10_000;
/** Bytes of UTF-8. */
export const MAX_DOCUMENT = 1024 * 1024;

export type Action = "warn" | "block" | "strict";

/** Exactly one key each. `unknown` comes only from an administrator or a list and matches nothing. */
export type Selector =
	| { readonly authority: string }
	| { readonly spki: string }
	| { readonly certificate: string }
	| { readonly organization: string }
	| { readonly country: string }
	| { readonly root: "not-built-in" }
	| { readonly overridden: "any" | OverriddenKind }
	| { readonly unknown: string };

/** What refuses a certificate's authority: all keys of the owner where the catalogue knows it, else this key. */
export function selectorOf(certificate: {
	readonly spki: string;
	readonly authority: { readonly id: string } | null;
}): Selector {
	const { spki, authority } = certificate;
	return authority ? { authority: authority.id } : { spki };
}

export interface Rule {
	readonly id: string;
	readonly title: string;
	readonly reason?: string;
	readonly match: readonly Selector[];
	readonly except?: readonly Selector[];
	readonly action: Action;
	/** Domain names (A-labels), IP addresses, CIDR blocks, or "<local>" for names of one label. */
	readonly acceptFor?: readonly string[];
	readonly sites?: readonly string[];
	/** ISO date-time. */
	readonly issuedAfter?: string;
	readonly enabled: boolean;
}

export interface Settings {
	readonly preflight: "off" | "credentials" | "always";
	readonly unverifiable: "block" | "allow";
	/** Whether a page is held when no authority of its country vouched for its site before, and others did. */
	readonly changedCountry: "off" | "warn";
}

export const DEFAULT_SETTINGS: Settings = { preflight: "credentials", unverifiable: "block", changedCountry: "off" };

/** Public name of what the setting `changedCountry` finds: no rule can be called so. */
export const CHANGED_COUNTRY = "setting/changedCountry";

export interface Policy {
	readonly version: 1;
	readonly rules: readonly Rule[];
	/** Only the members that the document names. */
	readonly settings?: Partial<Settings>;
}

/** Where a rule came from; decides its public name and what the person may do about it. */
export type Source = "admin" | "person" | "list";

/** What administrators deploy (managed storage). */
export interface ManagedPolicy {
	readonly policy: Policy;
	readonly locked: boolean;
}

/** A catalogue entry: an organisation with all its keys. */
export interface Authority {
	readonly id: string;
	readonly name: string;
	/** ISO 3166-1 alpha-2, upper case; null when not known. */
	readonly country: string | null;
	readonly keys: readonly string[];
	/** Subjects its certificates carry, as `nameKey` writes them. For clicked-through leaves. */
	readonly names: readonly string[];
	/** Subject key identifiers, lower-case hex. For clicked-through leaves. */
	readonly keyIdentifiers: readonly string[];
}

/** Who the authorities are. Built once; look-ups are O(1). */
export interface Catalogue {
	byId(id: string): Authority | undefined;
	ownerOf(spki: string): Authority | undefined;
	/** All of them, in the catalogue's order. */
	readonly authorities: readonly Authority[];
}
