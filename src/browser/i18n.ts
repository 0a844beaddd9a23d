/** Words in the person's language. All of them stand in public/_locales/<language>/messages.json. */
import { browser } from "./api.ts";

/** One of the private-use characters, which no message and no name has. */
const MARK = "\uE000";

/**
 * The words for `key`, with `args` in their places. An unknown key shows as itself: a visible mistake
 * is better than a hole in a warning.
 */
export function t(key: string, ...args: readonly (string | number)[]): string {
	return browser.i18n.getMessage(key, args.map(String)) || key;
}

/**
 * The words for `key` cut at their arguments: strings, and between them the index of the argument
 * that stands there. So a page can put elements into a sentence whatever the word order.
 */
export function pieces(key: string, count: number): (string | number)[] {
	const args = Array.from({ length: count }, (_, index) => `${MARK}${index}${MARK}`);
	return t(key, ...args)
		.split(MARK)
		.map((piece, index) => (index % 2 === 1 ? Number(piece) : piece))
		.filter((piece) => piece !== "");
}

/**
 * The words for a number of things: `key_one`, `key_other` and so on, as the language counts. The
 * number is the first argument.
 */
export function plural(key: string, count: number, ...args: readonly (string | number)[]): string {
	const form = `${key}_${new Intl.PluralRules(language()).select(count)}`;
	const words = number(count);
	return browser.i18n.getMessage(form, [words, ...args.map(String)]) || t(`${key}_other`, words, ...args);
}

/** A whole number, as the person's language writes it. */
export function number(count: number): string {
	return new Intl.NumberFormat(formats()).format(count);
}

/** The language that the words are in, which can differ from Firefox's own. */
export function language(): string {
	return t("language");
}

/**
 * What dates and numbers are written in: Firefox's own language where the words are in it too
 * (so that en-GB keeps its dates), else the language of the words.
 */
export function formats(): string {
	const words = language();
	const own = browser.i18n.getUILanguage();
	return own.split("-")[0] === words.split("-")[0] ? own : words;
}

/**
 * Tells the document which language its words are in, and their direction. Both come from the words,
 * not from Firefox (`@@bidi_dir`): in an Arabic Firefox without Arabic words the English ones stay
 * left to right, or every full stop would move to the wrong end.
 */
export function prepareDocument(document: Document): void {
	document.documentElement.lang = language();
	document.documentElement.dir = t("direction");
}
