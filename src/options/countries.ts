import { formats, language } from "../browser/i18n.ts";

export interface Country {
	/** ISO 3166-1 alpha-2. */
	readonly code: string;
	/** In the person's language. */
	readonly name: string;
}

/**
 * Codes that Unicode names although they stand for no country: islands, test languages, unions. "EU"
 * is not among them, because real certificates have it (Chambers of Commerce Root).
 */
const NOT_COUNTRIES = new Set(["AC", "CP", "CQ", "DG", "EA", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"]);

const LETTERS = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ");

/** Withdrawn codes ("SU", "YU") are rewritten to their successor when a locale is made canonical. */
const isCurrent = (code: string): boolean => Intl.getCanonicalLocales(`und-${code}`)[0] === `und-${code}`;

/** All countries, by name in the person's language. Firefox knows the names; no list is shipped. */
export function countries(): Country[] {
	const names = new Intl.DisplayNames([language()], { type: "region", fallback: "none" });
	const order = new Intl.Collator(formats());
	return LETTERS.flatMap((first) => LETTERS.map((second) => first + second))
		.filter((code) => !NOT_COUNTRIES.has(code) && isCurrent(code))
		.flatMap((code) => {
			const name = names.of(code);
			return name ? [{ code, name }] : [];
		})
		.sort((one, other) => order.compare(one.name, other.name));
}

/**
 * The code for what was typed: a name from the list, or a code itself, in any case. What is neither
 * comes back as it is, for the policy's own check to explain.
 */
export function countryCode(typed: string, list: readonly Country[]): string {
	const text = typed.trim();
	if (/^[A-Za-z]{2}$/.test(text)) return text.toUpperCase();
	const wanted = text.toLocaleLowerCase();
	return list.find(({ name }) => name.toLocaleLowerCase() === wanted)?.code ?? text;
}
