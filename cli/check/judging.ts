/** A policy over a catalogue, ready to judge chains that were seen. */
import type { ParsedCertificate } from "../../src/certificate/parse.ts";
import type { Certificate, Evidence, OverriddenKind } from "../../src/core/chain.ts";
import { compile, type Layers } from "../../src/core/compile.ts";
import type { Host } from "../../src/core/host.ts";
import type { Verdict } from "../../src/core/judge.ts";
import type { Catalogue } from "../../src/core/policy.ts";
import { isBuiltIn, missingSigner, whatIsKnown, withMissing } from "../chain/judge.ts";

/** What was judged, and what came out. */
export interface Judgement {
	readonly judged: readonly [Certificate, ...Certificate[]];
	readonly evidence: readonly [Evidence, ...Evidence[]];
	readonly verdict: Verdict;
	/** What was found is the signer that the last certificate names; `position` is that of the last one then. */
	readonly bySigner: boolean;
}

type Parsed = readonly [ParsedCertificate, ...ParsedCertificate[]];

/** Judges chains under one policy. */
export interface Judging {
	readonly catalogue: Catalogue;
	/** A chain that TLS verified, leaf first, its root last. */
	verified(host: Host, chain: Parsed): Judgement;
	/**
	 * What a server sent, where TLS did not take it: as the error that a person would click through, and as a chain. The
	 * more severe verdict counts; of equal ones that of the chain, which says more.
	 */
	presented(host: Host, chain: Parsed, kinds: readonly OverriddenKind[]): Judgement;
}

function severity(verdict: Verdict): number {
	if (verdict.outcome === "accept") return 0;
	if (verdict.outcome === "unverifiable") return 4;
	return verdict.outcome === "warn" ? 1 : verdict.finding.rule.rule.action === "strict" ? 3 : 2;
}

/** Makes a judging of the policies in force. */
export function createJudging(layers: Layers, catalogue: Catalogue): Judging {
	const judge = compile(layers, catalogue);
	return {
		catalogue,
		verified(host, chain) {
			const known = chain.map(whatIsKnown);
			const last = known.at(-1);
			// Of a verified chain it is known where it ends, also where that is no self-issued certificate.
			const judged = [...known.slice(0, -1), ...(last ? [{ ...last, builtInRoot: isBuiltIn(last) }] : [])];
			const evidence: Evidence = { kind: "chain", chain: judged as [Certificate, ...Certificate[]] };
			const verdict = judge.judge({ host, evidence });
			return { judged: evidence.chain, evidence: [evidence], verdict, bySigner: false };
		},
		presented(host, chain, kinds) {
			const judged = chain.map(whatIsKnown) as [Certificate, ...Certificate[]];
			const [leaf] = chain;
			const top = chain.at(-1) ?? leaf;
			const overridden: Evidence = {
				kind: "overridden",
				overridden: { kinds, leaf: judged[0], authorityKeyIdentifier: leaf.authorityKeyIdentifier },
			};
			const incomplete = !top.selfIssued && !isBuiltIn(top);
			const whole: Evidence = {
				kind: "chain",
				chain: incomplete ? [...judged, missingSigner(judged.at(-1) ?? judged[0])] : judged,
			};
			const asError = judge.judge({ host, evidence: overridden });
			const under = incomplete ? compile(layers, withMissing(catalogue, top)) : judge;
			const asChain = under.judge({ host, evidence: whole });
			if (severity(asError) > severity(asChain)) {
				// An error is found by the leaf and what it says of its signer; there is no other position.
				return { judged, evidence: [overridden, whole], verdict: asError, bySigner: true };
			}
			const bySigner = "finding" in asChain && asChain.finding.position >= chain.length;
			const verdict =
				bySigner && "finding" in asChain
					? { ...asChain, finding: { ...asChain.finding, position: chain.length - 1 } }
					: asChain;
			return { judged, evidence: [overridden, whole], verdict, bySigner };
		},
	};
}
