import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { cacheable, html, image, type LabHost, script } from "../lab/index.ts";
import { atRest, endOf, forgetEnds, noteEnds, reported, reportOf, typeAddress } from "./acts.ts";
import { Countersign, isBlockPage, TEST_BUILD } from "./countersign.ts";
import { Firefox, type Tab } from "./harness/index.ts";
import { goBlocked, goThrough } from "./pages.ts";
import { createWorld, NO_RULES, refusing, type World } from "./world.ts";

// What was accepted once, and is refused now. Everything here starts without rules.

let world: World;
let firefox: Firefox;
let countersign: Countersign;
let good: LabHost;
let rules: string;
let tab: Tab;

beforeAll(async () => {
	world = await createWorld();
	good = await world.host("good");
	rules = refusing([world.refusedRoot.spki]);
	firefox = await Firefox.startPrimed({
		lab: world.lab,
		roots: [world.goodRoot, world.refusedRoot],
		permanent: TEST_BUILD,
		privateAllowed: true,
	});
	await noteEnds(firefox);
	await emptyCache();
	countersign = await Countersign.open(firefox);
});

afterAll(async () => {
	await firefox?.close();
	await world?.close();
});

beforeEach(async () => {
	await countersign.use(NO_RULES);
	tab = await firefox.open();
});

/** As when Firefox does not empty its cache on disk: what is in there is stopped all the same. */
const keepCache = (): Promise<void> => setEmptying(false);
const emptyCache = (): Promise<void> => setEmptying(true);

/**
 * An emptying that was asked for before this is over when it settles: it takes pages out of the memory of Back
 * and Forward as well, and must not do so in the middle of the next test.
 */
const setEmptying = (works: boolean): Promise<void> =>
	firefox.background(async ({ browsingData }, on) => {
		const store = globalThis as unknown as {
			removeCache?: typeof browsingData.removeCache;
			emptied?: Promise<void>;
		};
		store.removeCache ??= browsingData.removeCache;
		const { removeCache } = store;
		const noted: typeof removeCache = (what) => {
			store.emptied = removeCache.call(browsingData, what);
			return store.emptied;
		};
		browsingData.removeCache = on ? noted : () => Promise.reject(new Error("no"));
		await store.emptied?.catch(() => undefined);
	}, works);

/** A host of the authority that will be refused, with pages that tell each time they are shown. */
async function host(label: string): Promise<LabHost> {
	const one = await world.host(label, world.refusedCa);
	const page = html(`<h1>page of ${label}</h1>${world.witness.markup(label)}`);
	return one
		.route("/", page)
		.route("/kept", cacheable(page, { maxAge: 3600 }))
		.route("/asked", cacheable(page))
		.route("/picture", cacheable(image(), { maxAge: 3600 }));
}

const reports = (label: string): string[] => world.witness.hits().filter((path) => path.startsWith(`/${label}/`));

/** Loads a page that is accepted, and waits until it has told so. */
async function see(one: LabHost, path = "/", where = tab): Promise<void> {
	const label = one.name.split(".")[0] ?? "";
	const before = reports(label).length;
	await where.load(one.url(path));
	await world.lab.log.waitFor(() => reports(label).length >= before + 3);
}

const requests = (one: LabHost, path: string): number =>
	one.requests().filter((request) => request.path === path).length;

