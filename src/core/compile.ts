/**
 * A policy is compiled once into hash look-ups, so that a decision costs O(chain length) whatever
 * the number of rules: a few look-ups for each certificate tell which rules match it, and sets of
 * rules, a bit each, tell which of these hold for this host and this date and which are void. No rule
 * is looked at but the one that decides. (docs/how-it-decides.md, "What it costs".)
 *
 * "It can only be used to reject" (rustls/webpki): no rule makes Firefox accept what it refused.
 */
import type { Certificate, Chain, Evidence, Position } from "./chain.ts";
import { type Host, HostTable } from "./host.ts";
import type { Bound, Connection, Finding, IsExcepted, Judge, RuleInForce, Verdict } from "./judge.ts";
import { type Fingerprint, shortHash } from "./key.ts";
import type { ListLayer } from "./list.ts";
import type { Action, Catalogue, ManagedPolicy, Policy, Rule } from "./policy.ts";
import { anyOf, lowest, Ranks } from "./ranks.ts";
import { type Found, Tables } from "./tables.ts";

const SEVERITY: Readonly<Record<Action, number>> = { warn: 0, block: 1, strict: 2 };

/** The rules that name a host, or a name above it, or a block around it. */
class Listed {
	readonly sites = new Ranks();
	readonly acceptFor = new Ranks();
}

/** Which rules hold for a host, and for a date. */
class Conditions {
	/** The rules that do not hold for every host, and those that do not hold for every date. */
	readonly byHost = new Ranks();
	readonly byDate = new Ranks();
	readonly #hosts = new HostTable<Listed>();
	/** The rules that hold for some sites only. */
	readonly #limited = new Ranks();
	/** The rules that hold from a date on only: by rank, and the dates by themselves in order. */
	readonly #dated: { readonly rank: number; readonly from: number }[] = [];
	#dates: Float64Array | null = null;
	/** By number of dates that have come: the rules whose date has not. Made when first needed. */
	readonly #pending = new Map<number, Ranks>();

	/** Adds the conditions of a rule. Rules have to come in order of rank. */
	add(rank: number, { sites, acceptFor, issuedAfter }: Rule): void {
		for (const entry of sites ?? []) this.#listed(entry).sites.add(rank);
		for (const entry of acceptFor ?? []) this.#listed(entry).acceptFor.add(rank);
		if (sites) this.#limited.add(rank);
		if (sites || acceptFor) this.byHost.add(rank);
		if (issuedAfter === undefined) return;
		this.byDate.add(rank);
		this.#dated.push({ rank, from: Date.parse(issuedAfter) });
	}

