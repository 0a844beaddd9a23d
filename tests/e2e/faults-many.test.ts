/** A hundred refusals at once, private windows withdrawn, and a clock that is set back. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { html, image, type LabHost } from "../lab/index.ts";
import { closePrivateWindows, reported, tabIdOf } from "./acts.ts";
import { Countersign, isBlockPage, TEST_BUILD } from "./countersign.ts";
import { type ChromeWindow, EXTENSION_ID, Firefox } from "./harness/index.ts";
import { goBlocked, words } from "./pages.ts";
import { createWorld, refusing, type World } from "./world.ts";

const MANY = 100;
const HOUR = 3_600_000;

let world: World;
let firefox: Firefox;
let countersign: Countersign;
let good: LabHost;
let refused: LabHost;

beforeAll(async () => {
	world = await createWorld();
	good = await world.host("good");
	refused = await world.host("refused", world.refusedCa);
	refused
		.route("*", html(`<h1>refused content</h1>${world.witness.markup("ran")}`))
		.route("/picture", image({ "cache-control": "no-store" }));
	firefox = await Firefox.start({ lab: world.lab, roots: [world.goodRoot, world.refusedRoot] });
	await firefox.install(TEST_BUILD, { privateAllowed: true });
	countersign = await Countersign.open(firefox);
	await countersign.use(refusing([world.refusedRoot.spki]));
});

afterAll(async () => {
	await firefox?.close();
	await world?.close();
});

const reports = (): string[] => world.witness.hits().filter((path) => path.startsWith("/ran/"));

/** The background answers, and judges as before. */
async function expectWell(): Promise<void> {
	const tab = await firefox.open();
	await tab.load(good.url());
	await goBlocked(tab, refused.url("/after"));
	await tab.close();
	expect(reports()).toEqual([]);
}

describe(`${MANY} refusals at once`, () => {
	it("of pictures and frames: none comes, each is counted, and the background answers", async () => {
		const tab = await firefox.open();
		await tab.load(good.url());
		const came = await tab.evaluate(
			async (frame, picture, many) => {
				const pictures = Array.from({ length: many }, async (_, n) => {
					const one = new Image();
					one.src = `${picture}?${n}`;
					return await one.decode().then(
						() => 1,
						() => 0,
					);
				});
				for (let n = 0; n < many; n++) {
					const one = document.createElement("iframe");
					one.src = `${frame}?${n}`;
					document.body.append(one);
				}
				return (await Promise.all(pictures)).reduce<number>((sum, one) => sum + one, 0);
			},
			...([refused.url("/frame"), refused.url("/picture"), MANY] as const),
		);
		expect(came).toBe(0);
		await reported(firefox, countersign, tab, "all refusals", ({ partsCount }) => partsCount >= 2 * MANY);
		await tab.close();
		await expectWell();
	});

	it("of pages in as many tabs: each becomes a block page, and the background answers", {
		timeout: 240_000,
	}, async () => {
		const start = performance.now();
		const ids = await firefox.background(
			async ({ tabs }, url, many) =>
				await Promise.all(
					Array.from(
						{ length: many },
						async (_, n) => (await tabs.create({ url: `${url}?${n}`, active: false })).id ?? -1,
					),
				),
			...([refused.url("/tab"), MANY] as const),
		);
		await firefox.remote.until(
			async () => {
				const urls = await firefox.background(
					async ({ tabs }, wanted) =>
						(await tabs.query({})).filter(({ id }) => wanted.includes(id ?? -2)).map(({ url }) => url ?? ""),
					ids,
				);
				return urls.length === MANY && urls.every(isBlockPage) ? urls : undefined;
			},
			120_000,
			() => "not all tabs show the block page",
		);
		console.log(`${MANY} tabs: all block pages after ${Math.round(performance.now() - start)} ms`);
		await firefox.background(async ({ tabs }, wanted) => await tabs.remove(wanted), ids);
		await expectWell();
	});
});

describe("a clock that is set back", () => {
	afterEach(async () => {
		await setClock(0);
	});

	/** Sets the background's clock back by so many milliseconds. */
	async function setClock(back: number): Promise<void> {
		await firefox.background((_, by) => {
			const global = globalThis as unknown as { clock?: () => number };
			global.clock ??= Date.now;
			const now = global.clock;
			Date.now = () => now() - by;
		}, back);
	}

	it("ends a way through for an hour, rather than making it longer", async () => {
		const tab = await firefox.open();
		await goBlocked(tab, refused.url("/clock"));
		const { url } = await tab.state();
		const refusal = new URL(url).searchParams.get("id") ?? "";
		expect(await countersign.ask("letThrough", { refusal, lasts: "hour", typed: refused.name })).toMatchObject({
			ok: true,
		});
		// Seen once, so that it is the clock that makes the difference; nothing of this page counts as a report.
		refused.route("/through", html("<h1>let through</h1>"));
		await tab.load(refused.url("/through"));
		await setClock(2 * HOUR);
		await goBlocked(tab, refused.url("/through?back"));
		await setClock(-2 * HOUR);
		await goBlocked(tab, refused.url("/through?forward"));
		expect((await countersign.ask("options")).exceptions).toEqual([]);
		// With the clock as it was it holds again, for what is left of its hour.
		await setClock(0);
		const [left] = (await countersign.ask("options")).exceptions;
		expect(await countersign.ask("revokeException", left?.id ?? "")).toEqual({ ok: true });
		await tab.close();
	});

	it("leaves a refused host refused", async () => {
		const tab = await firefox.open();
		await goBlocked(tab, refused.url("/memory"));
		await setClock(HOUR);
		await goBlocked(tab, refused.url("/memory?back"));
		const { refusal } = await countersign.ask("tab", await tabIdOf(firefox, tab));
		expect(refusal).not.toBe(null);
		await tab.close();
	});
});

describe("private windows, withdrawn while one is open", () => {
	it("are no longer judged, others are, and the options say so", async () => {
		const hidden = await firefox.openPrivate();
		await goBlocked(hidden, refused.url("/private"));
		// A block page would close with the extension.
		await hidden.load(good.url());
		// What about:addons does with "Run in Private Windows: Don't Allow".
		await firefox.chrome(async (window: ChromeWindow, id) => {
			const { ExtensionPermissions } = window.ChromeUtils.importESModule(
				"resource://gre/modules/ExtensionPermissions.sys.mjs",
			);
			await ExtensionPermissions.remove(id, { permissions: ["internal:privateBrowsingAllowed"], origins: [] });
			await (await window.AddonManager.getAddonByID(id)).reload();
		}, EXTENSION_ID);
		await firefox.extensionRunning();
		refused.route("/private-again", html("<h1>not judged</h1>"));
		await hidden.load(refused.url("/private-again"));
		await closePrivateWindows(firefox);
		countersign = await Countersign.open(firefox);
		const view = await countersign.ask("options");
		expect(view.privateAllowed).toBe(false);
		const options = await firefox.openExtensionPage("src/options/index.html");
		await options.waitForText(words("optionsPrivateTitle"));
		await options.close();
		expect(view.rules.map(({ id }) => id)).toEqual(["refused"]);
		await expectWell();
	});
});
