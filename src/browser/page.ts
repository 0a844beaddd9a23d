/** What pages, and only pages, ask of the browser. */
import browser from "webextension-polyfill";

/** The tab in front of the person: the one a popup belongs to. Null: there is none. */
export async function currentTabId(): Promise<number | null> {
	const [tab] = await browser.tabs.query({ active: true, currentWindow: true });
	return tab?.id ?? null;
}

/** Loads a tab anew. */
export async function reloadTab(tabId: number): Promise<void> {
	await browser.tabs.reload(tabId);
}

/** Opens the options page in a tab, or shows the one that is open. */
export async function openOptions(): Promise<void> {
	await browser.runtime.openOptionsPage();
}
