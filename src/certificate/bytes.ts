/** Bytes to text and back, in the few ways that certificates need. */

/** One character per byte, U+0000 to U+00FF. (TextDecoder's "latin1" is Windows-1252, which differs.) */
export function toLatin1(bytes: Uint8Array): string {
	let text = "";
	for (const byte of bytes) text += String.fromCharCode(byte);
	return text;
}

/** Base64 with padding (RFC 4648 section 4). */
export function toBase64(bytes: Uint8Array): string {
	return btoa(toLatin1(bytes));
}

/** Reads base64, white space allowed. Returns null when it is none. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
	try {
		return Uint8Array.from(atob(text.replace(/\s+/g, "")), (character) => character.charCodeAt(0));
	} catch {
		return null;
	}
}

/** SHA-256 (FIPS 180-4). */
export async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
	// A copy, because WebCrypto's types refuse views that might be on shared memory.
	return new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(bytes)));
}
