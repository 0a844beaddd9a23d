/** Lists that the person follows: what is taken, what is not, and what stays in force. */
import { beforeEach, describe, expect, it } from "vitest";
import { FetchError } from "../../src/browser/fetch.ts";
import type { State } from "../../src/core/state.ts";
import type { Impact } from "../../src/protocol.ts";
import { spki } from "../core/draw.ts";
import { type Draft, Publisher } from "../publisher.ts";
import { against, BAD, createFake, type Fake, type FakeOptions, GOOD, NOW, pending, settle } from "./fake.ts";

const ADDRESS = "https://lists.example/careful.json";
const DAY = 24 * 60 * 60 * 1000;
const publisher = new Publisher();
const rule = (letter: string, more: object = {}) => ({
	id: letter.toLowerCase(),
	title: `Listed ${letter}`,
	match: [{ spki: spki(letter) }],
	...more,
});

/** What the server has, by address; every address that was asked for, in order. */
let files: Map<string, string | Uint8Array | Error>;
let asked: string[];
let fake: Fake;
/** What the record of sites says of any new rules. */
let impact: Impact;

const NOTHING: Impact = { since: NOW - DAY, total: 9, stopped: 0, sites: [], parts: 0 };

function publish(draft: Draft = {}, by = publisher): string {
	const text = publisher.document(draft);
	files.set(ADDRESS, text);
	files.set(`${ADDRESS}.sig`, by.signature(text));
	return text;
}

async function start(options: FakeOptions = {}): Promise<Fake> {
	fake = createFake({ rules: [], ...options });
	fake.fetchDocument = async (url) => {
		asked.push(url);
		const found = files.get(url) ?? new FetchError("unreachable", "expected status 200, got 404");
		if (found instanceof Error) throw found;
		return Uint8Array.from(typeof found === "string" ? Buffer.from(found) : found);
	};
	fake.app.sites.impact = async () => impact;
	await fake.app.rules.ready;
	return fake;
}

async function follow(automatic = false): Promise<void> {
	const shown = await fake.app.lists.preview({ url: ADDRESS, key: publisher.key });
	if (!shown.ok) throw new Error(shown.error);
	expect(await fake.app.lists.follow({ preview: shown.preview.preview, automatic })).toEqual({ ok: true });
}

const refs = () => fake.app.rules.judge.rules.map(({ ref }) => ref);
const only = async () => {
	const [view, ...others] = await fake.app.lists.views();
	if (!view || others.length > 0) throw new Error("expected one list");
	return view;
};
const stored = () => (fake.stored.state as State).lists;

beforeEach(async () => {
	files = new Map();
	asked = [];
	impact = NOTHING;
	publish({ rules: [rule("A"), rule("B", { action: "strict" }), rule("C", { enabled: false })] });
	await start();
});

