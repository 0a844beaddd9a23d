// @peculiar/x509 throws at import without a Reflect polyfill, so this line has to stay first.
import "@abraham/reflection";
import { X509Certificate } from "@peculiar/x509";
import type { ParsedCertificate } from "./parse.ts";

/** Signatures that are looked at in one list; real files need one or two, hostile ones could ask for thousands. */
const MAX_SIGNATURES = 100;

/** Steps of the search. Real files need a few dozen; hostile ones could ask for exponentially many. */
const BUDGET = 20_000;

const isSameAuthority = (one: ParsedCertificate, other: ParsedCertificate): boolean =>
	one.spki === other.spki && one.subject === other.subject;

/** Whether a key made a signature; false for what WebCrypto does not know, such as MD5. */
async function isSignedBy(signed: ParsedCertificate, signer: ParsedCertificate): Promise<boolean> {
	try {
		const publicKey = new X509Certificate(signer.der.slice());
		return await new X509Certificate(signed.der.slice()).verify({ publicKey, signatureOnly: true });
	} catch {
		return false;
	}
}

/** Finds all signers of a certificate among those that bear its issuer's name, the likeliest first. */
async function findSigners(
	signed: ParsedCertificate,
	named: readonly ParsedCertificate[],
	signatures: { left: number },
): Promise<readonly ParsedCertificate[]> {
	const signers: ParsedCertificate[] = [];
	for (const signer of signed.issuer === "" ? [] : named) {
		// A cross-signed copy has the name of its own issuer's sibling, never signs itself.
		if (isSameAuthority(signer, signed)) continue;
		const wanted = signed.authorityKeyIdentifier;
		const offered = signer.subjectKeyIdentifier;
		const agrees = wanted === null || offered === null || wanted === offered;
		// Firefox goes by names and signatures; identifiers are a hint that may mislead: Entrust gave
		// CNNIC SSL another one than CNNIC did, and CNNIC SSL's leaves name CNNIC's.
		if (agrees || (signatures.left-- > 0 && (await isSignedBy(signed, signer)))) signers.push(signer);
	}
	return signers.toSorted((one, other) => likelihood(other, signed) - likelihood(one, signed));
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
 * (issuer to subject) and key identifiers (RFC 5280 section 4.2.1.1). Where these contradict each
 * other the signature decides; else signatures are not verified, which is for Firefox to do.
 *
 * Duplicates are dropped. Where there are several ways up, as with cross-signed copies, it takes the
 * longest, because that is where all that was handed in can be judged; then signers that are CAs,
 * are named by key identifier and were valid in time; then the order of the files. Of several leaves
 * it takes the first that is no CA, or, where all are, the one with the longest way. What does not
 * belong to that chain is left out, so an empty list gives an empty one and unrelated certificates are
 * the difference to the input.
 */
export async function orderChain(certificates: readonly ParsedCertificate[]): Promise<ParsedCertificate[]> {
	const distinct = withoutDuplicates(certificates);
	const bySubject = new Map<string, ParsedCertificate[]>();
	for (const certificate of distinct) {
		bySubject.set(certificate.subject, [...(bySubject.get(certificate.subject) ?? []), certificate]);
	}
	const signersOf = new Map<ParsedCertificate, readonly ParsedCertificate[]>();
	const signatures = { left: MAX_SIGNATURES };
	for (const signed of distinct) {
		signersOf.set(signed, await findSigners(signed, bySubject.get(signed.issuer) ?? [], signatures));
	}
	return longest(findLeaves(distinct, signersOf), signersOf);
}
