/**
 * What the popup asks, in a script of its own that is loaded before all else of it: on a busy computer the answer takes as long
 * as the rest takes to load, and the person waits for the longer of both, not for one after the other (docs/speed.md).
 */
import { createBackground, onChanges } from "../browser/messages.ts";
import { currentTabId, isPhone } from "../browser/page.ts";

/** The background, as the popup calls it. */
export const background = createBackground();

/** The tab that an address asks for: where no popup can be opened it is a page of its own. Null: the one in front. */
export const asked = new URLSearchParams(location.search).get("tab");

/** Whether it fills the screen: a phone's does, and a page of its own. Never rejects. */
export const isPage: Promise<boolean> = asked === null ? isPhone().catch(() => false) : Promise.resolve(true);

/** The tab that the popup is about. Null: there is none, or Firefox does not say. Never rejects. */
export const tabId: Promise<number | null> =
	asked === null ? currentTabId().catch(() => null) : Promise.resolve(Number(asked));

let onChange: (() => void) | null = null;
let hasChanged = false;
// Before the question: what changes after the answer must not be missed.
onChanges(() => {
	hasChanged = true;
	onChange?.();
});

/** Calls back whenever something that the popup shows may have changed; at once, if something has since it asked. */
export function followChanges(callback: () => void): void {
	onChange = callback;
	if (hasChanged) callback();
}

/** What is known of that tab. Rejects where the background does not answer. */
export const report = tabId.then((id) => (id === null ? null : background.tab(id)));
// Whoever awaits it is told; until then it is nobody's error.
report.catch(() => undefined);
