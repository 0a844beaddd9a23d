import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { html, image, type LabHost, redirect, script, style, text } from "../lab/index.ts";
import { endOf, noteEnds, reported, reportOf } from "./acts.ts";
import { Countersign, TEST_BUILD } from "./countersign.ts";
import { Firefox, type Tab } from "./harness/index.ts";
import { createWorld, type World } from "./world.ts";

let world: World;
let firefox: Firefox;
let countersign: Countersign;
let good: LabHost;
let partner: LabHost;
let refused: LabHost;
let other: LabHost;
let tab: Tab;
/** What came over WebSockets to the servers. */
const messages: string[] = [];

const OPEN = {
	"access-control-allow-origin": "*",
	"cache-control": "no-store",
	"set-cookie": "part=1; Secure; SameSite=None",
};

beforeAll(async () => {
	world = await createWorld();
	const otherRoot = await world.pki.root({ name: "CN=Other Root,O=Other Trust,C=YY" });
	good = await world.host("good");
	partner = await world.host("partner");
	refused = await world.host("refused", world.refusedCa);
	other = await world.host("other", otherRoot);
	for (const host of [partner, refused, other]) {
		host
			.route("/image", image(OPEN))
			.route("/script", script("globalThis.ran = (globalThis.ran ?? 0) + 1; globalThis.done?.()", OPEN))
			.route("/module", script("export const ran = true", OPEN))
			.route("/style", style("body { color: red }", OPEN))
			.route("/data", text("data", OPEN))
			.route("/events", { headers: { ...OPEN, "content-type": "text/event-stream" }, body: "data: hello\n\n" })
			.route("/frame", html(`<p>frame</p>${world.witness.markup(host.name)}`))
			.route("/font", { headers: { ...OPEN, "content-type": "font/woff2" }, body: "no font" })
			.route("/media", { headers: { ...OPEN, "content-type": "video/webm" }, body: "no film" })
			.route("/beacon", text("", OPEN))
			.route("/hop", redirect(partner.url("/image?hop"), 302, OPEN))
			.socket("/socket", (socket) => {
				socket.send("hello");
				socket.on("message", (data) => messages.push(`${host.name} ${data}`));
			});
		good.route(`/to-${host.name}`, ({ path }) => redirect(host.url(path.split("?")[1]), 302, OPEN));
		partner.route(`/nested-${host.name}`, html(`<iframe src="${host.url("/frame")}"></iframe>`));
	}
	good
		.route("/worker.js", script("importScripts(location.search.slice(1)); postMessage('ran')"))
		.route(
			"/fetcher.js",
			script("fetch(location.search.slice(1)).then(() => postMessage('ran'), () => postMessage('failed'))"),
		)
		.route(
			"/service.js",
			script(`addEventListener("install", () => skipWaiting());
			addEventListener("activate", (event) => event.waitUntil(clients.claim()));
			addEventListener("fetch", (event) => {
				const url = new URL(event.request.url);
				if (url.pathname === "/served") event.respondWith(fetch(url.search.slice(1)));
			});`),
		);
	firefox = await Firefox.start({ lab: world.lab, roots: [world.goodRoot, world.refusedRoot, otherRoot] });
	await firefox.install(TEST_BUILD, { privateAllowed: true });
	await noteEnds(firefox);
	countersign = await Countersign.open(firefox);
	await countersign.use(
		JSON.stringify({
			version: 1,
			rules: [
				{ id: "refused", title: "Refused Trust", match: [{ spki: world.refusedRoot.spki }] },
				{ id: "other", title: "Other Trust", match: [{ organization: "Other Trust" }] },
			],
		}),
	);
});

afterAll(async () => {
	await firefox?.close();
	await world?.close();
});

beforeEach(async () => {
	tab = await firefox.open();
	await tab.load(good.url());
});

afterEach(async () => {
	await tab.close();
});

type Outcome = "loaded" | "failed";

