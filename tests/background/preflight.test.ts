/** What does not leave before it is known who vouches, in a made-up Firefox. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Batches } from "../../src/background/batches.ts";
import { Checked } from "../../src/background/checked.ts";
import { isLocalName, isPrivateAddress } from "../../src/background/local.ts";
import { readLoad } from "../../src/background/preflight.ts";
import { type Probed, Probes, probeUrl, proxyOf } from "../../src/background/probes.ts";
import { readTarget, type Target } from "../../src/background/target.ts";
import type { Header, RequestDetails } from "../../src/browser/webRequest.ts";
import { readHost } from "../../src/core/host.ts";
import {
	against,
	BAD,
	BLOCK_PAGE,
	createFake,
	type Fake,
	GOOD,
	info,
	NOW,
	never,
	ORIGIN,
	request,
	settle,
} from "./fake.ts";

const COOKIE: Header = { name: "Cookie", value: "a=1" };
const PASSWORD: Header = { name: "authorization", value: "Basic x" };
const ACCEPTS: Header = { name: "Accept", value: "*/*" };
const LENGTH: Header = { name: "Content-Length", value: "5" };
const CANCEL = { cancel: true };
const PASS = {};

const target = (url: string): Target => readTarget(url) as Target;
const ask = (fake: Fake, details: RequestDetails) => Promise.resolve(fake.app.preflight.onBeforeSendHeaders(details));
const withCookie = (url = "https://a.example/page", more: Partial<RequestDetails> = {}) =>
	request(url, { requestHeaders: [ACCEPTS, COOKIE], ...more });
const withBody = (url = "https://a.example/page", more: Partial<RequestDetails> = {}) =>
	request(url, { method: "POST", requestHeaders: [ACCEPTS, COOKIE, LENGTH], ...more });

async function started(options: Parameters<typeof createFake>[0] = {}): Promise<Fake> {
	const fake = createFake(options);
	await fake.app.rules.ready;
	await settle();
	return fake;
}

describe("what a request would take along", () => {
	it.each([
		["GET", [], { credentials: false, password: false, body: false }],
		["GET", [COOKIE], { credentials: true, password: false, body: false }],
		["GET", [PASSWORD], { credentials: true, password: true, body: false }],
		["POST", [], { credentials: false, password: false, body: true }],
		["POST", [{ name: "content-length", value: "0" }], { credentials: false, password: false, body: false }],
		["POST", [LENGTH], { credentials: false, password: false, body: true }],
		["DELETE", [], { credentials: false, password: false, body: false }],
		["DELETE", [LENGTH], { credentials: false, password: false, body: true }],
		["PATCH", [{ name: "Transfer-Encoding", value: "chunked" }], { credentials: false, password: false, body: true }],
		["OPTIONS", [ACCEPTS], { credentials: false, password: false, body: false }],
	] as [string, Header[], object][])("%s with %j", (method, requestHeaders, expected) => {
		expect(readLoad(request("https://a.example/", { method, requestHeaders }))).toEqual(expected);
	});

	it("is read even where there are no headers", () => {
		expect(readLoad(request("https://a.example/"))).toEqual({ credentials: false, password: false, body: false });
	});
});

