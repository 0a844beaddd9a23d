/**
 * All that a certificate says of itself, as data, for a person who looks into one. Each part is read by itself: what
 * is odd in one (and @peculiar/x509 throws at many odd things) hides nothing of the others.
 */
// @peculiar/x509 throws at import without a Reflect polyfill, so this line has to stay first.
import "@abraham/reflection";
import {
	AuthorityInfoAccessExtension,
	AuthorityKeyIdentifierExtension,
	BasicConstraintsExtension,
	CertificatePolicyExtension,
	CRLDistributionPointsExtension,
	ExtendedKeyUsageExtension,
	ExtensionFactory,
	KeyUsagesExtension,
	PublicKey,
	SubjectKeyIdentifierExtension,
} from "@peculiar/x509";
import { firefoxFingerprint, toHex } from "../core/key.ts";
import { sha256, toBase64, toLatin1 } from "./bytes.ts";
import { BIT_STRING, CONTEXT, DerError, type Element, readElement, readElements, readOid, readTime } from "./der.ts";
import { readName } from "./name.ts";
import { expect, readParts, tolerate } from "./parse.ts";

/** A name of a subjectAltName or of name constraints (RFC 5280 section 4.2.1.6). */
export interface GeneralName {
	readonly kind: "dns" | "ip" | "email" | "uri" | "directory" | "other";
	/** As people write it; of "other", hex. */
	readonly value: string;
}

/** Bits of a key usage extension (RFC 5280 section 4.2.1.3), in their order. */
export const KEY_USAGES = [
	"digitalSignature",
	"nonRepudiation",
	"keyEncipherment",
	"dataEncipherment",
	"keyAgreement",
	"keyCertSign",
	"cRLSign",
	"encipherOnly",
	"decipherOnly",
] as const;
export type KeyUsage = (typeof KEY_USAGES)[number];

/** What an extension says. */
export type Said =
	/** `pathLength`: how many authorities may stand between it and a site; null where nothing limits that. */
	| { readonly kind: "basic"; readonly ca: boolean; readonly pathLength: number | null }
	| { readonly kind: "usage"; readonly usages: readonly KeyUsage[] }
	/** Object identifiers. */
	| { readonly kind: "purposes"; readonly oids: readonly string[] }
	| { readonly kind: "policies"; readonly oids: readonly string[] }
	| {
			readonly kind: "limits";
			readonly permitted: readonly GeneralName[];
			readonly excluded: readonly GeneralName[];
	  }
	/** Addresses at which to ask whether it is revoked, and of the certificate above it. */
	| { readonly kind: "addresses"; readonly ocsp: readonly string[]; readonly issuers: readonly string[] }
	/** Addresses of lists of revoked certificates. */
	| { readonly kind: "lists"; readonly urls: readonly string[] }
	/** Lower-case hex. */
	| { readonly kind: "own-key"; readonly id: string }
	| { readonly kind: "issuer-key"; readonly id: string }
	/** Entries in public logs (RFC 6962 section 3.3), at least one: id of the log in base64, time in milliseconds since 1970. */
	| { readonly kind: "logs"; readonly entries: readonly { readonly log: string; readonly time: number }[] }
	/** The server has to show a fresh answer of whether it is revoked (RFC 7633). */
	| { readonly kind: "staple" }
	/** Known by its number only. */
	| { readonly kind: "unknown" }
	/** Not in the form it should have. */
	| { readonly kind: "unreadable" };

export interface Extension {
	readonly oid: string;
	/** Who does not understand it must not accept the certificate. */
	readonly critical: boolean;
	readonly said: Said;
}

export interface Description {
	/** 1, 2 or 3. */
	readonly version: number;
	/** Lower-case hex. */
	readonly serial: string;
	readonly subject: string;
	readonly issuer: string;
	/** Milliseconds since 1970. */
	readonly notBefore: number;
	readonly notAfter: number;
	/** In order. Null: there is no such extension, or it cannot be read. */
	readonly names: readonly GeneralName[] | null;
	/** "RSA", "EC", "Ed25519" and so on; an object identifier of what is not known. */
	readonly key: { readonly algorithm: string; readonly bits: number | null; readonly curve: string | null };
	/** The same of the signature. */
	readonly signature: string;
	/** As Firefox writes it. */
	readonly sha256: string;
	/** Of the public key; base64. */
	readonly spki: string;
	/** All but the names, in order. */
	readonly extensions: readonly Extension[];
}

const NAMES = "2.5.29.17";
const NAME_CONSTRAINTS = "2.5.29.30";
const LOGS = "1.3.6.1.4.1.11129.2.4.2";
const TLS_FEATURE = "1.3.6.1.5.5.7.1.24";
/** `status_request`, RFC 6066. */
const STATUS_REQUEST = 5;

