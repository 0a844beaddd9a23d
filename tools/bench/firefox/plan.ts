/** What is measured, and what came of it. */
import type { Contestant } from "./contestants.ts";

/** What to measure. */
export interface Plan {
	readonly rounds: number;
	/** Null: no extension. */
	readonly contestants: readonly (Contestant | null)[];
	/** Folder of Countersign's build. */
	readonly build: string;
	/** Parts of the page that has them all from one host. */
	readonly parts: number;
	/** The page that has them from many. */
	readonly spread: { readonly parts: number; readonly hosts: number };
	/** Between enabling an extension and the first page, milliseconds. Countersign looks at cookies a second after its start. */
	readonly settleMs: number;
	/** How often each page is loaded in a turn. The first few of `many` are not timed. */
	readonly loads: {
		readonly warmUp: number;
		readonly many: number;
		readonly spread: number;
		readonly visits: number;
	};
	/** To the far servers, milliseconds. */
	readonly roundTripMs: number;
	/** How often Firefox is started with Countersign, and with the empty extension, for what they take of memory. */
	readonly starts: number;
}

/** What is measured of each contestant, by round. Milliseconds. */
export const MEASURES = [
	"many",
	"spread",
	"near first",
	"near second",
	"far first",
	"far second",
	"round trip",
] as const;
export type Measure = (typeof MEASURES)[number];

/** Measurements by what was measured, one for each round (or start, or opening). */
export class Samples {
	readonly #values = new Map<string, number[]>();

	add(what: string, value: number): void {
		const values = this.#values.get(what) ?? [];
		this.#values.set(what, values);
		values.push(value);
	}

	/** @throws when nothing of the kind was measured */
	of(what: string): readonly number[] {
		const values = this.#values.get(what);
		if (!values) throw new Error(`${what} was not measured`);
		return values;
	}

	/** One value for each round. */
	ofContestant(name: string, measure: Measure): readonly number[] {
		return this.of(`${name}: ${measure}`);
	}
}

export const NO_EXTENSION = "no extension";
export const nameOf = (contestant: Contestant | null): string => contestant?.name ?? NO_EXTENSION;