describe("a request with credentials", () => {
	it("waits for one probe per origin, which goes to / and brings nothing; then none for ten minutes", async () => {
		const fake = await started();
		const all = Array.from({ length: 5 }, (_, index) => ask(fake, withCookie(`https://a.example/${index}`)));
		expect(await Promise.all(all)).toEqual(Array(5).fill(PASS));
		expect(fake.probes).toEqual(["https://a.example/"]);
		expect(fake.app.preflight.onBeforeSendHeaders(withCookie())).toEqual(PASS);
		expect(await ask(fake, withCookie("https://a.example:8443/"))).toEqual(PASS);
		expect(await ask(fake, withCookie("wss://b.example/socket", { type: "websocket" }))).toEqual(PASS);
		expect(fake.probes).toEqual(["https://a.example/", "https://a.example:8443/", "https://b.example/"]);
	});

	it("never leaves for a refused authority; nothing is said to have been sent", async () => {
		const fake = await started();
		fake.vouch("https://a.example/", BAD);
		expect(await ask(fake, withBody())).toEqual(CANCEL);
		const [load] = fake.loads;
		const id = new URL(load?.url ?? "").searchParams.get("id") ?? "";
		expect(fake.app.refusals.get(id)?.refusal).toMatchObject({
			outcome: "refuse",
			url: "https://a.example/page",
			sent: { method: "POST", cookies: false, authorization: false, body: false },
		});
		// Later ones are stopped without another probe.
		expect(fake.watched).toEqual(new Set(["a.example"]));
		expect(await Promise.resolve(fake.app.remembered.onBeforeRequest(withCookie()))).toEqual(CANCEL);
		expect(fake.probes).toHaveLength(1);
	});

	it("whose site answered a request without any just now needs no probe", async () => {
		const fake = await started();
		await fake.visit("https://a.example/");
		expect(fake.app.preflight.onBeforeSendHeaders(withCookie())).toEqual(PASS);
		expect(fake.probes).toEqual([]);
		// What came out of the cache, or in a private window, says nothing about the network of now.
		await fake.visit("https://b.example/", { fromCache: true });
		await fake.visit("https://c.example/", { incognito: true });
		await ask(fake, withCookie("https://b.example/"));
		await ask(fake, withCookie("https://c.example/"));
		expect(fake.probes).toEqual(["https://b.example/", "https://c.example/"]);
	});

	it("is not spared a probe by an answer that was asked for before the network changed, or by one unseen", async () => {
		const fake = await started();
		const early = request("https://a.example/slow");
		expect(await ask(fake, early)).toEqual(PASS);
		fake.app.networkChanged();
		expect(await fake.app.guard.onHeadersReceived(early)).toEqual(PASS);
		// Parts that carry nothing are not asked about: nobody knows when they left.
		const unseen = request("https://b.example/picture", { type: "image" });
		expect(await fake.app.guard.onHeadersReceived(unseen)).toEqual(PASS);
		await ask(fake, withCookie());
		await ask(fake, withCookie("https://b.example/"));
		expect(fake.probes).toEqual(["https://a.example/", "https://b.example/"]);
	});

	it.each([
		["the network changes", (fake: Fake) => fake.app.networkChanged()],
		["rules change", (fake: Fake) => fake.app.rules.change((state) => state, { tightened: true })],
		[
			"ten minutes pass",
			(fake: Fake) => {
				for (let n = 0; n < 20; n++) {
					fake.now += 30_000;
					fake.app.checked.beat();
				}
			},
		],
		[
			"the computer slept",
			(fake: Fake) => {
				fake.now += 120_000;
			},
		],
		[
			"the clock is set back",
			(fake: Fake) => {
				fake.now -= 1;
			},
		],
	])("is probed anew when %s", async (_, change) => {
		const fake = await started();
		await ask(fake, withCookie());
		await change(fake);
		await settle();
		await ask(fake, withCookie());
		expect(fake.probes).toEqual(["https://a.example/", "https://a.example/"]);
	});

	it("is judged by the network it leaves by: one that changes while it waits is asked again", async () => {
		const fake = await started();
		const send = fake.sendProbe;
		fake.sendProbe = (url, signal) => {
			fake.sendProbe = send;
			fake.app.networkChanged();
			fake.vouch("https://a.example/", BAD);
			return send(url, signal);
		};
		fake.vouch("https://a.example/", GOOD);
		expect(await ask(fake, withCookie())).toEqual(CANCEL);
	});

	it.each([
		["of a private window", { incognito: true }],
		["to this machine", { url: "https://localhost/" }],
		["to a private address", { url: "https://192.168.1.1/" }],
		[
			"to a local name, from a page of another site",
			{ url: "https://nas.local/", documentUrl: "https://evil.example/" },
		],
		["to a local name, by a link of another site", { url: "https://router/", originUrl: "https://evil.example/" }],
	])("%s is not probed", async (_, more) => {
		const fake = await started();
		expect(fake.app.preflight.onBeforeSendHeaders(withCookie(undefined, more))).toEqual(PASS);
		expect(fake.probes).toEqual([]);
	});

	it("to a local name is probed for the person's own visit, and for the name's own pages", async () => {
		const fake = await started();
		await ask(fake, withCookie("https://router/"));
		fake.app.networkChanged();
		await ask(fake, withCookie("https://router/x", { documentUrl: "https://router/" }));
		expect(fake.probes).toEqual(["https://router/", "https://router/"]);
	});

	it("by a proxy that the probe does not take goes on unprobed, and the others still wait", async () => {
		const fake = await started();
		const byProxy = withCookie("https://a.example/1", { proxyInfo: { type: "socks", host: "tor", port: 9050 } });
		const answers = [ask(fake, byProxy), ask(fake, withCookie("https://a.example/2"))];
		expect(await Promise.all(answers)).toEqual([PASS, PASS]);
		expect(fake.probes).toHaveLength(1);
		// Alone, nobody waits for what the probe says, and it is not sent.
		fake.app.networkChanged();
		fake.vouch("https://a.example/", BAD);
		expect(await ask(fake, byProxy)).toEqual(PASS);
	});

	it("waits for the rules at the start", async () => {
		const fake = createFake({
			deps: { readManaged: () => new Promise((done) => setTimeout(() => done({ kind: "none" }), 50)) },
		});
		fake.vouch("https://a.example/", BAD);
		expect(await ask(fake, withCookie())).toEqual(CANCEL);
	});
});

