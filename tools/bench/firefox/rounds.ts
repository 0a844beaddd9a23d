/** Measures all contestants in turns, in an order that changes from round to round. */
import { setTimeout as wait } from "node:timers/promises";
import { sequence } from "../statistics.ts";
import { Arena } from "./arena.ts";
import { type Contestant, EMPTY_LISTENER } from "./contestants.ts";
import { measureMemory, openPopup, startUp } from "./inside.ts";
import { type Measure, nameOf, type Plan, Samples } from "./plan.ts";
import { Sites } from "./sites.ts";

const median = (values: readonly number[]): number => {
	const sorted = values.toSorted((a, b) => a - b);
	const at = (sorted.length - 1) / 2;
	return ((sorted[Math.floor(at)] ?? Number.NaN) + (sorted[Math.ceil(at)] ?? Number.NaN)) / 2;
};

const shuffled = <Item>(items: readonly Item[], random: () => number): Item[] =>
	items
		.map((item) => ({ item, at: random() }))
		.sort((a, b) => a.at - b.at)
		.map(({ item }) => item);

async function times<Value>(count: number, once: () => Promise<Value>): Promise<Value[]> {
	const values: Value[] = [];
	for (let turn = 0; turn < count; turn++) values.push(await once());
	return values;
}

/** Everything that is measured of one contestant in one round. */
async function turn(arena: Arena, sites: Sites, plan: Plan, contestant: Contestant | null, samples: Samples) {
	const { tab } = arena;
	const { loads } = plan;
	const note = (measure: Measure, values: readonly number[]) =>
		samples.add(`${nameOf(contestant)}: ${measure}`, median(values));
	await arena.enable(contestant);
	if (contestant?.preflight === "credentials") samples.add("start-up", await startUp(arena.firefox));
	await wait(plan.settleMs);
	const many = async () => (await sites.many(tab, plan.parts)).load;
	await times(loads.warmUp, many);
	note("many", await times(loads.many, many));
	if (contestant?.preflight === "credentials") samples.add("popup", await openPopup(arena.firefox));
	note("spread", await times(loads.spread, async () => (await sites.spread(tab, plan.spread.parts)).load));
	const near = await times(loads.visits, () => sites.firstAndSecond(tab, false));
	const far = await times(loads.visits, () => sites.firstAndSecond(tab, true));
	for (const [place, visits] of [
		["near", near],
		["far", far],
	] as const) {
		note(
			`${place} first`,
			visits.map(([first]) => first.load),
		);
		note(
			`${place} second`,
			visits.map(([, second]) => second.load),
		);
	}
	const answer = (visits: typeof near) => median(visits.map(([, second]) => second.answer));
	note("round trip", [answer(far) - answer(near)]);
	await arena.disable(contestant);
}

/** Measures everything. */
export async function measureFirefox(plan: Plan): Promise<{ samples: Samples; browser: string }> {
	const samples = new Samples();
	const random = sequence(7);
	await using sites = await Sites.start(plan.spread.hosts, plan.roundTripMs);
	let browser: string;
	{
		await using arena = await Arena.open(
			sites,
			plan.contestants.filter((contestant) => contestant !== null),
			plan.build,
		);
		browser = await arena.firefox.browser.version();
		for (let round = 0; round < plan.rounds; round++) {
			for (const contestant of shuffled(plan.contestants, random)) await turn(arena, sites, plan, contestant, samples);
		}
	}
	const own = plan.contestants.find((contestant) => contestant?.preflight === "credentials");
	for (let start = 0; own && start < plan.starts; start++) {
		for (const contestant of shuffled([EMPTY_LISTENER, own], random)) {
			await measureMemory(sites, plan, contestant, samples);
		}
	}
	return { samples, browser };
}
