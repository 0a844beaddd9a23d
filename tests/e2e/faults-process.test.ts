/**
 * The extension's process is killed. What is measured here stands in docs/limits.md. The moments of
 * what follows a kill are drawn at random: COUNTERSIGN_SEED repeats them.
 */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { html, type LabHost } from "../lab/index.ts";
import { answerSecurityInfo, changeNetwork, noteQuit, setPreference, until } from "./acts.ts";
import { Countersign, isBlockPage, TEST_BUILD } from "./countersign.ts";
import { type ChromeWindow, EXTENSION_ID, Firefox } from "./harness/index.ts";
import { blocked, expectInOrder, words } from "./pages.ts";
import { createWorld, refusing, type World } from "./world.ts";

/** How often the extension's process may crash within a time and is started again. Not set: five times. */
const THRESHOLD = "extensions.webextensions.crash.threshold";
/** That time, in milliseconds. Not set: 30 s, in which a busy machine cannot do five. */
const TIMEFRAME = "extensions.webextensions.crash.timeframe";
const TIMEFRAME_MS = 110_000;

let world: World;
let firefox: Firefox;
let good: LabHost;
let count = 0;

beforeAll(async () => {
	world = await createWorld();
	good = await world.host("good");
	firefox = await Firefox.startPrimed({
		lab: world.lab,
		roots: [world.goodRoot, world.refusedRoot],
		permanent: TEST_BUILD,
		preferences: { [TIMEFRAME]: TIMEFRAME_MS },
	});
	await firefox.extensionRunning();
	await (await Countersign.open(firefox)).use(refusing([world.refusedRoot.spki]));
});

afterAll(async () => {
	await firefox?.close();
	await world?.close();
});

/** A host of its own for each load: nothing is remembered of it. */
async function refusedHost(): Promise<LabHost> {
	const host = await world.host(`refused-${++count}`, world.refusedCa);
	return host.route("/", html(`<h1>content of ${host.name}</h1>${world.witness.markup(host.name)}`));
}

const reportsOf = ({ name }: LabHost): string[] => world.witness.hits().filter((path) => path.startsWith(`/${name}/`));

/** Kills the extension's process, as a crash would. Answers when that was, in milliseconds since 1970. */
async function killExtension(): Promise<number> {
	const pid = await firefox.extensionPid();
	process.kill(pid, "SIGKILL");
	return Date.now();
}

/** Waits until Firefox has noticed that the process is gone. */
async function noticed(): Promise<void> {
	await until(firefox, "Firefox's notice of the crash", async () =>
		(await backgroundState()) === "running" ? undefined : true,
	);
}

const backgroundState = (): Promise<string> =>
	firefox.chrome(
		(window: ChromeWindow, id) => window.WebExtensionPolicy.getByID(id).extension.backgroundState as string,
		EXTENSION_ID,
	);

/** Seed of the random moments. */
const seed = Number(process.env.COUNTERSIGN_SEED ?? Date.now() % 2 ** 31);

/** Milliseconds after Firefox has noticed a kill, at random but for the first. */
const moments = [0, ...fc.sample(fc.integer({ min: 1, max: 1500 }), { seed, numRuns: 11 })];

