/**
 * What is known of one connection, as far as it can be explained: what the background tells pages, or what a file tells
 * the command line. Every finding reads from this and from nothing else.
 */
import type { Certificate, Channel, OverriddenKind, Position, Unreadable } from "../chain.ts";
import { type Name, readName } from "../name.ts";
import type { Action, Selector, Source } from "../policy.ts";

/** Who owns a key, as the catalogue knows. */
export interface Owner {
	readonly id: string;
	readonly name: string;
	/** ISO 3166-1 alpha-2, upper case. */
	readonly country: string | null;
}

/** A certificate with the readable parts of its subject and the owner of its key. */
export interface Described extends Certificate, Name {
	/** Of the owner in the catalogue, else of the subject. */
	readonly country: string | null;
	readonly authority: Owner | null;
}

/** The rule that stopped a page or a part of one. */
export interface Ruling {
	/** Public name. */
	readonly ref?: string;
	readonly source: Source;
	readonly action: Action;
	readonly title: string;
	/** Title of the list that it came from. */
	readonly list: string | null;
	/** Milliseconds since 1970; null where the rule goes for documents of all ages. */
	readonly issuedAfter: number | null;
}

/** Why a page was not judged. */
export type NotChecked =
	/** Open since before the extension started: reload to check. */
	| "before-start"
	/** Firefox keeps extensions away from it. */
	| "restricted"
	/** http: nobody vouches. */
	| "http"
	/** Not a web page: file, about, extension page, data. */
	| "not-web"
	/** Private windows are not allowed (seen only when another window asks). */
	| "private"
	/** Answered without a connection (service worker, back/forward cache). */
	| "no-connection"
	/** Unreadable, and the setting allows it. */
	| "unreadable"
	/** An empty tab, or still loading. */
	| "empty";

/** Who vouched for a site before, and from when to when. */
export interface Before {
	readonly authority: Owner | null;
	/** For people. */
	readonly name: string;
	readonly country: string | null;
	/** Milliseconds since 1970, start of the day. */
	readonly first: number;
	readonly last: number;
}

/** Something that is known of an authority, out of the catalogue. */
export interface KnownIncident {
	/** The authority's, for people. */
	readonly name: string;
	/** `YYYY`, `YYYY-MM` or `YYYY-MM-DD`. */
	readonly date: string;
	readonly summary: string;
	/** Address of the first source. */
	readonly source: string;
}

export interface Facts {
	/** As the address bar shows it; "" where there is none. */
	readonly host: string;
	/** Milliseconds since 1970. */
	readonly now: number;
	/** How it was stopped; null when it was not. */
	readonly stopped: "warn" | "refuse" | "unverifiable" | "unanswered" | null;
	readonly rule: Ruling | null;
	/** What of the rule matched, and where in the chain. */
	readonly selector: Selector | null;
	readonly position: Position;
	/** Leaf first. The leaf alone for an error that was clicked through; empty when nothing could be read. */
	readonly chain: readonly Described[];
	readonly overridden: readonly OverriddenKind[];
	/** Why nothing could be read of it. */
	readonly unreadable: Unreadable | null;
	readonly notChecked: NotChecked | null;
	/** Hosts for which a rule was set aside, since the person asked for that. */
	readonly letThrough: readonly string[];
	/** When the site was asked because its page came without a connection: milliseconds since 1970. */
	readonly probed: number | null;
	readonly connection: Channel | null;
	/** Who vouched on earlier visits; newest `last` first. */
	readonly before: readonly Before[];
	/** Null when the leaf names another issuer than itself. `fitsItsKey`: null when that cannot be told. */
	readonly selfSigned: { readonly fitsItsKey: boolean | null } | null;
	/** Of whom it is most about first, then newest first. Empty where the catalogue's details were not loaded. */
	readonly incidents: readonly KnownIncident[];
}

/** Of a page that came without anything to tell. */
export const NO_FACTS: Facts = {
	host: "",
	now: 0,
	stopped: null,
	rule: null,
	selector: null,
	position: 0,
	chain: [],
	overridden: [],
	unreadable: null,
	notChecked: null,
	letThrough: [],
	probed: null,
	connection: null,
	before: [],
	selfSigned: null,
	incidents: [],
};

/** A certificate with what can be read in its subject, and its key's owner. */
export function describe(certificate: Certificate, owner: Owner | null): Described {
	const name = readName(certificate.subject);
	return { ...certificate, ...name, country: owner?.country ?? name.country, authority: owner };
}
