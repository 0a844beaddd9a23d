/**
 * The guard: no response over TLS goes on without a verdict. Firefox lets a request pass when a
 * listener throws, rejects or answers nonsense, so every path here ends in an answer made on purpose.
 */
import type { BlockingResponse, RequestDetails } from "../browser/webRequest.ts";
import type { Evidence } from "../core/chain.ts";
import type { Connection, Verdict } from "../core/judge.ts";
import type { Settings } from "../core/policy.ts";
import { BoundedMap } from "./bounded.ts";
import { deadline } from "./deadline.ts";
import type { AskFirefox } from "./evidence.ts";
import { readEvidence } from "./evidence.ts";
import { fault } from "./faults.ts";
import type { Hosts } from "./hosts.ts";
import { isSecure, readTarget, type Target } from "./target.ts";

/** A response that was judged. */
export interface Judged {
	readonly details: RequestDetails;
	readonly target: Target;
	readonly connection: Connection;
	readonly verdict: Verdict;
	/** Firefox keeps extensions away from it, so nothing can be known, and nothing is stopped. */
	readonly keptAway?: boolean;
}

export interface GuardDeps {
	readonly ask: (requestId: string, what: Parameters<AskFirefox>[0]) => ReturnType<AskFirefox>;
	/** Whether Firefox keeps extensions away from a response: from quarantined domains. */
	readonly isKeptAway: (requestId: string) => Promise<boolean>;
	/** Resolves once rules are in force. */
	readonly ready: Promise<void>;
	readonly verdict: (connection: Connection, target: Target, isPrivate: boolean) => Verdict;
	readonly settings: () => Settings;
	/** Whether the person let an unreadable connection to this host through. */
	readonly isUnreadableExcepted: (target: Target, isPrivate: boolean) => boolean;
	readonly hosts: Hosts;
	/** Notes an accepted response. Must be quick. */
	readonly accepted: (judged: Judged) => void;
	/** Notes a stopped one; answers with the id of the refusal. */
	readonly stopped: (judged: Judged) => string;
	/**
	 * Puts the block page into the tab; settles when the load that it replaces may be cancelled.
	 * `upgraded`: that load set out without TLS.
	 */
	readonly showBlockPage: (tabId: number, refusal: string, load: { readonly upgraded: boolean }) => Promise<void>;
	/** Milliseconds since 1970. */
	readonly now: () => number;
	/** Milliseconds that a verdict may take. */
	readonly deadlineMs: number;
}

const PASS: BlockingResponse = {};
const CANCEL: BlockingResponse = { cancel: true };

/** HTTP status: "Proxy Authentication Required". */
const PROXY_ASKS = 407;

/** Id of a refusal whose details could not be kept: the block page says that they are gone. */
const UNKNOWN = "unknown";

/** Stands in when an address cannot be read: no rule's `acceptFor` names it. */
const NO_TARGET: Target = { host: { kind: "name", name: "" }, name: "", port: 0 };

const isPage = (details: RequestDetails): boolean => details.type === "main_frame" && details.tabId >= 0;

const isPrivate = (details: RequestDetails): boolean => details.incognito === true;

/** Whether a verdict stops the connection. */
export function stops(verdict: Verdict, settings: Settings, isUnreadableExcepted: () => boolean): boolean {
	if (verdict.outcome === "accept") return false;
	if (verdict.outcome !== "unverifiable") return true;
	return settings.unverifiable === "block" && !isUnreadableExcepted();
}

/** Loads of pages that are under way, at most. */
const MAX_LOADS = 1000;

export class Guard {
	readonly #deps: GuardDeps;
	/** Ids of page loads that set out without TLS: Firefox upgrades most of these by itself. */
	readonly #plainLoads = new BoundedMap<string, true>(MAX_LOADS);

	constructor(deps: GuardDeps) {
		this.#deps = deps;
	}

