import { browser } from "./api.ts";

/** Calls back when the computer may have come to another network. */
export function onNetworkChanged(listener: () => void): void {
	addEventListener("online", listener);
	// Missing on Android.
	const portal = browser.captivePortal as typeof browser.captivePortal | undefined;
	portal?.onStateChanged.addListener(listener);
	portal?.onConnectivityAvailable.addListener(listener);
}
