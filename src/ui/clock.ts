/** Time as an argument, so that tests and the gallery can stop it. */
export interface Clock {
	/** Milliseconds since 1970. */
	now(): number;
	/** Calls back once, after `ms`. Returns a function that prevents it. */
	after(ms: number, callback: () => void): () => void;
}

/** The real one. */
export const clock: Clock = {
	now: () => Date.now(),
	after(ms, callback) {
		const timer = setTimeout(callback, ms);
		return () => clearTimeout(timer);
	},
};
