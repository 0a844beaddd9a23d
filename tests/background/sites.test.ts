/** The record of which authorities vouched for which sites, and what rules would have stopped of it. */
import "../ui/setup.ts";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import type { Judged } from "../../src/background/guard.ts";
import { dayOf, MAX_DOMAINS, PIECES, timeOf } from "../../src/background/siteRecord.ts";
import { SITES_STORED, Sites, type SitesDeps } from "../../src/background/sites.ts";
import { readTarget, type Target } from "../../src/background/target.ts";
import { createCatalogue } from "../../src/catalogue/rows.ts";
import type { Chain } from "../../src/core/chain.ts";
import { compile } from "../../src/core/compile.ts";
import type { Judge } from "../../src/core/judge.ts";
import type { Rule, Selector } from "../../src/core/policy.ts";
import { CATALOGUE, draw, spki } from "../core/draw.ts";
import { against, BAD, createFake, GOOD, NOW, settle } from "./fake.ts";

const DAY = 24 * 60 * 60 * 1000;
/** By authority `one` of the test catalogue (the key A). */
const BY_ONE = BAD;
const BY_TWO = "root[T O=Two] -> leaf[L]";
const LOCAL = "local[Z O=Box] -> leaf[L]";

interface World extends Omit<SitesDeps, "now" | "readStorage" | "writeStorage" | "removeStorage"> {
	stored: Record<string, unknown>;
	readError: Error | null;
	writeError: Error | null;
	writes: number;
	now: number;
	history: boolean;
	changes: number;
	sites: Sites;
	/** Ends this record and starts another one over the same storage. */
	restart(): Promise<void>;
	visit(host: string, drawn: string | Chain, more?: Partial<Judged["details"]>): void;
	part(host: string, drawn: string): void;
}

function createWorld(more: Partial<SitesDeps> & { stored?: Record<string, unknown> } = {}): World {
	const { stored = {}, ...deps } = more;
	const world = {
		stored: structuredClone(stored),
		readError: null,
		writeError: null,
		writes: 0,
		now: NOW,
		history: true,
		changes: 0,
		async restart() {
			// What was not written is lost, as when Firefox is killed.
			world.sites = create();
			await world.sites.start();
		},
		visit(host, drawn, details = {}) {
			const chain = typeof drawn === "string" ? draw(drawn) : drawn;
			const target = readTarget(`https://${host}/`) as Target;
			world.sites.note({
				details: {
					requestId: "1",
					url: `https://${host}/`,
					method: "GET",
					tabId: 1,
					frameId: 0,
					type: "main_frame",
					...details,
				},
				target,
				connection: { host: target.host, evidence: { kind: "chain", chain } },
				verdict: { outcome: "accept", excepted: [] },
			});
		},
		part: (host, drawn) => world.visit(host, drawn, { type: "image" }),
	} as World;
	const create = () =>
		new Sites({
			readStorage: async (keys) => {
				if (world.readError) throw world.readError;
				return structuredClone(Object.fromEntries(Object.entries(world.stored).filter(([key]) => keys.includes(key))));
			},
			writeStorage: async (items) => {
				if (world.writeError) throw world.writeError;
				world.writes++;
				world.stored = { ...world.stored, ...structuredClone(items) };
			},
			removeStorage: async (keys) => {
				if (world.writeError) throw world.writeError;
				world.stored = Object.fromEntries(Object.entries(world.stored).filter(([key]) => !keys.includes(key)));
			},
			catalogue: CATALOGUE,
			now: () => world.now,
			domainOf: (host) => host.split(".").slice(-2).join("."),
			displayDomain: (domain) => domain,
			followsHistory: true,
			hasHistory: async () => world.history,
			onChange: () => {
				world.changes++;
			},
			laterMs: 0,
			writeMs: 0,
			...deps,
		});
	world.sites = create();
	return world;
}

const judgeOf = (...rules: readonly Rule[]): Judge =>
	compile({ admin: null, person: { version: 1, rules } }, CATALOGUE);
const NONE = judgeOf();

/** Waits until everything noted is written. */
async function written(world: World): Promise<void> {
	await world.sites.view();
	await vi.waitFor(async () => {
		await settle();
		expect(Object.keys(world.stored)).toContain("sites");
	});
	await settle();
	await world.sites.view();
}

const pieces = ({ stored }: World): string => JSON.stringify(Object.entries(stored).filter(([key]) => key !== "sites"));

