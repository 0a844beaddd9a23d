/**
 * An exception in every function on the path of a response. Each fault point of the source is armed
 * in turn, and everything that may lead to a refused host is tried: nothing of it is shown, and it
 * gets to see no cookie and no body.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Settings } from "../../src/core/policy.ts";
import { html, image, type LabHost, script } from "../lab/index.ts";
import type { Authority } from "../pki/index.ts";
import { noteEnds } from "./acts.ts";
import { Countersign, isBlockPage, TEST_BUILD } from "./countersign.ts";
import { arm, disarm, faultPoints, reached } from "./faults.ts";
import { type ChromeWindow, Firefox, type Tab } from "./harness/index.ts";
import { goBlocked } from "./pages.ts";
import { createWorld, refusing, type World } from "./world.ts";

let world: World;
let firefox: Firefox;
let countersign: Countersign;
let good: LabHost;
let lateRoot: Authority;
let lateCa: Authority;
const hosts: LabHost[] = [];
/** One tab for each road, one for a page of an authority that is refused later, and another. */
const tabs: Record<string, Tab> = {};
let open: Tab;
let another: Tab;
/** For pages that a service worker answers by itself, in a tab and in a frame. */
let kept: LabHost;
let keptTab: Tab;
let framing: Tab;

beforeAll(async () => {
	world = await createWorld();
	good = await world.host("good");
	lateRoot = await world.pki.root({ name: "CN=Late Root,O=Late Trust,C=XX" });
	lateCa = await lateRoot.intermediate({ name: "CN=Late CA 1,O=Late Trust,C=XX" });
	firefox = await Firefox.start({
		lab: world.lab,
		roots: [world.goodRoot, world.refusedRoot, lateRoot],
	});
	await firefox.install(TEST_BUILD, { privateAllowed: true });
	await noteEnds(firefox);
	countersign = await Countersign.open(firefox);
	for (const road of Object.keys(ROADS)) tabs[road] = await firefox.open();
	open = await firefox.open();
	another = await firefox.open();
	keptTab = await firefox.open();
	framing = await firefox.open();
	kept = await world.host("kept", lateCa);
	kept.route("/worker.js", script(WORKER));
	await keptTab.load(kept.url());
	await keptTab.evaluate(async () => {
		await navigator.serviceWorker.register("/worker.js");
		await navigator.serviceWorker.ready;
	});
});

/** A service worker that answers one page without asking its server. */
const WORKER = `
	oninstall = () => skipWaiting();
	onactivate = (event) => event.waitUntil(clients.claim());
	onfetch = (event) => {
		if (!new URL(event.request.url).pathname.startsWith("/kept")) return;
		event.respondWith(new Response("<h1>kept</h1>", { headers: { "content-type": "text/html" } }));
	};
`;

afterAll(async () => {
	await firefox?.close();
	await world?.close();
});

afterEach(async () => {
	await disarm(firefox);
});

/** Points that are reached only when the extension starts. */
const AT_START: readonly string[] = ["storage"];

const EARLY = () => refusing([world.refusedRoot.spki]);
const LATE = () => refusing([world.refusedRoot.spki, lateRoot.spki]);

/** A host that tells of whatever of it is shown or run, over TLS or without. */
async function telling(label: string, authority: Authority): Promise<LabHost> {
	const host = await world.host(label, authority);
	const page = html(`<h1>content of ${host.name}</h1>${world.witness.markup(host.name)}`);
	const open = { "access-control-allow-origin": "*" };
	host
		.route("/", page)
		.route("/picture", image(open))
		.route("/script", script(`fetch("${world.witness.url(`/${host.name}/ran`)}", { mode: "no-cors" })`, open))
		.socket("/socket");
	host.plain.route("*", page).socket("/socket");
	hosts.push(host);
	return host;
}

const reportsOf = ({ name }: LabHost): string[] => world.witness.hits().filter((path) => path.startsWith(`/${name}/`));

/** Gives Firefox a cookie for a host, as an earlier visit would have. */
async function signIn({ name }: LabHost): Promise<void> {
	await firefox.chrome((window: ChromeWindow, host) => {
		const { Services, Ci } = window;
		const end = Date.now() + 3_600_000;
		Services.cookies.add(
			...[host, "/", "signed-in", "secret", true, false, false, end, {}],
			...[Ci.nsICookie.SAMESITE_NONE, Ci.nsICookie.SCHEME_HTTPS],
		);
	}, name);
}

/** Waits until a request of an address, or of any address of a host, has come to its end. */
async function ended(part: string): Promise<void> {
	await firefox.remote.until(
		async () => {
			const ends = await firefox.background(() => (globalThis as unknown as { ends: string[] }).ends);
			return ends.some((end) => end.includes(part)) || undefined;
		},
		30_000,
		() => `the end of ${part} did not come`,
	);
}

/** Waits until a tab has come to rest at something that is not this host's. */
async function expectNotShown(tab: Tab, host: LabHost): Promise<void> {
	const isOf = (url: string) => url.includes(`//${host.name}/`);
	await tab.waitFor(({ url, complete }) => complete && !isOf(url), `anything but ${host.name}`);
	expect(reportsOf(host)).toEqual([]);
}

