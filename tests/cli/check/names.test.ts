import type { LookupAddress } from "node:dns";
import { describe, expect, it } from "vitest";
import { createLookup, type Lookup } from "../../../cli/check/names.ts";

const ONE: LookupAddress = { address: "192.0.2.1", family: 4 };
const TWO: LookupAddress = { address: "2001:db8::1", family: 6 };

const ask = (lookup: Lookup, name: string): Promise<LookupAddress[]> =>
	new Promise((resolve, reject) => {
		lookup(name, { all: true }, (error, found) => (error ? reject(error) : resolve(found)));
	});

describe("names", () => {
	it("are asked of the system, each once while it is asked, and two at a time", async () => {
		const asked: string[] = [];
		const answers: (() => void)[] = [];
		const system = (name: string) => {
			asked.push(name);
			return new Promise<LookupAddress[]>((resolve) => answers.push(() => resolve([ONE, TWO])));
		};
		const direct = () => Promise.reject(new Error("asked directly"));
		const lookup = createLookup({ system, direct }, 60_000);
		const all = ["a", "b", "a", "c", "b"].map((name) => ask(lookup, name));
		await Promise.resolve();
		expect(asked).toEqual(["a", "b"]);
		answers[0]?.();
		await all[0];
		expect(asked).toEqual(["a", "b", "c"]);
		answers[1]?.();
		answers[2]?.();
		expect(await Promise.all(all)).toEqual(all.map(() => [ONE, TWO]));
		// Later it is asked anew.
		const again = ask(lookup, "a");
		await Promise.resolve();
		expect(asked).toEqual(["a", "b", "c", "a"]);
		answers[3]?.();
		await again;
	});

	it("one that hangs holds up no other", async () => {
		const hanging = (): Promise<LookupAddress[]> => new Promise(() => undefined);
		const direct = async (name: string) => {
			if (name === "gone") throw Object.assign(new Error("no such name"), { code: "ENOTFOUND" });
			return [ONE];
		};
		const lookup = createLookup({ system: hanging, direct }, 1);
		void ask(lookup, "hangs");
		void ask(lookup, "hangs too");
		expect(await ask(lookup, "fine")).toEqual([ONE]);
		await expect(ask(lookup, "gone")).rejects.toMatchObject({ code: "ENOTFOUND" });
	});

	it("that are not there end in the system's error", async () => {
		await expect(ask(createLookup(), "nobody.invalid")).rejects.toMatchObject({
			code: expect.stringMatching(/^(?:ENOTFOUND|EAI_AGAIN)$/),
		});
		expect((await ask(createLookup(), "localhost")).length).toBeGreaterThan(0);
	});
});