/** Kinds of parts whose success a page can see: each loads one part of `base` into the page. */
const SEEN: Readonly<Record<string, (base: string) => Promise<Outcome>>> = {
	image: (base) =>
		new Promise((resolve) => {
			const one = new Image();
			one.onload = () => resolve("loaded");
			one.onerror = () => resolve("failed");
			one.src = `${base}/image`;
		}),
	"image by a redirect": (base) =>
		new Promise((resolve) => {
			const one = new Image();
			one.onload = () => resolve("loaded");
			one.onerror = () => resolve("failed");
			one.src = `/to-${new URL(base).hostname}?/image`;
		}),
	"image by a redirect from there": (base) =>
		new Promise((resolve) => {
			const one = new Image();
			one.onload = () => resolve("loaded");
			one.onerror = () => resolve("failed");
			one.src = `${base}/hop`;
		}),
	script: (base) =>
		new Promise((resolve) => {
			const one = document.createElement("script");
			one.onload = () => resolve("loaded");
			one.onerror = () => resolve("failed");
			one.src = `${base}/script`;
			document.head.append(one);
		}),
	module: (base) =>
		new Promise((resolve) => {
			const one = document.createElement("script");
			one.type = "module";
			one.onload = () => resolve("loaded");
			one.onerror = () => resolve("failed");
			one.src = `${base}/module`;
			document.head.append(one);
		}),
	style: (base) =>
		new Promise((resolve) => {
			const one = document.createElement("link");
			one.rel = "stylesheet";
			one.onload = () => resolve("loaded");
			one.onerror = () => resolve("failed");
			one.href = `${base}/style`;
			document.head.append(one);
		}),
	preload: async (base) => {
		const link = document.createElement("link");
		link.rel = "preload";
		link.as = "image";
		link.href = `${base}/image?preload`;
		document.head.append(link);
		// Firefox tells the link that all went well, whatever came of it.
		await new Promise((resolve) => {
			link.onload = link.onerror = resolve;
		});
		const one = new Image();
		one.src = link.href;
		return one.decode().then(
			() => "loaded",
			() => "failed",
		);
	},
	prefetch: async (base) => {
		const link = document.createElement("link");
		link.rel = "prefetch";
		link.as = "image";
		link.href = `${base}/image?prefetch`;
		document.head.append(link);
		// Firefox tells the link that all went well, whatever came of it.
		await new Promise((resolve) => {
			link.onload = link.onerror = resolve;
		});
		const one = new Image();
		one.src = link.href;
		return one.decode().then(
			() => "loaded",
			() => "failed",
		);
	},
	fetch: (base) =>
		fetch(`${base}/data`).then(
			() => "loaded",
			() => "failed",
		),
	"fetch without a view": (base) =>
		fetch(`${base}/data?opaque`, { mode: "no-cors" }).then(
			() => "loaded",
			() => "failed",
		),
	XMLHttpRequest: (base) =>
		new Promise((resolve) => {
			const one = new XMLHttpRequest();
			one.open("POST", `${base}/data`);
			one.onload = () => resolve("loaded");
			one.onerror = () => resolve("failed");
			one.send("body");
		}),
	EventSource: (base) =>
		new Promise((resolve) => {
			const one = new EventSource(`${base}/events`);
			const end = (outcome: Outcome) => () => {
				one.close();
				resolve(outcome);
			};
			one.onmessage = end("loaded");
			one.onerror = end("failed");
		}),
	WebSocket: (base) =>
		new Promise((resolve) => {
			const one = new WebSocket(`${base.replace("https", "wss")}/socket`);
			one.onopen = () => one.send("opened");
			one.onmessage = () => resolve("loaded");
			one.onerror = () => resolve("failed");
		}),
	"script of a worker": (base) =>
		new Promise((resolve) => {
			const one = new Worker(`/worker.js?${base}/script`);
			one.onmessage = () => resolve("loaded");
			one.onerror = () => resolve("failed");
		}),
	"fetch of a worker": (base) =>
		new Promise((resolve) => {
			const one = new Worker(`/fetcher.js?${base}/data`);
			one.onmessage = ({ data }) => resolve(data === "ran" ? "loaded" : "failed");
		}),
	object: (base) =>
		new Promise((resolve) => {
			const one = document.createElement("object");
			one.onload = () => resolve("loaded");
			one.onerror = () => resolve("failed");
			one.type = "image/svg+xml";
			one.data = `${base}/image?object`;
			document.body.append(one);
		}),
};