describe("what is counted", () => {
	it("sites by authority, each registrable domain once, parts apart", async () => {
		const world = createWorld();
		expect(await world.sites.view()).toEqual({ on: true, since: null, total: 0, byAuthority: {} });
		world.visit("www.a.example", BY_ONE);
		world.visit("mail.a.example", BY_ONE);
		world.visit("b.example", BY_ONE);
		world.visit("b.example", BY_TWO);
		world.visit("c.example", GOOD);
		world.part("d.example", BY_TWO);
		world.part("c.example", BY_ONE);
		expect(await world.sites.view()).toEqual({
			on: true,
			since: timeOf(dayOf(NOW)),
			total: 3,
			byAuthority: { one: 2, two: 1 },
		});
	});

	it("nothing of private windows, caches and clicked-through errors", async () => {
		const world = createWorld();
		world.visit("a.example", BY_ONE, { incognito: true });
		world.visit("b.example", BY_ONE, { fromCache: true });
		const target = readTarget("https://c.example/") as Target;
		world.sites.note({
			details: { requestId: "1", url: "https://c.example/", method: "GET", tabId: 1, frameId: 0, type: "main_frame" },
			target,
			connection: {
				host: target.host,
				evidence: { kind: "overridden", overridden: { kinds: ["trust"], leaf: null, authorityKeyIdentifier: null } },
			},
			verdict: { outcome: "accept", excepted: [] },
		});
		expect((await world.sites.view()).total).toBe(0);
		await settle();
		expect(world.stored).toEqual({});
	});

	it("asks nothing and keeps nothing more for what was noted that day, and notes it anew the next", async () => {
		const domainOf = vi.fn((host: string) => host);
		const world = createWorld({ domainOf });
		for (let n = 0; n < 100; n++) world.visit("a.example", BY_ONE);
		await written(world);
		expect(domainOf).toHaveBeenCalledTimes(1);
		const { writes } = world;
		for (let n = 0; n < 100; n++) world.visit("a.example", BY_ONE);
		await world.sites.view();
		await settle();
		expect(world.writes).toBe(writes);
		world.now += DAY;
		world.visit("a.example", BY_ONE);
		await world.sites.view();
		expect(domainOf).toHaveBeenCalledTimes(2);
	});

	it("for 90 days", async () => {
		const world = createWorld();
		world.visit("old.example", BY_ONE);
		world.visit("both.example", BY_ONE);
		await written(world);
		expect(pieces(world)).toContain(spki("A"));
		world.now += 89 * DAY;
		world.visit("both.example", BY_TWO);
		expect(await world.sites.view()).toMatchObject({
			total: 2,
			byAuthority: { one: 2, two: 1 },
			since: timeOf(dayOf(NOW)),
		});
		world.now += DAY;
		expect(await world.sites.view()).toMatchObject({
			total: 1,
			byAuthority: { two: 1 },
			since: timeOf(dayOf(NOW) + 1),
		});
		world.now += 89 * DAY;
		expect(await world.sites.view()).toEqual({ on: true, since: null, total: 0, byAuthority: {} });
		// To switch on what is on writes all there is to write.
		await world.sites.keep(true);
		expect(pieces(world)).not.toContain("example");
		expect(pieces(world)).not.toContain(spki("A"));
	});

	it("what a wrong clock dated into the future counts as of today, and ends like everything else", async () => {
		const world = createWorld();
		world.now += 5000 * DAY;
		world.visit("a.example", BY_ONE);
		await world.sites.view();
		world.now = NOW;
		expect(await world.sites.view()).toMatchObject({ total: 1, since: timeOf(dayOf(NOW)) });
		world.now += 90 * DAY;
		expect((await world.sites.view()).total).toBe(0);
	});
});

