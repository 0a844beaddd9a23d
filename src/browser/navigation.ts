import browser from "webextension-polyfill";

export interface Navigation {
	readonly tabId: number;
	readonly frameId: number;
	readonly url: string;
}

/** A document took its place in a tab or frame, from wherever it came. */
export function onCommitted(listener: (navigation: Navigation) => void): void {
	browser.webNavigation.onCommitted.addListener(listener);
}

/** The page changed its address without loading anything. */
export function onAddressChanged(listener: (navigation: Navigation) => void): void {
	browser.webNavigation.onHistoryStateUpdated.addListener(listener);
	browser.webNavigation.onReferenceFragmentUpdated.addListener(listener);
}

/** A load ended without a document. */
export function onLoadFailed(listener: (navigation: Navigation) => void): void {
	browser.webNavigation.onErrorOccurred.addListener(listener);
}
