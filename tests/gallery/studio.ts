/** A real Firefox with the gallery in it, and everything that changes how a page looks there. */
import type { Page } from "puppeteer-core";
import { type ChromeWindow, Firefox, type Preference, type Tab } from "../e2e/harness/index.ts";
import { type Served, serveGallery } from "./build.ts";
import type { Gallery } from "./main.tsx";

/** Preferences by which a page is light, dark, or in the few colours that a person has chosen for everything. */
export const LOOKS = {
	light: { "layout.css.prefers-color-scheme.content-override": 1, "browser.display.document_color_use": 0 },
	dark: { "layout.css.prefers-color-scheme.content-override": 0, "browser.display.document_color_use": 0 },
	forced: {
		"layout.css.prefers-color-scheme.content-override": 0,
		"browser.display.document_color_use": 2,
		"browser.display.background_color": "#000000",
		"browser.display.foreground_color": "#ffffff",
		"browser.anchor_color": "#ffff00",
		"browser.display.background_color.dark": "#000000",
		"browser.display.foreground_color.dark": "#ffffff",
		"browser.anchor_color.dark": "#ffff00",
	},
} as const;

export type Look = keyof typeof LOOKS;

/** As wide as Firefox makes the popup. */
export const POPUP = { width: 368, height: 600 };
export const WIDE = { width: 1100, height: 800 };
export const NARROW = { width: 320, height: 640 };

type InPage = typeof globalThis & { readonly gallery: Gallery };

/** Where pictures are taken and pages are looked at. */
export class Studio {
	readonly firefox: Firefox;
	readonly tab: Tab;
	readonly page: Page;
	readonly #served: Served;
	#document = "";

	private constructor(served: Served, firefox: Firefox, tab: Tab, page: Page) {
		this.#served = served;
		this.firefox = firefox;
		this.tab = tab;
		this.page = page;
	}

	/** Builds the gallery and opens it. */
	static async open(preferences: Readonly<Record<string, Preference>> = {}): Promise<Studio> {
		const served = await serveGallery();
		try {
			const firefox = await Firefox.start({ window: WIDE, preferences: { ...preferences } });
			try {
				const tab = await firefox.open(`${served.url}?page=none`);
				await tab.waitForSelector("html[data-ready=yes]");
				return new Studio(served, firefox, tab, await firefox.page(tab));
			} catch (error) {
				await firefox.close();
				throw error;
			}
		} catch (error) {
			await served.close();
			throw error;
		}
	}

	async close(): Promise<void> {
		await this.firefox.close();
		await this.#served.close();
	}

	/** Names of all states, by page. */
	states(): Promise<Readonly<Record<string, readonly string[]>>> {
		return this.tab.evaluate(() => (globalThis as InPage).gallery.states);
	}

	/** Sets Firefox's preferences while it runs. */
	async prefer(preferences: Readonly<Record<string, Preference>>): Promise<void> {
		await this.firefox.chrome(({ Services }: ChromeWindow, wanted) => {
			for (const [name, value] of Object.entries(wanted)) {
				if (typeof value === "number") Services.prefs.setIntPref(name, value);
				else if (typeof value === "boolean") Services.prefs.setBoolPref(name, value);
				else Services.prefs.setStringPref(name, value);
			}
		}, preferences);
	}

	/** Makes pages light, dark or of forced colours, and waits until they are. */
	async look(look: Look): Promise<void> {
		await this.prefer(LOOKS[look]);
		await this.page.waitForFunction(
			(dark, forced) =>
				matchMedia("(prefers-color-scheme: dark)").matches === dark &&
				matchMedia("(forced-colors: active)").matches === forced,
			{},
			look !== "light",
			look === "forced",
		);
	}

	/** Zooms as Ctrl and + do. */
	async zoom(factor: number): Promise<void> {
		await this.firefox.chrome(
			(window: ChromeWindow, id, wanted) => {
				const { NavigableManager } = window.ChromeUtils.importESModule(
					"chrome://remote/content/shared/NavigableManager.sys.mjs",
				);
				NavigableManager.getBrowsingContextById(id).fullZoom = wanted;
			},
			this.tab.id,
			factor,
		);
		await this.page.waitForFunction((wanted) => Math.abs(devicePixelRatio - wanted) < 0.05, {}, factor);
	}

	/** Gives the page a size in CSS pixels. */
	async size(size: { readonly width: number; readonly height: number }): Promise<void> {
		await this.page.setViewport(size);
	}

	/** What of the state that is there does not fit, in each of the languages. */
	async tooLongIn(languages: readonly string[]): Promise<readonly string[]> {
		return await this.tab.evaluate(async (all) => await (globalThis as InPage).gallery.tooLongIn(all), [...languages]);
	}

	/** Measures what is there: see measure.ts. */
	async measure(what: "latinWords" | "violations" | "moving" | "afterTabs"): Promise<readonly string[]> {
		return await this.tab.evaluate(async (name) => [...(await (globalThis as InPage).gallery.measure[name]())], what);
	}

	/** Presses the Tab key through the whole page. Returns what was wrong on the way. */
	async tabThrough(): Promise<readonly string[]> {
		const count = await this.tab.evaluate(() => (globalThis as InPage).gallery.measure.beforeTabs());
		const left = () => this.tab.evaluate(() => (globalThis as InPage).gallery.measure.leftForTabs());
		for (let pressed = 0; pressed < count; pressed++) await this.page.keyboard.press("Tab");
		// Fields for dates have several places inside themselves.
		for (let more = 0; more < 20 && (await left()) > 0; more++) await this.page.keyboard.press("Tab");
		return this.measure("afterTabs");
	}

	/** Puts a page in a state, in a language. One document for each page: their styles do not mix. */
	async show(page: string, state: string, language: string, open: boolean): Promise<void> {
		if (this.#document !== page) {
			await this.tab.go(`${this.#served.url}?page=${page}`);
			await this.tab.waitForSelector(`html[data-page=${page}][data-ready=yes]`);
			this.#document = page;
		}
		await this.tab.evaluate(
			async (...[name, which, words, unfold]: [string, string, string, boolean]) => {
				const { gallery } = globalThis as InPage;
				await gallery.speak(words);
				await gallery.show(name, which, unfold);
			},
			page,
			state,
			language,
			open,
		);
	}
}
