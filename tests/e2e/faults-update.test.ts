/** An update from the build before, with what that one stored: waiting for a restart, and applied live. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { html, image, type LabHost } from "../lab/index.ts";
import { until } from "./acts.ts";
import { Countersign, isBlockPage, TEST_BUILD } from "./countersign.ts";
import { type ChromeWindow, Firefox, type Tab } from "./harness/index.ts";
import { zipDirectory } from "./harness/profile.ts";
import { blocked } from "./pages.ts";
import { createWorld, refusing, type World } from "./world.ts";

let folder: string;
let world: World;
let firefox: Firefox;
let refused: LabHost;
let good: LabHost;
let count = 0;

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), "countersign-update-"));
	world = await createWorld();
	good = await world.host("good");
	refused = await refusedHost();
	firefox = await Firefox.startPrimed({
		lab: world.lab,
		roots: [world.goodRoot, world.refusedRoot],
		permanent: build("0.0.8"),
	});
	await firefox.extensionRunning();
	// What the build of 22 November 2026 wrote, in the very same bytes.
	const stored = JSON.parse(readFileSync(join(import.meta.dirname, "../fixtures/stored/1.json"), "utf8"));
	await firefox.background(
		async (browser, items) => {
			await browser.storage.local.clear();
			await browser.storage.local.set(items);
		},
		stored as Record<string, unknown>,
	);
	await firefox.restart();
	await firefox.extensionRunning();
});

afterAll(async () => {
	await firefox?.close();
	await world?.close();
	rmSync(folder, { recursive: true, force: true });
});

/** The test build under another version. */
function build(version: string): string {
	const copy = join(folder, version);
	cpSync(TEST_BUILD, copy, { recursive: true });
	const file = join(copy, "manifest.json");
	writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), version }));
	return copy;
}

async function refusedHost(): Promise<LabHost> {
	const host = await world.host(`refused-${++count}`, world.refusedCa);
	return host
		.route("/", html(`<h1>content of ${host.name}</h1>${world.witness.markup(host.name)}`))
		.route("/picture", image({ "access-control-allow-origin": "*", "cache-control": "no-store" }));
}

const reportsOf = ({ name }: LabHost): string[] => world.witness.hits().filter((path) => path.startsWith(`/${name}/`));

/** The version whose code runs. */
const version = (): Promise<string> => firefox.background((browser) => browser.runtime.getManifest().version);

const rules = async (): Promise<string[]> =>
	(await (await Countersign.open(firefox)).ask("options")).rules.map(({ id }) => id);

/** Installs an update over what runs, as Firefox's own updater does. Answers how far that went. */
async function update(to: string): Promise<string> {
	const file = join(folder, `${to}.xpi`);
	writeFileSync(file, await zipDirectory(build(to)));
	return await firefox.chrome(async (window: ChromeWindow, path) => {
		const { FileUtils } = window.ChromeUtils.importESModule("resource://gre/modules/FileUtils.sys.mjs");
		const install = await window.AddonManager.getInstallForFile(new FileUtils.File(path), "application/x-xpinstall");
		window.countersignInstall = install;
		return await new Promise<string>((done) => {
			const end = (how: string) => () => done(how);
			install.addListener({
				onInstallPostponed: end("postponed"),
				onInstallEnded: end("installed"),
				onInstallFailed: end("failed"),
				onInstallCancelled: end("cancelled"),
			});
			install.install();
		});
	}, file);
}

/** Asks for a refused picture again and again until told to stop. Answers how many came of how many. */
async function hammer(tab: Tab): Promise<() => Promise<{ asked: number; came: number }>> {
	await tab.load(good.url());
	await tab.evaluate((url) => {
		const state = { asked: 0, came: 0, stop: false, done: Promise.resolve() };
		Object.assign(globalThis, { state });
		const one = async (): Promise<void> => {
			if (state.stop) return;
			const response = fetch(`${url}?${state.asked++}`, { mode: "no-cors", cache: "no-store" });
			await response.then(
				() => void state.came++,
				() => undefined,
			);
			return await one();
		};
		state.done = Promise.all([one(), one(), one(), one()]).then(() => undefined);
	}, refused.url("/picture"));
	return async () =>
		await tab.evaluate(async () => {
			const { state } = globalThis as unknown as {
				state: { asked: number; came: number; stop: boolean; done: Promise<void> };
			};
			state.stop = true;
			await state.done;
			return { asked: state.asked, came: state.came };
		});
}

describe("an update from the build before", () => {
	it("waits for the next start of Firefox, and until then nothing is let through", async () => {
		const countersign = await Countersign.open(firefox);
		expect(await rules()).toEqual(["mine", "cnnic"]);
		await countersign.use(refusing([world.refusedRoot.spki]));
		const tab = await firefox.open();
		const end = await hammer(tab);
		expect(await update("0.0.9")).toBe("postponed");
		// Still the old one, and it still judges.
		expect(await version()).toBe("0.0.8");
		const page = await firefox.open();
		await page.go(refused.url());
		await blocked(page, refused.name);
		const { asked, came } = await end();
		expect(came).toBe(0);
		expect(asked).toBeGreaterThan(10);
		await page.close();
		await tab.close();
	});

	it("runs from the next start on, with the rules as they were, and judges the first pages of it", async () => {
		const one = await refusedHost();
		const two = await refusedHost();
		await firefox.restart({ urls: [one.url(), good.url(), two.url()] });
		await until(firefox, "two block pages", async () => {
			const states = await Promise.all((await firefox.tabs()).map((tab) => tab.state()));
			return states.filter(({ url, complete }) => complete && isBlockPage(url)).length === 2 || undefined;
		});
		expect(await version()).toBe("0.0.9");
		expect(await rules()).toEqual(["refused"]);
		expect([...reportsOf(one), ...reportsOf(two), ...reportsOf(refused)]).toEqual([]);
	});

	it("that is forced to be applied at once leaves a gap, and judges with the same rules after it", async () => {
		const tab = await firefox.open();
		const end = await hammer(tab);
		expect(await update("0.0.10")).toBe("postponed");
		const start = Date.now();
		await firefox.chrome(async (window: ChromeWindow) => {
			window.countersignInstall.continuePostponedInstall();
		});
		await until(firefox, "the new version", async () => ((await version()) === "0.0.10" ? true : undefined));
		const took = Date.now() - start;
		const page = await firefox.open();
		const host = await refusedHost();
		await page.go(host.url());
		await blocked(page, host.name);
		const { asked, came } = await end();
		console.log(
			`update applied at once: ${came} of ${asked} refused pictures came; the new version ran after ${took} ms`,
		);
		expect(await rules()).toEqual(["refused"]);
		expect(reportsOf(host)).toEqual([]);
	});
});

describe("the very first start, with Countersign copied into the profile", () => {
	it("may show a page before it is judged; it is replaced as soon as Countersign runs", async () => {
		const host = await refusedHost();
		await using first = await Firefox.start({
			lab: world.lab,
			roots: [world.goodRoot, world.refusedRoot],
			permanent: TEST_BUILD,
			managed: { policy: JSON.parse(refusing([world.refusedRoot.spki])), locked: false },
			urls: [host.url()],
		});
		await first.extensionRunning();
		await first.findTab(isBlockPage);
		console.log(`first start: ${reportsOf(host).length > 0 ? "the page was shown first" : "nothing was shown before"}`);
	});
});