describe("what Firefox kept from before the rule", () => {
	beforeEach(keepCache);
	afterEach(emptyCache);

	it("a page in the cache is not shown, though no server is asked", async () => {
		const one = await host("kept");
		await see(one, "/kept");
		await tab.load(good.url());
		// The control: without the rule, the cache answers alone.
		await see(one, "/kept");
		expect(requests(one, "/kept")).toBe(1);
		await tab.load(good.url());
		const before = reports("kept").length;
		await countersign.use(rules);
		await forgetEnds(firefox);
		await tab.go(one.url("/kept"));
		await tab.waitForUrl(isBlockPage);
		expect(await endOf(firefox, one.url("/kept"))).toMatch(/ABORT/);
		expect(requests(one, "/kept")).toBe(1);
		expect(reports("kept")).toHaveLength(before);
	});

	it("a page that the server says has not changed is not shown", async () => {
		const one = await host("asked");
		await see(one, "/asked");
		await tab.load(good.url());
		await see(one, "/asked");
		await tab.load(good.url());
		const before = reports("asked").length;
		await countersign.use(rules);
		await forgetEnds(firefox);
		await tab.go(one.url("/asked"));
		await tab.waitForUrl(isBlockPage);
		expect(await endOf(firefox, one.url("/asked"))).toMatch(/ABORT/);
		const last = one.requests().at(-1);
		expect(last?.headers["if-none-match"]).toEqual(expect.any(String));
		expect(reports("asked")).toHaveLength(before);
	});

	it("a page kept under another authority is not shown after the server has changed to a good one", async () => {
		const one = await host("changed");
		await see(one, "/kept");
		await tab.load(good.url());
		one.present(await world.goodCa.leaf({ names: [one.name] }));
		await countersign.use(rules);
		await forgetEnds(firefox);
		await tab.go(one.url("/kept"));
		await tab.waitForUrl(isBlockPage);
		expect(await endOf(firefox, one.url("/kept"))).toMatch(/ABORT/);
		// What comes from the server now is fine, and what was kept says nothing against it.
		await see(one, "/?anew");
	});

	it("is emptied with the rule; what is still found there is asked of the server once more", async () => {
		const one = await host("emptied");
		await see(one, "/kept");
		await tab.load(good.url());
		await emptyCache();
		await countersign.use(rules);
		await tab.go(one.url("/kept"));
		await tab.waitForUrl(isBlockPage);
		expect(requests(one, "/kept")).toBe(2);

		// Kept under a refused authority while the rule did not hold, and found when it does: a way through ends.
		const other = await host("session");
		await goBlocked(tab, other.url("/kept"));
		await goThrough(tab, other.name);
		await tab.waitForUrl(other.url("/kept"));
		await tab.load(good.url());
		other.present(await world.goodCa.leaf({ names: [other.name] }));
		await firefox.restart();
		await firefox.extensionRunning();
		await noteEnds(firefox);
		countersign = await Countersign.open(firefox);
		tab = await firefox.open();
		const before = requests(other, "/kept");
		await tab.load(other.url("/kept"));
		// It is the server's page of now, not the one that was kept.
		expect(requests(other, "/kept")).toBe(before + 1);
		expect((await reportOf(firefox, countersign, tab)).chain.at(-1)?.commonName).toBe("Good Root");
	});

	it("a picture in memory is not shown", async () => {
		const one = await host("picture");
		const shows = () =>
			tab.evaluate((url) => {
				const picture = new Image();
				picture.src = url;
				return picture.decode().then(
					() => true,
					() => false,
				);
			}, one.url("/picture"));
		await tab.load(good.url());
		expect(await shows()).toBe(true);
		expect(await shows()).toBe(true);
		expect(requests(one, "/picture")).toBe(1);
		await countersign.use(rules);
		// The page showed a part that is refused now, so it was loaded again.
		await tab.waitForUrl(good.url());
		await firefox.remote.until(
			async () => ((await shows()) ? undefined : true),
			10_000,
			() => "the picture did not go",
		);
		await reported(firefox, countersign, tab, "the stopped picture", ({ partsCount }) => partsCount > 0);
	});

	it("an open page is replaced, and so is one that Back brings out of memory", async () => {
		const one = await host("back");
		const second = await firefox.open();
		await see(one);
		await atRest(firefox, tab);
		await tab.load(good.url());
		await see(one, "/?second", second);
		await countersign.use(rules);
		await second.waitForUrl(isBlockPage);
		expect((await tab.state()).url).toBe(good.url());
		expect((await firefox.entries(second)).urls).toHaveLength(1);
		await tab.traverse(-1);
		await tab.waitForUrl(isBlockPage);
		// The block page took its place: it can be gone back and forward over.
		expect((await firefox.entries(tab)).urls).toHaveLength(2);
		await tab.traverse(1);
		await tab.waitForUrl(good.url());
		await second.close();
	});

	it("a page that a service worker makes up is replaced", async () => {
		const one = await host("worker");
		one.route(
			"/service.js",
			script(`addEventListener("install", () => skipWaiting());
			addEventListener("activate", (event) => event.waitUntil(clients.claim()));
			addEventListener("fetch", (event) => {
				if (!event.request.url.includes("made")) return;
				event.respondWith(new Response("<h1>made up</h1>", { headers: { "content-type": "text/html" } }));
			});`),
		);
		await see(one);
		await tab.evaluate(async () => {
			await navigator.serviceWorker.register("/service.js");
			await navigator.serviceWorker.ready;
		});
		await tab.load(one.url("/made"));
		await tab.waitForText("made up");
		await tab.load(good.url());
		await countersign.use(rules);
		await tab.go(one.url("/made?2"));
		await tab.waitForUrl(isBlockPage);
		expect(one.requests().map(({ path }) => path)).not.toContain("/made?2");

		// After a restart nothing is remembered, but the worker's own script is asked for once more.
		await firefox.restart();
		await firefox.extensionRunning();
		countersign = await Countersign.open(firefox);
		tab = await firefox.open();
		await tab.go(one.url("/made?3"));
		await tab.waitForUrl(isBlockPage);
		expect(await reportOf(firefox, countersign, tab)).toMatchObject({ state: "stopped", host: one.name });
	});
});

