import { describe, expect, test } from "vitest";
import { readChain } from "../../src/core/chain.ts";
import { compile } from "../../src/core/compile.ts";
import { readHost } from "../../src/core/host.ts";
import { parsePolicy } from "../../src/schema/policy.ts";
import { measure } from "../../tools/bench/measure.ts";
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
