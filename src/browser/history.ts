/** That history was removed, and whether there is any: nothing else of it is looked at. */
import { browser } from "./api.ts";

/** Whether Firefox says when history is removed. On Android it has no such API. */
export const followsHistory = "history" in browser;

/** Calls back when history was removed: all of it, or everything of some addresses (expired ones among them). */
export function onHistoryRemoved(
	listener: (removed: { readonly all: boolean; readonly urls: readonly string[] }) => void,
): void {
	if (!followsHistory) return;
	browser.history.onVisitRemoved.addListener(({ allHistory, urls }) => listener({ all: allHistory, urls }));
}

/** Whether the browser's history has anything in it. Rejects where Firefox does not say. */
export async function hasHistory(): Promise<boolean> {
	const found = await browser.history.search({ text: "", startTime: 0, maxResults: 1 });
	return found.length > 0;
}
