/** What reached the lab's servers, for tests to wait for and to count. */

import type { IncomingHttpHeaders } from "node:http";

/** One request, written down when its headers arrive. */
export interface LoggedRequest {
	/** Host name the client asked for: lower case, without port. */
	readonly host: string;
	/** Port the server listens on. */
	readonly port: number;
	readonly scheme: "http" | "https" | "ws" | "wss";
	readonly method: string;
	/** Path and query. */
	readonly path: string;
	/** Scheme, host, path and query; never a port. */
	readonly url: string;
	readonly headers: IncomingHttpHeaders;
	/** Bytes of body received so far; final once `complete`. */
	readonly bodyLength: number;
	readonly complete: boolean;
	/** The connection was resumed from an earlier handshake. */
	readonly resumed: boolean;
	/** `h2` or `http/1.1`. */
	readonly protocol: string;
	/** Milliseconds since the epoch. */
	readonly time: number;
}

/** One TLS handshake that the client finished. */
export interface Handshake {
	/** Server name the client sent; empty when it sent none. */
	readonly host: string;
	readonly resumed: boolean;
	readonly time: number;
}

type Predicate = (request: LoggedRequest) => boolean;

/** A growing list of requests that can be waited on. */
export class RequestLog {
	readonly #requests: LoggedRequest[] = [];
	readonly #watchers = new Set<() => void>();

	/** Finished TLS handshakes, those without a request included. */
	readonly handshakes: Handshake[] = [];
	/** Server names that no host of the lab answers to: traffic nobody in the test asked for. */
	readonly strangers: string[] = [];

	/**
	 * Adds a request, or says again that one has changed.
	 *
	 * @param request the entry; the same object may be given twice
	 */
	note(request: LoggedRequest): void {
		if (!this.#requests.includes(request)) this.#requests.push(request);
		for (const watcher of [...this.#watchers]) watcher();
	}

	/**
	 * The requests so far.
	 *
	 * @param predicate which of them; a string means this host
	 * @returns oldest first
	 */
	all(predicate: Predicate | string = () => true): LoggedRequest[] {
		return this.#requests.filter(asPredicate(predicate));
	}

	/**
	 * The first request that fits, now or as soon as it arrives.
	 *
	 * @param predicate which request; a string means this host
	 * @param ms how long to wait
	 * @returns the request
	 * @throws Error naming what did arrive, when the time is up
	 */
	waitFor(predicate: Predicate | string, ms = 20_000): Promise<LoggedRequest> {
		const fits = asPredicate(predicate);
		const here = this.#requests.find(fits);
		if (here) return Promise.resolve(here);
		return new Promise((resolve, reject) => {
			const timer = setTimeout(() => {
				this.#watchers.delete(look);
				const seen = this.#requests.map((one) => `${one.method} ${one.url}`);
				reject(new Error(`no such request within ${ms} ms; seen:\n${seen.join("\n") || "(none)"}`));
			}, ms);
			const look = () => {
				const found = this.#requests.find(fits);
				if (!found) return;
				clearTimeout(timer);
				this.#watchers.delete(look);
				resolve(found);
			};
			this.#watchers.add(look);
		});
	}

	/** Forgets everything seen so far. Waits under way go on. */
	clear(): void {
		this.#requests.length = 0;
		this.handshakes.length = 0;
		this.strangers.length = 0;
	}
}

function asPredicate(predicate: Predicate | string): Predicate {
	return typeof predicate === "string" ? (request) => request.host === predicate : predicate;
}
