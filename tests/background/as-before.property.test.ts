/** The short way for parts gives the verdicts, and leaves the notes, of the long one. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readTarget, type Target } from "../../src/background/target.ts";
import type { SecurityInfo } from "../../src/browser/webRequest.ts";
import type { Connection } from "../../src/core/judge.ts";
import { against, createFake, type Fake, info } from "./fake.ts";

const CHAINS = [
	"root[G O=Good C=US] -> ca[H O=Good C=US] -> leaf[L]",
	// The same leaf below the same authority, and another root above: a memory by leaf would not see it.
	"root[A O=Bad C=CN] -> ca[H O=Good C=US] -> leaf[L]",
	"root[G O=Good C=US] -> ca[C O=Bad C=CN] -> leaf[L]",
	"root[G O=Good C=US] -> leaf[L]",
	"root[G O=Good C=US] -> ca[H O=Good C=US] -> leaf[M]",
];
const HOSTS = ["https://one.example/", "https://two.example/"];

/** What Firefox says of a chain; `oddity` changes one thing that a verdict may rest on. */
function said(chain: number, oddity: string): SecurityInfo | undefined {
	const drawn = info(CHAINS[chain] as string);
	const certificates = drawn.certificates as Record<string, unknown>[];
	const change = (at: number, member: object) => {
		const changed = certificates.map((one, index) => (index === at ? { ...one, ...member } : one));
		return { ...drawn, certificates: changed };
	};
	const last = certificates.length - 1;
	// What a judge finds about an authority it remembers by fingerprint, which no two certificates share.
	const another = (first: string, member: object) => {
		const { sha256 } = (certificates[last] as { fingerprint: { sha256: string } }).fingerprint;
		return change(last, { ...member, fingerprint: { sha256: first + sha256.slice(first.length) } });
	};
	switch (oddity) {
		case "not built in":
			return change(last, { isBuiltInRoot: false });
		case "subject":
			return another("00", { subject: "CN=x,O=Renamed" });
		case "issuer":
			return change(0, { issuer: "CN=x,O=Renamed" });
		case "dates":
			return change(0, { validity: { start: 1, end: 2 } });
		case "key":
			return another("01", { subjectPublicKeyInfoDigest: { sha256: "x".repeat(44) } });
		case "no key":
			return change(0, { subjectPublicKeyInfoDigest: {} });
		case "clicked through":
			return { ...drawn, overridableErrorCategory: "trust_error", certificates: [] };
		case "flag alone":
			return { ...drawn, isUntrusted: true };
		case "empty":
			return { ...drawn, certificates: [] };
		case "nothing":
			return undefined;
		default:
			return drawn;
	}
}

const ODDITIES = [
	...[
		"not built in",
		"subject",
		"issuer",
		"dates",
		"key",
		"no key",
		"clicked through",
		"flag alone",
		"empty",
		"nothing",
	],
	...Array<string>(20).fill("none"),
];
/** Under each of these some of the chains are refused, for one reason or another. */
const RULES = [
	[],
	[against("A")],
	[against("C")],
	[against("A", { match: [{ organization: "Renamed" }] })],
	[against("A", { match: [{ root: "not-built-in" }] })],
	[against("A", { match: [{ overridden: "any" }] })],
	[against("A", { match: [{ spki: "x".repeat(44) }] })],
	[against("A", { issuedAfter: "2000-01-01T00:00:00Z" }), against("C", { sites: ["one.example"] })],
	[against("G", { issuedAfter: "2000-01-01T00:00:00Z" })],
] as const;

const part = fc.record({
	kind: fc.constant("part" as const),
	// Mostly the ordinary: one host, one chain, one tab.
	host: fc.constantFrom(0, 0, 0, 1),
	chain: fc.constantFrom(0, 0, 0, 0, 0, 0, 1, 2, 3, 4),
	oddity: fc.constantFrom(...ODDITIES),
	tabId: fc.constantFrom(1, 1, 1, 1, 2, -1),
	incognito: fc.constantFrom(false, false, false, false, true),
	fromCache: fc.constantFrom(false, false, false, false, true),
	proxied: fc.constantFrom(false, false, false, true),
	unasked: fc.boolean(),
	networkChanges: fc.constantFrom(false, false, false, true),
});
const ORDINARY = { kind: "part", host: 0, chain: 0, oddity: "none", tabId: 1 } as const;
const REST = { incognito: false, fromCache: false, proxied: false, networkChanges: false } as const;
const ordinary = fc.boolean().map((unasked) => ({ ...ORDINARY, ...REST, unasked }));
const step = fc.oneof(
	{ weight: 30, arbitrary: ordinary },
	{ weight: 12, arbitrary: part },
	{
		weight: 1,
		arbitrary: fc.record({ kind: fc.constant("page" as const), host: fc.constantFrom(0, 1), chain: fc.nat(4) }),
	},
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant("rules" as const), rules: fc.nat(RULES.length - 1) }) },
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant("network" as const) }) },
	{
		weight: 2,
		// Not backwards: how old a note is then depends on which of two equal ones is kept (below).
		arbitrary: fc.record({ kind: fc.constant("time" as const), ms: fc.constantFrom(1, 5000, 10_000, 700_000) }),
	},
);
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

const origin = (host: number): string => HOSTS[host] as string;