describe("the setting", () => {
	it.each([
		["off", [], "none"],
		["credentials", ["https://b.example/"], "all"],
		["always", ["https://a.example/", "https://b.example/"], "all"],
	] as const)("%s", async (preflight, probes, asks) => {
		const fake = await started();
		await fake.app.rules.change(
			(state) => ({
				...state,
				policy: { ...state.policy, settings: { preflight, unverifiable: "block", changedCountry: "off" } },
			}),
			{ tightened: true },
		);
		await ask(fake, request("https://a.example/", { requestHeaders: [ACCEPTS] }));
		await ask(fake, withCookie("https://b.example/"));
		expect(fake.probes).toEqual(probes);
		expect(fake.asksAbout).toBe(asks);
	});
});

describe("a site that does not answer", () => {
	const silent = async (more: Parameters<typeof createFake>[0] = {}): Promise<Fake> => {
		const fake = await started({ ...more, deps: { probeMs: 10, ...more.deps } });
		fake.sendProbe = (url) => {
			fake.probes.push(url);
			return never();
		};
		return fake;
	};

	it("gets no credentials, and sets none; the page is asked for again with them, once", async () => {
		const fake = await silent();
		const details = withCookie(undefined, { requestHeaders: [ACCEPTS, COOKIE, PASSWORD] });
		expect(await ask(fake, details)).toEqual({ requestHeaders: [ACCEPTS] });
		expect(fake.dropping).toEqual(new Set(["a.example"]));
		const responseHeaders = [{ name: "Set-Cookie", value: "a=" }, ACCEPTS];
		expect(fake.app.preflight.onStrippedResponse({ ...details, responseHeaders })).toEqual({
			responseHeaders: [ACCEPTS],
		});
		expect(await fake.app.guard.onHeadersReceived(details)).toEqual({ redirectUrl: details.url });
		// With them now, its cookies count, and it is not sent round in circles.
		expect(fake.app.preflight.onBeforeSendHeaders(details)).toEqual(PASS);
		expect(fake.app.preflight.onStrippedResponse({ ...details, responseHeaders })).toEqual(PASS);
		expect(await fake.app.guard.onHeadersReceived(details)).toEqual(PASS);
		fake.app.networkChanged();
		expect(await ask(fake, details)).toEqual({ requestHeaders: [ACCEPTS] });
		expect(await fake.app.guard.onHeadersReceived(details)).toEqual(PASS);
	});

	it("of a part: likewise, but nothing is asked for again", async () => {
		const fake = await silent();
		const details = withCookie(undefined, { type: "image" });
		expect(await ask(fake, details)).toEqual({ requestHeaders: [ACCEPTS] });
		expect(await fake.app.guard.onHeadersReceived(details)).toEqual(PASS);
	});

	it("gets no body: the page gives way to one that says so, and the way through is to send anyway", async () => {
		const fake = await silent();
		expect(await ask(fake, withBody())).toEqual(CANCEL);
		expect(fake.loads[0]?.url).toContain(BLOCK_PAGE);
		const id = new URL(fake.loads[0]?.url ?? "").searchParams.get("id") ?? "";
		expect(fake.app.refusals.get(id)?.refusal).toMatchObject({
			outcome: "unanswered",
			page: true,
			wayThrough: "send-anyway",
		});
		// It says nothing against the site: nothing is remembered, and no list of rules frees it.
		expect(fake.watched).toEqual(new Set());
		await fake.app.applyToOpenTabs();
		fake.app.preflight.sendUnasked(target("https://a.example/"));
		expect(fake.app.preflight.onBeforeSendHeaders(withBody())).toEqual(PASS);
	});

	it("gets no part with a body; the page's popup lists it", async () => {
		const fake = await silent();
		await fake.visit("https://page.example/");
		const details = withBody(undefined, { type: "xmlhttprequest", documentUrl: "https://page.example/" });
		expect(await ask(fake, details)).toEqual(CANCEL);
		expect(fake.faces.get(1)?.badge).toBe("1");
	});

	it("without credentials, under always, goes on as it is", async () => {
		const fake = await silent();
		await fake.app.rules.change(
			(state) => ({
				...state,
				policy: { ...state.policy, settings: { preflight: "always", unverifiable: "block", changedCountry: "off" } },
			}),
			{ tightened: true },
		);
		expect(await ask(fake, request("https://a.example/", { requestHeaders: [ACCEPTS] }))).toEqual(PASS);
	});
});

