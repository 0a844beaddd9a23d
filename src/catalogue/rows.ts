/** How the index is written down, and the look-ups over it. Apart from the data, so that loading it can be measured. */
import type { Authority, Catalogue } from "../core/policy.ts";

/** What a catalogue is built from. */
export interface CatalogueData {
	readonly authorities: readonly Authority[];
}

/** An authority in `index.json`. */
export type IndexRow = readonly [
	id: string,
	name: string,
	country: string | null,
	/** One after another, each without its last character, which is always "=". */
	keys: string,
	names: readonly string[],
	keyIdentifiers: readonly string[],
];

/** Characters of a SHA-256 in base64 without its padding. */
const KEY = 43;

/** Reads keys that stand one after another, each without its "=". */
export const readKeys = (text: string): string[] =>
	Array.from({ length: text.length / KEY }, (_, at) => `${text.slice(at * KEY, (at + 1) * KEY)}=`);

const readRow = ([id, name, country, keys, names, keyIdentifiers]: IndexRow): Authority => ({
	id,
	name,
	country,
	keys: readKeys(keys),
	names,
	keyIdentifiers,
});

/** Reads what `index.json` holds. */
export const readIndex = (rows: readonly IndexRow[]): CatalogueData => ({ authorities: rows.map(readRow) });

/**
 * Builds the look-ups over a catalogue, once; each look-up costs O(1). Unknown ids and keys give
 * undefined. Should two entries claim one key, the first owns it (the generator refuses such data).
 */
export function createCatalogue({ authorities }: CatalogueData): Catalogue {
	const ids = new Map(authorities.map((authority) => [authority.id, authority]));
	const owners = new Map<string, Authority>();
	for (const authority of authorities) {
		for (const key of authority.keys) if (!owners.has(key)) owners.set(key, authority);
	}
	return { authorities, byId: (id) => ids.get(id), ownerOf: (spki) => owners.get(spki) };
}

/** A catalogue that is read and built by the first question to it: no listener waits for that while Firefox starts. */
export function lazyCatalogue(read: () => CatalogueData): Catalogue {
	let built: Catalogue | null = null;
	const catalogue = (): Catalogue => {
		built ??= createCatalogue(read());
		return built;
	};
	return {
		get authorities() {
			return catalogue().authorities;
		},
		byId: (id) => catalogue().byId(id),
		ownerOf: (spki) => catalogue().ownerOf(spki),
	};
}
