/**
 * What of a policy another program can be told: keys and certificates, always and for every site. What a rule says
 * beyond that is set out by name, so that nobody takes for carried what is not.
 */
import { fold } from "../../src/core/name.ts";
import type { Catalogue, Policy, Rule, Selector } from "../../src/core/policy.ts";
import type { Known, KnownKey } from "./known.ts";

/** Why a rule cannot be carried as it is: other programs refuse a key everywhere and at all times, or not at all. */
export type Limit = "warn" | "sites" | "acceptFor" | "issuedAfter" | "except" | "oneCertificate";

/** What a rule refuses: a key with all certificates of it that are known, or some of its certificates only. */
export interface Refused {
	readonly spki: string;
	/** Id of the key's owner in the catalogue. */
	readonly authority: string | null;
	/** Those that the rules find. Empty: nothing but the key's hash is known. */
	readonly certificates: readonly Known[];
	/** Any certificate of this key with its bytes, whether a rule names it or not. */
	readonly bearer: Known | null;
	/** All that is known of the key is meant, and what is made for it later too. */
	readonly byKey: boolean;
	/** Ids of the rules that refuse it. */
	readonly rules: ReadonlySet<string>;
}

/** A rule that is left out, or was carried wider than it is written. */
export interface Limited {
	readonly rule: Rule;
	readonly limits: readonly Limit[];
}

/** A selector that says what no other program can be told, or that finds nothing which is known today. */
export interface Lost {
	readonly rule: Rule;
	readonly selector: Selector;
	/** `nothing`: no key that is known today is found by it. */
	readonly why: "overridden" | "root" | "unknown" | "nothing";
}

export interface Plan {
	/** By key. */
	readonly refused: ReadonlyMap<string, Refused>;
	readonly leftOut: readonly Limited[];
	readonly widened: readonly Limited[];
	readonly lost: readonly Lost[];
	/** Rules that name a country or an organisation: what is carried are the keys known today. */
	readonly expanded: readonly Rule[];
	/** Rules that are switched on. */
	readonly refusing: readonly Rule[];
}

export interface PlanOptions {
	/** Ids of rules that are to be carried without their limits; "all" for every rule. */
	readonly widen: ReadonlySet<string> | "all";
	/** The program refuses by key: of a rule about one certificate it would refuse the key's others too. */
	readonly byKey: boolean;
}

/** Certificates by what selectors look for. */
class Index {
	readonly #keys: ReadonlyMap<string, KnownKey>;
	readonly #catalogue: Catalogue;
	readonly #byHash = new Map<string, Known[]>();
	readonly #byOrganization = new Map<string, Known[]>();
	readonly #byCountry = new Map<string, Known[]>();

