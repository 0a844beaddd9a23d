/**
 * Judges certificates out of files as the background judges a connection. Where Firefox would have
 * more than the files give, the rest is known by name only, and is judged by that.
 */

import { tlsRoots } from "../../src/catalogue/roots.ts";
import { createCatalogue } from "../../src/catalogue/rows.ts";
import { orderChain } from "../../src/certificate/order.ts";
import type { ParsedCertificate } from "../../src/certificate/parse.ts";
import type { Certificate, Chain, Evidence } from "../../src/core/chain.ts";
import { compile } from "../../src/core/compile.ts";
import type { Host } from "../../src/core/host.ts";
import type { Verdict } from "../../src/core/judge.ts";
import { plainFingerprint } from "../../src/core/key.ts";
import { nameKey } from "../../src/core/name.ts";
import type { Authority, Catalogue, Policy, Rule } from "../../src/core/policy.ts";
import { canonicalHost } from "../../src/schema/names.ts";

const BUILT_IN = new Set(tlsRoots.map(({ sha256 }) => sha256));

/** A site that no rule names; single-label names would be under "<local>". */
const NO_HOST: Host = { kind: "name", name: "no-host-given.invalid" };

export interface Judged {
	/** Leaf first. */
	readonly chain: readonly [ParsedCertificate, ...ParsedCertificate[]];
	/** The same certificates; what is known of the last one being a root of Firefox's is filled in. */
	readonly judged: Chain;
	/** Certificates of the files that are not part of the chain. */
	readonly leftOut: readonly ParsedCertificate[];
	readonly verdict: Verdict;
	/** The site made its document itself; judged as a clicked-through error. */
	readonly selfMade: boolean;
	/** What a rule finds is not a certificate of the chain but the signer that the last one names. */
	readonly bySigner: boolean;
	/** The certificate that signed the last one, as far as that tells: no key. Null where the chain is whole. */
	readonly missing: Certificate | null;
	/** No site was named, and for some sites the outcome would be another. */
	readonly hostMatters: boolean;
}

/** Whether Firefox ships this certificate as a root for TLS servers (docs/data.md says of which version). */
export function isBuiltIn({ sha256 }: Pick<Certificate, "sha256">): boolean {
	return BUILT_IN.has(plainFingerprint(sha256) ?? "");
}

/** A certificate as Firefox would report it, as far as its bytes tell. */
export function whatIsKnown(certificate: ParsedCertificate): Certificate {
	const { subject, issuer, notBefore, notAfter, sha256, spki, selfIssued } = certificate;
	const builtInRoot = isBuiltIn(certificate) ? true : selfIssued ? false : null;
	return { subject, issuer, notBefore, notAfter, sha256, spki, builtInRoot };
}

/** Whether it was made for sites. Many self-made ones are CAs too: openssl's default, and all old ones. */
function isForSites({ dnsNames, commonName }: ParsedCertificate): boolean {
	const name = canonicalHost(commonName?.replace(/^\*\./, "") ?? "");
	return dnsNames.length > 0 || ("name" in name && name.name.includes("."));
}

/** The certificate that signed `top`, as far as `top` tells: a name, and no key of its own. */
export function missingSigner(top: Certificate): Certificate {
	return { ...top, subject: top.issuer, issuer: "", sha256: "", spki: MISSING, builtInRoot: null };
}

/** Stands for the key of the missing signer; no key is spelt like this. */
const MISSING = "missing";

/** A catalogue in which the missing signer has an owner, if its name or key identifier is known. */
export function withMissing(catalogue: Catalogue, top: ParsedCertificate): Catalogue {
	const name = nameKey(top.issuer);
	const identifier = top.authorityKeyIdentifier;
	const claim = (authority: Authority): Authority =>
		authority.names.includes(name) || (identifier !== null && authority.keyIdentifiers.includes(identifier))
			? { ...authority, keys: [...authority.keys, MISSING] }
			: authority;
	return createCatalogue({ authorities: catalogue.authorities.map(claim) });
}

/**
 * Judges the chain that the certificates form, whatever their order. Null for no certificates at all.
 * That every signature and date in it is good is for Firefox to verify, not for a policy.
 *
 * A single self-issued certificate that no authority made (no CA, or made for sites) makes Firefox
 * show an error, so it is judged as a clicked-through one. A chain that does not end in a self-issued
 * certificate lacks its signer, which is judged by the name and key identifier that the last one gives.
 */
export async function judgeFiles(
	certificates: readonly ParsedCertificate[],
	policy: Policy,
	host: Host | null,
	catalogue: Catalogue,
): Promise<Judged | null> {
	const chain = await orderChain(certificates);
	const [leaf] = chain;
	const top = chain.at(-1);
	if (!leaf || !top) return null;
	const judged = chain.map(whatIsKnown) as unknown as Chain;
	const selfMade = chain.length === 1 && leaf.selfIssued && !isBuiltIn(leaf) && (!leaf.ca || isForSites(leaf));
	const incomplete = !selfMade && !top.selfIssued && !isBuiltIn(top);
	const evidence: Evidence = selfMade
		? {
				kind: "overridden",
				overridden: { kinds: ["trust"], leaf: judged[0], authorityKeyIdentifier: leaf.authorityKeyIdentifier },
			}
		: { kind: "chain", chain: incomplete ? [...judged, missingSigner(judged.at(-1) ?? judged[0])] : judged };
	const known = incomplete ? withMissing(catalogue, top) : catalogue;
	const judgeUnder = (person: Policy) =>
		compile({ admin: null, person }, known).judge({ host: host ?? NO_HOST, evidence });
	const verdict = judgeUnder(policy);
	const inChain = new Set(chain.map(({ sha256 }) => sha256));
	const found = "finding" in verdict ? verdict.finding.position : 0;
	return {
		chain: chain as [ParsedCertificate, ...ParsedCertificate[]],
		judged,
		leftOut: certificates.filter(({ sha256 }) => !inChain.has(sha256)),
		verdict: withinChain(verdict, chain.length),
		selfMade,
		missing: incomplete ? missingSigner(judged.at(-1) ?? judged[0]) : null,
		bySigner: selfMade || found >= chain.length,
		hostMatters: host === null && dependsOnHost(verdict, judgeUnder(forEverySite(policy))),
	};
}

/** The policy with rules for some sites made into rules for all. */
function forEverySite(policy: Policy): Policy {
	return { ...policy, rules: policy.rules.map(({ sites: _, ...rule }) => rule) };
}

function dependsOnHost(verdict: Verdict, onEverySite: Verdict): boolean {
	const deciding = ruleOf(verdict);
	return deciding?.acceptFor !== undefined || deciding?.id !== ruleOf(onEverySite)?.id;
}

function ruleOf(verdict: Verdict): Rule | null {
	return "finding" in verdict ? verdict.finding.rule.rule : null;
}

/** The missing signer has no place in the chain: what was found there is told of the one it signed. */
function withinChain(verdict: Verdict, length: number): Verdict {
	if (!("finding" in verdict) || verdict.finding.position < length) return verdict;
	return { ...verdict, finding: { ...verdict.finding, position: length - 1 } };
}
