import { browser } from "./api.ts";

export interface Tab {
	readonly id: number;
	/** Missing for pages that Firefox keeps from extensions. */
	readonly url: string | null;
	readonly private: boolean;
	readonly openerTabId: number | null;
	readonly index: number;
	readonly windowId: number | null;
	/** Put to sleep by Firefox: its page loads anew when somebody looks at it. */
	readonly discarded: boolean;
}

const EMPTY = "about:blank";

type PolyfillTab = Awaited<ReturnType<typeof browser.tabs.get>>;

const readTab = (tab: PolyfillTab): Tab => ({
	id: tab.id ?? -1,
	url: tab.url ?? null,
	private: tab.incognito,
	openerTabId: tab.openerTabId ?? null,
	index: tab.index,
	windowId: tab.windowId ?? null,
	discarded: tab.discarded === true,
});

/** The tab, or null when it is gone. Of an empty one the address is told as well, which Firefox's `tabs` leave out. */
export async function getTab(tabId: number): Promise<Tab | null> {
	try {
		const tab = readTab(await browser.tabs.get(tabId));
		if (tab.url !== null) return tab;
		const frame = await browser.webNavigation.getFrame({ tabId, frameId: 0 }).catch(() => null);
		return frame?.url === EMPTY ? { ...tab, url: EMPTY } : tab;
	} catch {
		return null;
	}
}

/** All tabs of all windows that extensions may see. Rejects when Firefox does not say. */
export async function allTabs(): Promise<Tab[]> {
	return (await browser.tabs.query({})).map(readTab);
}

/** Takes away what a frame shows. False: Firefox does not let extensions into it. */
export async function emptyFrame(tabId: number, frameId: number): Promise<boolean> {
	try {
		const code = `stop(); location.replace("about:blank");`;
		await browser.tabs.executeScript(tabId, { frameId, code, runAt: "document_start" });
		return true;
	} catch {
		return false;
	}
}

/** Loads `url` in a tab. `replace` takes the place of the history entry shown. False: the tab is gone. */
export async function loadInTab(tabId: number, url: string, replace: boolean): Promise<boolean> {
	try {
		await browser.tabs.update(tabId, replace ? { url, loadReplace: true } : { url });
		return true;
	} catch {
		return false;
	}
}

/** Loads a tab's page again. Resolves also when the tab is gone. */
export async function reloadTab(tabId: number): Promise<void> {
	try {
		await browser.tabs.reload(tabId);
	} catch {
		// Nothing to load again.
	}
}

/**
 * Whether Firefox keeps extensions away from the page in a tab (its own sites, quarantined domains).
 * It tells nobody which these are, but refuses to add a style sheet there; this one is empty.
 */
export async function isRestricted(tabId: number): Promise<boolean> {
	try {
		await browser.tabs.insertCSS(tabId, { code: "/**/", runAt: "document_start" });
		return false;
	} catch {
		return true;
	}
}

/** Goes back in a tab's history. Does nothing where there is nothing before. */
export async function goBackInTab(tabId: number): Promise<void> {
	await browser.tabs.goBack(tabId);
}

/** Puts a tab in front. Resolves also when it is gone. */
export async function activateTab(tabId: number): Promise<void> {
	try {
		await browser.tabs.update(tabId, { active: true });
	} catch {
		// Gone: Firefox chooses another.
	}
}

/** Opens a tab, without `url` Firefox's own new tab. */
export async function openTab(options: { url?: string; index?: number; windowId?: number }): Promise<void> {
	await browser.tabs.create(options);
}

export async function closeTab(tabId: number): Promise<void> {
	await browser.tabs.remove(tabId);
}

export function onTabRemoved(listener: (tabId: number) => void): void {
	browser.tabs.onRemoved.addListener(listener);
}

/** Calls back when no private window is left. Never, where there are no windows (Android). */
export function onLastPrivateWindowClosed(listener: () => void): void {
	browser.windows?.onRemoved.addListener(() => {
		browser.windows.getAll().then(
			(windows) => {
				if (!windows.some((window) => window.incognito)) listener();
			},
			// Not known: what ends with private windows ends now.
			() => listener(),
		);
	});
}