describe("probes", () => {
	beforeEach(() => void vi.useFakeTimers());
	afterEach(() => void vi.useRealTimers());

	const create = (send: (url: string, signal: AbortSignal) => Promise<void> = () => never()) =>
		new Probes({ send, ownOrigin: ORIGIN, deadlineMs: 10_000, batches: new Batches() });
	const probe = (url: string, more: Partial<RequestDetails> = {}) =>
		request(url, { method: "HEAD", tabId: -1, originUrl: `${ORIGIN}background.html`, ...more });

	it("fail after ten seconds, not a millisecond earlier, and are then taken back", async () => {
		let aborted: AbortSignal | undefined;
		const probes = create((_, signal) => {
			aborted = signal;
			return never();
		});
		const done = vi.fn<(probed: Probed) => void>();
		void probes.probe(target("https://a.example/"), null).then(done);
		await vi.advanceTimersByTimeAsync(9999);
		expect(done).not.toHaveBeenCalled();
		await vi.advanceTimersByTimeAsync(1);
		expect(done).toHaveBeenCalledWith({ kind: "failed" });
		expect(aborted?.aborted).toBe(true);
		await vi.advanceTimersByTimeAsync(60_000);
		expect(done).toHaveBeenCalledTimes(1);
	});

	it.each([
		["a rejection", () => Promise.reject(new Error("refused"))],
		["an end that the guard never saw", () => Promise.resolve()],
		[
			"an exception",
			() => {
				throw new Error("no fetch");
			},
		],
	])("fail by %s", async (_, send) => {
		expect(await create(send).probe(target("https://a.example/"), "")).toEqual({ kind: "failed" });
	});

	describe("that Firefox asks about together with what waits for them", () => {
		const sent: { url: string; signal: AbortSignal }[] = [];
		const waitingFor = () => {
			sent.length = 0;
			const batches = new Batches();
			const send = (url: string, signal: AbortSignal) => void sent.push({ url, signal });
			const probes = new Probes({
				send: (url, signal) => {
					send(url, signal);
					return never();
				},
				ownOrigin: ORIGIN,
				deadlineMs: 10_000,
				batches,
			});
			return { batches, probes };
		};
		const turn = () => vi.advanceTimersByTimeAsync(1);

		it("are sent once more, whichever of the two comes first", async () => {
			for (const first of ["probe", "other"]) {
				const { batches, probes } = waitingFor();
				const done = vi.fn<(probed: Probed) => void>();
				void probes.probe(target("https://a.example/"), "").then(done);
				await turn();
				if (first === "other") void batches.putOff(never());
				const early = probe("https://a.example/");
				expect(probes.setOut(early)).toBe(true);
				const mayLeave = vi.fn<(mayLeave: boolean) => void>();
				void probes.asked(early).then(mayLeave);
				if (first === "probe") void batches.putOff(never());
				await turn();
				// It does not leave when its turn comes after all, whoever asks about it then.
				expect(mayLeave).toHaveBeenCalledWith(false);
				expect(await probes.asked(early)).toBe(false);
				expect(sent.map(({ url, signal }) => [url, signal.aborted])).toEqual([
					["https://a.example/", true],
					["https://a.example/", false],
				]);
				// The second one goes by itself, and its answer is the one that counts.
				const late = probe("https://a.example/");
				expect(probes.setOut(late)).toBe(true);
				void probes.asked(late).then(mayLeave);
				await turn();
				expect(mayLeave).toHaveBeenLastCalledWith(true);
				expect(sent).toHaveLength(2);
				expect(done).not.toHaveBeenCalled();
				probes.settle(probe("https://a.example/"), { kind: "failed" });
				await turn();
				expect(done).toHaveBeenCalledOnce();
			}
		});

		it("are not sent again when the other has its answer by then, or was asked about in another batch", async () => {
			const { batches, probes } = waitingFor();
			void batches.putOff(never());
			await turn();
			void probes.probe(target("https://a.example/"), "");
			await turn();
			void probes.asked(probe("https://a.example/"));
			void batches.putOff(Promise.resolve());
			await turn();
			expect(sent).toHaveLength(1);
		});

		it("are sent again as long as it takes, ever more slowly, and fail when their time is over", async () => {
			const { batches, probes } = waitingFor();
			const done = vi.fn<(probed: Probed) => void>();
			void probes.probe(target("https://a.example/"), "").then(done);
			const sentWithin = async (ms: number): Promise<number> => {
				const before = sent.length;
				for (let time = 0; time < ms; time++) {
					void probes.asked(probe("https://a.example/"));
					void batches.putOff(never());
					await turn();
				}
				return sent.length - before;
			};
			// After 0, 1, 2, 4, 8, 16, 32 and 64 milliseconds, and then ten times a second.
			expect(await sentWithin(200)).toBeGreaterThanOrEqual(7);
			expect(await sentWithin(1000)).toBeLessThanOrEqual(10);
			expect(await sentWithin(8000)).toBeGreaterThanOrEqual(70);
			expect(done).not.toHaveBeenCalled();
			await vi.advanceTimersByTimeAsync(10_000);
			expect(done).toHaveBeenCalledWith({ kind: "failed" });
			expect(sent.every(({ signal }) => signal.aborted)).toBe(true);
		});

		it("that were taken back do not end the one in their place", async () => {
			const batches = new Batches();
			const ends: ((error: Error) => void)[] = [];
			const probes = new Probes({
				send: () => new Promise((_, reject) => void ends.push(reject)),
				ownOrigin: ORIGIN,
				deadlineMs: 10_000,
				batches,
			});
			const done = vi.fn<(probed: Probed) => void>();
			void probes.probe(target("https://a.example/"), "").then(done);
			await turn();
			void probes.asked(probe("https://a.example/"));
			void batches.putOff(never());
			await turn();
			ends[0]?.(new Error("AbortError"));
			await turn();
			expect(done).not.toHaveBeenCalled();
			ends[1]?.(new Error("NetworkError"));
			await turn();
			expect(done).toHaveBeenCalledWith({ kind: "failed" });
		});
	});

	it("are known by who sends them: nobody else's request is one", async () => {
		const probes = create();
		void probes.probe(target("https://a.example/"), "");
		expect(probes.isProbe(probe("https://a.example/"))).toBe(true);
		for (const more of [{ tabId: 1 }, { method: "GET" }, { originUrl: "https://a.example/" }]) {
			expect(probes.isProbe(probe("https://a.example/", more))).toBe(false);
		}
		expect(probes.isProbe(probe("https://b.example/"))).toBe(false);
		expect(probes.setOut(probe("https://b.example/"))).toBe(false);
	});

	it("go to the origin alone", () => {
		expect(probeUrl(target("https://user:word@a.example:8443/path?query#hash"))).toBe("https://a.example:8443/");
		expect(probeUrl(target("wss://[2001:db8::1]/socket"))).toBe("https://[2001:db8::1]/");
	});

	it("tell one proxy from another", () => {
		const by = (proxyInfo: RequestDetails["proxyInfo"]) =>
			proxyOf(request("https://a.example/", proxyInfo ? { proxyInfo } : {}));
		expect(by(undefined)).toBe("");
		expect(by({ type: "direct" })).toBe("");
		const keys = [
			by({ type: "socks", host: "a", port: 1 }),
			by({ type: "http", host: "a", port: 1 }),
			by({ type: "socks", host: "b", port: 1 }),
			by({ type: "socks", host: "a", port: 2 }),
			by({ type: "socks", host: "a", port: 1, username: "one" }),
			by({ type: "socks", host: "a", port: 1, connectionIsolationKey: "two" }),
		];
		expect(new Set(keys).size).toBe(keys.length);
	});
});

