/**
 * A certificate authority is a key. Its certificates come and go, are re-issued and cross-signed;
 * the key is what vouches.
 */

/** SHA-256 over a DER SubjectPublicKeyInfo, base64 with padding: always 44 characters. */
export type Spki = string;

/**
 * SHA-256 over a whole DER certificate, written as Firefox writes it: upper-case hex in pairs
 * separated by colons, 95 characters. Kept in that form so that nothing is converted per request.
 */
export type Fingerprint = string;

/**
 * SHA-256 as 44 base64 characters. The last data character carries only four bits, so only
 * sixteen letters can stand there: any other spelling decodes to the same bytes but would never
 * equal what Firefox reports, and a rule holding it would silently match nothing.
 */
const SPKI = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;

/** Whether `text` is the canonical base64 of a SHA-256 (44 characters). Never throws. */
export function isSpki(text: string): text is Spki {
	return SPKI.test(text);
}

const PLAIN_FINGERPRINT = /^[0-9a-f]{64}$/;

/**
 * Reads a SHA-256 in hex, upper or lower case, with or without colons or white space.
 * Returns 64 lower-case hex digits, or null when it is not a SHA-256.
 */
export function plainFingerprint(text: string): string | null {
	const plain = text.replace(/[:\s]/g, "").toLowerCase();
	return PLAIN_FINGERPRINT.test(plain) ? plain : null;
}

/** Lower-case hex without separators. */
export function toHex(bytes: Uint8Array): string {
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Turns 64 lower-case hex digits into the form Firefox uses ("AB:CD:…"). */
export function firefoxFingerprint(plain: string): Fingerprint {
	return (plain.toUpperCase().match(/../g) ?? []).join(":");
}

/**
 * Thirty bits of a SHA-256 in base64 or in Firefox's writing, in which each third character is a
 * colon. A number is looked up several times faster than a text that has never been hashed.
 */
export function shortHash(hash: string): number {
	let bits = 0;
	for (let at = 0; at < 10; at += at % 3 === 1 ? 2 : 1)
		bits = (Math.imul(bits, 31) + hash.charCodeAt(at)) & 0x3fff_ffff;
	return bits;
}
