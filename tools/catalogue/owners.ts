/**
 * Whose key is whose. A key that authorities.jsonl names belongs to whom it says; the rule for all others is in
 * docs/data.md. A subject says who a certificate was made for, so it is asked last, and never where several share it.
 */
import { createHash } from "node:crypto";
import { fold } from "../../src/core/name.ts";
import { byCodeUnit, type Inputs, type Known, type KnownAuthority } from "./inputs.ts";

export type How = "key" | "organization" | "roots" | "table" | "subordinate";

export interface Owner {
	readonly id: string;
	readonly name: string;
	readonly country: string | null;
	/** Null: known only by the names in certificates. */
	readonly facts: KnownAuthority | null;
	/** By key; a key may have no certificate at hand. */
	readonly keys: ReadonlyMap<string, readonly Known[]>;
}

export interface Ownership {
	/** By id. */
	readonly owners: readonly Owner[];
	/** By key. */
	readonly how: ReadonlyMap<string, How>;
	/** Keys of which nothing but hashes is known. */
	readonly unowned: readonly string[];
}

/** The form in which organisations are compared: no case, no punctuation. */
export const organizationKey = (text: string): string =>
	fold(text)
		.replace(/[^\p{L}\p{N}]+/gu, " ")
		.trim();

/**
 * Names that stand in the first sentence of the block page, where the input's hold a word that warnings do not use
 * ("root", "CA") or two names where people use one.
 */
const NAMES: Readonly<Record<string, string>> = {
	bjca: "BJCA (Beijing)",
	"isrg-lets-encrypt": "Let's Encrypt",
	grca: "Taiwan's government authority (GRCA)",
	kazakhstan: "Kazakhstan's state interception authority",
	"russia-trusted-root": "Russia's state authority",
	sectigo: "Sectigo (formerly Comodo)",
	"shanghai-ca-unitrust": "UniTrust (SHECA, Shanghai)",
	twca: "TWCA (Taiwan)",
	visa: "Visa eCommerce",
};

/** Who a certificate says it was made for: its organisation, or its name where it has none. */
const holderOf = ({ organization, name }: Known): string | null => organization ?? name;

/** A country as ISO 3166-1 has it; what certificates hold beside these ("WW", "EU") is none. */
const countryOf = (text: string | null): string | null => {
	const country = text?.toUpperCase() ?? "";
	return /^[A-Z]{2}$/.test(country) && country !== "WW" && country !== "EU" ? country : null;
};

/** What people could type: letters and digits of the name, or a hash of it where it has too few. */
function slugOf(organization: string): string {
	const slug = organization
		.normalize("NFKD")
		.replace(/\p{M}/gu, "")
		.toLowerCase()
		.replace(/[^a-z0-9]+/g, "-")
		.replace(/^-|-$/g, "")
		.slice(0, 48)
		.replace(/-$/, "");
	const foreign = /[^\p{Script=Latin}\p{N}\p{P}\p{Z}\p{S}\p{M}]/u.test(organization);
	if (slug.length >= 2 && !foreign) return slug;
	return `organization-${createHash("sha256").update(organizationKey(organization)).digest("hex").slice(0, 12)}`;
}

/** Groups by a key, in order. */
function grouped<Key, Value>(values: readonly Value[], keyOf: (value: Value) => Key | null): Map<Key, Value[]> {
	const groups = new Map<Key, Value[]>();
	for (const value of values) {
		const key = keyOf(value);
		if (key === null) continue;
		const group = groups.get(key);
		if (group) group.push(value);
		else groups.set(key, [value]);
	}
	return groups;
}

/** The one thing that all say, or null. */
function agreed<Value>(values: Iterable<Value | null>): Value | null {
	const said = new Set([...values].filter((value) => value !== null));
	return said.size === 1 ? ([...said][0] ?? null) : null;
}

