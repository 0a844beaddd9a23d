/**
 * The command's texts. What the extension says too is read from its own messages (public/_locales), so that
 * both tell the same; the rest stands in the files beside this one, a section for each command.
 */
import { readFile } from "node:fs/promises";
import type { Line } from "../../src/core/words.ts";
import ar from "./ar.json" with { type: "json" };
import de from "./de.json" with { type: "json" };
import en from "./en.json" with { type: "json" };
import es from "./es.json" with { type: "json" };
import fa from "./fa.json" with { type: "json" };
import fr from "./fr.json" with { type: "json" };
import kk from "./kk.json" with { type: "json" };
import ru from "./ru.json" with { type: "json" };
import tr from "./tr.json" with { type: "json" };
import vi from "./vi.json" with { type: "json" };
import zh_CN from "./zh_CN.json" with { type: "json" };
import zh_TW from "./zh_TW.json" with { type: "json" };

/** A text with places like `{host}`; what is counted has one for each form in which the language counts. */
type Text = string | Readonly<Record<string, string>>;
type Texts = Readonly<Record<string, Readonly<Record<string, Text>>>>;

const TEXTS = { en, ar, de, es, fa, fr, kk, ru, tr, vi, zh_CN, zh_TW } as const satisfies Record<string, Texts>;

/** As the folders in public/_locales are called. */
export type Language = keyof typeof TEXTS;
export const LANGUAGES = Object.keys(TEXTS) as readonly Language[];

type Section = keyof typeof en;
/** `section.name`, as in en.json. */
export type WordKey = { [S in Section]: `${S}.${keyof (typeof en)[S] & string}` }[Section];

export interface Words {
	readonly language: Language;
	/** The same for `Intl`: a BCP 47 tag. */
	readonly locale: string;
	/**
	 * A text of ours. Numbers are written as the language writes them; of a counted text, `count` chooses the
	 * form. A place without a value stays as it is.
	 */
	say(key: WordKey, values?: Readonly<Record<string, string | number>>): string;
	/** A text of the extension's. A missing one is shown by its key. */
	line(line: Line<string>): string;
}

/** Whether there are texts in a language, named as the folders in public/_locales are. */
export function isLanguage(name: string): name is Language {
	return Object.hasOwn(TEXTS, name);
}

/** The language for a locale's name (`de_AT.UTF-8`, `zh-Hant-HK`), or null where it names none of ours. */
function languageFor(name: string): Language | null {
	const [bare = ""] = name.split(/[.@]/);
	const [language = "", ...more] = bare.split(/[_-]/);
	if (/^zh$/i.test(language)) return more.some((part) => /^(tw|hk|mo|hant)$/i.test(part)) ? "zh_TW" : "zh_CN";
	if (/^(c|posix)$/i.test(language)) return "en";
	return isLanguage(language.toLowerCase()) ? (language.toLowerCase() as Language) : null;
}

/**
 * The person's language: the first of `LC_ALL`, `LC_MESSAGES` and `LANG` that is set and not empty (POSIX.1-2024
 * section 8.2); where none is (Windows, macOS), what the system is set to. English for what we do not speak.
 */
export function languageOf(env: Readonly<Record<string, string | undefined>>): Language {
	const named = env.LC_ALL || env.LC_MESSAGES || env.LANG || new Intl.DateTimeFormat().resolvedOptions().locale;
	return languageFor(named) ?? "en";
}

interface Message {
	readonly message: string;
	readonly placeholders?: Readonly<Record<string, { readonly content: string }>>;
}

/**
 * Reads the texts in a language.
 *
 * @param root the package's folder, for the extension's messages. Rejects when they cannot be read.
 */
export async function readWords(language: Language, root: URL): Promise<Words> {
	const locale = language.replace("_", "-");
	const file = new URL(`public/_locales/${language}/messages.json`, root);
	const messages = JSON.parse(await readFile(file, "utf8")) as Readonly<Record<string, Message>>;
	const texts: Texts = TEXTS[language];
	const plural = new Intl.PluralRules(locale);
	const number = new Intl.NumberFormat(locale);
	return {
		language,
		locale,
		say(key, values = {}) {
			const [section = "", name = ""] = key.split(".");
			const text = texts[section]?.[name] ?? key;
			const form = typeof values.count === "number" ? plural.select(values.count) : "other";
			const chosen = typeof text === "string" ? text : (text[form] ?? text.other ?? key);
			return chosen.replace(/\{(\w+)\}/g, (place, called: string) => {
				const value = values[called];
				return typeof value === "number" ? number.format(value) : (value ?? place);
			});
		},
		line({ key, args }) {
			const { message, placeholders = {} } = messages[key] ?? { message: key };
			return message.replace(/\$(\w+)\$/g, (place, called: string) => {
				const content = placeholders[called.toLowerCase()]?.content;
				return content?.replace(/\$(\d)/g, (_, index: string) => args[Number(index) - 1] ?? "") ?? place;
			});
		},
	};
}
