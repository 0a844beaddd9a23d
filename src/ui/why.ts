/**
 * Why something was stopped, in sentences. Rules 2–4 of warnings.md: who decided and why comes first,
 * nothing is claimed that is not known, and none of the technical words is used.
 */

import { t } from "../browser/i18n.ts";
import type { Unreadable } from "../core/chain.ts";
import { readName } from "../core/name.ts";
import type { Action, Source } from "../core/policy.ts";
import type { CertificateView, Refusal, Sent } from "../protocol.ts";
import { ownWords } from "./builtIn.ts";
import { countryName, list, nameOf } from "./names.ts";
import { type Sentence, say } from "./Text.tsx";

/** What a rule is about, in the person's eyes. */
type Kind =
	/** An authority, however it was named: by key, by organisation, as a catalogue entry. */
	| "authority"
	| "country"
	/** The site's own certificate or key. */
	| "document"
	/** Roots that Firefox does not ship. */
	| "added"
	| "overridden";

const WHO: Readonly<Record<Source, Readonly<Record<Kind, Readonly<Record<Action, string>>>>>> = {
	person: {
		authority: { block: "whoAuthority", strict: "whoAuthorityStrict", warn: "whoAuthorityWarn" },
		country: { block: "whoCountry", strict: "whoCountryStrict", warn: "whoCountryWarn" },
		document: { block: "whoDocument", strict: "whoDocumentStrict", warn: "whoDocumentWarn" },
		added: { block: "whoAdded", strict: "whoAdded", warn: "whoAddedWarn" },
		overridden: { block: "whoOverridden", strict: "whoOverriddenStrict", warn: "whoOverriddenWarn" },
	},
	admin: {
		authority: { block: "whoAdminAuthority", strict: "whoAdminAuthority", warn: "whoAdminAuthorityWarn" },
		country: { block: "whoAdminCountry", strict: "whoAdminCountry", warn: "whoAdminCountryWarn" },
		document: { block: "whoAdminDocument", strict: "whoAdminDocument", warn: "whoAdminDocumentWarn" },
		added: { block: "whoAdminAdded", strict: "whoAdminAdded", warn: "whoAdminAddedWarn" },
		overridden: {
			block: "whoAdminOverridden",
			strict: "whoAdminOverridden",
			warn: "whoAdminOverriddenWarn",
		},
	},
	// A list's strict acts as block.
	list: {
		authority: { block: "whoListAuthority", strict: "whoListAuthority", warn: "whoListAuthorityWarn" },
		country: { block: "whoListCountry", strict: "whoListCountry", warn: "whoListCountryWarn" },
		document: { block: "whoListDocument", strict: "whoListDocument", warn: "whoListDocumentWarn" },
		added: { block: "whoListAdded", strict: "whoListAdded", warn: "whoListAddedWarn" },
		overridden: { block: "whoListOverridden", strict: "whoListOverridden", warn: "whoListOverriddenWarn" },
	},
};

function kindOf({ selector, chain, overridden, position }: Refusal): Kind {
	if (selector === null) return "authority";
	if ("overridden" in selector) return "overridden";
	if ("root" in selector) return "added";
	if ("country" in selector) return "country";
	const found = chain[position];
	// A leaf found by its own key or fingerprint. (A clicked-through leaf is all there is of its
	// chain, and can also have been found by who it says signed it.)
	const own =
		("spki" in selector && found?.spki === selector.spki) ||
		("certificate" in selector && sameFingerprint(found, selector.certificate));
	return position === 0 && (own || overridden.length === 0) ? "document" : "authority";
}

const sameFingerprint = (certificate: CertificateView | undefined, plain: string): boolean =>
	certificate?.sha256.replaceAll(":", "").toLowerCase() === plain;

/** For headlines: without what the catalogue adds in brackets, "Sectigo (formerly Comodo)". */
const short = (name: string): string => name.replace(/(?<=\S)\s*\([^()]*\)$/, "");

/** Name of the authority that was found; of a clicked-through leaf, of who it says signed it. */
export function foundName({ chain, position, overridden, rule, host }: Refusal): string {
	const found = chain[position];
	if (found === undefined) return rule === null ? host : ownWords(rule.title);
	if (overridden.length === 0) return short(nameOf(found));
	const { organization, commonName } = readName(found.issuer);
	return organization ?? commonName ?? (rule === null ? t("uiNameless") : ownWords(rule.title));
}

