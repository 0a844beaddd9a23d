import { ASN1Class, type ASN1Value, parseASN1NoLeftoverBytes } from "@oslojs/asn1";
import { toHex } from "../core/key.ts";

const AUTHORITY_KEY_IDENTIFIER = "2.5.29.35";

const isContext = (value: ASN1Value, tag: number): boolean =>
	value.class === ASN1Class.ContextSpecific && value.tag === tag;

/**
 * Reads the authority key identifier (RFC 5280 section 4.2.1.1) out of a certificate.
 * `der` is what Firefox gives as `rawDER`: a plain array of byte values. Answers with lower-case
 * hex, or null when there is none or the certificate cannot be read. Never throws.
 */
export function readAuthorityKeyIdentifier(der: unknown): string | null {
	if (!Array.isArray(der)) return null;
	try {
		const [tbs] = parseASN1NoLeftoverBytes(Uint8Array.from(der)).sequence().elements;
		const wrapper = tbs?.sequence().elements.find((item) => isContext(item, 3));
		if (!wrapper) return null;
		for (const extension of parseASN1NoLeftoverBytes(wrapper.contents()).sequence().elements) {
			const parts = extension.sequence().elements;
			if (parts[0]?.objectIdentifier().is(AUTHORITY_KEY_IDENTIFIER) !== true) continue;
			const value = parts.at(-1)?.octetString().value;
			if (!value) return null;
			const id = parseASN1NoLeftoverBytes(value)
				.sequence()
				.elements.find((item) => isContext(item, 0));
			return id ? toHex(id.contents()) : null;
		}
		return null;
	} catch {
		return null;
	}
}
