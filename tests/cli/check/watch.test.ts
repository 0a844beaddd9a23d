/** A watch with a clock of its own: what is told, and when it looks. */
import { describe, expect, it } from "vitest";
import type { Checked, Failure, Target, Unverified, Verified } from "../../../cli/check/outcome.ts";
import { steadily, type WatchEvent, watch } from "../../../cli/check/watch.ts";
import { catalogue } from "../../../src/catalogue/index.ts";
import type { ParsedCertificate } from "../../../src/certificate/parse.ts";
import { MAX_WATCHED, MAX_WATCHED_AUTHORITIES, readWatchMemory, type WatchMemory } from "../../../src/schema/watch.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const START = Date.parse("2026-01-01T00:00:00Z");
const ONE: Target = { protocol: "imaps", host: "one.example", port: 993 };
const TWO: Target = { protocol: "smtps", host: "two.example", port: 465 };

const certificate = (name: string): ParsedCertificate => ({
	subject: `CN=${name},O=${name},C=US`,
	issuer: `CN=${name},O=${name},C=US`,
	notBefore: 0,
	notAfter: 0,
	sha256: "",
	spki: name,
	builtInRoot: null,
	ca: true,
	commonName: name,
	organization: name,
	country: "US",
	subjectKeyIdentifier: null,
	authorityKeyIdentifier: null,
	selfIssued: true,
	dnsNames: [],
	der: new Uint8Array(),
	toPem: () => "",
});

type Make = (target: Target, at: number) => Checked;
const base = (target: Target, at: number) => ({ target, at, took: 1, address: null });
const failed =
	(outcome: Failure): Make =>
	(target, at) => ({ ...base(target, at), outcome, verified: false, detail: "" });
const shown = (voucher: string) => {
	const chain = [certificate("leaf"), certificate(voucher)] as const;
	return {
		chain,
		judged: chain,
		tls: "TLSv1.3",
		evidence: [{ kind: "unreadable", why: "failed" }],
		bySigner: false,
	} as const;
};
const accept =
	(voucher: string): Make =>
	(target, at): Verified => ({
		...base(target, at),
		...shown(voucher),
		outcome: "accept",
		verified: true,
		verdict: { outcome: "accept", excepted: [] },
	});
const unverified =
	(voucher: string): Make =>
	(target, at): Unverified => ({
		...base(target, at),
		...shown(voucher),
		outcome: "unverified",
		verified: false,
		why: ["unknown-root"],
		kinds: ["trust"],
		verdict: { outcome: "accept", excepted: [] },
	});

/** What happens between two rounds; the clock goes on by what is waited for unless it says otherwise. */
type Between = (clock: { now: number }, round: number) => void;

interface Watched {
	readonly events: WatchEvent[];
	/** When each look began, after the first. */
	readonly starts: number[];
	readonly memory: WatchMemory;
	readonly last: readonly Checked[];
}

/** Watches as many rounds as there are, and stops in the wait after the last. */
async function watched(
	rounds: readonly (readonly Make[])[],
	more: { intervalMs?: number; memory?: WatchMemory; between?: Between; targets?: readonly Target[] } = {},
): Promise<Watched> {
	const { intervalMs = 15 * MINUTE, between, targets = [ONE, TWO].slice(0, rounds[0]?.length) } = more;
	const clock = { now: START };
	const stop = new AbortController();
	const events: WatchEvent[] = [];
	const starts: number[] = [];
	let memory: WatchMemory = more.memory ?? { version: 1, servers: {} };
	const last = await watch({
		targets,
		intervalMs,
		catalogue,
		signal: stop.signal,
		memory,
		clock: {
			now: () => clock.now,
			wait: async (milliseconds) => {
				clock.now += milliseconds;
				between?.(clock, starts.length);
				if (starts.length >= rounds.length) stop.abort();
			},
		},
		look: async () => {
			starts.push(clock.now - START);
			const round = rounds[starts.length - 1] ?? [];
			return targets.map((target, at) => (round[at] ?? failed("timeout"))(target, clock.now));
		},
		tell: (event) => events.push(event),
		keep: async (kept) => {
			memory = kept;
		},
	});
	return { events, starts, memory, last };
}

const kinds = ({ events }: Watched): string[] => events.map(({ kind }) => kind);
const A = accept("A Trust");
const B = accept("B Trust");

