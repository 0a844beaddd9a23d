/** What people call a certificate, and where it comes from. */

import { formats, language, t } from "../browser/i18n.ts";
import { fold, knownAs } from "../core/name.ts";
import type { CertificateView } from "../protocol.ts";

/** The name people know a certificate's holder by; words for one that has none. */
export function nameOf(certificate: CertificateView): string {
	return knownAs(certificate) ?? t("uiNameless");
}

/** "The Go Daddy Group" as "thegodaddygroup": one word to look for. */
const squashed = (text: string): string => fold(text).replace(/[^\p{Letter}\p{Number}]/gu, "");

/** "Internet Security Research Group" as "isrg". */
const initials = (text: string): string =>
	Array.from(fold(text).matchAll(/[\p{Letter}\p{Number}']+/gu), ([word]) => word.charAt(0)).join("");

/** Words that say nothing about whose name it is. */
const COMMON = new Set(
	(
		"and authority ca certificate certification company corp corporation digital gmbh group holdings inc international " +
		"limited llc ltd network networks online pki public root secure security services signature solutions systems " +
		"technologies technology the trust trusted"
	).split(" "),
);

/** Words that tell whose name it is. */
const telling = (text: string): string[] =>
	Array.from(fold(text).matchAll(/[\p{Letter}\p{Number}]{3,}/gu), ([word]) => word).filter((word) => !COMMON.has(word));

/**
 * The organisation that a certificate names, where it is somebody else than who owns its key: a "Starfield" root
 * that is Amazon's. Null where both may be the same in other words, where no owner is known, or none is named.
 */
export function otherPapers({ authority, organization, commonName }: CertificateView): string | null {
	if (authority === null || organization === null) return null;
	const owner = squashed(authority.name);
	const papers = squashed(`${organization} ${commonName ?? ""}`);
	const short = initials(organization);
	const isSame =
		papers.includes(owner) ||
		owner.includes(squashed(organization)) ||
		telling(organization).some((word) => owner.includes(word)) ||
		telling(authority.name).some((word) => papers.includes(word)) ||
		(short.length >= 3 && owner.includes(short));
	return isSame ? null : organization;
}

/** A country's name in the person's language. A code that is none is shown as it stands. */
export function countryName(code: string): string {
	try {
		return new Intl.DisplayNames([language()], { type: "region" }).of(code) ?? code;
	} catch {
		return code;
	}
}

/** "DigiCert (United States)", or the bare name where the country is not known. */
export function nameAndCountry(certificate: CertificateView): string {
	return nameWithCountry(nameOf(certificate), certificate.country);
}

/** "DigiCert (United States)", of a name and the code of a country or null. */
export function nameWithCountry(name: string, country: string | null): string {
	return country === null ? name : t("uiNameCountry", name, countryName(country));
}

/** The host, with its port where that is not the usual one: what a way through is bound to. */
export function hostAndPort(host: string, port: number | null): string {
	return port === null || port === 443 ? host : `${host}:${port}`;
}

/** "3 March 2026, 14:05", as the person's language writes it. */
export function dateTime(time: number): string {
	return new Intl.DateTimeFormat(formats(), { dateStyle: "long", timeStyle: "short" }).format(time);
}

/** "14:05:30", to the second only where `seconds` asks for it; with the day in front where that is not today's. */
export function timeOfDay(time: number, now: number, seconds = false): string {
	const isToday = new Date(time).toDateString() === new Date(now).toDateString();
	const timeStyle = seconds ? "medium" : "short";
	return new Intl.DateTimeFormat(formats(), isToday ? { timeStyle } : { dateStyle: "long", timeStyle }).format(time);
}

/** "3 March 2026". */
export function date(time: number): string {
	return new Intl.DateTimeFormat(formats(), { dateStyle: "long" }).format(time);
}

/** "the address, cookies and what you typed", as the person's language joins. */
export function list(items: readonly string[]): string {
	return new Intl.ListFormat(language(), { type: "conjunction" }).format(items);
}
