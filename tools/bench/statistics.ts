/** What can be said of measurements that scatter. */

/** A median with what it may be: with 95 % confidence it lies between `low` and `high`. */
export interface Estimate {
	readonly median: number;
	readonly low: number;
	readonly high: number;
	/** Half of the measurements lie between these. */
	readonly quartiles: readonly [number, number];
}

/** Value at a share of the way through sorted measurements. */
function quantile(sorted: Float64Array, share: number): number {
	const at = share * (sorted.length - 1);
	const below = sorted[Math.floor(at)] ?? Number.NaN;
	const above = sorted[Math.ceil(at)] ?? Number.NaN;
	return below + (above - below) * (at - Math.floor(at));
}

const RESAMPLES = 2000;

/**
 * Estimates the median by bootstrap (Efron 1979, percentile interval): nothing is assumed about how
 * measurements scatter, which on a busy machine is anything but normally.
 *
 * @param values at least one measurement
 * @param random gives numbers from 0 to 1; a fixed sequence makes the estimate repeatable
 */
export function estimate(values: readonly number[], random: () => number): Estimate {
	const sorted = Float64Array.from(values).sort();
	const sample = new Float64Array(sorted.length);
	const medians = new Float64Array(RESAMPLES);
	for (let turn = 0; turn < RESAMPLES; turn++) {
		for (let at = 0; at < sample.length; at++) sample[at] = sorted[Math.floor(random() * sorted.length)] ?? 0;
		medians[turn] = quantile(sample.sort(), 0.5);
	}
	medians.sort();
	return {
		median: quantile(sorted, 0.5),
		low: quantile(medians, 0.025),
		high: quantile(medians, 0.975),
		quartiles: [quantile(sorted, 0.25), quantile(sorted, 0.75)],
	};
}

/** A repeatable sequence of numbers from 0 to 1 (mulberry32). */
export function sequence(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}
