/** Facts out of drawings (tests/core/draw.ts), judged as connections are. */
import type { Chain, Channel, OverriddenKind } from "../../../src/core/chain.ts";
import { type Before, type Described, describe, type Facts, NO_FACTS } from "../../../src/core/findings/facts.ts";
import { explain } from "../../../src/core/findings/index.ts";
import { CATALOGUE, type Draft, draw, ISSUED, judgeCase } from "../draw.ts";

export const DAY = 24 * 60 * 60 * 1000;

/** A day after the leaf was made. */
export const NOW = ISSUED + 10 * DAY;

/** What Firefox says of most connections. */
export const USUAL: Channel = { transparency: "compliant", protocol: "TLSv1.3", weak: false, proxied: false };

/** Something that can be explained. */
export interface Drawn extends Partial<Omit<Facts, "chain" | "rule">> {
	/** Of a clicked-through error, the leaf alone. */
	readonly chain?: string;
	/** One rule; the person's, or of who `source` says. */
	readonly rule?: Draft & { readonly source?: "admin" | "list" };
	/** Of a clicked-through error: whom the leaf names. */
	readonly issuer?: string;
	/** How long the leaf is valid. */
	readonly days?: number;
}

function certificatesOf({ chain, issuer, days = 90 }: Drawn): readonly Described[] {
	if (chain === undefined) return [];
	return draw(chain).map((certificate, at) => {
		const own =
			at === 0 ? { notAfter: certificate.notBefore + days * DAY, ...(issuer !== undefined && { issuer }) } : {};
		return describe({ ...certificate, ...own }, CATALOGUE.ownerOf(certificate.spki) ?? null);
	});
}

/** The verdict on what is drawn. */
function verdictOn({ rule, overridden, host }: Drawn, chain: readonly Described[]) {
	const [leaf = null] = chain;
	if (rule === undefined || leaf === null) return null;
	const kinds: readonly OverriddenKind[] = overridden ?? [];
	const { source, ...draft } = rule;
	const rules = source === "admin" ? { admin: { "the rule": draft } } : { rules: { "the rule": draft } };
	return judgeCase({
		...rules,
		host: host ?? "www.example.com",
		chain:
			kinds.length > 0
				? { kind: "overridden", overridden: { kinds, leaf, authorityKeyIdentifier: null } }
				: { kind: "chain", chain: chain as unknown as Chain },
	});
}

/** The facts of a drawing. */
export function factsOf(drawn: Drawn): Facts {
	const { chain: _, rule, issuer: __, days: ___, ...more } = drawn;
	const chain = certificatesOf(drawn);
	const verdict = verdictOn(drawn, chain);
	const finding = verdict && "finding" in verdict ? verdict.finding : null;
	return {
		...NO_FACTS,
		host: "www.example.com",
		now: NOW,
		connection: USUAL,
		stopped: finding ? (finding.rule.rule.action === "warn" ? "warn" : "refuse") : null,
		rule: finding && {
			source: rule?.source ?? "person",
			action: finding.rule.rule.action,
			title: finding.rule.rule.title,
			list: rule?.source === "list" ? "Careful People" : null,
			issuedAfter: rule?.issuedAfter === undefined ? null : Date.parse(rule.issuedAfter),
		},
		selector: finding?.selector ?? null,
		position: finding?.position ?? 0,
		chain,
		...more,
	};
}

/** What is explained of a drawing: "cross-signed refused whyCrossSigned www.example.com, One, Trust", most important first. */
export function explained(drawn: Drawn): string[] {
	return explain(factsOf(drawn)).map(({ id, weight, key, args }) =>
		[
			id,
			weight,
			key,
			args
				.map((arg) =>
					arg.kind === "date" || arg.kind === "time"
						? new Date(arg.value).toISOString().slice(0, 10)
						: arg.kind === "who" && arg.country !== null
							? `${arg.value} (${arg.country})`
							: String(arg.value),
				)
				.join(", "),
		]
			.join(" ")
			.trim(),
	);
}

/** Someone who vouched before, from one day to another. */
export function voucher(name: string, country: string | null, first: string, last: string): Before {
	const owner = CATALOGUE.authorities.find((authority) => authority.name === name);
	return {
		authority: owner ? { id: owner.id, name: owner.name, country: owner.country } : null,
		name,
		country,
		first: Date.parse(first),
		last: Date.parse(last),
	};
}