	constructor(keys: ReadonlyMap<string, KnownKey>, catalogue: Catalogue) {
		this.#keys = keys;
		this.#catalogue = catalogue;
		const add = (to: Map<string, Known[]>, name: string, certificate: Known) => {
			const there = to.get(name);
			if (there) there.push(certificate);
			else to.set(name, [certificate]);
		};
		for (const { certificates } of keys.values()) {
			for (const certificate of certificates) {
				const { sha256, organization, country } = certificate;
				add(this.#byHash, sha256, certificate);
				if (organization !== null) add(this.#byOrganization, fold(organization), certificate);
				if (country !== null) add(this.#byCountry, fold(country).toUpperCase(), certificate);
			}
		}
	}

	/** What a selector finds, by key. Null: it is of a kind that finds no certificate. */
	find(selector: Selector): ReadonlyMap<string, Hit> | null {
		if ("spki" in selector) return this.#whole([selector.spki]);
		if ("authority" in selector) return this.#whole(this.#catalogue.byId(selector.authority)?.keys ?? []);
		if ("certificate" in selector) return named(this.#byHash.get(selector.certificate));
		if ("organization" in selector) return named(this.#byOrganization.get(fold(selector.organization)));
		if (!("country" in selector)) return null;
		// A key counts for the country of its owner, a certificate for the one that it names.
		const owned = this.#catalogue.authorities.filter(({ country }) => country === selector.country);
		return new Map([
			...named(this.#byCountry.get(selector.country)),
			...this.#whole(owned.flatMap(({ keys }) => keys)),
		]);
	}

	#whole(spkis: readonly string[]): Map<string, Hit> {
		return new Map(
			spkis.map((spki) => [spki, { byKey: true, certificates: this.#keys.get(spki)?.certificates ?? [] }]),
		);
	}
}

/** What a selector finds of one key. */
interface Hit {
	/** All certificates of the key, those too that nobody knows yet. */
	readonly byKey: boolean;
	readonly certificates: readonly Known[];
}

function named(certificates: readonly Known[] = []): Map<string, Hit> {
	const found = new Map<string, Hit & { certificates: Known[] }>();
	for (const certificate of certificates) {
		const there = found.get(certificate.spki);
		if (there) there.certificates.push(certificate);
		else found.set(certificate.spki, { byKey: false, certificates: [certificate] });
	}
	return found;
}

function limitsOf(rule: Rule): Limit[] {
	const limits: Limit[] = [];
	if (rule.action === "warn") limits.push("warn");
	if (rule.sites) limits.push("sites");
	if (rule.acceptFor) limits.push("acceptFor");
	if (rule.issuedAfter !== undefined) limits.push("issuedAfter");
	if (rule.except) limits.push("except");
	return limits;
}

/** Works out what of a policy can be carried. Rules that are switched off are as if they were not there. */
export function plan(
	policy: Policy,
	keys: ReadonlyMap<string, KnownKey>,
	catalogue: Catalogue,
	{ widen, byKey }: PlanOptions,
): Plan {
	const refused = new Map<string, Refused & { certificates: Known[]; rules: Set<string> }>();
	const leftOut: Limited[] = [];
	const widened: Limited[] = [];
	const lost: Lost[] = [];
	const expanded: Rule[] = [];

	const refuse = (rule: Rule, wholeKey: boolean, spki: string, certificates: readonly Known[]) => {
		const key = keys.get(spki);
		const before = refused.get(spki);
		const all = new Map([...(before?.certificates ?? []), ...certificates].map((one) => [one.sha256, one]));
		refused.set(spki, {
			spki,
			authority: key?.authority ?? null,
			certificates: [...all.values()],
			bearer: key?.certificates.find(({ der }) => der !== null) ?? null,
			byKey: wholeKey || (before?.byKey ?? false),
			rules: new Set([...(before?.rules ?? []), rule.id]),
		});
	};

	const index = new Index(keys, catalogue);
	const refusing = policy.rules.filter(({ enabled }) => enabled);
	for (const rule of refusing) {
		const isWide = widen === "all" || widen.has(rule.id);
		const limits = limitsOf(rule);
		let carried = false;
		let alone = false;
		for (const selector of rule.match) {
			const found = index.find(selector);
			if (found === null) {
				const why = "overridden" in selector ? "overridden" : "root" in selector ? "root" : "unknown";
				lost.push({ rule, selector, why });
				continue;
			}
			if (found.size === 0) {
				lost.push({ rule, selector, why: "nothing" });
				continue;
			}
			carried = true;
			if (limits.length > 0 && !isWide) continue;
			for (const [spki, { byKey: wholeKey, certificates }] of found) {
				const others = (keys.get(spki)?.certificates.length ?? 0) - certificates.length;
				if (byKey && "certificate" in selector && others > 0) {
					alone = true;
					if (!isWide) continue;
				}
				refuse(rule, wholeKey, spki, certificates);
			}
		}
		const all: Limit[] = alone ? [...limits, "oneCertificate"] : limits;
		if (carried && all.length > 0) (isWide ? widened : leftOut).push({ rule, limits: all });
		const isExpanded = rule.match.some((selector) => "country" in selector || "organization" in selector);
		if (carried && isExpanded && (limits.length === 0 || isWide)) expanded.push(rule);
	}
	return { refused, leftOut, widened, lost, expanded, refusing };
}
