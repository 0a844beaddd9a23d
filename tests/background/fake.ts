/** A Firefox made of maps, for tests of the background. */
import "../ui/setup.ts";
import { App, type AppDeps } from "../../src/background/app.ts";
import { isSignedBy } from "../../src/background/signature.ts";
import type { Managed } from "../../src/browser/storage.ts";
import type { Tab } from "../../src/browser/tabs.ts";
import type { RequestDetails, SecurityInfo } from "../../src/browser/webRequest.ts";
import type { Certificate } from "../../src/core/chain.ts";
import type { Policy, Rule } from "../../src/core/policy.ts";
import { CATALOGUE, draw, spki } from "../core/draw.ts";

export const ORIGIN = "moz-extension://self/";
export const BLOCK_PAGE = `${ORIGIN}src/blocked/index.html`;
/** Saturday, 3 January 2026. */
export const NOW = Date.parse("2026-01-03T12:00:00Z");

/** A rule against the key that a letter stands for. */
export const against = (letter: string, more: Partial<Rule> = {}): Rule => ({
	id: letter.toLowerCase(),
	title: `Against ${letter}`,
	match: [{ spki: spki(letter) }],
	action: "block",
	enabled: true,
	...more,
});

/** What `webRequest.getSecurityInfo` gives for one certificate. */
const raw = ({ subject, issuer, notBefore, notAfter, sha256, spki: key, builtInRoot }: Certificate) => ({
	subject,
	issuer,
	validity: { start: notBefore, end: notAfter },
	fingerprint: { sha256 },
	subjectPublicKeyInfoDigest: { sha256: key },
	isBuiltInRoot: builtInRoot === true,
});

/** What Firefox says of a connection, out of a drawing (tests/core/draw.ts). */
export const info = (drawn: string): SecurityInfo => ({ state: "secure", certificates: draw(drawn).map(raw) });

/** Chains that most tests need. `A` is refused by `against("A")`. */
export const GOOD = "root[G O=Good C=US] -> ca[H O=Good C=US] -> leaf[L]";
export const BAD = "root[A O=Bad C=CN] -> ca[C O=Bad C=CN] -> leaf[M]";

let lastRequest = 0;

/** A request for a page in a tab, or with `type` for a part. */
export function request(url: string, more: Partial<RequestDetails> = {}): RequestDetails {
	lastRequest += 1;
	return {
		requestId: String(lastRequest),
		url,
		method: "GET",
		tabId: 1,
		frameId: 0,
		type: "main_frame",
		...more,
	};
}

type Answer = SecurityInfo | undefined | Promise<SecurityInfo | undefined>;

/** How a request leaves. */
interface Sending {
	/** Firefox does not ask about it: it carries nothing. */
	unasked?: boolean;
	/** Happens between its leaving and its answer. */
	meanwhile?: (() => void) | undefined;
}

/** What a test can look at and turn. */
export interface Fake {
	readonly app: App;
	/** What lies in storage.local. */
	stored: Record<string, unknown>;
	/** Every write, oldest first. */
	/** The copy in another file. */
	copy: unknown;
	readonly writes: Record<string, unknown>[];
	/** Set to make writing fail. */
	writeError: Error | null;
	readError: Error | null;
	now: number;
	/** What is said of each address; what is missing gets `GOOD`. */
	readonly answers: Map<string, (what: "chain" | "chainDer" | "leafDer") => Answer>;
	readonly tabs: Map<number, Tab>;
	/** What was loaded in tabs: the tab, where to, and whether in place of what was there. */
	readonly loads: { tabId: number; url: string; replace: boolean }[];
	readonly reloads: number[];
	readonly faces: Map<number, { title: string; badge: string }>;
	broadcasts: number;
	cachesForgotten: number;
	/** What becomes of a probe. By default it passes the guard like everything else. */
	sendProbe: (url: string, signal: AbortSignal) => Promise<void>;
	/** What the servers of lists have. */
	fetchDocument: (url: string) => Promise<Uint8Array<ArrayBuffer>>;
	/** Every probe that was sent. */
	readonly probes: string[];
	/** Hosts whose requests are asked about before they leave. */
	readonly watched: Set<string>;
	readonly dropping: Set<string>;
	/** What requests are asked about before they are sent: all, none, or those that bring bodies and those to some domains. */
	asksAbout: "all" | "none" | string[];
	sendingError: Error | null;
	/** Domains with cookies, by store. */
	readonly cookies: Map<string, readonly string[]>;
	readonly emptied: [tabId: number, frameId: number][];
	canEmptyFrames: boolean;
	/** Answers a request as Firefox would, and commits the page when it may go on. */
	visit(url: string, more?: Partial<RequestDetails>, how?: Sending): Promise<"shown" | "stopped">;
	/** Answers a request for a part of the page in tab 1. */
	part(url: string, more?: Partial<RequestDetails>): Promise<"came" | "stopped">;
	/** Says who vouches for an address. */
	vouch(url: string, drawn: string): void;
	commit(tabId: number, url: string): void;
}

