import { expect, it } from "vitest";
import { walk } from "../walk/walk.ts";

// The same steps each time: what is red here, the change at hand has broken. `npm run walk` covers new ground, and with
// `--seed N` makes the steps that led to a failure few.
const SEED = 3;

// A minute on an idle machine.
it("150 random steps show what the model says, and run nothing that is refused", { timeout: 300_000 }, async () => {
	console.log(`walk: seed ${SEED}`);
	const { failure, steps } = await walk({ seed: SEED, steps: 150, leg: 150, shrinkMs: 0 });
	expect(failure).toBeNull();
	expect(steps).toBe(150);
});
