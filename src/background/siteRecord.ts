/**
 * Which authorities vouched for which registrable domains, in memory and as it is stored. Nothing of a site is kept
 * but its domain, the days it was first and last visited, when its leaf was issued, and the authorities above that leaf.
 */
import type { Certificate, Chain } from "../core/chain.ts";
import { readHost } from "../core/host.ts";
import type { Connection, Judge } from "../core/judge.ts";
import type { Catalogue } from "../core/policy.ts";
import { isObject } from "../schema/say.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
/** How many days something is kept. */
export const KEPT_DAYS = 90;
export const MAX_DOMAINS = 20_000;
/** There are some 2,000 intermediates in the world, most of them hardly used. */
const MAX_CHAINS = 3000;
/** How much goes at once when there is too much, so that it is not looked for each time. */
const DROPPED = 1000;
const DROPPED_CHAINS = 300;
/** Firefox's names are short. What is longer than this would fill the storage. */
const MAX_CHAIN_TEXT = 4000;
/** A domain's names are vouched for in several ways, but not in more than so many. */
const MAX_VOUCHED = 8;
const MAX_DOMAIN = 300;

/** The day of a time in milliseconds since 1970 as the calendar here has it, in whole days since 1970. */
export const dayOf = (time: number): number =>
	Math.floor((time - new Date(time).getTimezoneOffset() * 60_000) / DAY_MS);
/** The start of a day here, in milliseconds since 1970. */
export const timeOf = (day: number): number => new Date(1970, 0, 1 + day).getTime();

/** What judging asks of an authority's certificate in a chain that Firefox verified. */
type StoredAuthority = readonly [sha256: string, spki: string, subject: string];

/** The authorities of a chain, from the one that signed the leaf up to the trust anchor. */
interface Authorities {
	/** The trust anchor is one that Firefox ships. */
	readonly builtIn: boolean;
	readonly all: readonly StoredAuthority[];
}

/** What one chain of authorities vouched for. */
interface Vouched {
	/** Place in the list of chains. */
	readonly chain: number;
	/** Of the newest leaf, in seconds since 1970. */
	issued: number;
	/** Last day that a page came so, and that a part of one did. 0: never. */
	page: number;
	part: number;
	/** First day that a page came so. 0: never. */
	first: number;
	/** What `page` was before it became what it is. Not stored. 0: never. */
	earlier: number;
}

/** How pages of a domain came. */
export interface Visited {
	/** The authorities, below a leaf of which nothing is known. */
	readonly chain: Chain;
	/** First and last day, and the last one before that: 0 where there is none. */
	readonly first: number;
	readonly last: number;
	readonly earlier: number;
}

/** How many numbers each way of a domain is stored as: `first` came with the second version. */
const NUMBERS = { 1: 4, 2: 5 } as const;
export type StoredVersion = keyof typeof NUMBERS;
export const STORED_VERSION = 2;

/** How many pieces the domains are stored in, and how many chains are in a piece. */
const DOMAIN_PIECES = 64;
const CHAINS_PER_PIECE = 64;

const domainKey = (piece: number): string => `sites/${piece}`;
const chainKey = (piece: number): string => `sites/chains/${piece}`;

/** All keys under which something may be stored. */
export const PIECES: readonly string[] = [
	...Array.from({ length: DOMAIN_PIECES }, (_, piece) => domainKey(piece)),
	...Array.from({ length: Math.ceil(MAX_CHAINS / CHAINS_PER_PIECE) }, (_, piece) => chainKey(piece)),
];

function pieceOf(domain: string): number {
	let hash = 0;
	for (let at = 0; at < domain.length; at++) hash = (Math.imul(hash, 31) + domain.charCodeAt(at)) | 0;
	return (hash >>> 0) % DOMAIN_PIECES;
}

/** What came of comparing two judges. */
export interface Compared {
	/** Domains of which pages would be stopped by the second judge and are not by the first; visited last first. */
	readonly sites: readonly string[];
	/** How many more domains of which parts of pages would be stopped so, but no page. */
	readonly parts: number;
}