describe("what was learnt of sites", () => {
	it("is kept for ten minutes of a clock that runs", () => {
		let now = NOW;
		const checked = new Checked(() => now);
		checked.note("a");
		for (; now < NOW + 600_000 - 1; now += 30_000) {
			checked.beat();
			expect(checked.has("a")).toBe(true);
		}
		now = NOW + 600_000;
		checked.beat();
		expect(checked.has("a")).toBe(false);
	});

	it("is bounded", () => {
		const checked = new Checked(() => NOW);
		for (let n = 0; n <= 5000; n++) checked.note(String(n));
		expect(checked.has("0")).toBe(false);
		expect(checked.has("5000")).toBe(true);
	});
});

describe("addresses that are nobody's in public", () => {
	it.each([
		"localhost",
		"a.localhost",
		"127.0.0.1",
		"10.1.2.3",
		"172.31.0.1",
		"192.168.0.1",
		"169.254.9.9",
		"100.64.0.1",
		"0.0.0.0",
		"[::1]",
		"[::]",
		"[fd00::1]",
		"[fe80::1]",
		"[::ffff:a00:1]",
	])("%s", (text) => expect(isPrivateAddress(readHost(text))).toBe(true));
	it.each(["example.com", "notlocalhost", "172.32.0.1", "8.8.8.8", "100.128.0.1", "[2001:db8::1]"])("not %s", (text) =>
		expect(isPrivateAddress(readHost(text))).toBe(false),
	);
	it.each(["router", "nas.local", "box.home.arpa", "git.internal", "a.lan", "fritz.box"])("name: %s", (text) =>
		expect(isLocalName(readHost(text))).toBe(true),
	);
	it.each(["example.com", "local.example.net", "8.8.8.8"])("no name: %s", (text) =>
		expect(isLocalName(readHost(text))).toBe(false),
	);
});

