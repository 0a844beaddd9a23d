/** Notifications of the system. None of this may be called before the person has allowed it. */
import { browser } from "./api.ts";

/** Shows a notification, in place of the one with this id. Rejects where the system shows none. */
export async function showNotification(id: string, title: string, message: string): Promise<void> {
	const iconUrl = browser.runtime.getURL("icons/state-stopped.svg");
	await browser.notifications.create(id, { type: "basic", iconUrl, title, message });
}

/** Takes a notification away. Resolves also when it is gone. */
export async function clearNotification(id: string): Promise<void> {
	await browser.notifications.clear(id);
}

/**
 * Calls back with the id of a notification that the person clicked on. Throws while it is not allowed. The same listener
 * counts once, however often it is given.
 */
export function onNotificationClicked(listener: (id: string) => void): void {
	browser.notifications.onClicked.addListener(listener);
}