describe("who vouched before", () => {
	const today = () => timeOf(dayOf(NOW));
	const earlier = (world: World, host: string, drawn: string | null) =>
		world.sites.before(
			readTarget(`https://${host}/`) as Target,
			drawn === null ? null : { kind: "chain", chain: draw(drawn) },
		);
	/** Below a known root, an intermediate that the catalogue has not yet. */
	const NEW_BY_ONE = "root[A O=Bad C=CN] -> ca[N O=New C=ZZ] -> leaf[L]";
	const one = { authority: { id: "one", name: "One", country: "CN" }, name: "One", country: "CN" };
	const two = { authority: { id: "two", name: "Two", country: null }, name: "Two", country: null };
	const good = { authority: null, name: "Good", country: "US" };

	it("is told by authority, seen last first, with the first and the last day", async () => {
		const world = createWorld();
		expect(await earlier(world, "a.example", GOOD)).toEqual([]);
		world.visit("www.a.example", BY_ONE);
		world.visit("b.example", BY_TWO);
		await world.sites.view();
		world.now += 10 * DAY;
		world.visit("mail.a.example", NEW_BY_ONE);
		world.visit("www.a.example", BY_TWO);
		await world.sites.view();
		world.now += 5 * DAY;
		world.visit("www.a.example", BY_TWO);
		await world.sites.view();
		world.now += DAY;
		expect(await earlier(world, "a.example", GOOD)).toEqual([
			{ ...two, first: today() + 10 * DAY, last: today() + 15 * DAY },
			{ ...one, first: today(), last: today() + 10 * DAY },
		]);
	});

	it("without this visit, noted or not; and one of the same day counts where another vouched", async () => {
		const world = createWorld();
		world.visit("a.example", BY_ONE);
		expect(await earlier(world, "a.example", BY_ONE)).toEqual([]);
		expect(await earlier(world, "a.example", GOOD)).toEqual([{ ...one, first: today(), last: today() }]);
		expect(await earlier(world, "a.example", null)).toEqual([{ ...one, first: today(), last: today() }]);
		world.now += 7 * DAY;
		world.visit("a.example", BY_ONE);
		expect(await earlier(world, "a.example", BY_ONE)).toEqual([{ ...one, first: today(), last: today() }]);
		world.visit("a.example", GOOD);
		// Whether it comes once or ten times on its first day.
		for (let n = 0; n < 10; n++) world.visit("a.example", GOOD);
		expect(await earlier(world, "a.example", GOOD)).toEqual([{ ...one, first: today(), last: today() + 7 * DAY }]);
		world.now += DAY;
		world.visit("a.example", GOOD);
		expect(await earlier(world, "a.example", GOOD)).toEqual([
			{ ...one, first: today(), last: today() + 7 * DAY },
			{ ...good, first: today() + 7 * DAY, last: today() + 7 * DAY },
		]);
	});

	it("only of pages, of three authorities at most, and not for longer than 90 days after the last", async () => {
		const world = createWorld();
		world.part("a.example", BY_ONE);
		expect(await earlier(world, "a.example", GOOD)).toEqual([]);
		for (const letter of ["W", "X", "Y", "Z"]) {
			world.visit("a.example", `root[${letter} O=Of_${letter}] -> leaf[L]`);
			await world.sites.view();
			world.now += 60 * DAY;
		}
		expect((await earlier(world, "a.example", GOOD)).map(({ name }) => name)).toEqual(["Of Z"]);
		for (const letter of ["W", "X", "Y", "Z"]) world.visit("a.example", `root[${letter} O=Of_${letter}] -> leaf[L]`);
		expect(await earlier(world, "a.example", GOOD)).toHaveLength(3);
		world.now += 90 * DAY;
		expect(await earlier(world, "a.example", GOOD)).toEqual([]);
	});

	it("the first day outlives a restart, and begins anew after a gap", async () => {
		const world = createWorld();
		world.visit("a.example", BY_ONE);
		await world.sites.view();
		world.now += 80 * DAY;
		world.visit("a.example", BY_ONE);
		await written(world);
		await world.restart();
		world.now += 80 * DAY;
		expect(await earlier(world, "a.example", GOOD)).toEqual([{ ...one, first: today(), last: today() + 80 * DAY }]);
		world.part("a.example", BY_ONE);
		await world.sites.view();
		world.now += 20 * DAY;
		world.visit("a.example", BY_ONE);
		expect(await earlier(world, "a.example", GOOD)).toEqual([
			{ ...one, first: today() + 180 * DAY, last: today() + 180 * DAY },
		]);
	});

	it("what the first version stored is read: the last day is the oldest that is known", async () => {
		const world = createWorld();
		world.visit("a.example", BY_ONE);
		world.part("a.example", BY_TWO);
		world.visit("b.example", BY_TWO);
		world.part("b.example", BY_TWO);
		await written(world);
		// As it was: four numbers for each way, and another number at the head.
		const older = Object.fromEntries(
			Object.entries(world.stored).map(([key, value]) => {
				if (key === "sites") return [key, { ...(value as object), version: 1 }];
				if (key.includes("chains")) return [key, value];
				const piece = Object.entries(value as Record<string, number[]>);
				return [key, Object.fromEntries(piece.map(([domain, all]) => [domain, all.filter((_, at) => at % 5 !== 4)]))];
			}),
		);
		expect(older).not.toEqual(world.stored);
		const next = createWorld({ stored: older });
		next.now = NOW + 3 * DAY;
		expect(await earlier(next, "a.example", GOOD)).toEqual([{ ...one, first: today(), last: today() }]);
		expect(await earlier(next, "b.example", GOOD)).toEqual([{ ...two, first: today(), last: today() }]);
		expect(await next.sites.view()).toEqual(await world.sites.view());
		// All of it is written in the new shape, without a visit.
		await vi.waitFor(() => expect(next.stored.sites).toMatchObject({ version: 2 }));
		expect(next.stored).toMatchObject(world.stored);
		await next.restart();
		expect(await earlier(next, "a.example", GOOD)).toEqual([{ ...one, first: today(), last: today() }]);
	});

	it("is nothing where the record is off, or cannot be read", async () => {
		const world = createWorld();
		world.visit("a.example", BY_ONE);
		await written(world);
		await world.sites.keep(false);
		expect(await earlier(world, "a.example", GOOD)).toEqual([]);
		const broken = createWorld({ stored: world.stored });
		broken.readError = new Error("broken");
		expect(await earlier(broken, "a.example", GOOD)).toEqual([]);
	});
});

