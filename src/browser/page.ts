/** What pages, and only pages, ask of the browser. */
import { browser } from "./api.ts";

/** The tab in front of the person: the one a popup belongs to. Null: there is none. */
export async function currentTabId(): Promise<number | null> {
	const [tab] = await browser.tabs.query({ active: true, currentWindow: true });
	return tab?.id ?? null;
}

/** Whether this is Firefox for Android, where what is a popup elsewhere fills the screen. */
export async function isPhone(): Promise<boolean> {
	return (await browser.runtime.getPlatformInfo()).os === "android";
}

/** Loads a tab anew. */
export async function reloadTab(tabId: number): Promise<void> {
	await browser.tabs.reload(tabId);
}

/** Opens the options page in a tab, or shows the one that is open. */
export async function openOptions(): Promise<void> {
	await browser.runtime.openOptionsPage();
}

/** Opens the options page in a new tab, at a part of it ("#authority/cnnic"). */
export async function openOptionsAt(fragment: string): Promise<void> {
	await browser.tabs.create({ url: browser.runtime.getURL(`src/options/index.html${fragment}`) });
}

/** Opens the help in a new tab. */
export async function openHelp(): Promise<void> {
	await browser.tabs.create({ url: browser.runtime.getURL("src/help/index.html") });
}

/** How long Firefox may take to set about going back. It tells the page in the same moment. */
const LEAVING_MS = 1000;

/** Goes to the page before this one. False: there is none. */
export async function backInHistory(): Promise<boolean> {
	if (history.length <= 1) return false;
	const { promise, resolve } = Promise.withResolvers<boolean>();
	// The page before can take long to load, but this one is told at once that it is to go.
	const leaving = () => resolve(true);
	addEventListener("beforeunload", leaving, { once: true });
	setTimeout(() => resolve(false), LEAVING_MS);
	history.back();
	const left = await promise;
	removeEventListener("beforeunload", leaving);
	return left;
}

/** Whether Firefox lets the extension see all sites. */
export async function maySeeAllSites(): Promise<boolean> {
	return await browser.permissions.contains({ origins: ["<all_urls>"] });
}

/** Whether the button is on the toolbar, and not only in a menu. Null: Firefox does not say (Android). */
export async function isOnToolbar(): Promise<boolean | null> {
	const { browserAction } = browser;
	if (!("getUserSettings" in browserAction)) return null;
	return (await browserAction.getUserSettings()).isOnToolbar ?? null;
}

/** What this is: "Firefox 153.0", and Countersign's own version. Nothing of the computer it runs on. */
export async function versions(): Promise<{ browser: string; extension: string }> {
	const { name, version } = await browser.runtime.getBrowserInfo();
	return { browser: `${name} ${version}`, extension: browser.runtime.getManifest().version };
}
