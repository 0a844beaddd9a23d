/**
 * The requests that pages may make of the background, as one interface of functions. Both ends
 * derive from it: `browser/messages.ts` sends, `background/answer.ts` answers after checking sender
 * and shape (`schema/messages.ts`). Everything here is plain JSON.
 */
import type { Certificate, Channel, OverriddenKind, Position, Unreadable } from "./core/chain.ts";
import type { NotChecked } from "./core/findings/facts.ts";
import type { MailServer, Unreached, Untrusted } from "./core/mail.ts";
import type { Action, Policy, Rule, Selector, Settings, Source } from "./core/policy.ts";
import type { State } from "./core/state.ts";

/** How long a way through lasts. */
export type Lasts = "session" | "hour" | "day" | "always";

/** One certificate with what the catalogue knows of its key. */
export interface CertificateView extends Certificate {
	/** Readable parts of the subject; null where it has none. */
	readonly commonName: string | null;
	readonly organization: string | null;
	/** ISO 3166-1 alpha-2: of the owner in the catalogue, else of the subject. */
	readonly country: string | null;
	/** Who owns the key, when the catalogue knows it. */
	readonly authority: { readonly id: string; readonly name: string; readonly country: string | null } | null;
}

/** How a connection was made: what Firefox says of it beside who vouched. */
export type ConnectionView = Channel;

/** A rule that decided, as shown to people. */
export interface RuleView {
	readonly ref: string;
	readonly source: Source;
	readonly title: string;
	readonly reason: string | null;
	readonly action: Action;
	readonly exceptable: boolean;
	/** ISO date-time; absent where it goes for documents of all ages. */
	readonly issuedAfter?: string;
	/** The list that it came from, if it did. */
	readonly list?: { readonly id: string; readonly title: string };
}

/** An authority that vouched for pages of a site on earlier visits, as the record of sites has it. */
export interface Voucher {
	/** Who owns the key, when the catalogue knows it. */
	readonly authority: { readonly id: string; readonly name: string; readonly country: string | null } | null;
	/** For people; "" of one that has none. `vouching` (core/voucher.ts) says which one of a chain it is. */
	readonly name: string;
	/** ISO 3166-1 alpha-2: of the owner in the catalogue, else of the subject. */
	readonly country: string | null;
	/** The first and the last day that a page came so, in milliseconds since 1970: the start of the day here. */
	readonly first: number;
	readonly last: number;
}

/** What a request took along before its answer could be judged. */
export interface Sent {
	/** Request method. "GET" took no body along. */
	readonly method: string;
	/** Null: not known. */
	readonly cookies: boolean | null;
	/** A body was sent: a form, an upload. */
	readonly body: boolean;
	/** An Authorization header was sent. */
	readonly authorization: boolean | null;
}

/** One stopped connection: everything the block page shows. Kept by id in the background. */
export interface Refusal {
	readonly id: string;
	/** Milliseconds since 1970. */
	readonly time: number;
	readonly url: string;
	/** Host without port, as the address shows it (A-labels). */
	readonly host: string;
	readonly port: number;
	/** The whole page was stopped, or a part of one. */
	readonly page: boolean;
	readonly private: boolean;
	/**
	 * "unanswered": nobody could be asked who vouches for the site before something was sent there, so
	 * it was not sent. Nothing is known against the site.
	 */
	readonly outcome: "warn" | "refuse" | "unverifiable" | "unanswered";
	/** Null only when unverifiable or unanswered. */
	readonly rule: RuleView | null;
	readonly selector: Selector | null;
	readonly position: Position;
	/** Leaf first. One entry (the leaf) for a clicked-through error; empty when nothing could be read. */
	readonly chain: readonly CertificateView[];
	/** Not empty: the person clicked through these errors earlier. */
	readonly overridden: readonly OverriddenKind[];
	readonly unreadable: Unreadable | null;
	/** Null: nothing is known of it. */
	readonly connection: ConnectionView | null;
	/** As on `TabReport`. Known only where it was asked for by id. */
	readonly before: readonly Voucher[];
	readonly sent: Sent | null;
	/** Tells whether a way through exists here and now, else why not. "send-anyway" of what is unanswered only. */
	readonly wayThrough: "click" | "type-name" | "send-anyway" | "none-strict" | "none-admin" | "none-locked";
}

