import { toHex } from "../core/key.ts";
import { fromBase64, toLatin1 } from "./bytes.ts";
import {
	BIT_STRING,
	CONTEXT,
	DerError,
	type Element,
	INTEGER,
	OBJECT_IDENTIFIER,
	OCTET_STRING,
	readElement,
	readElements,
	readOid,
	SEQUENCE,
} from "./der.ts";
import { type ParsedCertificate, parseCertificate } from "./parse.ts";
import { CertificateError, type Problem } from "./problem.ts";

/** No honest file of certificates is larger; every root that Firefox ships is 300 kB as PEM. */
const MAX_BYTES = 8 * 1024 * 1024;

const SIGNED_DATA = "1.2.840.113549.1.7.2";
/** Data, enveloped, digested and encrypted data, and so on (RFC 5652). */
const CMS = "1.2.840.113549.1.7.";

/** What each wrong kind of content is called, and what to do about it. Never quotes the content. */
const WRONG: Record<Exclude<Problem, "empty" | "too-large" | "truncated" | "damaged">, string> = {
	"private-key":
		"this is a private key, not a certificate. Nothing was kept; keep it secret and choose the certificate instead",
	"public-key": "this is a public key alone; expected a certificate",
	request: "this is a certificate request (CSR); expected the certificate that was issued for it",
	"revocation-list": "this is a revocation list (CRL); expected a certificate",
	pkcs12:
		"this is a PKCS#12 file (.p12, .pfx), which holds private keys; export the certificates alone as PEM, DER or PKCS#7",
	encrypted: "this is a PKCS#7 file without signed data (encrypted or plain); expected one that holds certificates",
	"key-store": "this is a Java key store; export the certificates as PEM or DER",
	pgp: "this is an OpenPGP or SSH key; expected an X.509 certificate",
	"no-certificates": "this PKCS#7 file holds no certificates",
	"not-certificates": "no certificate was found; expected PEM, DER or PKCS#7",
};

/** The input's name, and how to say what is wrong with it. */
class Reader {
	readonly fileName: string;
	constructor(fileName: string) {
		this.fileName = fileName;
	}

	fail(problem: keyof typeof WRONG): never {
		return this.stop(problem, WRONG[problem]);
	}

	stop(problem: Problem, what: string): never {
		throw new CertificateError(what, { problem, fileName: this.fileName });
	}

	/** Runs `read`, and says of `what` that it is cut off or damaged when DER cannot be read. */
	async attempt<T>(what: string, read: () => T | Promise<T>): Promise<T> {
		try {
			return await read();
		} catch (error) {
			if (!(error instanceof DerError)) throw error;
			const [problem, fault] = error.isCutOff
				? (["truncated", "cut off at the end"] as const)
				: (["damaged", `damaged (${error.message})`] as const);
			throw new CertificateError(`${what} is ${fault}`, { problem, fileName: this.fileName, cause: error });
		}
	}
}

function childrenOf(element: Element | undefined): Element[] {
	return element?.tag === SEQUENCE ? readElements(element.content) : [];
}

function oidOf(element: Element | undefined): string | null {
	return element?.tag === OBJECT_IDENTIFIER ? readOid(element) : null;
}