export interface FakeOptions {
	stored?: Record<string, unknown>;
	copy?: unknown;
	managed?: Managed | (() => Promise<Managed>);
	rules?: readonly Rule[];
	readError?: Error;
	deps?: Partial<AppDeps>;
}

/** Starts the background in a made-up Firefox with one tab. */
export function createFake(options: FakeOptions = {}): Fake {
	const firstRules: Policy = { version: 1, rules: options.rules ?? [against("A")] };
	let ids = 0;
	const urls = new Map<string, string>();
	const fake: Fake = {
		app: undefined as unknown as App,
		stored: structuredClone(options.stored ?? {}),
		copy: options.copy ?? null,
		writes: [],
		writeError: null,
		readError: options.readError ?? null,
		now: NOW,
		answers: new Map(),
		tabs: new Map([[1, tab(1)]]),
		loads: [],
		reloads: [],
		faces: new Map(),
		broadcasts: 0,
		cachesForgotten: 0,
		probes: [],
		watched: new Set(),
		dropping: new Set(),
		asksAbout: "all",
		sendingError: null,
		cookies: new Map(),
		emptied: [],
		canEmptyFrames: true,
		async sendProbe(url) {
			fake.probes.push(url);
			const details = request(url, {
				method: "HEAD",
				tabId: -1,
				type: "xmlhttprequest",
				originUrl: `${ORIGIN}_generated_background_page.html`,
			});
			urls.set(details.requestId, url);
			// Firefox asks about it in a turn of its own.
			await new Promise((resolve) => setTimeout(resolve, 0));
			const { cancel } = await fake.app.preflight.onBeforeSendHeaders(details);
			if (cancel || (await fake.app.guard.onHeadersReceived(details)).cancel) throw new TypeError("NetworkError");
		},
		fetchDocument: async () => {
			throw new Error("no such server");
		},
		async visit(url, more, { unasked = false, meanwhile } = {}) {
			const details = request(url, more);
			urls.set(details.requestId, url);
			if (!unasked && (await fake.app.preflight.onBeforeSendHeaders(details)).cancel) return "stopped";
			meanwhile?.();
			const { cancel } = await fake.app.guard.onHeadersReceived(details);
			if (cancel) return "stopped";
			if (details.type === "main_frame") fake.commit(details.tabId, url);
			return "shown";
		},
		async part(url, more) {
			return (await fake.visit(url, { type: "image", documentUrl: fake.tabs.get(1)?.url ?? "", ...more })) === "shown"
				? "came"
				: "stopped";
		},
		vouch: (url, drawn) => void fake.answers.set(url, () => info(drawn)),
		commit(tabId, url) {
			fake.tabs.set(tabId, { ...(fake.tabs.get(tabId) ?? tab(tabId)), url });
			fake.app.committed({ tabId, frameId: 0, url });
		},
	};
	const deps: AppDeps = {
		ask: async (requestId, what) => (fake.answers.get(urls.get(requestId) ?? "") ?? (() => info(GOOD)))(what),
		isKeptAway: async () => false,
		readStorage: async () => {
			if (fake.readError) throw fake.readError;
			return structuredClone(fake.stored);
		},
		writeStorage: async (items) => {
			if (fake.writeError) throw fake.writeError;
			fake.stored = { ...fake.stored, ...structuredClone(items) };
			fake.writes.push(structuredClone(items));
		},
		readCopy: () => fake.copy,
		writeCopy: (state) => {
			fake.copy = structuredClone(state);
			return true;
		},
		loadMail: () => Promise.reject(new Error("nobody asked for mail servers")),
		readManaged: async () =>
			typeof options.managed === "function" ? await options.managed() : (options.managed ?? { kind: "none" }),
		catalogue: CATALOGUE,
		firstRules,
		now: () => fake.now,
		newId: () => {
			ids += 1;
			return `id-${ids}`;
		},
		ownOrigin: ORIGIN,
		blockPage: BLOCK_PAGE,
		getTab: async (tabId) => fake.tabs.get(tabId) ?? null,
		loadInTab: async (tabId, url, replace) => {
			if (!fake.tabs.has(tabId)) return false;
			fake.loads.push({ tabId, url, replace });
			// Firefox commits its own pages a little later; those of the web go through the guard.
			if (url.startsWith(ORIGIN)) setTimeout(() => fake.commit(tabId, url), 0);
			return true;
		},
		reloadTab: async (tabId) => void fake.reloads.push(tabId),
		setButton: async (tabId, { title, badge }) => void fake.faces.set(tabId, { title, badge }),
		broadcast: () => {
			fake.broadcasts += 1;
		},
		forgetCaches: async () => {
			fake.cachesForgotten += 1;
		},
		sendProbe: (url, signal) => fake.sendProbe(url, signal),
		watchHost: (host) => void fake.watched.add(host),
		unwatchHost: (host) => void fake.watched.delete(host),
		dropCookiesOf: async (host) => void fake.dropping.add(host),
		sending: {
			all: () => {
				fake.asksAbout = "all";
			},
			none: () => {
				fake.asksAbout = "none";
			},
			only: async (domains) => {
				if (fake.sendingError) throw fake.sendingError;
				fake.asksAbout = [...domains];
			},
			add: async (domain) => {
				if (fake.sendingError) throw fake.sendingError;
				if (Array.isArray(fake.asksAbout)) fake.asksAbout.push(domain);
			},
		},
		cookieStores: async () => ["firefox-default"],
		cookieDomains: async (store) => fake.cookies.get(store) ?? [],
		emptyFrame: async (tabId, frameId) => {
			fake.emptied.push([tabId, frameId]);
			return fake.canEmptyFrames;
		},
		allTabs: async () => [...fake.tabs.values()],
		fetchDocument: async (url) => await fake.fetchDocument(url),
		isSignedBy,
		removeStorage: async (keys) => {
			if (fake.writeError) throw fake.writeError;
			fake.stored = Object.fromEntries(Object.entries(fake.stored).filter(([key]) => !keys.includes(key)));
		},
		domainOf: (host) => host.split(".").slice(-2).join("."),
		displayDomain: (domain) => domain,
		followsHistory: true,
		hasHistory: async () => true,
		...options.deps,
	};
	Object.assign(fake, { app: new App(deps) });
	return fake;
}

function tab(id: number): Tab {
	return { id, url: "about:blank", private: false, openerTabId: null, index: 0, windowId: 1, discarded: false };
}

/** Lets everything that is due now happen: some turns of the event loop, since what one brings may need another. */
export async function settle(): Promise<void> {
	for (let turns = 0; turns < 6; turns++) await new Promise((resolve) => setTimeout(resolve, 0));
}

/** A promise and what settles it. (Node 20 has no `Promise.withResolvers`.) */
export function pending<Value = void>(): {
	promise: Promise<Value>;
	resolve: (value: Value) => void;
	reject: (error: Error) => void;
} {
	let settle: Pick<ReturnType<typeof pending<Value>>, "resolve" | "reject"> | undefined;
	const promise = new Promise<Value>((resolve, reject) => {
		settle = { resolve, reject };
	});
	if (!settle) throw new Error("a promise calls its executor at once");
	return { promise, ...settle };
}

/** A promise that nothing ever comes of. */
export const never = <Value>(): Promise<Value> => pending<Value>().promise;