describe("by way of the guard", () => {
	it("pages, their parts and redirects count; private windows and what is stopped do not", async () => {
		const fake = createFake({ rules: [against("T")], deps: { narrowMs: 0 } });
		await fake.app.rules.ready;
		for (const url of ["https://page.example/", "https://hop.example/", "https://img.example/"])
			fake.vouch(url, BY_ONE);
		fake.vouch("https://stopped.example/", BY_TWO);
		fake.vouch("https://private.example/", BY_ONE);
		expect(await fake.visit("https://hop.example/", { statusCode: 302 })).toBe("shown");
		expect(await fake.visit("https://page.example/")).toBe("shown");
		expect(await fake.part("https://img.example/")).toBe("came");
		expect(await fake.visit("https://stopped.example/")).toBe("stopped");
		expect(await fake.visit("https://private.example/", { incognito: true })).toBe("shown");
		expect(await fake.part("https://private.example/", { incognito: true })).toBe("came");
		expect(await fake.app.sites.impact(NONE, judgeOf(against("A"), against("T")))).toMatchObject({
			...{ total: 2, stopped: 2, parts: 1 },
			sites: ["hop.example", "page.example"],
		});
	});

	it("a record that is broken stops no page", async () => {
		const fake = createFake({ deps: { narrowMs: 0, now: () => NOW } });
		await fake.app.rules.ready;
		const { sites } = fake.app;
		// What `note` needs first of all.
		Object.defineProperty(sites, "note", { value: sites.note.bind(null as unknown as typeof sites) });
		expect(await fake.visit("https://page.example/")).toBe("shown");
	});
});

describe("what is stored", () => {
	it("is there after a restart", async () => {
		const world = createWorld();
		world.visit("a.example", BY_ONE);
		world.visit("__proto__", BY_TWO);
		world.part("b.example", LOCAL);
		await written(world);
		const before = await world.sites.view();
		await world.restart();
		expect(await world.sites.view()).toEqual(before);
		expect(before).toMatchObject({ total: 2, byAuthority: { one: 1, two: 1 } });
		expect(await world.sites.impact(NONE, judgeOf(against("Z", { match: [{ root: "not-built-in" }] })))).toMatchObject({
			stopped: 0,
			parts: 1,
		});
	});

	it("is written in pieces: a new site of a known chain rewrites one of them", async () => {
		const written: Record<string, unknown>[] = [];
		const world = createWorld({ writeStorage: async (items) => void written.push(items) });
		for (let n = 0; n < 500; n++) world.visit(`site-${n}.example`, BY_ONE);
		await world.sites.view();
		await vi.waitFor(() => expect(written.length).toBe(1));
		world.visit("new.example", BY_ONE);
		await world.sites.view();
		await vi.waitFor(() => expect(written.length).toBe(2));
		expect(Object.keys(written[0] ?? {}).length).toBeGreaterThan(50);
		expect(Object.keys(written[1] ?? {})).toHaveLength(2);
	});

	const good = async (): Promise<Record<string, unknown>> => {
		const world = createWorld();
		for (let n = 0; n < 200; n++) world.visit(`site-${n}.example`, n % 2 ? BY_ONE : BY_TWO);
		await written(world);
		return world.stored;
	};

	it("and cannot be read is left out, whatever it is; the rest stays", async () => {
		const stored = await good();
		const keys = Object.keys(stored).filter((key) => key !== "sites");
		const anything = fc.oneof(
			fc.anything(),
			fc.array(fc.integer()),
			fc.dictionary(fc.string(), fc.array(fc.integer())),
		);
		await fc.assert(
			fc.asyncProperty(fc.dictionary(fc.constantFrom(...keys), anything), async (broken) => {
				const world = createWorld({ stored: { ...stored, ...broken } });
				const view = await world.sites.view();
				expect(view.on).toBe(true);
				expect(view.total).toBeLessThanOrEqual(200);
				expect((await world.sites.impact(NONE, judgeOf(against("A")))).stopped).toBeLessThanOrEqual(100);
				world.visit("new.example", BY_ONE);
				expect((await world.sites.view()).byAuthority.one).toBeGreaterThan(0);
			}),
			{ numRuns: 100 },
		);
		const [piece] = keys.filter((key) => !key.includes("chains"));
		const world = createWorld({ stored: { ...stored, [piece as string]: 7 } });
		const { total } = await world.sites.view();
		expect(total).toBeLessThan(200);
		expect(total).toBeGreaterThan(150);
	});

	it("is off where nobody can tell any more whether it was on, and what was kept goes", async () => {
		for (const head of [7, {}, { version: 3, on: true, since: 1 }, { version: 1, on: "yes" }]) {
			const world = createWorld({ stored: { ...(await good()), sites: head } });
			expect(await world.sites.view()).toEqual({ on: false, since: null, total: 0, byAuthority: {} });
			expect(pieces(world)).toBe("[]");
		}
	});

	it("with 20,000 sites stays below 5 MB, drops the oldest beyond, and answers in time", async () => {
		const world = createWorld({ writeMs: 1e9, laterMs: 1e9, catalogue: createCatalogue({ authorities: AUTHORITIES }) });
		const chains = realisticChains();
		const count = MAX_DOMAINS + 500;
		for (let n = 0; n < count; n++) {
			if (n % 4000 === 0) {
				world.now += DAY;
				await world.sites.view();
			}
			// Few authorities vouch for most sites, as in the world.
			const chain = chains[Math.floor(chains.length * (n / count) ** 3)] as Chain;
			const [leaf, ...above] = chain;
			world.visit(`www.some-site-${n}.example`, [{ ...leaf, sha256: `${n}`, notBefore: NOW - n * 1000 }, ...above]);
			if (n % 5 === 0) world.part(`some-site-${n}.example`, GOOD);
		}
		const view = await world.sites.view();
		expect(view.total).toBeLessThanOrEqual(MAX_DOMAINS);
		expect(view.total).toBeGreaterThan(MAX_DOMAINS - 1000);
		await world.sites.keep(true);
		const bytes = new TextEncoder().encode(JSON.stringify(world.stored)).length;
		expect(bytes).toBeLessThan(5_000_000);
		// The first day's are gone, the last day's are there.
		const text = JSON.stringify(world.stored);
		expect(text).not.toContain(`"some-site-1.example"`);
		expect(text).toContain(`"some-site-${count - 1}.example"`);

		const times: Record<string, number> = {};
		const timed = async <Answer>(what: string, run: () => Promise<Answer>): Promise<Answer> => {
			// Of the processor, whatever else the machine is at.
			const start = process.cpuUsage();
			const answer = await run();
			const { user, system } = process.cpuUsage(start);
			times[what] = Math.round((user + system) / 1000);
			return answer;
		};
		await timed("read", () => world.restart());
		expect(await timed("count", () => world.sites.view())).toEqual(view);
		// Every chain but GOOD's is refused, which is the most there is to do.
		const all = judgeOf(
			against("X", {
				match: AUTHORITIES.map(({ id }) => ({ authority: id })),
				sites: ["example"],
				issuedAfter: "2020-01-01",
			}),
		);
		const inForce = compile({ admin: null, person: { version: 1, rules: [against("G")] } }, CATALOGUE);
		let longest = 0;
		let last = performance.now();
		const withPauses = createWorld({
			stored: world.stored,
			pause: async () => {
				longest = Math.max(longest, performance.now() - last);
				await new Promise((resolve) => setImmediate(resolve));
				last = performance.now();
			},
		});
		withPauses.now = world.now;
		await withPauses.sites.view();
		longest = 0;
		last = performance.now();
		const then = compile(
			{
				admin: null,
				person: { version: 1, rules: [...inForce.rules.map(({ rule }) => rule), ...all.rules.map(({ rule }) => rule)] },
			},
			createCatalogue({ authorities: AUTHORITIES }),
		);
		const impact = await timed("impact", () => withPauses.sites.impact(inForce, then));
		expect(impact).toMatchObject({ total: view.total, stopped: view.total });
		expect(impact.sites).toHaveLength(100);
		console.log(
			`sites: ${view.total} sites, ${bytes} bytes, ms ${JSON.stringify(times)}, longest turn ${longest.toFixed(1)} ms`,
		);
		expect(times.impact).toBeLessThan(1000);
	});
});

