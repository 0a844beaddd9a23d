/** The guard by itself: whatever happens around it, it answers, and never lets a doubt pass. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Batches } from "../../src/background/batches.ts";
import { Guard, type GuardDeps, type Judged } from "../../src/background/guard.ts";
import { Hosts } from "../../src/background/hosts.ts";
import { Probes } from "../../src/background/probes.ts";
import type { RequestDetails } from "../../src/browser/webRequest.ts";
import type { Verdict } from "../../src/core/judge.ts";
import { BAD, GOOD, info, NOW, never, ORIGIN, pending, request } from "./fake.ts";

const ACCEPT: Verdict = { outcome: "accept", excepted: [] };
const UNVERIFIABLE: Verdict = { outcome: "unverifiable", why: "no-chain" };
const REFUSE = { outcome: "refuse", excepted: [] } as unknown as Verdict;
const WARN = { outcome: "warn", excepted: [] } as unknown as Verdict;

const CANCEL = { cancel: true };
const PASS = {};

interface Watched {
	readonly guard: Guard;
	readonly hosts: Hosts;
	readonly accepted: Judged[];
	readonly stopped: Judged[];
	readonly shown: { tabId: number; refusal: string; upgraded: boolean }[];
}

function create(deps: Partial<GuardDeps> = {}): Watched {
	const hosts = deps.hosts ?? new Hosts(() => NOW);
	const accepted: Judged[] = [];
	const stopped: Judged[] = [];
	const shown: Watched["shown"] = [];
	const guard = new Guard({
		ask: async () => info(GOOD),
		isKeptAway: async () => false,
		ready: Promise.resolve(),
		memory: () => null,
		verdict: () => ACCEPT,
		settings: () => ({ preflight: "off", unverifiable: "block", changedCountry: "off" }),
		isUnreadableExcepted: () => false,
		hosts,
		probes: new Probes({ send: () => never(), ownOrigin: ORIGIN, deadlineMs: 10_000, batches: new Batches() }),
		batches: new Batches(),
		forgetCaches: async () => undefined,
		isAsBefore: () => false,
		asksForPassword: () => undefined,
		accepted: (judged) => {
			accepted.push(judged);
			return {};
		},
		stopped: (judged) => `refusal ${stopped.push(judged)}`,
		stoppedPlain: (_, known) => known.refusal,
		showBlockPage: async (tabId, refusal, { upgraded }) => void shown.push({ tabId, refusal, upgraded }),
		now: () => NOW,
		deadlineMs: 8000,
		...deps,
	});
	return { guard, hosts, accepted, stopped, shown };
}

const page = (more: Partial<RequestDetails> = {}) => request("https://a.example/", more);
const part = (more: Partial<RequestDetails> = {}) => request("https://a.example/x.js", { type: "script", ...more });

describe("a response over TLS", () => {
	it("goes on when it is accepted", async () => {
		const { guard, accepted, shown, hosts } = create();
		expect(await guard.onHeadersReceived(page())).toEqual(PASS);
		expect(accepted).toHaveLength(1);
		expect(accepted[0]).toMatchObject({ target: { name: "a.example", port: 443 }, verdict: ACCEPT });
		expect(shown).toEqual([]);
		expect(hosts.refusalOf("a.example", false)).toBe(null);
		expect(hosts.isHeld("a.example", false)).toBe(false);
	});

	it.each([
		["refused", REFUSE],
		["warned about", WARN],
		["unverifiable", UNVERIFIABLE],
	])("is cancelled when it is %s: a page after its block page is there, a part at once", async (_, verdict) => {
		const { guard, stopped, shown, hosts } = create({ verdict: () => verdict });
		expect(await guard.onHeadersReceived(page({ tabId: 7 }))).toEqual(CANCEL);
		expect(shown).toEqual([{ tabId: 7, refusal: "refusal 1", upgraded: false }]);
		expect(await guard.onHeadersReceived(part())).toEqual(CANCEL);
		expect(shown).toHaveLength(1);
		expect(stopped).toHaveLength(2);
		expect(hosts.refusalOf("a.example", false)?.refusal).toBe("refusal 2");
	});

	it("that is unverifiable goes on where the setting or an exception says so", async () => {
		const settings = () => ({ preflight: "off", unverifiable: "allow", changedCountry: "off" }) as const;
		const allowing = create({ verdict: () => UNVERIFIABLE, settings });
		expect(await allowing.guard.onHeadersReceived(page())).toEqual(PASS);
		const excepted = create({ verdict: () => UNVERIFIABLE, isUnreadableExcepted: () => true });
		expect(await excepted.guard.onHeadersReceived(page())).toEqual(PASS);
		expect(excepted.accepted).toHaveLength(1);
	});

	it("of a main frame outside of tabs is cancelled, and no tab is touched", async () => {
		const { guard, shown } = create({ verdict: () => REFUSE });
		expect(await guard.onHeadersReceived(page({ tabId: -1 }))).toEqual(CANCEL);
		expect(shown).toEqual([]);
	});

	it("is judged as what it is: WebSockets by their scheme, http not at all", async () => {
		const { guard, stopped } = create({ verdict: () => REFUSE });
		expect(await guard.onHeadersReceived(request("wss://a.example/", { type: "websocket" }))).toEqual(CANCEL);
		expect(guard.onHeadersReceived(request("http://a.example/"))).toEqual(PASS);
		expect(stopped).toHaveLength(1);
	});

	it("with an address that cannot be read is judged under no name at all", async () => {
		const { guard, stopped } = create({ verdict: () => REFUSE });
		expect(await guard.onHeadersReceived(request("https://"))).toEqual(CANCEL);
		expect(stopped[0]?.target.name).toBe("");
	});

	it("from a proxy that asks for a password is nobody's; the site's own answer of that kind is judged", async () => {
		const asks = { statusCode: 407, proxyInfo: { type: "http" } };
		const proxied = create({ verdict: () => REFUSE, ask: async () => ({ state: "insecure" }) });
		expect(await proxied.guard.onHeadersReceived(page(asks))).toEqual(PASS);
		const site = create({ verdict: () => REFUSE, ask: async () => info(BAD) });
		expect(await site.guard.onHeadersReceived(page(asks))).toEqual(CANCEL);
		const noProxy = create({ verdict: () => REFUSE, ask: async () => ({ state: "insecure" }) });
		expect(await noProxy.guard.onHeadersReceived(page({ statusCode: 407 }))).toEqual(CANCEL);
	});

	it("goes on unjudged where Firefox keeps extensions away, and only there", async () => {
		const ask = async () => undefined;
		const away = create({ ask, verdict: () => UNVERIFIABLE, isKeptAway: async () => true });
		expect(await away.guard.onHeadersReceived(page())).toEqual(PASS);
		expect(away.accepted).toMatchObject([{ keptAway: true }]);
		const here = create({ ask, verdict: () => UNVERIFIABLE });
		expect(await here.guard.onHeadersReceived(page())).toEqual(CANCEL);
		// Where Firefox did answer, nothing else is asked.
		const known = create({ verdict: () => REFUSE, isKeptAway: async () => true });
		expect(await known.guard.onHeadersReceived(page())).toEqual(CANCEL);
		const broken = create({ ask, verdict: () => UNVERIFIABLE, isKeptAway: () => Promise.reject(new Error("no")) });
		expect(await broken.guard.onHeadersReceived(page())).toEqual(CANCEL);
	});
});

describe("time", () => {
	beforeEach(() => void vi.useFakeTimers());
	afterEach(() => void vi.useRealTimers());

	it("waits for rules that are not loaded yet, then decides, never passes before", async () => {
		const ready = pending();
		const { guard } = create({ ready: ready.promise, verdict: () => REFUSE });
		const answer = vi.fn();
		void Promise.resolve(guard.onHeadersReceived(page())).then(answer);
		await vi.advanceTimersByTimeAsync(7000);
		expect(answer).not.toHaveBeenCalled();
		ready.resolve();
		await vi.advanceTimersByTimeAsync(0);
		expect(answer).toHaveBeenCalledWith(CANCEL);
		// One timer serves all verdicts, and goes when nothing waits.
		await vi.advanceTimersByTimeAsync(8000);
		expect(vi.getTimerCount()).toBe(0);
	});

	it.each([
		["Firefox never says who vouches", { ask: () => never() }],
		["rules are never loaded", { ready: never<void>() }],
	] as [string, Partial<GuardDeps>][])("that %s ends at the deadline, as unverifiable", async (_, deps) => {
		const verdict = vi.fn<GuardDeps["verdict"]>(({ evidence }) =>
			evidence.kind === "unreadable" ? { outcome: "unverifiable", why: evidence.why } : ACCEPT,
		);
		const { guard, stopped } = create({ verdict, ...deps });
		const answer = vi.fn();
		void Promise.resolve(guard.onHeadersReceived(page())).then(answer);
		await vi.advanceTimersByTimeAsync(7999);
		expect(answer).not.toHaveBeenCalled();
		await vi.advanceTimersByTimeAsync(1);
		expect(answer).toHaveBeenCalledWith(CANCEL);
		expect(stopped[0]?.verdict).toEqual({ outcome: "unverifiable", why: "timeout" });
	});

	it("that a proxy's answer takes for ever ends, too", async () => {
		const { guard } = create({ verdict: () => REFUSE, ask: () => never() });
		const answer = vi.fn();
		void Promise.resolve(guard.onHeadersReceived(page({ statusCode: 407, proxyInfo: { type: "https" } }))).then(answer);
		await vi.advanceTimersByTimeAsync(16_000);
		expect(answer).toHaveBeenCalledWith(CANCEL);
	});
});

describe("whatever breaks, the answer is to cancel", () => {
	const broken = () => {
		throw new Error("broken");
	};
	const rejected = () => Promise.reject(new Error("broken"));

	it.each([
		["asking Firefox throws", { ask: broken }],
		["asking Firefox fails", { ask: rejected }],
		["Firefox answers nonsense", { ask: async () => "secure" as never }],
		["Firefox answers nothing", { ask: async () => undefined }],
		["the rules could not be loaded", { ready: "rejected" }],
		["the judge throws", { verdict: broken, ask: async () => info(GOOD) }],
		["the settings cannot be read", { verdict: () => UNVERIFIABLE, settings: broken }],
		["the exceptions cannot be read", { verdict: () => UNVERIFIABLE, isUnreadableExcepted: broken }],
		["an accepted response cannot be noted", { accepted: broken }],
		["a refusal cannot be noted", { verdict: () => REFUSE, stopped: broken }],
		["the block page cannot be shown", { verdict: () => REFUSE, showBlockPage: rejected }],
		["showing the block page throws", { verdict: () => REFUSE, showBlockPage: broken }],
		["the clock is broken", { now: broken }],
	] as [string, Partial<Omit<GuardDeps, "ready"> & { ready: "rejected" }>][])("%s", async (_, { ready, ...deps }) => {
		// What nothing is known of is for the judge; here it says so as the real one does.
		const verdict: GuardDeps["verdict"] = ({ evidence }) =>
			evidence.kind === "unreadable" ? { outcome: "unverifiable", why: evidence.why } : ACCEPT;
		const { guard } = create({ verdict, ...(ready ? { ready: rejected() } : {}), ...deps });
		for (const details of [page(), part(), page({ incognito: true }), request("https://")]) {
			expect(await guard.onHeadersReceived(details)).toEqual(CANCEL);
		}
	});

	it("nothing of the request can be read", async () => {
		const { guard } = create();
		for (const details of [undefined, null, {}, { url: 7 }]) {
			expect(await guard.onHeadersReceived(details as never)).toEqual(CANCEL);
		}
		for (const details of [undefined, null]) {
			expect(await guard.onBeforePlainRequest(details as never)).toEqual(CANCEL);
		}
	});

	it("hosts cannot be held", async () => {
		const hosts = new Hosts(() => NOW);
		for (const name of ["hold", "isHeld", "refusalOf"] as const) vi.spyOn(hosts, name).mockImplementation(broken);
		const { guard } = create({ hosts });
		expect(await guard.onHeadersReceived(page())).toEqual(CANCEL);
		expect(await guard.onBeforePlainRequest(request("http://a.example/"))).toEqual(CANCEL);
	});

	it("a page that nothing can be kept of still gets a block page, and its host no http", async () => {
		const { guard, shown, hosts } = create({ verdict: () => REFUSE, stopped: broken });
		await guard.onHeadersReceived(page());
		expect(shown).toEqual([{ tabId: 1, refusal: expect.stringMatching(/^unknown-/), upgraded: false }]);
		expect(hosts.refusalOf("a.example", false)?.refusal).toMatch(/^unknown-/);
	});

	it("a judge that fails is one more way of not knowing, which the setting decides", async () => {
		const { guard, accepted } = create({
			verdict: broken,
			settings: () => ({ preflight: "off", unverifiable: "allow", changedCountry: "off" }),
		});
		expect(await guard.onHeadersReceived(page())).toEqual(PASS);
		expect(accepted[0]?.verdict).toEqual({ outcome: "unverifiable", why: "failed" });
	});
});

describe("many at once", () => {
	it("a hundred refusals, each with its own tab and block page", async () => {
		const { guard, shown, stopped, hosts } = create({
			verdict: () => REFUSE,
			// Answers in an order of their own.
			ask: async (id) => {
				for (let n = 0; n < Number(id) % 7; n++) await Promise.resolve();
				return info(BAD);
			},
		});
		const all = Array.from({ length: 100 }, (_, n) => request(`https://h${n}.example/`, { tabId: n }));
		const answers = await Promise.all(all.map((details) => guard.onHeadersReceived(details)));
		expect(answers).toEqual(Array(100).fill(CANCEL));
		expect(new Set(shown.map(({ tabId }) => tabId)).size).toBe(100);
		for (const { tabId, refusal } of shown) {
			const index = Number(refusal.replace("refusal ", "")) - 1;
			expect(stopped[index]?.details.tabId).toBe(tabId);
		}
		expect(all.some((_, n) => hosts.isHeld(`h${n}.example`, false))).toBe(false);
		expect(all.every((_, n) => hosts.refusalOf(`h${n}.example`, false) !== null)).toBe(true);
	});
});

describe("a request without TLS", () => {
	const plain = (more: Partial<RequestDetails> = {}) => request("http://a.example/", more);

	it("goes on for a host that nothing is known against", () => {
		expect(create().guard.onBeforePlainRequest(plain())).toEqual(PASS);
		expect(create().guard.onBeforePlainRequest(request("ws://a.example/", { type: "websocket" }))).toEqual(PASS);
		expect(create().guard.onBeforePlainRequest(request("http:"))).toEqual(PASS);
	});

	it("is cancelled for a refused host: a page gets the block page", async () => {
		const { guard, shown } = create({ verdict: () => REFUSE });
		await guard.onHeadersReceived(page());
		expect(await guard.onBeforePlainRequest(plain({ tabId: 3 }))).toEqual(CANCEL);
		expect(shown.at(-1)).toEqual({ tabId: 3, refusal: "refusal 1", upgraded: false });
		expect(await guard.onBeforePlainRequest(request("ws://a.example/", { type: "websocket" }))).toEqual(CANCEL);
		expect(await guard.onBeforePlainRequest(request("http://b.example/"))).toEqual(PASS);
		expect(await guard.onBeforePlainRequest(plain({ incognito: true }))).toEqual(PASS);
	});

	it.each([
		[REFUSE, CANCEL],
		[ACCEPT, PASS],
	])("waits for a verdict that is pending, and Firefox's own try gets none", async (verdict, expected) => {
		const asked = pending<ReturnType<typeof info>>();
		const { guard } = create({ verdict: () => verdict, ask: () => asked.promise });
		const secure = guard.onHeadersReceived(page());
		const waiting = guard.onBeforePlainRequest(plain());
		expect(waiting).toBeInstanceOf(Promise);
		expect(guard.onBeforePlainRequest(plain({ tabId: -1 }))).toEqual(CANCEL);
		asked.resolve(info(GOOD));
		expect(await waiting).toEqual(expected);
		expect(await secure).toEqual(expected);
	});

	it("that Firefox upgraded is known by its id, so that its cancelling can wait", async () => {
		const { guard, shown } = create({ verdict: () => REFUSE });
		const typed = plain();
		expect(guard.onBeforePlainRequest(typed)).toEqual(PASS);
		await guard.onHeadersReceived({ ...typed, url: "https://a.example/" });
		expect(shown).toEqual([{ tabId: 1, refusal: "refusal 1", upgraded: true }]);
	});
});
