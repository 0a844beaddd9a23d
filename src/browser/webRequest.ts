/**
 * The web request events, with the types that Firefox 153 really has (the polyfill's lag behind).
 * Listeners must be added synchronously in the background's first script: Firefox primes only those
 * at the next start, and lets requests pass until then.
 */
import { browser } from "./api.ts";

/** The members that Countersign reads. */
export interface RequestDetails {
	readonly requestId: string;
	readonly url: string;
	readonly method: string;
	/** -1 outside of tabs: service workers, Firefox's own retries. */
	readonly tabId: number;
	readonly frameId: number;
	readonly type: string;
	readonly incognito?: boolean;
	/** Where its cookies are kept: another for each container. */
	readonly cookieStoreId?: string;
	readonly originUrl?: string;
	readonly documentUrl?: string;
	readonly frameAncestors?: readonly { readonly url: string; readonly frameId: number }[];
	readonly statusCode?: number;
	/** Set when the request goes by a proxy. `type`: "http", "https", "socks", "masque" and others. */
	readonly proxyInfo?: {
		readonly type: string;
		readonly host?: string;
		readonly port?: number | string;
		readonly username?: string;
		/** Requests with different keys share no connection to the proxy. */
		readonly connectionIsolationKey?: string;
	};
	readonly fromCache?: boolean;
	readonly requestHeaders?: readonly Header[];
	readonly responseHeaders?: readonly Header[];
}

export interface Header {
	readonly name: string;
	readonly value?: string;
	readonly binaryValue?: readonly number[];
}

export interface BlockingResponse {
	readonly cancel?: boolean;
	readonly redirectUrl?: string;
	readonly requestHeaders?: readonly Header[];
	readonly responseHeaders?: readonly Header[];
}

/** `webRequest.SecurityInfo`, unchecked: `core/chain.ts` reads it. */
export interface SecurityInfo {
	readonly state?: unknown;
	readonly certificates?: unknown;
	/** "trust_error", "domain_mismatch" or "expired_or_not_yet_valid" when clicked through. */
	readonly overridableErrorCategory?: unknown;
	readonly isUntrusted?: unknown;
	readonly isDomainMismatch?: unknown;
	readonly isNotValidAtThisTime?: unknown;
	/** "policy_compliant", "policy_not_enough_scts", "policy_not_diverse_scts", "not_applicable". */
	readonly certificateTransparencyStatus?: unknown;
	/** "TLSv1.3"; "unknown" for what Firefox has no name for. */
	readonly protocolVersion?: unknown;
}

type Listener<Answer> = (details: RequestDetails) => Answer;
type Blocking = Listener<BlockingResponse | Promise<BlockingResponse>>;

/** Pages and parts over TLS. No type filter: every response is judged. */
const SECURE = ["<all_urls>", "wss://*/*"];
const PLAIN = ["http://*/*", "ws://*/*"];
const SECURE_ONLY = ["https://*/*", "wss://*/*"];

// The polyfill types a listener's details more narrowly than Firefox fills them.
// biome-ignore lint/suspicious/noExplicitAny: see above
const typed = <Answer>(listener: Listener<Answer>) => listener as any;

/** An answer with nothing in it as no answer: Firefox takes both alike, but copies the former from process to process. */
function brief(answer: BlockingResponse): BlockingResponse | undefined {
	for (const _ in answer) return answer;
	return undefined;
}

/** For what is asked about every request. */
const briefly =
	(listener: Blocking): Listener<BlockingResponse | undefined | Promise<BlockingResponse | undefined>> =>
	(details) => {
		const answer = listener(details);
		return answer instanceof Promise ? answer.then(brief) : brief(answer);
	};

/** Hosts that have listeners of their own, at most. */
const MAX_LISTENING = 100;

/** The one event in which `getSecurityInfo` works. */
export function onHeadersReceived(listener: Blocking): void {
	browser.webRequest.onHeadersReceived.addListener(typed(briefly(listener)), { urls: SECURE }, ["blocking"]);
}

/** Before a request without TLS leaves. */
export function onBeforePlainRequest(listener: Blocking): void {
	browser.webRequest.onBeforeRequest.addListener(typed(listener), { urls: PLAIN }, ["blocking"]);
}

/** What Firefox asks about before it sends a request, besides those that may bring a body: these it always asks about. */
export interface SendingListener {
	/** About every request over TLS. */
	all(): void;
	none(): void;
	/**
	 * About whatever goes to these domains. With a dot before it, a domain stands for the names below as well. Resolves
	 * when Firefox does so; rejects when it will not, and then asks as before.
	 */
	only(domains: Iterable<string>): Promise<void>;
	/** About one domain more. The same. */
	add(domain: string): Promise<void>;
}

