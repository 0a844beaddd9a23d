/** The setting that warns of a new country, in a real Firefox: held, gone on with, quiet, and remembered. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { CHANGED_COUNTRY } from "../../src/core/policy.ts";
import { html, type LabHost } from "../lab/index.ts";
import type { Authority } from "../pki/index.ts";
import { reportOf } from "./acts.ts";
import { Countersign, TEST_BUILD } from "./countersign.ts";
import { Firefox, type Tab } from "./harness/index.ts";
import { expectInOrder, goBlocked, openAdvanced, ready, shown, WAY, words } from "./pages.ts";
import { createWorld, NO_RULES, type World } from "./world.ts";

let world: World;
let firefox: Firefox;
let countersign: Countersign;
let tab: Tab;
let host: LabHost;
let china: Authority;

beforeAll(async () => {
	world = await createWorld();
	const root = await world.pki.root({ name: "CN=Chinese Root,O=Chinese Trust,C=CN" });
	china = await root.intermediate({ name: "CN=Chinese CA 1,O=Chinese Trust,C=CN" });
	host = (await world.host("known")).route("*", html("<h1>shown</h1>"));
	firefox = await Firefox.start({
		lab: world.lab,
		roots: [],
		builtInRoots: [world.goodRoot, root],
		permanent: TEST_BUILD,
	});
	await firefox.extensionRunning();
	countersign = await Countersign.open(firefox);
	await countersign.use(JSON.stringify({ ...JSON.parse(NO_RULES), settings: { changedCountry: "warn" } }));
	tab = await firefox.open();
});

afterAll(async () => {
	await firefox?.close();
	await world?.close();
});

/** Has another authority vouch for the site from now on. */
async function vouch(authority: Authority): Promise<void> {
	await host.presentAnew(await authority.leaf({ names: [host.name] }));
}

/** Waits until what came is in the record and written: to switch on what is on does that. */
async function noted(): Promise<void> {
	expect(await countersign.ask("keepSites", true)).toEqual({ ok: true });
}

const path = (n: number) => host.url(`/page-${n}`);

it("the first visit is quiet, and so is the same country", async () => {
	await tab.load(path(1));
	await noted();
	await tab.load(path(2));
	expect((await reportOf(firefox, countersign, tab)).before).toEqual([]);
	await noted();
});

it("another country is held, with its own words, also after a restart", async () => {
	await firefox.restart();
	await firefox.extensionRunning();
	countersign = await Countersign.open(firefox);
	await vouch(china);
	tab = await firefox.open();
	const { text } = await goBlocked(tab, path(3));
	expectInOrder(text, [
		words("whoChanged"),
		words("whyChangedToday", host.name, "Good Trust (United States)", "Chinese Trust (China)"),
		words("couldChanged"),
		words("blockedGoBack"),
	]);
	const { refusal } = await reportOf(firefox, countersign, tab);
	expect(await countersign.ask("refusal", refusal ?? "")).toMatchObject({
		...{ outcome: "warn", wayThrough: "click", rule: { ref: CHANGED_COUNTRY } },
		before: [{ name: "Good Trust", country: "US" }],
	});
});

it("goes on with one click, and is quiet from then on: in both countries, and after a restart", async () => {
	await openAdvanced(tab);
	await ready(tab);
	await tab.click(WAY);
	await shown(tab, path(3));
	expect((await countersign.ask("options")).exceptions).toEqual([]);
	await tab.load(path(4));
	await noted();
	await firefox.restart();
	await firefox.extensionRunning();
	countersign = await Countersign.open(firefox);
	tab = await firefox.open();
	await tab.load(path(5));
	const { before } = await reportOf(firefox, countersign, tab);
	// Both are known, the one of now from today on: that is this visit's.
	expect(before.map(({ name }) => name)).toEqual(["Good Trust"]);
	await vouch(world.goodCa);
	await tab.load(path(6));
	await vouch(china);
	await tab.load(path(7));
});

it("is gone with the record: then nothing is held", async () => {
	expect(await countersign.ask("clearSites")).toEqual({ ok: true });
	await vouch(world.goodCa);
	await tab.load(path(8));
	await noted();
	expect(await countersign.ask("keepSites", false)).toEqual({ ok: true });
	await vouch(china);
	await tab.load(path(9));
});