describe("what was refused out of the cache", () => {
	it("is tried once more with the server itself, and not remembered", async () => {
		const fake = await started();
		fake.vouch("https://a.example/", BAD);
		const details = request("https://a.example/", { fromCache: true });
		fake.answers.set("", () => info(BAD));
		const before = fake.cachesForgotten;
		expect(await fake.app.guard.onHeadersReceived(details)).toEqual({ redirectUrl: details.url });
		expect(fake.cachesForgotten).toBe(before + 1);
		// Whatever it is this time decides.
		expect(await fake.app.guard.onHeadersReceived(details)).toEqual(CANCEL);
		expect(fake.watched).toEqual(new Set());
		expect(await fake.app.guard.onHeadersReceived({ ...details, fromCache: false })).toEqual(CANCEL);
		expect(fake.watched).toEqual(new Set(["a.example"]));
	});
});

describe("hosts that were refused", () => {
	async function refusedOnce(): Promise<Fake> {
		const fake = await started();
		fake.vouch("https://a.example/", BAD);
		await fake.visit("https://a.example/");
		return fake;
	}
	const again = (fake: Fake, more: Partial<RequestDetails> = {}) =>
		Promise.resolve(fake.app.remembered.onBeforeRequest(request("https://a.example/later", more)));

	it("get nothing more, and are asked again at most every half minute", async () => {
		const fake = await refusedOnce();
		expect(await again(fake)).toEqual(CANCEL);
		fake.now += 29_999;
		expect(await again(fake, { type: "image" })).toEqual(CANCEL);
		expect(fake.probes).toEqual([]);
		fake.now += 1;
		expect(await again(fake)).toEqual(CANCEL);
		expect(await again(fake)).toEqual(CANCEL);
		expect(fake.probes).toEqual(["https://a.example/"]);
		fake.now += 30_000;
		fake.vouch("https://a.example/", GOOD);
		expect(await again(fake)).toEqual(PASS);
		expect(await again(fake)).toEqual(PASS);
		expect(fake.probes).toHaveLength(2);
		expect(fake.watched).toEqual(new Set());
	});

	it("stay refused while nobody answers, for ten minutes", async () => {
		const fake = await refusedOnce();
		fake.sendProbe = () => Promise.reject(new Error("offline"));
		fake.now += 599_999;
		expect(await again(fake)).toEqual(CANCEL);
		fake.now += 1;
		expect(await again(fake)).toEqual(PASS);
	});

	it("are forgotten when the rule goes or an exception is made", async () => {
		const fake = await refusedOnce();
		await fake.app.rules.edit(() => ({ rules: [] }), { what: "delete", title: "A" });
		expect(await again(fake)).toEqual(PASS);
	});

	it("in private windows are others than in ordinary ones, and are never probed", async () => {
		const fake = await started();
		fake.vouch("https://a.example/", BAD);
		await fake.visit("https://a.example/", { incognito: true });
		expect(await again(fake)).toEqual(PASS);
		fake.now += 60_000;
		expect(await again(fake, { incognito: true })).toEqual(CANCEL);
		expect(fake.probes).toEqual([]);
		fake.app.privateWindowsClosed();
		expect(await again(fake, { incognito: true })).toEqual(PASS);
	});

	it("on another port, and what could not be read, are not remembered", async () => {
		const fake = await refusedOnce();
		const other = request("https://a.example:8443/");
		expect(await Promise.resolve(fake.app.remembered.onBeforeRequest(other))).toEqual(PASS);
		fake.answers.set("https://b.example/", () => undefined);
		await fake.visit("https://b.example/");
		expect(fake.watched).toEqual(new Set(["a.example"]));
	});
});

