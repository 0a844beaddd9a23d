/**
 * Just enough of ASN.1 to find the parts of a certificate as the exact bytes that were signed.
 *
 * Why not the objects of @peculiar/x509: it writes parts anew from what it understood, while a hash
 * must be of the bytes that came; and it throws on five of the real certificates in the tests (old
 * VeriSign ones, with general names of an obsolete kind in an extension nobody needs here).
 */

/** One ASN.1 element. All arrays are views on the same buffer, never copies. */
export interface Element {
	/** The identifier octet: class, constructed bit and number together (0x30 is a SEQUENCE). */
	readonly tag: number;
	/** Header and content. */
	readonly bytes: Uint8Array;
	readonly content: Uint8Array;
}

export const BOOLEAN = 0x01;
export const INTEGER = 0x02;
export const BIT_STRING = 0x03;
export const OCTET_STRING = 0x04;
export const OBJECT_IDENTIFIER = 0x06;
export const UTC_TIME = 0x17;
export const GENERALIZED_TIME = 0x18;
export const SEQUENCE = 0x30;
export const SET = 0x31;
/** Context-specific and constructed, such as `[0] EXPLICIT`; add the number. */
export const CONTEXT = 0xa0;

/** Deeper nesting of indefinite lengths than any real file has: hostile input must not exhaust the stack. */
const MAX_DEPTH = 16;

/** The bytes are no ASN.1 element, or end before it does. */
export class DerError extends Error {
	override readonly name = "DerError";
	/** How many bytes the element announces beyond those there are; 0 for other faults. */
	readonly missing: number;
	constructor(message: string, missing = 0) {
		super(message);
		this.missing = missing;
	}
}

interface Header {
	readonly tag: number;
	/** Octets before the content. */
	readonly size: number;
	/** Octets of content; null for the indefinite form (X.690 section 8.1.3.6). */
	readonly length: number | null;
}

function readHeader(bytes: Uint8Array, offset: number): Header {
	const tag = bytes[offset];
	const first = bytes[offset + 1];
	if (tag === undefined || first === undefined) throw new DerError("the data ends too early", 1);
	if ((tag & 0x1f) === 0x1f) throw new DerError("a tag of more than one octet");
	if (first < 0x80) return { tag, size: 2, length: first };
	if (first === 0x80) return { tag, size: 2, length: null };
	const octets = first & 0x7f;
	if (octets > 4) throw new DerError("a length of more than four octets");
	let length = 0;
	for (let index = 0; index < octets; index++) {
		const octet = bytes[offset + 2 + index];
		if (octet === undefined) throw new DerError("the data ends too early", 1);
		length = length * 0x100 + octet;
	}
	return { tag, size: 2 + octets, length };
}

function endOfIndefinite(bytes: Uint8Array, start: number, depth: number): number {
	if (depth > MAX_DEPTH) throw new DerError("nested too deeply");
	let offset = start;
	while (bytes[offset] !== 0 || bytes[offset + 1] !== 0) {
		offset += readAt(bytes, offset, depth + 1).bytes.length;
	}
	return offset;
}

function readAt(bytes: Uint8Array, offset: number, depth: number): Element {
	const { tag, size, length } = readHeader(bytes, offset);
	const start = offset + size;
	if (length === null) {
		const end = endOfIndefinite(bytes, start, depth);
		return { tag, bytes: bytes.subarray(offset, end + 2), content: bytes.subarray(start, end) };
	}
	const end = start + length;
	if (end > bytes.length) throw new DerError("the data ends too early", end - bytes.length);
	return { tag, bytes: bytes.subarray(offset, end), content: bytes.subarray(start, end) };
}

/**
 * Reads the element at `offset`; what follows it is left alone. Definite and (as old PKCS#7 files
 * have them) indefinite lengths are read. Throws DerError when there is none.
 */
export function readElement(bytes: Uint8Array, offset = 0): Element {
	return readAt(bytes, offset, 0);
}

/** Reads the elements that stand one after another in `content`. Throws DerError. */
export function readElements(content: Uint8Array): Element[] {
	const elements: Element[] = [];
	let offset = 0;
	while (offset < content.length) {
		const element = readElement(content, offset);
		elements.push(element);
		offset += element.bytes.length;
	}
	return elements;
}

/** Reads an OBJECT IDENTIFIER's content as dotted decimals ("2.5.4.3"). Throws DerError when it is cut off. */
export function readOid(content: Uint8Array): string {
	const arcs: bigint[] = [];
	let arc = 0n;
	let open = true;
	for (const octet of content) {
		// Arcs grow beyond 32 bits in real certificates (UUID-based ones even beyond 64).
		arc = (arc << 7n) | BigInt(octet & 0x7f);
		open = (octet & 0x80) !== 0;
		if (open) continue;
		if (arcs.length === 0) {
			const first = arc < 40n ? 0n : arc < 80n ? 1n : 2n;
			arcs.push(first, arc - first * 40n);
		} else arcs.push(arc);
		arc = 0n;
	}
	if (open) throw new DerError("an object identifier that is cut off");
	return arcs.join(".");
}

const TIME = /^(\d{2}|\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})?(?:\.\d+)?(?:Z|([+-])(\d{2})(\d{2}))$/;

/**
 * Reads UTCTime or GeneralizedTime as milliseconds since 1970. RFC 5280 section 4.1.2.5 wants seconds
 * and "Z"; older certificates leave the seconds out or name an offset, which Firefox reads as well.
 * Throws DerError for anything else.
 */
export function readTime({ tag, content }: Element): number {
	const match = TIME.exec(String.fromCharCode(...content.subarray(0, 32)));
	const short = tag === UTC_TIME;
	if (!match || (!short && tag !== GENERALIZED_TIME) || (match[1]?.length === 2) !== short) {
		throw new DerError("a date that cannot be read");
	}
	const [, year = "", month, day, hour, minute, second, sign, hours, minutes] = match;
	const century = short ? (Number(year) < 50 ? 2000 : 1900) : 0;
	const local = Date.UTC(
		century + Number(year),
		Number(month) - 1,
		Number(day),
		Number(hour),
		Number(minute),
		Number(second ?? 0),
	);
	const offset = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
	return sign === "-" ? local + offset : local - offset;
}
