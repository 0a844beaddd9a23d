/** The ways to the popup in real Firefox: the menus of pages and tabs, and the keyboard. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { LabHost } from "../lab/index.ts";
import { until } from "./acts.ts";
import { TEST_BUILD } from "./countersign.ts";
import { type ChromeWindow, Firefox, type Tab } from "./harness/index.ts";
import { words } from "./pages.ts";
import { createWorld, type World } from "./world.ts";

let world: World;
let firefox: Firefox;
let good: LabHost;
let tab: Tab;

beforeAll(async () => {
	world = await createWorld();
	good = await world.host("good");
	firefox = await Firefox.start({ lab: world.lab, builtInRoots: [world.goodRoot] });
	await firefox.install(TEST_BUILD);
	tab = await firefox.open();
	await tab.load(good.url());
	await tab.activate();
});

afterAll(async () => {
	await firefox?.close();
	await world?.close();
});

/** Waits for the popup and sees that it is about the tab; then closes it as a click beside it would. */
async function popupSays(text: string): Promise<void> {
	const popup = await firefox.popup();
	await popup.waitForText(text);
	await firefox.chrome((window: ChromeWindow) => {
		for (const panel of window.document.querySelectorAll("panel")) panel.hidePopup();
	});
	await until(firefox, "the popup to be gone", () =>
		firefox.chrome(
			(window: ChromeWindow) =>
				[...window.WebExtensionPolicy.getByID("countersign@webextension").extension.views].every(
					({ viewType }) => viewType !== "popup",
				) || undefined,
		),
	);
}

/** Chooses Countersign's entry in a menu that is open. Answers with its label. */
const choose = (menu: string): Promise<string> =>
	until(firefox, `the entry in ${menu}`, () =>
		firefox.chrome((window: ChromeWindow, id) => {
			const popup = window.document.getElementById(id);
			const [item, ...others] = popup.querySelectorAll("[id^='countersign_webextension-menuitem']");
			if (popup.state !== "open" || !item || others.length > 0) return undefined;
			popup.activateItem(item);
			return item.getAttribute("label") as string;
		}, menu),
	);

/** Opens the menu of a tab in the tab bar. */
async function tabMenu(of: Tab): Promise<void> {
	await firefox.chrome((window: ChromeWindow, id) => {
		const { NavigableManager } = window.ChromeUtils.importESModule(
			"chrome://remote/content/shared/NavigableManager.sys.mjs",
		);
		const browser = NavigableManager.getBrowsingContextById(id).embedderElement;
		const native = window.gBrowser.getTabForBrowser(browser);
		const event = new window.MouseEvent("contextmenu", { bubbles: true, cancelable: true, button: 2 });
		native.dispatchEvent(event);
		const menu = window.document.getElementById("tabContextMenu");
		if (menu.state === "closed") menu.openPopup(native, "after_start", 0, 0, true, false, event);
	}, of.id);
}

describe("Who vouches for this site?", () => {
	afterEach(async () => {
		await tab.activate();
	});

	it("stands in the menu of a page, and opens the popup", async () => {
		await (await firefox.page(tab)).click("h1", { button: "right" });
		expect(await choose("contentAreaContextMenu")).toBe(words("menuVouches"));
		await popupSays(words("popupProtectedBy", "Good Trust (United States)", good.name));
	});

	it("stands in the menu of a tab; of one that is not in front, it opens a page beside it", async () => {
		await tabMenu(tab);
		expect(await choose("tabContextMenu")).toBe(words("menuVouches"));
		await popupSays(words("popupProtected"));
		const other = await firefox.open();
		await other.activate();
		await tabMenu(tab);
		await choose("tabContextMenu");
		const page = await firefox.findTab((url) => url.includes("src/popup/index.html?tab="));
		const { text } = await page.waitForText(words("popupProtected"));
		expect(text).toContain(good.name);
		await page.close();
		await other.close();
	});

	it("opens by the keys that Firefox has bound for it: Alt+Shift+V", async () => {
		// A window without a screen takes no keys from outside: what Firefox does on them is done.
		const keys = await firefox.chrome((window: ChromeWindow) => {
			const [key, ...others] = window.document.querySelectorAll("keyset[id^='ext-keyset'] > key");
			key.doCommand();
			return [others.length, key.getAttribute("key"), key.getAttribute("modifiers")];
		});
		expect(keys).toEqual([0, "V", expect.stringMatching(/^(alt.shift|shift.alt)$/)]);
		await popupSays(words("popupProtected"));
	});

	it("has a shortcut that Firefox itself does not use, with words of its own in the list of shortcuts", async () => {
		const [command, ...others] = await firefox.background(({ commands }) => commands.getAll());
		expect(others).toEqual([]);
		expect(command).toMatchObject({ shortcut: "Alt+Shift+V", description: words("menuVouches") });
		const taken = await firefox.chrome((window: ChromeWindow) =>
			[...window.document.querySelectorAll("key:not([id^='ext-key'])")]
				.filter((key) => !key.closest("[id^='ext-keyset']"))
				.filter((key) => key.getAttribute("key")?.toUpperCase() === "V")
				.map((key) => (key.getAttribute("modifiers") ?? "").split(/[ ,]+/).toSorted().join("+"))
				.filter((modifiers) => modifiers === "alt+shift"),
		);
		expect(taken).toEqual([]);
	});
});
