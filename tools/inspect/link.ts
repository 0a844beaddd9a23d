import { X509Certificate } from "node:crypto";
import { orderChain } from "../../src/certificate/order.ts";
import type { ParsedCertificate } from "../../src/certificate/parse.ts";

/** Whether the key of one certificate made the signature on another; false for what OpenSSL cannot read. */
function isSignedBy(signed: ParsedCertificate, signer: ParsedCertificate): boolean {
	try {
		return new X509Certificate(signed.der).verify(new X509Certificate(signer.der).publicKey);
	} catch {
		return false;
	}
}

/** Whether none of the signers by name has the key identifier that is asked for, yet one signed. */
function hasMisleadingIdentifier(signed: ParsedCertificate, certificates: readonly ParsedCertificate[]): boolean {
	const { authorityKeyIdentifier: wanted, issuer, sha256 } = signed;
	if (wanted === null) return false;
	const signers = certificates.filter((signer) => signer.subject === issuer && signer.sha256 !== sha256);
	return (
		signers.every(({ subjectKeyIdentifier }) => subjectKeyIdentifier !== null && subjectKeyIdentifier !== wanted) &&
		signers.some((signer) => isSignedBy(signed, signer))
	);
}

/**
 * Puts certificates into one chain, leaf first, as `orderChain` does, which goes by names and key
 * identifiers. But Firefox goes by names and signatures, and identifiers may differ: Entrust gave
 * CNNIC SSL another one than CNNIC did, and CNNIC SSL's leaves name CNNIC's. There signatures decide.
 */
export function linkChain(certificates: readonly ParsedCertificate[]): ParsedCertificate[] {
	const originals = new Map(certificates.map((certificate) => [certificate.sha256, certificate]));
	const distinct = [...originals.values()];
	const linkable = distinct.map((certificate) =>
		hasMisleadingIdentifier(certificate, distinct) ? { ...certificate, authorityKeyIdentifier: null } : certificate,
	);
	return orderChain(linkable).flatMap(({ sha256 }) => originals.get(sha256) ?? []);
}