async function take(fake: Fake, one: Step, number: number): Promise<unknown> {
	switch (one.kind) {
		case "part": {
			const url = `${origin(one.host)}${number}`;
			fake.answers.set(url, () => said(one.chain, one.oddity));
			const { tabId, incognito, fromCache } = one;
			const proxyInfo = one.proxied ? { type: "socks", host: "proxy.example", port: 1 } : undefined;
			const how = { type: "image", tabId, incognito, fromCache, documentUrl: fake.tabs.get(1)?.url ?? "" };
			const meanwhile = one.networkChanges ? () => fake.app.networkChanged() : undefined;
			return await fake.visit(
				url,
				{ ...how, ...(proxyInfo ? { proxyInfo } : {}) },
				{ unasked: one.unasked, meanwhile },
			);
		}
		case "page":
			fake.answers.set(origin(one.host), () => said(one.chain, "none"));
			return await fake.visit(origin(one.host));
		case "rules": {
			const rules = RULES[one.rules] ?? [];
			return await fake.app.rules.change((state) => ({ ...state, policy: { ...state.policy, rules: [...rules] } }), {
				tightened: true,
			});
		}
		case "network":
			return fake.app.networkChanged();
		case "time":
			fake.now += one.ms;
	}
}

/**
 * A connection, as notes tell one from another: by fingerprints. Of two leaves with the same one that differ all the
 * same, which there are in this test alone, the first is noted; they are judged each by what it says.
 */
function brief(connection: Connection | null | undefined): unknown {
	const evidence = connection?.evidence;
	if (evidence?.kind !== "chain") return evidence;
	return evidence.chain.map(({ sha256, builtInRoot }) => `${sha256} ${builtInRoot}`);
}

/** Everything that later decisions, the popup and the button draw on. */
function notes({ app, faces }: Fake): unknown {
	const targets = HOSTS.map((url) => readTarget(url) as Target);
	return {
		documents: [...app.documents.all()].map(([tabId, { url, connection, stoppedCount, parts, accepted, used }]) => [
			tabId,
			url,
			brief(connection),
			stoppedCount,
			[...parts.entries()].map(([key, { connection: of }]) => [key, brief(of)]).sort(),
			[...accepted.entries()].map(([key, { count }]) => [key, count]),
			used.size,
		]),
		hosts: targets.flatMap((target) =>
			[false, true].map((isPrivate) => [
				brief(app.hosts.lastOf(target, isPrivate)?.connection),
				brief(app.hosts.refusalOf(target.name, isPrivate)?.connection),
				brief(app.hosts.remembered(target, isPrivate)?.connection),
			]),
		),
		checked: targets.flatMap(({ name, port }) =>
			["", "socks proxy.example 1  "].map((proxy) => app.checked.has(`${name}:${port} ${proxy}`)),
		),
		faces: [...faces],
	};
}

const { setTimeout: realTimeout } = globalThis;
/**
 * What is due in no time is made due in the next turn of the event loop: Node rounds up to a millisecond, and how much happens
 * in one depends on what else the machine does.
 */
beforeAll(() => {
	globalThis.setTimeout = ((run: () => void, ms = 0) =>
		ms > 0 ? realTimeout(run, ms) : setImmediate(run)) as typeof setTimeout;
});
afterAll(() => {
	globalThis.setTimeout = realTimeout;
});

/** Lets everything happen that is due now, and what that brings. */
async function settle(): Promise<void> {
	for (let turns = 0; turns < 10; turns++) await new Promise((resolve) => setImmediate(resolve));
}

test("the short way decides and notes as the long one does, on 200 random walks of 60 steps", {
	timeout: 120_000,
}, async () => {
	const taken = { short: 0, long: 0 };
	await fc.assert(
		fc.asyncProperty(fc.array(step, { minLength: 60, maxLength: 60 }), async (steps) => {
			const [both, longOnly] = [createFake({ rules: [] }), createFake({ rules: [] })];
			for (const fake of [both, longOnly]) {
				fake.tabs.set(2, { ...(fake.tabs.get(1) as object), id: 2 } as never);
				await fake.app.rules.ready;
			}
			await settle();
			const fits = both.app.asBefore.fits.bind(both.app.asBefore);
			both.app.asBefore.fits = (...asked) => {
				const short = fits(...asked);
				taken[short ? "short" : "long"]++;
				return short;
			};
			longOnly.app.asBefore.fits = () => false;
			for (const [number, one] of steps.entries()) {
				const [short, long] = [await take(both, one, number), await take(longOnly, one, number)];
				expect(short).toEqual(long);
				// What comes of a step later on, such as a probe's answer, comes to both.
				await settle();
				expect(notes(both)).toEqual(notes(longOnly));
			}
		}),
		{ numRuns: 200 },
	);
	console.log(`as before: ${JSON.stringify(taken)}`);
	// A short way that is never taken proves nothing.
	expect(taken.short).toBeGreaterThan(1000);
	expect(taken.long).toBeGreaterThan(1000);
});

test("where the clock was set back, the long way decides", async () => {
	const fake = createFake({ rules: [] });
	await fake.app.rules.ready;
	const fits = fake.app.asBefore.fits.bind(fake.app.asBefore);
	const taken: boolean[] = [];
	fake.app.asBefore.fits = (...asked) => {
		const short = fits(...asked);
		taken.push(short);
		return short;
	};
	for (const ms of [0, 0, -1, 0]) {
		fake.now += ms;
		fake.answers.set(`${HOSTS[0]}${taken.length}`, () => said(0, "none"));
		expect(await fake.visit(`${HOSTS[0]}${taken.length}`, { type: "image", documentUrl: "" })).toBe("shown");
	}
	expect(taken).toEqual([false, true, false, true]);
});
