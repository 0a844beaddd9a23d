/** What the catalogue knows that a document can be held against. */
import leven from "leven";
import { catalogue } from "../../src/catalogue/index.ts";
import { loadDetails } from "../../src/catalogue/load.ts";
import { fold } from "../../src/core/name.ts";
import type { Catalogue } from "../../src/core/policy.ts";

/** A certificate of an authority. */
export interface KnownCertificate {
	/** Its key's hash, base64. */
	readonly spki: string;
	/** What it is called: its own name, else its authority's. */
	readonly name: string;
	/** Milliseconds since 1970, or null where it is not known. */
	readonly notAfter: number | null;
}

export interface Known {
	readonly catalogue: Catalogue;
	/** By SHA-256 in lower-case hex. */
	readonly certificates: ReadonlyMap<string, KnownCertificate>;
	/** Every `O=` of a known certificate and every name of an authority: as written, by its folded form. */
	readonly organizations: ReadonlyMap<string, string>;
}

/** Puts together what is known; rejects only where a file of the program is missing. */
export async function loadKnown(): Promise<Known> {
	const certificates = new Map<string, KnownCertificate>();
	const organizations = new Map<string, string>();
	const name = (organization: string | null) => {
		if (organization !== null) organizations.set(fold(organization), organization);
	};
	for (const authority of await loadDetails()) {
		for (const { spki, certificates: all } of authority.keys) {
			for (const certificate of all) {
				name(certificate.organization);
				certificates.set(certificate.sha256, {
					spki,
					name: certificate.name ?? authority.name,
					notAfter: certificate.notAfter === null ? null : Date.parse(certificate.notAfter),
				});
			}
		}
	}
	return { catalogue, certificates, organizations };
}

const MAX_SUGGESTIONS = 3;

/** Those of some words that one was probably meant to be: at most three, nearest first. */
export function nearest(word: string, words: Iterable<string>): string[] {
	const wanted = fold(word);
	const most = Math.max(1, Math.floor(wanted.length / 3));
	return [...new Set(words)]
		.map((one) => ({ one, distance: leven(wanted, fold(one), { maxDistance: most + 1 }) }))
		.filter(({ distance }) => distance <= most)
		.sort((a, b) => a.distance - b.distance)
		.slice(0, MAX_SUGGESTIONS)
		.map(({ one }) => one);
}

/** Whether one text begins with, ends with or holds another as whole words. */
const holdsWords = (text: string, words: string): boolean => ` ${text.replace(/[.,]/g, "")} `.includes(` ${words} `);

/** The organisations that a name was probably meant to be: those spelt almost so, then those whose name holds it. */
export function nearestOrganizations(name: string, { organizations }: Known): string[] {
	const wanted = fold(name).replace(/[.,]/g, "");
	const near = nearest(name, organizations.values());
	const holding = [...organizations]
		.filter(([folded]) => wanted.length > 2 && holdsWords(folded, wanted))
		.map(([, written]) => written)
		.sort((a, b) => a.length - b.length);
	// Of several that differ by their punctuation, the first: an error says enough with one.
	const bare = new Map([...near, ...holding].toReversed().map((one) => [fold(one).replace(/[.,]/g, ""), one]));
	return [...bare.values()].toReversed().slice(0, MAX_SUGGESTIONS);
}

/** The authorities that an id was probably meant for, as `id (name)`: by its spelling, then by their names. */
export function nearestAuthorities(id: string, { catalogue: { authorities } }: Known): string[] {
	const byId = nearest(
		id,
		authorities.map((authority) => authority.id),
	);
	const words = fold(id.replaceAll("-", " ")).trim();
	const byName = authorities
		.filter((one) => words.length > 2 && (holdsWords(fold(one.name), words) || `-${one.id}-`.includes(`-${fold(id)}-`)))
		.map((one) => one.id);
	return [...new Set([...byId, ...byName])].slice(0, MAX_SUGGESTIONS);
}

const names = new Intl.DisplayNames(["en"], { type: "region", fallback: "none" });
/** Codes that CLDR has for tests and for "unknown". */
const NO_COUNTRY = new Set(["ZZ", "XA", "XB", "QO"]);

/**
 * What to think of a country's code: null where it is one, or some known authority says it of itself; else the code
 * that was probably meant, or "" where none is near.
 */
export function countryProblem(code: string, known: Known): string | null {
	let problem = problems.get(code);
	if (problem === undefined) {
		problem = findProblem(code, known);
		problems.set(code, problem);
	}
	return problem;
}

/** What was found of a code before: documents name few countries, and often. */
const problems = new Map<string, string | null>();

function findProblem(code: string, { catalogue: { authorities } }: Known): string | null {
	const meant = new Intl.Locale(`und-${code}`).region ?? code;
	if (meant === code && names.of(code) !== undefined && !NO_COUNTRY.has(code)) return null;
	const written = `C=${code.toLowerCase()}`;
	const isSaid = (one: (typeof authorities)[number]) =>
		one.country === code || one.names.some((name) => name.split("\n").includes(written));
	if (authorities.some(isSaid)) return null;
	return meant === code ? "" : meant;
}
