import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { catalogue as shipped } from "../../src/catalogue/index.ts";
import { readChain } from "../../src/core/chain.ts";
import { compile } from "../../src/core/compile.ts";
import { readHost } from "../../src/core/host.ts";
import { parsePolicy } from "../../src/schema/policy.ts";
import { judgeRefusing, loads, refusing, underCatalogue } from "../../tools/bench/catalogue.ts";
import { judgeFirefox } from "../../tools/bench/firefox/limits.ts";
import { MEASURES, nameOf, Samples } from "../../tools/bench/firefox/plan.ts";
import { Road } from "../../tools/bench/firefox/road.ts";
import { CONTESTANTS } from "../../tools/bench/firefox.ts";
import { measure } from "../../tools/bench/measure.ts";
import { type Finding, line, outcome } from "../../tools/bench/report.ts";
import { estimate, sequence } from "../../tools/bench/statistics.ts";
import { drawCatalogue, drawPolicy, MIX, type Response, Traffic } from "../../tools/bench/world.ts";

describe("estimates", () => {
	test("of equal values are that value", () => {
		expect(estimate([7, 7, 7], sequence(1))).toEqual({ median: 7, low: 7, high: 7, quartiles: [7, 7] });
	});

	test("are the same each time, and hold the median between their ends", () => {
		const random = sequence(2);
		const values = Array.from({ length: 101 }, () => random() * 10);
		const { median, low, high, quartiles } = estimate(values, sequence(1));
		expect(median).toBe(values.toSorted((a, b) => a - b)[50]);
		expect(low).toBeLessThanOrEqual(median);
		expect(high).toBeGreaterThanOrEqual(median);
		expect(quartiles[0]).toBeLessThan(low);
		expect(quartiles[1]).toBeGreaterThan(high);
		expect(estimate(values, sequence(1))).toEqual({ median, low, high, quartiles });
	});

	test("hold the true median in 95 of 100 series, about", () => {
		const random = sequence(3);
		const held = Array.from({ length: 200 }, () => {
			const { low, high } = estimate(
				Array.from({ length: 41 }, () => random() ** 3),
				random,
			);
			return low <= 0.125 && high >= 0.125;
		}).filter(Boolean).length;
		expect(held).toBeGreaterThan(180);
	});
});

test("tasks are measured in turns, and warming up does not count", () => {
	const order: string[] = [];
	const task = (name: string) => ({ name, prepare: (round: number) => () => order.push(`${name}${round}`) && 1 });
	const measured = measure([task("a"), task("b")], 3, 2);
	expect(measured.get("a")).toHaveLength(3);
	for (let round = 0; round < 5; round++) {
		expect(order.slice(2 * round, 2 * round + 2).sort()).toEqual([`a${round}`, `b${round}`]);
	}
});

describe("the policies that are measured", () => {
	const catalogue = drawCatalogue();

	test.each([10, 1_000, 10_000])("of %i selectors are ones that a person could import", (size) => {
		const policy = drawPolicy(size);
		expect(policy.rules.flatMap(({ match }) => match)).toHaveLength(size);
		const parsed = parsePolicy(JSON.stringify(policy), "person", (id) => catalogue.byId(id) !== undefined);
		expect(parsed).toMatchObject({ ok: true });
	});

	test("hold every kind of selector, and the shares that are stated", () => {
		const kinds = drawPolicy(1_000).rules.flatMap(({ match }) => match.flatMap(Object.keys));
		for (const kind of new Set(MIX)) {
			expect(kinds.filter((one) => one === kind)).toHaveLength(100 * MIX.filter((one) => one === kind).length);
		}
	});

	test("find something in one chain of ten, and in the same ones whatever their size", () => {
		const judges = [10, 1_000, 10_000].map((size) => compile({ admin: null, person: drawPolicy(size) }, catalogue));
		for (const kind of ["seen", "unseen"] as const) {
			const traffic = new Traffic(4);
			const found = Array.from({ length: 3_000 }, () => {
				const { host, certificates }: Response = traffic[kind]();
				const evidence = readChain(certificates);
				expect(evidence.kind).toBe("chain");
				return judges.map((judge) => judge.judge({ host: readHost(host), evidence }).outcome !== "accept");
			});
			const share = found.filter(([found]) => found).length / found.length;
			expect(share).toBeGreaterThan(0.05);
			expect(share).toBeLessThan(0.12);
			expect(found.every((all) => new Set(all).size === 1)).toBe(true);
		}
	});
});

