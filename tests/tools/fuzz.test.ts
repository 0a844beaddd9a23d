/** Five seconds of nonsense for everything that reads what comes from outside; `npm run fuzz` gives it more. */
import { describe, expect, it } from "vitest";
import { type Fuzzer, fuzz } from "../../tools/fuzz/fuzzer.ts";
import { isAllowed } from "../../tools/fuzz/greetings.ts";
import { chance, mutate } from "../../tools/fuzz/random.ts";
import { FUZZERS, lineOf } from "../../tools/fuzz.ts";

describe("nonsense", () => {
	it.each(FUZZERS.map((fuzzer) => [fuzzer.name, fuzzer] as const))("%s", async (_, fuzzer) => {
		// Each run is of other cases; the error that one ends in names its own.
		const fuzzed = await fuzz(fuzzer, 5, Date.now() % 2 ** 31);
		console.log(lineOf(fuzzed));
		expect(fuzzed.cases).toBeGreaterThan(20);
		expect(Object.keys(fuzzed.outcomes).length).toBeGreaterThan(1);
	});
});

describe("the fuzzer", () => {
	const fuzzer = (one: (seed: number) => Promise<string>): Fuzzer => ({
		name: "test",
		prepare: async () => (by) => one(by.below(1000)),
	});

	it("finds what is wrong, and names the case", async () => {
		const failing = fuzzer(async (number) => {
			if (number > 900) throw new Error("too large");
			return "fine";
		});
		await expect(fuzz(failing, 5, 1)).rejects.toThrow(/^test, case \d+: too large$/);
	});

	it("finds what is thrown where nobody waits for it", async () => {
		const failing = fuzzer(async () => {
			await new Promise<void>((resolve) => {
				setImmediate(() => {
					resolve();
					throw new Error("stray");
				});
			});
			return "fine";
		});
		await expect(fuzz(failing, 5, 1)).rejects.toThrow("stray");
	});

	it("gives the same case for the same seed", () => {
		const bytes = Buffer.from("* OK ready\r\n");
		expect(mutate(bytes, chance(7))).toEqual(mutate(bytes, chance(7)));
		expect(mutate(bytes, chance(7))).not.toEqual(mutate(bytes, chance(8)));
	});

	it("knows what a check may say", () => {
		const allowed = (text: string): boolean => isAllowed(Buffer.from(text, "latin1"), "imap");
		for (const text of ["", "a1 CAP", "a1 CAPABILITY\r\n", "a1 CAPABILITY\r\na2 STARTTLS\r\n\x16\x03\x01"])
			expect(allowed(text), text).toBe(true);
		for (const text of ["a1 LOGIN", "a1 CAPABILITY\r\na2 LOGIN x y\r\n", "a1 CAPABILITY\r\na2 STARTTLS\r\na3 LOGIN"])
			expect(allowed(text), text).toBe(false);
	});
});
