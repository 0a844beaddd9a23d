/**
 * The selectors of all rules, as hash tables by what they look for. What a certificate says of itself
 * is looked up here; no rule is looked at.
 */
import type { Certificate, Overridden, OverriddenKind } from "./chain.ts";
import { firefoxFingerprint, shortHash } from "./key.ts";
import { fold, foldCut, nameKey, readAttributes, readings } from "./name.ts";
import type { Authority, Catalogue, Selector } from "./policy.ts";
import { Ranks } from "./ranks.ts";

/** A selector in its rule. */
interface Place {
	readonly rank: number;
	/** Index in the rule's `match`. */
	readonly index: number;
	readonly selector: Selector;
}

/** The rules that look for one thing: those that match by it, and those that spare what has it. */
export class Cell {
	readonly matching = new Ranks();
	readonly sparing = new Ranks();
	/** By rank, the first of each rule. */
	readonly #places: Place[] = [];

	/** Adds a selector of a rule's `match`. Rules come in order of rank, selectors in their own. */
	match(rank: number, index: number, selector: Selector): void {
		if (this.#places.at(-1)?.rank === rank) return;
		this.#places.push({ rank, index, selector });
		this.matching.add(rank);
	}

	/** Adds a selector of a rule's `except`. */
	spare(rank: number): void {
		this.sparing.add(rank);
	}

	/** The selector by which a rule matches here, if it does. */
	find(rank: number): Place | null {
		let low = 0;
		let high = this.#places.length;
		while (low < high) {
			const middle = (low + high) >>> 1;
			if ((this.#places[middle]?.rank ?? rank) < rank) low = middle + 1;
			else high = middle;
		}
		const place = this.#places[low];
		return place?.rank === rank ? place : null;
	}
}

/** What was found of one certificate. */
export type Found = readonly Cell[];

const NOTHING: Found = [];

class Table<Key> {
	readonly #cells = new Map<Key, Cell>();

	/** The cell of a key, new if need be. */
	at(key: Key): Cell {
		let cell = this.#cells.get(key);
		if (!cell) {
			cell = new Cell();
			this.#cells.set(key, cell);
		}
		return cell;
	}

	get(key: Key): Cell | undefined {
		return this.#cells.get(key);
	}

	get size(): number {
		return this.#cells.size;
	}

	entries(): [Key, Cell][] {
		return [...this.#cells];
	}
}

/** 2^18 bits: with 10,000 hashes, 4 in 100 others pass the sieve. */
const SIEVE_MASK = 2 ** 18 - 1;

/**
 * A table of hashes that is almost always asked for one it does not have: the key and the fingerprint
 * of a leaf, new with every site. A sieve of 32 kB says so by a few characters, without hashing the
 * text or touching a table that, for thousands of selectors, is in no cache. (Without it 10,000
 * selectors cost 1.4 times what ten do.)
 */
class HashTable {
	readonly #table = new Table<string>();
	readonly #sieve = new Uint32Array((SIEVE_MASK + 1) / 32);

	at(hash: string): Cell {
		const bit = shortHash(hash) & SIEVE_MASK;
		this.#sieve[bit >>> 5] = (this.#sieve[bit >>> 5] ?? 0) | (1 << (bit & 31));
		return this.#table.at(hash);
	}

	get(hash: string): Cell | undefined {
		const bit = shortHash(hash) & SIEVE_MASK;
		return ((this.#sieve[bit >>> 5] ?? 0) >>> (bit & 31)) & 1 ? this.#table.get(hash) : undefined;
	}
}

/** Names of organisations, also to be found by how they begin. */
class Organizations {
	readonly #whole = new Table<string>();
	/** All of them in the order of their text. Made when a name that was cut is first seen. */
	#sorted: readonly [string, Cell][] | null = null;

	at(organization: string): Cell {
		return this.#whole.at(fold(organization));
	}

	get size(): number {
		return this.#whole.size;
	}

	get(value: string): Cell | undefined {
		return this.#whole.get(fold(value));
	}

	/** Those whose text begins as a value that Firefox cut does. */
	beginning(value: string): Cell[] {
		const start = foldCut(value);
		if (start === "") return [];
		this.#sorted ??= this.#whole.entries().sort(([a], [b]) => (a < b ? -1 : 1));
		let low = 0;
		let high = this.#sorted.length;
		while (low < high) {
			const middle = (low + high) >>> 1;
			if ((this.#sorted[middle]?.[0] ?? start) < start) low = middle + 1;
			else high = middle;
		}
		const found: Cell[] = [];
		for (let at = low; ; at++) {
			const [text, cell] = this.#sorted[at] ?? [];
			if (!cell || !text?.startsWith(start)) return found;
			found.push(cell);
		}
	}
}

/** All selectors of all rules. */
export class Tables {
	readonly #catalogue: Catalogue;
	readonly #certificates = new HashTable();
	readonly #keys = new HashTable();
	readonly #authorityKeys = new Table<string>();
	readonly #authorityNames = new Table<string>();
	readonly #authorityKeyIdentifiers = new Table<string>();
	readonly #organizations = new Organizations();
	readonly #countries = new Table<string>();
	readonly #roots = new Table<"not-built-in">();
	readonly #overridden = new Table<"any" | OverriddenKind>();

	constructor(catalogue: Catalogue) {
		this.#catalogue = catalogue;
	}

	/** Adds the selectors of a rule. Rules have to come in order of rank. */
	add(rank: number, match: readonly Selector[], except: readonly Selector[]): void {
		for (const [index, selector] of match.entries()) {
			for (const cell of this.#cells(selector)) cell.match(rank, index, selector);
		}
		for (const selector of except) {
			for (const cell of this.#cells(selector)) cell.spare(rank);
		}
	}

	/** Where a selector belongs. */
	#cells(selector: Selector): Cell[] {
		if ("spki" in selector) return [this.#keys.at(selector.spki)];
		if ("certificate" in selector) return [this.#certificates.at(firefoxFingerprint(selector.certificate))];
		if ("organization" in selector) return [this.#organizations.at(selector.organization)];
		if ("country" in selector) return [this.#countries.at(selector.country)];
		if ("overridden" in selector) return [this.#overridden.at(selector.overridden)];
		if ("root" in selector) return [this.#roots.at(selector.root)];
		const authority = "authority" in selector ? this.#catalogue.byId(selector.authority) : undefined;
		return authority ? this.#authority(authority) : [];
	}

	#authority({ keys, names, keyIdentifiers }: Authority): Cell[] {
		return [
			...keys.map((key) => this.#authorityKeys.at(key)),
			...names.map((name) => this.#authorityNames.at(name)),
			...keyIdentifiers.map((id) => this.#authorityKeyIdentifiers.at(id)),
		];
	}

	/** What a leaf is found by: only selectors that name it, or its key, exactly. */
	leaf(certificate: Certificate): Found {
		const key = this.#keys.get(certificate.spki);
		const itself = this.#certificates.get(certificate.sha256);
		return key || itself ? present([key, itself]) : NOTHING;
	}

	/** What a CA certificate is found by. */
	ca(certificate: Certificate): Found {
		return present([
			...this.leaf(certificate),
			this.#authorityKeys.get(certificate.spki),
			this.#ownerCountry(certificate),
			...this.#named(certificate.subject),
		]);
	}

	/** What the end of a chain is found by, besides what it is found by as a CA certificate. */
	trustAnchor(certificate: Certificate): Found {
		return certificate.builtInRoot === false ? present([this.#roots.get("not-built-in")]) : NOTHING;
	}

	/** What a clicked-through error is found by: its kind, and what its leaf says of itself and its issuer. */
	overridden({ kinds, leaf, authorityKeyIdentifier }: Overridden): Found {
		const found = [this.#overridden.get("any"), ...kinds.map((kind) => this.#overridden.get(kind))];
		if (leaf) {
			found.push(
				...this.leaf(leaf),
				this.#authorityKeys.get(leaf.spki),
				this.#authorityNames.get(nameKey(leaf.issuer)),
				this.#ownerCountry(leaf),
				...this.#named(leaf.issuer),
			);
		}
		if (authorityKeyIdentifier) found.push(this.#authorityKeyIdentifiers.get(authorityKeyIdentifier));
		return present(found);
	}

	#ownerCountry({ spki }: Certificate): Cell | undefined {
		const country = this.#countries.size > 0 ? this.#catalogue.ownerOf(spki)?.country : null;
		return country ? this.#countries.get(country) : undefined;
	}

	/** What a name says of organisation and country. */
	#named(name: string): (Cell | undefined)[] {
		if (this.#organizations.size === 0 && this.#countries.size === 0) return [];
		return readings(name)
			.flatMap(readAttributes)
			.flatMap(({ type, value, cut }) => {
				if (type === "C") return this.#countries.get(fold(value).toUpperCase());
				if (type !== "O") return undefined;
				const whole = this.#organizations.get(value);
				return cut ? [whole, ...this.#organizations.beginning(value)] : whole;
			});
	}
}

/** What was looked up and found. */
function present(cells: readonly (Cell | undefined)[]): Found {
	const found = cells.filter((cell) => cell !== undefined);
	return found.length > 0 ? found : NOTHING;
}
