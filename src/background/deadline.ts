/**
 * Settles as `promise` does, or with what `late` gives once `ms` milliseconds have passed. Nothing
 * waits for ever: verdicts that never come leave requests hanging even after a restart.
 */
export async function deadline<Value>(
	promise: Promise<Value>,
	ms: number,
	late: () => Value | Promise<Value>,
): Promise<Value> {
	let timer: ReturnType<typeof setTimeout> | undefined;
	const timeout = new Promise<typeof LATE>((resolve) => {
		timer = setTimeout(() => resolve(LATE), ms);
	});
	try {
		const first = await Promise.race([promise, timeout]);
		return first === LATE ? await late() : first;
	} finally {
		clearTimeout(timer);
	}
}

const LATE = Symbol("late");

interface Pending {
	/** Milliseconds of `performance.now()`. */
	readonly end: number;
	late: (() => void) | null;
}

/**
 * The same deadline for many promises at once: one timer serves all, since the oldest is always the
 * first to be late. A timer of its own for each response cost more than judging it.
 */
export class Deadlines {
	readonly #ms: number;
	#pending: Pending[] = [];
	#isTiming = false;

	/** `ms` in milliseconds. */
	constructor(ms: number) {
		this.#ms = ms;
	}

	/** Settles as `promise` does, or resolves with `late` when that takes too long. */
	race<Value>(promise: Promise<Value>, late: Value): Promise<Value> {
		return new Promise((resolve, reject) => {
			const pending: Pending = { end: performance.now() + this.#ms, late: () => resolve(late) };
			this.#pending.push(pending);
			this.#time(this.#ms);
			promise.then(
				(value) => {
					pending.late = null;
					resolve(value);
				},
				(error) => {
					pending.late = null;
					reject(error);
				},
			);
		});
	}

	#time(ms: number): void {
		if (this.#isTiming) return;
		this.#isTiming = true;
		setTimeout(() => {
			this.#isTiming = false;
			const now = performance.now();
			const waiting = this.#pending.filter(({ late }) => late !== null);
			this.#pending = waiting.filter(({ end }) => end > now);
			for (const { end, late } of waiting) if (end <= now) late?.();
			const [next] = this.#pending;
			if (next) this.#time(next.end - now);
		}, ms);
	}
}
