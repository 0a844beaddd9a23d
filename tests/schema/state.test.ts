import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FollowedList } from "../../src/core/list.ts";
import type { Policy } from "../../src/core/policy.ts";
import { firstState, MIGRATIONS, type Migration, migrate, STATE_VERSION, type State } from "../../src/core/state.ts";
import { parsePolicy } from "../../src/schema/policy.ts";
import { chooseState, readState } from "../../src/schema/state.ts";
import * as arbitrary from "./arbitrary.ts";

const SPKI = "H0IkzshPyZztiB/2/P0+IfjFGcVHqmpd094kcwLOUNE=";

const policy = (value: object): Policy => {
	const parsed = parsePolicy({ version: 1, ...value }, "person", () => true);
	if (!parsed.ok) throw new Error(parsed.error);
	return parsed.policy;
};

const listText = (sequence: number, more: object = {}): string =>
	JSON.stringify({
		version: 1,
		list: { id: "careful", title: "Careful", sequence, expires: "2027-01-01T00:00:00Z" },
		policy: { version: 1, rules: [{ id: "one", title: "One", match: [{ spki: SPKI }, { future: 1 }] }] },
		...more,
	});

const FIRST = policy({ rules: [{ id: "first", title: "First", match: [{ spki: SPKI }] }] });
const left: FollowedList = {
	id: "left",
	url: "https://lists.example/left.json",
	key: SPKI,
	text: listText(7).replace("careful", "left"),
	pending: null,
	declined: 3,
	off: [],
	automatic: false,
	updated: 0,
};
const OWN: State = {
	...firstState(policy({ rules: [{ id: "mine", title: "Mine", match: [{ authority: "long-gone" }] }] })),
	exceptions: [
		{
			id: "e1",
			host: "example.com",
			port: 443,
			rule: "admin/mine",
			bound: { kind: "key", spki: SPKI },
			found: "CNNIC ROOT",
			lasts: "day",
			until: 1_800_000_000_000,
			created: 1_790_000_000_000,
		},
		{
			id: "e2",
			host: "192.0.2.1",
			port: 8443,
			rule: "mine",
			bound: { kind: "leaf", sha256: "ab".repeat(32) },
			found: "",
			lasts: "always",
			until: null,
			created: 0,
		},
	],
	lists: [
		{
			id: "careful",
			url: "https://lists.example/careful.json",
			key: SPKI,
			text: listText(1),
			pending: listText(2),
			declined: 0,
			off: ["one"],
			automatic: true,
			updated: 1_790_000_000_000,
		},
	],
	admin: { policy: { version: 1, rules: [{ id: "a", title: "A", match: [{ future: 1 }] }] }, locked: true },
	welcomed: true,
	undo: { id: "u", what: "leave", title: "Mine", policy: firstState(FIRST).policy, list: left },
};

const FIRST_OWN = firstState(FIRST).policy;

const stored = (state: unknown): unknown => JSON.parse(JSON.stringify(state));

