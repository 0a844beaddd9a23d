/**
 * The browser's interface as Firefox has it: `browser`, with promises. Mozilla's webextension-polyfill would hand out the
 * same object here, after it has had Firefox make all of `chrome` as well; so only its types are used.
 */
import type { Browser } from "webextension-polyfill";

export const { browser } = globalThis as unknown as { readonly browser: Browser };