/** As many authorities as the catalogue has, with keys that look like those of the world. */
const AUTHORITIES = Array.from({ length: 80 }, (_, n) => ({
	id: `authority-${n}`,
	name: `Authority ${n}`,
	country: null,
	keys: Array.from({ length: 8 }, (_, key) => keyOf(n * 8 + key)),
	names: [],
	keyIdentifiers: [],
}));

function keyOf(n: number): string {
	return `${String(n).padStart(42, "k")}A=`;
}

/** 600 chains, of an intermediate and a root each, with subjects as long as those of the world. */
function realisticChains(): Chain[] {
	const [leaf, ca] = draw("root[G] -> leaf[L]") as [Chain[0], Chain[0]];
	return Array.from({ length: 600 }, (_, n) => {
		const certificate = (key: number, what: string, builtInRoot: boolean) => ({
			...ca,
			spki: keyOf(key),
			sha256: String(key).padStart(95, "0A:"),
			subject: `CN=Example Trust Services ${what} ${key} 2024 G${n % 7},OU=Certification Services,O=Example Trust Services Limited,C=US`,
			builtInRoot,
		});
		return [leaf, certificate(n, "TLS Issuing CA", false), certificate(600 + (n % 40), "Root", true)];
	});
}

describe("is forgotten", () => {
	const visited = async (): Promise<World> => {
		const world = createWorld();
		world.visit("www.a.example", BY_ONE);
		world.visit("b.example", BY_TWO);
		world.part("c.example", BY_TWO);
		await written(world);
		return world;
	};

	it("when the person clears it, durably, and begins anew", async () => {
		const world = await visited();
		expect(await world.sites.clear()).toEqual({ ok: true });
		expect(pieces(world)).toBe("[]");
		expect(await world.sites.view()).toEqual({ on: true, since: null, total: 0, byAuthority: {} });
		world.now += DAY;
		world.visit("www.a.example", BY_ONE);
		expect(await world.sites.view()).toMatchObject({ total: 1, since: timeOf(dayOf(NOW) + 1) });
	});

	it("what is noted in the moment before goes with it, what comes in the moment after stays", async () => {
		const world = await visited();
		world.visit("before.example", BY_ONE);
		const clearing = world.sites.clear();
		world.visit("after.example", BY_ONE);
		await clearing;
		expect((await world.sites.impact(NONE, judgeOf(against("A")))).sites).toEqual(["after.example"]);
	});

	it("with the browser's history", async () => {
		const world = await visited();
		await world.sites.historyRemoved({ all: true, urls: [] });
		expect(pieces(world)).toBe("[]");
		expect((await world.sites.view()).total).toBe(0);
		expect(world.changes).toBeGreaterThan(0);
	});

	it("with the history of one of its addresses, and only that site", async () => {
		const world = await visited();
		world.visit("mail.a.example", BY_TWO);
		await world.sites.historyRemoved({ all: false, urls: ["https://shop.a.example/x", "about:blank", "nonsense"] });
		expect(pieces(world)).not.toContain("a.example");
		expect(pieces(world)).not.toContain(spki("A"));
		expect(await world.sites.view()).toMatchObject({ total: 1, byAuthority: { two: 1 } });
		await world.restart();
		expect(await world.sites.view()).toMatchObject({ total: 1, byAuthority: { two: 1 } });
		// It is a site again as soon as it is visited again, the same day.
		world.visit("www.a.example", BY_ONE);
		expect((await world.sites.view()).total).toBe(2);
	});

	it("when there is no history at all at the start: it was removed when Firefox ended", async () => {
		const world = await visited();
		world.history = false;
		await world.restart();
		expect((await world.sites.view()).total).toBe(0);
		expect(pieces(world)).toBe("[]");
	});

	it("stays when Firefox does not say whether there is any", async () => {
		const { stored } = await visited();
		const world = createWorld({ stored, hasHistory: () => Promise.reject(new Error("no")) });
		expect((await world.sites.view()).total).toBe(2);
	});

	it("when it is switched off, and nothing is noted before it is switched on again", async () => {
		const world = await visited();
		expect(await world.sites.keep(false)).toEqual({ ok: true });
		expect(pieces(world)).toBe("[]");
		world.visit("a.example", BY_ONE);
		expect(await world.sites.view()).toEqual({ on: false, since: null, total: 0, byAuthority: {} });
		const again = world.restart();
		// Before it is read that it is off.
		world.visit("a.example", BY_ONE);
		await again;
		expect(await world.sites.view()).toMatchObject({ on: false, total: 0 });
		expect(await world.sites.keep(true)).toEqual({ ok: true });
		world.visit("a.example", BY_ONE);
		expect(await world.sites.view()).toMatchObject({ on: true, total: 1 });
		await written(world);
		await world.restart();
		expect(await world.sites.view()).toMatchObject({ on: true, total: 1 });
	});

	it("and Firefox killed in the middle of switching off leaves nothing", async () => {
		const world = await visited();
		const { stored } = world;
		await world.sites.keep(false);
		const between = createWorld({ stored: { ...stored, sites: world.stored.sites } });
		expect(await between.sites.view()).toMatchObject({ on: false, total: 0 });
		expect(pieces(between)).toBe("[]");
	});
});

