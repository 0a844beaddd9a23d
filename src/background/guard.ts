/**
 * The guard: no response over TLS goes on without a verdict. Firefox lets a request pass when a
 * listener throws, rejects or answers nonsense, so every path here ends in an answer made on purpose.
 */
import type { BlockingResponse, RequestDetails, SecurityInfo } from "../browser/webRequest.ts";
import type { Channel, Evidence } from "../core/chain.ts";
import type { Connection, Verdict } from "../core/judge.ts";
import type { Settings } from "../core/policy.ts";
import type { Batches } from "./batches.ts";
import { BoundedMap } from "./bounded.ts";
import { Deadlines, deadline } from "./deadline.ts";
import type { AskFirefox } from "./evidence.ts";
import { readChannel, readEvidence } from "./evidence.ts";
import { fault } from "./faults.ts";
import type { Hosts, RefusedHost } from "./hosts.ts";
import { type Probes, proxyOf } from "./probes.ts";
import { isSecure, readTarget, type Target } from "./target.ts";

/** A response that was judged. */
export interface Judged {
	readonly details: RequestDetails;
	readonly target: Target;
	readonly connection: Connection;
	readonly verdict: Verdict;
	/** Firefox keeps extensions away from it, so nothing can be known, and nothing is stopped. */
	readonly keptAway?: boolean;
	/** It was stopped before its request left. */
	readonly unsent?: boolean;
}

export interface GuardDeps {
	readonly ask: (requestId: string, what: Parameters<AskFirefox>[0]) => ReturnType<AskFirefox>;
	/** Whether Firefox keeps extensions away from a response: from quarantined domains. */
	readonly isKeptAway: (requestId: string) => Promise<boolean>;
	/** Resolves once rules are in force. */
	readonly ready: Promise<void>;
	/** Null: what is remembered of sites has no say in this request, or is there. It never rejects, and takes a second at most. */
	readonly memory: (details: RequestDetails) => Promise<void> | null;
	readonly verdict: (connection: Connection, target: Target, isPrivate: boolean, isPage: boolean) => Verdict;
	readonly settings: () => Settings;
	/** Whether the person let an unreadable connection to this host through. */
	readonly isUnreadableExcepted: (target: Target, isPrivate: boolean) => boolean;
	readonly hosts: Hosts;
	readonly probes: Probes;
	readonly batches: Batches;
	/** Whether a part is as the last one of its host, which was accepted: nothing is to be judged, or noted. */
	readonly isAsBefore: (details: RequestDetails, target: Target, info: SecurityInfo | undefined) => boolean;
	/** Notes a host that asks for a password. */
	readonly asksForPassword: (target: Target) => void;
	/** Notes an accepted response, and says what becomes of it. Must be quick. */
	readonly accepted: (judged: Judged) => BlockingResponse;
	/** Notes a stopped one; answers with the id of the refusal. */
	readonly stopped: (judged: Judged) => string;
	/** Notes a request without TLS that is stopped for what its host showed over TLS; answers as `stopped`. */
	readonly stoppedPlain: (details: RequestDetails, known: RefusedHost) => string;
	/**
	 * Puts the block page into the tab; settles when the load that it replaces may be cancelled.
	 * `upgraded`: that load set out without TLS.
	 */
	readonly showBlockPage: (tabId: number, refusal: string, load: { readonly upgraded: boolean }) => Promise<void>;
	/** Makes Firefox ask servers again for everything. Resolves whether that worked or not. */
	readonly forgetCaches: () => Promise<void>;
	/** Milliseconds since 1970. */
	readonly now: () => number;
	/** Milliseconds that a verdict may take. */
	readonly deadlineMs: number;
}

const PASS: BlockingResponse = {};
const CANCEL: BlockingResponse = { cancel: true };

/** HTTP status: "Proxy Authentication Required". */
const PROXY_ASKS = 407;
/** "Unauthorized". */
const SITE_ASKS = 401;

let unknown = 0;

/**
 * Id of a refusal whose details could not be kept: the block page says that they are gone. Never the
 * same twice: a tab that shows such a page already would not be seen to come to it again.
 */
export const unknownRefusal = (): string => `unknown-${++unknown}`;

/** What Firefox said when it was asked for the chain, if it did. */
type Said = { readonly info: SecurityInfo | undefined } | "late" | "failed";

const LATE: Evidence = { kind: "unreadable", why: "timeout" };
const FAILED: Evidence = { kind: "unreadable", why: "failed" };

/** Stands in when an address cannot be read: no rule's `acceptFor` names it. */
const NO_TARGET: Target = { host: { kind: "name", name: "" }, name: "", port: 0 };

const isPage = (details: RequestDetails): boolean => details.type === "main_frame" && details.tabId >= 0;

const isPrivate = (details: RequestDetails): boolean => details.incognito === true;

