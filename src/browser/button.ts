import { browser } from "./api.ts";

/** What the toolbar button shows for a tab. */
export interface ButtonFace {
	/** Path of an SVG inside the extension. */
	readonly icon: string;
	readonly title: string;
	/** Short text on the button; empty for none. */
	readonly badge: string;
}

/** Sets the button of one tab. Resolves also when the tab is gone by then. */
export async function setButton(tabId: number, { icon, title, badge }: ButtonFace): Promise<void> {
	const { browserAction } = browser;
	await Promise.allSettled([
		browserAction.setIcon({ tabId, path: icon }),
		browserAction.setTitle({ tabId, title }),
		// Firefox for Android has no badge.
		browserAction.setBadgeText?.({ tabId, text: badge }),
		browserAction.setBadgeBackgroundColor?.({ tabId, color: "#9f1239" }),
		browserAction.setBadgeTextColor?.({ tabId, color: "#ffffff" }),
	]);
}

/** Opens the popup of the tab in front. Rejects where Firefox cannot: it has to be told so in the moment of a click. */
export async function openPopup(): Promise<void> {
	await browser.browserAction.openPopup();
}
