/**
 * A verdict in plain words, as message keys with arguments; the texts are in
 * public/_locales/<language>/messages.json. Pure, so that the command line and the pages tell the
 * same.
 */
import type { Certificate, Chain } from "./chain.ts";
import type { Finding, Verdict } from "./judge.ts";
import { readName } from "./name.ts";
import type { Catalogue } from "./policy.ts";

export type LineKey =
	| "lineLeaf"
	| "lineVouches"
	| "lineEndsShipped"
	| "lineEndsAdded"
	| "lineEndsItself"
	| "lineEndsMissing"
	| "lineSelfMade"
	| "lineFoundKey"
	| "lineFoundCertificate"
	| "lineFoundAuthority"
	| "lineFoundOrganization"
	| "lineFoundCountry"
	| "lineFoundAdded"
	| "lineFoundOverridden"
	| "lineFoundSigner"
	| "lineAccept"
	| "lineWarn"
	| "lineRefuse"
	| "lineRefuseStrict"
	| "lineReason"
	| "lineUnverifiable";

/** One sentence: a message key, and what stands for $1, $2, … in it. */
export interface Line<Key extends string = LineKey> {
	readonly key: Key;
	readonly args: readonly string[];
}

/**
 * What people are shown as the name of a certificate's subject: its common name, then organisation
 * and country (of the owner in the catalogue, else of the subject) in brackets where they add
 * something. Where there is neither name nor organisation, the whole subject, which may be empty.
 */
export function titleOf({ subject, spki }: Pick<Certificate, "subject" | "spki">, catalogue: Catalogue): string {
	const { commonName, organization, country } = readName(subject);
	const owner = catalogue.ownerOf(spki);
	const title = commonName ?? organization ?? subject;
	const by = owner?.name ?? organization;
	const details = [by === title ? null : by, owner?.country ?? country].filter((part) => part !== null);
	return details.length > 0 ? `${title} (${details.join(", ")})` : title;
}

/**
 * Tells who vouches for whom, leaf first. Says nothing of rules. `selfMade`: Firefox would show an
 * error, because the site's own certificate is all there is.
 */
export function chainLines(chain: Chain, catalogue: Catalogue, selfMade = false): Line[] {
	const [leaf] = chain;
	const leafName = readName(leaf.subject).commonName ?? titleOf(leaf, catalogue);
	if (selfMade) return [{ key: "lineSelfMade", args: [leafName] }];
	const titles = chain.map((certificate, at) => (at === 0 ? leafName : titleOf(certificate, catalogue)));
	const lines: Line[] = chain.length > 1 ? [{ key: "lineLeaf", args: [leafName] }] : [];
	for (let at = 1; at < chain.length; at++) {
		lines.push({ key: "lineVouches", args: [titles[at] ?? "", titles[at - 1] ?? ""] });
	}
	return [...lines, endLine(chain, titles.at(-1) ?? "", catalogue)];
}

function endLine(chain: Chain, title: string, catalogue: Catalogue): Line {
	const last = chain.at(-1) ?? chain[0];
	if (last.builtInRoot === true) return { key: "lineEndsShipped", args: [title] };
	if (last.subject === last.issuer) {
		return { key: last.builtInRoot === false ? "lineEndsAdded" : "lineEndsItself", args: [title] };
	}
	return { key: "lineEndsMissing", args: [title, titleOf({ subject: last.issuer, spki: "" }, catalogue)] };
}

/**
 * Tells what a verdict is and why.
 *
 * @param bySigner what was found is not the certificate at the finding's position but the one that
 * signed it, which is known by name and key identifier only
 */
export function verdictLines(
	verdict: Verdict,
	chain: readonly Certificate[],
	catalogue: Catalogue,
	bySigner = false,
): Line[] {
	if (verdict.outcome === "accept") return [{ key: "lineAccept", args: [] }];
	if (verdict.outcome === "unverifiable") return [{ key: "lineUnverifiable", args: [] }];
	const { title, reason, action } = verdict.finding.rule.rule;
	const key = action === "warn" ? "lineWarn" : action === "strict" ? "lineRefuseStrict" : "lineRefuse";
	return [
		foundLine(verdict.finding, chain, catalogue, bySigner),
		{ key, args: [title] },
		...(reason ? [{ key: "lineReason", args: [reason] } as const] : []),
	];
}

function foundLine(
	{ selector, position }: Finding,
	chain: readonly Certificate[],
	catalogue: Catalogue,
	bySigner: boolean,
): Line {
	const certificate = chain[position];
	const title = certificate ? titleOf(certificate, catalogue) : "";
	if ("overridden" in selector) return { key: "lineFoundOverridden", args: [] };
	if ("root" in selector) return { key: "lineFoundAdded", args: [title] };
	if ("spki" in selector) return { key: "lineFoundKey", args: [title] };
	if ("certificate" in selector) return { key: "lineFoundCertificate", args: [title] };
	if (bySigner) {
		const signer = titleOf({ subject: certificate?.issuer ?? "", spki: "" }, catalogue);
		return { key: "lineFoundSigner", args: [title, signer] };
	}
	if ("authority" in selector) {
		const authority = catalogue.byId(selector.authority);
		return { key: "lineFoundAuthority", args: [title, authority?.name ?? selector.authority] };
	}
	if ("organization" in selector) return { key: "lineFoundOrganization", args: [title, selector.organization] };
	// An unknown selector matches nothing, so it is never found.
	return { key: "lineFoundCountry", args: [title, "country" in selector ? selector.country : ""] };
}