describe("a watch", () => {
	it("tells how each server is, once, and nothing more while nothing changes", async () => {
		const all = await watched([
			[A, B],
			[A, B],
			[A, B],
		]);
		expect(kinds(all)).toEqual(["first", "first"]);
		expect(all.starts).toEqual([0, 15 * MINUTE, 30 * MINUTE]);
		expect(all.memory.servers["imaps://one.example:993"]?.authorities).toEqual([
			{ key: "A Trust (US)", name: "A Trust", country: "US", first: START, last: START + 30 * MINUTE },
		]);
	});

	it("tells of a change once, with who vouched until then", async () => {
		const all = await watched([[A], [A], [B], [B], [B]]);
		expect(kinds(all)).toEqual(["first", "changed"]);
		expect(all.events[1]).toMatchObject({
			back: false,
			before: { name: "A Trust", first: START, last: START + 15 * MINUTE },
			checked: { at: START + 30 * MINUTE },
		});
		expect(all.memory.servers["imaps://one.example:993"]?.authorities.map(({ name }) => name)).toEqual([
			"A Trust",
			"B Trust",
		]);
	});

	it("tells each time that something changes again", async () => {
		const all = await watched([[A], [unverified("A Trust")], [A], [A]]);
		expect(kinds(all)).toEqual(["first", "changed", "changed"]);
		expect(all.events[1]).toMatchObject({ before: null, checked: { outcome: "unverified" } });
	});

	it("a server that fails for a while is told of twice, and a change in the meantime is not missed", async () => {
		const cut = failed("cut");
		const back = await watched([
			[A, A],
			[cut, A],
			[cut, A],
			[A, A],
		]);
		expect(kinds(back)).toEqual(["first", "first", "changed", "changed"]);
		expect(back.events[3]).toMatchObject({ back: true, before: null });
		const changed = await watched([
			[A, A],
			[cut, A],
			[B, A],
		]);
		expect(changed.events.at(-1)).toMatchObject({ back: false, before: { name: "A Trust" } });
	});

	it("without a network nothing is held against anybody, and it tries again sooner", async () => {
		const down = failed("unreachable");
		const all = await watched([
			[A, B],
			[down, failed("timeout")],
			[down, down],
			[A, B],
			[A, B],
		]);
		expect(kinds(all)).toEqual(["first", "first", "offline", "online"]);
		expect(all.starts).toEqual([0, 15, 15.5, 16, 31].map((minutes) => minutes * MINUTE));
		expect(all.memory.servers["imaps://one.example:993"]).toMatchObject({ told: expect.stringMatching(/^accept/) });
	});

	it("what changed while there was no network is told of when there is one", async () => {
		const down = failed("unreachable");
		const all = await watched([[A], [down], [unverified("M Trust")]]);
		expect(kinds(all)).toEqual(["first", "offline", "online", "changed"]);
		expect(all.events[3]).toMatchObject({ before: { name: "A Trust" } });
	});

	it("a server that offers no encryption is not a network that is gone", async () => {
		expect(kinds(await watched([[A], [failed("stripped")], [failed("stripped")]]))).toEqual(["first", "changed"]);
	});

	it("looks at once when the computer has slept, and once only", async () => {
		let slept = false;
		const all = await watched([[A], [A], [A]], {
			between: (clock) => {
				// In the first wait: eight hours pass in which timers stand still.
				if (slept) return;
				slept = true;
				clock.now += 8 * 60 * MINUTE;
			},
		});
		const wake = 8 * 60 * MINUTE + 30 * SECOND;
		expect(all.starts).toEqual([0, wake, wake + 15 * MINUTE]);
	});

	it("waits no longer than it should where the clock is set back", async () => {
		let waits = 0;
		const all = await watched([[A], [A]], {
			between: (clock) => {
				if (++waits === 1) clock.now -= 24 * 60 * MINUTE;
			},
		});
		expect(all.starts).toHaveLength(2);
		// 15 minutes of waiting in steps of half a minute, and one more wait in which it is stopped.
		expect(waits).toBe(31);
	});

	it("goes on where an earlier one ended, and keeps what it knows of other servers", async () => {
		const { memory } = await watched([[A, B]]);
		const same = await watched([[A]], { memory, targets: [ONE] });
		expect(same.events).toMatchObject([{ kind: "first", again: true }]);
		expect(Object.keys(same.memory.servers)).toHaveLength(2);
		const other = await watched([[B]], { memory, targets: [ONE] });
		expect(other.events).toMatchObject([{ kind: "changed", before: { name: "A Trust" } }]);
	});

	it("remembers the last authorities only, however many there are", async () => {
		const many = Array.from({ length: MAX_WATCHED_AUTHORITIES + 10 }, (_, at) => [accept(`T${at}`)]);
		const { memory } = await watched(many);
		expect(memory.servers["imaps://one.example:993"]?.authorities).toHaveLength(MAX_WATCHED_AUTHORITIES);
		expect(memory.servers["imaps://one.example:993"]?.authorities.at(-1)?.name).toBe(`T${MAX_WATCHED_AUTHORITIES + 9}`);
		expect(readWatchMemory(JSON.stringify(memory))).toEqual({ ok: true, memory });
	});

	it("remembers so many servers and no more, and those that it watches always", async () => {
		const server = { told: null, shown: null, voucher: null, authorities: [] };
		const names = Array.from({ length: MAX_WATCHED }, (_, at) => [`imaps://${at}.example:993`, server] as const);
		const { memory } = await watched([[A, B]], { memory: { version: 1, servers: Object.fromEntries(names) } });
		const kept = Object.keys(memory.servers);
		expect(kept).toHaveLength(MAX_WATCHED);
		expect(kept.slice(-2)).toEqual(["imaps://one.example:993", "smtps://two.example:465"]);
		expect(kept[0]).toBe("imaps://2.example:993");
		expect(readWatchMemory(JSON.stringify(memory))).toMatchObject({ ok: true });
	});

	it("an authority with an endless name can be remembered, and read again", async () => {
		const { memory } = await watched([[accept("x".repeat(10_000))]]);
		expect(readWatchMemory(JSON.stringify(memory))).toEqual({ ok: true, memory });
	});
});