describe("following a list", () => {
	it("shows what it is first, and changes nothing by that", async () => {
		const shown = await fake.app.lists.preview({ url: ` ${ADDRESS}#x`, key: `${publisher.key}\n` });
		expect(shown).toMatchObject({
			ok: true,
			preview: {
				id: "careful",
				title: "Careful People",
				url: ADDRESS,
				key: publisher.key,
				sequence: 1,
				expired: false,
				rules: [{ id: "a" }, { id: "b", action: "block" }, { id: "c" }],
				impact: NOTHING,
			},
		});
		expect(asked).toEqual([ADDRESS, `${ADDRESS}.sig`]);
		expect(refs()).toEqual([]);
		expect(fake.writes).toEqual([]);
	});

	it("puts its rules in force after the person's, marked with its name, and stores its very bytes", async () => {
		await start({ rules: [against("T")] });
		await follow();
		expect(refs()).toEqual(["t", "list/careful/a", "list/careful/b"]);
		expect(fake.app.rules.ruleInForce("list/careful/b")).toMatchObject({
			source: "list",
			list: { id: "careful", title: "Careful People" },
			rule: { action: "block" },
			exceptable: true,
		});
		expect(stored()).toEqual([
			{
				id: "careful",
				url: ADDRESS,
				key: publisher.key,
				text: files.get(ADDRESS),
				pending: null,
				declined: 0,
				off: [],
				automatic: false,
				updated: NOW,
			},
		]);
		// A new start finds them.
		const again = createFake({ stored: fake.stored, rules: [] });
		await again.app.rules.ready;
		expect(again.app.rules.judge.rules.map(({ ref }) => ref)).toEqual(refs());
	});

	it("stops pages and lets them through like any other rule", async () => {
		await follow();
		fake.vouch("https://bad.example/", BAD);
		expect(await fake.visit("https://bad.example/")).toBe("stopped");
		const shown = globalThis.URL.parse(fake.loads.at(-1)?.url ?? "");
		expect(fake.app.refusals.get(shown?.searchParams.get("id") ?? "")?.refusal).toMatchObject({
			rule: { ref: "list/careful/a", source: "list", list: { title: "Careful People" } },
			wayThrough: "type-name",
		});
		await fake.app.lists.leave("careful");
		expect(await fake.visit("https://bad.example/")).toBe("shown");
	});

	it.each([
		["http://lists.example/", publisher.key, /^url: expected/, null],
		[ADDRESS, "short", /^key: expected/, null],
		[ADDRESS, new Publisher().key, /^signature/, "signature"],
		["https://lists.example/none.json", publisher.key, /404/, "unreachable"],
	])("is refused for %s by %s", async (url, key, error, why) => {
		expect(await fake.app.lists.preview({ url, key })).toEqual({ ok: false, error: expect.stringMatching(error), why });
		expect(refs()).toEqual([]);
	});

	it("is for what was shown, not for what lies there by then", async () => {
		const shown = await fake.app.lists.preview({ url: ADDRESS, key: publisher.key });
		publish({ sequence: 2, rules: [] });
		if (shown.ok) await fake.app.lists.follow({ preview: shown.preview.preview, automatic: false });
		expect(refs()).toEqual(["list/careful/a", "list/careful/b"]);
		expect(await fake.app.lists.follow({ preview: "old", automatic: false })).toMatchObject({ ok: false });
	});

	it("is once only, at most ten, and not under an administrator's lock", async () => {
		await follow();
		expect(await fake.app.lists.preview({ url: ADDRESS, key: publisher.key })).toMatchObject({
			ok: false,
			error: expect.stringContaining("not followed yet"),
		});
		for (let n = 1; n < 10; n++) {
			publish({ head: { id: `l${n}` } });
			await follow();
		}
		publish({ head: { id: "l10" } });
		const shown = await fake.app.lists.preview({ url: ADDRESS, key: publisher.key });
		const tooMany = shown.ok && (await fake.app.lists.follow({ preview: shown.preview.preview, automatic: false }));
		expect(tooMany).toEqual({ ok: false, error: "lists: expected at most 10, got 11" });

		await start({ managed: { kind: "value", value: { policy: { version: 1, rules: [] }, locked: true } } });
		expect(await fake.app.lists.preview({ url: ADDRESS, key: publisher.key })).toMatchObject({ error: /locked/ });
	});
});