describe("a restart", () => {
	it("finds the rules in force for pages of the command line, kept ones among them", async () => {
		const [one, kept] = [await host("started"), await host("kept-over")];
		await see(kept, "/kept");
		await see(one);
		const before = [reports("started").length, reports("kept-over").length];
		await tab.load(good.url());
		await keepCache();
		await countersign.use(rules);
		await firefox.restart({ urls: [one.url("/?start"), good.url("/?start"), kept.url("/kept"), one.url("/?again")] });
		await (await firefox.findTab(good.url("/?start"))).waitForText("good");
		const tabs = await firefox.tabs();
		await firefox.remote.until(
			async () => {
				const urls = await Promise.all(tabs.map(async (one) => (await one.state()).url));
				return urls.filter(isBlockPage).length === 3 || undefined;
			},
			15_000,
			async () =>
				`three block pages did not come: ${await Promise.all(tabs.map(async (one) => (await one.state()).url))}`,
		);
		expect([reports("started").length, reports("kept-over").length]).toEqual(before);
		// The one that was kept came out of the cache on disk; its server was then asked once more.
		expect(requests(kept, "/kept")).toBe(2);
		countersign = await Countersign.open(firefox);
		tab = await firefox.open();
	});

	it("waits for the rules, however long they take to be read, and decides then", { timeout: 60_000 }, async () => {
		const one = await host("waiting");
		await countersign.use(rules);
		await firefox.background(() => localStorage.setItem("fault:held", "storage"));
		await firefox.restart({ urls: [one.url("/?held"), good.url("/?held")] });
		await firefox.extensionRunning();
		// A page without TLS, sent for after that, is there by now.
		const other = await world.host("other");
		other.plain.route("/", html("<h1>without TLS</h1>"));
		const plain = await firefox.open();
		await typeAddress(firefox, plain, other.url("/", "http"));
		await plain.waitForText("without TLS");
		await plain.close();
		const urls = await Promise.all((await firefox.tabs()).map(async (one) => (await one.state()).url));
		expect(urls.filter((url) => url !== "about:blank")).toEqual([]);
		// Nothing has even left: what the rules say of that is not known either.
		for (const held of [one.url("/?held"), good.url("/?held")]) {
			expect(world.lab.log.all().filter(({ url }) => url === held)).toEqual([]);
		}
		await firefox.background(() => {
			localStorage.removeItem("fault:held");
			(globalThis as unknown as { release: () => void }).release();
		});
		await firefox.findTab(isBlockPage);
		await (await firefox.findTab(good.url("/?held"))).waitForText("good");
		expect(reports("waiting")).toEqual([]);
		countersign = await Countersign.open(firefox);
		tab = await firefox.open();
	});
});
