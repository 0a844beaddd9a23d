/** What real Firefox says of a connection beside its chain, and what the popup makes of it. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { html, type LabHost } from "../lab/index.ts";
import { reportOf, setPreference } from "./acts.ts";
import { Countersign, TEST_BUILD } from "./countersign.ts";
import { type ChromeWindow, Firefox, type Tab } from "./harness/index.ts";
import { openPopupOf, words } from "./pages.ts";
import { createWorld, NO_RULES, SUFFIX, type World } from "./world.ts";

/** 0: off. 1: looked at, and reported. 2, Firefox's own: what falls short is an error. */
const MODE = "security.pki.certificate_transparency.mode";
/** 3 stands for TLS 1.2. */
const NEWEST = "security.tls.version.max";

let world: World;
let firefox: Firefox;
let countersign: Countersign;
let shipped: LabHost;
let added: LabHost;
let self: LabHost;
let tab: Tab;

beforeAll(async () => {
	world = await createWorld();
	const { pki, lab, goodRoot } = world;
	const ownRoot = await pki.root({ name: "CN=Proxy Root,O=Company Proxy,C=DE" });
	shipped = await world.host("shipped");
	added = await world.host("added", ownRoot);
	const name = `self.${SUFFIX}`;
	self = lab.host(name, await pki.selfSignedLeaf({ names: [name] }), { "/": html("<h1>self</h1>") });
	firefox = await Firefox.start({ lab, builtInRoots: [goodRoot], roots: [ownRoot], acceptInsecureCerts: true });
	await firefox.install(TEST_BUILD, { privateAllowed: true });
	countersign = await Countersign.open(firefox);
	await countersign.use(NO_RULES);
});

afterAll(async () => {
	await firefox?.close();
	await world?.close();
});

beforeEach(async () => {
	tab = await firefox.open();
});

afterEach(async () => {
	await tab.close();
});

/** What the popup says of the tab, without what is folded away. */
async function said(): Promise<string> {
	const popup = await openPopupOf(firefox, tab);
	await popup.waitForSelector(".popup-head h1");
	const text = await popup.evaluate(() => document.querySelector("main")?.innerText ?? "");
	await popup.close();
	return text;
}

let visits = 0;

/** A page over a connection of its own: Firefox keeps what it found of a connection as long as that is open. */
async function visit(host: LabHost, mode: number): Promise<void> {
	await setPreference(firefox, MODE, mode);
	await tab.go("about:blank");
	await firefox.chrome((window: ChromeWindow) => {
		window.Cc["@mozilla.org/psm;1"].getService(window.Ci.nsINSSComponent).clearSSLExternalAndInternalSessionCache();
		window.Services.obs.notifyObservers(null, "net:cancel-all-connections");
	});
	await tab.load(host.url(`/?${++visits}`));
}

const USUAL = { transparency: "not-applicable", protocol: "TLSv1.3", weak: false, proxied: false };

describe("the public logs", () => {
	it("nobody asks where Firefox does not look, nor about a root that was added", async () => {
		for (const [host, mode, state] of [
			[shipped, 0, "protected"],
			[added, 2, "local-root"],
		] as const) {
			await visit(host, mode);
			expect(await reportOf(firefox, countersign, tab)).toMatchObject({ state, connection: USUAL });
			expect(await said()).not.toContain(words("foundNotLogged"));
		}
	});

	it("are told of where Firefox only reports what falls short", async () => {
		await visit(shipped, 1);
		expect(await reportOf(firefox, countersign, tab)).toMatchObject({
			state: "protected",
			connection: { ...USUAL, transparency: "not-enough" },
		});
		expect(await said()).toContain(words("foundNotLogged"));
	});

	it("are told of where Firefox made that an error, as it does by itself, and it was clicked through", async () => {
		await visit(shipped, 2);
		expect(await reportOf(firefox, countersign, tab)).toMatchObject({
			overridden: ["trust"],
			connection: { ...USUAL, transparency: "not-enough" },
		});
		expect(await said()).toContain(words("foundNotLogged"));
	});
});

describe("a document that names nobody but itself", () => {
	it("is told of", async () => {
		await visit(self, 2);
		expect(await reportOf(firefox, countersign, tab)).toMatchObject({ overridden: ["trust"], connection: USUAL });
		const text = await said();
		expect(text).toContain(words("whyOverriddenTrust", self.name));
		expect(text).toContain(words("foundSelfSigned"));
		expect(text).not.toContain(words("foundNotLogged"));
	});
});

describe("TLS 1.2", () => {
	it("is no cause for alarm", async () => {
		await setPreference(firefox, NEWEST, 3);
		try {
			await visit(shipped, 0);
			expect(await reportOf(firefox, countersign, tab)).toMatchObject({
				state: "protected",
				connection: { ...USUAL, protocol: "TLSv1.2" },
			});
			expect(await said()).not.toContain(words("foundWeak"));
		} finally {
			await setPreference(firefox, NEWEST, null);
		}
	});
});