/** Kinds of request that never bring a body, and that pages are full of. */
const BODILESS = ["stylesheet", "script", "image", "imageset", "font", "media"];

/**
 * All others that Firefox 153 has. Written down, and not taken from Firefox: it holds requests at its start only for
 * listeners that come again with the very same filter.
 */
const OTHERS = [
	...["main_frame", "sub_frame", "object", "xmlhttprequest", "xslt", "ping", "beacon", "xml_dtd", "websocket"],
	...["csp_report", "web_manifest", "speculative", "json", "other"],
];

/** Kinds of request that this Firefox has beyond those. */
function newKinds(): string[] {
	// The polyfill's types lack it.
	const { ResourceType } = browser.webRequest as unknown as { ResourceType?: Record<string, string> };
	return Object.values(ResourceType ?? {}).filter((type) => !BODILESS.includes(type) && !OTHERS.includes(type));
}

/** Domains that have listeners of their own, at most. Then they get one for all. */
const MAX_SINGLE = 30;

/**
 * How long a listener stays after another has taken its place: Firefox may have set out to ask it before, and lets go
 * what nobody answers for. A batch of questions waits for 250 ms at most (ConduitsParent.sys.mjs).
 */
const GRACE_MS = 1000;

/** Firefox takes messages in turn: when it answers this one, it has taken those before. */
const takenByFirefox = async (): Promise<void> => void (await browser.runtime.getPlatformInfo());

/** A match pattern for everything over https of a cookie's domain, on all ports. */
function patternOf(domain: string): string {
	if (domain.startsWith(".")) return `https://*${domain}/*`;
	return `https://${domain.includes(":") && !domain.startsWith("[") ? `[${domain}]` : domain}/*`;
}

/**
 * The last moment before a request leaves, with what it takes along. Listens to everything at once. What has been
 * removed is not held at the next start (ExtensionCommon.sys.mjs, `clearPersistentListener`), so the listener for what
 * may bring a body, pages among it, is never removed: parts come after their page. A request may be asked
 * about twice, while one listener takes the place of another.
 */
export function onBeforeSendHeaders(listener: Blocking): SendingListener {
	const event = browser.webRequest.onBeforeSendHeaders;
	type Remove = () => void;
	const listen = (urls: string[], types: string[]): Remove => {
		// A function of its own for each filter, or Firefox takes them for one.
		const added = typed(briefly((details) => listener(details)));
		event.addListener(added, { urls, types: types as never }, ["blocking", "requestHeaders"]);
		return () => event.removeListener(added);
	};
	listen(SECURE_ONLY, OTHERS);
	const unknown = newKinds();
	if (unknown.length > 0) listen(SECURE_ONLY, unknown);

	const listenToAll = () => listen(SECURE_ONLY, BODILESS);
	const listenTo = (some: Iterable<string>) => listen(Array.from(some, patternOf), BODILESS);
	let everything: Remove | null = listenToAll();
	let lists: Remove[] = [];
	const domains = new Set<string>();
	const remove = (removes: readonly (Remove | null)[]) => {
		for (const one of removes) one?.();
	};
	const removeLater = (removes: readonly (Remove | null)[]) => void setTimeout(() => remove(removes), GRACE_MS);
	const forgetLists = (): Remove[] => {
		domains.clear();
		return lists.splice(0);
	};
	return {
		all() {
			everything ??= listenToAll();
			removeLater(forgetLists());
		},
		none() {
			remove([everything, ...forgetLists()]);
			everything = null;
		},
		async only(some) {
			const next = [...some];
			const list = next.length > 0 ? [listenTo(next)] : [];
			const before = [everything, ...forgetLists()];
			everything = null;
			lists = list;
			for (const domain of next) domains.add(domain);
			await takenByFirefox();
			removeLater(before);
		},
		async add(domain) {
			if (everything) return;
			domains.add(domain);
			if (lists.length < MAX_SINGLE) {
				lists.push(listenTo([domain]));
				await takenByFirefox();
				return;
			}
			const before = lists;
			lists = [listenTo(domains)];
			await takenByFirefox();
			removeLater(before);
		},
	};
}

/** The responses to pages, with their headers. */
export function onPageHeadersReceived(listener: Listener<BlockingResponse>): void {
	browser.webRequest.onHeadersReceived.addListener(typed(listener), { urls: SECURE_ONLY, types: ["main_frame"] }, [
		"blocking",
		"responseHeaders",
	]);
}

/** Match patterns for everything over TLS of a host, on all ports. */
function patternsOf(host: string): string[] {
	const text = host.includes(":") ? `[${host}]` : host;
	return [`https://${text}/*`, `wss://${text}/*`];
}

/** Listens to single hosts, so that nothing has to be asked about all the others. */
interface HostListener {
	/** Resolves once Firefox asks. */
	add(host: string): Promise<void>;
	remove(host: string): void;
}