describe("the extension's process is killed", () => {
	it("five times within a time: it comes back each time", async () => {
		const first = Date.now();
		for (let n = 1; n <= 5; n++) {
			const tab = await firefox.open();
			const host = await refusedHost();
			await killExtension();
			await noticed();
			await tab.go(host.url());
			await blocked(tab, host.name);
			await firefox.extensionRunning();
			await tab.close();
			expect(reportsOf(host)).toEqual([]);
		}
		expect(Date.now() - first).toBeLessThan(TIMEFRAME_MS);
	});

	it("the sixth time within it is the last, until Firefox starts again: everything passes, and pages say so", async () => {
		await killExtension();
		await noticed();
		const host = await refusedHost();
		const tab = await firefox.open();
		await tab.load(host.url());
		expect(await backgroundState()).toBe("stopped");
		// What the person sees of it.
		const popup = await firefox.openPopup();
		const { text } = await popup.waitForText(words("checkDead"));
		expectInOrder(text, [words("checkDead"), words("checkDeadDo")]);
		const options = await firefox.openExtensionPage("src/options/index.html");
		await options.waitForText(words("checkDead"));
		await options.close();
		await tab.close();
	});

	it("and with the next start of Firefox all is as before: several pages of the command line are judged", async () => {
		const hosts = await Promise.all([refusedHost(), refusedHost(), refusedHost()]);
		const [one, two, three] = hosts as [LabHost, LabHost, LabHost];
		await firefox.restart({ urls: [one.url(), good.url(), two.url(), three.url()] });
		await until(firefox, "a block page for each of the three", async () => {
			const states = await Promise.all((await firefox.tabs()).map((tab) => tab.state()));
			const texts = states.filter(({ url }) => isBlockPage(url)).map(({ text }) => text);
			return hosts.every(({ name }) => texts.some((text) => text.includes(name))) || undefined;
		});
		await (await firefox.findTab(good.url())).waitForText("good");
		expect(hosts.flatMap(reportsOf)).toEqual([]);
	});

	it("with a higher threshold in about:config the sixth is like the others", async () => {
		await setPreference(firefox, THRESHOLD, 1000);
		for (let n = 1; n <= 6; n++) {
			await killExtension();
			await noticed();
			await firefox.extensionRunning();
		}
		const host = await refusedHost();
		const tab = await firefox.open();
		await tab.go(host.url());
		await blocked(tab, host.name);
		expect(reportsOf(host)).toEqual([]);
	});

	it("what is asked for afterwards is held until the rules are in force again", async () => {
		const loads = await Promise.all(
			moments.map(async (after) => ({ after, tab: await firefox.open(), host: await refusedHost() })),
		);
		const killed = await killExtension();
		await noticed();
		const from = Date.now();
		const ends = await Promise.all(
			loads.map(async ({ after, tab, host }) => {
				await new Promise((resolve) => setTimeout(resolve, from + after - Date.now()));
				await tab.go(host.url());
				await blocked(tab, host.name);
				return Date.now() - killed;
			}),
		);
		console.log(
			`extension killed, noticed by Firefox within ${from - killed} ms; refused pages asked for ` +
				`${moments.join(", ")} ms later: all stopped, the first ${Math.min(...ends)} ms after the kill (seed ${seed})`,
		);
		for (const { tab } of loads) await tab.close();
		expect(loads.flatMap(({ host }) => reportsOf(host))).toEqual([]);
	});

	it("what was held at that moment goes through, and is taken away once the rules are in force again", async () => {
		const host = await refusedHost();
		const tab = await firefox.open();
		await tab.load(good.url());
		await answerSecurityInfo(firefox, "never");
		await tab.go(host.url());
		await world.lab.log.waitFor(({ url }) => url === host.url());
		const killed = await killExtension();
		// The one thing here that no extension can close: Firefox drops the verdict that was pending.
		await tab.waitForText(`content of ${host.name}`);
		const shown = Date.now() - killed;
		await tab.waitForUrl(isBlockPage);
		console.log(
			`extension killed with a verdict pending: shown after ${shown} ms, gone after ${Date.now() - killed} ms`,
		);
		await tab.close();
	});
});

describe("the extension's process is killed while a request waits for a probe", () => {
	it("the request goes out as Firefox would have sent it, and what comes of it is taken away", async () => {
		const name = `known-${++count}`;
		const site = await world.host(name);
		let isDeaf = true;
		site
			.route("/", ({ method }) => (method === "HEAD" && isDeaf ? new Promise(() => undefined) : html("<h1>home</h1>")))
			.route("/sign-in", html("<h1>in</h1>", { "set-cookie": "session=secret; Secure; Path=/; Max-Age=3600" }))
			.route("/page", html(`<h1>content of ${site.name}</h1>${world.witness.markup(site.name)}`));
		const tab = await firefox.open();
		await tab.load(site.url("/sign-in"));
		await changeNetwork(firefox);
		site.present(await world.refusedCa.leaf({ names: [site.name] }));
		await tab.go(site.url("/page"));
		await world.lab.log.waitFor(({ method, host }) => method === "HEAD" && host === site.name);
		await killExtension();
		// Not before: a request is noted when it comes, and answered a little later.
		isDeaf = false;
		const sent = await world.lab.log.waitFor(({ url }) => url === site.url("/page"));
		// Should this ever be without it, the hole is closed, and docs/limits.md can lose it.
		expect(sent.headers.cookie).toBe("session=secret");
		await blocked(tab, site.name);
		await tab.close();
	});
});

describe("Firefox is ended", () => {
	it("and ends the extension before the network: what it asks for by itself in between is not judged", async () => {
		const readQuit = await noteQuit(firefox);
		await firefox.quit();
		const { extension, network } = (await readQuit()) ?? { extension: Number.NaN, network: Number.NaN };
		console.log(`the extension ended ${network - extension} ms before the network`);
		// Should this ever be the other way round, the hole is closed, and docs/limits.md can lose it.
		expect(extension).toBeLessThanOrEqual(network);
	});
});
