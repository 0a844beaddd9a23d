// @peculiar/x509 throws at import without a Reflect polyfill, so this line has to stay first.
import "@abraham/reflection";
import { X509Certificate } from "@peculiar/x509";
import type { ParsedCertificate } from "./parse.ts";

/**
 * Whether a certificate that names itself as its issuer was signed with its own key (RFC 5280 section 3.2:
 * "self-signed", against "self-issued"). Null for one that names another issuer; `fitsItsKey` is null where WebCrypto
 * does not know the signature (MD5) or the key cannot be read. Never rejects.
 */
export async function readSelfSigned({
	selfIssued,
	der,
}: Pick<ParsedCertificate, "selfIssued" | "der">): Promise<{ readonly fitsItsKey: boolean | null } | null> {
	if (!selfIssued) return null;
	try {
		const certificate = new X509Certificate(der.slice());
		const { publicKey, signatureAlgorithm } = certificate;
		// `verify` says "false" of what it does not know, so that is found out before: this throws then.
		const algorithm = { ...publicKey.algorithm, ...signatureAlgorithm };
		await publicKey.export(algorithm as Parameters<typeof publicKey.export>[0], ["verify"]);
		return { fitsItsKey: await certificate.verify({ signatureOnly: true }) };
	} catch {
		return { fitsItsKey: null };
	}
}
