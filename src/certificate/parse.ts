// @peculiar/x509 throws at import without a Reflect polyfill, so this line has to stay first.
import "@abraham/reflection";
import {
	AuthorityKeyIdentifierExtension,
	BasicConstraintsExtension,
	type Extension,
	ExtensionFactory,
	PemConverter,
	SubjectAlternativeNameExtension,
	SubjectKeyIdentifierExtension,
} from "@peculiar/x509";
import type { Certificate } from "../core/chain.ts";
import { firefoxFingerprint, toHex } from "../core/key.ts";
import { sha256, toBase64 } from "./bytes.ts";
import {
	BIT_STRING,
	CONTEXT,
	DerError,
	type Element,
	INTEGER,
	readElement,
	readElements,
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

/** The element, where it has this tag; else throws DerError. */
export function expect(element: Element | undefined, tag: number, what: string): Element {
	if (element?.tag !== tag) throw new DerError(`no ${what} where one has to be`);
	return element;
}

/**
 * The parts of a TBSCertificate (RFC 5280 section 4.1), as the bytes that were signed. X509Certificate
 * keeps the bytes of the whole only, and throws at odd dates and names.
 */
interface Parts {
	readonly version: number;
	readonly serial: Element;
	/** Of the signature. */
	readonly algorithm: Element;
	readonly issuer: Element;
	readonly validity: Element;
	readonly subject: Element;
	readonly publicKey: Element;
	readonly extensions: Element | undefined;
}

/** Takes a certificate apart. Throws DerError when it is none. */
export function readParts(der: Uint8Array): Parts {
	const certificate = readElements(expect(readElement(der), SEQUENCE, "certificate").content);
	const tbs = readElements(expect(certificate[0], SEQUENCE, "signed part").content);
	expect(certificate[1], SEQUENCE, "signature algorithm");
	expect(certificate[2], BIT_STRING, "signature");
	const versioned = tbs[0]?.tag === CONTEXT;
	const [serial, algorithm, issuer, validity, subject, publicKey, ...rest] = versioned ? tbs.slice(1) : tbs;
	return {
		version: versioned && tbs[0] ? (readElement(tbs[0].content).content.at(-1) ?? 0) + 1 : 1,
		serial: expect(serial, INTEGER, "serial number"),
		algorithm: expect(algorithm, SEQUENCE, "signature algorithm"),
		issuer: expect(issuer, SEQUENCE, "issuer"),
		validity: expect(validity, SEQUENCE, "validity"),
		subject: expect(subject, SEQUENCE, "subject"),
		publicKey: expect(publicKey, SEQUENCE, "public key"),
		extensions: rest.find(({ tag }) => tag === CONTEXT + 3),
	};
}

/**
 * Reads each extension on its own: what @peculiar/x509 cannot read counts as absent, where its
 * X509Certificate would give none at all (old VeriSign certificates say in an obsolete way where their
 * issuer is found). Firefox loads certificates with broken extensions, so they must be shown and
 * refused like any other.
 */
function readExtensions(extensions: Element | undefined): Extension[] {
	if (!extensions) return [];
	const list = tolerate(() => readElements(readElement(extensions.content).content)) ?? [];
	return list.flatMap(({ bytes }) => tolerate(() => ExtensionFactory.create(Uint8Array.from(bytes))) ?? []);
}

/** What `read` gives; null where it throws. */
export function tolerate<T>(read: () => T): T | null {
	try {
		return read();
	} catch {
		return null;
	}
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
	const constraints = extensions.find((extension) => extension instanceof BasicConstraintsExtension);
	const subjectKey = extensions.find((extension) => extension instanceof SubjectKeyIdentifierExtension);
	const authorityKey = extensions.find((extension) => extension instanceof AuthorityKeyIdentifierExtension);
	const names = extensions.find((extension) => extension instanceof SubjectAlternativeNameExtension);
	const selfIssued = subject.text !== "" && subject.text === issuer.text;
	return {
		subject: subject.text,
		issuer: issuer.text,
		notBefore: readTime(notBefore),
		notAfter: readTime(notAfter),
		sha256: firefoxFingerprint(toHex(await sha256(der))),
		spki: toBase64(await sha256(parts.publicKey.bytes)),
		builtInRoot: null,
		ca: constraints?.ca ?? (parts.version < 3 && selfIssued),
		commonName: subject.commonName,
		organization: subject.organization,
		country: subject.country,
		subjectKeyIdentifier: subjectKey?.keyId ?? null,
		authorityKeyIdentifier: authorityKey?.keyId ?? null,
		selfIssued,
		dnsNames: names?.names.items.filter(({ type }) => type === "dns").map(({ value }) => value) ?? [],
		der,
		toPem: () => `${PemConverter.encode(der, PemConverter.CertificateTag)}\n`,
	};
}
