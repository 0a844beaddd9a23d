import fc from "fast-check";
import { expect, test } from "vitest";
import { anyOf, lowest, Ranks } from "../../src/core/ranks.ts";

const ranksOf = (set: Ranks): number[] => {
	const found: number[] = [];
	for (let word = set.first; word < set.end; word++) {
		for (let bits = set.word(word); bits !== 0; bits &= bits - 1) found.push(lowest(word, bits));
	}
	return found;
};

const ascending = fc.uniqueArray(fc.integer({ min: 0, max: 2000 })).map((ranks) => ranks.sort((a, b) => a - b));

test("a set gives back what was added, in order", () => {
	fc.assert(
		fc.property(ascending, (ranks) => {
			const set = new Ranks();
			for (const rank of ranks) set.add(rank);
			expect(ranksOf(set)).toEqual(ranks);
		}),
	);
});

test("several sets give what any of them has", () => {
	fc.assert(
		fc.property(fc.array(ascending, { maxLength: 4 }), fc.integer({ min: 0, max: 64 }), (lists, word) => {
			const sets = lists.map((ranks) => {
				const set = new Ranks();
				for (const rank of ranks) set.add(rank);
				return set;
			});
			const bits = anyOf(sets, word);
			for (let bit = 0; bit < 32; bit++) {
				expect((bits >>> bit) & 1).toBe(lists.flat().includes(word * 32 + bit) ? 1 : 0);
			}
		}),
	);
});

test("the edges of words", () => {
	const set = new Ranks();
	for (const rank of [31, 32, 63, 64, 95]) set.add(rank);
	expect(ranksOf(set)).toEqual([31, 32, 63, 64, 95]);
	expect(set.word(0)).toBe(1 << 31);
	expect(set.word(3)).toBe(0);
	expect([new Ranks().first, new Ranks().end, new Ranks().word(0)]).toEqual([0, 0, 0]);
});