export interface ExceptionView {
	readonly id: string;
	readonly host: string;
	readonly port: number;
	/** Public name of the rule; null for an unverifiable connection. */
	readonly rule: string | null;
	readonly ruleTitle: string | null;
	/** What was found: base64 SPKI, lower-case hex of the leaf, or null. */
	readonly key: string | null;
	readonly leaf: string | null;
	/** Name of what was found, for people. */
	readonly found: string;
	readonly lasts: Lasts;
	/** Milliseconds since 1970; null for a session or for always. */
	readonly until: number | null;
	readonly created: number;
	readonly private: boolean;
	/** An administrator's lock, a strict rule or a rule that is gone keeps it from working now. */
	readonly suspended: boolean;
}

export type TabState =
	/** Judged, nothing refused, ends in a root that Firefox ships. */
	| "protected"
	/** The page itself was stopped. */
	| "stopped"
	/** The page is shown because the person let it through. */
	| "warned"
	/** Judged, but signed by a root that was added to this computer. */
	| "local-root"
	/** Not judged; `why` says so. */
	| "not-checked";

export type { NotChecked };

/** Stopped parts of a page that share an authority and a rule. */
export interface StoppedParts {
	/** For people: the authority's name, or the subject found. */
	readonly authority: string;
	readonly rule: RuleView | null;
	/** Held back because the site did not answer the check; `authority` is then the host. */
	readonly unanswered: boolean;
	/** Newest first, one per host. */
	readonly hosts: readonly {
		readonly host: string;
		readonly port: number;
		readonly count: number;
		/** webRequest resource types, in order of first sight. */
		readonly types: readonly string[];
		/** Id of the newest refusal, for details and the way through. */
		readonly refusal: string;
	}[];
}

/** Parts of a page that came, all by one authority. */
export interface AcceptedParts {
	/** The end of their chains. Null: nobody vouched for them, or nobody can tell who. */
	readonly by: CertificateView | null;
	/** How many answers came; what Firefox had in memory is not among them. */
	readonly count: number;
}

export interface TabReport {
	readonly tabId: number;
	readonly url: string | null;
	readonly host: string | null;
	readonly port: number | null;
	readonly private: boolean;
	readonly state: TabState;
	readonly why: NotChecked | null;
	/**
	 * The page itself came without a connection (out of the back/forward cache, from a service worker, or
	 * open since before the start), so the site was asked separately, at this time: milliseconds since
	 * 1970. Null: the page's own connection was judged, or nothing was.
	 */
	readonly probed: number | null;
	/** Leaf first; empty where nothing was judged. */
	readonly chain: readonly CertificateView[];
	readonly overridden: readonly OverriddenKind[];
	/** Null: nothing is known of it. */
	readonly connection: ConnectionView | null;
	/**
	 * Who vouched for pages of this site before this visit, seen last first, at most three. Empty where nothing is
	 * known: on a first visit, in private windows, where the record is off or cannot be read.
	 */
	readonly before: readonly Voucher[];
	/** The refusal whose block page fills the tab. */
	readonly refusal: string | null;
	/** For each position of the chain: the rule that refuses it now, if any, by public name. */
	readonly refused: readonly (string | null)[];
	readonly parts: readonly StoppedParts[];
	readonly partsCount: number;
	/** In order of first sight; one authority may have several keys. */
	readonly accepted: readonly AcceptedParts[];
	/** Exceptions used by this page or its parts. */
	readonly exceptions: readonly ExceptionView[];
	/** An administrator's lock: the person can add neither rules nor exceptions. */
	readonly locked: boolean;
}

