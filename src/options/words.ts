/** Rules in words: what they match, what they do, where they hold. */
import { formats, plural, t } from "../browser/i18n.ts";
import type { AuthorityStatus } from "../catalogue/details.ts";
import { firefoxFingerprint, plainFingerprint } from "../core/key.ts";
import type { Action, Rule, Selector } from "../core/policy.ts";
import type { ExceptionView, OptionsView } from "../protocol.ts";
import { countryName, date, dateTime, isolate, list } from "../ui/names.ts";
import type { StateShape } from "../ui/shapes.ts";
import type { Kind } from "./draft.ts";
import type { Refused } from "./refused.ts";

export type Authorities = OptionsView["authorities"];

export const ACTIONS: readonly Action[] = ["warn", "block", "strict"];

export const ACTION_WORDS: Readonly<Record<Action, string>> = {
	warn: "optionsActionWarn",
	block: "optionsActionBlock",
	strict: "optionsActionStrict",
};

export const ACTION_HINTS: Readonly<Record<Action, string>> = {
	warn: "optionsActionWarnHint",
	block: "optionsActionBlockHint",
	strict: "optionsActionStrictHint",
};

export const ACTION_SHAPES: Readonly<Record<Action, StateShape>> = {
	warn: "warned",
	block: "stopped",
	strict: "stopped",
};

export const KIND_WORDS: Readonly<Record<Kind, string>> = {
	authority: "optionsKindAuthority",
	spki: "optionsKindSpki",
	certificate: "optionsKindCertificate",
	organization: "optionsKindOrganization",
	country: "optionsKindCountry",
	root: "optionsKindRoot",
	overridden: "optionsKindOverridden",
};

export const OVERRIDDEN_WORDS = {
	any: "optionsOverriddenAny",
	trust: "optionsOverriddenTrust",
	domain: "optionsOverriddenDomain",
	time: "optionsOverriddenTime",
} as const;

export const STATUS_WORDS: Readonly<Record<AuthorityStatus, string>> = {
	trusted: "optionsStatusTrusted",
	constrained: "optionsStatusConstrained",
	removed: "optionsStatusRemoved",
	"never-included": "optionsStatusNever",
	subordinate: "optionsStatusSubordinate",
};

/** The same in few words, for the table and its filter. */
export const STATUS_SHORT: Readonly<Record<AuthorityStatus, string>> = {
	trusted: "optionsShortTrusted",
	constrained: "optionsShortConstrained",
	removed: "optionsShortRemoved",
	"never-included": "optionsShortNever",
	subordinate: "optionsShortSubordinate",
};

export const REFUSED_WORDS: Readonly<Record<Refused, string>> = {
	refused: "uiRefused",
	partly: "optionsRefusedPartly",
	warned: "optionsRefusedWarned",
};

export const REFUSED_SHAPES: Readonly<Record<Refused, StateShape>> = {
	refused: "stopped",
	partly: "stopped",
	warned: "warned",
};

/** Kinds of incidents; another kind is shown without a word for it. */
export const INCIDENT_WORDS: Readonly<Record<string, string>> = {
	compliance: "optionsIncidentCompliance",
	compromise: "optionsIncidentCompromise",
	governance: "optionsIncidentGovernance",
	interception: "optionsIncidentInterception",
	"mis-issuance": "optionsIncidentMisIssuance",
	"orderly-exit": "optionsIncidentExit",
};

/** Who controls an authority; what is not among these is not said. */
export const WHO_WORDS: Readonly<Record<string, string>> = {
	state: "optionsWhoState",
	company: "optionsWhoCompany",
	nonprofit: "optionsWhoNonprofit",
};

/** A day, a month or a year as the catalogue has it (`YYYY-MM-DD`, `YYYY-MM`, `YYYY`), in the person's language. */
export function dayWords(text: string): string {
	const [, year, month, day] = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/.exec(text) ?? [];
	if (year === undefined) return text;
	const time = Date.UTC(Number(year), Number(month ?? 1) - 1, Number(day ?? 1));
	const parts: Intl.DateTimeFormatOptions = day
		? { dateStyle: "long" }
		: month
			? { year: "numeric", month: "long" }
			: { year: "numeric" };
	return new Intl.DateTimeFormat(formats(), { ...parts, timeZone: "UTC" }).format(time);
}

/** "H0IkzshP…": enough to tell keys apart. */
const short = (hash: string): string => `${hash.slice(0, 10)}…`;

