import { browser } from "./api.ts";

export interface Navigation {
	readonly tabId: number;
	readonly frameId: number;
	readonly url: string;
	/** Of a document that took its place: "reload" where the person, or a page, asked for what was there. */
	readonly transitionType?: string;
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

/**
 * Whether a tab sets about showing something else, within `ms`. Listens from the moment of the call.
 */
export function leavesPage(tabId: number, ms: number): Promise<boolean> {
	const { promise, resolve } = Promise.withResolvers<boolean>();
	const { onBeforeNavigate, onCommitted } = browser.webNavigation;
	const seen = (navigation: Navigation) => {
		if (navigation.tabId === tabId && navigation.frameId === 0) resolve(true);
	};
	// Out of the back/forward cache a page is committed without a load before it.
	for (const event of [onBeforeNavigate, onCommitted]) event.addListener(seen);
	const timer = setTimeout(() => resolve(false), ms);
	return promise.finally(() => {
		clearTimeout(timer);
		for (const event of [onBeforeNavigate, onCommitted]) event.removeListener(seen);
	});
}