/** Something wrong with what is stored, said in options until the person dismisses it. */
export type StorageTrouble =
	/** The newest state could not be read; the one before it is in force. */
	| { readonly kind: "fell-back"; readonly detail: string }
	/** Neither could be read; the first rules are in force. */
	| { readonly kind: "first-rules"; readonly detail: string }
	/** Written by a newer Countersign: nothing is overwritten. */
	| { readonly kind: "newer"; readonly detail: string };

export interface AdminView {
	readonly locked: boolean;
	readonly rules: readonly RuleView[];
	readonly policy: Policy;
	/** Selectors of unknown kinds or authorities, which match nothing ("rules[0].match[1]: …"). */
	readonly reported: readonly string[];
	/** Why the newest document was not taken; null when it was. */
	readonly error: string | null;
}

/** All that the options page shows. */
export interface OptionsView {
	readonly rules: readonly Rule[];
	/** The person's own choices. */
	readonly settings: Settings;
	/** In force after the administrator's. */
	readonly settingsInForce: Settings;
	readonly settingsLocked: readonly (keyof Settings)[];
	readonly exceptions: readonly ExceptionView[];
	readonly admin: AdminView | null;
	readonly lists: readonly ListView[];
	readonly trouble: StorageTrouble | null;
	/** What can be undone now, for people to read in a button; null when there is nothing. */
	readonly undo: {
		readonly id: string;
		readonly what: "delete" | "edit" | "add" | "import" | "order" | "leave";
		readonly title: string;
	} | null;
	readonly authorities: readonly {
		readonly id: string;
		readonly name: string;
		readonly country: string | null;
		readonly keys: number;
	}[];
	readonly privateAllowed: boolean;
	readonly welcomed: boolean;
}

/** Why no newer document of a list was taken. What was in force stays in force. */
export interface ListFailure {
	/** Milliseconds since 1970. */
	readonly time: number;
	readonly why: /** The server did not answer, answered with an error or sent somewhere else, or is refused. */
		| "unreachable"
		/** Above 1 MiB, or a signature above 1 KiB. */
		| "too-large"
		/** The signature is none, or not of these bytes by the key that was pinned. */
		| "signature"
		/** Rightly signed, but no list that can be read. */
		| "malformed"
		/** Rightly signed, but with the id of another list. */
		| "other-list"
		/** A sequence number below one that was seen before. */
		| "older"
		/** Another document under a sequence number that was used. */
		| "reused"
		/** It could not be stored. */
		| "storage";
	/** What was expected and what was found, in English. */
	readonly detail: string;
}

/** What a list's document says of itself. */
export interface ListHead {
	readonly id: string;
	readonly title: string;
	readonly description: string | null;
	readonly sequence: number;
	/** Milliseconds since 1970. */
	readonly expires: number;
	readonly expired: boolean;
	/** Selectors of unknown kinds or authorities, which match nothing. */
	readonly reported: readonly string[];
}

/** A document that waits because its rules would stop sites that were visited, or nobody can tell. */
export interface ListUpdate {
	readonly sequence: number;
	readonly added: readonly Rule[];
	/** As they would be. */
	readonly changed: readonly Rule[];
	readonly removed: readonly Rule[];
	/** Of the whole document. Null: it could not be computed. */
	readonly impact: Impact | null;
}

/** A list that the person follows. */
export interface ListView extends ListHead {
	readonly url: string;
	/** The publisher's public key, base64. */
	readonly key: string;
	/** As the list has them, and whether the person switched them off. */
	readonly rules: readonly { readonly rule: Rule; readonly switchedOff: boolean }[];
	readonly automatic: boolean;
	/** When the document in force was taken, in milliseconds since 1970. */
	readonly updated: number;
	/** When the server last showed a document that is rightly signed and not old. */
	readonly good: number;
	/** What went wrong after that; null when nothing did. */
	readonly failure: ListFailure | null;
	readonly pending: ListUpdate | null;
}

