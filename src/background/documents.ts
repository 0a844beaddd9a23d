/**
 * What each tab shows, who vouched for it, and what of it was stopped. A document is noted when its
 * response is accepted and takes its place when Firefox commits it; parts may come in between.
 */

import type { Navigation } from "../browser/navigation.ts";
import type { RequestDetails } from "../browser/webRequest.ts";
import type { Certificate, Evidence } from "../core/chain.ts";
import type { Connection } from "../core/judge.ts";
import type { NotChecked, Refusal } from "../protocol.ts";
import { BoundedMap } from "./bounded.ts";
import type { Exception } from "./exceptions.ts";
import type { Judged } from "./guard.ts";
import { readTarget, type Target } from "./target.ts";

/** A stopped part of a page, by host and rule. */
export interface StoppedPart {
	readonly refusal: Refusal;
	/** How many different addresses were stopped. */
	count: number;
	readonly types: Set<string>;
	/** The first of them, so that what Firefox asks for twice counts once. */
	readonly addresses: Set<string>;
}

/** Counts the parts of a page that came by one authority. */
export interface PartsCounter {
	/** The end of their chains; null where there is none. */
	readonly by: Certificate | null;
	count: number;
}

export interface TabDocument {
	url: string;
	/** The address it was loaded from, which its parts name; `url` follows what the page makes of it. */
	readonly loaded: string;
	readonly private: boolean;
	readonly target: Target | null;
	/** Null: not judged; `why` says so. */
	connection: Connection | null;
	why: NotChecked | null;
	/**
	 * The document came without a connection, and `connection` is one that was made for the same site at
	 * this time, in milliseconds since 1970.
	 */
	probed: number | null;
	/** The refusal whose block page this is. */
	readonly refusal: string | null;
	readonly stopped: Map<string, StoppedPart>;
	stoppedCount: number;
	/** Parts that came, by the key at the end of their chains. */
	readonly accepted: BoundedMap<string, PartsCounter>;
	/** One connection per host that parts came from, to be judged again when rules change. */
	readonly parts: BoundedMap<string, { readonly target: Target; readonly connection: Connection }>;
	/** Exceptions that this page or its parts went through, by id. */
	readonly used: Map<string, Exception>;
}

interface TabRecord {
	current: TabDocument | null;
	pending: TabDocument | null;
	/** The page that was asked for last, until it is accepted. Its server may hint at parts (103) long before it answers. */
	coming: { readonly requestId: string; readonly document: TabDocument } | null;
	/** Documents judged before in this tab, by address, for the back and forward buttons. */
	readonly earlier: BoundedMap<string, TabDocument>;
}

const MAX_PARTS = 300;
const MAX_AUTHORITIES = 100;
const MAX_STOPPED = 200;
const MAX_ADDRESSES = 100;
const MAX_EARLIER = 50;
const MAX_TABS = 2000;

const withoutFragment = (url: string): string => {
	const hash = url.indexOf("#");
	return hash < 0 ? url : url.slice(0, hash);
};

const isSameAddress = (a: string, b: string): boolean => withoutFragment(a) === withoutFragment(b);

/** Address of the page in the tab that a part belongs to, whatever frame asked for it. */
const topAddress = (details: RequestDetails): string | undefined =>
	details.frameAncestors?.at(-1)?.url ?? details.documentUrl;

function newDocument(
	url: string,
	isPrivate: boolean,
	rest: Partial<Pick<TabDocument, "why" | "refusal" | "target">> = {},
): TabDocument {
	return {
		url,
		loaded: url,
		private: isPrivate,
		target: null,
		connection: null,
		why: null,
		refusal: null,
		probed: null,
		...rest,
		stopped: new Map(),
		stoppedCount: 0,
		accepted: new BoundedMap(MAX_AUTHORITIES),
		parts: new BoundedMap(MAX_PARTS),
		used: new Map(),
	};
}

/** The counter of those parts of a document that come with such evidence. */
export function counterOf({ accepted }: TabDocument, evidence: Evidence): PartsCounter {
	const by = (evidence.kind === "chain" && evidence.chain.at(-1)) || null;
	const key = by?.spki ?? "";
	const known = accepted.get(key);
	if (known) return known;
	const counter = { by, count: 0 };
	accepted.set(key, counter);
	return counter;
}

