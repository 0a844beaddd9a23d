/** Whom the facts are about. */
import { knownAs, readName } from "../name.ts";
import type { Described, Facts } from "./facts.ts";

/** Without what the catalogue adds in brackets: "Sectigo (formerly Comodo)". */
export const short = (name: string): string => name.replace(/(?<=\S)\s*\([^()]*\)$/, "");

/** For headlines; "" for one that has no name. */
export const shortName = (certificate: Described): string => short(knownAs(certificate) ?? "");

/** The authority that a clicked-through leaf says signed it; null where it names none. */
export function signerNamed({ issuer }: Described): string | null {
	const { organization, commonName } = readName(issuer);
	return organization ?? commonName;
}

/** The one that vouches for the site itself, or the site's own document where that is all there is. */
export const lowest = ({ chain }: Facts): Described | undefined => chain[1] ?? chain[0];

/** The one that all the others rest on. */
export const anchor = ({ chain }: Facts): Described | undefined => chain.at(-1);

/** Firefox verified the chain, and it ends in an authority that Firefox does not ship. */
export function isAdded({ chain, overridden }: Facts): boolean {
	return overridden.length === 0 && chain.at(-1)?.builtInRoot === false;
}

/** Firefox verified the chain, and it ends in an authority that Firefox ships. */
export function isShipped({ chain, overridden }: Facts): boolean {
	return overridden.length === 0 && chain.at(-1)?.builtInRoot === true;
}
