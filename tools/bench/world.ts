/**
 * What the benchmark judges, and by what: policies of a stated mix of selectors, and chains as
 * Firefox reports them.
 */
import { createCatalogue } from "../../src/catalogue/rows.ts";
import {
	type Authority,
	type Catalogue,
	MAX_RULES,
	type Policy,
	type Rule,
	type Selector,
} from "../../src/core/policy.ts";
import { sequence } from "./statistics.ts";

const HEX = "0123456789abcdef";
const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Draws the things of this world from one repeatable sequence. */
class Draw {
	readonly #random: () => number;

	constructor(seed: number) {
		this.#random = sequence(seed);
	}

	below(end: number): number {
		return Math.floor(this.#random() * end);
	}

	of<Value>(values: readonly Value[]): Value {
		return values[this.below(values.length)] as Value;
	}

	/** A SHA-256 in plain hex. */
	hash(): string {
		let hash = "";
		for (let at = 0; at < 64; at++) hash += HEX[this.below(16)];
		return hash;
	}

	spki(): string {
		let key = "";
		for (let at = 0; at < 42; at++) key += BASE64[this.below(64)];
		return `${key}A=`;
	}
}

/** Firefox's writing of a fingerprint. */
const written = (hash: string): string => (hash.toUpperCase().match(/../g) ?? []).join(":");

const WORDS = [
	"Trust",
	"Certification",
	"Secure",
	"Société",
	"Nacional",
	"Zertifizierung",
	"認証局",
	"Digital",
	"Verify",
	"Авторитет",
];
const ENDINGS = ["", " Ltd.", ", Inc.", " S.A.", " GmbH", " Co., Ltd."];
/** Countries of authorities, and countries that only rules name. */
const COUNTRIES = ["US", "GB", "NL", "DE", "FR", "JP", "BE", "IE", "ES", "IT", "CH", "TW"];
const OTHER_COUNTRIES = ["KZ", "AE", "BY", "IR", "RU", "TM", "SY", "KP", "MM", "LA"];

const organization = (draw: Draw, number: number): string =>
	`${draw.of(WORDS)} ${draw.of(WORDS)} ${number}${draw.of(ENDINGS)}`;

/** An attribute's value in Firefox's writing. */
const quoted = (value: string): string => (value.includes(",") ? `"${value}"` : value);

/** Two hundred authorities of five keys each. */
export function drawCatalogue(): Catalogue {
	const draw = new Draw(1);
	const authorities = Array.from({ length: 200 }, (_, number): Authority => {
		const name = organization(draw, number);
		const country = draw.of([...COUNTRIES, ...OTHER_COUNTRIES]);
		return {
			id: `authority-${number}`,
			name,
			country,
			keys: Array.from({ length: 5 }, () => draw.spki()),
			names: [`C=${country.toLowerCase()}\nCN=root ${number}\nO=${name.toLowerCase()}`],
			keyIdentifiers: [draw.hash().slice(0, 40)],
		};
	});
	return createCatalogue({ authorities });
}

/** Of ten selectors, in this order. Every kind that there is. */
export const MIX = [
	"spki",
	"organization",
	"spki",
	"authority",
	"certificate",
	"spki",
	"country",
	"root",
	"certificate",
	"overridden",
] as const;

/** What some chains have, so that some decisions find something: named by the first ten selectors. */
const HIT = {
	spki: `${"H".repeat(42)}A=`,
	organization: "Hit Certification, Inc.",
	certificate: HEX.repeat(4),
	country: "KZ",
} as const;

function drawSelector(draw: Draw, kind: (typeof MIX)[number], number: number): Selector {
	switch (kind) {
		case "spki":
			return { spki: number === 0 ? HIT.spki : draw.spki() };
		case "certificate":
			return { certificate: number < MIX.length ? HIT.certificate : draw.hash() };
		case "organization":
			return { organization: number < MIX.length ? HIT.organization : organization(draw, 10_000 + number) };
		case "authority":
			return { authority: `authority-${draw.below(100)}` };
		case "country":
			return { country: number < MIX.length ? HIT.country : draw.of(OTHER_COUNTRIES) };
		case "root":
			return { root: "not-built-in" };
		case "overridden":
			return { overridden: draw.of(["any", "trust", "domain", "time"] as const) };
	}
}

/**
 * A policy of so many selectors, spread over as many rules as a document may have. A third of the
 * rules accept some domains, a fifth are for some sites, a seventh for new certificates, an eleventh
 * spare a key.
 */
export function drawPolicy(selectors: number): Policy {
	const draw = new Draw(2);
	const rules: Rule[] = [];
	const count = Math.min(selectors, MAX_RULES);
	const drawn = Array.from({ length: selectors }, (_, number) =>
		drawSelector(draw, MIX[number % MIX.length] ?? "spki", number),
	);
	for (let number = 0; number < count; number++) {
		rules.push({
			id: `rule-${number}`,
			title: `Rule ${number}`,
			match: drawn.filter((_, at) => at % count === number),
			action: draw.of(["warn", "block", "block", "strict"] as const),
			enabled: true,
			...(number % 3 === 1 && { acceptFor: ["cn", `site-${number}.example`, "10.0.0.0/8"] }),
			...(number % 5 === 2 && { sites: [`site-${number}.example`, `other-${number}.example`] }),
			...(number % 7 === 3 && { issuedAfter: new Date(1.5e12 + number * 1e8).toISOString() }),
			...(number % 11 === 4 && { except: [{ spki: draw.spki() }] }),
		});
	}
	return { version: 1, rules };
}

/** One response, as the guard gets it: the address's host, and `SecurityInfo.certificates`. */
export interface Response {
	readonly host: string;
	readonly certificates: unknown;
}

interface Reported {
	subject: string;
	issuer: string;
	validity: { start: number; end: number };
	fingerprint: { sha1: string; sha256: string };
	serialNumber: string;
	isBuiltInRoot: boolean;
	subjectPublicKeyInfoDigest: { sha256: string };
}

/** What a rule can find in a chain. */
const HITS = ["spki", "organization", "country", "certificate", "root"] as const;

/** Gives a chain what the first rules of every policy name. */
function touch(hit: (typeof HITS)[number], chain: readonly Reported[]): readonly Reported[] {
	const [leaf, ca] = chain;
	const root = chain.at(-1);
	if (!leaf || !ca || !root) return chain;
	switch (hit) {
		case "spki":
			return chain.with(1, { ...ca, subjectPublicKeyInfoDigest: { sha256: HIT.spki } });
		case "organization":
			return chain.with(1, { ...ca, subject: `CN=x,O=${quoted(HIT.organization)},C=US` });
		case "country":
			return chain.with(1, { ...ca, subject: `CN=x,O=x,C=${HIT.country}` });
		case "certificate":
			return chain.with(0, { ...leaf, fingerprint: { ...leaf.fingerprint, sha256: written(HIT.certificate) } });
		case "root":
			return chain.with(-1, { ...root, isBuiltInRoot: false });
	}
}

/** Draws responses. In one of ten there is something that the first rules of every policy name. */
export class Traffic {
	readonly #draw: Draw;
	readonly #ordinary: readonly (readonly Reported[])[];
	/** By what there is to find. */
	readonly #hits: readonly (readonly Reported[])[];

