/**
 * What is within reach, in real Firefox: the popup from menus and by keys; the look of Countersign at itself; the help, and the
 * page to practise on.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { LabHost } from "../lab/index.ts";
import { until } from "./acts.ts";
import { TEST_BUILD } from "./countersign.ts";
import { type ChromeWindow, Firefox, type Tab } from "./harness/index.ts";
import { openPopupOf, words } from "./pages.ts";
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

	it("fits a phone, and any window, where it is a page of its own", async () => {
		const popup = await openPopupOf(firefox, tab);
		await popup.waitForText(words("popupProtected"));
		const page = await firefox.page(popup);
		for (const width of [320, 360, 412, 480, 1100]) {
			await page.setViewport({ width, height: 700 });
			const shown = await popup.evaluate(() => {
				const { clientWidth, scrollWidth } = document.documentElement;
				const box = document.body.getBoundingClientRect();
				return {
					room: clientWidth,
					over: scrollWidth - clientWidth,
					width: box.width,
					reaches: box.bottom >= innerHeight,
				};
			});
			expect(shown, String(width)).toMatchObject({ over: 0, width: Math.min(shown.room, 640), reaches: true });
		}
		await popup.close();
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

describe("Is it working?", () => {
	let options: Tab;

	/** Has it look, and answers with what it says. */
	async function look(): Promise<string> {
		const before = await options.evaluate(() => document.querySelector(".options-list")?.textContent ?? "");
		await options.press("main .button");
		return await until(firefox, "the result", () =>
			options.evaluate((old) => {
				const text = document.querySelector(".options-list")?.textContent ?? "";
				const isDone = document.querySelector("main .button")?.getAttribute("aria-disabled") !== "true";
				return isDone && text !== "" && text !== old ? document.body.innerText : undefined;
			}, before),
		);
	}

	beforeAll(async () => {
		options = await firefox.openExtensionPage("src/options/index.html#check");
		await options.waitForText(words("checkRun"));
	});

	afterAll(async () => {
		await options.close();
	});

	it("looks at nothing before it is asked; then says that private windows are not allowed, and what else is so", async () => {
		expect(await options.evaluate(() => document.querySelectorAll(".options-list").length)).toBe(0);
		const text = await look();
		expect(text).toContain(words("checkSome_one"));
		expect(text).toContain(words("optionsPrivateTitle"));
		for (const key of ["checkSites", "checkSeen", "checkRules", "checkStored", "checkToolbar", "checkNoExceptions"]) {
			expect(text).toContain(words(key));
		}
		expect(text).not.toContain(words("checkBroken"));
	});

	it("says that what is stored is damaged, and a change makes it whole", async () => {
		await options.evaluate(async () => {
			// biome-ignore lint/suspicious/noExplicitAny: the extension's own global
			const { storage } = (globalThis as any).browser;
			await storage.local.set({ state: { version: 2, policy: "gone" } });
		});
		const damaged = await look();
		expect(damaged).toContain(words("checkStoredBad"));
		expect(damaged).toContain(words("checkStoredAnew"));
		await options.evaluate(() => {
			localStorage.removeItem("copy");
		});
		await options.evaluate(async () => {
			// biome-ignore lint/suspicious/noExplicitAny: the extension's own global
			const { runtime } = (globalThis as any).browser;
			const ask = (method: string, ...args: unknown[]) => runtime.sendMessage({ to: "background", method, args });
			const { rules } = await ask("options");
			for (const enabled of [false, true]) await ask("saveRule", { rule: { ...rules[0], enabled }, isNew: false });
		});
		const whole = await look();
		expect(whole).toContain(words("checkStored"));
		expect(whole).not.toContain(words("checkBroken"));
		await options.evaluate(() => {
			localStorage.setItem("copy", "{");
		});
		expect(await look()).toContain(words("checkCopyBad"));
	});

	it("names the sites that this Firefox keeps from extensions", async () => {
		const pref = await firefox.chrome((window: ChromeWindow) =>
			window.Services.prefs.getStringPref("extensions.webextensions.restrictedDomains"),
		);
		const named = await options.evaluate(() =>
			[...document.querySelectorAll(".options-list details li")].map(({ textContent }) => textContent ?? ""),
		);
		expect(named.toSorted()).toEqual(pref.split(",").toSorted());
	});
});

describe("help, and practice", () => {
	it("a link of the options leads to the help, and its headings can be linked to", async () => {
		const options = await firefox.openExtensionPage("src/options/index.html");
		await options.waitForSelector(".options-foot a");
		await options.click(".options-foot a[href*='/help/']");
		const page = await firefox.findTab(firefox.extensionUrl("src/help/index.html"));
		await page.waitForText("What vouching is");
		await page.close();
		const part = await firefox.openExtensionPage("src/help/index.html#private-windows");
		await part.waitForSelector("#private-windows:focus");
		await part.close();
		await options.close();
	});

	it("the first run leads to a page to practise on", async () => {
		const welcome = await firefox.openExtensionPage("src/welcome/index.html#1");
		await welcome.waitForSelector("a[href*='?practice']");
		await welcome.click("a[href*='?practice']");
		const page = await firefox.findTab(firefox.extensionUrl("src/blocked/index.html?practice"));
		await page.waitForText(words("blockedGoBack"));
		await page.close();
		await welcome.close();
	});
});
