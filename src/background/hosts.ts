import type { Connection } from "../core/judge.ts";
import { BoundedMap } from "./bounded.ts";
import type { Target } from "./target.ts";

/** How long a refused host's requests stay cancelled when nothing else is learnt of it. */
const REMEMBERED_MS = 10 * 60 * 1000;
const MAX_HOSTS = 1000;
/** What is told twice within so long is noted once. */
const SAME_MS = 10_000;

const isSame = ({ evidence: one }: Connection, { evidence: other }: Connection): boolean =>
	one.kind === "chain" &&
	other.kind === "chain" &&
	one.chain.length === other.chain.length &&
	one.chain.every(({ sha256, builtInRoot }, at) => {
		const certificate = other.chain[at];
		return certificate?.sha256 === sha256 && certificate.builtInRoot === builtInRoot;
	});

const PRIVATE = "private ";
const keyOf = (host: string, isPrivate: boolean): string => `${isPrivate ? PRIVATE : "normal "}${host}`;

/** A host whose last verdict was a refusal. */
export interface RefusedHost {
	readonly target: Target;
	readonly private: boolean;
	/** What was refused; null when not even that is known. */
	readonly connection: Connection | null;
	/** Id of the refusal. */
	readonly refusal: string;
	/** The chain was not the server's of now but out of a cache: only plain requests are cancelled. */
	readonly fromCache?: boolean;
}

/** A refused host, and when. */
export interface RememberedHost extends RefusedHost {
	/** Milliseconds since 1970. */
	readonly since: number;
}

/** Who vouched for a host last. */
export interface LastConnection {
	readonly connection: Connection;
	/** Milliseconds since 1970. */
	readonly time: number;
}

/**
 * Hosts with a verdict pending, and hosts whose last verdict was a refusal. Firefox retries over
 * plain http when a load that it had upgraded by itself fails or takes long (HTTPS-First): for these
 * hosts nothing may go out without TLS. And who vouched for a host last: a document that comes
 * without a connection, out of a service worker or the back/forward cache, is judged by that.
 */
export class Hosts {
	readonly #held = new Map<string, Set<Promise<unknown>>>();
	/** By name: what is refused on one port goes out without TLS on none. */
	readonly #refused = new BoundedMap<string, RememberedHost>(MAX_HOSTS);
	/** By name and port. */
	readonly #remembered = new BoundedMap<string, RememberedHost>(MAX_HOSTS);
	readonly #last = new BoundedMap<string, LastConnection>(MAX_HOSTS);
	#refusals = 0;
	readonly #now: () => number;
	readonly #watch: (host: string) => void;

	/**
	 * `now` in milliseconds since 1970. `watch` is called with the name of each host whose requests
	 * are to be asked about before they leave (`remembered`).
	 */
	constructor(now: () => number, watch: (host: string) => void = () => undefined) {
		this.#now = now;
		this.#watch = watch;
	}

	/** Holds a host until `verdict` is settled. */
	hold(host: string, isPrivate: boolean, verdict: Promise<unknown>): void {
		const key = keyOf(host, isPrivate);
		const pending = this.#held.get(key) ?? new Set();
		this.#held.set(key, pending.add(verdict));
		const release = () => {
			pending.delete(verdict);
			if (pending.size === 0 && this.#held.get(key) === pending) this.#held.delete(key);
		};
		verdict.then(release, release);
	}

	isHeld(host: string, isPrivate: boolean): boolean {
		return this.#held.has(keyOf(host, isPrivate));
	}

	/** Settles when the verdicts that are pending for a host now are there. Never rejects. */
	async settled(host: string, isPrivate: boolean): Promise<void> {
		await Promise.allSettled(this.#held.get(keyOf(host, isPrivate)) ?? []);
	}

	/** Notes who vouched for a host just now. */
	note({ name, port }: Target, isPrivate: boolean, connection: Connection): void {
		const key = keyOf(`${name}:${port}`, isPrivate);
		const known = this.#last.get(key);
		const time = this.#now();
		// Hundreds of parts come over one connection.
		if (known && time - known.time < SAME_MS && isSame(known.connection, connection)) return;
		this.#last.set(key, { connection, time });
	}

	/** Who vouched for a host last, as far as that is remembered. */
	lastOf({ name, port }: Target, isPrivate: boolean): LastConnection | null {
		return this.#last.get(keyOf(`${name}:${port}`, isPrivate)) ?? null;
	}

	/** How many refusals there have been. */
	get refusals(): number {
		return this.#refusals;
	}

	/** The last verdict was a refusal. */
	refuse(refused: RefusedHost): void {
		this.#refusals++;
		const { name, port } = refused.target;
		const entry = { ...refused, since: this.#now() };
		this.#refused.set(keyOf(name, refused.private), entry);
		// What is broken here, or could not be read, says nothing about the host.
		const evidence = refused.connection?.evidence;
		if (!evidence || evidence.kind === "unreadable" || refused.fromCache === true) return;
		this.#remembered.set(keyOf(`${name}:${port}`, refused.private), entry);
		this.#watch(name);
	}

	/** The last verdict was another. */
	accept({ name, port }: Target, isPrivate: boolean): void {
		this.#refused.delete(keyOf(name, isPrivate));
		this.#remembered.delete(keyOf(`${name}:${port}`, isPrivate));
	}

	#isFresh({ since }: RememberedHost): boolean {
		const age = this.#now() - since;
		return age >= 0 && age < REMEMBERED_MS;
	}

	/** What keeps a host's plain requests from leaving, or null. */
	refusalOf(host: string, isPrivate: boolean): RememberedHost | null {
		const entry = this.#refused.get(keyOf(host, isPrivate));
		return entry && this.#isFresh(entry) ? entry : null;
	}

	/** What keeps a host's requests from leaving, or null. */
	remembered({ name, port }: Target, isPrivate: boolean): RememberedHost | null {
		const entry = this.#remembered.get(keyOf(`${name}:${port}`, isPrivate));
		return entry && this.#isFresh(entry) ? entry : null;
	}

	/** Whether anything is remembered of a host, on whatever port. */
	isWatched(host: string): boolean {
		for (const entry of this.#remembered.values()) {
			if (entry.target.name === host && this.#isFresh(entry)) return true;
		}
		return false;
	}

	/** Forgets the refusals for which `isRefused` does not hold any more: the rules have changed. */
	review(isRefused: (host: RefusedHost) => boolean): void {
		for (const known of [this.#refused, this.#remembered]) known.prune((host) => !isRefused(host));
	}

	/** Forgets what was seen in private windows. */
	forgetPrivate(): void {
		for (const known of [this.#refused, this.#remembered, this.#last]) {
			known.prune((_: unknown, key: string) => key.startsWith(PRIVATE));
		}
	}
}