describe("a steady look", () => {
	/** What two looks see, and what comes of them. */
	async function steady(...looks: readonly (readonly Make[])[]) {
		const asked: string[][] = [];
		const look = steadily(async (targets) => {
			const makes = looks[asked.length] ?? [];
			asked.push(targets.map(({ host }) => host));
			return targets.map((target, at) => (makes[at] ?? A)(target, START));
		});
		const outcomes = (await look([ONE, TWO])).map(({ outcome }) => outcome);
		return { asked, outcomes };
	}

	it("looks once where all is well, or where something is wrong that no bad moment does", async () => {
		expect(await steady([A, unverified("M Trust")])).toEqual({
			asked: [["one.example", "two.example"]],
			outcomes: ["accept", "unverified"],
		});
		expect((await steady([A, failed("stripped")])).asked).toHaveLength(1);
	});

	it.each(["unreachable", "timeout", "cut", "turned-away"] as const)(
		"looks again at what failed by chance: %s",
		async (outcome) => {
			const asked = [["one.example", "two.example"], ["two.example"]];
			expect(await steady([A, failed(outcome)], [A])).toEqual({ asked, outcomes: ["accept", "accept"] });
			expect(await steady([A, failed(outcome)], [failed("cut")])).toEqual({ asked, outcomes: ["accept", "cut"] });
		},
	);

	it("looks once where there is no network", async () => {
		expect((await steady([failed("unreachable"), failed("timeout")])).asked).toHaveLength(1);
	});
});

describe("what was remembered", () => {
	const good: WatchMemory = {
		version: 1,
		servers: { "imaps://one.example:993": { told: "x", shown: null, voucher: null, authorities: [] } },
	};
	it("is read back", () => expect(readWatchMemory(JSON.stringify(good))).toEqual({ ok: true, memory: good }));
	it.each([
		["", "broken"],
		["null", "broken"],
		["[]", "broken"],
		["{}", "broken"],
		['{"version":0,"servers":{}}', "broken"],
		['{"version":2}', "newer"],
		['{"version":1,"servers":[]}', "broken"],
		['{"version":1,"servers":{},"more":1}', "broken"],
		['{"version":1,"servers":{"a":{"told":1,"shown":null,"voucher":null,"authorities":[]}}}', "broken"],
		['{"version":1,"servers":{"a":{"told":null,"shown":null,"voucher":null,"authorities":[{"key":"k"}]}}}', "broken"],
	])("or not at all: %s", (json, why) => expect(readWatchMemory(json)).toEqual({ ok: false, why }));
});
