import type { Connection } from "../core/judge.ts";
import { BoundedMap } from "./bounded.ts";
import type { Target } from "./target.ts";

/** How long a refused host's plain requests stay cancelled when nothing else is learnt of it. */
const REMEMBERED_MS = 10 * 60 * 1000;
const MAX_HOSTS = 1000;

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
}

/**
 * Hosts with a verdict pending, and hosts whose last verdict was a refusal. Firefox retries over
 * plain http when a load that it had upgraded by itself fails or takes long (HTTPS-First): for these
 * hosts nothing may go out without TLS. And who vouched for a host last: a document that comes
 * without a connection, out of a service worker or the back/forward cache, is judged by that.
 */
export class Hosts {
	readonly #held = new Map<string, Set<Promise<unknown>>>();
	readonly #refused: BoundedMap<string, RefusedHost & { readonly since: number }>;
	readonly #last = new BoundedMap<string, Connection>(MAX_HOSTS);
	readonly #now: () => number;

	/** `now` in milliseconds since 1970. */
	constructor(now: () => number) {
		this.#now = now;
		this.#refused = new BoundedMap(MAX_HOSTS);
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
		this.#last.set(keyOf(`${name}:${port}`, isPrivate), connection);
	}

	/** Who vouched for a host last, as far as that is remembered. */
	lastOf({ name, port }: Target, isPrivate: boolean): Connection | null {
		return this.#last.get(keyOf(`${name}:${port}`, isPrivate)) ?? null;
	}

	/** The last verdict was a refusal. */
	refuse(refused: RefusedHost): void {
		this.#refused.set(keyOf(refused.target.name, refused.private), { ...refused, since: this.#now() });
	}

	/** The last verdict was another. */
	accept(host: string, isPrivate: boolean): void {
		this.#refused.delete(keyOf(host, isPrivate));
	}

	/** The id of the refusal that keeps a host's plain requests from leaving, or null. */
	refusalOf(host: string, isPrivate: boolean): string | null {
		const entry = this.#refused.get(keyOf(host, isPrivate));
		if (!entry) return null;
		const age = this.#now() - entry.since;
		return age >= 0 && age < REMEMBERED_MS ? entry.refusal : null;
	}

	/** Forgets the refusals for which `isRefused` does not hold any more: the rules have changed. */
	review(isRefused: (host: RefusedHost) => boolean): void {
		this.#refused.prune((host) => !isRefused(host));
	}

	/** Forgets what was seen in private windows. */
	forgetPrivate(): void {
		for (const known of [this.#refused, this.#last]) known.prune((_, key) => key.startsWith(PRIVATE));
	}
}
