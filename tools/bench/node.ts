/**
 * How many decisions a second one core makes, and whether the size of the policy shows. Missed is what
 * lies outside the 95 % interval of what was measured.
 */
import { cpus, loadavg } from "node:os";
import { readChain } from "../../src/core/chain.ts";
import { compile } from "../../src/core/compile.ts";
import { readHost } from "../../src/core/host.ts";
import type { Judge } from "../../src/core/judge.ts";
import { judgeRefusing, type Load, loads, underCatalogue } from "./catalogue.ts";
import { CROWDS, crowdTask } from "./crowds.ts";
import { type Measurements, measure, type Task } from "./measure.ts";
import { outcome, line as said } from "./report.ts";
import { type Estimate, estimate, sequence } from "./statistics.ts";
import { drawCatalogue, drawPolicy, MIX, type Response, Traffic } from "./world.ts";

const SIZES = [10, 1_000, 10_000] as const;
/** Decisions per second on one core. */
const TARGETS = { seen: 500_000, unseen: 50_000 } as const;
/** 10,000 selectors may take so much longer than 10, and all authorities than ten. */
const MAX_RATIO = 1.2;
/** Of loading the index. */
const MAX_LOAD: Load = { milliseconds: 20, megabytes: 3 };
const LOADS = 15;

type Kind = keyof typeof TARGETS;
const BATCH: Readonly<Record<Kind, number>> = { seen: 400, unseen: 200 };

/** Responses of one round as text, drawn once and read anew for each task, so that all get the same. */
class Batches {
	readonly #traffic = new Traffic(4);
	readonly #kind: Kind;
	#round = -1;
	#text = "";

	constructor(kind: Kind) {
		this.#kind = kind;
	}