/** Everything that may lead to a host. Each gets one of its own, so that nothing is remembered of it. */
const ROADS: Readonly<Record<string, (tab: Tab, host: LabHost) => Promise<void>>> = {
	async page(tab, host) {
		await tab.go(host.url());
		await ended(host.url());
		await expectNotShown(tab, host);
	},
	async "page-signed-in"(tab, host) {
		await signIn(host);
		await tab.go(host.url());
		await ended(host.url());
		await expectNotShown(tab, host);
	},
	async form(tab, host) {
		await tab.evaluate((action) => {
			document.body.innerHTML = `<form method="post" action="${action}"><input name="a" value="secret"></form>`;
			document.forms[0]?.submit();
		}, host.url());
		await ended(host.url());
		await expectNotShown(tab, host);
	},
	async "http-first"(tab, host) {
		await tab.go(host.url("/", "http"));
		await ended(`//${host.name}/`);
		await expectNotShown(tab, host);
	},
	async again(tab, host) {
		// Refused once already, before the fault.
		await tab.go(host.url("/again"));
		await ended(host.url("/again"));
		await expectNotShown(tab, host);
	},
	async parts(tab, host) {
		await signIn(host);
		const came = await tab.evaluate(
			async (picture, code, socket, data) => {
				const came: string[] = [];
				const element = (name: "img" | "script", src: string) =>
					new Promise<void>((done) => {
						const one = document.createElement(name);
						one.onload = () => done(void came.push(name));
						one.onerror = () => done();
						one.src = src;
						document.body.append(one);
					});
				const opened = new Promise<void>((done) => {
					const one = new WebSocket(socket);
					one.onopen = () => done(void came.push("socket"));
					one.onerror = () => done();
				});
				const sent = fetch(data, { method: "POST", mode: "no-cors", credentials: "include", body: "secret" }).then(
					() => void came.push("fetch"),
					() => undefined,
				);
				await Promise.all([element("img", picture), element("script", code), opened, sent]);
				return came;
			},
			...[host.url("/picture"), host.url("/script"), host.url("/socket", "wss"), host.url("/data")],
		);
		expect(came).toEqual([]);
		expect(reportsOf(host)).toEqual([]);
	},
};

describe("fault points", () => {
	const points = faultPoints();

	it("are found in the source", () => {
		expect(points).toEqual(expect.arrayContaining(["judge", "verdict", "accepted", "stopped", "show", "storage"]));
	});

	// Those reached at the start only have tests of their own: storage.test.ts, guard-cache.test.ts.
	const settings: Settings = { preflight: "credentials", unverifiable: "block", changedCountry: "off" };
	it.each(points.filter((point) => !AT_START.includes(point)))("%s", async (point) => {
		// Away from block pages: freed by the rules that come now, they would load by themselves.
		await Promise.all([open, keptTab].map((tab) => tab.load(good.url("/?away"))));
		await countersign.use(EARLY());
		expect(await countersign.ask("saveSettings", settings)).toEqual({ ok: true });
		// Whatever a point is armed for, these pages were accepted before.
		const late = await telling(`late-${point}`, lateCa);
		await open.load(late.url());
		await keptTab.load(kept.url());
		await Promise.all([another, framing, ...Object.values(tabs)].map((tab) => tab.load(good.url())));
		const roads = await Promise.all(
			Object.entries(ROADS).map(async ([road, go]) => {
				const host = await telling(`${road}-${point}`, world.refusedCa);
				if (road === "again") {
					await goBlocked(tabs[road] as Tab, host.url());
					await (tabs[road] as Tab).load(good.url());
				}
				return () => go(tabs[road] as Tab, host);
			}),
		);
		await arm(firefox, point);
		await Promise.all(roads.map((go) => go()));
		// An accepted page: shown or not, as long as nothing stays broken.
		const armed = good.url(`/?${point}`);
		await another.go(armed);
		await ended(armed);
		// A part like the one before it.
		await framing.evaluate(async (url) => {
			for (const which of ["first", "second"]) await fetch(`${url}?${which}`).catch(() => null);
		}, good.url("/part"));
		if (point === "narrow") {
			// Questions are made fewer whenever the setting allows it.
			await countersign.ask("saveSettings", { ...settings, preflight: "always" });
			await countersign.ask("saveSettings", settings);
			await reached(firefox);
		}
		// Pages that no response stands behind.
		await keptTab.go(kept.url("/kept"));
		await framing.evaluate((url) => {
			const frame = document.createElement("iframe");
			frame.src = url;
			document.body.append(frame);
		}, kept.url("/kept"));
		if (point === "watchdog") await keptTab.waitForUrl(isBlockPage);
		if (point === "watchdog-frame") await framing.waitForUrl(isBlockPage);
		// A rule that comes while a page of its authority is open.
		await countersign.use(LATE());
		await open.waitForUrl(isBlockPage);
		await keptTab.waitForUrl(isBlockPage);
		expect(await disarm(firefox), `how often ${point} was reached`).toBeGreaterThan(0);
		await another.load(good.url("/?disarmed"));
	});

	it("none has let anything through by now", () => {
		for (const host of hosts) {
			const requests = host.requests();
			expect(
				requests.filter(({ scheme }) => scheme === "http" || scheme === "ws").map(({ url }) => url),
				"without TLS",
			).toEqual([]);
			if (host.name.startsWith("late-")) continue;
			expect(reportsOf(host)).toEqual([]);
			expect(requests.filter(({ headers }) => headers.cookie !== undefined).map(({ url }) => url)).toEqual([]);
			expect(requests.filter(({ bodyLength }) => bodyLength > 0).map(({ url }) => url)).toEqual([]);
		}
	});
});