describe("what is shown without a response having been judged", () => {
	it("is judged by the site's last connection, else by a probe, and says so", async () => {
		const fake = await started();
		fake.commit(1, "https://a.example/");
		await settle();
		expect(fake.probes).toEqual(["https://a.example/"]);
		expect(fake.app.documents.current(1)).toMatchObject({ probed: NOW, why: null });
		fake.commit(1, "https://a.example/other");
		await settle();
		expect(fake.probes).toHaveLength(1);
		expect(fake.app.documents.current(1)).toMatchObject({ probed: NOW });
		fake.now += 600_001;
		fake.commit(1, "https://a.example/third");
		await settle();
		expect(fake.probes).toHaveLength(2);
	});

	it("is replaced when its site is refused", async () => {
		const fake = await started();
		fake.vouch("https://a.example/", BAD);
		fake.commit(1, "https://a.example/");
		await settle();
		expect(fake.loads).toMatchObject([{ tabId: 1, replace: true }]);
		expect(fake.loads[0]?.url).toContain(BLOCK_PAGE);
	});

	it("stays, as not checked, when nobody answers, and where nobody may be asked", async () => {
		const fake = await started({ deps: { probeMs: 1 } });
		fake.sendProbe = () => Promise.reject(new Error("offline"));
		fake.commit(1, "https://a.example/");
		fake.tabs.set(2, { ...(fake.tabs.get(1) as NonNullable<ReturnType<Fake["tabs"]["get"]>>), id: 2 });
		fake.commit(2, "https://10.0.0.1/");
		await settle();
		for (const tabId of [1, 2]) {
			expect(fake.app.documents.current(tabId)).toMatchObject({ probed: null, why: "no-connection" });
		}
		expect(fake.loads).toEqual([]);
	});

	it("is looked into at the start: tabs that are open, but not those that sleep", async () => {
		const tabs = [
			{ id: 1, url: "https://bad.example/", discarded: false },
			{ id: 2, url: "https://good.example/", discarded: false },
			{ id: 3, url: "https://bad.example/asleep", discarded: true },
			{ id: 4, url: "about:blank", discarded: false },
		].map((one) => ({ ...one, private: false, openerTabId: null, index: 0, windowId: 1 }));
		const fake = createFake({ deps: { allTabs: async () => tabs } });
		for (const one of tabs) fake.tabs.set(one.id, one);
		fake.vouch("https://bad.example/", BAD);
		await fake.app.rules.ready;
		await vi.waitFor(() => expect(fake.loads).toHaveLength(1));
		expect(fake.loads[0]).toMatchObject({ tabId: 1 });
		await vi.waitFor(() => expect(fake.app.documents.current(2)).toMatchObject({ probed: NOW }));
		expect(fake.app.documents.current(3)).toBe(null);
	});

	it("is judged anew when rules change, by a probe if need be", async () => {
		const fake = await started({ rules: [] });
		fake.vouch("https://a.example/", BAD);
		fake.commit(1, "https://a.example/");
		await settle();
		expect(fake.loads).toEqual([]);
		await fake.app.rules.edit(() => ({ rules: [against("A")] }), { what: "add", title: "A" });
		await vi.waitFor(() => expect(fake.loads).toHaveLength(1));
	});

	it("in a frame is emptied when its site is refused; where that cannot be, the page gives way", async () => {
		const fake = await started();
		fake.vouch("https://frame.example/", BAD);
		await fake.visit("https://a.example/");
		const frame = { tabId: 1, frameId: 7, url: "https://frame.example/made-up" };
		fake.app.committed(frame);
		await vi.waitFor(() => expect(fake.emptied).toEqual([[1, 7]]));
		expect(fake.faces.get(1)?.badge).toBe("1");
		expect(fake.loads).toEqual([]);
		fake.canEmptyFrames = false;
		fake.app.committed(frame);
		await vi.waitFor(() => expect(fake.loads).toHaveLength(1));
	});
});
