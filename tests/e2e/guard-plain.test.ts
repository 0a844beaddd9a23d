import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { html, type LabHost, redirect, text } from "../lab/index.ts";
import { answerSecurityInfo, letAnswersGo, plainExceptions, setPreference, typeAddress, until } from "./acts.ts";
import { Countersign, isBlockPage, TEST_BUILD } from "./countersign.ts";
import { Firefox, type Tab } from "./harness/index.ts";
import { createWorld, NO_RULES, refusing, type World } from "./world.ts";

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
	firefox = await Firefox.start({ lab: world.lab, roots: [world.goodRoot, world.refusedRoot] });
	await firefox.install(TEST_BUILD, { privateAllowed: true });
	countersign = await Countersign.open(firefox);
});

afterAll(async () => {
	await firefox?.close();
	await world?.close();
});

beforeEach(async () => {
	await countersign.use(rules);
	tab = await firefox.open();
});

afterEach(async () => {
	await letAnswersGo(firefox);
	await tab.close();
});

/** A refused host whose plain http would be happy to answer. */
async function refusedHost(label: string): Promise<LabHost> {
	const host = await world.host(label, world.refusedCa);
	host.plain
		.route("/", html(`<h1>plain ${label}</h1>${world.witness.markup(host.name)}`))
		.route("/data", text("plain data"))
		.socket("/socket");
	return host;
}

/** What the plain page of a host reported when it was shown. */
const reportsOf = ({ name }: LabHost): string[] => world.witness.hits().filter((path) => path.startsWith(`/${name}/`));

/** Requests without TLS that reached a host. */
const plainRequests = (host: LabHost): string[] =>
	host
		.requests()
		.filter(({ scheme }) => scheme === "http" || scheme === "ws")
		.map(({ url }) => url);

/** Nothing was sent or shown without TLS, and Firefox did not make up its mind to do so next time. */
async function expectNothingPlain(host: LabHost): Promise<void> {
	expect(plainRequests(host)).toEqual([]);
	expect(reportsOf(host)).toEqual([]);
	expect(await plainExceptions(firefox)).not.toContain(`http://${host.name}`);
}

/** Notes from now on what becomes of Firefox's own tries whether http answers sooner. */
async function noteTries(): Promise<void> {
	await firefox.background((browser) => {
		const tries: string[] = [];
		Object.assign(globalThis, { tries });
		browser.webRequest.onErrorOccurred.addListener(
			({ url, tabId, error }) => {
				if (tabId === -1) tries.push(`${error} ${url}`);
			},
			{ urls: ["http://*/*"] },
		);
	});
}

/** Firefox's own tries to reach these hosts over plain http that came to nothing. */
async function failedTries(...hosts: LabHost[]): Promise<string[]> {
	const tries = await firefox.background(() => (globalThis as unknown as { tries: string[] }).tries);
	return tries.filter((one) => hosts.some((host) => one.endsWith(host.url("/", "http"))));
}

