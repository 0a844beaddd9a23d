/** Ways through: which connection finds which, and how they end. */
import { describe, expect, it } from "vitest";
import { type Exception, Exceptions } from "../../src/background/exceptions.ts";
import { readTarget, type Target } from "../../src/background/target.ts";
import type { Bound, Finding } from "../../src/core/judge.ts";
import type { StoredException } from "../../src/core/state.ts";
import { spki } from "../core/draw.ts";
import { NOW } from "./fake.ts";

const KEY: Bound = { kind: "key", spki: spki("A") };

const exception = (more: Partial<Exception> = {}): Exception => ({
	id: "one",
	host: "a.example",
	port: 443,
	rule: "r",
	bound: KEY,
	found: "A",
	lasts: "session",
	until: null,
	created: NOW,
	private: false,
	...more,
});

const target = (url: string): Target => {
	const read = readTarget(url);
	if (!read) throw new Error(url);
	return read;
};
const HERE = target("https://a.example/");

const finding = (ref = "r", bound: Bound = KEY) => ({ rule: { ref }, bound }) as Finding;

const stored = (more: Partial<StoredException> = {}): StoredException => {
	const { private: _, ...rest } = exception();
	return { ...rest, id: "stored", rule: "r", lasts: "always", ...more };
};

describe("an exception", () => {
	const exceptions = new Exceptions(() => NOW);
	exceptions.add(exception());

	it("is found by the same host, port, rule and key", () => {
		expect(exceptions.find(HERE, false, finding())?.id).toBe("one");
		expect(exceptions.find(target("https://A.EXAMPLE./x?y"), false, finding())?.id).toBe("one");
	});

	it.each([
		["another host", target("https://b.example/"), finding()],
		["a host below", target("https://www.a.example/"), finding()],
		["another port", target("https://a.example:444/"), finding()],
		["another rule", HERE, finding("other")],
		["another key", HERE, finding("r", { kind: "key", spki: spki("B") })],
		["another kind of finding", HERE, finding("r", { kind: "leaf", sha256: spki("A") })],
		["a connection that cannot be read", HERE, null],
	])("is not found by %s", (_, where, what) => expect(exceptions.find(where, false, what)).toBe(null));

	it("for what cannot be read is found by its host alone", () => {
		const unreadable = new Exceptions(() => NOW);
		unreadable.add(exception({ rule: null, bound: { kind: "host" } }));
		expect(unreadable.find(HERE, false, null)?.id).toBe("one");
		expect(unreadable.find(HERE, false, finding())).toBe(null);
	});

	it("made in a private window counts there only, before the others", () => {
		const both = new Exceptions(() => NOW);
		both.add(exception({ id: "private", private: true }));
		expect(both.find(HERE, false, finding())).toBe(null);
		expect(both.find(HERE, true, finding())?.id).toBe("private");
		both.add(exception({ id: "session" }));
		expect(both.find(HERE, true, finding())?.id).toBe("private");
		both.forgetPrivate();
		expect(both.find(HERE, true, finding())?.id).toBe("session");
	});
});

describe("an exception ends", () => {
	it("when its time is over, to the millisecond, and when the clock was set back", () => {
		let now = NOW;
		const exceptions = new Exceptions(() => now);
		exceptions.setStored([stored({ lasts: "hour", until: NOW + 1000 })]);
		now = NOW + 999;
		expect(exceptions.find(HERE, false, finding())?.id).toBe("stored");
		now = NOW + 1000;
		expect(exceptions.find(HERE, false, finding())).toBe(null);
		expect(exceptions.all()).toEqual([]);
		now = NOW - 1;
		expect(exceptions.find(HERE, false, finding())).toBe(null);
	});

	it("that lasts always, whatever the clock says, does not", () => {
		let now = NOW;
		const exceptions = new Exceptions(() => now);
		exceptions.setStored([stored()]);
		for (now of [0, NOW - 1, NOW + 1e12]) expect(exceptions.find(HERE, false, finding())?.id).toBe("stored");
	});

	it("when it is removed, with its rule, and when storage holds it no more", () => {
		const exceptions = new Exceptions(() => NOW);
		exceptions.add(exception());
		exceptions.setStored([stored({ host: "b.example" })]);
		expect(exceptions.all().map(({ id }) => id)).toEqual(["one", "stored"]);
		// What is stored is removed there.
		expect(exceptions.remove("stored")).toBe(false);
		expect(exceptions.remove("one")).toBe(true);
		exceptions.add(exception());
		exceptions.add(exception({ id: "private", private: true }));
		exceptions.add(exception({ id: "other", rule: "other" }));
		exceptions.forgetRule("r");
		expect(exceptions.all().map(({ id }) => id)).toEqual(["other", "stored"]);
		exceptions.setStored([]);
		expect(exceptions.all().map(({ id }) => id)).toEqual(["other"]);
	});
});