/** Tells kinds of DER apart by their outermost shape. */
function identify(outer: Element): "certificate" | "pkcs7" | keyof typeof WRONG {
	const parts = childrenOf(outer);
	const [first, second, third] = parts;
	const type = oidOf(first);
	if (type === SIGNED_DATA) return "pkcs7";
	if (type?.startsWith(CMS)) return "encrypted";
	if (first?.tag === INTEGER) {
		if (second?.tag === SEQUENCE) {
			if (oidOf(childrenOf(second)[0])?.startsWith(CMS)) return "pkcs12";
			return third?.tag === OCTET_STRING ? "private-key" : "not-certificates"; // PKCS#8 (RFC 5208)
		}
		if (second?.tag === OCTET_STRING) return "private-key"; // SEC 1 (RFC 5915)
		return second?.tag === INTEGER && parts.length >= 6 ? "private-key" : "not-certificates"; // PKCS#1, DSA
	}
	if (first?.tag !== SEQUENCE) return "not-certificates";
	if (second?.tag === BIT_STRING) return "public-key";
	if (second?.tag === OCTET_STRING) return "private-key"; // encrypted PKCS#8
	if (second?.tag !== SEQUENCE || third?.tag !== BIT_STRING) return "not-certificates";
	// A certificate, a request or a revocation list: signed part, algorithm, signature.
	const signed = childrenOf(first);
	if (signed[0]?.tag === CONTEXT) return "certificate";
	const start = signed[0]?.tag === INTEGER ? 1 : 0;
	const shape = signed.slice(start, start + 3).map(({ tag }) => tag);
	if (shape.join() === [SEQUENCE, SEQUENCE, SEQUENCE].join()) return "certificate";
	if (shape[0] === SEQUENCE && shape[1] === SEQUENCE)
		return shape[2] === CONTEXT || (start === 1 && signed.length < 5) ? "request" : "revocation-list";
	return "not-certificates";
}

/** The certificates of a SignedData (RFC 5652 section 5.1), as they stand; also of a "degenerate" one. */
function certificatesOf(outer: Element): Element[] {
	const [, wrapped] = readElements(outer.content);
	const signedData = wrapped ? readElement(wrapped.content) : undefined;
	const set = childrenOf(signedData).find(({ tag }) => tag === CONTEXT);
	// Other members of the set are attribute certificates and the like, in context tags.
	return set ? readElements(set.content).filter(({ tag }) => tag === SEQUENCE) : [];
}

async function readDer(reader: Reader, bytes: Uint8Array, what: string): Promise<ParsedCertificate[]> {
	const { outer, kind } = await reader.attempt(what, () => {
		const element = readElement(bytes);
		return { outer: element, kind: identify(element) };
	});
	if (kind === "certificate") return [await reader.attempt(what, () => parseCertificate(bytes))];
	if (kind !== "pkcs7") reader.fail(kind);
	const members = await reader.attempt(what, () => certificatesOf(outer));
	if (members.length === 0) reader.fail("no-certificates");
	const parsed: ParsedCertificate[] = [];
	for (const [index, member] of members.entries()) {
		parsed.push(await reader.attempt(`certificate ${index + 1} in ${what}`, () => parseCertificate(member.bytes)));
	}
	return parsed;
}

/** Reads certificates or PKCS#7 messages that stand one after another, as `cat a.der b.der` makes them. */
async function readBinary(reader: Reader, bytes: Uint8Array): Promise<ParsedCertificate[]> {
	const parsed: ParsedCertificate[] = [];
	let rest = bytes;
	for (let number = 1; rest.length > 0; number++) {
		// A line end or padding after the last one is no fault.
		if (number > 1 && rest.every((byte) => byte === 0 || byte === 0x0a || byte === 0x0d)) break;
		const what = number === 1 ? "the certificate" : `certificate ${number}`;
		parsed.push(...(await readDer(reader, rest, what)));
		rest = rest.subarray(readElement(rest).bytes.length);
	}
	return parsed;
}

