/**
 * The web request events, with the types that Firefox 153 really has (the polyfill's lag behind).
 * Listeners must be added synchronously in the background's first script: Firefox primes only those
 * at the next start, and lets requests pass until then.
 */
import browser from "webextension-polyfill";

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
	readonly originUrl?: string;
	readonly documentUrl?: string;
	readonly frameAncestors?: readonly { readonly url: string; readonly frameId: number }[];
	readonly statusCode?: number;
	/** Set when the request goes by a proxy. `type`: "http", "https", "socks", "masque" and others. */
	readonly proxyInfo?: { readonly type: string };
	readonly requestHeaders?: readonly { readonly name: string; readonly value?: string }[];
}

export interface BlockingResponse {
	readonly cancel?: boolean;
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
}

type Listener<Answer> = (details: RequestDetails) => Answer;
type Blocking = Listener<BlockingResponse | Promise<BlockingResponse>>;

/** Pages and parts over TLS. No type filter: every response is judged. */
const SECURE = ["<all_urls>", "wss://*/*"];
const PLAIN = ["http://*/*", "ws://*/*"];

// The polyfill types a listener's details more narrowly than Firefox fills them.
// biome-ignore lint/suspicious/noExplicitAny: see above
const typed = <Answer>(listener: Listener<Answer>) => listener as any;

/** The one event in which `getSecurityInfo` works. */
export function onHeadersReceived(listener: Blocking): void {
	browser.webRequest.onHeadersReceived.addListener(typed(listener), { urls: SECURE }, ["blocking"]);
}

/** Before a request without TLS leaves. */
export function onBeforePlainRequest(listener: Blocking): void {
	browser.webRequest.onBeforeRequest.addListener(typed(listener), { urls: PLAIN }, ["blocking"]);
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
 * Who vouched for a response: the verified chain, or with `leafDer` the leaf alone with its DER.
 * Resolves to undefined where Firefox keeps extensions away or the channel is gone; may reject.
 */
export async function getSecurityInfo(requestId: string, what: "chain" | "leafDer"): Promise<SecurityInfo | undefined> {
	return (await browser.webRequest.getSecurityInfo(
		requestId,
		what === "chain" ? { certificateChain: true } : { rawDER: true },
	)) as SecurityInfo | undefined;
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
 * Makes Firefox ask again for what it keeps in memory (images, styles), which no listener sees
 * otherwise. Resolves whether it worked or not.
 */
export async function forgetMemoryCaches(): Promise<void> {
	try {
		await browser.webRequest.handlerBehaviorChanged();
	} catch {
		// What is cached goes stale by itself.
	}
}
