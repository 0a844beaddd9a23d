/**
 * Who vouches for a site, in one name: a chain names several authorities, and what is remembered of a site, and
 * compared later, is one of them.
 */

/** What a certificate's authority is told apart by. */
interface Named {
	/** Who owns the key, where the catalogue knows it. */
	readonly authority: { readonly id: string } | null;
	readonly country: string | null;
}

/**
 * The certificate of the authority that a person would name: the lowest one above the leaf whose owner the catalogue
 * knows; where it knows none, the one that signed the leaf. Undefined of an empty chain.
 *
 * The lowest, since a site has its document from there, and the way from there up to a root changes without anybody's
 * doing. A known one, since authorities make intermediates all the time that no catalogue has yet: a site that gets
 * one has not changed its authority.
 *
 * @param chain leaf first; a leaf that is its own trust anchor vouches for itself
 */
export function vouching<Certificate extends Pick<Named, "authority">>(
	chain: readonly Certificate[],
): Certificate | undefined {
	const above = chain.length > 1 ? chain.slice(1) : chain;
	return above.find(({ authority }) => authority !== null) ?? above[0];
}

/** Tells authorities apart: the same text for the same one. `name`: for people. */
export const voucherKey = ({ authority, country }: Named, name: string): string =>
	authority?.id ?? `${name} (${country})`;