const isNothingKnown = (evidence: Evidence): boolean =>
	evidence.kind === "unreadable" && evidence.why === "no-information";

/** Whether a verdict stops the connection. */
export function stops(verdict: Verdict, settings: () => Settings, isUnreadableExcepted: () => boolean): boolean {
	if (verdict.outcome === "accept") return false;
	if (verdict.outcome !== "unverifiable") return true;
	return settings().unverifiable === "block" && !isUnreadableExcepted();
}

/** Loads of pages that are under way, at most. */
const MAX_LOADS = 1000;

/** What becomes of a response: an answer for Firefox, or the id of a refusal. */
type Outcome = { readonly answer: BlockingResponse } | { readonly refusal: string };

export class Guard {
	readonly #deps: GuardDeps;
	/** Ids of page loads that set out without TLS: Firefox upgrades most of these by itself. */
	readonly #plainLoads = new BoundedMap<string, true>(MAX_LOADS);
	/** Requests whose refusal came out of a cache, and that were sent to ask the server itself. */
	readonly #pastCache = new BoundedMap<string, true>(MAX_LOADS);

	/** What Firefox has shown it since the start, for whoever wants to know whether it does. Times in milliseconds since 1970. */
	readonly traffic: { seen: number; last: number | null } = { seen: 0, last: null };
	readonly #deadlines: Deadlines;
	#isReady = false;

	constructor(deps: GuardDeps) {
		this.#deps = deps;
		this.#deadlines = new Deadlines(deps.deadlineMs);
		deps.ready.then(
			() => {
				this.#isReady = true;
			},
			// Whoever waits for it finds out.
			() => undefined,
		);
	}

