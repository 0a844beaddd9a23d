/** What the help says, as plain elements: made out of docs/help.md when the extension is built (tools/help.ts). */

/** An element with its attributes and what is in it, or text. */
export type HelpNode = string | readonly [tag: string, attributes: Readonly<Record<string, string>>, ...HelpNode[]];

/** A part of the help, under a heading. `id` is the same in all languages. */
export interface HelpPart {
	readonly id: string;
	readonly title: string;
	readonly nodes: readonly HelpNode[];
}

export interface HelpText {
	readonly title: string;
	/** What stands before the first heading. */
	readonly intro: readonly HelpNode[];
	readonly parts: readonly HelpPart[];
}

/** The help in each language that it was written in, loaded when it is wanted. Keys are as in `_locales`: "en", "zh_CN". */
export type HelpLanguages = Readonly<Record<string, () => Promise<{ readonly text: HelpText }>>>;

/**
 * The language of the help for somebody who reads `language` (a BCP 47 tag, as messages.json says it): that one, the same one of
 * another country, or English.
 */
export function helpLanguage(languages: HelpLanguages, language: string): string {
	const own = language.replaceAll("-", "_");
	const [base = ""] = own.split("_");
	return [own, base].find((one) => Object.hasOwn(languages, one)) ?? "en";
}
