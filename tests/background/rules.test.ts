/** What is in force, and how it gets into storage and out of it. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Managed } from "../../src/browser/storage.ts";
import { firstState, type State, type StoredException } from "../../src/core/state.ts";
import { spki } from "../core/draw.ts";
import { against, createFake, type Fake, type FakeOptions, NOW, never, pending } from "./fake.ts";

const managed = (letter: string, more: Record<string, unknown> = {}): Managed => ({
	kind: "value",
	value: { policy: { version: 1, rules: [{ id: "firm", title: "Firm", match: [{ spki: spki(letter) }] }] }, ...more },
});

async function start(options: FakeOptions = {}): Promise<Fake> {
	const fake = createFake(options);
	await fake.app.rules.ready;
	return fake;
}

const refs = ({ app }: Fake): string[] => app.rules.judge.rules.map(({ ref }) => ref);

const exception = (rule: string, more: Partial<StoredException> = {}): StoredException => ({
	id: `for ${rule}`,
	host: "a.example",
	port: 443,
	rule,
	bound: { kind: "key", spki: spki("A") },
	found: "A",
	lasts: "always",
	until: null,
	created: NOW,
	...more,
});

const add = (fake: Fake, letter: string) =>
	fake.app.rules.edit(({ rules }) => ({ rules: [...rules, against(letter)] }), { what: "add", title: letter });

describe("loading", () => {
	it("gives the first rules on a first start, and writes nothing", async () => {
		const fake = await start();
		expect(refs(fake)).toEqual(["a"]);
		expect(fake.app.rules.trouble).toBe(null);
		expect(fake.writes).toEqual([]);
	});

	it("has the first rules in force before what is stored was read", () => {
		const state = { ...firstState({ version: 1, rules: [against("T")] }), welcomed: true };
		const fake = createFake({ stored: { state } });
		expect(fake.app.rules.judge.rules.map(({ ref }) => ref)).toEqual(["a"]);
	});

	it("gives what was stored", async () => {
		const state = { ...firstState({ version: 1, rules: [against("T")] }), welcomed: true };
		const fake = await start({ stored: { state } });
		expect(refs(fake)).toEqual(["t"]);
		expect(fake.app.rules.state.welcomed).toBe(true);
	});

	it("gives the first rules when reading fails, says so, and keeps from writing", async () => {
		const fake = await start({ readError: new Error("disk on fire") });
		expect(refs(fake)).toEqual(["a"]);
		expect(fake.app.rules.trouble).toEqual({ kind: "first-rules", detail: "disk on fire" });
		expect(await add(fake, "T")).toEqual({
			ok: false,
			error: "storage: expected to be writable, got disk on fire",
		});
		expect(refs(fake)).toEqual(["a"]);
		expect(fake.writes).toEqual([]);
		// Nothing is lost, so there is nothing to put away.
		fake.app.rules.dismissTrouble();
		expect(fake.app.rules.trouble).not.toBe(null);
	});

	it("reads again before the first change when reading had failed, and loses nothing", async () => {
		const state = firstState({ version: 1, rules: [against("T")] });
		const fake = await start({ stored: { state }, readError: new Error("busy"), managed: managed("B") });
		expect(refs(fake)).toEqual(["admin/firm", "a"]);
		fake.readError = null;
		expect(await add(fake, "C")).toEqual({ ok: true });
		// What the administrator deployed meanwhile is still in force.
		expect(refs(fake)).toEqual(["admin/firm", "t", "c"]);
		expect(fake.app.rules.trouble).toBe(null);
		expect((fake.stored.state as State).policy.rules.map(({ id }) => id)).toEqual(["t", "c"]);
	});

	it("is ready even when everything fails at once", async () => {
		const fake = await start({
			readError: new Error("no"),
			managed: () => {
				throw new Error("no");
			},
		});
		expect(refs(fake)).toEqual(["a"]);
	});
});

describe("a change", () => {
	it("is one write of the new state and the one before it", async () => {
		const fake = await start();
		expect(await add(fake, "T")).toEqual({ ok: true });
		expect(await add(fake, "C")).toEqual({ ok: true });
		expect(fake.writes).toHaveLength(2);
		expect(Object.keys(fake.writes[1] ?? {}).sort()).toEqual(["previous", "state"]);
		expect(fake.writes[1]?.previous).toEqual(fake.writes[0]?.state);
	});

	it("is in force only once it is stored", async () => {
		const written = pending();
		const fake = await start({ deps: { writeStorage: () => written.promise } });
		const changed = add(fake, "T");
		await Promise.resolve();
		expect(refs(fake)).toEqual(["a"]);
		written.resolve();
		await changed;
		expect(refs(fake)).toEqual(["a", "t"]);
	});

	it("that cannot be stored changes nothing, and the next one can be", async () => {
		const fake = await start();
		fake.writeError = new Error("no space");
		expect(await add(fake, "T")).toEqual({ ok: false, error: "storage: expected to be written, got no space" });
		expect(refs(fake)).toEqual(["a"]);
		expect(fake.app.rules.state.undo).toBe(null);
		fake.writeError = null;
		expect(await add(fake, "T")).toEqual({ ok: true });
		expect(refs(fake)).toEqual(["a", "t"]);
	});

	it("waits for the one before it: none is lost, whatever the order of answers", async () => {
		const fake = await start();
		const answers = await Promise.all(["B", "C", "D", "E", "T"].map((letter) => add(fake, letter)));
		expect(answers.every(({ ok }) => ok)).toBe(true);
		expect(refs(fake)).toEqual(["a", "b", "c", "d", "e", "t"]);
		expect(fake.writes).toHaveLength(5);
	});

	it("that throws in the making does not stop the ones after it", async () => {
		const fake = await start();
		const broken = fake.app.rules.change(
			() => {
				throw new Error("mistake");
			},
			{ tightened: false },
		);
		await expect(broken).rejects.toThrow("mistake");
		expect(await add(fake, "T")).toEqual({ ok: true });
	});

	it("is checked as a whole", async () => {
		const fake = await start();
		const twice = await fake.app.rules.edit(({ rules }) => ({ rules: [...rules, against("A")] }), {
			what: "add",
			title: "",
		});
		expect(twice).toMatchObject({ ok: false, error: expect.stringContaining("id") });
		expect(fake.writes).toEqual([]);
	});

	it("that the next start could not read is not written", async () => {
		const fake = await start();
		const changed = await fake.app.rules.change((state) => ({ ...state, welcomed: "yes" as never }), {
			tightened: false,
		});
		expect(changed.ok).toBe(false);
		expect(fake.writes).toEqual([]);
		expect(fake.app.rules.state.welcomed).toBe(false);
	});
});

describe("ways through", () => {
	const alive = () => true;

	it("are stored with the rules, one for each finding", async () => {
		const fake = await start();
		await fake.app.rules.addException(exception("a"), alive);
		await fake.app.rules.addException(exception("a", { id: "again", lasts: "hour", until: NOW + 1 }), alive);
		await fake.app.rules.addException(exception("a", { id: "elsewhere", port: 444 }), alive);
		expect(fake.app.rules.state.exceptions.map(({ id }) => id)).toEqual(["again", "elsewhere"]);
	});

	it("that are over go when another is stored, and the oldest of very many", async () => {
		const fake = await start();
		await fake.app.rules.addException(exception("a", { until: NOW - 1, lasts: "hour" }), alive);
		await fake.app.rules.addException(exception("a", { host: "b.example" }), ({ until }) => until === null);
		expect(fake.app.rules.state.exceptions.map(({ host }) => host)).toEqual(["b.example"]);
		const many = Array.from({ length: 5000 }, (_, n) => exception("a", { id: String(n), host: `h${n}.example` }));
		await fake.app.rules.change((state) => ({ ...state, exceptions: many }), { tightened: false });
		await fake.app.rules.addException(exception("a", { host: "new.example" }), alive);
		const { exceptions } = fake.app.rules.state;
		expect([exceptions.length, exceptions[0]?.host, exceptions.at(-1)?.host]).toEqual([
			5000,
			"h1.example",
			"new.example",
		]);
	});

	it("go with their rule, by deletion, import or undo, and do not come back with its name", async () => {
		const fake = await start({ managed: managed("B") });
		const { rules } = fake.app;
		await add(fake, "T");
		const undo = rules.state.undo?.id ?? "";
		for (const ref of ["a", "t", "admin/firm"])
			await rules.addException(exception(ref, { host: `${ref}.example` }), alive);
		expect(await rules.undo(undo)).toEqual({ ok: true });
		expect(rules.state.exceptions.map(({ rule }) => rule)).toEqual(["a", "admin/firm"]);
		await add(fake, "T");
		expect(rules.state.exceptions.map(({ rule }) => rule)).toEqual(["a", "admin/firm"]);
		await rules.edit(() => ({ rules: [] }), { what: "import", title: "" });
		expect(rules.state.exceptions.map(({ rule }) => rule)).toEqual(["admin/firm"]);
	});
});

describe("undo", () => {
	it("takes back the last edit, once, and nothing older", async () => {
		const fake = await start();
		const { rules } = fake.app;
		await add(fake, "B");
		const first = rules.state.undo?.id ?? "";
		await add(fake, "C");
		const second = rules.state.undo?.id ?? "";
		expect(await rules.undo(first)).toMatchObject({ ok: false });
		expect(await rules.undo(second)).toEqual({ ok: true });
		expect(refs(fake)).toEqual(["a", "b"]);
		expect(await rules.undo(second)).toMatchObject({ ok: false });
	});
});

describe("an administrator", () => {
	it("comes first, and is stored once accepted", async () => {
		const fake = await start({ managed: managed("B") });
		expect(refs(fake)).toEqual(["admin/firm", "a"]);
		expect((fake.stored.state as State).admin).toEqual((managed("B") as { value: unknown }).value);
		const again = await start({ stored: fake.stored, managed: managed("B") });
		expect(again.writes).toEqual([]);
	});

	it.each([
		["broken", { kind: "failed", detail: "not JSON" } as Managed, "not JSON"],
		["no policy", { kind: "value", value: { policy: { version: 1, rules: 7 } } } as Managed, "rules"],
		["of a newer version", { kind: "value", value: { policy: { version: 2, rules: [] } } } as Managed, "version"],
	])("stays in force when the next document is %s, which is said", async (_, next, error) => {
		const before = await start({ managed: managed("B") });
		const fake = await start({ stored: before.stored, managed: next });
		expect(refs(fake)).toEqual(["admin/firm", "a"]);
		expect(fake.app.rules.adminError).toContain(error);
		expect(fake.writes).toEqual([]);
	});

	it("gives way to the next document, and to none", async () => {
		const before = await start({ managed: managed("B") });
		const other = await start({ stored: before.stored, managed: managed("C", { locked: true }) });
		expect(other.app.rules.locked).toBe(true);
		const none = await start({ stored: other.stored });
		expect(refs(none)).toEqual(["a"]);
		expect(none.app.rules.locked).toBe(false);
		expect((none.stored.state as State).admin).toBe(null);
	});

	it("is in force even when it cannot be stored", async () => {
		const fake = createFake({ managed: managed("B") });
		fake.writeError = new Error("no space");
		await fake.app.rules.ready;
		expect(refs(fake)).toEqual(["admin/firm", "a"]);
		expect(fake.app.rules.adminError).toBe("no space");
	});

	it("keeps rules from being added under a lock, but not from being deleted or moved", async () => {
		const fake = await start({ managed: managed("B", { locked: true }) });
		expect(await add(fake, "T")).toEqual({ ok: false, error: "rules: locked by the administrator" });
		const deleted = await fake.app.rules.edit(() => ({ rules: [] }), { what: "delete", title: "" });
		expect(deleted).toEqual({ ok: true });
	});

	describe("who answers late", () => {
		beforeEach(() => void vi.useFakeTimers());
		afterEach(() => void vi.useRealTimers());

		it("does not hold up the start, and counts as soon as the answer is there", async () => {
			const answer = pending<Managed>();
			const fake = createFake({ managed: () => answer.promise });
			await vi.advanceTimersByTimeAsync(2000);
			await fake.app.rules.ready;
			expect(refs(fake)).toEqual(["a"]);
			answer.resolve(managed("B"));
			await vi.advanceTimersByTimeAsync(10);
			expect(refs(fake)).toEqual(["admin/firm", "a"]);
			expect((fake.stored.state as State).admin).not.toBe(null);
		});

		it("or never, leaves in force what was accepted last", async () => {
			const before = createFake({ managed: managed("B") });
			await before.app.rules.ready;
			const fake = createFake({ stored: before.stored, managed: () => never<Managed>() });
			await vi.advanceTimersByTimeAsync(2000);
			await fake.app.rules.ready;
			expect(refs(fake)).toEqual(["admin/firm", "a"]);
			expect(fake.app.rules.adminError).toBe("no answer");
		});
	});
});

describe("a copy in another file", () => {
	const stored = async (): Promise<unknown> => {
		const fake = createFake({ rules: [against("B")] });
		await fake.app.rules.edit(() => ({ rules: [against("A")] }), { what: "add", title: "A" });
		return fake.copy;
	};

	it("is written with every change, and brings the rules back when storage is empty", async () => {
		const copy = await stored();
		const fake = createFake({ rules: [against("B")], copy });
		await fake.app.rules.ready;
		expect(fake.app.rules.state.policy.rules.map(({ id }) => id)).toEqual(["a"]);
		expect(fake.app.rules.trouble).toMatchObject({ kind: "fell-back" });
		expect(await fake.app.rules.edit(() => ({ rules: [] }), { what: "delete", title: "A" })).toEqual({ ok: true });
	});

	it("counts for nothing beside what is stored, or when it cannot be read", async () => {
		const copy = await stored();
		const other = createFake({ rules: [against("B")] });
		await other.app.rules.edit(() => ({ rules: [against("C")] }), { what: "add", title: "C" });
		const beside = createFake({ stored: other.stored, copy });
		await beside.app.rules.ready;
		expect(beside.app.rules.state.policy.rules.map(({ id }) => id)).toEqual(["c"]);
		const broken = createFake({ rules: [against("B")], copy: "nonsense" });
		await broken.app.rules.ready;
		expect(broken.app.rules.state.policy.rules.map(({ id }) => id)).toEqual(["b"]);
	});
});