/** Why a document without a judged response was not checked; `secure` is the answer for https. */
export function whyNot(url: string, secure: "no-connection" | "before-start"): NotChecked {
	if (url.startsWith("https:")) return secure;
	if (url.startsWith("http:")) return "http";
	if (url === "" || url === "about:blank" || url === "about:newtab" || url === "about:home") return "empty";
	return "not-web";
}

export class Documents {
	readonly #tabs = new BoundedMap<number, TabRecord>(MAX_TABS);
	readonly #blockPage: string;

	/** `blockPage`: address of the block page, without its query. */
	constructor(blockPage: string) {
		this.#blockPage = blockPage;
	}

	#record(tabId: number): TabRecord {
		const known = this.#tabs.get(tabId);
		if (known) return known;
		const record: TabRecord = { current: null, pending: null, coming: null, earlier: new BoundedMap(MAX_EARLIER) };
		this.#tabs.set(tabId, record);
		return record;
	}

	/** A page is asked for. For `webRequest.onSendHeaders`. */
	pageSent({ tabId, requestId, url, incognito }: RequestDetails): void {
		if (tabId < 0) return;
		this.#record(tabId).coming = { requestId, document: newDocument(url, incognito === true) };
	}

	/** A page's request came to its end, well or not. */
	pageEnded({ tabId, requestId }: RequestDetails): void {
		const record = this.#tabs.get(tabId);
		if (record?.coming?.requestId === requestId) record.coming = null;
	}

	/** A page's response was accepted. It is shown only once it is committed. */
	pageAccepted({ details, target, connection, verdict, keptAway }: Judged, used: readonly Exception[]): void {
		const why = keptAway ? "restricted" : verdict.outcome === "unverifiable" ? "unreadable" : null;
		const record = this.#record(details.tabId);
		const { coming } = record;
		const hinted = coming && isSameAddress(coming.document.url, details.url) ? coming.document : null;
		const document: TabDocument = {
			...(hinted ?? newDocument(details.url, details.incognito === true)),
			target,
			connection: why ? null : connection,
			why,
		};
		for (const exception of used) document.used.set(exception.id, exception);
		record.pending = document;
		record.coming = null;
	}

	/** A part's response was accepted. */
	partAccepted({ details, target, connection }: Judged, used: readonly Exception[]): void {
		for (const document of this.#documentsOf(details)) {
			counterOf(document, connection.evidence).count++;
			document.parts.set(`${target.name}:${target.port}`, { target, connection });
			for (const exception of used) document.used.set(exception.id, exception);
		}
	}

	/** A part's response was stopped. Answers with the tabs that show its page. */
	partStopped({ details, target }: Pick<Judged, "details" | "target">, refusal: Refusal): number[] {
		const tabs = details.tabId >= 0 ? [details.tabId] : this.#tabsOf(details.originUrl);
		for (const document of this.#stoppedIn(details, tabs)) {
			const key = `${target.name}:${target.port} ${refusal.rule?.ref ?? ""}`;
			const before = document.stopped.get(key);
			const types = before?.types ?? new Set<string>();
			const addresses = before?.addresses ?? new Set<string>();
			// A stopped image is asked for again when its element comes after Firefox had loaded it ahead.
			const isNew = !addresses.has(details.url);
			if (isNew) document.stoppedCount++;
			types.add(details.type);
			if (addresses.size < MAX_ADDRESSES) addresses.add(details.url);
			if (before || document.stopped.size < MAX_STOPPED) {
				document.stopped.set(key, { refusal, count: (before?.count ?? 0) + (isNew ? 1 : 0), types, addresses });
			}
		}
		return tabs;
	}

	#stoppedIn(details: RequestDetails, tabs: readonly number[]): TabDocument[] {
		if (details.tabId < 0) return tabs.flatMap((tabId) => this.current(tabId) ?? []);
		const documents = this.#documentsOf(details);
		return documents.length > 0 ? documents : [this.#unseen(details)];
	}

	/** Stands for a page that was open before the extension started, once something of it is stopped. */
	#unseen(details: RequestDetails): TabDocument {
		const url = topAddress(details) ?? "";
		const document = newDocument(url, details.incognito === true, {
			why: whyNot(url, "before-start"),
			target: readTarget(url),
		});
		this.#record(details.tabId).current = document;
		return document;
	}

	/** Tabs whose page has this origin: a service worker's requests name no tab. */
	#tabsOf(url: string | undefined): number[] {
		const origin = url === undefined ? undefined : URL.parse(url)?.origin;
		if (origin === undefined) return [];
		const here = [...this.all()].filter(([, { url: shown }]) => URL.parse(shown)?.origin === origin);
		return here.map(([tabId]) => tabId);
	}

	/** The document that a part belongs to: the one that was asked for, or is about to be shown, if the part names it. */
	documentOf(details: RequestDetails): TabDocument | null {
		return this.#documentsOf(details)[0] ?? null;
	}

	/** More than one where a page is loaded again: a part of the one shown cannot be told from what the other's server hints at. */
	#documentsOf(details: RequestDetails): TabDocument[] {
		const record = this.#tabs.get(details.tabId);
		if (!record) return [];
		const top = topAddress(details);
		const { pending, current, coming } = record;
		const isOf = (url: string) => top !== undefined && isSameAddress(top, url);
		if (pending && (current === null || isOf(pending.url))) return [pending];
		if (!coming || !isOf(coming.document.url)) return current ? [current] : [];
		// Of a page that was open before the extension started, it is not known what its parts name.
		const isOfCurrent = current && (isOf(current.url) || isOf(current.loaded) || current.why === "before-start");
		return isOfCurrent ? [coming.document, current] : [coming.document];
	}

	/** Firefox put a document in place. Answers with what the tab shows now; null for frames. */
	committed({ tabId, frameId, url }: Navigation): TabDocument | null {
		if (frameId !== 0) return null;
		const record = this.#record(tabId);
		const { pending } = record;
		const address = withoutFragment(url);
		if (url.startsWith(this.#blockPage)) {
			record.current = newDocument(url, pending?.private ?? false, {
				refusal: new URL(url).searchParams.get("id"),
			});
			// What a pending page's parts did is gone with it.
			record.pending = null;
			return record.current;
		}
		if (pending && withoutFragment(pending.url) === address) {
			record.pending = null;
			record.current = pending;
			record.earlier.set(address, pending);
			return pending;
		}
		const earlier = url.startsWith("https:") ? record.earlier.get(address) : undefined;
		record.current =
			earlier ??
			newDocument(url, record.current?.private ?? false, {
				why: whyNot(url, "no-connection"),
				target: readTarget(url),
			});
		return record.current;
	}

	/** Notes a page that was open before the extension started. Null: it is known by now. */
	adopt(tabId: number, url: string, isPrivate: boolean): TabDocument | null {
		const record = this.#record(tabId);
		if (record.current) return null;
		record.current = newDocument(url, isPrivate, { why: whyNot(url, "before-start"), target: readTarget(url) });
		return record.current;
	}

	/** Whether a frame's host was judged for the page that the frame is in. */
	isJudgedFrame({ tabId, url }: Navigation): boolean {
		const target = readTarget(url);
		const record = this.#tabs.get(tabId);
		if (!target || !record) return false;
		return [record.current, record.pending].some((document) => {
			if (!document) return false;
			if (document.parts.get(`${target.name}:${target.port}`)) return true;
			return (
				document.connection !== null && document.target?.name === target.name && document.target.port === target.port
			);
		});
	}

	/** The page changed its own address. */
	addressChanged({ tabId, frameId, url }: Navigation): void {
		const current = frameId === 0 ? this.current(tabId) : null;
		if (!current) return;
		current.url = url;
		this.#record(tabId).earlier.set(withoutFragment(url), current);
	}

	current(tabId: number): TabDocument | null {
		return this.#tabs.get(tabId)?.current ?? null;
	}

	/** All tabs with what they show. */
	*all(): Generator<[tabId: number, document: TabDocument]> {
		for (const [tabId, { current }] of this.#tabs.entries()) if (current) yield [tabId, current];
	}

	removed(tabId: number): void {
		this.#tabs.delete(tabId);
	}
}
