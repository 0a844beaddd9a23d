/**
 * The chain belongs to the connection, not to the leaf: why no verdict is kept by leaf
 * (docs/decisions/0010-the-whole-chain-each-time.md).
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Identity } from "../lab/index.ts";
import { html } from "../lab/index.ts";
import { reportOf } from "./acts.ts";
import { Countersign, TEST_BUILD } from "./countersign.ts";
import { Firefox, type Tab } from "./harness/index.ts";
import { blocked } from "./pages.ts";
import { createWorld, refusing, SUFFIX, type World } from "./world.ts";

let world: World;
let firefox: Firefox;
let countersign: Countersign;
let tab: Tab;

beforeAll(async () => {
	world = await createWorld();
	firefox = await Firefox.start({ lab: world.lab, roots: [world.goodRoot, world.refusedRoot] });
	await firefox.install(TEST_BUILD);
	countersign = await Countersign.open(firefox);
	await countersign.use(refusing([world.refusedRoot.spki]));
	tab = await firefox.open();
});

afterAll(async () => {
	await firefox?.close();
	await world?.close();
});

describe("one leaf, signed by an authority that two roots vouch for", () => {
	it("is judged anew when Firefox takes the other way up", async () => {
		const accepted = await world.goodRoot.intermediate({ name: "CN=Shared CA,O=Shared Trust,C=US" });
		const other = await world.refusedRoot.crossSign(accepted);
		const name = `same-leaf.${SUFFIX}`;
		const leaf = await accepted.leaf({ names: [name] });
		const by = (authority: typeof accepted): Identity => ({
			keyPem: leaf.keyPem,
			chainPem: `${leaf.pem}${authority.pem}`,
		});
		const host = world.lab.host(name, by(accepted), { "/": html("<h1>same leaf</h1>") });
		await tab.load(host.url("/?first"));
		const { chain } = await reportOf(firefox, countersign, tab);
		expect(chain.map(({ spki }) => spki)).toEqual([leaf.spki, accepted.spki, world.goodRoot.spki]);
		host.present(by(other));
		await tab.go(host.url("/?second"));
		await blocked(tab, name);
		const refused = await reportOf(firefox, countersign, tab);
		expect(refused.chain.map(({ spki }) => spki)).toEqual([leaf.spki, accepted.spki, world.refusedRoot.spki]);
	});
});
