import type { ParsedCertificate } from "./parse.ts";

/** Steps of the search. Real files need a few dozen; hostile ones could ask for exponentially many. */
const BUDGET = 20_000;

const isSameAuthority = (one: ParsedCertificate, other: ParsedCertificate): boolean =>
	one.spki === other.spki && one.subject === other.subject;

function isSignerOf(signer: ParsedCertificate, signed: ParsedCertificate): boolean {
	if (signer.subject !== signed.issuer || signer.subject === "") return false;
	// A cross-signed copy has the name of its own issuer's sibling, never signs itself.
	if (isSameAuthority(signer, signed)) return false;
	const wanted = signed.authorityKeyIdentifier;
	const offered = signer.subjectKeyIdentifier;
	return wanted === null || offered === null || wanted === offered;
}

/** Higher is likelier to be the one that Firefox would take. */
function likelihood(signer: ParsedCertificate, signed: ParsedCertificate): number {
	const named = signed.authorityKeyIdentifier !== null && signed.authorityKeyIdentifier === signer.subjectKeyIdentifier;
	const inTime = signer.notBefore <= signed.notBefore && signed.notBefore <= signer.notAfter;
	return (signer.ca ? 4 : 0) + (named ? 2 : 0) + (inTime ? 1 : 0);
}

function withoutDuplicates(certificates: readonly ParsedCertificate[]): ParsedCertificate[] {
	return [...new Map(certificates.map((certificate) => [certificate.sha256, certificate])).values()];
}

/** The certificate nobody here was signed by; of several, one that is no CA, then the first. */
function findLeaf(
	certificates: readonly ParsedCertificate[],
	signersOf: ReadonlyMap<ParsedCertificate, readonly ParsedCertificate[]>,
): ParsedCertificate | undefined {
	const signers = new Set([...signersOf.values()].flat());
	const leaves = certificates.filter((certificate) => !signers.has(certificate));
	// Two authorities that signed each other leave no end at all: then begin with any that is no CA.
	const candidates = leaves.length > 0 ? leaves : certificates;
	return (
		candidates.find(({ ca }) => !ca) ??
		candidates.toSorted((one, other) => longest(other, signersOf).length - longest(one, signersOf).length)[0]
	);
}

/** The longest way up from `leaf`; of equally long ones that with the likelier signers, then file order. */
function longest(
	leaf: ParsedCertificate,
	signersOf: ReadonlyMap<ParsedCertificate, readonly ParsedCertificate[]>,
): ParsedCertificate[] {
	let best: ParsedCertificate[] = [];
	let steps = 0;
	const climb = (path: ParsedCertificate[], top: ParsedCertificate): void => {
		if (path.length > best.length) best = [...path];
		for (const signer of signersOf.get(top) ?? []) {
			// One key twice in a chain would be a circle of cross-signatures.
			if (++steps > BUDGET || path.some((below) => isSameAuthority(below, signer))) continue;
			climb([...path, signer], signer);
		}
	};
	climb([leaf], leaf);
	return best;
}

/**
 * Puts certificates into one chain, leaf first, whatever their order in the files. Linked by name
 * (issuer to subject) and key identifiers (RFC 5280 section 4.2.1.1); signatures are not verified.
 *
 * Duplicates are dropped. Where there are several ways up, as with cross-signed copies, it takes the
 * longest, because that is where all that was handed in can be judged; then signers that are CAs,
 * are named by key identifier and were valid in time; then the order of the files. Of several leaves
 * it takes the first that is no CA. What does not belong to that chain is left out, so an empty list
 * gives an empty one and unrelated certificates are the difference to the input.
 */
export function orderChain(certificates: readonly ParsedCertificate[]): ParsedCertificate[] {
	const distinct = withoutDuplicates(certificates);
	const bySubject = new Map<string, ParsedCertificate[]>();
	for (const certificate of distinct) {
		bySubject.set(certificate.subject, [...(bySubject.get(certificate.subject) ?? []), certificate]);
	}
	const signersOf = new Map(
		distinct.map((signed) => [
			signed,
			(bySubject.get(signed.issuer) ?? [])
				.filter((signer) => isSignerOf(signer, signed))
				.toSorted((one, other) => likelihood(other, signed) - likelihood(one, signed)),
		]),
	);
	const leaf = findLeaf(distinct, signersOf);
	return leaf ? longest(leaf, signersOf) : [];
}
