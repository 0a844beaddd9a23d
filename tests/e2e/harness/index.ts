/** Everything a test needs to drive a real Firefox. */

export {
	Firefox,
	type FirefoxOptions,
	type StoredCookie,
} from "./firefox.ts";
export type { Preference } from "./preferences.ts";
export { missingFor, PrivateSystem } from "./private.ts";
export {
	EXTENSION_ID,
	EXTENSION_UUID,
	findTrustModule,
	type Profile,
	type ProfileOptions,
	type Root,
	zipDirectory,
} from "./profile.ts";
export { type ChromeWindow, Remote, RemoteError } from "./remote.ts";
export { Tab, View, type ViewState } from "./view.ts";