	/** For `webRequest.onHeadersReceived`, blocking. Never throws, never rejects. */
	onHeadersReceived = (details: RequestDetails): BlockingResponse | Promise<BlockingResponse> => {
		try {
			if (!isSecure(details.url)) return PASS;
			const target = readTarget(details.url) ?? NO_TARGET;
			const refusal = this.#judge(details, target);
			this.#deps.hosts.hold(target.name, isPrivate(details), refusal);
			return refusal.then((id) => (id === null ? PASS : this.#stop(details, id))).catch(() => CANCEL);
		} catch {
			return CANCEL;
		}
	};

	/** Judges a response and notes what came of it. Answers with the id of a refusal; null: it may go on. */
	async #judge(details: RequestDetails, target: Target): Promise<string | null> {
		const { hosts } = this.#deps;
		try {
			fault("judge");
			if (details.statusCode === PROXY_ASKS && (await this.#isFromProxy(details))) return null;
			const evidence = await this.#evidence(details);
			const connection: Connection = { host: target.host, evidence };
			if (evidence.kind !== "unreadable") hosts.note(target, isPrivate(details), connection);
			const verdict = this.#verdict(connection, target, details);
			const keptAway = await this.#isKeptAway(details, evidence);
			const judged: Judged = { details, target, connection, verdict, keptAway };
			if (keptAway || !this.#stops(judged)) {
				fault("accepted");
				this.#deps.accepted(judged);
				hosts.accept(target.name, isPrivate(details));
				return null;
			}
			fault("stopped");
			const refusal = this.#deps.stopped(judged);
			// Before anything that takes time: a retry without TLS may come at once.
			hosts.refuse({ target, private: isPrivate(details), connection, refusal });
			return refusal;
		} catch {
			// Something here is broken. The person gets a block page without details, not a loaded page.
			hosts.refuse({ target, private: isPrivate(details), connection: null, refusal: UNKNOWN });
			return UNKNOWN;
		}
	}

	async #stop(details: RequestDetails, refusal: string): Promise<BlockingResponse> {
		if (isPage(details)) await this.#show(details, refusal);
		return CANCEL;
	}

	/**
	 * Whether it is a proxy that answers, asking for a password before it opens the way to the site.
	 * Nobody vouched for that, and Firefox never shows it as the site's. The site's own answers come
	 * over TLS.
	 */
	async #isFromProxy({ requestId, proxyInfo }: RequestDetails): Promise<boolean> {
		if (proxyInfo?.type !== "http" && proxyInfo?.type !== "https") return false;
		const info = await deadline(this.#deps.ask(requestId, "chain"), this.#deps.deadlineMs, () => undefined);
		return info?.state === "insecure";
	}

	async #evidence({ requestId }: RequestDetails): Promise<Evidence> {
		const both = async (): Promise<Evidence> => {
			const reading = readEvidence((what) => this.#deps.ask(requestId, what), this.#deps.now());
			const [evidence] = await Promise.all([reading, this.#deps.ready]);
			return evidence;
		};
		return await deadline(both(), this.#deps.deadlineMs, () => ({
			kind: "unreadable",
			why: "timeout",
		}));
	}

	/** A judge that fails is one more way of not knowing. */
	#verdict(connection: Connection, target: Target, details: RequestDetails): Verdict {
		try {
			fault("verdict");
			return this.#deps.verdict(connection, target, isPrivate(details));
		} catch {
			return { outcome: "unverifiable", why: "failed" };
		}
	}

	async #isKeptAway({ requestId }: RequestDetails, evidence: Evidence): Promise<boolean> {
		if (evidence.kind !== "unreadable" || evidence.why !== "no-information") return false;
		return await deadline(this.#deps.isKeptAway(requestId), this.#deps.deadlineMs, () => false);
	}

	#stops({ verdict, target, details }: Judged): boolean {
		return stops(verdict, this.#deps.settings(), () => this.#deps.isUnreadableExcepted(target, isPrivate(details)));
	}

	/** A page that cannot be replaced is still cancelled. */
	async #show({ tabId, requestId, url }: RequestDetails, refusal: string): Promise<void> {
		try {
			fault("show");
			const upgraded = isSecure(url) && this.#plainLoads.get(requestId) === true;
			await this.#deps.showBlockPage(tabId, refusal, { upgraded });
		} catch {
			// Cancelling is what counts; the tab may be gone.
		}
	}

	/**
	 * For `webRequest.onBeforeRequest` of http and ws, blocking: nothing leaves without TLS for a host
	 * that is refused, and Firefox's own retry is not answered while a verdict is pending.
	 */
	onBeforePlainRequest = (details: RequestDetails): BlockingResponse | Promise<BlockingResponse> => {
		try {
			if (isPage(details)) this.#plainLoads.set(details.requestId, true);
			const target = readTarget(details.url);
			if (!target) return PASS;
			const { hosts } = this.#deps;
			if (!hosts.isHeld(target.name, isPrivate(details))) return this.#plain(details, target);
			// Outside of tabs this is Firefox itself, trying whether http answers sooner.
			if (details.tabId < 0) return CANCEL;
			return hosts
				.settled(target.name, isPrivate(details))
				.then(() => this.#plain(details, target))
				.catch(() => CANCEL);
		} catch {
			return CANCEL;
		}
	};

	#plain(details: RequestDetails, target: Target): BlockingResponse | Promise<BlockingResponse> {
		const refusal = this.#deps.hosts.refusalOf(target.name, isPrivate(details));
		if (refusal === null) return PASS;
		return this.#stop(details, refusal);
	}
}
