/** One Firefox in which contestants take turns. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ChromeWindow, Firefox, type Tab } from "../../../tests/e2e/harness/index.ts";
import { type Contestant, writeContestant } from "./contestants.ts";
import type { Sites } from "./sites.ts";

/** Times as they are, and nothing of an earlier visit kept. */
export const PREFERENCES = {
	"privacy.reduceTimerPrecision": false,
	"browser.sessionhistory.max_total_viewers": 0,
	"browser.cache.disk.enable": false,
	"browser.cache.memory.enable": false,
	// Its retries and look-ups over http are not what is measured.
	"dom.security.https_first": false,
} as const;

export class Arena {
	readonly firefox: Firefox;
	/** The tab in which pages are visited. */
	readonly tab: Tab;
	readonly #folder: string;

	private constructor(firefox: Firefox, tab: Tab, folder: string) {
		this.firefox = firefox;
		this.tab = tab;
		this.#folder = folder;
	}

	/** Starts Firefox and installs all contestants, none of them enabled. `build`: Countersign's folder. */
	static async open(sites: Sites, contestants: readonly Contestant[], build: string): Promise<Arena> {
		const folder = await mkdtemp(join(tmpdir(), "countersign-bench-"));
		const { lab, goodRoot } = sites.world;
		const firefox = await Firefox.start({
			lab,
			builtInRoots: [goodRoot],
			preferences: {
				...PREFERENCES,
				...sites.preferences(),
				"extensions.webextensions.uuids": JSON.stringify(
					Object.fromEntries(contestants.map(({ id, uuid }) => [id, uuid])),
				),
			},
		});
		try {
			// Firefox would tell about each request over WebDriver, one by one.
			await firefox.remote.send("session.unsubscribe", { events: ["network"] });
			const arena = new Arena(firefox, await firefox.open(), folder);
			for (const contestant of contestants) await arena.#install(contestant, build);
			return arena;
		} catch (error) {
			await firefox.close();
			throw error;
		}
	}

	async #install(contestant: Contestant, build: string): Promise<void> {
		const extension = await writeContestant(contestant, build, this.#folder);
		await this.firefox.remote.send("webExtension.install", {
			extensionData: { type: "path", path: extension },
			"moz:permanent": false,
		});
		await this.firefox.extensionRunning(contestant.id);
		if (contestant.preflight !== null) await this.#set(contestant);
		await this.disable(contestant);
	}

	/** Sets Countersign as a person would, through its own pages. */
	async #set({ uuid, preflight }: Contestant): Promise<void> {
		const page = await this.firefox.open(`moz-extension://${uuid}/src/options/index.html`);
		await page.waitForUrl((url) => url.startsWith(`moz-extension://${uuid}/`));
		const changed = await page.evaluate(
			(value) =>
				// biome-ignore lint/suspicious/noExplicitAny: the extension's own global
				(globalThis as any).browser.runtime.sendMessage({
					to: "background",
					method: "saveSettings",
					args: [{ preflight: value, unverifiable: "block", changedCountry: "off" }],
				}) as Promise<{ ok: boolean }>,
			preflight,
		);
		if (!(await changed).ok) throw new Error(`preflight could not be set to ${preflight}`);
		// Its first-run page too.
		for (const tab of await this.firefox.tabs()) if (tab.id !== this.tab.id) await tab.close();
	}

	/** Puts a contestant to work. Null: none. */
	async enable(contestant: Contestant | null): Promise<void> {
		if (!contestant) return;
		await this.firefox.chrome(async (window: ChromeWindow, id) => {
			await (await window.AddonManager.getAddonByID(id)).enable();
		}, contestant.id);
		await this.firefox.extensionRunning(contestant.id);
	}

	/** Takes it away. */
	async disable(contestant: Contestant | null): Promise<void> {
		if (!contestant) return;
		await this.firefox.chrome(async (window: ChromeWindow, id) => {
			await (await window.AddonManager.getAddonByID(id)).disable();
		}, contestant.id);
	}

	/** Ends Firefox. */
	async [Symbol.asyncDispose](): Promise<void> {
		await this.firefox.close();
		await rm(this.#folder, { recursive: true, force: true });
	}
}
