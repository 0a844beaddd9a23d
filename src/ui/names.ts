/** What people call a certificate, and where it comes from. */

import { formats, language, t } from "../browser/i18n.ts";
import { knownAs } from "../core/name.ts";
import type { CertificateView } from "../protocol.ts";

/** The name people know a certificate's holder by; words for one that has none. */
export function nameOf(certificate: CertificateView): string {
	return knownAs(certificate) ?? t("uiNameless");
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

/** Makes what follows it right to left, whatever its first letters are (Unicode UAX #9: RLM). */
const RIGHT_TO_LEFT = "\u200f";

/**
 * "DigiCert (United States)", of a name and the code of a country or null. Its direction is that of the words: by its first
 * letters a Latin name would take the country behind it to its own right, and apart at the end of a line.
 */
export function nameWithCountry(name: string, country: string | null): string {
	if (country === null) return name;
	if (t("direction") !== "rtl") return t("uiNameCountry", name, countryName(country));
	return `${RIGHT_TO_LEFT}${t("uiNameCountry", isolate(name), countryName(country))}`;
}

/** Keeps a name from turning the direction of the sentence it stands in (Unicode UAX #9: FSI, PDI). */
export const isolate = (text: string): string => `\u2068${text}\u2069`;

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
	const isToday = isSameDay(time, now);
	const timeStyle = seconds ? "medium" : "short";
	return new Intl.DateTimeFormat(formats(), isToday ? { timeStyle } : { dateStyle: "long", timeStyle }).format(time);
}

/** "3 March 2026". */
export function date(time: number): string {
	return new Intl.DateTimeFormat(formats(), { dateStyle: "long" }).format(time);
}

/** Whether two times are of one day here. */
export const isSameDay = (one: number, other: number): boolean =>
	new Date(one).toDateString() === new Date(other).toDateString();

/** "3 March", with the year where that is not `now`'s. */
export function day(time: number, now: number): string {
	const isThisYear = new Date(time).getFullYear() === new Date(now).getFullYear();
	return isThisYear ? new Intl.DateTimeFormat(formats(), { day: "numeric", month: "long" }).format(time) : date(time);
}

/** "the address, cookies and what you typed", as the person's language joins. */
export function list(items: readonly string[]): string {
	return new Intl.ListFormat(language(), { type: "conjunction" }).format(items);
}
