/** How a benchmark says what it found, and what was asked of it. */
import type { Estimate } from "./statistics.ts";

/** A measurement, with the limit that was set for it. */
export interface Finding {
	readonly what: string;
	readonly found: Estimate;
	/** "ms", "MB", "×", "round trips". */
	readonly unit: string;
	/** At most; null where nothing is asked. */
	readonly limit: number | null;
}

/** `missed` only when even the better end of the 95 % interval misses. */
export type Outcome = "none" | "ok" | "ok within noise" | "MISSED";

/** What came of a limit. Not a number, which is what nothing measured gives, misses. */
export function outcome({ found, limit }: Finding): Outcome {
	if (limit === null) return "none";
	if (found.median <= limit) return "ok";
	return found.low <= limit ? "ok within noise" : "MISSED";
}

const DIGITS: Readonly<Record<string, number>> = { "×": 3, "round trips": 2 };

/** One line for people. */
export function line(finding: Finding): string {
	const { what, found, unit, limit } = finding;
	const write = (value: number): string => value.toFixed(DIGITS[unit] ?? 1);
	const [lower, upper] = found.quartiles;
	const said = `${write(found.median).padStart(8)} ${unit}`.padEnd(21);
	const spread = `95 %: ${write(found.low)} – ${write(found.high)}; half of all: ${write(lower)} – ${write(upper)}`;
	const asked = limit === null ? "" : `  at most ${limit}: ${outcome(finding)}`;
	return `  ${what.padEnd(52)}${said}(${spread})${asked}`;
}
