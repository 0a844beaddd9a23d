import { randomInt } from "node:crypto";
import { expect, it } from "vitest";
import { walk } from "../walk/walk.ts";

// A failure shows the steps that led to it; `npm run walk -- --seed N` makes them few.
// A minute on an idle machine.
it("150 random steps show what the model says, and run nothing that is refused", { timeout: 300_000 }, async () => {
	const seed = randomInt(2 ** 31);
	console.log(`walk: seed ${seed}`);
	const { failure, steps } = await walk({ seed, steps: 150, leg: 150, shrinkMs: 0 });
	expect(failure).toBeNull();
	expect(steps).toBe(150);
});
