import { browser } from "./api.ts";

/** The tab that a menu was opened in, or for. */
export interface MenuTab {
	readonly id: number;
	readonly active: boolean;
	readonly index: number;
	readonly windowId: number;
}

/**
 * Puts one entry into the menus of pages and of tabs. Nothing where there are no menus (Android). Not into those of links:
 * a link's site is another one, of which nothing is known before it is asked.
 */
export function addMenu(title: string, onClick: (tab: MenuTab) => void): void {
	if (!browser.menus) return;
	browser.menus.create({ id: "look", title, contexts: ["page", "frame", "selection", "image", "tab"] });
	browser.menus.onClicked.addListener((_, tab) => {
		if (tab?.id !== undefined)
			onClick({ id: tab.id, active: tab.active, index: tab.index, windowId: tab.windowId ?? -2 });
	});
}