/** The first bytes of a fingerprint, in Firefox's writing, however it was written. */
function shortFingerprint(hex: string): string {
	return `${firefoxFingerprint(plainFingerprint(hex) ?? hex).slice(0, 14)}…`;
}

/** One selector in words. */
export function selectorWords(selector: Selector, authorities: Authorities): string {
	if ("authority" in selector) {
		const known = authorities.find(({ id }) => id === selector.authority);
		return t("optionsMatchAuthority", isolate(known?.name ?? selector.authority));
	}
	if ("spki" in selector) return t("optionsMatchSpki", isolate(short(selector.spki)));
	if ("certificate" in selector) return t("optionsMatchCertificate", isolate(shortFingerprint(selector.certificate)));
	if ("organization" in selector) return t("optionsMatchOrganization", isolate(selector.organization));
	if ("country" in selector) return t("optionsMatchCountry", countryName(selector.country));
	if ("root" in selector) return t("optionsMatchRoot");
	if ("overridden" in selector) return t(OVERRIDDEN_WORDS[selector.overridden]);
	return t("optionsMatchUnknown", isolate(selector.unknown));
}

/** A title for a new rule with this selector. */
export function titleFor(selector: Selector, authorities: Authorities): string {
	if ("authority" in selector) {
		return authorities.find(({ id }) => id === selector.authority)?.name ?? selector.authority;
	}
	if ("organization" in selector) return selector.organization;
	if ("country" in selector) return t("optionsTitleCountry", countryName(selector.country));
	if ("spki" in selector) return t("optionsTitleSpki", short(selector.spki));
	if ("certificate" in selector) return t("optionsTitleCertificate", shortFingerprint(selector.certificate));
	return t("root" in selector ? "optionsTitleRoot" : "optionsTitleOverridden");
}

/** How many selectors are spelled out before the rest is counted. */
const SPELLED_OUT = 3;

/** What a rule matches: "the authority CNNIC, the key H0Ikz… and 4 more". */
export function matchWords(selectors: readonly Selector[], authorities: Authorities): string {
	const many = selectors.length > SPELLED_OUT + 1;
	const spelled = (many ? selectors.slice(0, SPELLED_OUT) : selectors).map((each) => selectorWords(each, authorities));
	return list(many ? [...spelled, plural("optionsMore", selectors.length - SPELLED_OUT)] : spelled);
}

function names(entries: readonly string[]): string {
	const many = entries.length > SPELLED_OUT + 1;
	const shown = (many ? entries.slice(0, SPELLED_OUT) : entries).map((entry) =>
		entry === "<local>" ? t("optionsLocalNames") : isolate(entry),
	);
	return list(many ? [...shown, plural("optionsMore", entries.length - SPELLED_OUT)] : shown);
}

/** Names, and how many more there are. */
export function namesAndMore(shown: readonly string[], more: number): string {
	return list([...shown.map(isolate), ...(more > 0 ? [plural("optionsMore", more)] : [])]);
}

/** Where and when a rule does not hold, one sentence each. */
export function limitWords({ sites, acceptFor, issuedAfter, except }: Rule): string[] {
	return [
		sites && t("optionsOnlySites", names(sites)),
		acceptFor && t("optionsAcceptedFor", names(acceptFor)),
		issuedAfter && t("optionsIssuedSince", date(Date.parse(issuedAfter))),
		except && plural("optionsSpared", except.length),
	].filter((words) => typeof words === "string");
}

/** How long an exception lasts. */
export function lastsWords({ lasts, until }: ExceptionView): string {
	if (until !== null) return t("optionsUntil", dateTime(until));
	return t(lasts === "always" ? "optionsLastsAlways" : "optionsLastsSession");
}

const FIELD_WORDS: Readonly<Partial<Record<keyof Rule, string>>> = {
	title: "optionsTitle",
	reason: "optionsReason",
	match: "optionsMatch",
	except: "optionsExcept",
	action: "optionsAction",
	acceptFor: "optionsAcceptFor",
	sites: "optionsSites",
	issuedAfter: "optionsIssuedAfter",
	enabled: "optionsEnabled",
};

/** The fields in which two versions of a rule differ, by their labels. */
export function changedFields(before: Rule, after: Rule): string[] {
	const fields = Object.entries(FIELD_WORDS) as [keyof Rule, string][];
	return fields
		.filter(([field]) => JSON.stringify(before[field]) !== JSON.stringify(after[field]))
		.map(([, words]) => t(words));
}
