/**
 * Probes: requests without credentials, sent only to see who vouches for a site before anything that
 * matters goes there. One at a time for each origin, however many wait for its answer.
 */
import type { RequestDetails } from "../browser/webRequest.ts";
import type { Connection } from "../core/judge.ts";
import type { Batches } from "./batches.ts";
import { fault } from "./faults.ts";
import type { Target } from "./target.ts";

/** What came of a probe. */
export type Probed =
	| {
			readonly kind: "answered";
			readonly connection: Connection;
			/** Firefox keeps extensions away from the site: nothing can be known of it. */
			readonly keptAway: boolean;
			/** Milliseconds since 1970. */
			readonly time: number;
			/** By which way it went (`proxyOf`). */
			readonly proxy: string;
	  }
	/** No answer in time, or none that says who vouches. */
	| { readonly kind: "failed" }
	/** The probe goes by another proxy than what waits for it, so it says nothing about that. */
	| { readonly kind: "elsewhere" };

export interface ProbesDeps {
	/** Sends a request without credentials. What becomes of it is seen as it passes the guard. */
	readonly send: (url: string, signal: AbortSignal) => Promise<void>;
	/** Address under which the extension's own pages stand. */
	readonly ownOrigin: string;
	/** Milliseconds that a probe may take. */
	readonly deadlineMs: number;
	readonly batches: Batches;
}

interface Waiting {
	/** Null: by whatever way. */
	readonly proxy: string | null;
	readonly done: (probed: Probed) => void;
}

interface Running {
	waiting: Waiting[];
	/** Known once it sets out. */
	proxy: string | null;
	/** Takes the request back that stands for it now. */
	abort: AbortController;
	/** Whether there is one. What Firefox still asks about in between is of the one before. */
	isSent: boolean;
	/** Ids of the requests that were taken back. */
	readonly takenBack: Set<string>;
	/** How often it was sent again because it could not leave. */
	again: number;
	readonly end: (probed: Probed) => void;
}

/**
 * Longest time between two requests that stand for a probe, in milliseconds. The first follow at once; a page that asks for
 * parts one after the other for seconds on end must not have one sent for each.
 */
const MAX_PAUSE_MS = 100;

const FAILED: Probed = { kind: "failed" };
const ELSEWHERE: Probed = { kind: "elsewhere" };

/** By which way a request goes: the empty text for straight to the site. */
export function proxyOf({ proxyInfo }: RequestDetails): string {
	if (!proxyInfo || proxyInfo.type === "direct") return "";
	const { type, host, port, username, connectionIsolationKey } = proxyInfo;
	return [type, host, port, username, connectionIsolationKey].join(" ");
}

/** The address that a probe asks for: nothing of what the person asked for shows in it. */
export function probeUrl({ host, name, port }: Target): string {
	const text = host.kind === "address" && host.size === 128 ? `[${name}]` : name;
	return `https://${text}${port === 443 ? "" : `:${port}`}/`;
}

export class Probes {
	readonly #deps: ProbesDeps;
	readonly #running = new Map<string, Running>();

	constructor(deps: ProbesDeps) {
		this.#deps = deps;
	}

	/**
	 * Asks a site who vouches for it, or waits with those who ask already. `proxy`: the way that the
	 * answer has to be about (`proxyOf`); null for any. Never rejects, and answers in time.
	 */
	probe(target: Target, proxy: string | null): Promise<Probed> {
		const url = probeUrl(target);
		const running = this.#running.get(url) ?? this.#start(url);
		if (proxy !== null && running.proxy !== null && running.proxy !== proxy) return Promise.resolve(ELSEWHERE);
		return new Promise((done) => void running.waiting.push({ proxy, done }));
	}

	#start(url: string): Running {
		const running: Running = {
			waiting: [],
			proxy: null,
			abort: new AbortController(),
			isSent: false,
			takenBack: new Set(),
			again: 0,
			end: (probed) => {
				if (this.#running.get(url) !== running) return;
				this.#running.delete(url);
				clearTimeout(timer);
				for (const { done } of running.waiting) done(probed);
				running.abort.abort();
			},
		};
		const timer = setTimeout(() => running.end(FAILED), this.#deps.deadlineMs);
		this.#running.set(url, running);
		this.#send(url, running);
		return running;
	}

	#send(url: string, running: Running): void {
		const { abort } = running;
		running.isSent = true;
		// Once it was judged it is over already. What ends before that was never seen by the guard.
		const fail = () => {
			if (running.abort === abort) running.end(FAILED);
		};
		Promise.resolve()
			.then(() => fault("probe-send"))
			.then(() => this.#deps.send(url, abort.signal))
			.then(fail, fail);
	}

	/**
	 * To be called when Firefox asks about a probe before it leaves; resolves with whether it may, and never rejects. One that
	 * is asked about together with a request that waits cannot leave before that one, which may be waiting for this very
	 * probe: another is sent in its place. The first must not leave when its turn comes, which may be sooner than Firefox
	 * hears that it was taken back: a server sees one.
	 */
	async asked(details: RequestDetails): Promise<boolean> {
		const running = this.#of(details);
		if (!running?.isSent || running.takenBack.has(details.requestId)) return false;
		const { abort } = running;
		const isHeldUp = await this.#deps.batches.isHeldUp();
		if (this.#running.get(details.url) !== running || running.abort !== abort) return false;
		if (!isHeldUp) return true;
		const next = new AbortController();
		running.takenBack.add(details.requestId);
		running.abort = next;
		running.isSent = false;
		abort.abort();
		const pause = Math.min(2 ** running.again++, MAX_PAUSE_MS);
		setTimeout(() => {
			if (this.#running.get(details.url) === running && running.abort === next) this.#send(details.url, running);
		}, pause);
		return false;
	}

	/** The probe that a request is, if it is one. */
	#of({ tabId, method, originUrl, url }: RequestDetails): Running | undefined {
		if (tabId >= 0 || method !== "HEAD" || originUrl?.startsWith(this.#deps.ownOrigin) !== true) return undefined;
		return this.#running.get(url);
	}

	isProbe(details: RequestDetails): boolean {
		return this.#of(details) !== undefined;
	}

	/** A probe is about to leave, and its way is known. Answers whether anybody waits for what it will say. */
	setOut(details: RequestDetails): boolean {
		const running = this.#of(details);
		if (!running) return false;
		const proxy = proxyOf(details);
		running.proxy = proxy;
		const isOther = (waiting: Waiting) => waiting.proxy !== null && waiting.proxy !== proxy;
		for (const { done } of running.waiting.filter(isOther)) done(ELSEWHERE);
		running.waiting = running.waiting.filter((waiting) => !isOther(waiting));
		if (running.waiting.length > 0) return true;
		running.end(ELSEWHERE);
		return false;
	}

	/** A probe came to its end. */
	settle(details: RequestDetails, probed: Probed): void {
		this.#of(details)?.end(probed);
	}
}