describe("HTTPS-First", () => {
	it("upgrades in this lab, and would show the plain page where https fails", async () => {
		// The control: without this, none of the tests here could fail.
		const host = await refusedHost("control");
		await countersign.use(NO_RULES);
		await typeAddress(firefox, tab, host.name);
		await tab.waitForText("control");
		expect((await tab.state()).url).toBe(host.url());
		expect(plainRequests(host)).toEqual([]);
		host.route("/", { status: 404 });
		const other = await firefox.open();
		await typeAddress(firefox, other, host.name);
		await other.waitForText("plain control");
		await until(firefox, "the plain page's reports", async () => reportsOf(host).length === 3 || undefined);
		expect(await plainExceptions(firefox)).toContain(`http://${host.name}`);
		await other.close();
	});

	it.each(["a new tab", "a good page", "a block page", "the options"])(
		"never falls back to http: typed without a scheme in %s, and then three times more",
		async (from) => {
			const host = await refusedHost(`from-${from.replaceAll(" ", "-")}`);
			if (from === "a good page") await tab.load(good.url());
			if (from === "the options") {
				await tab.go(firefox.extensionUrl("src/options/index.html"));
				await tab.waitForUrl((url) => url.includes("options"));
			}
			if (from === "a block page") {
				const before = await refusedHost("before-that");
				await tab.go(before.url());
				await tab.waitForText(before.name);
			}
			for (let visit = 0; visit < 4; visit++) {
				const { document } = await tab.state();
				await typeAddress(firefox, tab, `${host.name}/?${visit}`);
				await tab.waitFor(
					(now) => isBlockPage(now.url) && now.text.includes(host.name) && now.document !== document,
					"another block page",
				);
				// The rules change in between, which must not make it forget.
				await countersign.use(refusing([world.refusedRoot.spki], { reason: `Visit ${visit}` }));
			}
			// Leaving ends what may have been kept waiting.
			await tab.load(good.url());
			await expectNothingPlain(host);
			expect(host.requests().length).toBeGreaterThan(0);
		},
	);

	it("follows a link to http the same way", async () => {
		const host = await refusedHost("linked");
		good.route("/link", html(`<a href="${host.url("/", "http")}">link</a>`));
		await tab.load(good.url("/link"));
		await tab.click("a");
		await tab.waitForUrl(isBlockPage);
		await expectNothingPlain(host);
	});

	it.each(["a good page", "a block page"])("follows a redirect to http the same way, in %s", async (from) => {
		const host = await refusedHost(`redirected-from-${from.replaceAll(" ", "-")}`);
		good.route("/redirect", redirect(host.url("/", "http")));
		if (from === "a good page") await tab.load(good.url());
		else {
			await tab.go((await refusedHost("before-the-redirect")).url());
			await tab.waitForUrl(isBlockPage);
		}
		await tab.go(good.url("/redirect"));
		await tab.waitForText(host.name);
		await tab.load(good.url());
		await expectNothingPlain(host);
	});

	it("makes no difference where the person wants https only", async () => {
		await setPreference(firefox, "dom.security.https_only_mode", true);
		const host = await refusedHost("https-only");
		await typeAddress(firefox, tab, host.name);
		await tab.waitFor(({ url, text: shown }) => isBlockPage(url) && shown.includes(host.name), "the block page");
		await setPreference(firefox, "dom.security.https_only_mode", null);
		await tab.load(good.url());
		await expectNothingPlain(host);
	});

	it("does not win while a verdict takes longer than Firefox waits for https", { timeout: 60_000 }, async () => {
		const host = await refusedHost("slow");
		const slowGood = await world.host("slow-good");
		slowGood.plain.route("/", html("plain"));
		const second = await firefox.open();
		await noteTries();
		await answerSecurityInfo(firefox, "later");
		await typeAddress(firefox, tab, host.name);
		await typeAddress(firefox, second, slowGood.name);
		await until(firefox, "Firefox's tries over http", async () =>
			(await failedTries(host, slowGood)).length === 2 ? true : undefined,
		);
		await letAnswersGo(firefox);
		await tab.waitForUrl(isBlockPage);
		await second.waitForText("slow-good");
		for (const error of await failedTries(host, slowGood)) expect(error).toMatch(/^NS_ERROR_ABORT/);
		await expectNothingPlain(host);
		await expectNothingPlain(slowGood);
		expect((await second.state()).url).toBe(slowGood.url());
		await second.close();
	});
});

describe("a refused host without TLS", () => {
	it("gets nothing by http and ws while it is refused, and all again once it is not", async () => {
		const host = await refusedHost("both");
		const plain = world.lab.host("plain.countersign-lab.net", host.identity);
		plain.plain.route("/", html("<h1>a page without TLS</h1>"));
		const attempts = () =>
			tab.evaluate(
				async (data, socket) => {
					const fetched = await fetch(data, { mode: "no-cors" }).then(
						() => "fetched",
						() => "failed",
					);
					const opened = await new Promise<string>((resolve) => {
						const one = new WebSocket(socket);
						one.onopen = () => resolve("opened");
						one.onerror = () => resolve("failed");
					});
					return [fetched, opened];
				},
				host.url("/data", "http"),
				host.url("/socket", "ws"),
			);
		await typeAddress(firefox, tab, plain.url("/", "http"));
		await tab.waitForText("a page without TLS");
		expect(await attempts()).toEqual(["fetched", "opened"]);
		const before = plainRequests(host).length;

		const refused = await firefox.open();
		await refused.go(host.url());
		await refused.waitForUrl(isBlockPage);
		expect(await attempts()).toEqual(["failed", "failed"]);
		// What else changes makes no difference to that.
		expect(await countersign.ask("welcomed")).toEqual({ ok: true });
		await countersign.use(refusing([world.refusedRoot.spki], { reason: "Another reason" }));
		expect(await attempts()).toEqual(["failed", "failed"]);
		await typeAddress(firefox, refused, host.url("/", "http"));
		await refused.waitForUrl(isBlockPage);
		expect(plainRequests(host)).toHaveLength(before);
		expect(reportsOf(host)).toEqual([]);

		await countersign.use(NO_RULES);
		expect(await attempts()).toEqual(["fetched", "opened"]);
		await refused.close();
	});

	it("keeps others from nothing", async () => {
		const host = await refusedHost("alone");
		await tab.go(host.url());
		await tab.waitForUrl(isBlockPage);
		const other = world.lab.host(`not-${host.name}`, host.identity);
		other.plain.route("/", html("another host"));
		await typeAddress(firefox, tab, other.url("/", "http"));
		await tab.waitForText("another host");
	});
});
