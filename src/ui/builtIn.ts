/**
 * The words that Countersign's own rules come with, in the person's language. They are stored in English, as
 * every policy is, and only shown otherwise: a title or reason that the person wrote stays as it was written.
 */
import { language, t } from "../browser/i18n.ts";
import firstRules from "../catalogue/first-rules.json" with { type: "json" };
import { countryName } from "./names.ts";

/** Whether the page's words are in another language than English. */
export const isElsewhere = (): boolean => language().split("-")[0] !== "en";

/** Titles of the first rules and of the ready-made sets, but for bare names, and their messages. */
const TITLES: Readonly<Record<string, string>> = {
	"Kazakhstan's state interception": "ruleKazakhstan",
	"MCS Holdings (under CNNIC)": "ruleMcs",
	"Superfish (Lenovo laptops)": "ruleSuperfish",
	"Warnings that were clicked through": "ruleClicked",
	"Digicert Sdn. Bhd. (Malaysia)": "ruleDigicertMalaysia",
	"PROCERT (Venezuela)": "ruleProcert",
	"DarkMatter / DigitalTrust (UAE)": "ruleDarkMatter",
	"Entrust (and AffirmTrust)": "ruleEntrust",
	"ACCV (Valencia)": "ruleAccv",
	"ANSSI (IGC/A, France)": "ruleAnssi",
	"FNMT (Spanish Mint)": "ruleFnmt",
	"Taiwan's government authority (GRCA)": "ruleTaiwan",
	"Kamu SM (Turkey, TÜBİTAK)": "ruleKamuSm",
	"Kazakhstan's state interception authority": "ruleKazakhstanState",
	"PKIoverheid (Netherlands)": "rulePkioverheid",
	"Russia's state authority": "ruleRussia",
	"TunTrust (Tunisia)": "ruleTunTrust",
};

/** Titles that are a country's name. */
const COUNTRIES: Readonly<Record<string, string>> = { China: "CN", "Hong Kong": "HK" };

/** Messages of the first rules' reasons, by the rule's id. */
const REASONS: Readonly<Record<string, string>> = {
	cnnic: "ruleCnnicWhy",
	kazakhstan: "ruleKazakhstanWhy",
	"interception-mcs-holdings": "ruleMcsWhy",
	"interception-superfish": "ruleSuperfishWhy",
	"clicked-through": "ruleClickedWhy",
};

const reasons = new Map(firstRules.rules.map(({ id, reason }) => [reason, REASONS[id]]));

/** A rule's title or reason in the person's language where it is one of Countersign's own; else as it stands. */
export function ownWords(text: string): string {
	const country = COUNTRIES[text];
	// English has longer names for some.
	if (country !== undefined) return isElsewhere() ? countryName(country) : text;
	const key = TITLES[text] ?? reasons.get(text);
	if (key === undefined) return text;
	// Whatever stands between names runs by its first letter: "Firefox" may not turn a Persian sentence around.
	return t("direction") === "rtl" ? `\u200f${t(key)}` : t(key);
}

/**
 * The other way round: what is stored for words that {@link ownWords} gave. So that saving a rule without
 * touching its title does not turn that into words of the person's own.
 */
export function storedWords(shown: string): string {
	const stored = [...Object.keys(TITLES), ...Object.keys(COUNTRIES), ...reasons.keys()];
	return stored.find((text) => ownWords(text) === shown) ?? shown;
}