/** Works out who owns each key. Throws when two entries claim one key, or when a table says what certificates do not. */
export function ownersOf({ authorities, organizations, certificates }: Inputs): Ownership {
	const owner = new Map<string, string>();
	const how = new Map<string, How>();
	for (const { id, spki } of authorities) {
		for (const key of spki) {
			if (owner.has(key)) throw new Error(`authorities.jsonl: ${owner.get(key)} and ${id} both claim ${key}`);
			owner.set(key, id);
			how.set(key, "key");
		}
	}
	const keyOfRoot = new Map(certificates.map(({ sha256, spki }) => [sha256, spki]));
	const rootOwners = ({ roots }: Known): string[] => roots.map((root) => owner.get(keyOfRoot.get(root) ?? "") ?? "");

	// Organisations that known keys and names give, by those who use them.
	const users = new Map<string, Set<string>>();
	const uses = (organization: string | null, id: string | undefined): void => {
		if (!organization || !id) return;
		const key = organizationKey(organization);
		users.set(key, (users.get(key) ?? new Set()).add(id));
	};
	for (const { organization, spki } of certificates) uses(organization, owner.get(spki));
	for (const { id, name, legalName } of authorities) {
		uses(name, id);
		uses(legalName?.replace(/\(.*\)/, "") ?? null, id);
	}
	const byOrganization = grouped(certificates, ({ organization }) =>
		organization ? organizationKey(organization) : null,
	);
	const table = new Map<string, string>();
	for (const { organization, authority } of organizations) {
		const key = organizationKey(organization);
		const certified = byOrganization.get(key) ?? [];
		const wrong = certified.find((one) => one.roots.length > 0 && !rootOwners(one).includes(authority));
		if (certified.length === 0 || wrong) throw new Error(`organizations.jsonl: ${organization} is not ${authority}'s`);
		if (!authorities.some(({ id }) => id === authority)) throw new Error(`organizations.jsonl: no entry ${authority}`);
		table.set(key, authority);
	}

	const newcomers = new Map<string, string>();
	const unowned: string[] = [];
	for (const [spki, group] of [...grouped(certificates, ({ spki }) => spki)].sort(([a], [b]) => byCodeUnit(a, b))) {
		if (owner.has(spki)) continue;
		// Of a key with several subjects the oldest counts: later ones are what became of it.
		const named = group.filter((one) => holderOf(one) !== null).sort((a, b) => (a.notBefore ?? 0) - (b.notBefore ?? 0));
		const [first] = named;
		if (!first) {
			unowned.push(spki);
			continue;
		}
		const key = organizationKey(holderOf(first) ?? "");
		const candidates = first.organization ? users.get(key) : undefined;
		const only = candidates?.size === 1 ? agreed(candidates) : null;
		const agreeing = candidates && candidates.size > 1 ? agreed(named.flatMap(rootOwners)) : null;
		const [id, reason]: [string | null, How] = only
			? [only, "organization"]
			: agreeing && candidates?.has(agreeing)
				? [agreeing, "roots"]
				: table.has(key)
					? [table.get(key) ?? null, "table"]
					: [null, "subordinate"];
		how.set(spki, reason);
		if (id) owner.set(spki, id);
		else newcomers.set(spki, key);
	}
	return { owners: collect(authorities, certificates, owner, newcomers), how, unowned };
}

function collect(
	authorities: readonly KnownAuthority[],
	certificates: readonly Known[],
	owner: ReadonlyMap<string, string>,
	newcomers: ReadonlyMap<string, string>,
): Owner[] {
	const byKey = grouped(certificates, ({ spki }) => spki);
	const keysOf = (keys: readonly string[]): Map<string, readonly Known[]> =>
		new Map(keys.toSorted(byCodeUnit).map((key) => [key, byKey.get(key) ?? []]));
	const keysByOwner = grouped([...owner], ([, id]) => id);
	const owners = authorities.map(
		(facts): Owner => ({
			id: facts.id,
			name: NAMES[facts.id] ?? facts.name,
			country: facts.country,
			facts,
			keys: keysOf((keysByOwner.get(facts.id) ?? []).map(([key]) => key)),
		}),
	);
	const taken = new Set(authorities.map(({ id }) => id));
	for (const [organization, entries] of [...grouped([...newcomers], ([, key]) => key)].sort(([a], [b]) =>
		byCodeUnit(a, b),
	)) {
		const keys = keysOf(entries.map(([key]) => key));
		const mine = [...keys.values()].flat().filter((one) => organizationKey(holderOf(one) ?? "") === organization);
		// The spelling that most certificates have; of equals, the first by code unit.
		const spellings = [...grouped(mine, holderOf)].sort(
			([a, one], [b, other]) => other.length - one.length || byCodeUnit(a, b),
		);
		const name = spellings[0]?.[0] ?? organization;
		const slug = slugOf(name);
		let id = slug;
		for (let number = 2; taken.has(id); number++) id = `${slug}-${number}`;
		taken.add(id);
		owners.push({ id, name, country: agreed(mine.map((one) => countryOf(one.country))), facts: null, keys });
	}
	return owners.sort((a, b) => byCodeUnit(a.id, b.id));
}
