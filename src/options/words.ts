/** Rules in words: what they match, what they do, where they hold. */
import { plural, t } from "../browser/i18n.ts";
import { firefoxFingerprint, plainFingerprint } from "../core/key.ts";
import type { Action, Rule, Selector } from "../core/policy.ts";
import type { ExceptionView, OptionsView } from "../protocol.ts";
import { countryName, date, dateTime, list } from "../ui/names.ts";
import type { StateShape } from "../ui/shapes.ts";
import type { Kind } from "./draft.ts";

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

/** Keeps a name from turning the direction of the sentence it stands in (Unicode UAX #9: FSI, PDI). */
export const isolate = (text: string): string => `\u2068${text}\u2069`;

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
