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

type Signers = ReadonlyMap<ParsedCertificate, readonly ParsedCertificate[]>;

/** The certificates that signed nothing here; all of them when some signed each other in a circle. */
function findLeaves(certificates: readonly ParsedCertificate[], signersOf: Signers): readonly ParsedCertificate[] {
	const signers = new Set([...signersOf.values()].flat());
	const leaves = certificates.filter((certificate) => !signers.has(certificate));
	const candidates = leaves.length > 0 ? leaves : certificates;
	const plain = candidates.find(({ ca }) => !ca);
	return plain ? [plain] : candidates;
}

/** The longest way up from any of `leaves`; of equally long ones the first found. */
function longest(leaves: readonly ParsedCertificate[], signersOf: Signers): ParsedCertificate[] {
	let best: ParsedCertificate[] = [];
	let steps = 0;
	const path: ParsedCertificate[] = [];
	const climb = (top: ParsedCertificate): void => {
		path.push(top);
		if (path.length > best.length) best = [...path];
		for (const signer of signersOf.get(top) ?? []) {
			if (++steps > BUDGET) break;
			// One key twice in a chain would be a circle of cross-signatures.
			if (!path.some((below) => isSameAuthority(below, signer))) climb(signer);
		}
		path.pop();
	};
	for (const leaf of leaves) climb(leaf);
	return best;
}

/**
 * Puts certificates into one chain, leaf first, whatever their order in the files. Linked by name
 * (issuer to subject) and key identifiers (RFC 5280 section 4.2.1.1); signatures are not verified.
 *
 * Duplicates are dropped. Where there are several ways up, as with cross-signed copies, it takes the
 * longest, because that is where all that was handed in can be judged; then signers that are CAs,
 * are named by key identifier and were valid in time; then the order of the files. Of several leaves
 * it takes the first that is no CA, or, where all are, the one with the longest way. What does not belong to that chain is left out, so an empty list
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
	return longest(findLeaves(distinct, signersOf), signersOf);
}
