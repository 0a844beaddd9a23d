import type { Bound, Finding } from "../core/judge.ts";
import type { StoredException } from "../core/state.ts";
import type { Lasts } from "../protocol.ts";
import type { Target } from "./target.ts";

/** A way through, stored or not. */
export interface Exception extends Omit<StoredException, "rule" | "lasts"> {
	/** Null: nothing could be read of the connection, so no rule decided. */
	readonly rule: string | null;
	readonly lasts: Lasts;
	readonly private: boolean;
}

const boundKey = (bound: Bound): string =>
	bound.kind === "key" ? `key ${bound.spki}` : bound.kind === "leaf" ? `leaf ${bound.sha256}` : "host";

/** What an exception is for. Two with the same key let the same finding through at the same place. */
export const exceptionKey = ({
	host,
	port,
	rule,
	bound,
}: Pick<Exception, "host" | "port" | "rule" | "bound">): string => `${host}:${port}\n${rule ?? ""}\n${boundKey(bound)}`;

/**
 * Ways through. Those for an hour, a day or always are stored with the rules; those for this session
 * live here and end with Firefox; those made in private windows end with the last of these.
 */
export class Exceptions {
	readonly #session = new Map<string, Exception>();
	#private = new Map<string, Exception>();
	#stored = new Map<string, Exception>();
	readonly #now: () => number;

	/** `now` in milliseconds since 1970. */
	constructor(now: () => number) {
		this.#now = now;
	}

	/** Takes over what storage holds. */
	setStored(stored: readonly StoredException[]): void {
		this.#stored = new Map(stored.map((exception) => [exceptionKey(exception), { ...exception, private: false }]));
	}

	/** Adds one that is not stored: for this session, or for private windows. */
	add(exception: Exception): void {
		const kept = exception.private ? this.#private : this.#session;
		kept.set(exceptionKey(exception), exception);
	}

	/** Removes one that is not stored. False: there is none with that id. */
	remove(id: string): boolean {
		for (const kept of [this.#session, this.#private]) {
			for (const [key, exception] of kept) if (exception.id === id) return kept.delete(key);
		}
		return false;
	}

	forgetPrivate(): void {
		this.#private = new Map();
	}

	/** Removes those bound to a rule that is gone. */
	forgetRule(rule: string): void {
		for (const kept of [this.#session, this.#private]) {
			for (const [key, exception] of kept) if (exception.rule === rule) kept.delete(key);
		}
	}

	all(): Exception[] {
		return [...this.#private.values(), ...this.#session.values(), ...this.#stored.values()].filter((exception) =>
			this.isAlive(exception),
		);
	}

	/**
	 * Whether its time has not come. A clock that now shows a time before it was made was set back:
	 * how much of its time is left is then unknown, so it is over.
	 */
	isAlive({ until, created }: Pick<Exception, "until" | "created">): boolean {
		if (until === null) return true;
		const now = this.#now();
		return now < until && now >= created;
	}

	/** The exception that lets a finding through there, if any. Null finding: nothing could be read. */
	find(target: Target, isPrivate: boolean, finding: Finding | null): Exception | null {
		if (this.#session.size === 0 && this.#stored.size === 0 && this.#private.size === 0) return null;
		const key = exceptionKey({
			host: target.name,
			port: target.port,
			rule: finding?.rule.ref ?? null,
			bound: finding?.bound ?? { kind: "host" },
		});
		const exception =
			(isPrivate ? this.#private.get(key) : undefined) ?? this.#session.get(key) ?? this.#stored.get(key);
		return exception && this.isAlive(exception) ? exception : null;
	}
}
