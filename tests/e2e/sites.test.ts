/** The record of which authorities vouched for which sites, in a real Firefox: what it holds, and how it goes. */
import { domainToASCII } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SiteRecord, STORED_VERSION } from "../../src/background/siteRecord.ts";
import type { Certificate, Chain } from "../../src/core/chain.ts";
import type { Impact } from "../../src/protocol.ts";
import { html, image, type LabHost } from "../lab/index.ts";
import type { Authority } from "../pki/index.ts";
import { closePrivateWindows, reportOf, setPreference, until } from "./acts.ts";
import { Countersign, TEST_BUILD } from "./countersign.ts";
import { type ChromeWindow, Firefox } from "./harness/index.ts";
import { createWorld, NO_RULES, refusing, type World } from "./world.ts";

const DAY = 24 * 60 * 60 * 1000;
const PARTS = "static.parts-lab.net";

let world: World;
let firefox: Firefox;
let countersign: Countersign;

beforeAll(async () => {
	world = await createWorld();
	(await host(PARTS, world.refusedCa)).route("/picture", image({ "cache-control": "no-store" }));
	firefox = await Firefox.start({
		lab: world.lab,
		roots: [world.goodRoot, world.refusedRoot],
		permanent: TEST_BUILD,
	});
	await firefox.extensionRunning();
	await firefox.allowInPrivate();
	countersign = await Countersign.open(firefox);
	await countersign.use(NO_RULES);
});

afterAll(async () => {
	await firefox?.close();
	await world?.close();
});

/** Ends Firefox the ordinary way and starts it again. */
async function again(): Promise<void> {
	await firefox.restart();
	await firefox.extensionRunning();
	countersign = await Countersign.open(firefox);
}

/** A host of any name, with one picture from another site. */
async function host(name: string, authority: Authority = world.goodCa): Promise<LabHost> {
	const ascii = domainToASCII(name);
	const picture = `<img src="https://${PARTS}/picture">`;
	return world.lab
		.host(ascii, await authority.leaf({ names: [ascii] }))
		.route("*", html(`<h1>content of ${ascii}</h1>${picture}`));
}

async function visit(site: LabHost, path = "/"): Promise<void> {
	const tab = await firefox.open();
	await tab.load(site.url(path));
	await tab.close();
}

async function impactOf(...authorities: Authority[]): Promise<Impact> {
	const { rules } = JSON.parse(refusing(authorities.map(({ spki }) => spki)));
	const answer = await countersign.ask("impact", rules);
	if (!answer.ok) throw new Error(answer.error);
	return answer.impact;
}

/** All sites that are known: nothing vouches but these two. */
const sites = async (): Promise<string[]> => [...(await impactOf(world.goodRoot, world.refusedRoot)).sites].sort();

/** Everything that is stored, once all that was noted is written: to switch on what is on does that. */
async function stored(): Promise<string> {
	expect(await countersign.ask("keepSites", true)).toEqual({ ok: true });
	return await readStored();
}

const readStored = (): Promise<string> =>
	firefox.background(async (browser) => JSON.stringify(await browser.storage.local.get(null)));

const sitesBecome = (wanted: readonly string[]): Promise<true> =>
	until(firefox, `the sites ${wanted}`, async () =>
		JSON.stringify(await sites()) === JSON.stringify(wanted) ? true : undefined,
	);

