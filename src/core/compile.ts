/**
 * A policy is compiled once into hash look-ups, so that a decision costs O(chain length) whatever
 * the number of rules: per certificate a few look-ups, and only rules that name something in this
 * very chain are looked at. "It can only be used to reject" (rustls/webpki): no rule makes Firefox
 * accept what it refused.
 */
import type { Certificate, Chain, Evidence, Overridden, OverriddenKind, Position } from "./chain.ts";
import { type Host, Hosts } from "./host.ts";
import type { Bound, Connection, Finding, IsExcepted, Judge, RuleInForce, Verdict } from "./judge.ts";
import { type Fingerprint, firefoxFingerprint } from "./key.ts";
import { fold, nameKey, readAttributes } from "./name.ts";
import type { Action, Authority, Catalogue, ManagedPolicy, Policy, Rule, Selector } from "./policy.ts";

const SEVERITY: Readonly<Record<Action, number>> = { warn: 0, block: 1, strict: 2 };

/** A rule with its conditions ready to ask. */
interface Compiled {
	readonly inForce: RuleInForce;
	/** 0 wins over all: most severe first, then first in the list. */
	readonly rank: number;
	readonly sites: Hosts | null;
	readonly acceptFor: Hosts | null;
	/** Milliseconds since 1970. */
	readonly issuedAfter: number | null;
	readonly except: Index | null;
}

/** One selector of one rule. */
interface Entry {
	readonly rule: Compiled;
	readonly selector: Selector;
}

const NOTHING: readonly Entry[] = [];

class Table<Key> {
	readonly #entries = new Map<Key, Entry[]>();

	add(key: Key, entry: Entry): void {
		const entries = this.#entries.get(key);
		if (entries) entries.push(entry);
		else this.#entries.set(key, [entry]);
	}

	get(key: Key): readonly Entry[] {
		return this.#entries.get(key) ?? NOTHING;
	}

	get size(): number {
		return this.#entries.size;
	}
}

/** Puts what was found at one certificate into the order in which rules win. */
function ranked(lists: readonly (readonly Entry[])[]): readonly Entry[] {
	const found = lists.filter((list) => list.length > 0);
	if (found.length === 0) return NOTHING;
	return found.flat().sort((a, b) => a.rule.rank - b.rule.rank);
}

/** All selectors of a set of rules, by what they look for. */
class Index {
	readonly #catalogue: Catalogue;
	readonly #certificates = new Table<Fingerprint>();
	readonly #spki = new Table<string>();
	readonly #authorityKeys = new Table<string>();
	readonly #authorityNames = new Table<string>();
	readonly #authorityKeyIdentifiers = new Table<string>();
	readonly #organizations = new Table<string>();
	readonly #countries = new Table<string>();
	readonly #notBuiltIn: Entry[] = [];
	readonly #overridden = new Table<"any" | OverriddenKind>();

	constructor(catalogue: Catalogue) {
		this.#catalogue = catalogue;
	}

	add(entry: Entry): void {
		const { selector } = entry;
		if ("spki" in selector) this.#spki.add(selector.spki, entry);
		else if ("certificate" in selector) this.#certificates.add(firefoxFingerprint(selector.certificate), entry);
		else if ("organization" in selector) this.#organizations.add(fold(selector.organization), entry);
		else if ("country" in selector) this.#countries.add(selector.country.toUpperCase(), entry);
		else if ("overridden" in selector) this.#overridden.add(selector.overridden, entry);
		else if ("root" in selector) this.#notBuiltIn.push(entry);
		else if ("authority" in selector) {
			const authority = this.#catalogue.byId(selector.authority);
			if (authority) this.#addAuthority(authority, entry);
		}
	}

