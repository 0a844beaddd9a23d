import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Lasts } from "../../src/protocol.ts";
import { html, type LabHost } from "../lab/index.ts";
import { closePrivateWindows, endOf, noteEnds, reported, reportOf } from "./acts.ts";
import { Countersign, isBlockPage, TEST_BUILD } from "./countersign.ts";
import { Firefox, type Tab } from "./harness/index.ts";
import { createWorld, refusing, type World } from "./world.ts";

let world: World;
let firefox: Firefox;
let countersign: Countersign;
let good: LabHost;
let refused: LabHost;
let normal: Tab;

beforeAll(async () => {
	world = await createWorld();
	good = await world.host("good");
	refused = await world.host("refused", world.refusedCa);
	refused.route("*", ({ path }) =>
		html(`<h1>refused content</h1>${world.witness.markup(runOf(path))}`, { "set-cookie": "a=b; Secure" }),
	);
	firefox = await Firefox.start({ lab: world.lab, roots: [world.goodRoot, world.refusedRoot] });
	await firefox.install(TEST_BUILD, { privateAllowed: true });
	await noteEnds(firefox);
	countersign = await Countersign.open(firefox);
	await countersign.use(refusing([world.refusedRoot.spki]));
	normal = await firefox.open();
});

afterAll(async () => {
	await firefox?.close();
	await world?.close();
});

/** Each address reports under a name of its own: pages that were let through may do so late. */
const runOf = (path: string): string => path.replace(/\W+/g, "-");

const reports = (path: string): string[] => world.witness.hits().filter((hit) => hit.startsWith(`/${runOf(path)}/`));

async function stopped(tab: Tab, path: string): Promise<string> {
	await tab.go(refused.url(path));
	await tab.waitForUrl(isBlockPage);
	expect(await endOf(firefox, refused.url(path))).toMatch(/ABORT/);
	expect(reports(path)).toEqual([]);
	const { refusal } = await reported(firefox, countersign, tab, "the refusal", (report) => report.refusal !== null);
	return refusal ?? "";
}

async function letThrough(tab: Tab, path: string, lasts: Lasts): Promise<void> {
	const refusal = await stopped(tab, path);
	const answer = await countersign.ask("letThrough", { refusal, lasts, typed: refused.name });
	expect(answer).toEqual({ ok: true, url: refused.url(path) });
	await tab.go(refused.url(path));
	await tab.waitForText("refused content");
}

/** Ways through in force, as the options list them. */
const exceptions = async () => (await countersign.ask("options")).exceptions;

/** Everything that is stored, but for the record of sites: what normal tabs do changes that (sites.test.ts). */
const stored = (): Promise<string> =>
	firefox.background(async (browser) =>
		JSON.stringify(Object.entries(await browser.storage.local.get()).filter(([key]) => !key.startsWith("sites"))),
	);

describe("containers", () => {
	it("pages in them are judged, each on its own", async () => {
		const container = await firefox.newContainer();
		const tab = await firefox.open(undefined, { container });
		await tab.load(good.url());
		expect((await reportOf(firefox, countersign, tab)).state).toBe("local-root");
		await stopped(tab, "/container");
		expect(await firefox.cookies(refused.name)).toEqual([]);
		await tab.close();
	});
});

describe("private windows", () => {
	it("pages in them are judged", async () => {
		const tab = await firefox.openPrivate();
		await tab.load(good.url());
		expect(await reportOf(firefox, countersign, tab)).toMatchObject({ state: "local-root", private: true });
		await stopped(tab, "/private");
		expect(await reportOf(firefox, countersign, tab)).toMatchObject({ state: "stopped", private: true });
		expect(await firefox.history()).not.toContain(refused.url("/private"));
		await closePrivateWindows(firefox);
	});

	it.each(["session", "always"] as const)(
		"a way through made in one (%s) is not for others, is never written, and ends with the last of them",
		async (lasts) => {
			const before = await stored();
			const first = await firefox.openPrivate();
			const second = await firefox.openPrivate();
			await letThrough(first, `/through-${lasts}`, lasts);
			await second.go(refused.url(`/through-${lasts}?second`));
			await second.waitForText("refused content");
			expect(await exceptions()).toMatchObject([{ host: refused.name, private: true }]);
			await stopped(normal, `/normal-${lasts}`);
			expect(await stored()).toBe(before);

			await second.close();
			expect(await exceptions()).toHaveLength(1);
			await first.go(refused.url(`/through-${lasts}?still`));
			await first.waitForText("refused content");
			await closePrivateWindows(firefox);
			await firefox.remote.until(
				async () => (await exceptions()).length === 0 || undefined,
				10_000,
				() => "the way through did not end",
			);
			const third = await firefox.openPrivate();
			await stopped(third, `/private-again-${lasts}`);
			expect(await stored()).toBe(before);
			await closePrivateWindows(firefox);
		},
	);

	it("what was refused in one is forgotten with the last of them", async () => {
		const tab = await firefox.openPrivate();
		const refusal = await stopped(tab, "/forgotten");
		expect(await countersign.ask("refusal", refusal)).not.toBe(null);
		await closePrivateWindows(firefox);
		await firefox.remote.until(
			async () => ((await countersign.ask("refusal", refusal)) === null ? true : undefined),
			10_000,
			() => "the refusal was not forgotten",
		);
	});

	it("a way through made in a normal window works in them too", async () => {
		await letThrough(normal, "/shared", "session");
		const tab = await firefox.openPrivate();
		await tab.go(refused.url("/shared?private"));
		await tab.waitForText("refused content");
		await closePrivateWindows(firefox);
		for (const { id } of await exceptions()) await countersign.ask("revokeException", id);
		await normal.waitForUrl(isBlockPage);
	});
});