describe("the record of sites", () => {
	let one: LabHost;

	it("says what refusing an authority would have stopped, by registrable domain", async () => {
		expect(await countersign.ask("sites")).toEqual({ on: true, since: null, total: 0, byAuthority: {} });
		expect(await impactOf(world.goodRoot)).toEqual({ since: null, total: 0, stopped: 0, sites: [], parts: 0 });
		one = await host("www.one-lab.com");
		await visit(one);
		await visit(await host("mail.one-lab.com"));
		await visit(await host("shop.two-lab.co.uk"));
		await visit(await host("www.bücher-lab.com", world.refusedCa));
		const today = Math.floor(Date.now() / DAY) * DAY;
		// No authority of the lab is in the catalogue.
		expect(await countersign.ask("sites")).toEqual({ on: true, since: today, total: 3, byAuthority: {} });
		expect(await impactOf(world.refusedRoot)).toEqual({
			...{ since: today, total: 3, stopped: 1, parts: 1 },
			sites: ["bücher-lab.com"],
		});
		expect(await impactOf(world.goodCa)).toMatchObject({
			stopped: 2,
			sites: ["one-lab.com", "two-lab.co.uk"],
			parts: 0,
		});
		// What a rule stops already is no cost of another.
		await countersign.use(refusing([world.goodRoot.spki], { sites: ["two-lab.co.uk"] }));
		const answer = await countersign.ask("impact", [
			{ id: "another", title: "x", match: [{ spki: world.goodCa.spki }], action: "block" },
		]);
		expect(answer).toMatchObject({ ok: true, impact: { sites: ["one-lab.com"] } });
		expect(await countersign.ask("impact", [{ id: "x" }])).toEqual({
			ok: false,
			error: expect.stringContaining("rules[0]"),
		});
		await countersign.use(NO_RULES);
	});

	it("has no trace of private windows", async () => {
		const before = await countersign.ask("sites");
		const secret = await host("www.secret-lab.org");
		const tab = await firefox.openPrivate();
		await tab.load(secret.url());
		// Countersign sees private windows here, and so could have noted it.
		expect(await reportOf(firefox, countersign, tab)).toMatchObject({ private: true, state: "local-root" });
		await tab.load((await host("other.one-lab.com", world.refusedCa)).url());
		await closePrivateWindows(firefox);
		expect(await countersign.ask("sites")).toEqual(before);
		expect((await impactOf(world.refusedRoot)).sites).toEqual(["bücher-lab.com"]);
		expect(await stored()).not.toContain("secret-lab");
		// The same in an ordinary window is seen.
		await visit(secret);
		expect(await stored()).toContain("secret-lab");
	});

	it("is there after a restart", async () => {
		const before = await countersign.ask("sites");
		expect(before.total).toBe(4);
		await stored();
		await again();
		expect(await countersign.ask("sites")).toEqual(before);
		expect((await impactOf(world.refusedRoot)).sites).toEqual(["bücher-lab.com"]);
	});

	it("forgets a site when its history is removed", async () => {
		await firefox.chrome(
			(window: ChromeWindow, url) => window.PlacesUtils.history.remove(url) as Promise<void>,
			one.url("/"),
		);
		await sitesBecome(["bücher-lab.com", "secret-lab.org", "two-lab.co.uk"]);
		expect(await readStored()).not.toContain("one-lab");
		// As "Forget About This Site" does it.
		await firefox.chrome(
			(window: ChromeWindow, domain) =>
				window.PlacesUtils.history.removeByFilter({ host: `.${domain}` }) as Promise<void>,
			"two-lab.co.uk",
		);
		await sitesBecome(["bücher-lab.com", "secret-lab.org"]);
	});

	it("goes when Firefox clears its history", async () => {
		expect(await stored()).toContain("sites/");
		await firefox.chrome(async (window: ChromeWindow) => {
			const { Sanitizer } = window.ChromeUtils.importESModule("resource:///modules/Sanitizer.sys.mjs");
			await Sanitizer.sanitize(["history"]);
		});
		await sitesBecome([]);
		await until(firefox, "empty storage", async () => ((await readStored()).includes("sites/") ? undefined : true));
		expect(await countersign.ask("sites")).toEqual({ on: true, since: null, total: 0, byAuthority: {} });
		// The rules are no part of it.
		expect(JSON.parse(await readStored())).toMatchObject({ state: { policy: { rules: [] } } });
		await visit(one);
		expect(await sites()).toEqual(["one-lab.com"]);
	});

	it("goes when Firefox clears its history as it ends", async () => {
		expect(await stored()).toContain("one-lab");
		await setPreference(firefox, "privacy.sanitize.sanitizeOnShutdown", true);
		await setPreference(firefox, "privacy.clearOnShutdown_v2.browsingHistoryAndDownloads", true);
		await again();
		expect((await firefox.history()).filter((url) => url.includes("one-lab"))).toEqual([]);
		expect((await countersign.ask("sites")).total).toBe(0);
		await until(firefox, "empty storage", async () => ((await readStored()).includes("sites/") ? undefined : true));
		await setPreference(firefox, "privacy.sanitize.sanitizeOnShutdown", false);
	});

	it("can be cleared, and switched off for good", async () => {
		await visit(one);
		expect(await stored()).toContain("one-lab");
		expect(await countersign.ask("clearSites")).toEqual({ ok: true });
		expect(await readStored()).not.toContain("one-lab");
		await visit(one, "/again");
		expect(await countersign.ask("sites")).toMatchObject({ on: true, total: 1 });
		expect(await countersign.ask("keepSites", false)).toEqual({ ok: true });
		expect(await readStored()).not.toContain("sites/");
		await again();
		await visit(one);
		expect(await countersign.ask("sites")).toEqual({ on: false, since: null, total: 0, byAuthority: {} });
		expect(await countersign.ask("keepSites", true)).toEqual({ ok: true });
		await visit(one, "/and-again");
		expect(await countersign.ask("sites")).toMatchObject({ on: true, total: 1 });
	});

	it("with 20,000 sites answers soon, and holds up nothing", async () => {
		const record = new SiteRecord();
		const day = Math.floor(Date.now() / DAY);
		for (let n = 0; n < 20_000; n++) record.note(`some-site-${n}.com`, chain(n % 400), true, day);
		const items = { ...record.takeDirty(), sites: { version: STORED_VERSION, on: true, since: day } };
		await firefox.background(
			async (browser, text) => await browser.storage.local.set(JSON.parse(text)),
			JSON.stringify(items),
		);
		await again();
		expect((await countersign.ask("sites")).total).toBe(20_000);
		const timed = await firefox.background(async () => {
			// How late a timer of the background comes is how long a verdict would have to wait.
			let latest = 0;
			let isOver = false;
			const beat = (): void => {
				const start = performance.now();
				setTimeout(() => {
					latest = Math.max(latest, performance.now() - start);
					if (!isOver) beat();
				}, 0);
			};
			beat();
			Object.assign(globalThis, {
				end: () => {
					isOver = true;
					return latest;
				},
			});
		});
		expect(timed).toBeUndefined();
		const start = performance.now();
		const impact = await impactOf(world.goodRoot, ...[0, 1, 2, 3].map((n) => ({ spki: keyOf(n) }) as Authority));
		const took = performance.now() - start;
		const latest = await firefox.background(() => (globalThis as unknown as { end(): number }).end());
		console.log(`impact over 20,000 sites: ${took.toFixed(0)} ms, a timer late by ${latest.toFixed(0)} ms at most`);
		expect(impact).toMatchObject({ total: 20_000, stopped: 200 });
		expect(impact.sites).toHaveLength(100);
		expect(took).toBeLessThan(5000);
	});
});

function keyOf(n: number): string {
	return `${String(n).padStart(42, "k")}A=`;
}

/** A chain of an intermediate of its own below one of twenty roots. */
function chain(n: number): Chain {
	const certificate = (key: number, builtInRoot: boolean): Certificate => ({
		...{
			subject: `CN=Some Issuing Authority ${key},O=Some Trust Services,C=US`,
			issuer: "",
			notBefore: 0,
			notAfter: 0,
		},
		...{ sha256: String(key).padStart(95, "0A:"), spki: keyOf(key), builtInRoot },
	});
	return [
		{ ...certificate(9999, false), notBefore: 1.7e12 },
		certificate(n, false),
		certificate(1000 + (n % 20), true),
	];
}
