import type { Connection } from "../core/judge.ts";
import type { Refusal } from "../protocol.ts";
import { BoundedMap } from "./bounded.ts";
import type { Target } from "./target.ts";

/** A refusal with what is needed to judge it again. */
export interface KeptRefusal {
	readonly refusal: Refusal;
	/** Null of what is unanswered. */
	readonly connection: Connection | null;
	readonly target: Target;
	readonly tabId: number;
}

/** The block page in hand, and every part listed in a popup, have details among the newest this many. */
const MAX_KEPT = 500;

/**
 * Details of refusals by id, newest kept. They live in memory only: addresses that were visited are
 * never written.
 */
export class Refusals {
	readonly #kept = new BoundedMap<string, KeptRefusal>(MAX_KEPT);

	add(kept: KeptRefusal): void {
		this.#kept.set(kept.refusal.id, kept);
	}

	get(id: string): KeptRefusal | null {
		return this.#kept.get(id) ?? null;
	}

	/** All that are known, oldest first. */
	all(): Iterable<KeptRefusal> {
		return this.#kept.values();
	}

	/** Forgets what was seen in private windows. */
	forgetPrivate(): void {
		this.#kept.prune(({ refusal }) => refusal.private);
	}
}