/** What following a list would mean. It can be followed under `preview` until another one is previewed. */
export interface ListPreview extends ListHead {
	readonly preview: string;
	readonly url: string;
	readonly key: string;
	readonly rules: readonly Rule[];
	readonly impact: Impact | null;
}

type ListRefused = { readonly ok: false; readonly error: string; readonly why: ListFailure["why"] | null };

/** The answer to a change. `error` names the field, value and expectation; nothing in force changed. */
export type Changed = { readonly ok: true } | { readonly ok: false; readonly error: string };

export interface ImportPreview {
	/** Rules of the document whose id is not in force yet. */
	readonly added: readonly Rule[];
	/** Same id, other content. */
	readonly changed: readonly { readonly before: Rule; readonly after: Rule }[];
	readonly same: readonly Rule[];
	/** Rules in force that the document lacks: gone with "replace", kept with "merge". */
	readonly missing: readonly Rule[];
	/** Settings the document asks for; taken only when asked for separately. */
	readonly settings: Partial<Settings> | null;
}

/** Which authorities vouched for which sites, as kept on this device. A site is a registrable domain. */
export interface SitesView {
	readonly on: boolean;
	/** Since when it is known, in milliseconds since 1970; null when nothing is known yet. */
	readonly since: number | null;
	/** Sites that were visited. */
	readonly total: number;
	/** How many of these each authority vouched for, by id; those without any are missing. */
	readonly byAuthority: Readonly<Record<string, number>>;
}

/**
 * What rules that are not in force yet would have stopped, of what is known (`SitesView`). A site counts as soon as one of the
 * ways in which it was vouched for would be stopped, or warned of, and is not yet.
 */
export interface Impact {
	readonly since: number | null;
	/** Sites that were visited. */
	readonly total: number;
	/** How many of these would have been stopped, that the rules in force do not stop. */
	readonly stopped: number;
	/** Names of these, as the address bar writes them, those visited last first; 100 at most. */
	readonly sites: readonly string[];
	/** How many more domains would have been stopped of which parts of pages came: no page of theirs would have been. */
	readonly parts: number;
}

/** What came of asking a site once more. */
export type TriedAgain =
	/** Its authorities are accepted: what was held back can be sent again. */
	| "accepted"
	/** They are refused: the block page of that takes the place of the one that asked. */
	| "refused"
	| "unanswered"
	/** The refusal is not known any more. */
	| "gone";

/** What the background says of itself when somebody asks whether all is well. */
export interface SelfCheck {
	/** When it started, in milliseconds since 1970. */
	readonly started: number;
	/** Answers of sites that Firefox has shown it since then. */
	readonly seen: number;
	/** When the last of them came; null: none did. */
	readonly last: number | null;
	/** What is in force, as it would be stored now. */
	readonly state: State;
	/** Nothing was ever stored: the first rules are in force, and nobody has changed them. */
	readonly fresh: boolean;
}

/** How often mail servers are asked, in minutes. */
export type MailEvery = 15 | 60 | 360;

/** A mail server of the person's list, and what is known of it. Times in milliseconds since 1970. */
export interface MailServerView extends MailServer {
	readonly state: /** Nothing was learnt of it yet. */
		| "unasked"
		| "vouched"
		/** A rule refuses who vouches for it. */
		| "refused"
		/** A rule warns of who vouches for it. */
		| "warned"
		/** Nobody vouches for the document that it shows. */
		| "unvouched"
		/** It offers no encryption. */
		| "stripped";
	/** Of "unvouched": why, what counts first. */
	readonly why: readonly Untrusted[];
	/** Leaf first: what it showed last. */
	readonly chain: readonly CertificateView[];
	/** Of "refused" and "warned". */
	readonly rule: RuleView | null;
	/** Where in the chain that rule found something. */
	readonly position: Position | null;
	/** When the present state was found first, and last. */
	readonly since: number | null;
	readonly last: number | null;
	/** When it was asked last. */
	readonly asked: number | null;
	/** Nothing could be learnt of it since then. `detail`: in English. */
	readonly unreached: { readonly since: number; readonly why: Unreached; readonly detail: string } | null;
	/** Who vouched for it, seen last first. */
	readonly vouchers: readonly Voucher[];
}

