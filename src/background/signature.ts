/**
 * Whether a signature is of these very bytes by the holder of a key (Ed25519, RFC 8032, by Web Cryptography). Never
 * rejects: what cannot be verified is not signed.
 *
 * @param key 32 bytes, the public key
 * @param signature 64 bytes
 */
export async function isSignedBy(
	key: Uint8Array<ArrayBuffer>,
	signature: Uint8Array<ArrayBuffer>,
	bytes: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
	try {
		const verifier = await crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]);
		return await crypto.subtle.verify("Ed25519", verifier, signature, bytes);
	} catch {
		return false;
	}
}