describe("an update", () => {
	beforeEach(() => follow());

	it("takes a newer document", async () => {
		publish({ sequence: 2, rules: [rule("T")] });
		fake.now += 1000;
		expect(await fake.app.lists.update("careful")).toEqual({ ok: true, outcome: "updated" });
		expect(refs()).toEqual(["list/careful/t"]);
		expect(await only()).toMatchObject({ sequence: 2, updated: NOW + 1000, good: NOW + 1000, failure: null });
	});

	it("says when there is none", async () => {
		fake.now += 1000;
		const writes = fake.writes.filter((items) => "state" in items).length;
		expect(await fake.app.lists.update("careful")).toEqual({ ok: true, outcome: "same" });
		expect(await only()).toMatchObject({ sequence: 1, updated: NOW, good: NOW + 1000 });
		// The state before the last real change stays beside it.
		expect(fake.writes.filter((items) => "state" in items)).toHaveLength(writes);
	});

	it.each<[string, () => unknown, string]>([
		["tampered with", () => files.set(ADDRESS, publish({ sequence: 2 }).replace("Careful", "Careless")), "signature"],
		["tampered with by one space", () => files.set(ADDRESS, `${publish({ sequence: 2 })} `), "signature"],
		["signed by another", () => publish({ sequence: 2 }, new Publisher()), "signature"],
		["unsigned", () => publish({ sequence: 2 }) && files.set(`${ADDRESS}.sig`, ""), "signature"],
		["without its signature", () => publish({ sequence: 2 }) && files.delete(`${ADDRESS}.sig`), "unreachable"],
		["another under a used number", () => publish({ sequence: 1, rules: [] }), "reused"],
		["malformed", () => publish({ sequence: 2, more: { extra: 1 } }), "malformed"],
		[
			"with settings",
			() => publish({ sequence: 2, more: { policy: { version: 1, rules: [], settings: {} } } }),
			"malformed",
		],
		["another list", () => publish({ sequence: 2, head: { id: "other" } }), "other-list"],
		[
			"too long",
			() => files.set(ADDRESS, new FetchError("too-large", "expected at most 1 bytes, got more")),
			"too-large",
		],
		["gone", () => files.delete(ADDRESS), "unreachable"],
	])("that is %s changes nothing, and is shown", async (_, spoil, why) => {
		const before = { refs: refs(), lists: stored() };
		spoil();
		fake.now += 5000;
		expect(await fake.app.lists.update("careful")).toEqual({ ok: false, why, error: expect.any(String) });
		expect({ refs: refs(), lists: stored() }).toEqual(before);
		expect(await only()).toMatchObject({ good: NOW, failure: { why, time: NOW + 5000, detail: expect.any(String) } });
		// It is still known after a restart, and gone after a good one.
		const again = createFake({ stored: fake.stored, rules: [] });
		await again.app.rules.ready;
		expect((await again.app.lists.views())[0]?.failure?.why).toBe(why);
		publish({ sequence: 9 });
		await fake.app.lists.update("careful");
		expect((await only()).failure).toBe(null);
	});

	it("with a lower sequence number changes nothing", async () => {
		publish({ sequence: 5, rules: [rule("T")] });
		await fake.app.lists.update("careful");
		publish({ sequence: 4, rules: [] });
		expect(await fake.app.lists.update("careful")).toEqual({
			ok: false,
			why: "older",
			error: "list.sequence: expected at least 5, got 4",
		});
		expect(refs()).toEqual(["list/careful/t"]);
	});

	it("that is not UTF-8 is malformed, whoever signed it", async () => {
		const bytes = Uint8Array.of(0x7b, 0xff, 0x7d);
		files.set(ADDRESS, bytes);
		files.set(`${ADDRESS}.sig`, publisher.signature(bytes));
		expect(await fake.app.lists.update("careful")).toMatchObject({ why: "malformed" });
	});

	it("that never comes is given up", async () => {
		await start({ stored: fake.stored, deps: { fetchMs: 5 } });
		fake.fetchDocument = () => new Promise(() => undefined);
		expect(await fake.app.lists.update("careful")).toMatchObject({ why: "unreachable" });
	});

	it("that cannot be stored changes nothing", async () => {
		publish({ sequence: 2, rules: [] });
		fake.writeError = new Error("no space");
		expect(await fake.app.lists.update("careful")).toMatchObject({ ok: false, why: "storage" });
		expect(refs()).toEqual(["list/careful/a", "list/careful/b"]);
	});

	it("is one at a time", async () => {
		const first = pending<Uint8Array<ArrayBuffer>>();
		let requests = 0;
		fake.fetchDocument = () => {
			requests += 1;
			return first.promise;
		};
		const both = Promise.all([fake.app.lists.update("careful"), fake.app.lists.update("careful")]);
		await settle();
		first.reject(new Error("no"));
		expect((await both).map(({ ok }) => ok)).toEqual([false, false]);
		expect(requests).toBe(2);
	});

	it("of an expired document stays in force, and says so", async () => {
		publish({ sequence: 2, rules: [rule("T")], head: { expires: "2026-01-03T12:00:01Z" } });
		await fake.app.lists.update("careful");
		expect((await only()).expired).toBe(false);
		fake.now += 1000;
		expect(await only()).toMatchObject({ expired: true, expires: NOW + 1000 });
		expect(refs()).toEqual(["list/careful/t"]);
	});
});

