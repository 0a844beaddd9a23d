/**
 * The judge as policy.md describes it, and as anyone would write it first: for every rule, every
 * certificate and every selector, look. Nothing here is shared with src/core/compile.ts but types, and
 * nothing is clever, so that it can be checked by reading. The property test holds the two together.
 */
import type { Certificate, Evidence, Unreadable } from "../../src/core/chain.ts";
import type { Layers } from "../../src/core/compile.ts";
import type { Rule, Selector } from "../../src/core/policy.ts";

/** What is known of authorities and names, said outright instead of read out of anything. */
export interface World {
	readonly authorities: readonly WorldAuthority[];
	/** By the text in a certificate. */
	readonly names: ReadonlyMap<string, WorldName>;
}

export interface WorldAuthority {
	readonly id: string;
	readonly country: string | null;
	readonly keys: readonly string[];
	/** Subjects as Firefox writes them. */
	readonly subjects: readonly string[];
	readonly keyIdentifiers: readonly string[];
}

export interface WorldName {
	readonly organizations: readonly string[];
	readonly countries: readonly string[];
}

export interface SlowConnection {
	/** As in an address: a name in A-labels, "192.0.2.1", "2001:db8::1". */
	readonly host: string;
	readonly evidence: Evidence;
}

export interface SlowFinding {
	readonly ref: string;
	readonly selector: Selector;
	readonly position: number;
	/** "key …", "leaf …" or "host". */
	readonly bound: string;
}

export type SlowVerdict =
	| {
			readonly outcome: "accept" | "warn" | "refuse";
			readonly finding: SlowFinding | null;
			readonly excepted: readonly SlowFinding[];
	  }
	| { readonly outcome: "unverifiable"; readonly why: Unreadable };

/** Whether the person let through what a rule found of this. */
export type SlowExcepted = (ref: string, bound: string) => boolean;

const SEVERITY = ["strict", "block", "warn"] as const;

/** Judges one connection, slowly. */
export function slowJudge(
	world: World,
	{ admin, person, lists = [] }: Layers,
	{ host, evidence }: SlowConnection,
	isExcepted: SlowExcepted,
): SlowVerdict {
	if (evidence.kind === "unreadable") return { outcome: "unverifiable", why: evidence.why };
	const inOrder = [
		...(admin?.policy.rules ?? []).map((rule) => ({ rule, ref: `admin/${rule.id}`, byAdmin: true })),
		...person.rules.map((rule) => ({ rule, ref: rule.id, byAdmin: false })),
		// "rules only, at most block: … strict acts as block"
		...lists.flatMap((list) =>
			list.rules.map((rule) => ({
				rule: rule.action === "strict" ? { ...rule, action: "block" as const } : rule,
				ref: `list/${list.id}/${rule.id}`,
				byAdmin: false,
			})),
		),
	];
	const excepted: SlowFinding[] = [];
	for (const action of SEVERITY) {
		for (const { rule, ref, byAdmin } of inOrder) {
			if (!rule.enabled || rule.action !== action) continue;
			if (!holdsForHost(rule, host) || !holdsForDate(rule, evidence)) continue;
			for (const position of positions(evidence)) {
				const selector = rule.match.find((one) => matches(world, one, evidence, position));
				if (!selector || isSpared(world, rule, evidence, position)) continue;
				const bound = boundOf(evidence, position);
				const finding = { ref, selector, position, bound };
				const exceptable = action === "warn" || (action === "block" && !byAdmin);
				if (!exceptable || !isExcepted(ref, bound)) {
					return { outcome: action === "warn" ? "warn" : "refuse", finding, excepted };
				}
				excepted.push(finding);
			}
		}
	}
	return { outcome: "accept", finding: null, excepted };
}

type Readable = Exclude<Evidence, { kind: "unreadable" }>;

function positions(evidence: Readable): number[] {
	return evidence.kind === "chain" ? [...evidence.chain.keys()] : [0];
}

/** "the matched certificate's key; for `overridden` the leaf's SHA-256" */
function boundOf(evidence: Readable, position: number): string {
	if (evidence.kind === "chain") return `key ${evidence.chain[position]?.spki}`;
	const { leaf } = evidence.overridden;
	return leaf ? `leaf ${leaf.sha256}` : "host";
}

/** "a match on a certificate is void if that certificate, or one below it in the chain, matches one of these" */
function isSpared(world: World, rule: Rule, evidence: Readable, position: number): boolean {
	for (let below = position; below >= 0; below--) {
		if ((rule.except ?? []).some((selector) => matches(world, selector, evidence, below))) return true;
	}
	return false;
}

/** "only for leaf certificates whose validity starts at or after it" */
function holdsForDate(rule: Rule, evidence: Readable): boolean {
	if (rule.issuedAfter === undefined) return true;
	const leaf = evidence.kind === "chain" ? evidence.chain[0] : evidence.overridden.leaf;
	return leaf === null || leaf.notBefore >= Date.parse(rule.issuedAfter);
}