const KEYS: Readonly<Record<string, string>> = {
	"1.2.840.113549.1.1.1": "RSA",
	"1.2.840.113549.1.1.10": "RSA-PSS",
	"1.2.840.10040.4.1": "DSA",
	"1.2.840.10045.2.1": "EC",
	"1.3.101.112": "Ed25519",
	"1.3.101.113": "Ed448",
	"2.16.840.1.101.3.4.3.17": "ML-DSA-44",
	"2.16.840.1.101.3.4.3.18": "ML-DSA-65",
	"2.16.840.1.101.3.4.3.19": "ML-DSA-87",
};

const SIGNATURES: Readonly<Record<string, string>> = {
	...KEYS,
	"1.2.840.113549.1.1.2": "MD2 + RSA",
	"1.2.840.113549.1.1.4": "MD5 + RSA",
	"1.2.840.113549.1.1.5": "SHA-1 + RSA",
	"1.2.840.113549.1.1.11": "SHA-256 + RSA",
	"1.2.840.113549.1.1.12": "SHA-384 + RSA",
	"1.2.840.113549.1.1.13": "SHA-512 + RSA",
	"1.2.840.10045.4.1": "SHA-1 + ECDSA",
	"1.2.840.10045.4.3.2": "SHA-256 + ECDSA",
	"1.2.840.10045.4.3.3": "SHA-384 + ECDSA",
	"1.2.840.10045.4.3.4": "SHA-512 + ECDSA",
};

const CURVES: Readonly<Record<string, string>> = {
	"1.2.840.10045.3.1.7": "P-256",
	"1.3.132.0.34": "P-384",
	"1.3.132.0.35": "P-521",
	"1.3.132.0.10": "secp256k1",
};

const utf8 = new TextDecoder();

/** An IPv4 or IPv6 address, or with a mask a range of them. */
function readIp(bytes: Uint8Array): string {
	const one = (part: Uint8Array): string =>
		part.length === 4
			? part.join(".")
			: new URL(`http://[${(toHex(part).match(/.{4}/g) ?? []).join(":")}]/`).hostname.slice(1, -1);
	const half = bytes.length / 2;
	return bytes.length === 8 || bytes.length === 32
		? `${one(bytes.subarray(0, half))}/${one(bytes.subarray(half))}`
		: one(bytes);
}

function readGeneralName({ tag, content }: Element): GeneralName {
	const other = { kind: "other", value: toHex(content) } as const;
	switch (tag) {
		case 0x81:
			return { kind: "email", value: toLatin1(content) };
		case 0x82:
			return { kind: "dns", value: toLatin1(content) };
		case 0x86:
			return { kind: "uri", value: utf8.decode(content) };
		case 0x87:
			return tolerate(() => ({ kind: "ip", value: readIp(content) }) as const) ?? other;
		case 0xa4:
			return tolerate(() => ({ kind: "directory", value: readName(readElement(content)).text }) as const) ?? other;
		default:
			return other;
	}
}

const readNames = (value: Uint8Array): GeneralName[] => readElements(readElement(value).content).map(readGeneralName);

/** RFC 5280 section 4.2.1.10. */
function readLimits(value: Uint8Array): Said {
	const parts = readElements(readElement(value).content);
	const subtrees = (tag: number) =>
		readElements(parts.find((part) => part.tag === tag)?.content ?? new Uint8Array()).flatMap((subtree) =>
			readElements(subtree.content).slice(0, 1).map(readGeneralName),
		);
	return { kind: "limits", permitted: subtrees(CONTEXT), excluded: subtrees(CONTEXT + 1) };
}

/** The last time that a Date can be. */
const MAX_TIME = 8.64e15;

/** RFC 6962 section 3.3: a list in TLS's own form, in an OCTET STRING. */
function readLogs(value: Uint8Array): Said {
	const { content } = readElement(value);
	const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
	const entries: { log: string; time: number }[] = [];
	for (let at = 2; at < content.length; at += 2 + view.getUint16(at)) {
		// Length, version, log's id, time.
		const log = content.subarray(at + 3, at + 35);
		if (log.length < 32) throw new DerError("an entry of a log that is cut off");
		const time = Number(view.getBigUint64(at + 35));
		if (time > MAX_TIME) throw new DerError("a date that cannot be read");
		entries.push({ log: toBase64(log), time });
	}
	if (entries.length === 0) throw new DerError("no entry where one has to be");
	return { kind: "logs", entries };
}

