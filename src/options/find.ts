/** Finding authorities among hundreds by what their thousands of keys and certificates are called. */
import type { AuthorityDetails, AuthorityStatus } from "../catalogue/details.ts";
import { plainFingerprint } from "../core/key.ts";
import { fold } from "../core/name.ts";

/** An authority with what it is found by, worked out once. */
export interface Entry {
	readonly authority: AuthorityDetails;
	/** In the person's language; null where it is not known. */
	readonly countryName: string | null;
	/** Names of all kinds, as `plain` writes them, one a line. */
	readonly names: string;
	/** Hashes of keys (base64) and certificates (hex), in lower case, one a line, each with a line feed before it. */
	readonly hashes: string;
	/** Place among all authorities by name, and by country and then name, as the person's language orders. */
	readonly byName: number;
	readonly byCountry: number;
}

export type Column = "name" | "country" | "status" | "sites" | "incidents";

export interface Question {
	/** As typed. */
	readonly text: string;
	/** ISO 3166-1 alpha-2; null: any. */
	readonly country: string | null;
	readonly status: AuthorityStatus | null;
	readonly column: Column;
	readonly reversed: boolean;
}

/** Order of the column, and of the choices in the filter. */
export const STATUSES: readonly AuthorityStatus[] = [
	"trusted",
	"constrained",
	"removed",
	"never-included",
	"subordinate",
];

/** Without accents and case: "Türktrust" is found by "turk". */
const plain = (text: string): string => fold(text.normalize("NFKD").replace(/\p{Mark}/gu, ""));

/** Fewer characters than this of a hash would be found in too many. */
const MIN_HASH = 4;

/** What of a hash was typed: a fingerprint or the start of one, with or without colons, or the start of a key. */
function hashStart(text: string): string | null {
	const start = (plainFingerprint(text) ?? text.replace(/[\s:]/g, "")).toLowerCase();
	return start.length >= MIN_HASH && /^[0-9a-z+/=]+$/.test(start) ? start : null;
}

/**
 * Makes the entries. Reads every key and certificate once, so that a search only has to look through text.
 *
 * @param countryName the name of a country by its code
 * @param language a BCP 47 tag, to order names by
 */
export function createEntries(
	authorities: readonly AuthorityDetails[],
	countryName: (code: string) => string,
	language: string,
): readonly Entry[] {
	const order = new Intl.Collator(language, { numeric: true });
	// Authorities' own names are in English, whatever language the person reads: who types "China" finds China’s too.
	const english = new Intl.DisplayNames(["en"], { type: "region" });
	const countries = new Map<string, string>();
	const named = authorities.map((authority) => {
		const code = authority.country;
		if (code !== null && !countries.has(code)) countries.set(code, countryName(code));
		return { authority, countryName: code === null ? null : (countries.get(code) ?? code) };
	});
	const byName = new Map(
		[...named]
			.sort((one, other) => order.compare(one.authority.name, other.authority.name))
			.map(({ authority }, place) => [authority, place]),
	);
	const place = (authority: AuthorityDetails): number => byName.get(authority) ?? 0;
	const byCountry = new Map(
		[...named]
			.sort(
				(one, other) =>
					// Those without a country come last.
					Number(one.countryName === null) - Number(other.countryName === null) ||
					order.compare(one.countryName ?? "", other.countryName ?? "") ||
					place(one.authority) - place(other.authority),
			)
			.map(({ authority }, index) => [authority, index]),
	);
	return named.map(({ authority, countryName: country }) => {
		const certificates = authority.keys.flatMap((key) => key.certificates);
		const inEnglish = authority.country === null ? null : (english.of(authority.country) ?? null);
		const names = new Set([authority.name, authority.legalName, authority.id, country, inEnglish]);
		for (const { name, organization } of certificates) names.add(name).add(organization);
		names.delete(null);
		return {
			authority,
			countryName: country,
			names: plain([...names].join("\u0001")).replaceAll("\u0001", "\n"),
			hashes: [...authority.keys.map(({ spki }) => spki.toLowerCase()), ...certificates.map(({ sha256 }) => sha256)]
				.map((hash) => `\n${hash}`)
				.join(""),
			byName: place(authority),
			byCountry: byCountry.get(authority) ?? 0,
		};
	});
}

/** Whether every word of what was typed is in one of its names, or it is the start of one of its hashes. */
function matcher(text: string): (entry: Entry) => boolean {
	const words = plain(text).split(" ").filter(Boolean);
	if (words.length === 0) return () => true;
	const start = hashStart(text.trim());
	return ({ names, hashes }) =>
		words.every((word) => names.includes(word)) || (start !== null && hashes.includes(`\n${start}`));
}

/**
 * The entries that answer a question, in its order. Where two are alike, and where none is asked for, by name.
 *
 * @param sites how many of the person's sites an authority vouched for
 */
export function findEntries(
	entries: readonly Entry[],
	{ text, country, status, column, reversed }: Question,
	sites: (id: string) => number,
): readonly Entry[] {
	const matches = matcher(text);
	const found = entries.filter(
		(entry) =>
			(country === null || entry.authority.country === country) &&
			(status === null || entry.authority.status === status) &&
			matches(entry),
	);
	// Numbers are read from the largest down.
	const rank: Readonly<Record<Column, (entry: Entry) => number>> = {
		name: ({ byName }) => byName,
		country: ({ byCountry }) => byCountry,
		status: ({ authority }) => STATUSES.indexOf(authority.status),
		sites: ({ authority }) => -sites(authority.id),
		incidents: ({ authority }) => -authority.incidents.length,
	};
	const by = rank[column];
	const sign = reversed ? -1 : 1;
	return found.sort((one, other) => sign * (by(one) - by(other)) || one.byName - other.byName);
}