describe("where it cannot be kept", () => {
	it("storage that cannot be written: off for this session, and what is known is still told", async () => {
		const world = createWorld();
		world.visit("a.example", BY_ONE);
		await written(world);
		world.writeError = new Error("no space");
		world.visit("b.example", BY_ONE);
		await world.sites.view();
		await vi.waitFor(async () => expect((await world.sites.view()).on).toBe(false));
		world.visit("c.example", BY_ONE);
		expect(await world.sites.view()).toMatchObject({ on: false, total: 2 });
		expect(await world.sites.keep(true)).toEqual({ ok: false, error: expect.stringContaining("no space") });
		world.writeError = null;
		expect(await world.sites.keep(true)).toEqual({ ok: true });
		world.visit("d.example", BY_ONE);
		await world.sites.view();
		await world.sites.keep(true);
		await world.restart();
		expect(await world.sites.view()).toMatchObject({ on: true, total: 3 });
	});

	it("storage that cannot be read: off for this session, and nothing is written over it", async () => {
		const first = createWorld();
		first.visit("a.example", BY_ONE);
		await written(first);
		const world = createWorld({ stored: first.stored });
		world.readError = new Error("damaged");
		await world.sites.start();
		world.visit("b.example", BY_ONE);
		expect(await world.sites.view()).toMatchObject({ on: false, total: 0 });
		expect(await world.sites.keep(true)).toEqual({ ok: false, error: expect.stringContaining("damaged") });
		await settle();
		expect(world.stored).toEqual(first.stored);
		world.readError = null;
		expect(await world.sites.keep(true)).toEqual({ ok: true });
		expect(await world.sites.view()).toMatchObject({ on: true, total: 1 });
	});

	it.each(["all", "one"] as const)(
		"what could not be removed from storage (%s) is, as soon as it can be",
		async (what) => {
			const world = createWorld();
			world.visit("a.example", BY_ONE);
			await written(world);
			world.writeError = new Error("locked");
			if (what === "all")
				expect(await world.sites.clear()).toEqual({ ok: false, error: expect.stringContaining("locked") });
			else await world.sites.historyRemoved({ all: false, urls: ["https://a.example/"] });
			expect((await world.sites.view()).total).toBe(0);
			await settle();
			world.writeError = null;
			await vi.waitFor(() => expect(pieces(world)).not.toContain("a.example"));
		},
	);

	it("no word of removed history (Android): never on", async () => {
		const world = createWorld({ followsHistory: false });
		world.visit("a.example", BY_ONE);
		expect(await world.sites.view()).toEqual({ on: false, since: null, total: 0, byAuthority: {} });
		expect((await world.sites.keep(true)).ok).toBe(false);
	});

	it("rules are not touched by anything that lies there", async () => {
		const broken = Object.fromEntries(SITES_STORED.map((key) => [key, "nonsense"]));
		const fake = createFake({ stored: broken, rules: [against("A")], deps: { narrowMs: 0 } });
		await fake.app.rules.ready;
		fake.vouch("https://a.example/", BAD);
		expect(await fake.visit("https://a.example/")).toBe("stopped");
		expect(fake.app.rules.trouble).toBe(null);
		expect(await fake.visit("https://b.example/")).toBe("shown");
	});
});