export class SiteRecord {
	/** By domain. */
	readonly #domains = new Map<string, Vouched[]>();
	readonly #chains: (Authorities | null)[] = [];
	/** Places in `#chains`, by the text they are stored as. */
	readonly #places = new Map<string, number>();
	readonly #free: number[] = [];
	readonly #dirty = new Set<string>();

	get isEmpty(): boolean {
		return this.#domains.size === 0;
	}

	get size(): number {
		return this.#domains.size;
	}

	/** Notes who vouched for a domain. `day`: see `dayOf`. */
	note(domain: string, chain: Chain, isPage: boolean, day: number): void {
		if (domain === "" || domain.length > MAX_DOMAIN) return;
		const place = this.#placeOf(chain);
		if (place === null) return;
		let vouched = this.#domains.get(domain);
		if (!vouched) {
			vouched = [];
			this.#domains.set(domain, vouched);
		}
		let known = vouched.find((one) => one.chain === place);
		if (!known) {
			known = { chain: place, issued: 0, page: 0, part: 0, first: 0, earlier: 0 };
			vouched.push(known);
			if (vouched.length > MAX_VOUCHED) vouched.splice(oldestOf(vouched), 1);
		}
		const issued = Math.floor(chain[0].notBefore / 1000);
		const last = isPage ? known.page : known.part;
		if (last === day && known.issued >= issued) return;
		known.issued = Math.max(known.issued, issued);
		if (!isPage) known.part = day;
		else if (last !== day) {
			known.earlier = last;
			known.page = day;
			known.first ||= day;
		}
		this.#dirty.add(domainKey(pieceOf(domain)));
		if (this.#domains.size > MAX_DOMAINS) this.#dropOldest();
	}

	/** The place of a chain's authorities. Null: there is none for it. */
	#placeOf(chain: Chain): number | null {
		// A leaf that is its own trust anchor is judged as an authority as well: it stands above itself.
		const above: readonly Certificate[] = chain.length === 1 ? chain : chain.slice(1);
		const builtIn = chain.at(-1)?.builtInRoot === true;
		const all = above.map(({ sha256, spki, subject }): StoredAuthority => [sha256, spki, subject]);
		const authorities: Authorities = { builtIn, all };
		const text = JSON.stringify(stored(authorities));
		const known = this.#places.get(text);
		if (known !== undefined) return known;
		if (text.length > MAX_CHAIN_TEXT) return null;
		if (this.#free.length === 0 && this.#chains.length >= MAX_CHAINS) this.#dropChains();
		const place = this.#free.pop() ?? this.#chains.length;
		this.#put(place, authorities, text);
		return place;
	}

	#put(place: number, authorities: Authorities, text: string): void {
		this.#chains[place] = authorities;
		this.#places.set(text, place);
		this.#dirty.add(chainKey(Math.floor(place / CHAINS_PER_PIECE)));
	}

