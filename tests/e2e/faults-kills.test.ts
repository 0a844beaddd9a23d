/** Firefox is killed while it saves rules. `npm run faults -- --kills 50` does the same more often. */
import { describe, expect, it } from "vitest";
import { killWhileSaving, lostIn } from "../../tools/faults/kills.ts";

const seed = Number(process.env.COUNTERSIGN_SEED ?? Date.now() % 2 ** 31);

describe("Firefox killed in the middle of saving", () => {
	it("loses no rule that was confirmed, and none of before", async () => {
		console.log(`seed ${seed}`);
		const kills = await killWhileSaving({ kills: 5, seed, say: (line) => console.log(line) });
		expect(kills).toHaveLength(5);
		for (const kill of kills) {
			expect(kill.trouble).toBe(null);
			expect(lostIn(kill)).toEqual([]);
		}
		// Or nothing was put to the test.
		expect(kills.some(({ pending }) => pending !== null)).toBe(true);
	});
});
