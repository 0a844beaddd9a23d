import { fromBase64, sha256 } from "../certificate/bytes.ts";
import type { Certificate } from "../core/chain.ts";
import { plainFingerprint, toHex } from "../core/key.ts";
import { toPem } from "../ui/pem.ts";

/**
 * For each certificate of a chain its PEM text, found among `der` (base64) by its fingerprint: so a text never stands
 * beside a certificate that it is not of. Null where it is not there. Never rejects.
 */
export async function pemsOf(chain: readonly Certificate[], der: readonly string[]): Promise<(string | null)[]> {
	const known = new Map<string, string>();
	for (const base64 of der) {
		const bytes = fromBase64(base64);
		if (bytes) known.set(toHex(await sha256(bytes)), toPem(base64.replace(/\s+/g, "")).trimEnd());
	}
	return chain.map((certificate) => known.get(plainFingerprint(certificate.sha256) ?? "") ?? null);
}
