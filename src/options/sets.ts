/** Rules that are taken together: ready-made sets, and a country's authorities. */
import { t } from "../browser/i18n.ts";
import type { Preset } from "../catalogue/details.ts";
import type { Rule } from "../core/policy.ts";
import { countryName } from "../ui/names.ts";

/** How much of a set is in force. */
export type SetState = "on" | "partly" | "off";

/** Names and descriptions; `tests/options` sees that no set is without. */
const WORDS: Readonly<Record<string, { readonly name: string; readonly what: string }>> = {
	interception: { name: "optionsSetInterception", what: "optionsSetInterceptionWhat" },
	distrusted: { name: "optionsSetDistrusted", what: "optionsSetDistrustedWhat" },
	"state-controlled": { name: "optionsSetState", what: "optionsSetStateWhat" },
	"date-limits": { name: "optionsSetDates", what: "optionsSetDatesWhat" },
	"china-and-hong-kong": { name: "optionsSetChina", what: "optionsSetChinaWhat" },
};

/** What a set is called; its id where it has no name. */
export const setName = ({ id }: Preset): string => t(WORDS[id]?.name ?? id);

/** What a set is for; null where nothing is said. */
export function setWords({ id }: Preset): string | null {
	const words = WORDS[id];
	return words === undefined ? null : t(words.what);
}

/**
 * How much of a set is in force. Its rules are known by their ids: what the person changed about one of
 * them does not take it out of the set.
 */
export function setState(set: Preset, own: readonly Rule[]): SetState {
	const on = set.policy.rules.length - missingOf(set, own).length;
	return on === 0 ? "off" : on === set.policy.rules.length ? "on" : "partly";
}

/** The rules of a set that are not in force: as the person has them, switched on, where they are there. */
export function missingOf(set: Preset, own: readonly Rule[]): readonly Rule[] {
	return set.policy.rules.flatMap((rule) => {
		const there = own.find(({ id }) => id === rule.id);
		if (there?.enabled) return [];
		return [{ ...(there ?? rule), enabled: true }];
	});
}

const countryId = (code: string): string => `country-${code.toLowerCase()}`;

/** The rule that refuses a country's authorities. */
export function countryRule(code: string): Rule {
	const name = countryName(code);
	return {
		id: countryId(code),
		title: t("optionsTitleCountry", name),
		reason: t("optionsCountryReason", name),
		match: [{ country: code }],
		action: "block",
		enabled: true,
	};
}

/**
 * The person's rule about a whole country, whatever it is called: the one in force, else one that is
 * switched off. Undefined: there is none.
 */
export function ruleOfCountry(code: string, own: readonly Rule[]): Rule | undefined {
	const about = own.filter(
		({ match, sites, acceptFor, except, issuedAfter }) =>
			!sites &&
			!acceptFor &&
			!except &&
			!issuedAfter &&
			match.length === 1 &&
			match.some((selector) => "country" in selector && selector.country === code),
	);
	return about.find(({ enabled }) => enabled) ?? about.find(({ id }) => id === countryId(code)) ?? about[0];
}
