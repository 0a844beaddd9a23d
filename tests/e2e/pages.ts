/** What a person does on the extension's pages. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { Lasts } from "../../src/protocol.ts";
import { isBlockPage, TEST_BUILD } from "./countersign.ts";
import type { ChromeWindow, Firefox, Tab, View, ViewState } from "./harness/index.ts";

export const KEYS = { tab: "\uE004", enter: "\uE007", space: " ", escape: "\uE00C" } as const;

/** The link at the very end of a block page. */
export const WAY = ".way-through .button-link";
export const GO_BACK = ".blocked .button-primary";

interface Message {
	readonly message: string;
	readonly placeholders?: Readonly<Record<string, { readonly content: string }>>;
}

const messages: Readonly<Record<string, Message>> = JSON.parse(
	readFileSync(join(TEST_BUILD, "_locales/en/messages.json"), "utf8"),
);

/** The words that pages have for a key, so that tests follow when sentences are put better. */
export function words(key: string, ...args: readonly string[]): string {
	const found = messages[key];
	if (!found) throw new Error(`no message ${key}`);
	return found.message.replace(/\$(\w+)\$/g, (all, name: string) => {
		const { content = "" } = found.placeholders?.[name.toLowerCase()] ?? {};
		return args[Number(content.slice(1)) - 1] ?? all;
	});
}

/** Waits for the block page of a host. */
export async function blocked(tab: Tab, host: string): Promise<ViewState> {
	return await tab.waitFor(
		({ url, text, complete }) =>
			complete && isBlockPage(url) && text.includes(host) && text.includes(words("blockedGoBack")),
		`the block page of ${host}`,
	);
}

/** Goes to an address and waits for the block page that takes its place. */
export async function goBlocked(tab: Tab, url: string): Promise<ViewState> {
	const before = await tab.state().then(
		({ document }) => document,
		() => "",
	);
	await tab.go(url);
	const { hostname } = new URL(url);
	await tab.waitFor(({ document }) => document !== before, "another document");
	return await blocked(tab, hostname);
}

/** Waits for a page of the web. */
export async function shown(tab: Tab, url: string): Promise<ViewState> {
	return await tab.waitForUrl(url);
}

/** Opens Advanced with the mouse. */
export async function openAdvanced(tab: Tab): Promise<void> {
	await tab.click(".blocked > details > summary");
	await tab.waitForSelector(".blocked > details[open]");
}

/** Scrolls to the way through, and waits until it has been in view for its first second. */
export async function ready(view: View): Promise<void> {
	await view.evaluate((way) => document.querySelector(way)?.scrollIntoView({ block: "center" }), WAY);
	await view.waitForSelector(`${WAY}[aria-disabled="false"]`);
}

/** Chooses how long a way through shall last. */
export async function choose(view: View, lasts: Lasts): Promise<void> {
	await view.evaluate((value) => {
		const select = document.querySelector<HTMLSelectElement>(".way-through select");
		if (!select) throw new Error("nothing to choose from");
		select.value = value;
		select.dispatchEvent(new Event("change", { bubbles: true }));
	}, lasts);
}

/** Goes all the way through a block page. `typed` is what is written into its field, if it has one. */
export async function goThrough(tab: Tab, typed: string | null, lasts?: Lasts): Promise<void> {
	await openAdvanced(tab);
	if (lasts) await choose(tab, lasts);
	if (typed !== null) {
		await tab.click(".way-through input");
		await tab.type(typed);
	}
	await ready(tab);
	await tab.click(WAY);
}

/** The number that extensions know a tab by. */
export async function tabIdOf(firefox: Firefox, tab: Tab): Promise<number> {
	return await firefox.chrome((window: ChromeWindow, id) => {
		const { NavigableManager } = window.ChromeUtils.importESModule(
			"chrome://remote/content/shared/NavigableManager.sys.mjs",
		);
		const { ExtensionParent } = window.ChromeUtils.importESModule("resource://gre/modules/ExtensionParent.sys.mjs");
		const browser = NavigableManager.getBrowsingContextById(id).embedderElement;
		const native = browser.ownerDocument.defaultView.gBrowser.getTabForBrowser(browser);
		return ExtensionParent.apiManager.global.tabTracker.getId(native) as number;
	}, tab.id);
}

/** Closes the window that a tab is in. */
export async function closeWindow(firefox: Firefox, tab: Tab): Promise<void> {
	await firefox.chrome((window: ChromeWindow, id) => {
		const { NavigableManager } = window.ChromeUtils.importESModule(
			"chrome://remote/content/shared/NavigableManager.sys.mjs",
		);
		NavigableManager.getBrowsingContextById(id).embedderElement.ownerDocument.defaultView.close();
	}, tab.id);
}

/** Opens the popup's page about a tab, in a tab of its own: as on a phone, and as in the real popup. */
export async function openPopupOf(firefox: Firefox, tab: Tab): Promise<Tab> {
	return await firefox.openExtensionPage(`src/popup/index.html?tab=${await tabIdOf(firefox, tab)}`);
}

/** Sees that these texts stand on the page in this order. */
export function expectInOrder(text: string, parts: readonly string[]): void {
	let from = 0;
	for (const part of parts) {
		const at = text.indexOf(part, from);
		expect(at, `"${part}" after place ${from} in:\n${text}`).toBeGreaterThanOrEqual(from);
		from = at + part.length;
	}
}

/** Gives a page no chance to go on by itself: true when nothing was loaded within two turns of the background. */
export async function stays(tab: Tab): Promise<void> {
	const { document } = await tab.state();
	// A round trip through the background and back: an accepted click would have been answered by now.
	await tab.evaluate(async () => {
		// biome-ignore lint/suspicious/noExplicitAny: the extension's own global
		const { runtime } = (globalThis as any).browser;
		await runtime.sendMessage({ to: "background", method: "options", args: [] });
	});
	const after = await tab.state();
	expect(isBlockPage(after.url)).toBe(true);
	expect(after.document).toBe(document);
}
