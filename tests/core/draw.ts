/**
 * Draws chains, in the manner of x509-limbo: a test shows its chain and says why.
 *
 * `root[A O=One_Trust C=US] -> ca[B] -> leaf[C]` is a chain from the trust anchor down. The letter is
 * the certificate's key; two certificates with one letter are one authority. `root` is a root that
 * Firefox ships, `local` one that was added to this computer, `file` one of which nothing is known.
 * Attributes make up the subject, "_" standing for a space.
 */
import { createCatalogue } from "../../src/catalogue/rows.ts";
import type { Certificate, Chain, Evidence, OverriddenKind } from "../../src/core/chain.ts";
import { compile } from "../../src/core/compile.ts";
import { readHost } from "../../src/core/host.ts";
import type { Finding, Verdict } from "../../src/core/judge.ts";
import { nameKey } from "../../src/core/name.ts";
import type { Rule } from "../../src/core/policy.ts";

/** SPKI hash of the key that a letter stands for. */
export const spki = (letter: string): string => `${letter.repeat(42)}A=`;

/** Plain SHA-256 of the certificate at a place in a drawing: `sha256("root[A]")`. */
export const sha256 = (drawn: string): string => plain(one(drawn, "").sha256);

const plain = (fingerprint: string): string => fingerprint.replaceAll(":", "").toLowerCase();

/** A fingerprint of its own for each text. */
function fingerprintOf(text: string): string {
	let hash = 7n;
	for (const character of text) hash = (hash * 1_000_003n + BigInt(character.charCodeAt(0))) % 2n ** 256n;
	const spread = (hash * 0x9e3779b97f4a7c15f39cc0605cedc8341082276bf3a27251f86c6a11d0c18e95n) % 2n ** 256n;
	const hex = spread.toString(16).padStart(64, "0").toUpperCase();
	return (hex.match(/../g) ?? []).join(":");
}

/** When leaves were issued, unless a drawing says `at=…`. */
export const ISSUED = Date.parse("2026-01-01T00:00:00Z");

const PART = /^(\w+)\[(\w)((?: [^\]]+)?)\]$/;

function one(drawn: string, issuer: string): Certificate {
	const [, role = "", letter = "", rest = ""] = PART.exec(drawn.trim()) ?? [];
	if (role === "") throw new Error(`cannot read the drawing "${drawn}"`);
	const words = rest.split(" ").filter(Boolean);
	const at = words.find((word) => word.startsWith("at="))?.slice(3);
	const attributes = words.filter((word) => !word.startsWith("at=")).map((word) => word.replaceAll("_", " "));
	return {
		subject: [`CN=${role} ${letter}`, ...attributes].join(","),
		issuer,
		notBefore: at ? Date.parse(at) : ISSUED,
		notAfter: ISSUED + 1e11,
		sha256: fingerprintOf(drawn.trim()),
		spki: spki(letter),
		builtInRoot: role === "root" ? true : role === "file" ? null : false,
	};
}

/** The certificates of a drawing, leaf first as Firefox has them. */
export function draw(drawn: string): Chain {
	const parts = drawn.split("->");
	const chain: Certificate[] = [];
	for (const part of parts) {
		const above = chain[0];
		const certificate = one(part, above?.subject ?? "");
		chain.unshift(above ? certificate : { ...certificate, issuer: certificate.subject });
	}
	const [leaf, ...rest] = chain;
	if (!leaf) throw new Error("an empty drawing");
	return [leaf, ...rest];
}

/** What catalogue entries the tests know: `one` owns the keys A and B, `two` the key T. */
export const CATALOGUE = createCatalogue({
	authorities: [
		{
			id: "one",
			name: "One",
			country: "CN",
			keys: [spki("A"), spki("B")],
			names: [nameKey("CN=One CA,O=One,C=CN")],
			keyIdentifiers: ["0a0b"],
		},
		{ id: "two", name: "Two", country: null, keys: [spki("T")], names: [], keyIdentifiers: [] },
	],
});

/** A rule: what differs from `{"match": …, "action": "block"}`. */
export type Draft = Partial<Rule> & Pick<Rule, "match">;

/** What to judge, and under what. */
export interface Case {
	/** A drawing, or evidence that is no chain. */
	readonly chain: string | Evidence;
	/** The person's rules by id. */
	readonly rules?: Readonly<Record<string, Draft>>;
	/** The administrator's. */
	readonly admin?: Readonly<Record<string, Draft>>;
	readonly host?: string;
	/** Findings that the person let through, as `said` writes them, without the selector: "cnnic at 2". */
	readonly through?: readonly string[];
}

const ruleList = (drafts: Readonly<Record<string, Draft>> = {}): Rule[] =>
	Object.entries(drafts).map(([id, draft]) => ({ id, title: id, action: "block", enabled: true, ...draft }));

const found = ({ rule, position }: Finding): string => `${rule.ref} at ${position}`;

/** A verdict in words: "refuse cnnic at 2 by spki", "accept", "accept through cnnic at 2". */
function said(verdict: Verdict): string {
	if (verdict.outcome === "unverifiable") return `unverifiable: ${verdict.why}`;
	const decided =
		verdict.outcome === "accept"
			? "accept"
			: `${verdict.outcome} ${found(verdict.finding)} by ${Object.keys(verdict.finding.selector)[0]}`;
	return [decided, ...verdict.excepted.map((finding) => `through ${found(finding)}`)].join(" ");
}

/** Judges a case and gives the whole verdict. */
export function judgeCase({ chain, rules, admin, host = "www.example.com", through = [] }: Case): Verdict {
	const judge = compile(
		{
			admin: admin ? { policy: { version: 1, rules: ruleList(admin) }, locked: false } : null,
			person: { version: 1, rules: ruleList(rules) },
		},
		CATALOGUE,
	);
	const evidence: Evidence = typeof chain === "string" ? { kind: "chain", chain: draw(chain) } : chain;
	return judge.judge({ host: readHost(host), evidence }, (finding) => through.includes(found(finding)));
}

/** Judges a case and says the verdict in words. */
export const verdictOf = (drawn: Case): string => said(judgeCase(drawn));

/** A clicked-through error: its kinds, and a leaf as a drawing (its issuer after "by"). */
export function clickedThrough(
	kinds: readonly OverriddenKind[],
	leaf: string | null,
	more: { issuer?: string; authorityKeyIdentifier?: string } = {},
): Evidence {
	return {
		kind: "overridden",
		overridden: {
			kinds,
			leaf: leaf === null ? null : one(leaf, more.issuer ?? ""),
			authorityKeyIdentifier: more.authorityKeyIdentifier ?? null,
		},
	};
}
