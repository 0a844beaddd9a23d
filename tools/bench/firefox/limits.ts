/** What was asked for, and what the measurements say to it. */

import type { Finding } from "../report.ts";
import { type Estimate, estimate, sequence } from "../statistics.ts";
import { countersign, EMPTY_LISTENER, EMPTY_TWIN, LEAF_ONLY, NAIVE_LISTENER } from "./contestants.ts";
import { type Measure, nameOf, type Plan, type Samples } from "./plan.ts";

/** Limits of the time that a page takes, as ratios to another contestant's in the same round. */
export const RATIOS = { empty: 1.05, naive: 1, credentials: 1.1 } as const;
/**
 * Round trips that checking first may add to the first visit of a host, and to the second. They come in
 * whole numbers: a quarter is for what the road and the timers add.
 */
export const ROUND_TRIPS = { first: 3.25, second: 0.25 } as const;
/** Milliseconds, and megabytes above the empty extension's process. */
export const LIMITS = { startUp: 50, popup: 150, memory: 20 } as const;

const [OFF, CREDENTIALS, ALWAYS] = [countersign("off"), countersign("credentials"), countersign("always")].map(
	nameOf,
) as [string, string, string];
const [EMPTY, TWIN, NAIVE] = [EMPTY_LISTENER, EMPTY_TWIN, NAIVE_LISTENER].map(nameOf) as [string, string, string];
const LEAF = nameOf(LEAF_ONLY);

/** Findings under their titles. */
export type Findings = readonly (readonly [title: string, findings: readonly Finding[]])[];

/** What the measurements say. */
export function judgeFirefox(
	samples: Samples,
	plan: Pick<Plan, "contestants" | "parts" | "spread" | "roundTripMs">,
): Findings {
	const random = sequence(11);
	const finding = (what: string, values: readonly number[], unit: string, limit: number | null = null): Finding => {
		const found: Estimate = estimate(values, random);
		return { what, found, unit, limit };
	};
	const every = (measure: Measure): Finding[] =>
		plan.contestants.map((one) => finding(nameOf(one), samples.ofContestant(nameOf(one), measure), "ms"));
	/** Compared round by round: what the machine does meanwhile falls on both. */
	const ratio = (measure: Measure, slow: string, fast: string, limit: number | null = null): Finding => {
		const others = samples.ofContestant(fast, measure);
		const ratios = samples.ofContestant(slow, measure).map((time, round) => time / (others[round] ?? Number.NaN));
		return finding(`${slow} to ${fast}`, ratios, "×", limit);
	};
	/** By how much farther servers make the difference larger: what is done at home falls out. */
	const roundTrips = (visit: "first" | "second", slow: string, limit: number | null): Finding => {
		const of = (name: string, place: "near" | "far") => samples.ofContestant(name, `${place} ${visit}`);
		const trips = of(slow, "far").map((far, round) => {
			const extra = far - (of(OFF, "far")[round] ?? Number.NaN);
			const atHome = (of(slow, "near")[round] ?? Number.NaN) - (of(OFF, "near")[round] ?? Number.NaN);
			return (extra - atHome) / (samples.ofContestant(OFF, "round trip")[round] ?? Number.NaN);
		});
		return finding(`${slow}, beyond ${OFF}`, trips, "round trips", limit);
	};
	return [
		[
			`(a) ${plan.parts} parts over HTTP/2 from one host, until all is there`,
			[
				...every("many"),
				ratio("many", OFF, EMPTY, RATIOS.empty),
				ratio("many", OFF, NAIVE, RATIOS.naive),
				ratio("many", NAIVE, EMPTY),
				// The least that can be asked of Firefox about a response.
				ratio("many", LEAF, EMPTY),
				ratio("many", TWIN, EMPTY),
			],
		],
		[
			`(b) ${plan.spread.parts} parts from ${plan.spread.hosts} hosts never visited before`,
			[...every("spread"), ratio("spread", CREDENTIALS, OFF, RATIOS.credentials), ratio("spread", OFF, EMPTY)],
		],
		[
			`(c) A host ${plan.roundTripMs} ms away: the first visit`,
			[...every("far first"), roundTrips("first", CREDENTIALS, null), roundTrips("first", ALWAYS, ROUND_TRIPS.first)],
		],
		[
			"… and the second",
			[
				...every("far second"),
				roundTrips("second", CREDENTIALS, null),
				roundTrips("second", ALWAYS, ROUND_TRIPS.second),
			],
		],
		["… the same first visit to a host at home", every("near first")],
		["… a round trip to the far host, as measured", [finding(OFF, samples.ofContestant(OFF, "round trip"), "ms")]],
		[
			"The extension itself",
			[
				finding("memory of its process", samples.of("memory countersign"), "MB"),
				finding("beyond that of the empty one", difference(samples), "MB", LIMITS.memory),
				finding("script start to listeners ready, when enabled", samples.of("start-up"), "ms", LIMITS.startUp),
				finding("… and when Firefox starts", samples.of("start-up with Firefox"), "ms", LIMITS.startUp),
				finding("popup asked for to painted", samples.of("popup"), "ms", LIMITS.popup),
			],
		],
	];
}

function difference(samples: Samples): number[] {
	const empty = samples.of("memory empty");
	return samples.of("memory countersign").map((own, start) => own - (empty[start] ?? Number.NaN));
}