/** What the library reads of an extension; null of what it does not know, or cannot read. */
function readByLibrary(bytes: Uint8Array): Said | null {
	const extension = ExtensionFactory.create(Uint8Array.from(bytes));
	const texts = (names: readonly { readonly value: string }[]) => names.map(({ value }) => value);
	if (extension instanceof BasicConstraintsExtension)
		return { kind: "basic", ca: extension.ca, pathLength: extension.pathLength ?? null };
	if (extension instanceof KeyUsagesExtension)
		return { kind: "usage", usages: KEY_USAGES.filter((_, bit) => (extension.usages & (1 << bit)) !== 0) };
	if (extension instanceof ExtendedKeyUsageExtension) return { kind: "purposes", oids: extension.usages.map(String) };
	if (extension instanceof CertificatePolicyExtension) return { kind: "policies", oids: extension.policies };
	if (extension instanceof AuthorityInfoAccessExtension)
		return { kind: "addresses", ocsp: texts(extension.ocsp), issuers: texts(extension.caIssuers) };
	if (extension instanceof CRLDistributionPointsExtension) {
		const names = extension.distributionPoints.flatMap((point) => point.distributionPoint?.fullName ?? []);
		return { kind: "lists", urls: names.flatMap((name) => name.uniformResourceIdentifier ?? []) };
	}
	if (extension instanceof SubjectKeyIdentifierExtension) return { kind: "own-key", id: extension.keyId };
	if (extension instanceof AuthorityKeyIdentifierExtension)
		return extension.keyId === undefined ? null : { kind: "issuer-key", id: extension.keyId };
	return null;
}

/** What the library knows, so that what it cannot read of these is said to be odd, and not unknown. */
const BY_LIBRARY = new Set(
	["14", "15", "19", "31", "32", "35", "37"].map((last) => `2.5.29.${last}`).concat("1.3.6.1.5.5.7.1.1"),
);

function readExtension(element: Element): Extension & { readonly value: Uint8Array } {
	const [oid, ...rest] = readElements(element.content);
	if (!oid) throw new DerError("an extension without a number");
	const value = rest.at(-1)?.content ?? new Uint8Array();
	const critical = rest.length > 1 && rest[0]?.content[0] !== 0;
	const number = readOid(oid);
	const read = (): Said | null => {
		if (number === NAME_CONSTRAINTS) return readLimits(value);
		if (number === LOGS) return readLogs(value);
		if (number === TLS_FEATURE)
			return readElements(readElement(value).content).some(({ content }) => content.at(-1) === STATUS_REQUEST)
				? { kind: "staple" }
				: { kind: "unknown" };
		return BY_LIBRARY.has(number) ? readByLibrary(element.bytes) : { kind: "unknown" };
	};
	return { oid: number, critical, said: tolerate(read) ?? { kind: "unreadable" }, value };
}

function readKey(publicKey: Element): Description["key"] {
	const [identifier, bits] = readElements(publicKey.content);
	const [oid, parameters] = readElements(expect(identifier, 0x30, "algorithm").content);
	const number = oid ? readOid(oid) : "";
	expect(bits, BIT_STRING, "key");
	const read = tolerate(() => new PublicKey(Uint8Array.from(publicKey.bytes)).algorithm as Partial<RsaKeyAlgorithm>);
	const curve = number === "1.2.840.10045.2.1" && parameters ? tolerate(() => readOid(parameters)) : null;
	return {
		algorithm: KEYS[number] ?? number,
		bits: read?.modulusLength ?? null,
		curve: curve && (CURVES[curve] ?? curve),
	};
}

/**
 * Describes one certificate. Throws DerError when the bytes are none; whatever is odd inside of one is left out, or
 * said to be unreadable.
 */
export async function describeCertificate(bytes: Uint8Array): Promise<Description> {
	const der = Uint8Array.from(readElement(bytes).bytes);
	const { version, serial, algorithm, issuer, validity, subject, publicKey, extensions } = readParts(der);
	const [notBefore, notAfter] = readElements(validity.content);
	if (!notBefore || !notAfter) throw new DerError("no validity where one has to be");
	const list = tolerate(() => (extensions ? readElements(readElement(extensions.content).content) : [])) ?? [];
	const read = list.flatMap((element) => tolerate(() => readExtension(element)) ?? []);
	const names = read.find(({ oid }) => oid === NAMES);
	const namesRead = names ? tolerate(() => readNames(names.value)) : null;
	const signature = tolerate(() => readElements(algorithm.content).slice(0, 1).map(readOid)[0]) ?? "";
	return {
		version,
		serial: toHex(serial.content),
		subject: readName(subject).text,
		issuer: readName(issuer).text,
		notBefore: readTime(notBefore),
		notAfter: readTime(notAfter),
		names: namesRead,
		key: tolerate(() => readKey(publicKey)) ?? { algorithm: "", bits: null, curve: null },
		signature: SIGNATURES[signature] ?? signature,
		sha256: firefoxFingerprint(toHex(await sha256(der))),
		spki: toBase64(await sha256(publicKey.bytes)),
		extensions: read
			.filter(({ oid }) => oid !== NAMES || namesRead === null)
			.map(({ oid, critical, said }) => ({
				oid,
				critical,
				said: oid === NAMES ? ({ kind: "unreadable" } as const) : said,
			})),
	};
}