/** "Where both fit, `acceptFor` wins" */
function holdsForHost(rule: Rule, host: string): boolean {
	if (rule.acceptFor?.some((entry) => fits(host, entry))) return false;
	return rule.sites === undefined || rule.sites.some((entry) => fits(host, entry));
}

// ── Selectors ──────────────────────────────────────────────────────────────────────────────────

function matches(world: World, selector: Selector, evidence: Readable, position: number): boolean {
	return evidence.kind === "chain"
		? matchesCertificate(world, selector, evidence.chain, position)
		: matchesOverridden(world, selector, evidence);
}

function matchesCertificate(
	world: World,
	selector: Selector,
	chain: readonly Certificate[],
	position: number,
): boolean {
	const certificate = chain[position] as Certificate;
	// These two "also match the leaf"; the others match "any CA certificate of the chain".
	if ("spki" in selector) return certificate.spki === selector.spki;
	if ("certificate" in selector) return plain(certificate.sha256) === plain(selector.certificate);
	const isTop = position === chain.length - 1;
	const isLeaf = position === 0 && !isTop;
	if (isLeaf) return false;
	if ("root" in selector) return isTop && certificate.builtInRoot === false;
	return matchesAuthority(world, selector, certificate.spki, certificate.subject);
}

/** "the other selectors on what is known of its leaf (its own key and fingerprint; its issuer's name and key identifier …)" */
function matchesOverridden(
	world: World,
	selector: Selector,
	{ overridden }: Extract<Evidence, { kind: "overridden" }>,
): boolean {
	const { kinds, leaf, authorityKeyIdentifier } = overridden;
	if ("overridden" in selector) return selector.overridden === "any" || kinds.includes(selector.overridden);
	if ("authority" in selector && authorityKeyIdentifier !== null) {
		const authority = world.authorities.find(({ id }) => id === selector.authority);
		if (authority?.keyIdentifiers.includes(authorityKeyIdentifier)) return true;
	}
	if (leaf === null) return false;
	if ("spki" in selector) return leaf.spki === selector.spki;
	if ("certificate" in selector) return plain(leaf.sha256) === plain(selector.certificate);
	if ("authority" in selector) {
		const authority = world.authorities.find(({ id }) => id === selector.authority);
		if (authority?.subjects.includes(leaf.issuer)) return true;
	}
	return matchesAuthority(world, selector, leaf.spki, leaf.issuer);
}

function matchesAuthority({ authorities, names }: World, selector: Selector, key: string, name: string): boolean {
	const owner = authorities.find(({ keys }) => keys.includes(key));
	const said = names.get(name);
	if ("authority" in selector) return owner?.id === selector.authority;
	if ("organization" in selector) return said?.organizations.some((one) => same(one, selector.organization)) ?? false;
	if ("country" in selector) {
		return owner?.country === selector.country || (said?.countries.includes(selector.country) ?? false);
	}
	return false;
}

const plain = (fingerprint: string): string => fingerprint.replaceAll(":", "").toLowerCase();

/** "compared after Unicode NFKC, case folding and collapsing white space" */
function same(one: string, other: string): boolean {
	const [a, b] = [one, other].map((text) =>
		text.normalize("NFKC").toUpperCase().toLowerCase().split(/\s/).filter(Boolean).join(" "),
	);
	return a === b;
}

// ── Hosts ──────────────────────────────────────────────────────────────────────────────────────

/** Whether a host is an entry of `sites` or `acceptFor`, or below or in it. */
export function fits(host: string, entry: string): boolean {
	const address = bitsOf(host);
	if (entry === "<local>") return address === null && !host.includes(".");
	const [network = "", prefix] = entry.split("/");
	const bits = bitsOf(network);
	if (bits === null) {
		// By whole labels, from the right.
		const [labels, wanted] = [host, entry].map((name) => name.split(".").reverse()) as [string[], string[]];
		return address === null && wanted.every((label, at) => labels[at] === label);
	}
	if (address === null || address.length !== bits.length) return false;
	return address.startsWith(bits.slice(0, prefix === undefined ? bits.length : Number(prefix)));
}

/** An address as a text of "0" and "1", 32 or 128 long; null for a name. Mapped IPv4 is IPv4. */
function bitsOf(host: string): string | null {
	if (/^[\d.]+$/.test(host)) {
		return host
			.split(".")
			.map((byte) => Number(byte).toString(2).padStart(8, "0"))
			.join("");
	}
	if (!host.includes(":")) return null;
	const [head = "", tail = ""] = host.split("::");
	const groups = (text: string) => (text === "" ? [] : text.split(":"));
	const middle = host.includes("::") ? Array(8 - groups(head).length - groups(tail).length).fill("0") : [];
	const bits = [...groups(head), ...middle, ...groups(tail)]
		.map((group) => Number.parseInt(group, 16).toString(2).padStart(16, "0"))
		.join("");
	const mapped = `${"0".repeat(80)}${"1".repeat(16)}`;
	return bits.startsWith(mapped) ? bits.slice(96) : bits;
}