function hostListener(
	listen: (host: string) => (details: RequestDetails) => unknown,
	register: (listener: ReturnType<typeof listen>, urls: string[]) => void,
	unregister: (listener: ReturnType<typeof listen>) => void,
): HostListener {
	const listening = new Map<string, ReturnType<typeof listen>>();
	const remove = (host: string) => {
		const listener = listening.get(host);
		listening.delete(host);
		if (listener) unregister(listener);
	};
	return {
		remove,
		async add(host) {
			if (listening.has(host)) return;
			try {
				const listener = listen(host);
				register(listener, patternsOf(host));
				listening.set(host, listener);
				const [oldest] = listening.keys();
				if (listening.size > MAX_LISTENING && oldest !== undefined) remove(oldest);
				await takenByFirefox();
			} catch {
				// No pattern for such a name. What it answers is judged all the same.
			}
		},
	};
}

/** Before requests to chosen hosts leave. */
export function onBeforeRequestTo(listener: Blocking): HostListener {
	const event = browser.webRequest.onBeforeRequest;
	return hostListener(
		// A function of its own for each host, or Firefox takes them for one.
		() => (details) => listener(details),
		(added, urls) => event.addListener(typed(added as Blocking), { urls }, ["blocking"]),
		(added) => event.removeListener(typed(added as Blocking)),
	);
}

/** The responses of chosen hosts, with their headers. */
export function onHeadersReceivedFrom(listener: Listener<BlockingResponse>): HostListener {
	const event = browser.webRequest.onHeadersReceived;
	return hostListener(
		() => (details) => listener(details),
		(added, urls) => event.addListener(typed(added as Blocking), { urls }, ["blocking", "responseHeaders"]),
		(added) => event.removeListener(typed(added as Blocking)),
	);
}

/** What a page's request takes along. Pages only, so that parts cost nothing. */
export function onSendPageHeaders(listener: Listener<void>): void {
	browser.webRequest.onSendHeaders.addListener(typed(listener), { urls: ["https://*/*"], types: ["main_frame"] }, [
		"requestHeaders",
	]);
}

/** A page's request that came to its end, well or not. */
export function onPageRequestEnd(listener: Listener<void>): void {
	const filter = { urls: ["https://*/*"], types: ["main_frame" as const] };
	browser.webRequest.onCompleted.addListener(typed(listener), filter);
	browser.webRequest.onErrorOccurred.addListener(typed(listener), filter);
}

/**
 * Who vouched for a response: the verified chain, with its DER or without, or with `leafDer` the leaf alone with its DER.
 * Resolves to undefined where Firefox keeps extensions away or the channel is gone; may reject.
 */
export function getSecurityInfo(
	requestId: string,
	what: "chain" | "chainDer" | "leafDer",
): Promise<SecurityInfo | undefined> {
	return browser.webRequest.getSecurityInfo(requestId, {
		certificateChain: what !== "leafDer",
		rawDER: what !== "chain",
	}) as Promise<SecurityInfo | undefined>;
}

/**
 * Whether Firefox keeps this extension away from a response, as from those of quarantined domains:
 * it tells nobody which these are, but lets no filter be put on them. The same holds where the channel
 * is gone, and nothing can be shown. False when Firefox has not objected after `ms` milliseconds.
 */
export function isKeptAway(requestId: string, ms: number): Promise<boolean> {
	const { promise, resolve } = Promise.withResolvers<boolean>();
	const filter = browser.webRequest.filterResponseData(requestId);
	filter.onerror = () => resolve(true);
	// Whatever becomes of the response, this changes nothing in it.
	filter.onstart = () => filter.disconnect();
	setTimeout(() => resolve(false), ms);
	return promise;
}

/**
 * Makes Firefox ask servers again for what it keeps: in memory (images, styles), which no listener sees
 * otherwise, and on disk. Resolves whether it worked or not.
 */
export async function forgetCaches(): Promise<void> {
	await Promise.allSettled([
		Promise.resolve().then(() => browser.webRequest.handlerBehaviorChanged()),
		Promise.resolve().then(() => browser.browsingData.removeCache({})),
	]);
}

/**
 * Asks a site for its headers without cookies, passwords, a referrer or anything of the address but
 * scheme, host and port; follows no redirect. The answer is of no interest: who vouches for it is seen
 * as it passes `onHeadersReceived`. Rejects when there is none.
 */
export async function sendProbe(url: string, signal: AbortSignal): Promise<void> {
	await fetch(url, {
		method: "HEAD",
		mode: "no-cors",
		credentials: "omit",
		cache: "no-store",
		redirect: "manual",
		referrerPolicy: "no-referrer",
		signal,
	});
}