/** All that is shown about mail servers. */
export interface MailView {
	readonly on: boolean;
	readonly every: MailEvery;
	/** Firefox lets the extension do what this needs. */
	readonly allowed: boolean;
	/** How it stood with the program beside Firefox when it was spoken to last; null: it never was. */
	readonly host: {
		readonly state:
			| "well"
			| "missing"
			| "broken"
			| "crashed"
			| "silent"
			| "garbled"
			| "too-old"
			| "too-new"
			| "not-allowed";
		readonly time: number;
		/** Its version, where it said so. */
		readonly version: string | null;
		/** In English. */
		readonly detail: string;
	} | null;
	/** Servers are being asked now. */
	readonly asking: boolean;
	/** What is stored cannot be read, so the list is empty; of a newer version it is left alone. */
	readonly trouble: { readonly kind: "newer" | "unreadable"; readonly detail: string } | null;
	readonly servers: readonly MailServerView[];
}

/** What pages may ask of the background. */
export interface Background {
	/** The details of a refusal, or null when they are gone (restart, or pushed out by newer ones). */
	refusal(id: string): Promise<Refusal | null>;
	/**
	 * Makes a way through for what was refused. `typed` is the site's name as the person typed it
	 * (needed for `block`, ignored for `warn`). Answers with the address to load.
	 */
	letThrough(request: {
		refusal: string;
		lasts: Lasts;
		typed: string | null;
	}): Promise<{ readonly ok: true; readonly url: string } | { readonly ok: false; readonly error: string }>;
	/** Asks the site of an unanswered refusal once more, without cookies. Takes up to ten seconds. */
	tryAgain(id: string): Promise<TriedAgain>;
	/** From now on, and until Firefox ends, what carries data to the host of an unanswered refusal is sent unasked. */
	sendAnyway(id: string): Promise<Changed>;
	/**
	 * Leaves the block page in a tab: to the page before it, or, without one, to the tab that opened it
	 * or a new tab in its place. Null: the page that asks, which has found that there is none before it.
	 */
	goBack(request: { tabId: number | null }): Promise<void>;

	tab(tabId: number): Promise<TabReport>;
	/**
	 * The certificates of what a tab shows, of a refusal, or of a mail server, as they came: DER in base64, leaf first. Null when they are
	 * not known any more, or never were: of what was probed, and of pages from before the start.
	 */
	chainOf(
		of: { readonly tabId: number } | { readonly refusal: string } | { readonly mail: string },
	): Promise<{ readonly der: readonly string[] } | null>;
	/**
	 * Adds (or finds) a rule that refuses who stands at `position` of the tab's chain: all that the catalogue knows
	 * of the key's owner, or only that key where it has none.
	 */
	refuseKey(request: {
		tabId: number;
		position: Position;
	}): Promise<{ readonly ok: true; readonly rule: string } | { readonly ok: false; readonly error: string }>;

