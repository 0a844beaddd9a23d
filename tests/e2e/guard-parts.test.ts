import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { html, image, type LabHost, script, style } from "../lab/index.ts";
import { buttonSays, reported, reportOf } from "./acts.ts";
import { Countersign, TEST_BUILD } from "./countersign.ts";
import { Firefox, type Tab } from "./harness/index.ts";
import { createWorld, type World } from "./world.ts";

let world: World;
let firefox: Firefox;
let countersign: Countersign;
let good: LabHost;
let refused: LabHost;
let other: LabHost;
let tab: Tab;

const OPEN = { "access-control-allow-origin": "*", "cache-control": "no-store" };

// That every kind of part is stopped is shown in traffic-kinds.test.ts; here, how it is told.

beforeAll(async () => {
	world = await createWorld();
	const otherRoot = await world.pki.root({ name: "CN=Other Root,O=Other Trust,C=YY" });
	good = await world.host("good");
	refused = await world.host("refused", world.refusedCa);
	other = await world.host("other", otherRoot);
	for (const host of [refused, other]) {
		host
			.route("/image", image(OPEN))
			.route("/script", script("globalThis.ran = (globalThis.ran ?? 0) + 1", OPEN))
			.route("/style", style("body { color: red }", OPEN))
			.route("/frame", html(`<p>frame</p>${world.witness.markup(host.name)}`));
	}
	firefox = await Firefox.start({ lab: world.lab, roots: [world.goodRoot, world.refusedRoot, otherRoot] });
	await firefox.install(TEST_BUILD, { privateAllowed: true });
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

const showImage = async (url: string): Promise<string> =>
	await tab.evaluate(
		(src) =>
			new Promise<string>((resolve) => {
				const one = new Image();
				one.onload = () => resolve("loaded");
				one.onerror = () => resolve("failed");
				one.src = src;
			}),
		url,
	);

describe("stopped parts of a page", () => {
	it("counts what was stopped on the toolbar button, by authority and host in the report", async () => {
		await tab.activate();
		for (const [path, host] of [
			["?1", refused],
			["?2", refused],
			["?3", other],
		] as const) {
			expect(await showImage(host.url(`/image${path}`))).toBe("failed");
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
		await buttonSays(firefox, ({ text }) => text === "3");
		// Another document starts anew.
		await tab.load(good.url("/?anew"));
		expect(await reportOf(firefox, countersign, tab)).toMatchObject({ parts: [], partsCount: 0 });
		await buttonSays(firefox, ({ text }) => text === "");
	});

	it("never gives a script or style a place in the page, nor a frame any content", async () => {
		await tab.evaluate((base) => {
			const frame = document.createElement("iframe");
			frame.id = "frame";
			frame.src = `${base}/frame`;
			const link = document.createElement("link");
			link.rel = "stylesheet";
			link.href = `${base}/style`;
			const one = document.createElement("script");
			one.src = `${base}/script`;
			document.body.append(link, one, frame);
		}, refused.url(""));
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

	it("asks nobody anything by itself", () => {
		expect(world.lab.log.strangers).toEqual([]);
	});
});