/** Kinds that the page is not told about. Only the report and the server know. */
const UNSEEN: Readonly<Record<string, (base: string) => Promise<void>>> = {
	beacon: async (base) => {
		navigator.sendBeacon(`${base}/beacon`, "data");
	},
	font: async (base) => {
		await new FontFace("lab", `url(${base}/font)`).load().catch(() => undefined);
	},
	media: async (base) => {
		const one = document.createElement("video");
		one.src = `${base}/media`;
		document.body.append(one);
		one.load();
	},
	sub_frame: async (base) => {
		const one = document.createElement("iframe");
		one.id = "frame";
		one.src = `${base}/frame`;
		document.body.append(one);
	},
};

describe("parts of a page", () => {
	it.each(Object.entries(SEEN))("%s: loads from an accepted authority, not from a refused one", async (_, load) => {
		expect(await tab.evaluate(load, partner.url(""))).toBe("loaded");
		expect((await reportOf(firefox, countersign, tab)).parts).toEqual([]);
		expect(await tab.evaluate(load, refused.url(""))).toBe("failed");
		const { parts, partsCount, url, state } = await reported(
			firefox,
			countersign,
			tab,
			"the stopped part",
			(report) => report.partsCount > 0,
		);
		expect(parts).toMatchObject([{ authority: "Refused Trust", hosts: [{ host: refused.name, port: 443 }] }]);
		// Some are asked for again, as far as that is the page's or Firefox's way.
		expect(partsCount).toBe(parts[0]?.hosts[0]?.count);
		// The page itself stays, and is as good as before.
		expect({ url, state }).toEqual({ url: good.url(), state: "local-root" });
		expect((await tab.state()).url).toBe(good.url());
	});

	it.each(Object.entries(UNSEEN))("%s: is asked for, stopped and counted", async (type, load) => {
		const path = type === "sub_frame" ? "/frame" : `/${type}`;
		await tab.evaluate(load, partner.url(""));
		await world.lab.log.waitFor(({ url }) => url === partner.url(path));
		expect((await reportOf(firefox, countersign, tab)).parts).toEqual([]);
		await tab.evaluate(load, refused.url(""));
		const { parts } = await reported(firefox, countersign, tab, "the stopped part", ({ partsCount }) => partsCount > 0);
		expect(parts).toMatchObject([{ hosts: [{ host: refused.name, types: [type] }] }]);
		// (Firefox itself gives up on a film that is none.)
		expect(await endOf(firefox, partner.url(path))).not.toBe("NS_ERROR_ABORT");
		expect(await endOf(firefox, refused.url(path))).toBe("NS_ERROR_ABORT");
	});

	it("counts what was stopped on the toolbar button, by authority and host in the report", async () => {
		const load = SEEN.image as (base: string) => Promise<Outcome>;
		await tab.activate();
		for (const [path, host] of [
			["?1", refused],
			["?2", refused],
			["?3", other],
		] as const) {
			expect(await tab.evaluate(load, host.url(`/image${path}&`))).toBe("failed");
		}
		const { parts } = await reported(firefox, countersign, tab, "three parts", ({ partsCount }) => partsCount === 3);
		expect(
			parts
				.map(({ authority, rule, hosts }) => ({
					authority,
					rule: rule?.title,
					hosts: hosts.map(({ host, count, types }) => ({ host, count, types })),
				}))
				.toSorted((a, b) => (a.authority < b.authority ? -1 : 1)),
		).toEqual([
			{
				authority: "Other Trust",
				rule: "Other Trust",
				hosts: [{ host: other.name, count: 1, types: ["image"] }],
			},
			{
				authority: "Refused Trust",
				rule: "Refused Trust",
				hosts: [{ host: refused.name, count: 2, types: ["image"] }],
			},
		]);
		expect((await firefox.badge()).text).toBe("3");
		// Another document starts anew.
		await tab.load(good.url("/?anew"));
		expect(await reportOf(firefox, countersign, tab)).toMatchObject({ parts: [], partsCount: 0 });
		expect((await firefox.badge()).text).toBe("");
	});

	it("never gives a script or style a place in the page, nor a frame any content", async () => {
		await tab.evaluate(SEEN.script as (base: string) => Promise<Outcome>, refused.url(""));
		await tab.evaluate(SEEN.style as (base: string) => Promise<Outcome>, refused.url(""));
		await tab.evaluate(UNSEEN.sub_frame as (base: string) => Promise<void>, refused.url(""));
		await reported(firefox, countersign, tab, "the stopped parts", ({ partsCount }) => partsCount === 3);
		const found = await tab.evaluate(() => {
			const frame = document.querySelector<HTMLIFrameElement>("#frame");
			return {
				ran: (globalThis as { ran?: number }).ran ?? 0,
				color: getComputedStyle(document.body).color,
				// Of another origin, there would be no document to see.
				frame: frame?.contentDocument?.URL,
				content: frame?.contentDocument?.body.innerHTML,
			};
		});
		expect(found).toEqual({ ran: 0, color: "rgb(0, 0, 0)", frame: "about:blank", content: "" });
		expect(world.witness.hits().filter((path) => path.includes(refused.name))).toEqual([]);
	});

	it("leaves out a refused frame in a frame", async () => {
		const open = (path: string) =>
			tab.evaluate((src) => {
				const frame = document.createElement("iframe");
				frame.src = src;
				document.body.append(frame);
			}, path);
		await open(partner.url(`/nested-${partner.name}`));
		await world.lab.log.waitFor(({ path }) => path === `/${partner.name}/script`);
		await open(partner.url(`/nested-${refused.name}`));
		const { parts } = await reported(
			firefox,
			countersign,
			tab,
			"the stopped frame",
			({ partsCount }) => partsCount > 0,
		);
		expect(parts).toMatchObject([{ hosts: [{ host: refused.name, count: 1, types: ["sub_frame"] }] }]);
		expect(world.witness.hits().filter((path) => path.includes(refused.name))).toEqual([]);
	});

	it("counts what a service worker was refused on the page it serves", async () => {
		const served = (host: LabHost) =>
			tab.evaluate(async (url) => {
				await navigator.serviceWorker.register("/service.js");
				if (!navigator.serviceWorker.controller) {
					await new Promise((resolve) => {
						navigator.serviceWorker.oncontrollerchange = resolve;
					});
				}
				return await fetch(`/served?${url}`).then(
					(response) => response.text(),
					() => "failed",
				);
			}, host.url("/data"));
		expect(await served(partner)).toBe("data");
		expect(await served(refused)).toBe("failed");
		const { parts } = await reported(firefox, countersign, tab, "the stopped part", ({ partsCount }) => partsCount > 0);
		expect(parts).toMatchObject([{ hosts: [{ host: refused.name, count: 1 }] }]);
	});

	it("lets the server of a WebSocket see the handshake, and nothing else", () => {
		expect(refused.requests().filter(({ scheme }) => scheme === "wss")).toHaveLength(1);
		expect(new Set(messages)).toEqual(new Set([`${partner.name} opened`]));
	});

	it("stores no cookies of refused parts", async () => {
		expect(await firefox.cookies(partner.name)).toHaveLength(1);
		expect([...(await firefox.cookies(refused.name)), ...(await firefox.cookies(other.name))]).toEqual([]);
	});

	it("asks nobody anything by itself", () => {
		expect(world.lab.log.strangers).toEqual([]);
	});
});
