import { BoundedMap } from "./bounded.ts";

/** How long what a site showed spares it another probe. */
const CHECKED_MS = 10 * 60 * 1000;
/** How often {@link Checked.beat} is to be called, in milliseconds. */
export const BEAT_MS = 30_000;
/** When beats stop for so long, the computer slept, or somebody set its clock. */
const SLEPT_MS = 3 * BEAT_MS;
/** What is told twice within so long is noted once. */
const SAME_MS = 10_000;
const MAX_CHECKED = 5000;
/** Requests whose leaving is remembered. One that is not costs a probe. */
const MAX_LEFT = 2000;

/**
 * The origins whose authorities were accepted lately, by the way that was taken to them. It spares
 * probes and nothing else: every response is judged, whatever stands here. Forgotten after ten minutes
 * and whenever the network or the rules may be others.
 */
export class Checked {
	readonly #since = new BoundedMap<string, number>(MAX_CHECKED);
	readonly #now: () => number;
	#beat: number;
	#generation = 0;
	/** The generation in which a request left last, by its id. */
	readonly #left = new BoundedMap<string, number>(MAX_LEFT);

	/** `now` in milliseconds since 1970. */
	constructor(now: () => number) {
		this.#now = now;
		this.#beat = now();
	}

	/** Changes whenever everything is forgotten: what was asked for before does not count after. */
	get generation(): number {
		return this.#generation;
	}

	/** Notes that a request is about to leave. */
	leaves(requestId: string): void {
		this.#left.set(requestId, this.#generation);
	}

	/**
	 * Whether the answer to a request says something about now. Not where it left before everything was forgotten, or
	 * was not seen to leave: its connection may be of the network before.
	 */
	isOfNow(requestId: string): boolean {
		return this.#left.get(requestId) === this.#generation;
	}

	/** Notes that an origin was accepted just now. */
	note(origin: string): void {
		const now = this.#now();
		const since = this.#since.get(origin);
		// Hundreds of parts come from one origin.
		if (since !== undefined && now >= since && now - since < SAME_MS) return;
		this.#since.set(origin, now);
	}

	has(origin: string): boolean {
		this.#noticeSleep();
		const since = this.#since.get(origin);
		if (since === undefined) return false;
		const age = this.#now() - since;
		return age >= 0 && age < CHECKED_MS;
	}

	/** The network, the rules or the clock are not what they were. */
	forget(): void {
		this.#generation++;
		this.#since.prune(() => true);
	}

	/** To be called every {@link BEAT_MS}. A computer that sleeps does not, and wakes in another place. */
	beat(): void {
		this.#noticeSleep();
		this.#beat = this.#now();
	}

	#noticeSleep(): void {
		const passed = this.#now() - this.#beat;
		if (passed >= 0 && passed < SLEPT_MS) return;
		this.#beat = this.#now();
		this.forget();
	}
}
