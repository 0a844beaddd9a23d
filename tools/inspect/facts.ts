/** What is known of a chain out of files, as facts that findings are told from. */

import type { Judged } from "../../cli/chain/judge.ts";
import type { AuthorityDetails } from "../../src/catalogue/details.ts";
import { readSelfSigned } from "../../src/certificate/selfSigned.ts";
import { describe, type Facts, type KnownIncident, NO_FACTS } from "../../src/core/findings/facts.ts";
import type { Catalogue } from "../../src/core/policy.ts";

/** What the catalogue knows of a chain's authorities: of the one that was found first, each one's newest first. */
function incidentsOf(
	chain: Facts["chain"],
	found: number,
	detailsOf: (id: string) => AuthorityDetails | undefined,
): readonly KnownIncident[] {
	const above = [chain[found], ...(chain.length > 1 ? chain.slice(1) : chain)];
	const ids = new Set(above.flatMap((certificate) => certificate?.authority?.id ?? []));
	return [...ids].flatMap((id) => {
		const details = detailsOf(id);
		return (details?.incidents ?? []).map(({ date, summary, sources }) => ({
			name: details?.name ?? id,
			date,
			summary,
			source: sources[0] ?? "",
		}));
	});
}

/**
 * The facts of what was judged. Nothing is known of the connection, nor of earlier visits.
 *
 * @param host the site's, as it was given; null: the name that the document gives itself
 */
export async function factsOf(
	judged: Judged,
	host: string | null,
	catalogue: Catalogue,
	detailsOf: (id: string) => AuthorityDetails | undefined,
): Promise<Facts> {
	const { verdict, selfMade, bySigner, missing } = judged;
	const all = missing ? [...judged.judged, missing] : judged.judged;
	const chain = all.map((certificate) => describe(certificate, catalogue.ownerOf(certificate.spki) ?? null));
	const finding = "finding" in verdict ? verdict.finding : null;
	const position = bySigner && missing ? chain.length - 1 : (finding?.position ?? 0);
	return {
		...NO_FACTS,
		host: host ?? chain[0]?.commonName ?? "",
		stopped: verdict.outcome === "accept" ? null : verdict.outcome,
		rule: finding && {
			source: finding.rule.source,
			action: finding.rule.rule.action,
			title: finding.rule.rule.title,
			list: finding.rule.list?.title ?? null,
			issuedAfter: finding.rule.rule.issuedAfter === undefined ? null : Date.parse(finding.rule.rule.issuedAfter),
		},
		selector: finding?.selector ?? null,
		position,
		chain,
		overridden: selfMade ? ["trust"] : [],
		selfSigned: selfMade ? await readSelfSigned(judged.chain[0]) : null,
		incidents: incidentsOf(chain, position, detailsOf),
	};
}