describe("an update that would stop sites", () => {
	beforeEach(async () => {
		await follow();
		impact = { ...NOTHING, stopped: 2, sites: ["a.example", "b.example"] };
		publish({ sequence: 2, rules: [rule("A", { title: "Other" }), rule("T")] });
	});

	it("waits for the person, across a restart, and is shown", async () => {
		expect(await fake.app.lists.update("careful")).toEqual({ ok: true, outcome: "asks" });
		expect(refs()).toEqual(["list/careful/a", "list/careful/b"]);
		expect(await only()).toMatchObject({
			sequence: 1,
			pending: {
				sequence: 2,
				added: [{ id: "t" }],
				changed: [{ id: "a", title: "Other" }],
				removed: [{ id: "b" }, { id: "c" }],
				impact,
			},
		});
		expect(await fake.app.lists.update("careful")).toEqual({ ok: true, outcome: "asks" });
		await start({ stored: fake.stored });
		expect(await only()).toMatchObject({ pending: { sequence: 2, impact: { stopped: 2 } } });
	});

	it("comes into force when it is accepted", async () => {
		await fake.app.lists.update("careful");
		expect(await fake.app.lists.accept({ list: "careful", sequence: 7 })).toMatchObject({ ok: false });
		expect(await fake.app.lists.accept({ list: "careful", sequence: 2 })).toEqual({ ok: true });
		expect(refs()).toEqual(["list/careful/a", "list/careful/t"]);
		expect((await only()).pending).toBe(null);
	});

	it("goes when it is declined, and comes again only when the person asks", async () => {
		await fake.app.lists.setAutomatic({ list: "careful", on: true });
		await fake.app.lists.update("careful");
		expect(await fake.app.lists.decline({ list: "careful", sequence: 2 })).toEqual({ ok: true });
		expect((await only()).pending).toBe(null);
		fake.now += 2 * DAY;
		await fake.app.lists.updateDue();
		expect(await only()).toMatchObject({ pending: null, failure: null, sequence: 1 });
		expect(await fake.app.lists.update("careful")).toEqual({ ok: true, outcome: "asks" });
		expect((await only()).pending?.sequence).toBe(2);
	});

	it("gives way to a newer one, and an older one cannot take its place", async () => {
		publish({ sequence: 5, rules: [rule("T")] });
		await fake.app.lists.update("careful");
		publish({ sequence: 4, rules: [rule("T")] });
		expect(await fake.app.lists.update("careful")).toMatchObject({ why: "older" });
		expect((await only()).pending?.sequence).toBe(5);
		impact = NOTHING;
		publish({ sequence: 6, rules: [rule("T")] });
		expect(await fake.app.lists.update("careful")).toEqual({ ok: true, outcome: "updated" });
		expect(await only()).toMatchObject({ sequence: 6, pending: null });
	});

	it("waits too when nobody can tell what it would stop; one that only takes away does not", async () => {
		impact = { since: null, total: 0, stopped: 0, sites: [], parts: 0 };
		expect(await fake.app.lists.update("careful")).toEqual({ ok: true, outcome: "asks" });
		publish({ sequence: 3, rules: [rule("A")] });
		expect(await fake.app.lists.update("careful")).toEqual({ ok: true, outcome: "updated" });
		expect(refs()).toEqual(["list/careful/a"]);
		fake.app.sites.impact = () => Promise.reject(new Error("broken"));
		publish({ sequence: 4, rules: [rule("A"), rule("T")] });
		expect(await fake.app.lists.update("careful")).toEqual({ ok: true, outcome: "asks" });
		expect(await only()).toMatchObject({ pending: { impact: null } });
	});
});

describe("automatic updates", () => {
	it("are off, unless the person switches them on", async () => {
		await follow();
		asked = [];
		fake.now += 10 * DAY;
		await fake.app.lists.updateDue();
		expect(asked).toEqual([]);
	});

	it("come at most once a day, also when they fail and across restarts", async () => {
		await follow(true);
		asked = [];
		const beat = async () => {
			await fake.app.lists.updateDue();
			return asked.splice(0).length;
		};
		expect(await beat()).toBe(0);
		fake.now += DAY - 1;
		expect(await beat()).toBe(0);
		fake.now += 1;
		files.clear();
		expect(await beat()).toBe(2);
		expect(await beat()).toBe(0);
		const { now } = fake;
		await start({ stored: fake.stored });
		fake.now = now + DAY - 1;
		expect(await beat()).toBe(0);
		fake.now = now + DAY;
		publish({ sequence: 2, rules: [rule("T")] });
		expect(await beat()).toBe(2);
		expect(refs()).toEqual(["list/careful/t"]);
		// A clock that was set back.
		fake.now = now - 100 * DAY;
		expect(await beat()).toBe(2);
	});

	it("stand still under an administrator's lock, and rules stay", async () => {
		await follow(true);
		asked = [];
		await start({
			stored: fake.stored,
			managed: { kind: "value", value: { policy: { version: 1, rules: [] }, locked: true } },
		});
		fake.now += 10 * DAY;
		await fake.app.lists.updateDue();
		expect(asked).toEqual([]);
		expect(refs()).toEqual(["list/careful/a", "list/careful/b"]);
		expect(await fake.app.lists.update("careful")).toMatchObject({ error: /locked/ });
		expect(await fake.app.lists.setRule({ list: "careful", rule: "a", enabled: false })).toMatchObject({ ok: false });
	});
});