	/** For `webRequest.onHeadersReceived`, blocking. Never throws, never rejects. */
	onHeadersReceived = (details: RequestDetails): BlockingResponse | Promise<BlockingResponse> => {
		try {
			if (!isSecure(details.url)) return PASS;
			this.traffic.seen++;
			this.traffic.last = this.#deps.now();
			const target = readTarget(details.url) ?? NO_TARGET;
			if (details.statusCode === SITE_ASKS) this.#deps.asksForPassword(target);
			if (this.#deps.probes.isProbe(details)) return this.#judgeProbe(details, target);
			if (details.type !== "main_frame" && this.#isReady && details.statusCode !== PROXY_ASKS) {
				return this.#part(details, target);
			}
			const outcome = this.#judge(details, target);
			// Firefox retries pages alone over plain http.
			if (details.type === "main_frame") this.#deps.hosts.hold(target.name, isPrivate(details), outcome);
			const answer = this.#carryOut(details, outcome);
			// A page may have to wait for its block page.
			return isPage(details) ? this.#deps.batches.putOff(answer) : answer;
		} catch {
			return CANCEL;
		}
	};

	/** By far the most are parts over connections that are known: these take the short way. */
	#part(details: RequestDetails, target: Target): Promise<BlockingResponse> {
		const long = (said: Said) => this.#carryOut(details, this.#judge(details, target, said));
		return this.#deadlines.race<SecurityInfo | undefined | "late">(this.#ask(details), "late").then(
			(info) => {
				if (info === "late") return long(info);
				return this.#deps.isAsBefore(details, target, info) ? PASS : long({ info });
			},
			() => long("failed"),
		);
	}

	/** Never throws. */
	#ask({ requestId }: RequestDetails): Promise<SecurityInfo | undefined> {
		try {
			return this.#deps.ask(requestId, "chain");
		} catch (error) {
			return Promise.reject(error);
		}
	}

	#carryOut(details: RequestDetails, outcome: Promise<Outcome>): Promise<BlockingResponse> {
		return outcome
			.then((came) => ("answer" in came ? came.answer : this.stop(details, came.refusal)))
			.catch(() => CANCEL);
	}

	/** Judges a response and notes what came of it. `said`: what Firefox says of it, where it was asked already. */
	async #judge(details: RequestDetails, target: Target, said?: Said): Promise<Outcome> {
		const { hosts } = this.#deps;
		try {
			fault("judge");
			if (details.statusCode === PROXY_ASKS && (await this.#isFromProxy(details))) return { answer: PASS };
			const connection = await this.#connection(details, target, said);
			const { evidence } = connection;
			if (evidence.kind !== "unreadable" && details.fromCache !== true) {
				hosts.note(target, isPrivate(details), connection);
			}
			const memory = this.#deps.memory(details);
			if (memory) await memory;
			const verdict = this.#verdict(connection, target, details);
			const keptAway = isNothingKnown(evidence) && (await this.#isKeptAway(details));
			const judged: Judged = { details, target, connection, verdict, keptAway };
			if (keptAway || !this.#stops(judged)) {
				fault("accepted");
				const answer = this.#deps.accepted(judged);
				if (details.fromCache !== true) hosts.accept(target, isPrivate(details));
				return { answer };
			}
			fault("stopped");
			if (await this.#asksServer(details)) return { answer: { redirectUrl: details.url } };
			const refusal = this.#deps.stopped(judged);
			// Before anything that takes time: a retry without TLS may come at once.
			hosts.refuse({
				target,
				private: isPrivate(details),
				connection,
				refusal,
				fromCache: details.fromCache === true,
			});
			return { refusal };
		} catch {
			return { refusal: this.#broken(details, target) };
		}
	}

	/** Something here is broken. The person gets a block page without details, not a loaded page. */
	#broken(details: RequestDetails, target: Target): string {
		const refusal = unknownRefusal();
		this.#deps.hosts.refuse({ target, private: isPrivate(details), connection: null, refusal });
		return refusal;
	}

	/** Stops a request of which nothing is known because something here is broken. Never rejects. */
	stopBroken = async (details: RequestDetails): Promise<BlockingResponse> => {
		try {
			return await this.stop(details, this.#broken(details, readTarget(details.url) ?? NO_TARGET));
		} catch {
			return CANCEL;
		}
	};

	/**
	 * Whether a refusal that came out of the cache is to be tried once more with the server itself: what
	 * was stored under another authority must not stand for the site of now.
	 */
	async #asksServer({ fromCache, requestId, url }: RequestDetails): Promise<boolean> {
		const key = `${requestId} ${url}`;
		if (fromCache !== true || this.#pastCache.get(key) === true) return false;
		this.#pastCache.set(key, true);
		await deadline(this.#deps.forgetCaches(), this.#deps.deadlineMs, () => undefined);
		return true;
	}

	/** Judges the answer to a probe. It has then done its work, and nothing more of it is wanted. */
	async #judgeProbe(details: RequestDetails, target: Target): Promise<BlockingResponse> {
		const { probes } = this.#deps;
		try {
			fault("probe");
			if (details.statusCode === PROXY_ASKS && (await this.#isFromProxy(details))) throw new Error("not the site");
			const connection = await this.#connection(details, target);
			const { evidence } = connection;
			const keptAway = isNothingKnown(evidence) && (await this.#isKeptAway(details));
			if (evidence.kind !== "unreadable") this.#deps.hosts.note(target, false, connection);
			probes.settle(details, {
				kind: "answered",
				connection,
				keptAway,
				time: this.#deps.now(),
				proxy: proxyOf(details),
			});
		} catch {
			probes.settle(details, { kind: "failed" });
		}
		return CANCEL;
	}

	/** Stops a request: a page gives way to the block page of a refusal first. */
	async stop(details: RequestDetails, refusal: string): Promise<BlockingResponse> {
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

	async #connection(details: RequestDetails, { host }: Target, said?: Said): Promise<Connection> {
		if (said === "late") return { host, evidence: LATE };
		if (said === "failed") return { host, evidence: FAILED };
		let channel: Channel | undefined;
		const ask: AskFirefox = async (what) => {
			const info = await (said && what === "chain" ? said.info : this.#deps.ask(details.requestId, what));
			if (what === "chain" && info) channel = readChannel(info, proxyOf(details) !== "");
			return info;
		};
		const reading = readEvidence(ask, this.#deps.now());
		const both = this.#isReady ? reading : Promise.all([reading, this.#deps.ready]).then(([evidence]) => evidence);
		const evidence = await this.#deadlines.race(both, LATE);
		return channel ? { host, evidence, channel } : { host, evidence };
	}

	/** A judge that fails is one more way of not knowing. */
	#verdict(connection: Connection, target: Target, details: RequestDetails): Verdict {
		try {
			fault("verdict");
			return this.#deps.verdict(connection, target, isPrivate(details), details.type === "main_frame");
		} catch {
			return { outcome: "unverifiable", why: "failed" };
		}
	}

	async #isKeptAway({ requestId }: RequestDetails): Promise<boolean> {
		return await deadline(this.#deps.isKeptAway(requestId), this.#deps.deadlineMs, () => false);
	}

	#stops({ verdict, target, details }: Judged): boolean {
		return stops(verdict, this.#deps.settings, () => this.#deps.isUnreadableExcepted(target, isPrivate(details)));
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
			const settled = hosts.settled(target.name, isPrivate(details));
			return this.#deps.batches.putOff(settled.then(() => this.#plain(details, target)).catch(() => CANCEL));
		} catch {
			return CANCEL;
		}
	};

	#plain(details: RequestDetails, target: Target): BlockingResponse | Promise<BlockingResponse> {
		const known = this.#deps.hosts.refusalOf(target.name, isPrivate(details));
		if (known === null) return PASS;
		return this.#deps.batches.putOff(this.stop(details, this.#deps.stoppedPlain(details, known)));
	}
}