describe("a stored state", () => {
	it("is read as it was written", () => {
		expect(readState(stored(OWN))).toEqual({ kind: "state", state: OWN });
		expect(readState(stored(firstState(FIRST)))).toEqual({ kind: "state", state: firstState(FIRST) });
	});

	it("keeps an administrator's unknown selectors for a newer version", () => {
		const read = readState(stored(OWN));
		expect(read.kind === "state" && read.state.admin).toEqual(OWN.admin);
	});

	it("of any policy is read as it was written (random policies)", () => {
		fc.assert(
			fc.property(arbitrary.policy, (value) => {
				const state = firstState(policy(value));
				expect(readState(stored(state))).toEqual({ kind: "state", state });
			}),
			{ numRuns: 300 },
		);
	});

	it.each([
		[undefined, "not an object"],
		[null, "not an object"],
		[[], "not an object"],
		[{}, "no version"],
		[{ version: 0 }, "no version"],
		[{ version: "1" }, "no version"],
		[{ version: 2 }, "policy: expected rules and settings, got nothing"],
		[{ ...OWN, extra: 1 }, "extra: unknown field"],
		[{ ...OWN, policy: { rules: [] } }, "policy: expected rules and settings, got an object"],
		[{ ...OWN, policy: { rules: [7], settings: {} } }, "policy: rules[0]: expected an object, got 7"],
		[{ ...OWN, policy: { rules: [], settings: { preflight: "off" } } }, "policy: expected all settings"],
		[
			{ ...OWN, exceptions: [{ ...OWN.exceptions[0], port: 70_000 }] },
			"exceptions[0].port: expected a port, got 70000",
		],
		[
			{ ...OWN, exceptions: [{ ...OWN.exceptions[0], lasts: "session" }] },
			'exceptions[0].lasts: expected how long it lasts, got "session"',
		],
		[{ ...OWN, admin: { policy: {} } }, "admin: policy.version: expected 1, got nothing"],
		[
			{ ...OWN, lists: [{ ...OWN.lists[0], text: listText(1, { policy: 7 }) }] },
			"lists[0]: policy: expected an object, got 7",
		],
		[
			{ ...OWN, lists: [{ ...OWN.lists[0], pending: "{" }] },
			expect.stringMatching(/^lists\[0\]: document: expected JSON/),
		],
		[{ ...OWN, lists: [{ ...OWN.lists[0], id: "other" }] }, "lists[0]: list.id: expected other, got careful"],
		[{ ...OWN, lists: [{ ...OWN.lists[0], key: "short" }] }, 'lists[0].key: expected a public key, got "short"'],
		[
			{ ...OWN, lists: [{ ...OWN.lists[0], url: "http://lists.example/" }] },
			'lists[0].url: expected an https address, got "http://lists.example/"',
		],
		[{ ...OWN, lists: [OWN.lists[0], OWN.lists[0]] }, "lists: expected lists with ids of their own"],
		[{ ...OWN, welcomed: "yes" }, 'welcomed: expected true or false, got "yes"'],
	])("of another shape is unreadable: %j", (value, detail) =>
		expect(readState(value)).toEqual({ kind: "unreadable", detail }),
	);

	it("of a newer version is left alone, with its own error", () =>
		expect(readState({ version: STATE_VERSION + 1, anything: true })).toEqual({
			kind: "newer",
			detail: `version: expected at most ${STATE_VERSION}, got ${STATE_VERSION + 1}`,
		}));
});

describe("migrations", () => {
	const steps: Migration[] = [
		({ old, ...rest }) => ({ ...rest, renamed: old }),
		(state) => {
			if (state.renamed === "bad") throw new Error("no way");
			return { ...state, list: [state.renamed] };
		},
	];

	it("from version 2 loses nothing, and has the warning of a new country off", () => {
		const without = ({ rules, settings: { changedCountry: _, ...settings } }: State["policy"]) => ({ rules, settings });
		const older = {
			...OWN,
			version: 2,
			policy: without(OWN.policy),
			undo: { ...OWN.undo, policy: without(FIRST_OWN) },
		};
		expect(JSON.stringify(older)).not.toContain("changedCountry");
		expect(readState(stored(older))).toEqual({ kind: "state", state: OWN });
	});

	it("from version 1 loses nothing, and gives no lists", () => {
		const { lists: _, ...rest } = OWN;
		const { undo, ...others } = rest;
		expect(readState(stored({ ...rest, version: 1 }))).toEqual({ kind: "state", state: { ...OWN, lists: [] } });
		expect(readState(stored({ ...others, undo: null, version: 1 }))).toMatchObject({ state: { undo: null } });
		expect(undo).not.toBe(null);
	});

	it("there is one fewer than versions", () => expect(MIGRATIONS.length).toBe(STATE_VERSION - 1));

	it("run in order from the version found, and touch nothing", () => {
		const before = Object.freeze({ version: 1, old: "x" });
		expect(migrate(before, steps)).toEqual({ kind: "migrated", state: { version: 3, renamed: "x", list: ["x"] } });
		expect(migrate({ version: 2, renamed: "y" }, steps)).toMatchObject({ state: { version: 3, list: ["y"] } });
		expect(migrate({ version: 3, whatever: 1 }, steps)).toEqual({
			kind: "migrated",
			state: { version: 3, whatever: 1 },
		});
	});

	it("refuse a downgrade", () => expect(migrate({ version: 4 }, steps)).toEqual({ kind: "newer", version: 4 }));

	it("that fail leave an unreadable state", () =>
		expect(migrate({ version: 1, old: "bad" }, steps)).toEqual({
			kind: "unreadable",
			detail: "version 2 could not be migrated: no way",
		}));
});