describe("a list's rules", () => {
	beforeEach(() => follow());

	it("are switched off and on one by one, and stay so through updates", async () => {
		expect(await fake.app.lists.setRule({ list: "careful", rule: "a", enabled: false })).toEqual({ ok: true });
		expect(refs()).toEqual(["list/careful/b"]);
		publish({ sequence: 2, rules: [rule("A"), rule("B"), rule("T")] });
		await fake.app.lists.update("careful");
		expect(refs()).toEqual(["list/careful/b", "list/careful/t"]);
		expect((await only()).rules.map(({ switchedOff }) => switchedOff)).toEqual([true, false, false]);
		await fake.app.lists.setRule({ list: "careful", rule: "a", enabled: true });
		expect(refs()).toEqual(["list/careful/a", "list/careful/b", "list/careful/t"]);
		expect(await fake.app.lists.setRule({ list: "careful", rule: "zz", enabled: false })).toMatchObject({ ok: false });
		expect(await fake.app.lists.setRule({ list: "other", rule: "a", enabled: false })).toMatchObject({ ok: false });
	});

	it("leave with it, and so do their exceptions; undo brings it back as it was", async () => {
		await fake.app.lists.setRule({ list: "careful", rule: "b", enabled: false });
		const exception = {
			id: "e",
			host: "bad.example",
			port: 443,
			rule: "list/careful/a",
			bound: { kind: "key", spki: spki("A") },
			found: "A",
			lasts: "always",
			until: null,
			created: NOW,
		} as const;
		await fake.app.rules.addException(exception, () => true);
		fake.vouch("https://bad.example/", BAD);
		expect(await fake.visit("https://bad.example/")).toBe("shown");
		const before = stored();
		expect(await fake.app.lists.leave("careful")).toEqual({ ok: true });
		expect(refs()).toEqual([]);
		expect((fake.stored.state as State).exceptions).toEqual([]);
		const { undo } = fake.app.rules.state;
		expect(undo).toMatchObject({ what: "leave", title: "Careful People" });
		expect(await fake.app.rules.undo(undo?.id ?? "")).toEqual({ ok: true });
		expect(stored()).toEqual(before);
		expect(refs()).toEqual(["list/careful/a"]);
	});

	it("are not lost by what the person does with their own, or by an import", async () => {
		await fake.app.rules.edit(() => ({ rules: [against("T")] }), { what: "import", title: "" });
		expect(refs()).toEqual(["t", "list/careful/a", "list/careful/b"]);
		await fake.app.rules.undo(fake.app.rules.state.undo?.id ?? "");
		expect(refs()).toEqual(["list/careful/a", "list/careful/b"]);
	});

	it("fall back to the state before when storage is damaged, like the person's", async () => {
		publish({ sequence: 2, rules: [rule("T")] });
		await fake.app.lists.update("careful");
		const [list] = stored();
		const damaged = { ...(fake.stored.state as State), lists: [{ ...list, text: "{}" }] };
		await start({ stored: { ...fake.stored, state: damaged } });
		expect(fake.app.rules.trouble?.kind).toBe("fell-back");
		expect(refs()).toEqual(["list/careful/a", "list/careful/b"]);
	});

	it("come back from the copy; one that does not fit keeps at least the person's own", async () => {
		const { stored: whole } = fake;
		await start({ copy: fake.copy });
		expect(refs()).toEqual(["list/careful/a", "list/careful/b"]);
		const copies: State[] = [];
		await start({
			stored: whole,
			deps: {
				writeCopy: (state) => {
					copies.push(state as State);
					return false;
				},
			},
		});
		await fake.app.rules.edit(() => ({ rules: [against("T")] }), { what: "add", title: "T" });
		expect(copies.map(({ lists, policy }) => [lists.length, policy.rules.length])).toEqual([
			[1, 1],
			[0, 1],
		]);
	});

	it("only ever tighten: what was accepted may be refused, what was refused stays refused", async () => {
		await fake.app.rules.edit(() => ({ rules: [against("G")] }), { what: "add", title: "G" });
		fake.vouch("https://good.example/", GOOD);
		expect(await fake.visit("https://good.example/")).toBe("stopped");
		publish({ sequence: 2, rules: [rule("G", { acceptFor: ["good.example"], action: "warn" })] });
		await fake.app.lists.update("careful");
		expect(await fake.visit("https://good.example/")).toBe("stopped");
	});
});