describe("the real catalogue", () => {
	test("can be refused by a rule for each authority, or by ten", () => {
		const known = (id: string): boolean => shipped.byId(id) !== undefined;
		for (const [rules, expected] of [
			[10, 10],
			[Number.POSITIVE_INFINITY, shipped.authorities.length],
		] as const) {
			const policy = refusing(rules);
			expect(policy.rules).toHaveLength(expected);
			expect(policy.rules.flatMap(({ match }) => match)).toHaveLength(shipped.authorities.length);
			expect(parsePolicy(JSON.stringify(policy), "person", known)).toMatchObject({ ok: true });
		}
	});

	test("has chains of its own, which are all refused, and others, which are not", () => {
		const traffic = new Traffic(4);
		const responses = Array.from({ length: 500 }, () => traffic.seen());
		for (const rules of [10, Number.POSITIVE_INFINITY]) {
			// A judge remembers certificates by their fingerprints, and these are the same ones with other keys.
			const outcomes = (judged: readonly Response[]): Set<string> => {
				const judge = judgeRefusing(rules);
				return new Set(
					judged.map(
						({ host, certificates }) =>
							judge.judge({ host: readHost(host), evidence: readChain(certificates) }).outcome,
					),
				);
			};
			expect(outcomes(responses.map(underCatalogue))).toEqual(new Set(["refuse"]));
			expect(outcomes(responses)).toEqual(new Set(["accept"]));
		}
	});

	test("loads in a process of its own, and says what that took", () => {
		const [load, ...others] = loads(1);
		expect(others).toEqual([]);
		expect(load?.milliseconds).toBeGreaterThan(0);
		// 2,400 keys of 44 characters are a tenth of it.
		expect(load?.megabytes).toBeGreaterThan(0.1);
		expect(load?.megabytes).toBeLessThan(3);
	});
});

describe("limits", () => {
	const found = (median: number, low: number, high: number): Finding => ({
		what: "a thing",
		found: { median, low, high, quartiles: [low, high] },
		unit: "×",
		limit: 1.05,
	});

	test.each([
		[found(1.04, 1.01, 1.2), "ok"],
		[found(1.1, 1.04, 1.2), "ok within noise"],
		[found(1.1, 1.06, 1.2), "MISSED"],
		[found(Number.NaN, Number.NaN, Number.NaN), "MISSED"],
		[{ ...found(9, 8, 10), limit: null }, "none"],
	])("are missed beyond doubt only: %o", (finding, expected) => {
		expect(outcome(finding)).toBe(expected);
		expect(line(finding).includes("MISSED")).toBe(expected === "MISSED");
	});

	/** Samples in which everything takes so long, but for what is named. */
	const samples = (exceptions: Readonly<Record<string, number>> = {}): Samples => {
		const all = new Samples();
		const times: Record<string, number> = {
			"memory empty": 40,
			"memory countersign": 50,
			"start-up": 10,
			"start-up with Firefox": 20,
			popup: 100,
		};
		for (const contestant of CONTESTANTS) {
			for (const measure of MEASURES) {
				times[`${nameOf(contestant)}: ${measure}`] =
					measure === "round trip" ? 50 : measure.startsWith("far") ? 200 : 100;
			}
		}
		for (const [what, value] of Object.entries({ ...times, ...exceptions })) {
			for (let round = 0; round < 20; round++) all.add(what, value);
		}
		return all;
	};
	const plan = { contestants: CONTESTANTS, parts: 300, spread: { parts: 100, hosts: 25 }, roundTripMs: 50 };
	const missed = (exceptions?: Readonly<Record<string, number>>): string[] =>
		judgeFirefox(samples(exceptions), plan)
			.flatMap(([, findings]) => findings)
			.filter((finding) => outcome(finding) === "MISSED")
			.map(({ what }) => what);

	test("are met when all are alike", () => {
		expect(missed()).toEqual([]);
	});

	test.each([
		[{ "countersign off: many": 106 }, ["countersign off to empty", "countersign off to naive"]],
		[{ "countersign off: many": 104, "naive: many": 103 }, ["countersign off to naive"]],
		[{ "countersign credentials: spread": 111 }, ["countersign credentials to countersign off"]],
		[{ "countersign always: far first": 350 }, []],
		[{ "countersign always: far first": 400 }, ["countersign always, beyond countersign off"]],
		// What takes longer at home as well is no round trip.
		[{ "countersign always: far first": 400, "countersign always: near first": 160 }, []],
		[{ "countersign always: far second": 250 }, ["countersign always, beyond countersign off"]],
		[{ "memory countersign": 61 }, ["beyond that of the empty one"]],
		[{ "start-up": 51 }, ["script start to listeners ready, when enabled"]],
		[{ "start-up with Firefox": 51 }, ["… and when Firefox starts"]],
		[{ popup: 151 }, ["popup asked for to painted"]],
	])("are missed by what is too slow: %o", (exceptions, expected) => {
		expect(missed(exceptions)).toEqual(expected);
	});

	test("want every measurement", () => {
		expect(() => judgeFirefox(new Samples(), plan)).toThrow("was not measured");
	});
});

test("a road keeps what is sent whole and in order, and holds it for a round trip or two", async () => {
	const server = createServer((socket) => socket.pipe(socket));
	await once(server.listen(0, "127.0.0.1"), "listening");
	const road = await Road.start((server.address() as AddressInfo).port, 20);
	try {
		const client = connect(road.port, "127.0.0.1");
		const start = performance.now();
		const sent = Array.from({ length: 50 }, (_, number) => `${number};`.repeat(200));
		for (const chunk of sent) client.write(chunk);
		client.end();
		let got = "";
		let first = Number.NaN;
		for await (const chunk of client) {
			if (got === "") first = performance.now() - start;
			got += chunk;
		}
		expect(got).toBe(sent.join(""));
		// One round trip for the connection, one for the echo; a timer may be early by the rest of a millisecond.
		expect(first).toBeGreaterThan(37);
	} finally {
		await road.close();
		server.close();
	}
});
