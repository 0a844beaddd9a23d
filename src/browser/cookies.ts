/**
 * For which domains Firefox keeps cookies: nothing else of them is looked at. A domain begins with a dot where its
 * cookies are for the names below it as well.
 */
import { browser } from "./api.ts";

/** Where Firefox keeps the cookies of tabs that are in no container, and those of private windows. */
const DEFAULT_STORE = "firefox-default";
const PRIVATE_STORE = "firefox-private";

/** Ids of the stores that open tabs keep cookies in, one for each container. Those of private windows are left alone. */
export async function cookieStores(): Promise<string[]> {
	const stores = (await browser.cookies.getAllCookieStores()).map(({ id }) => id);
	return [...new Set([DEFAULT_STORE, ...stores])].filter((id) => id !== PRIVATE_STORE);
}

/** The domains that have cookies in a store, those kept apart for some other site among them. Rejects where Firefox does not say. */
export async function cookieDomains(storeId: string): Promise<string[]> {
	const all = await browser.cookies.getAll({ storeId, firstPartyDomain: null, partitionKey: {} } as object);
	return [...new Set(all.map(({ domain }) => domain))];
}

/** Calls back with the domain of each cookie that is set, in whatever store but that of private windows. */
export function onCookieSet(listener: (domain: string) => void): void {
	browser.cookies.onChanged.addListener(({ removed, cookie }) => {
		if (!removed && cookie.storeId !== PRIVATE_STORE) listener(cookie.domain);
	});
}
