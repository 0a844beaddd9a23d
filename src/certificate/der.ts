/**
 * The parts of a certificate as the exact bytes that came: asn1js reads tags, lengths and object
 * identifiers, in DER and BER; here one goes from part to part.
 *
 * Why not let asn1js read a whole certificate at once: it gives nothing when any value is odd, such
 * as a BMPString of an odd length in a name, and Firefox reads such names (tests/certificate/name.test.ts).
 * Why not the objects of @peculiar/x509: they write parts anew from what was understood, while a hash
 * must be of the bytes that came.
 */
import { fromBER, ObjectIdentifier, Primitive } from "asn1js";

/** One ASN.1 element. All arrays are views on the same buffer, never copies. */
export interface Element {
	/** The identifier octet: class, constructed bit and number together (0x30 is a SEQUENCE). */
	readonly tag: number;
	/** Header and content. */
	readonly bytes: Uint8Array;
	readonly content: Uint8Array;
}

export const INTEGER = 0x02;
export const BIT_STRING = 0x03;
export const OCTET_STRING = 0x04;
export const OBJECT_IDENTIFIER = 0x06;
export const UTC_TIME = 0x17;
export const GENERALIZED_TIME = 0x18;
export const SEQUENCE = 0x30;
/** Context-specific and constructed, such as `[0] EXPLICIT`; add the number. */
export const CONTEXT = 0xa0;

/** Parts of one element of indefinite length: far more than honest files hold, a bound on hostile ones. */
const MAX_PARTS = 200_000;

/** The bytes are no ASN.1 element, or end before it does. */
export class DerError extends Error {
	override readonly name = "DerError";
	readonly isCutOff: boolean;
	constructor(message: string, { isCutOff = false, cause }: { isCutOff?: boolean; cause?: unknown } = {}) {
		super(message, { cause });
		this.isCutOff = isCutOff;
	}
}

/** asn1js's errors name its own parts, and have no codes: said in plain words here, kept as the cause. */
function plainError(cause: unknown): DerError {
	const isCutOff = /end of input|zero (?:buffer )?length/i.test(String(cause));
	return new DerError(isCutOff ? "the data ends too early" : "not in the form of ASN.1", { isCutOff, cause });
}

/** Where an element of indefinite length ends, which only reading all of its parts tells. */
function endOfIndefinite(bytes: Uint8Array): number {
	try {
		const { result } = fromBER(bytes, { copyInput: false, parseEmbedded: false, maxNodes: MAX_PARTS });
		if (result.error === "") return result.blockLength;
		throw new Error(result.error);
	} catch (error) {
		throw plainError(error);
	}
}

/**
 * Reads the element at the start of `bytes`; what follows it is left alone. Definite and (as old
 * PKCS#7 files have them) indefinite lengths are read. Throws DerError when there is none.
 */
export function readElement(bytes: Uint8Array): Element {
	const { idBlock, lenBlock } = new Primitive();
	const afterTag = idBlock.fromBER(bytes, 0, bytes.length);
	if (afterTag === -1) throw plainError(idBlock.error);
	const start = lenBlock.fromBER(bytes, afterTag, bytes.length - afterTag);
	if (start === -1) throw plainError(lenBlock.error);
	const tag = bytes[0] ?? 0;
	if (lenBlock.isIndefiniteForm) {
		const end = endOfIndefinite(bytes);
		return { tag, bytes: bytes.subarray(0, end), content: bytes.subarray(start, end - 2) };
	}
	const end = start + lenBlock.length;
	if (end > bytes.length) throw new DerError("the data ends too early", { isCutOff: true });
	return { tag, bytes: bytes.subarray(0, end), content: bytes.subarray(start, end) };
}

/** Reads the elements that stand one after another in `content`. Throws DerError. */
export function readElements(content: Uint8Array): Element[] {
	const elements: Element[] = [];
	for (let rest = content; rest.length > 0; ) {
		const element = readElement(rest);
		elements.push(element);
		rest = rest.subarray(element.bytes.length);
	}
	return elements;
}

/** Reads an OBJECT IDENTIFIER as dotted decimals ("2.5.4.3"). Throws DerError for anything else. */
export function readOid({ tag, bytes }: Element): string {
	const { result } = tag === OBJECT_IDENTIFIER ? fromBER(bytes, { copyInput: false }) : {};
	if (!(result instanceof ObjectIdentifier) || result.error !== "") {
		throw new DerError("an object identifier that cannot be read");
	}
	return result.getValue();
}

const TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?:\.\d+)?(?:Z|([+-]\d\d)(\d\d))$/;

/**
 * Reads UTCTime or GeneralizedTime as milliseconds since 1970. RFC 5280 section 4.1.2.5 wants seconds
 * and "Z"; older certificates leave the seconds out (StartCom's root G2 does) or name an offset, which
 * Firefox reads as well. asn1js does not, or in the computer's own time zone; Date reads both, once
 * they are in ISO 8601. Throws DerError for anything else.
 */
export function readTime({ tag, content }: Element): number {
	const text = String.fromCharCode(...content.subarray(0, 32));
	const century = tag === UTC_TIME ? (text < "50" ? "20" : "19") : "";
	const match = tag === UTC_TIME || tag === GENERALIZED_TIME ? TIME.exec(century + text) : null;
	const [, year, month, day, hour, minute, second = "00", hours = "+00", minutes = "00"] = match ?? [];
	const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${hours}:${minutes}`);
	if (Number.isNaN(time)) throw new DerError("a date that cannot be read");
	return time;
}
