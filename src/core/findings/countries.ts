/**
 * Which country a site's top-level domain is of. Those of two letters are ISO 3166-1 codes, the United Kingdom's aside
 * (RFC 1591 section 2, IANA's root zone database).
 */
import type { Host } from "../host.ts";

/** Two letters, and no country of ISO 3166-1: the European Union, the Soviet Union, Ascension Island. */
const NO_COUNTRY = "ac eu su";

/**
 * Sold to everybody, so that they say nothing of a country. Source: Google's list of what it treats so
 * (developers.google.com/search/docs/specialty/international/managing-multi-regional-sites, November 2026).
 */
const FOR_EVERYBODY = "ad ai as bz cc cd co dj fm io la me ms nu sc sr su tv tk ws";

const QUIET: ReadonlySet<string> = new Set(`${NO_COUNTRY} ${FOR_EVERYBODY}`.split(" "));

/** Those in other scripts of the countries that have the most sites in them (IANA's root zone database). */
const OTHER_SCRIPTS: Readonly<Record<string, string>> = {
	"xn--p1ai": "RU",
	"xn--fiqs8s": "CN",
	"xn--fiqz9s": "CN",
	"xn--kpry57d": "TW",
	"xn--kprw13d": "TW",
	"xn--j6w193g": "HK",
	"xn--3e0b707e": "KR",
	"xn--mgba3a4f16a": "IR",
	"xn--mgberp4a5d4ar": "SA",
	"xn--mgbaam7a8h": "AE",
	"xn--wgbh1c": "EG",
	"xn--h2brj9c": "IN",
	"xn--j1amh": "UA",
	"xn--90ais": "BY",
	"xn--80ao21a": "KZ",
};

/** The top-level domain and its country's code (ISO 3166-1 alpha-2); null where it has none, or says nothing. */
export function countryOf(host: Host): { readonly domain: string; readonly country: string } | null {
	if (host.kind === "address") return null;
	const dot = host.name.lastIndexOf(".");
	if (dot < 0) return null;
	const domain = host.name.slice(dot + 1);
	const other = OTHER_SCRIPTS[domain];
	if (other !== undefined) return { domain, country: other };
	if (!/^[a-z]{2}$/.test(domain) || QUIET.has(domain)) return null;
	return { domain, country: domain === "uk" ? "GB" : domain.toUpperCase() };
}