	#addAuthority(authority: Authority, entry: Entry): void {
		for (const key of authority.keys) this.#authorityKeys.add(key, entry);
		for (const name of authority.names) this.#authorityNames.add(name, entry);
		for (const id of authority.keyIdentifiers) this.#authorityKeyIdentifiers.add(id, entry);
	}

	/** Selectors that match a leaf: only those that name it, or its key, exactly. */
	leaf(certificate: Certificate): readonly Entry[] {
		if (this.#spki.size === 0 && this.#certificates.size === 0) return NOTHING;
		return ranked([this.#spki.get(certificate.spki), this.#certificates.get(certificate.sha256)]);
	}

	/** What a name says of organisation and country. */
	#named(name: string): (readonly Entry[])[] {
		if (this.#organizations.size === 0 && this.#countries.size === 0) return [];
		return readAttributes(name).map(({ type, value }) => {
			if (type === "O") return this.#organizations.get(fold(value));
			if (type === "C") return this.#countries.get(value.toUpperCase());
			return NOTHING;
		});
	}

	/** Selectors that match a CA certificate. */
	ca(certificate: Certificate): readonly Entry[] {
		const country = this.#countries.size > 0 ? this.#catalogue.ownerOf(certificate.spki)?.country : null;
		return ranked([
			this.leaf(certificate),
			this.#authorityKeys.get(certificate.spki),
			...this.#named(certificate.subject),
			country ? this.#countries.get(country) : NOTHING,
		]);
	}

	/** Selectors that match the end of a chain. */
	trustAnchor(certificate: Certificate): readonly Entry[] {
		return certificate.builtInRoot === false ? this.#notBuiltIn : NOTHING;
	}

	/** Selectors that match a clicked-through error, and what its leaf claims about its issuer. */
	overridden({ kinds, leaf, authorityKeyIdentifier }: Overridden): readonly Entry[] {
		const lists = [this.#overridden.get("any"), ...kinds.map((kind) => this.#overridden.get(kind))];
		if (leaf) {
			lists.push(
				this.leaf(leaf),
				this.#authorityKeys.get(leaf.spki),
				this.#authorityNames.get(nameKey(leaf.issuer)),
				...this.#named(leaf.issuer),
			);
			const issuer = this.#catalogue.ownerOf(leaf.spki)?.country;
			if (issuer) lists.push(this.#countries.get(issuer));
		}
		if (authorityKeyIdentifier) lists.push(this.#authorityKeyIdentifiers.get(authorityKeyIdentifier));
		return ranked(lists);
	}
}

/**
 * How many CA certificates a judge remembers the matches of. There are some 2,000 intermediates in
 * the world; the memory is emptied, not trimmed, when someone feeds it more.
 */
const MAX_REMEMBERED = 4096;

class CompiledJudge implements Judge {
	readonly rules: readonly RuleInForce[];
	readonly #index: Index;
	readonly #authorities = new Map<Fingerprint, readonly Entry[]>();

	constructor(rules: readonly RuleInForce[], catalogue: Catalogue) {
		this.rules = rules;
		this.#index = new Index(catalogue);
		const order = rules.map((_, index) => index).sort((a, b) => severity(rules[b]) - severity(rules[a]) || a - b);
		for (const [rank, index] of order.entries()) {
			const inForce = rules[index];
			if (!inForce) continue;
			const rule = compileRule(inForce, rank, catalogue);
			for (const selector of inForce.rule.match) this.#index.add({ rule, selector });
		}
	}

	judge(connection: Connection, isExcepted: IsExcepted = () => false): Verdict {
		const { evidence } = connection;
		if (evidence.kind === "unreadable") return { outcome: "unverifiable", why: evidence.why };
		const search = new Search(connection.host, evidence, isExcepted);
		if (evidence.kind === "overridden") search.look(this.#index.overridden(evidence.overridden), 0);
		else this.#walk(evidence.chain, search);
		return search.verdict();
	}

	#walk(chain: Chain, search: Search): void {
		const last = chain.length - 1;
		// A chain of one is its own trust anchor, so its only certificate is a CA's as well.
		if (last > 0) search.look(this.#index.leaf(chain[0]), 0);
		for (let at = last > 0 ? 1 : 0; at <= last; at++) {
			const certificate = chain[at];
			if (!certificate) continue;
			search.look(this.#ca(certificate), at);
			if (at === last) search.look(this.#index.trustAnchor(certificate), at);
		}
	}

	#ca(certificate: Certificate): readonly Entry[] {
		const known = this.#authorities.get(certificate.sha256);
		if (known) return known;
		const entries = this.#index.ca(certificate);
		if (this.#authorities.size >= MAX_REMEMBERED) this.#authorities.clear();
		this.#authorities.set(certificate.sha256, entries);
		return entries;
	}
}

function severity(rule: RuleInForce | undefined): number {
	return rule ? SEVERITY[rule.rule.action] : -1;
}

function compileRule(inForce: RuleInForce, rank: number, catalogue: Catalogue): Compiled {
	const { sites, acceptFor, issuedAfter, except } = inForce.rule;
	const compiled = {
		inForce,
		rank,
		sites: sites ? new Hosts(sites) : null,
		acceptFor: acceptFor ? new Hosts(acceptFor) : null,
		issuedAfter: issuedAfter === undefined ? null : Date.parse(issuedAfter),
	};
	if (!except?.length) return { ...compiled, except: null };
	const index = new Index(catalogue);
	const rule: Compiled = { ...compiled, except: index };
	for (const selector of except) index.add({ rule, selector });
	return rule;
}

/** One decision under way. */
class Search {
	readonly #host: Host;
	readonly #evidence: Extract<Evidence, { kind: "chain" | "overridden" }>;
	readonly #isExcepted: IsExcepted;
	#best: { readonly entry: Entry; readonly finding: Finding } | null = null;
	#excepted: Finding[] | null = null;

	constructor(host: Host, evidence: Extract<Evidence, { kind: "chain" | "overridden" }>, isExcepted: IsExcepted) {
		this.#host = host;
		this.#evidence = evidence;
		this.#isExcepted = isExcepted;
	}

	/** Looks through what matched at one position, best rule first, until one decides. */
	look(entries: readonly Entry[], position: Position): void {
		for (const entry of entries) {
			if (this.#best && entry.rule.rank >= this.#best.entry.rule.rank) return;
			if (!this.#applies(entry.rule, position)) continue;
			const { inForce } = entry.rule;
			const finding: Finding = {
				rule: inForce,
				selector: entry.selector,
				position,
				bound: this.#bound(position),
			};
			if (inForce.exceptable && this.#isExcepted(finding)) {
				this.#excepted ??= [];
				this.#excepted.push(finding);
				continue;
			}
			this.#best = { entry, finding };
			return;
		}
	}

	verdict(): Verdict {
		const excepted = this.#excepted ?? [];
		if (!this.#best) return { outcome: "accept", excepted };
		const { finding } = this.#best;
		return { outcome: finding.rule.rule.action === "warn" ? "warn" : "refuse", finding, excepted };
	}

	#applies(rule: Compiled, position: Position): boolean {
		if (rule.sites && !rule.sites.has(this.#host)) return false;
		if (rule.acceptFor?.has(this.#host)) return false;
		if (rule.issuedAfter !== null) {
			const leaf = this.#leaf();
			// A leaf that cannot be read may have been issued at any time: the rule stays on.
			if (leaf && leaf.notBefore < rule.issuedAfter) return false;
		}
		return !(rule.except && this.#isSpared(rule.except, position));
	}

	#leaf(): Certificate | null {
		return this.#evidence.kind === "chain" ? this.#evidence.chain[0] : this.#evidence.overridden.leaf;
	}

	/** Whether the certificate, or one below it, is one that the rule spares. */
	#isSpared(except: Index, position: Position): boolean {
		if (this.#evidence.kind === "overridden") return except.overridden(this.#evidence.overridden).length > 0;
		const { chain } = this.#evidence;
		const last = chain.length - 1;
		for (let at = 0; at <= position; at++) {
			const certificate = chain[at];
			if (!certificate) continue;
			const isCa = at > 0 || last === 0;
			if ((isCa ? except.ca(certificate) : except.leaf(certificate)).length > 0) return true;
			if (at === last && except.trustAnchor(certificate).length > 0) return true;
		}
		return false;
	}

	#bound(position: Position): Bound {
		if (this.#evidence.kind === "chain") {
			return { kind: "key", spki: this.#evidence.chain[position]?.spki ?? "" };
		}
		const { leaf } = this.#evidence.overridden;
		return leaf ? { kind: "leaf", sha256: leaf.sha256 } : { kind: "host" };
	}
}

/** The documents in force together. The administrator's rules come first. */
export interface Layers {
	readonly admin: ManagedPolicy | null;
	readonly person: Policy;
}

function inForce(rule: Rule, source: "admin" | "person"): RuleInForce {
	return {
		ref: source === "admin" ? `admin/${rule.id}` : rule.id,
		source,
		rule,
		exceptable: rule.action === "warn" || (rule.action === "block" && source === "person"),
	};
}

/**
 * Compiles the documents in force into a judge. They must have come through `schema/policy.ts`;
 * compiling never throws on those. Disabled rules are left out.
 */
export function compile(layers: Layers, catalogue: Catalogue): Judge {
	const rules = [
		...(layers.admin?.policy.rules ?? []).map((rule) => inForce(rule, "admin")),
		...layers.person.rules.map((rule) => inForce(rule, "person")),
	].filter(({ rule }) => rule.enabled);
	return new CompiledJudge(rules, catalogue);
}