const MOST_OF_TITLE = 30;

/** For headlines: a list's title up to some 30 characters. All of it stands inside Advanced. */
function shortTitle(title: string): string {
	const characters = Array.from(title);
	return characters.length <= MOST_OF_TITLE ? title : `${characters.slice(0, MOST_OF_TITLE).join("").trim()}…`;
}

/** Who decided: the first sentence. */
export function whoDecided(refusal: Refusal): Sentence {
	const { rule, selector, chain, position } = refusal;
	if (refusal.outcome === "unanswered") return say("whoUnanswered");
	if (rule === null) return say("whoUnverifiable");
	const kind = kindOf(refusal);
	const key = WHO[rule.source][kind][rule.action];
	const lists = rule.list ? [shortTitle(rule.list.title)] : [];
	if (kind === "authority") return say(key, ...lists, foundName(refusal));
	if (kind === "country") {
		const code = selector !== null && "country" in selector ? selector.country : chain[position]?.country;
		return say(key, ...lists, countryName(code ?? ""));
	}
	return say(key, ...lists);
}

const UNREADABLE: Readonly<Record<Unreadable, string>> = {
	"no-information": "whyUnverifiable",
	"no-chain": "whyUnverifiable",
	"missing-field": "whyUnverifiableDocument",
	"too-long": "whyUnverifiableDocument",
	timeout: "whyUnverifiableTime",
	failed: "whyUnverifiable",
};

/** What was found: the second sentence. */
export function whatWasFound(refusal: Refusal): Sentence {
	const { rule, chain, position, overridden, unreadable, host } = refusal;
	if (refusal.outcome === "unanswered") return say("whyUnanswered", host);
	if (rule === null) return say(UNREADABLE[unreadable ?? "no-information"], host);
	const kind = kindOf(refusal);
	const name = foundName(refusal);
	if (kind === "overridden") {
		// Several errors at once: the one that says most comes first.
		if (overridden.includes("trust")) return say("whyOverriddenTrust", host);
		if (overridden.includes("domain")) return say("whyOverriddenDomain", host);
		return say("whyOverriddenTime", host);
	}
	if (kind === "document") return say("whyDocument", host);
	if (overridden.length > 0) return say("whyOverriddenNamed", host, name);
	if (kind === "added") return say("whyAdded", host, name);

	const found = chain[position];
	const lower = chain[1];
	const anchor = chain[chain.length - 1];
	if (found !== undefined && lower !== undefined && position > 1) {
		const lowerName = short(nameOf(lower));
		if (lowerName !== name) return say("whyThroughOther", host, lowerName, name);
	}
	if (found !== undefined && anchor !== undefined && position < chain.length - 1) {
		const anchorName = short(nameOf(anchor));
		if (anchorName !== name) return say("whyCrossSigned", host, name, anchorName);
	}
	return say("whyOnlyThrough", host, name);
}

/** What could happen: concrete nouns, and no claim that it does. */
export function whatCouldHappen(refusal: Refusal): Sentence {
	if (refusal.outcome === "unanswered") return say("couldUnanswered");
	if (refusal.rule === null) return say("couldMayNotBe");
	const kind = kindOf(refusal);
	if (kind === "overridden" || refusal.overridden.length > 0) return say("couldMayNotBe");
	if (kind === "document") return say("couldDocument");
	if (kind === "added") return say("couldAdded");
	return whatWasFound(refusal).key === "whyOnlyThrough"
		? say("couldAuthority")
		: say("couldAuthorityNamed", foundName(refusal));
}

/** What had already left before it could be judged. */
export function whatWasSent(sent: Sent | null): readonly Sentence[] {
	if (sent === null) return [say("sentUnknown")];
	const { cookies, authorization, body } = sent;
	const things = [
		// A sign-in in a header says all that cookies would.
		authorization === true && t("sentAuthorization"),
		authorization !== true && cookies === true && t("sentCookies"),
		authorization !== true && cookies === null && t("sentPerhapsCookies"),
		body && t("sentBody"),
	].filter((thing) => thing !== false);
	if (things.length === 0) return [say("sentNothing")];
	const sentence = say("sentThings", list([t("sentAddress"), ...things]));
	if (body) return [sentence, say("sentChangePassword")];
	return authorization === true ? [sentence, say("sentChangeSignIn")] : [sentence];
}