	options(): Promise<OptionsView>;
	/** Adds a rule, or replaces the one with the same id. `rule` is checked like a policy document's. */
	saveRule(request: { rule: unknown; isNew: boolean }): Promise<Changed>;
	/**
	 * Adds several rules with one undo, each in place of the one with its id. `rules` is checked like a policy
	 * document's list; `title` is what they are called together.
	 */
	saveRules(request: { rules: unknown; title: string }): Promise<Changed>;
	deleteRule(id: string): Promise<Changed>;
	/** Deletes several rules with one undo. Ids that no rule has are passed over. */
	deleteRules(request: { ids: readonly string[]; title: string }): Promise<Changed>;
	/** Moves a rule to `index` among the person's rules. */
	moveRule(request: { id: string; index: number }): Promise<Changed>;
	undo(id: string): Promise<Changed>;
	saveSettings(settings: Settings): Promise<Changed>;
	revokeException(id: string): Promise<Changed>;
	previewImport(
		text: string,
	): Promise<{ readonly ok: true; readonly preview: ImportPreview } | { readonly ok: false; readonly error: string }>;
	importPolicy(request: { text: string; how: "merge" | "replace"; settings: boolean }): Promise<Changed>;
	/** The person's policy document, pretty-printed JSON. */
	exportPolicy(): Promise<string>;
	/**
	 * The certificates by which authorities were found that stopped something since Firefox started, as far as their bytes
	 * are still known: DER in base64, each once. Never of private windows.
	 */
	heldCertificates(): Promise<readonly string[]>;
	/** What is stored and could not be read, as JSON text, for the person to keep. */
	exportUnreadable(): Promise<string>;
	dismissTrouble(): Promise<Changed>;
	/** The first-run page was seen. */
	welcomed(): Promise<Changed>;
	selfCheck(): Promise<SelfCheck>;

	/** Fetches a list and its signature, and checks both. Changes nothing. `why` is null when the fault is in what was asked. */
	previewList(request: {
		url: string;
		key: string;
	}): Promise<{ readonly ok: true; readonly preview: ListPreview } | ListRefused>;
	/** Follows the list that was previewed, exactly as it was shown. */
	followList(request: { preview: string; automatic: boolean }): Promise<Changed>;
	/**
	 * Fetches a list's document now. "asks": it waits for the person. When it fails nothing changes, and why is shown
	 * with the list.
	 */
	updateList(id: string): Promise<{ readonly ok: true; readonly outcome: "updated" | "same" | "asks" } | ListRefused>;
	/** Puts a document that waits in force. */
	acceptUpdate(request: { list: string; sequence: number }): Promise<Changed>;
	/** Drops a document that waits; it is not offered again but by `updateList`. */
	declineUpdate(request: { list: string; sequence: number }): Promise<Changed>;
	/** Switches one rule of a list on or off. */
	setListRule(request: { list: string; rule: string; enabled: boolean }): Promise<Changed>;
	/** Has a list fetched once a day, or not any more. */
	setListAutomatic(request: { list: string; on: boolean }): Promise<Changed>;
	/** Follows a list no more: its rules and their exceptions go. Can be undone. */
	leaveList(id: string): Promise<Changed>;

	sites(): Promise<SitesView>;
	/**
	 * `rules`: a list as in a policy document. They are taken as if added to the person's, one with the id of a rule that is
	 * there in its place; those that are not enabled stop nothing. Changes nothing.
	 */
	impact(
		rules: unknown,
	): Promise<{ readonly ok: true; readonly impact: Impact } | { readonly ok: false; readonly error: string }>;
	/** Switches the record of sites on or off; off clears it. */
	keepSites(on: boolean): Promise<Changed>;
	/** Forgets which sites were visited. */
	clearSites(): Promise<Changed>;

	mail(): Promise<MailView>;
	/** Switches the asking of mail servers on or off. On only where Firefox allows it: pages ask for that. */
	setMail(request: { on: boolean; every: MailEvery }): Promise<Changed>;
	/** Adds servers, `{protocol, host, port}` each, that are not in the list yet. Checked like what is stored. */
	addMail(servers: unknown): Promise<Changed>;
	removeMail(id: string): Promise<Changed>;
	/** Asks all servers now, and answers when that is over. */
	askMail(): Promise<Changed>;
}

/** Name of the port over which the background tells pages that something they show has changed. */
export const CHANGES_PORT = "changes";
