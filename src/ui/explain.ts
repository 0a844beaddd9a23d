/** Explanations in words. */
import { number, t } from "../browser/i18n.ts";
import type { Arg, Explanation } from "../core/findings/explanation.ts";
import { countryName, day, list, nameWithCountry, timeOfDay } from "./names.ts";
import { type Sentence, say } from "./Text.tsx";

function wordsOf(arg: Arg, now: number): string {
	switch (arg.kind) {
		case "name":
			return arg.value || t("uiNameless");
		case "who":
			return nameWithCountry(arg.value || t("uiNameless"), arg.country);
		case "country":
			return countryName(arg.value);
		case "date":
			return day(arg.value, now);
		case "time":
			return timeOfDay(arg.value, now);
		case "number":
			return number(arg.value);
		case "list":
			return list(arg.value);
		default:
			return arg.value;
	}
}

/**
 * What an explanation says, with names, countries and dates as the person's language writes them.
 *
 * @param now milliseconds since 1970: a time of another day is written with its day, a day of another year with its year
 */
export function sentenceOf({ key, args }: Explanation, now = Date.now()): Sentence {
	return say(key, ...args.map((arg) => wordsOf(arg, now)));
}