describe("the choice at start-up", () => {
	const good = stored(OWN);
	const newer = { version: STATE_VERSION + 1 };
	const other = stored(firstState(policy({ rules: [] })));
	const first = firstState(FIRST);
	const broken = { version: 1, policy: "…" };

	it("takes what is stored", () =>
		expect(chooseState(good, other, FIRST)).toEqual({ state: OWN, trouble: null, fresh: false, writable: true }));

	it("takes it even when the one before is broken", () =>
		expect(chooseState(good, broken, FIRST)).toMatchObject({ state: OWN, trouble: null }));

	it("starts with the first rules when nothing is stored", () =>
		expect(chooseState(undefined, undefined, FIRST)).toEqual({
			state: first,
			trouble: null,
			fresh: true,
			writable: true,
		}));

	it.each([broken, undefined, null, "…"])("falls back to the one before and says so: %j", (current) =>
		expect(chooseState(current, good, FIRST)).toMatchObject({
			state: OWN,
			trouble: { kind: "fell-back" },
			fresh: false,
			writable: true,
		}),
	);

	it("puts the first rules in force when neither can be read, and says so", () => {
		expect(chooseState(broken, broken, FIRST)).toEqual({
			state: { ...first, welcomed: true },
			trouble: { kind: "first-rules", detail: 'policy: expected rules and settings, got "…"' },
			fresh: false,
			writable: true,
		});
		expect(chooseState(broken, undefined, FIRST)).toMatchObject({ trouble: { kind: "first-rules" } });
	});

	it("overwrites nothing that a newer version wrote", () => {
		expect(chooseState(newer, good, FIRST)).toMatchObject({ state: OWN, trouble: { kind: "newer" }, writable: false });
		expect(chooseState(newer, broken, FIRST)).toMatchObject({
			state: { policy: first.policy },
			trouble: { kind: "newer" },
			writable: false,
		});
		expect(chooseState(newer, undefined, FIRST)).toMatchObject({ trouble: { kind: "newer" }, writable: false });
		expect(chooseState(broken, newer, FIRST)).toMatchObject({ trouble: { kind: "newer" }, writable: false });
	});

	it("always gives rules, whatever is stored (random values)", () => {
		const near = fc.oneof(
			fc.anything(),
			fc.record({ version: fc.oneof(fc.constant(1), fc.anything()), policy: fc.anything() }),
			fc.tuple(fc.constantFrom(...Object.keys(OWN)), fc.anything()).map(([key, value]) => ({ ...OWN, [key]: value })),
		);
		fc.assert(
			fc.property(near, near, (current, previous) => {
				const { state, trouble, fresh } = chooseState(current, previous, FIRST);
				expect(readState(stored(state)).kind).toBe("state");
				expect(fresh).toBe(current === undefined && previous === undefined);
				expect(trouble === null).toBe(fresh || readState(current).kind === "state");
			}),
			{ numRuns: 2000 },
		);
	});

	it("costs little: 1,000 rules with 10,000 selectors in under two seconds, even on a busy machine", () => {
		const rules = Array.from({ length: 1000 }, (_, index) => ({
			id: `r${index}`,
			title: "A rule",
			match: Array.from({ length: 10 }, () => ({ spki: SPKI })),
			acceptFor: ["example.com", "10.0.0.0/8"],
		}));
		const large = stored(firstState(policy({ rules })));
		const start = performance.now();
		expect(chooseState(large, undefined, FIRST).trouble).toBeNull();
		expect(performance.now() - start).toBeLessThan(2000);
	});
});