describe("impact", () => {
	it("names what would be stopped, or warned of, that is not yet; visited last first", async () => {
		const world = createWorld();
		world.visit("old.example", BY_ONE);
		await world.sites.view();
		world.now += DAY;
		world.visit("new.example", BY_ONE);
		world.visit("two.example", BY_TWO);
		world.part("part.example", BY_ONE);
		world.part("two.example", BY_ONE);
		const impact = (...rules: Rule[]) => world.sites.impact(NONE, judgeOf(...rules));
		const since = timeOf(dayOf(NOW));
		expect(await impact(against("A"))).toEqual({
			...{ since, total: 3, stopped: 2, parts: 2 },
			sites: ["new.example", "old.example"],
		});
		expect((await impact(against("A", { action: "warn" }))).stopped).toBe(2);
		expect((await impact(against("A", { match: [{ authority: "one" }] }))).stopped).toBe(2);
		expect((await impact(against("A", { match: [{ country: "CN" }] }))).stopped).toBe(2);
		expect((await impact(against("A", { sites: ["old.example"] }))).sites).toEqual(["old.example"]);
		expect((await impact(against("A", { acceptFor: ["old.example"] }))).sites).toEqual(["new.example"]);
		expect((await impact(against("A", { except: [{ spki: spki("C") }] }))).stopped).toBe(0);
		expect((await impact(against("A", { issuedAfter: "2026-01-01T00:00:01Z" }))).stopped).toBe(0);
		expect((await impact(against("A", { enabled: false }))).stopped).toBe(0);
		// Leaves are not kept.
		expect((await impact(against("M"))).stopped).toBe(0);
		expect((await world.sites.impact(judgeOf(against("C")), judgeOf(against("C"), against("A")))).stopped).toBe(0);
	});

	it("by the newest leaf, whatever came later", async () => {
		const world = createWorld();
		const at = (year: number) => `root[A O=Bad C=CN] -> leaf[L at=${year}-06-01T00:00:00Z]`;
		world.visit("a.example", at(2020));
		world.part("a.example", at(2010));
		world.visit("a.example", at(2015));
		const since = (year: number) => judgeOf(against("A", { issuedAfter: `${year}-01-01T00:00:00Z` }));
		expect((await world.sites.impact(NONE, since(2020))).stopped).toBe(1);
		expect((await world.sites.impact(NONE, since(2021))).stopped).toBe(0);
	});

	it("of a certificate that is its own trust anchor", async () => {
		const world = createWorld();
		world.visit("box.example", "local[Z O=Box]");
		expect((await world.sites.impact(NONE, judgeOf(against("Z", { match: [{ root: "not-built-in" }] })))).stopped).toBe(
			1,
		);
		expect((await world.sites.impact(NONE, judgeOf(against("Z")))).stopped).toBe(1);
		expect((await world.sites.impact(NONE, judgeOf(against("Z", { except: [{ organization: "Box" }] })))).stopped).toBe(
			0,
		);
	});

	it("through the protocol: a rule is checked like a document's, and one that is there is replaced", async () => {
		const { createAnswer } = await import("../../src/background/answer.ts");
		const fake = createFake({ rules: [against("C", { sites: ["b.example"] })], deps: { narrowMs: 0 } });
		const sender = { id: "own", url: "moz-extension://self/x", tabId: null };
		const answer = createAnswer(fake.app, { ownId: "own", ownOrigin: "moz-extension://self/" } as never);
		const impact = (rules: unknown) => answer({ to: "background", method: "impact", args: [rules] }, sender);
		await fake.app.rules.ready;
		for (const url of ["https://a.example/", "https://c.example/"]) {
			fake.vouch(url, BAD);
			expect(await fake.visit(url)).toBe("shown");
		}
		expect(await impact([against("C")])).toMatchObject({ ok: true, impact: { total: 2, stopped: 2 } });
		expect(await impact([against("C", { sites: ["c.example"] })])).toMatchObject({ impact: { sites: ["c.example"] } });
		expect(await impact([against("A", { match: [{ authority: "nobody" }] })])).toEqual({
			ok: false,
			error: expect.stringContaining("rules[0].match[0].authority"),
		});
		expect(await impact("nonsense")).toEqual({ ok: false, error: expect.stringContaining("rules") });
		expect(fake.app.rules.state.policy.rules).toHaveLength(1);
	});

	it("is what the judge says of the very connections, on 300 drawn worlds", async () => {
		const LETTERS = ["A", "B", "C", "T"];
		const letter = fc.constantFrom(...LETTERS);
		const chain = fc
			.record({
				root: letter,
				local: fc.boolean(),
				ca: fc.option(letter, { nil: null }),
				alone: fc.constantFrom(false, false, false, false, true),
				country: fc.constantFrom("CN", "US"),
				year: fc.constantFrom(2014, 2016),
			})
			.map(({ root, local, ca, country, year, alone }) =>
				[
					`${local ? "local" : "root"}[${root} O=Trust_${root} C=${country}${alone ? ` at=${year}-01-01T00:00:00Z` : ""}]`,
					...(alone ? [] : ca ? [`ca[${ca} O=Sub_${ca}]`] : []),
					...(alone ? [] : [`leaf[L at=${year}-01-01T00:00:00Z]`]),
				].join(" -> "),
			);
		const host = fc.constantFrom("a.example", "b.example", "c.example", "d.example");
		const visit = fc.record({ host, chain, isPage: fc.boolean() });
		const selector: fc.Arbitrary<Selector> = fc.oneof(
			letter.map((key) => ({ spki: spki(key) })),
			letter.map((key) => ({ organization: `Trust ${key}` })),
			fc.constantFrom<Selector>({ authority: "one" }, { country: "CN" }, { root: "not-built-in" }, { country: "US" }),
		);
		const plain = { title: fc.constant("x"), match: fc.array(selector, { minLength: 1, maxLength: 2 }) };
		const action = fc.constantFrom<Rule["action"]>("warn", "block", "strict");
		const rule: fc.Arbitrary<Omit<Rule, "id">> = fc.oneof(
			fc.record({ ...plain, action, enabled: fc.constant(true) }),
			fc.record(
				{
					...plain,
					action,
					except: fc.array(selector, { minLength: 1, maxLength: 1 }),
					sites: fc.array(host, { minLength: 1, maxLength: 2 }),
					acceptFor: fc.array(host, { minLength: 1, maxLength: 2 }),
					issuedAfter: fc.constant("2015-06-01T00:00:00Z"),
					enabled: fc.constantFrom(true, true, true, false),
				},
				{ requiredKeys: ["title", "match", "action", "enabled"] },
			),
		);
		const rules = (name: string) =>
			fc
				.array(rule, { minLength: name === "then" ? 1 : 0, maxLength: 2 })
				.map((all) => all.map((one, n): Rule => ({ ...one, id: `${name}-${n}` })));
		let stoppedOnce = 0;
		await fc.assert(
			fc.asyncProperty(
				fc.array(visit, { maxLength: 12 }),
				rules("now"),
				rules("then"),
				async (visits, before, added) => {
					const world = createWorld({ laterMs: 1e9, writeMs: 1e9 });
					const keyOf = ({ host: of, chain: drawn }: (typeof visits)[number]) => `${of} ${drawn.replace(/leaf.*/, "")}`;
					// Of the leaves that a host had by the same authorities, the newest stands for all.
					const newest = new Map<string, string>();
					for (const one of visits) {
						world.visit(one.host, one.chain, one.isPage ? {} : { type: "script" });
						const known = newest.get(keyOf(one)) ?? "";
						newest.set(keyOf(one), known > one.chain ? known : one.chain);
					}
					const now = judgeOf(...before);
					const then = judgeOf(...before, ...added);
					const stopped = visits.filter((one) => {
						const connection = {
							host: { kind: "name" as const, name: one.host },
							evidence: { kind: "chain" as const, chain: draw(newest.get(keyOf(one)) as string) },
						};
						return now.judge(connection).outcome === "accept" && then.judge(connection).outcome !== "accept";
					});
					const sites = new Set(stopped.filter(({ isPage }) => isPage).map(({ host: of }) => of));
					const parts = new Set(stopped.map(({ host: of }) => of).filter((of) => !sites.has(of)));
					const impact = await world.sites.impact(now, then);
					expect(impact).toMatchObject({
						total: new Set(visits.filter(({ isPage }) => isPage).map(({ host: of }) => of)).size,
						sites: [...sites].sort(),
						stopped: sites.size,
						parts: parts.size,
					});
					stoppedOnce += impact.stopped;
				},
			),
			{ numRuns: 300 },
		);
		expect(stoppedOnce).toBeGreaterThan(50);
	});
});

it("all keys are told apart from those of the rules", () => {
	expect(PIECES).not.toContain("state");
	expect(new Set(SITES_STORED).size).toBe(SITES_STORED.length);
	expect(SITES_STORED.every((key) => key.startsWith("sites"))).toBe(true);
});