	/** Fresh objects with fresh texts, as they come out of Firefox's own copying. */
	at(round: number): Response[] {
		if (round !== this.#round) {
			this.#round = round;
			this.#text = JSON.stringify(Array.from({ length: BATCH[this.#kind] }, () => this.#traffic[this.#kind]()));
		}
		return JSON.parse(this.#text);
	}
}

/** What the guard does for a response, as often as there are responses. */
function decide(judge: Judge, responses: readonly Response[]): number {
	let refused = 0;
	for (const { host, certificates } of responses) {
		const verdict = judge.judge({ host: readHost(host), evidence: readChain(certificates) });
		if (verdict.outcome !== "accept") refused++;
	}
	// Used, so that no compiler may leave the work out.
	if (refused > responses.length) throw new Error("more refusals than responses");
	return responses.length;
}

const name = (kind: Kind, size: number): string => `${kind} ${size}`;

function trafficTasks(): Task[] {
	const catalogue = drawCatalogue();
	const batches = { seen: new Batches("seen"), unseen: new Batches("unseen") };
	return SIZES.flatMap((size) => {
		const judge = compile({ admin: null, person: drawPolicy(size) }, catalogue);
		return (["seen", "unseen"] as const).map((kind): Task => {
			// Each kind has a judge of its own: chains never seen would push out what the other remembers.
			const own = kind === "seen" ? judge : compile({ admin: null, person: drawPolicy(size) }, catalogue);
			return {
				name: name(kind, size),
				prepare(round) {
					const responses = batches[kind].at(round);
					return () => decide(own, responses);
				},
			};
		});
	});
}

/** Rules by which every authority is refused: ten, or one for each. */
const REFUSED = { ten: 10, all: Number.POSITIVE_INFINITY } as const;
const refusedName = (refused: keyof typeof REFUSED, under: string): string => `${refused} rules, ${under}`;

/** The real catalogue: chains of strangers, as those of sites that no rule is about, and chains of its own. */
function catalogueTasks(): Task[] {
	const strangers = new Batches("seen");
	const known = new Batches("seen");
	return (["ten", "all"] as const).flatMap((refused): Task[] => {
		const [one, other] = [judgeRefusing(REFUSED[refused]), judgeRefusing(REFUSED[refused])];
		return [
			{
				name: refusedName(refused, "strangers"),
				prepare(round) {
					const responses = strangers.at(round);
					return () => decide(one, responses);
				},
			},
			{
				name: refusedName(refused, "known"),
				prepare(round) {
					const responses = known.at(round).map(underCatalogue);
					return () => decide(other, responses);
				},
			},
		];
	});
}

// ── Report ─────────────────────────────────────────────────────────────────────────────────────

const number = (value: number): string => Math.round(value).toLocaleString("en-US");
const perSecond = ({ median, low, high, quartiles }: Estimate): string =>
	`${number(median).padStart(11)}/s  (95 %: ${number(low)} – ${number(high)}; half of all: ${number(quartiles[0])} – ${number(quartiles[1])})`;
const times = ({ median, low, high }: Estimate): string =>
	`${median.toFixed(3)} ×  (95 %: ${low.toFixed(3)} – ${high.toFixed(3)})`;

const random = sequence(5);
let missed = 0;

/** One line, with what was asked of it. `hopeless`: even the better end of the interval misses. */
function line(what: string, said: string, target: string, isMet: boolean, hopeless: boolean): void {
	if (hopeless) missed++;
	const verdict = isMet ? "ok" : hopeless ? "MISSED" : "ok within noise";
	console.log(`  ${what.padEnd(34)} ${said}  ${target}: ${verdict}`);
}

function rates(measured: Measurements, task: string): Estimate {
	return estimate(
		(measured.get(task) ?? []).map((microseconds) => 1e6 / microseconds),
		random,
	);
}

/** Time of one task over that of another, compared round by round. */
function ratio(measured: Measurements, slow: string, fast: string): Estimate {
	const others = measured.get(fast) ?? [];
	return estimate(
		(measured.get(slow) ?? []).map((time, round) => time / (others[round] ?? Number.NaN)),
		random,
	);
}

function reportRate(what: string, measured: Measurements, task: string, target: number): void {
	const rate = rates(measured, task);
	line(what, perSecond(rate), `at least ${number(target)}/s`, rate.median >= target, rate.high < target);
}

function reportRatio(what: string, measured: Measurements, slow: string, fast: string, target: number): void {
	const found = ratio(measured, slow, fast);
	line(what, times(found), `at most ${target}`, found.median <= target, found.low > target);
}

/** Measures and reports. Answers with the number of targets that were missed. */
export function benchNode(rounds: number): number {
	const mix = [...new Set(MIX)].map((kind) => `${MIX.filter((one) => one === kind).length} ${kind}`).join(", ");
	console.log(
		`Decisions per second of processor time, one core (${cpus()[0]?.model ?? "unknown"}, Node ${process.versions.node})`,
	);
	console.log(`Of ten selectors: ${mix}. Up to 1,000 rules. Something is found in about 8 chains of 100.`);
	console.log(`Medians of ${rounds} rounds, all tasks in turns; each decision is readChain + readHost + judge.\n`);

	const tasks = [
		...trafficTasks(),
		...catalogueTasks(),
		...CROWDS.flatMap((crowd) => [crowdTask(crowd, 1), crowdTask(crowd, 1_000)]),
	];
	const measured = measure(tasks, rounds, 100);

	for (const kind of ["seen", "unseen"] as const) {
		console.log(kind === "seen" ? "Chains whose CA certificates were seen before" : "\nChains never seen");
		for (const size of SIZES) reportRate(`${number(size)} selectors`, measured, name(kind, size), TARGETS[kind]);
		reportRatio("10,000 selectors to 10", measured, name(kind, 10_000), name(kind, 10), MAX_RATIO);
	}

	console.log("\nThe real catalogue, all of it refused (chains whose CA certificates were seen before)");
	for (const under of ["strangers", "known"]) {
		const what = under === "strangers" ? "of others" : "all refused";
		const [few, all] = [refusedName("ten", under), refusedName("all", under)];
		reportRate(`10 rules, chains ${what}`, measured, few, TARGETS.seen);
		reportRate(`a rule for each, chains ${what}`, measured, all, TARGETS.seen);
		reportRatio(`a rule for each to 10, ${what}`, measured, all, few, MAX_RATIO);
	}

	console.log(`\nLoading its index, ${LOADS} times, each in a fresh process`);
	const loaded = loads(LOADS);
	for (const [unit, short] of [
		["milliseconds", "ms"],
		["megabytes", "MB"],
	] as const) {
		const values = loaded.map((load) => load[unit]);
		const finding = { what: unit, found: estimate(values, random), unit: short, limit: MAX_LOAD[unit] };
		if (outcome(finding) === "MISSED") missed++;
		console.log(said(finding));
	}

	console.log("\nThe worst: many rules that name the very same key (judge alone)");
	for (const crowd of CROWDS) {
		console.log(`  1,000 rules ${crowd.what}`);
		const [one, many] = [crowdTask(crowd, 1).name, crowdTask(crowd, 1_000).name];
		console.log(`  ${"1 rule".padEnd(34)} ${perSecond(rates(measured, one))}`);
		if (crowd.through)
			console.log(
				`  ${"1,000 rules".padEnd(34)} ${perSecond(rates(measured, many))}  (no target: see the documentation)`,
			);
		else reportRate("1,000 rules", measured, many, TARGETS.seen);
		console.log(`  ${"1,000 rules to 1".padEnd(34)} ${times(ratio(measured, many, one))}`);
	}

	const [load = 0] = loadavg();
	if (load > cpus().length)
		console.log(
			`\nThe machine is busy (load ${load.toFixed(1)}, ${cpus().length} processors): alone, it decides faster.`,
		);
	return missed;
}