	constructor(seed: number) {
		this.#draw = new Draw(seed);
		const roots = Array.from({ length: 60 }, (_, number) => this.#authority(null, number));
		this.#ordinary = Array.from({ length: 240 }, (_, number) => this.#authorities(this.#draw.of(roots), number));
		this.#hits = HITS.map((hit, number) => {
			const authorities = this.#authorities(this.#draw.of(roots), number);
			return hit === "certificate"
				? authorities
				: touch(hit, [this.#leaf(authorities[0], ""), ...authorities]).slice(1);
		});
	}

	#certificate(subject: string, issuer: string, isBuiltInRoot: boolean): Reported {
		const start = 1.6e12 + this.#draw.below(1e9) * 100;
		return {
			subject,
			issuer,
			validity: { start, end: start + 1e10 },
			fingerprint: { sha1: written(this.#draw.hash().slice(0, 40)), sha256: written(this.#draw.hash()) },
			serialNumber: written(this.#draw.hash().slice(0, 32)),
			isBuiltInRoot,
			subjectPublicKeyInfoDigest: { sha256: this.#draw.spki() },
		};
	}

	#authority(issuer: Reported | null, number: number): Reported {
		const name = organization(this.#draw, 50_000 + number);
		const subject = `CN=${this.#draw.of(WORDS)} CA ${number},OU=See www.example.com/cps,O=${quoted(name)},C=${this.#draw.of(COUNTRIES)}`;
		return this.#certificate(subject, issuer?.subject ?? subject, issuer === null);
	}

	/** What stands above a leaf: an intermediate and a root, one time in four two intermediates. */
	#authorities(root: Reported, number: number): readonly Reported[] {
		const upper = this.#authority(root, number);
		return number % 4 === 0 ? [this.#authority(upper, number), upper, root] : [upper, root];
	}

	#host(): string {
		const kind = this.#draw.below(20);
		if (kind === 0) return [192, 0, 2, this.#draw.below(256)].join(".");
		if (kind === 1) return `[2001:db8::${this.#draw.below(65536).toString(16)}]`;
		const domain = `site-${this.#draw.below(3000)}.${this.#draw.of(["example", "com", "co.uk", "cn", "org"])}`;
		return kind < 12 ? `www.${domain}` : kind < 16 ? `a.cdn.${domain}` : domain;
	}

	#leaf(issuer: Reported | undefined, host: string): Reported {
		return this.#certificate(`CN=${host}`, issuer?.subject ?? "", false);
	}

	/** The kind of hit that is due, as its index: 2 % of each. */
	#due(): number {
		return this.#draw.below(50);
	}

	/** A new leaf under authorities that come again and again. */
	seen(): Response {
		const host = this.#host();
		const due = this.#due();
		const authorities = this.#hits[due] ?? this.#draw.of(this.#ordinary);
		const chain = [this.#leaf(authorities[0], host), ...authorities];
		return { host, certificates: HITS[due] === "certificate" ? touch("certificate", chain) : chain };
	}

	/** A chain in which every certificate is new, the root too. */
	unseen(): Response {
		const host = this.#host();
		const hit = HITS[this.#due()];
		const number = this.#draw.below(1e6);
		const authorities = this.#authorities(this.#authority(null, number), number);
		const chain = [this.#leaf(authorities[0], host), ...authorities];
		return { host, certificates: hit ? touch(hit, chain) : chain };
	}
}