	/** Makes room: those seen longest ago go first, and of one day those of which only parts came. */
	#dropOldest(): void {
		const byAge = [...this.#domains].map(([domain, vouched]) => ({
			domain,
			day: lastDay(vouched),
			isSite: isSite(vouched),
		}));
		byAge.sort((a, b) => a.day - b.day || Number(a.isSite) - Number(b.isSite));
		for (const { domain } of byAge.slice(0, DROPPED)) this.#delete(domain);
		this.#sweep();
	}

	/** Makes room: what the chains that were seen longest ago vouched for is forgotten. */
	#dropChains(): void {
		const days = new Map<number, number>();
		for (const vouched of this.#domains.values()) {
			for (const one of vouched) days.set(one.chain, Math.max(days.get(one.chain) ?? 0, lastDay([one])));
		}
		const byAge = [...days].sort(([, a], [, b]) => a - b).map(([place]) => place);
		const dropped = new Set(byAge.slice(0, DROPPED_CHAINS));
		this.#keep(({ chain }) => !dropped.has(chain));
	}

	/** Forgets all for which `isKept` does not hold, and the chains that nothing is left of. */
	#keep(isKept: (one: Vouched) => boolean): void {
		let isLess = false;
		for (const [domain, vouched] of this.#domains) {
			const kept = vouched.filter(isKept);
			if (kept.length === vouched.length) continue;
			isLess = true;
			this.#dirty.add(domainKey(pieceOf(domain)));
			if (kept.length === 0) this.#domains.delete(domain);
			else this.#domains.set(domain, kept);
		}
		if (isLess) this.#sweep();
	}

	#delete(domain: string): void {
		if (this.#domains.delete(domain)) this.#dirty.add(domainKey(pieceOf(domain)));
	}

	/** Frees the chains that no domain names any more. */
	#sweep(): void {
		const used = new Set([...this.#domains.values()].flatMap((vouched) => vouched.map(({ chain }) => chain)));
		for (const [place, authorities] of this.#chains.entries()) {
			if (!authorities || used.has(place)) continue;
			this.#places.delete(JSON.stringify(stored(authorities)));
			this.#chains[place] = null;
			this.#free.push(place);
			this.#dirty.add(chainKey(Math.floor(place / CHAINS_PER_PIECE)));
		}
	}

	/** Forgets some domains. */
	forget(domains: Iterable<string>): void {
		for (const domain of domains) this.#delete(domain);
		this.#sweep();
	}

	/** Forgets everything. What is stored is the caller's to remove. */
	clear(): void {
		this.#domains.clear();
		this.#chains.length = 0;
		this.#places.clear();
		this.#free.length = 0;
		this.#dirty.clear();
	}

	/** Forgets what is older than 90 days. What a wrong clock dated later than `today` counts as of today. */
	prune(today: number): void {
		const oldest = today - KEPT_DAYS + 1;
		const current = (day: number): number => (day < oldest ? 0 : Math.min(day, today));
		for (const [domain, vouched] of this.#domains) {
			for (const one of vouched) {
				const [page, part] = [current(one.page), current(one.part)];
				// Without its last day the first is over as well.
				const first = Math.min(one.first, page);
				if (page === one.page && part === one.part && first === one.first) continue;
				Object.assign(one, { page, part, first });
				this.#dirty.add(domainKey(pieceOf(domain)));
			}
		}
		this.#keep(({ page, part }) => page !== 0 || part !== 0);
	}

	/** In which ways pages of a domain came. */
	visited(domain: string): readonly Visited[] {
		return (this.#domains.get(domain) ?? []).flatMap(({ chain: place, first, page: last, earlier }) => {
			const authorities = this.#chains[place];
			return authorities && last !== 0 ? [{ chain: chainOf(authorities), first, last, earlier }] : [];
		});
	}

	/** Sites, and how many of them each authority vouched for. */
	count(catalogue: Catalogue): { readonly total: number; readonly byAuthority: Readonly<Record<string, number>> } {
		const owners = this.#chains.map((authorities) => [
			...new Set((authorities?.all ?? []).flatMap(([, spki]) => catalogue.ownerOf(spki)?.id ?? [])),
		]);
		const counts = new Map<string, number>();
		let total = 0;
		for (const vouched of this.#domains.values()) {
			if (!isSite(vouched)) continue;
			total++;
			const ids = new Set(vouched.flatMap(({ chain, page }) => (page === 0 ? [] : (owners[chain] ?? []))));
			for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
		}
		return { total, byAuthority: Object.fromEntries(counts) };
	}

	/**
	 * Finds the domains for which one judge would stop what another does not. A domain counts as soon as one of the ways
	 * in which it was vouched for is stopped so. `pause` is waited for again and again, so that nothing else waits long.
	 *
	 * The domain stands for all names below it, and selectors that name a leaf match nothing: neither is kept.
	 */
	async compare(now: Judge, then: Judge, pause: () => Promise<void>): Promise<Compared> {
		const sites: { readonly domain: string; readonly day: number }[] = [];
		let parts = 0;
		let count = 0;
		// Both may change while this waits.
		const chains = this.#chains.map((authorities) => (authorities ? chainOf(authorities) : null));
		const domains = [...this.#domains].map(
			([domain, vouched]) => [domain, vouched.map((one) => ({ ...one }))] as const,
		);
		for (const [domain, vouched] of domains) {
			if (++count % PER_TURN === 0) await pause();
			const host = readHost(domain);
			const stopped = vouched.filter(({ chain: place, issued }) => {
				const known = chains[place];
				if (!known) return false;
				const [leaf, ...rest] = known;
				const chain: Chain = [{ ...leaf, notBefore: issued * 1000 }, ...rest];
				const connection: Connection = { host, evidence: { kind: "chain", chain } };
				return isStopped(then, connection) && !isStopped(now, connection);
			});
			if (stopped.some(({ page }) => page !== 0)) sites.push({ domain, day: lastPage(vouched) });
			else if (stopped.length > 0) parts++;
		}
		sites.sort((a, b) => b.day - a.day || (a.domain < b.domain ? -1 : 1));
		return { sites: sites.map(({ domain }) => domain), parts };
	}

	/** What is to be written: the pieces that changed since the last time, by key. */
	takeDirty(): Record<string, unknown> {
		const domains = new Map<string, [domain: string, vouched: number[]][]>();
		for (const key of this.#dirty) if (!key.startsWith("sites/chains/")) domains.set(key, []);
		if (domains.size > 0) {
			for (const [domain, vouched] of this.#domains) {
				const numbers = () =>
					vouched.flatMap(({ chain, issued, page, part, first }) => [chain, issued, page, part, first]);
				domains.get(domainKey(pieceOf(domain)))?.push([domain, numbers()]);
			}
		}
		// A domain may be called "__proto__", for all that is known: `fromEntries` takes that for a name like others.
		const items: Record<string, unknown> = Object.fromEntries(
			[...domains].map(([key, entries]) => [key, Object.fromEntries(entries)]),
		);
		for (const key of this.#dirty) {
			if (!key.startsWith("sites/chains/")) continue;
			const first = Number(key.slice("sites/chains/".length)) * CHAINS_PER_PIECE;
			const piece = this.#chains.slice(first, first + CHAINS_PER_PIECE);
			items[key] = piece.map((authorities) => (authorities ? stored(authorities) : null));
		}
		this.#dirty.clear();
		return items;
	}

	/** Has pieces written again: they could not be. */
	markDirty(keys: Iterable<string>): void {
		for (const key of keys) this.#dirty.add(key);
	}

	get isDirty(): boolean {
		return this.#dirty.size > 0;
	}

	/**
	 * Reads what is stored into an empty record. What cannot be read is left out. Never rejects. `pause` is waited for again
	 * and again, so that nothing else waits long. What an older version wrote is all to be written anew, at once: no piece
	 * tells which version it is of.
	 */
	async read(
		items: Readonly<Record<string, unknown>>,
		pause: () => Promise<void>,
		version: StoredVersion = STORED_VERSION,
	): Promise<void> {
		for (let place = 0; place < MAX_CHAINS; place++) {
			const piece = items[chainKey(Math.floor(place / CHAINS_PER_PIECE))];
			const authorities = Array.isArray(piece) ? readAuthorities(piece[place % CHAINS_PER_PIECE]) : null;
			if (!authorities) continue;
			while (this.#chains.length < place) this.#free.push(this.#chains.push(null) - 1);
			this.#put(place, authorities, JSON.stringify(stored(authorities)));
		}
		this.#dirty.clear();
		for (let number = 0; number < DOMAIN_PIECES; number++) {
			if (version !== STORED_VERSION) this.#dirty.add(domainKey(number));
		}
		for (let number = 0; number < DOMAIN_PIECES; number++) {
			const piece = items[domainKey(number)];
			if (!isObject(piece)) continue;
			if (number % PIECES_PER_TURN === 0) await pause();
			for (const [domain, entry] of Object.entries(piece)) {
				if (this.#domains.size >= MAX_DOMAINS) return;
				const vouched = this.#readVouched(entry, NUMBERS[version]);
				if (vouched.length > 0 && domain !== "" && domain.length <= MAX_DOMAIN && pieceOf(domain) === number) {
					this.#domains.set(domain, vouched);
				}
			}
		}
		this.#sweep();
	}

	#readVouched(entry: unknown, numbers: number): Vouched[] {
		if (!Array.isArray(entry) || !entry.every((value) => Number.isSafeInteger(value))) return [];
		const vouched: Vouched[] = [];
		for (let at = 0; at + numbers <= entry.length && vouched.length < MAX_VOUCHED; at += numbers) {
			// The first version did not know the first day: the last one is the oldest that is known.
			const [chain, issued, page, part, first = page] = entry.slice(at, at + numbers) as Numbers;
			if (!this.#chains[chain] || page < 0 || part < 0 || (page === 0 && part === 0)) continue;
			if (first < 0 || first > page || (first === 0) !== (page === 0)) continue;
			vouched.push({ chain, issued, page, part, first, earlier: page });
		}
		return vouched;
	}
}

type Numbers = [chain: number, issued: number, page: number, part: number, first?: number];

/** So many domains are judged before others have a turn: a few milliseconds. */
const PER_TURN = 1000;
/** So many pieces are read before others have a turn. */
const PIECES_PER_TURN = 4;

function isStopped(judge: Judge, connection: Connection): boolean {
	// A warning interrupts as well.
	return judge.judge(connection).outcome !== "accept";
}

const isSite = (vouched: readonly Vouched[]): boolean => vouched.some(({ page }) => page !== 0);
const lastPage = (vouched: readonly Vouched[]): number => Math.max(...vouched.map(({ page }) => page));
const lastDay = (vouched: readonly Vouched[]): number =>
	Math.max(...vouched.map(({ page, part }) => Math.max(page, part)));

/** Of the others than the newest, which is the last. */
function oldestOf(vouched: readonly Vouched[]): number {
	let oldest = 0;
	for (let at = 1; at < vouched.length - 1; at++) {
		if (lastDay([vouched[at] as Vouched]) < lastDay([vouched[oldest] as Vouched])) oldest = at;
	}
	return oldest;
}

/** How authorities are stored: what they are, then the certificates. */
function stored({ builtIn, all }: Authorities): unknown[] {
	return [builtIn ? 1 : 0, ...all.flat()];
}

function readAuthorities(value: unknown): Authorities | null {
	if (!Array.isArray(value) || value.length % 3 !== 1 || value.length < 4) return null;
	const [builtIn, ...texts] = value as unknown[];
	if ((builtIn !== 0 && builtIn !== 1) || !texts.every((text) => typeof text === "string")) return null;
	const all: StoredAuthority[] = [];
	for (let at = 0; at < texts.length; at += 3) all.push(texts.slice(at, at + 3) as unknown as StoredAuthority);
	return { builtIn: builtIn === 1, all };
}

const chains = new WeakMap<Authorities, Chain>();

/**
 * A chain to judge by, under a leaf of which nothing is known. Issuers and dates of authorities have no say. The same
 * one each time.
 */
function chainOf(authorities: Authorities): Chain {
	const known = chains.get(authorities);
	if (known) return known;
	const { builtIn, all } = authorities;
	const above = all.map(
		([sha256, spki, subject], at): Certificate => ({
			...NAMELESS,
			sha256,
			spki,
			subject,
			builtInRoot: builtIn && at === all.length - 1,
		}),
	);
	const chain: Chain = [NAMELESS, ...above];
	chains.set(authorities, chain);
	return chain;
}

const NAMELESS: Certificate = {
	subject: "",
	issuer: "",
	notBefore: 0,
	notAfter: 0,
	sha256: "",
	spki: "",
	builtInRoot: false,
};