	#listed(entry: string): Listed {
		return this.#hosts.at(entry, () => new Listed());
	}

	/** All that names a host. */
	listed(host: Host): readonly Listed[] {
		return this.#hosts.find(host);
	}

	/** The rules of a word that hold for a host, given all that names it. */
	holding(listed: readonly Listed[], word: number): number {
		let bits = ~this.#limited.word(word);
		for (const { sites } of listed) bits |= sites.word(word);
		for (const { acceptFor } of listed) bits &= ~acceptFor.word(word);
		return bits;
	}

	/** The rules that are for leaves issued later than this one only. */
	pending(notBefore: number): Ranks {
		this.#dates ??= Float64Array.from(this.#dated, ({ from }) => from).sort();
		let come = 0;
		for (let end = this.#dates.length; come < end; ) {
			const middle = (come + end) >>> 1;
			if ((this.#dates[middle] ?? 0) <= notBefore) come = middle + 1;
			else end = middle;
		}
		let pending = this.#pending.get(come);
		if (!pending) {
			pending = new Ranks();
			for (const { rank, from } of this.#dated) if (notBefore < from) pending.add(rank);
			this.#pending.set(come, pending);
		}
		return pending;
	}
}

/** The rules in force, by rank, and all that is looked up to find them. */
interface Compiled {
	readonly ranked: readonly RuleInForce[];
	readonly tables: Tables;
	readonly conditions: Conditions;
}

function compileRules(rules: readonly RuleInForce[], catalogue: Catalogue): Compiled {
	// Sorting is stable: among equals the first in the list stays first.
	const ranked = rules.toSorted((a, b) => SEVERITY[b.rule.action] - SEVERITY[a.rule.action]);
	const tables = new Tables(catalogue);
	const conditions = new Conditions();
	for (const [rank, { rule }] of ranked.entries()) {
		tables.add(rank, rule.match, rule.except ?? []);
		conditions.add(rank, rule);
	}
	return { ranked, tables, conditions };
}

/**
 * How many CA certificates a judge remembers the matches of. There are some 2,000 intermediates in
 * the world; the memory is emptied, not trimmed, when someone feeds it more.
 */
const MAX_REMEMBERED = 4096;

/** The verdict on almost everything. */
const ACCEPT: Verdict = Object.freeze({ outcome: "accept", excepted: Object.freeze([]) });

class CompiledJudge implements Judge {
	readonly rules: readonly RuleInForce[];
	readonly #compiled: Compiled;
	/** By short hash; of two certificates with the same, the last one. */
	readonly #authorities = new Map<number, { readonly sha256: Fingerprint; readonly found: Found }>();

	constructor(rules: readonly RuleInForce[], catalogue: Catalogue) {
		this.rules = rules;
		this.#compiled = compileRules(rules, catalogue);
	}

	judge({ host, evidence }: Connection, isExcepted: IsExcepted = () => false): Verdict {
		if (evidence.kind === "unreadable") return { outcome: "unverifiable", why: evidence.why };
		if (evidence.kind === "chain") return this.#judgeChain(host, evidence, isExcepted);
		const found = this.#compiled.tables.overridden(evidence.overridden);
		if (found.length === 0) return ACCEPT;
		const search = new Search(this.#compiled, host, evidence, isExcepted);
		search.look(found, 0);
		return search.verdict();
	}

	/** Looks from the leaf up, because a rule's exceptions spare what is above them. */
	#judgeChain(host: Host, evidence: Extract<Evidence, { kind: "chain" }>, isExcepted: IsExcepted): Verdict {
		const { chain } = evidence;
		// In the ordinary case no rule names anything in the chain, and there is nothing to search.
		let search: Search | null = null;
		for (let at = 0; at < chain.length; at++) {
			const found = this.#at(chain, at);
			if (found.length === 0) continue;
			search ??= new Search(this.#compiled, host, evidence, isExcepted);
			search.look(found, at);
		}
		return search ? search.verdict() : ACCEPT;
	}

	#at(chain: Chain, at: Position): Found {
		const certificate = chain[at];
		if (!certificate) return [];
		// A chain of one is its own trust anchor, so its only certificate is a CA's as well.
		if (at === chain.length - 1) return this.#trustAnchor(certificate);
		return at === 0 ? this.#compiled.tables.leaf(certificate) : this.#ca(certificate);
	}

	#trustAnchor(certificate: Certificate): Found {
		const end = this.#compiled.tables.trustAnchor(certificate);
		const ca = this.#ca(certificate);
		return end.length > 0 ? [...ca, ...end] : ca;
	}

	#ca(certificate: Certificate): Found {
		const place = shortHash(certificate.sha256);
		const known = this.#authorities.get(place);
		if (known?.sha256 === certificate.sha256) return known.found;
		const found = this.#compiled.tables.ca(certificate);
		if (this.#authorities.size >= MAX_REMEMBERED) this.#authorities.clear();
		this.#authorities.set(place, { sha256: certificate.sha256, found });
		return found;
	}
}

/** One decision under way. */
class Search {
	readonly #compiled: Compiled;
	readonly #host: Host;
	readonly #evidence: Extract<Evidence, { kind: "chain" | "overridden" }>;
	readonly #isExcepted: IsExcepted;
	/** The best finding so far. */
	#best: Finding | null = null;
	#bestRank = Number.POSITIVE_INFINITY;
	#excepted: { readonly rank: number; readonly finding: Finding }[] | null = null;
	/** The rules that have an exception at this position or below. */
	#sparing: Ranks[] | null = null;
	#listed: readonly Listed[] | null = null;
	#pending: Ranks | null = null;

	constructor(
		compiled: Compiled,
		host: Host,
		evidence: Extract<Evidence, { kind: "chain" | "overridden" }>,
		isExcepted: IsExcepted,
	) {
		this.#compiled = compiled;
		this.#host = host;
		this.#evidence = evidence;
		this.#isExcepted = isExcepted;
	}

	/** Looks through what was found at one position, best rule first. Positions come in order. */
	look(found: Found, position: Position): void {
		let first = Number.POSITIVE_INFINITY;
		let end = 0;
		for (const { matching, sparing } of found) {
			first = Math.min(first, matching.first);
			end = Math.max(end, matching.end);
			if (sparing.end > 0) {
				this.#sparing ??= [];
				this.#sparing.push(sparing);
			}
		}
		for (let word = first; word < end && word * 32 < this.#bestRank; word++) {
			let bits = 0;
			for (const { matching } of found) bits |= matching.word(word);
			if (bits !== 0) bits = this.#inForce(word, bits);
			for (; bits !== 0; bits &= bits - 1) {
				const rank = lowest(word, bits);
				if (rank >= this.#bestRank || this.#decides(rank, found, position)) return;
			}
		}
	}

	/** Of these rules of a word, those that hold for this connection and are not void up to this position. */
	#inForce(word: number, rules: number): number {
		const { conditions } = this.#compiled;
		let bits = this.#sparing ? rules & ~anyOf(this.#sparing, word) : rules;
		if (bits & conditions.byDate.word(word)) {
			this.#pending ??= this.#pendingRules();
			bits &= ~this.#pending.word(word);
		}
		if (bits & conditions.byHost.word(word)) {
			this.#listed ??= conditions.listed(this.#host);
			bits &= conditions.holding(this.#listed, word);
		}
		return bits;
	}

	#pendingRules(): Ranks {
		const leaf = this.#evidence.kind === "chain" ? this.#evidence.chain[0] : this.#evidence.overridden.leaf;
		// A leaf that cannot be read may have been issued at any time: no rule waits.
		return this.#compiled.conditions.pending(leaf?.notBefore ?? Number.POSITIVE_INFINITY);
	}

	/** Notes that a rule better than any before applies. False: the person let it through. */
	#decides(rank: number, found: Found, position: Position): boolean {
		const rule = this.#compiled.ranked[rank];
		const place = found
			.map((cell) => cell.find(rank))
			.reduce((one, other) => (one && (!other || one.index <= other.index) ? one : other), null);
		if (!rule || !place) return false;
		const finding: Finding = { rule, selector: place.selector, position, bound: this.#bound(position) };
		if (rule.exceptable && this.#isExcepted(finding)) {
			this.#excepted ??= [];
			this.#excepted.push({ rank, finding });
			return false;
		}
		this.#best = finding;
		this.#bestRank = rank;
		return true;
	}

	#bound(position: Position): Bound {
		if (this.#evidence.kind === "chain") {
			return { kind: "key", spki: this.#evidence.chain[position]?.spki ?? "" };
		}
		const { leaf } = this.#evidence.overridden;
		return leaf ? { kind: "leaf", sha256: leaf.sha256 } : { kind: "host" };
	}

	verdict(): Verdict {
		// What was let through below a rule that decides anyway made no difference.
		const excepted = (this.#excepted ?? []).flatMap(({ rank, finding }) => (rank <= this.#bestRank ? finding : []));
		const finding = this.#best;
		if (!finding) return { outcome: "accept", excepted };
		return { outcome: finding.rule.rule.action === "warn" ? "warn" : "refuse", finding, excepted };
	}
}

/** The documents in force together. The administrator's rules come first, those of lists last. */
export interface Layers {
	readonly admin: ManagedPolicy | null;
	readonly person: Policy;
	readonly lists?: readonly ListLayer[];
}

const byAdmin = (rule: Rule): RuleInForce => ({
	ref: `admin/${rule.id}`,
	source: "admin",
	rule,
	exceptable: rule.action === "warn",
});

const byPerson = (rule: Rule): RuleInForce => ({
	ref: rule.id,
	source: "person",
	rule,
	exceptable: rule.action !== "strict",
});

/** A list's `strict` came in as `block` (schema/policy.ts); if it did not, it is one here. */
const byList = ({ id, title }: ListLayer, rule: Rule): RuleInForce => ({
	ref: `list/${id}/${rule.id}`,
	source: "list",
	list: { id, title },
	rule: rule.action === "strict" ? { ...rule, action: "block" } : rule,
	exceptable: true,
});

/**
 * Compiles the documents in force into a judge. They must have come through `schema/policy.ts`;
 * compiling never throws on those. Disabled rules are left out.
 */
export function compile({ admin, person, lists = [] }: Layers, catalogue: Catalogue): Judge {
	const rules = [
		...(admin?.policy.rules ?? []).map(byAdmin),
		...person.rules.map(byPerson),
		...lists.flatMap((list) => list.rules.map((rule) => byList(list, rule))),
	].filter(({ rule }) => rule.enabled);
	return new CompiledJudge(rules, catalogue);
}
