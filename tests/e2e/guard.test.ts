import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { html, type LabHost } from "../lab/index.ts";
import { Countersign, isBlockPage, TEST_BUILD } from "./countersign.ts";
import { Firefox } from "./harness/index.ts";
import { createWorld, refusing, type World } from "./world.ts";

let world: World;
let firefox: Firefox;
let countersign: Countersign;
let good: LabHost;
let refused: LabHost;

beforeAll(async () => {
	world = await createWorld();
	good = await world.host("good");
	refused = await world.host("refused", world.refusedCa);
	refused.route("/", html("<h1>refused</h1>", { "set-cookie": "evil=1; Secure" }));
	firefox = await Firefox.start({ lab: world.lab, roots: [world.goodRoot, world.refusedRoot] });
	await firefox.install(TEST_BUILD, { privateAllowed: true });
	countersign = await Countersign.open(firefox);
	await countersign.use(refusing([world.refusedRoot.spki]));
}, 90_000);

afterAll(async () => {
	await firefox?.close();
	await world?.close();
});

describe("guard", () => {
	it("puts the block page in place of a refused page, and stores nothing of it", { timeout: 60_000 }, async () => {
		const tab = await firefox.open();
		await tab.load(good.url());
		await tab.go(refused.url());
		await tab.waitForUrl(isBlockPage);
		await tab.waitForText("refused.countersign-lab.com");
		expect(await firefox.cookies("countersign-lab.com")).toEqual([]);
		expect(await firefox.history()).toEqual([good.url()]);
		const { urls } = await firefox.entries(tab);
		expect(urls[0]).toBe(good.url());
		expect(urls).toHaveLength(2);
	});
});