// PemConverter passes silently over what it cannot read: blocks without an end, on one line, or not
// base64. People must be told which block of their file is at fault, so blocks are found here.
const BLOCK = /-----BEGIN ([A-Z0-9 #]+)-----([\s\S]*?)(?:-----END \1-----|(?=-----BEGIN )|$(?![\s\S]))/g;
const LABELS = /^(?:(?:X509 |TRUSTED )?CERTIFICATE(?: CHAIN)?|PKCS ?#?7(?: SIGNED DATA)?|CMS)$/;

/** What PEM blocks without any certificate are. A private key among them is what has to be said. */
function wrongLabel(blocks: readonly { readonly label: string }[]): keyof typeof WRONG {
	const label = (blocks.find((block) => block.label.endsWith("PRIVATE KEY")) ?? blocks[0])?.label ?? "";
	if (/\b(?:PGP|SSH2)\b/.test(label)) return "pgp";
	if (label.endsWith("PRIVATE KEY")) return "private-key";
	if (label.endsWith("PUBLIC KEY")) return "public-key";
	if (label.endsWith("CERTIFICATE REQUEST")) return "request";
	if (label.endsWith("CRL")) return "revocation-list";
	if (label === "PKCS12") return "pkcs12";
	return "not-certificates";
}

/** The base64 of a block: without RFC 1421 headers, which are "Name: value" lines and their continuations. */
function blockBody(text: string): string {
	const end = /^[ \t]*$/m.exec(text.trimStart());
	return text.includes(":") && end ? text.trimStart().slice(end.index) : text;
}

async function readPem(reader: Reader, text: string): Promise<ParsedCertificate[]> {
	const blocks = [...text.matchAll(BLOCK)].map(([whole, label = "", body = ""]) => ({
		label,
		body,
		closed: whole.endsWith(`-----END ${label}-----`),
	}));
	const ours = blocks.filter(({ label }) => LABELS.test(label));
	if (ours.length === 0) reader.fail(wrongLabel(blocks));
	const parsed: ParsedCertificate[] = [];
	for (const [index, { label, body, closed }] of ours.entries()) {
		const what = ours.length === 1 ? "the certificate" : `certificate ${index + 1} of ${ours.length}`;
		if (!closed) {
			reader.stop("truncated", `${what} is cut off: no “END ${label}” line`);
		}
		const der = fromBase64(blockBody(body));
		if (der === null) {
			reader.stop("damaged", `${what} is damaged (not base64 between its BEGIN and END lines)`);
		}
		if (der.length === 0) reader.stop("empty", `${what} is empty`);
		parsed.push(...(await readDer(reader, der, what)));
	}
	return parsed;
}

/** Text of a file, or null when it is binary. Windows saves text as UTF-16 at times. */
function asText(bytes: Uint8Array): string | null {
	if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
	if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
	// DER always holds such octets (the tags of INTEGER, BIT STRING and OBJECT IDENTIFIER), text never.
	return bytes.some((byte) => byte < 0x09) ? null : toLatin1(bytes);
}

async function readText(reader: Reader, text: string): Promise<ParsedCertificate[] | null> {
	if (text.includes("-----BEGIN ")) return readPem(reader, text);
	if (text.includes("---- BEGIN SSH2") || /^(?:ssh-|ecdsa-sha2-)/.test(text.trimStart())) reader.fail("pgp");
	// Base64 alone, as metadata files and some Windows exports have it.
	const bare = text.replace(/^\uFEFF|^ï»¿/, "").trim();
	const der = /^[A-Za-z0-9+/\s]+={0,2}$/.test(bare) ? fromBase64(bare) : null;
	return der?.[0] === SEQUENCE && der.length > 64 ? readBinary(reader, der) : null;
}

/**
 * Reads the certificates in a file or in pasted text: PEM (one or many blocks, with any text around
 * them), DER (one or several in a row), PKCS#7 (RFC 5652 signed data, in DER, BER or PEM) or bare
 * base64, in the order they have there. Other PEM blocks beside certificates are passed over.
 *
 * Throws CertificateError, with one line for people, when the input is empty, larger than 8 MiB, cut
 * off, damaged, or something else: a private key, a request, a PKCS#12 file. Either all certificates
 * are read or none is returned.
 */
export async function readCertificates(input: Uint8Array | string, fileName = "input"): Promise<ParsedCertificate[]> {
	const reader = new Reader(fileName);
	if (input.length > MAX_BYTES) {
		reader.stop("too-large", "larger than 8 MiB; expected a file of certificates");
	}
	if (typeof input === "string") {
		if (input.trim() === "") reader.stop("empty", "nothing to read");
		return (await readText(reader, input)) ?? reader.fail("not-certificates");
	}
	const text = asText(input);
	if (text?.trim() === "") reader.stop("empty", "the file is empty");
	const parsed = text === null ? null : await readText(reader, text);
	if (parsed) return parsed;
	if (toHex(input.subarray(0, 4)) === "feedfeed") reader.fail("key-store");
	if (input[0] !== SEQUENCE) reader.fail("not-certificates");
	return readBinary(reader, input);
}
