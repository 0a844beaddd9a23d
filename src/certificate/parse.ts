import type { Certificate } from "../core/chain.ts";
import { firefoxFingerprint } from "../core/key.ts";
import { sha256, toBase64, toHex, toLatin1 } from "./bytes.ts";
import {
	BIT_STRING,
	BOOLEAN,
	CONTEXT,
	DerError,
	type Element,
	INTEGER,
	OCTET_STRING,
	readElement,
	readElements,
	readOid,
	readTime,
	SEQUENCE,
} from "./der.ts";
import { readName } from "./name.ts";

/** A certificate out of a file: what Firefox would report of it, and what else its bytes say. */
export interface ParsedCertificate extends Certificate {
	/** Nothing in a file says what Firefox ships. */
	readonly builtInRoot: null;
	/**
	 * May sign other certificates: its basicConstraints say so (RFC 5280 section 4.2.1.9), or it is a
	 * self-issued certificate of version 1 or 2, which have no extensions and were used as roots.
	 */
	readonly ca: boolean;
	readonly commonName: string | null;
	readonly organization: string | null;
	/** The subject's C as it stands; usually two upper-case letters, but nothing enforces it. */
	readonly country: string | null;
	/** RFC 5280 section 4.2.1.2, lower-case hex. */
	readonly subjectKeyIdentifier: string | null;
	/** RFC 5280 section 4.2.1.1, lower-case hex. */
	readonly authorityKeyIdentifier: string | null;
	/** Subject and issuer are the same (not empty) name. Says nothing about who signed. */
	readonly selfIssued: boolean;
	/** The subjectAltName's DNS names as they stand, in order. */
	readonly dnsNames: readonly string[];
	/** The exact bytes. */
	readonly der: Uint8Array;
	/** RFC 7468, with a line feed at the end. */
	toPem(): string;
}

const BASIC_CONSTRAINTS = "2.5.29.19";
const SUBJECT_KEY_IDENTIFIER = "2.5.29.14";
const AUTHORITY_KEY_IDENTIFIER = "2.5.29.35";
const SUBJECT_ALT_NAME = "2.5.29.17";

/** `[0]`, primitive: keyIdentifier in an authority key identifier. */
const KEY_IDENTIFIER = 0x80;
/** `[2]`, primitive: dNSName in a GeneralName. */
const DNS_NAME = 0x82;

function expect(element: Element | undefined, tag: number, what: string): Element {
	if (element?.tag !== tag) throw new DerError(`no ${what} where one has to be`);
	return element;
}

/** The parts of a TBSCertificate (RFC 5280 section 4.1), as the bytes that were signed. */
interface Parts {
	readonly version: number;
	readonly issuer: Element;
	readonly validity: Element;
	readonly subject: Element;
	readonly publicKey: Element;
	readonly extensions: Element | undefined;
}

function readParts(der: Uint8Array): Parts {
	const certificate = readElements(expect(readElement(der), SEQUENCE, "certificate").content);
	const tbs = readElements(expect(certificate[0], SEQUENCE, "signed part").content);
	expect(certificate[1], SEQUENCE, "signature algorithm");
	expect(certificate[2], BIT_STRING, "signature");
	const versioned = tbs[0]?.tag === CONTEXT;
	const [serial, algorithm, issuer, validity, subject, publicKey, ...rest] = versioned ? tbs.slice(1) : tbs;
	expect(serial, INTEGER, "serial number");
	expect(algorithm, SEQUENCE, "signature algorithm");
	return {
		version: versioned && tbs[0] ? (readElement(tbs[0].content).content.at(-1) ?? 0) + 1 : 1,
		issuer: expect(issuer, SEQUENCE, "issuer"),
		validity: expect(validity, SEQUENCE, "validity"),
		subject: expect(subject, SEQUENCE, "subject"),
		publicKey: expect(publicKey, SEQUENCE, "public key"),
		extensions: rest.find(({ tag }) => tag === CONTEXT + 3),
	};
}

/** Value of each extension by its dotted name. A malformed list or entry counts as absent. */
function readExtensions(extensions: Element | undefined): Map<string, Uint8Array> {
	const values = new Map<string, Uint8Array>();
	if (!extensions) return values;
	for (const extension of tolerate(() => readElements(readElement(extensions.content).content)) ?? []) {
		tolerate(() => {
			const parts = readElements(extension.content);
			const value = parts.find(({ tag }) => tag === OCTET_STRING);
			if (parts[0] && value) values.set(readOid(parts[0].content), value.content);
		});
	}
	return values;
}

/**
 * Runs what may meet malformed bytes in an extension. Firefox loads certificates with broken
 * extensions, so they must be shown and refused like any other.
 */
function tolerate<T>(read: () => T): T | null {
	try {
		return read();
	} catch (error) {
		if (error instanceof DerError) return null;
		throw error;
	}
}

function readBasicConstraints(value: Uint8Array): boolean {
	const [first] = readElements(readElement(value).content);
	return first?.tag === BOOLEAN && first.content[0] !== 0;
}

function readAuthorityKeyIdentifier(value: Uint8Array): string | null {
	const identifier = readElements(readElement(value).content).find(({ tag }) => tag === KEY_IDENTIFIER);
	return identifier ? toHex(identifier.content) : null;
}

function readDnsNames(value: Uint8Array): string[] {
	const names = readElements(readElement(value).content);
	return names.filter(({ tag }) => tag === DNS_NAME).map(({ content }) => toLatin1(content));
}

function writePem(der: Uint8Array): string {
	const lines = toBase64(der).match(/.{1,64}/g) ?? [];
	return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}

/**
 * Reads one certificate (RFC 5280) from the start of `bytes`; what follows is left alone. Throws
 * DerError when it is not one. Signature, serial number and key are not examined, and broken
 * extensions count as absent, so nothing that Firefox loads is refused here.
 */
export async function parseCertificate(bytes: Uint8Array): Promise<ParsedCertificate> {
	const der = Uint8Array.from(readElement(bytes).bytes);
	const parts = readParts(der);
	const [notBefore, notAfter] = readElements(parts.validity.content);
	if (!notBefore || !notAfter) throw new DerError("no validity where one has to be");
	const subject = readName(parts.subject);
	const issuer = readName(parts.issuer);
	const extensions = readExtensions(parts.extensions);
	const extension = <T>(oid: string, read: (value: Uint8Array) => T): T | null => {
		const value = extensions.get(oid);
		return value ? tolerate(() => read(value)) : null;
	};
	const selfIssued = subject.text !== "" && subject.text === issuer.text;
	return {
		subject: subject.text,
		issuer: issuer.text,
		notBefore: readTime(notBefore),
		notAfter: readTime(notAfter),
		sha256: firefoxFingerprint(toHex(await sha256(der))),
		spki: toBase64(await sha256(parts.publicKey.bytes)),
		builtInRoot: null,
		ca: extension(BASIC_CONSTRAINTS, readBasicConstraints) ?? (parts.version < 3 && selfIssued),
		commonName: subject.commonName,
		organization: subject.organization,
		country: subject.country,
		subjectKeyIdentifier: extension(SUBJECT_KEY_IDENTIFIER, (value) => toHex(readElement(value).content)),
		authorityKeyIdentifier: extension(AUTHORITY_KEY_IDENTIFIER, readAuthorityKeyIdentifier),
		selfIssued,
		dnsNames: extension(SUBJECT_ALT_NAME, readDnsNames) ?? [],
		der,
		toPem: () => writePem(der),
	};
}
