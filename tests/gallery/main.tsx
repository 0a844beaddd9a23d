/**
 * Mounts a page in one of its states, as its address says:
 * `?page=blocked&state=cnnic&language=fa&open`. Without one, a list of them all. Driven by shoot.ts, and by
 * tests/e2e/gallery.ts, which goes through many states in one document (`gallery.show`).
 */
import { installFakeBrowser, speak } from "../ui/fakeBrowser.ts";
import * as measure from "./measure.ts";
import { wordsOf } from "./words.ts";

const address = new URLSearchParams(location.search);
installFakeBrowser(await wordsOf(address.get("language") ?? "en"));

// Only now: what it imports looks for the browser at once.
const { again, againAtOnce, list, show, STATES } = await import("./mount.tsx");
const page = address.get("page");
const state = address.get("state");

/** What a test in another process asks of this document. */
const gallery = {
	/** Names of all states, by page. */
	states: STATES,
	/** Puts a page in a state in place of what is there, in a language that was chosen before. */
	show,
	/** Renders what is there once more, in another language. Words that a store has put together stay. */
	async inLanguage(language: string) {
		speak(await wordsOf(language));
		await again();
	},
	measure,
	/** Measures what is there in one language after the other: "fa: what does not fit". */
	async tooLongIn(languages: readonly string[]) {
		const found: string[] = [];
		for (const language of languages) {
			speak(await wordsOf(language));
			againAtOnce();
			found.push(...measure.tooLong().map((what) => `${language}: ${what}`));
		}
		return found;
	},
	/** The language of whatever is shown from now on. */
	async speak(language: string) {
		speak(await wordsOf(language));
	},
};
export type Gallery = typeof gallery;
Object.assign(globalThis, { gallery });

if (page === null) list();
else if (state !== null) await show(page, state, address.has("open"));
document.documentElement.dataset.page = page ?? "list";
document.documentElement.dataset.ready = "yes";
