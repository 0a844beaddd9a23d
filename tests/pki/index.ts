/**
 * A chain builder: a test draws the authorities and certificates it needs and reads off what Firefox
 * and the extension would call them.
 *
 * ```ts
 * const pki = await Pki.create();
 * const root = await pki.root({ name: "CN=Good Root,O=Good Trust,C=US" });
 * const ca = await root.intermediate({ name: "CN=Good CA,O=Good Trust,C=US" });
 * const leaf = await ca.leaf({ names: ["good.example-lab.com"] });
 * leaf.chainPem(); // what a server sends
 * ```
 */

// @peculiar/x509 throws at import without a Reflect polyfill, so this line has to stay first.
import "@abraham/reflection";
import { createHash, createPublicKey, type KeyObject, webcrypto } from "node:crypto";
import { isIP } from "node:net";
import {
	AuthorityKeyIdentifierExtension,
	BasicConstraintsExtension,
	ExtendedKeyUsage,
	ExtendedKeyUsageExtension,
	Extension,
	type JsonGeneralNames,
	KeyUsageFlags,
	KeyUsagesExtension,
	Name,
	PemConverter,
	SubjectAlternativeNameExtension,
	SubjectKeyIdentifierExtension,
	X509CertificateGenerator,
} from "@peculiar/x509";

const DAY = 86_400_000;
/** Firefox (and the baseline requirements) take no leaf that is valid for longer than this. */
export const MAX_LEAF_DAYS = 398;

const EC = { name: "ECDSA", namedCurve: "P-256" } as const;
const SIGNATURE = { name: "ECDSA", hash: "SHA-256" } as const;

// The DOM's and Node's CryptoKey are two declarations of one object; x509 is typed with the DOM's.
type Subtle = typeof globalThis.crypto;
const subtleCrypto = webcrypto as unknown as Subtle;

/** A P-256 key pair that certificates can be made for, and sign with. */
export interface KeyPair {
	readonly privateKey: CryptoKey;
	readonly publicKey: CryptoKey;
	/** PKCS#8, PEM. */
	readonly pem: string;
	/** Base64 SHA-256 of the SubjectPublicKeyInfo, as `subjectPublicKeyInfoDigest.sha256` has it. */
	readonly spki: string;
}

/** When a certificate is valid. Omitted ends take the builder's defaults. */
export interface Validity {
	notBefore?: Date;
	notAfter?: Date;
}

/** What a certificate authority is made of. */
export interface AuthorityOptions extends Validity {
	/** Distinguished name as Firefox shows it, e.g. `CN=Good Root,O=Good Trust,C=US`. */
	name: string;
	/** A key to use instead of a new one: two certificates with one key are one authority. */
	key?: KeyPair;
	/** Path length constraint; none by default. */
	pathLength?: number;
	/** Upper-case or lower-case hexadecimal serial number; random by default. */
	serialNumber?: string;
}

/** What a server certificate is made of. */
export interface LeafOptions extends Validity {
	/** DNS names or IP addresses of the subjectAltName; the first is the CN unless `name` is given. */
	names: string[];
	/** Distinguished name; `CN=<first of names>` by default. */
	name?: string;
	key?: KeyPair;
	serialNumber?: string;
	/** Hexadecimal key identifier that it says its signer has; the signer's own by default. */
	authorityKeyIdentifier?: string;
}

/**
 * Makes a new P-256 key pair.
 *
 * @returns the pair, with its PKCS#8 PEM and SPKI hash worked out
 * @throws when Node's web crypto does
 */
export async function generateKey(): Promise<KeyPair> {
	const pair = (await subtleCrypto.subtle.generateKey(EC, true, ["sign", "verify"])) as {
		privateKey: CryptoKey;
		publicKey: CryptoKey;
	};
	const pkcs8 = await subtleCrypto.subtle.exportKey("pkcs8", pair.privateKey);
	return describeKey(pair, PemConverter.encode(pkcs8, "PRIVATE KEY"));
}

/**
 * Reads a key that was kept from an earlier run.
 *
 * @param pem PKCS#8 PEM of a P-256 key, as {@link KeyPair.pem} or {@link Certificate.keyPem} has it
 * @returns the pair it stands for
 * @throws when the text is no such key
 */
export async function importKey(pem: string): Promise<KeyPair> {
	const publicDer = createPublicKey(pem).export({
		type: "spki",
		format: "der",
	});
	const [privateKey, publicKey] = await Promise.all([
		subtleCrypto.subtle.importKey("pkcs8", PemConverter.decodeFirst(pem), EC, true, ["sign"]),
		subtleCrypto.subtle.importKey("spki", new Uint8Array(publicDer), EC, true, ["verify"]),
	]);
	return describeKey({ privateKey, publicKey }, pem);
}

async function describeKey(pair: Pick<KeyPair, "privateKey" | "publicKey">, pem: string): Promise<KeyPair> {
	const spki = await subtleCrypto.subtle.exportKey("spki", pair.publicKey);
	return {
		...pair,
		pem,
		spki: createHash("sha256").update(new Uint8Array(spki)).digest("base64"),
	};
}

/**
 * Makes a self-signed certificate with extensions that no builder would give it.
 *
 * @param extensions number, value in hex, whether it is critical (false by default)
 * @returns its DER
 */
export async function withExtensions(
	...extensions: readonly (readonly [oid: string, hex: string, critical?: boolean])[]
): Promise<Uint8Array> {
	const certificate = await X509CertificateGenerator.createSelfSigned(
		{
			name: "CN=made.example",
			keys: await generateKey(),
			signingAlgorithm: SIGNATURE,
			extensions: extensions.map(
				([oid, hex, critical = false]) => new Extension(oid, critical, new Uint8Array(Buffer.from(hex, "hex"))),
			),
		},
		subtleCrypto,
	);
	return new Uint8Array(certificate.rawData);
}

/** One certificate, the key in it, and the certificate that vouches for it. */
export class Certificate {
	/** DER of the certificate. */
	readonly der: Uint8Array<ArrayBuffer>;
	/** PEM of the certificate, with a line end. */
	readonly pem: string;
	/** PKCS#8 PEM of the certificate's private key. */
	readonly keyPem: string;
	/** Base64 SHA-256 of the SubjectPublicKeyInfo. */
	readonly spki: string;
	/** Lower-case hexadecimal SHA-256 of the DER. */
	readonly sha256: string;
	/** Distinguished name as the builder was given it. */
	readonly subject: string;
	/** Upper-case hexadecimal serial number. */
	readonly serialNumber: string;
	readonly notBefore: Date;
	readonly notAfter: Date;
	/** The certificate that signed this one; `null` for a self-signed one. */
	readonly issuer: Certificate | null;
	readonly key: KeyPair;

	/**
	 * Certificates come from {@link Pki} and {@link Authority}; tests have no reason to call this.
	 *
	 * @param fields what the certificate is, as its maker knows it
	 */
	constructor(fields: CertificateFields) {
		this.der = fields.der;
		this.pem = `${PemConverter.encode(fields.der, "CERTIFICATE")}\n`;
		this.key = fields.key;
		this.keyPem = fields.key.pem;
		this.spki = fields.key.spki;
		this.sha256 = createHash("sha256").update(fields.der).digest("hex");
		this.subject = fields.subject;
		this.serialNumber = fields.serialNumber;
		this.notBefore = fields.notBefore;
		this.notAfter = fields.notAfter;
		this.issuer = fields.issuer;
	}

	/**
	 * The chain from this certificate up to its root, root included.
	 *
	 * @returns this certificate first, the root last
	 */
	chain(): Certificate[] {
		return this.issuer === null ? [this] : [this, ...this.issuer.chain()];
	}

	/**
	 * What a server would send: this certificate and everything above it, without the root.
	 *
	 * @param options `extra` certificates are appended (a cross-signed copy, say); `root: true` sends
	 *   the root as well; `only: true` sends this certificate alone
	 * @returns concatenated PEM, this certificate first
	 */
	chainPem(options: { extra?: Certificate[]; root?: boolean; only?: boolean } = {}): string {
		const sent = options.only
			? [this]
			: this.chain().filter((one) => one === this || one.issuer !== null || options.root === true);
		return [...sent, ...(options.extra ?? [])].map((one) => one.pem).join("");
	}

	/**
	 * The public key, for checks with Node's own crypto.
	 *
	 * @returns Node key object
	 */
	publicKey(): KeyObject {
		return createPublicKey(this.keyPem);
	}
}

interface CertificateFields {
	der: Uint8Array<ArrayBuffer>;
	key: KeyPair;
	subject: string;
	serialNumber: string;
	notBefore: Date;
	notAfter: Date;
	issuer: Certificate | null;
}

/** A certificate that may sign others. */
export class Authority extends Certificate {
	/**
	 * A certificate authority under this one.
	 *
	 * @param options name and whatever differs from the defaults (valid from a year before now to
	 *   five years after)
	 * @returns the new authority, with this one as its issuer
	 */
	intermediate(options: AuthorityOptions): Promise<Authority> {
		return makeAuthority(options, this);
	}

	/**
	 * A second certificate for an authority that exists: same name, same key, signed by this one.
	 *
	 * @param authority whose name and key to take; usually a root
	 * @param validity when the copy is valid; the default is when an intermediate would be
	 * @returns the copy, with this authority as its issuer
	 */
	crossSign(authority: Authority, validity: Validity = {}): Promise<Authority> {
		return makeAuthority({ ...validity, name: authority.subject, key: authority.key }, this);
	}

	/**
	 * A certificate with this one's name and issuer and a key of its own.
	 *
	 * @param validity when it is valid
	 * @returns the re-keyed authority; self-signed when this one is
	 */
	async rekey(validity: Validity = {}): Promise<Authority> {
		return makeAuthority({ ...validity, name: this.subject }, this.issuer as Authority | null);
	}

	/**
	 * A new certificate for this authority's own name and key, by the same issuer.
	 *
	 * @param validity when it is valid
	 * @returns the reissued authority: other fingerprint, same SPKI
	 */
	async reissue(validity: Validity = {}): Promise<Authority> {
		return makeAuthority({ ...validity, name: this.subject, key: this.key }, this.issuer as Authority | null);
	}

	/**
	 * A server certificate.
	 *
	 * @param options names, and whatever differs from the defaults (valid from 30 days before now to
	 *   60 days after)
	 * @returns the leaf
	 * @throws RangeError when it would be valid for more than {@link MAX_LEAF_DAYS}
	 */
	async leaf(options: LeafOptions): Promise<Certificate> {
		return makeLeaf(options, this);
	}

	/**
	 * A server certificate that has run out: valid for 60 days, until ten days ago.
	 *
	 * @param options as for {@link leaf}
	 * @returns the expired leaf
	 */
	expiredLeaf(options: LeafOptions): Promise<Certificate> {
		const now = Date.now();
		return makeLeaf(
			{
				notBefore: new Date(now - 70 * DAY),
				notAfter: new Date(now - 10 * DAY),
				...options,
			},
			this,
		);
	}
}

/** A set of test authorities. Nothing in it is shared with another set. */
export class Pki {
	private constructor() {}

	/**
	 * Starts an empty set.
	 *
	 * @returns the set
	 */
	static async create(): Promise<Pki> {
		return new Pki();
	}

	/**
	 * A self-signed root.
	 *
	 * @param options name and whatever differs from the defaults (valid from a year before now to
	 *   five years after)
	 * @returns the root
	 */
	root(options: AuthorityOptions): Promise<Authority> {
		return makeAuthority(options, null);
	}

	/**
	 * A server certificate signed with its own key and by nobody else.
	 *
	 * @param options as for {@link Authority.leaf}
	 * @returns the leaf, its own issuer
	 */
	selfSignedLeaf(options: LeafOptions): Promise<Certificate> {
		return makeLeaf(options, null);
	}
}

async function makeAuthority(options: AuthorityOptions, issuer: Authority | null): Promise<Authority> {
	const key = options.key ?? (await generateKey());
	const now = Date.now();
	return new Authority(
		await sign({
			subject: options.name,
			key,
			issuer,
			notBefore: options.notBefore ?? new Date(now - 365 * DAY),
			notAfter: options.notAfter ?? new Date(now + 5 * 365 * DAY),
			serialNumber: options.serialNumber,
			extensions: [
				new BasicConstraintsExtension(true, options.pathLength, true),
				new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
			],
		}),
	);
}

async function makeLeaf(options: LeafOptions, issuer: Authority | null): Promise<Certificate> {
	const [first] = options.names;
	const subject = options.name ?? (first === undefined ? "" : `CN=${first}`);
	const now = Date.now();
	// A caller who moves only one end gets a leaf of ninety days, not one that Firefox refuses.
	const notBefore = options.notBefore ?? new Date(options.notAfter ? +options.notAfter - 90 * DAY : now - 30 * DAY);
	const notAfter = options.notAfter ?? new Date(+notBefore + 90 * DAY);
	if (+notAfter - +notBefore > MAX_LEAF_DAYS * DAY)
		throw new RangeError(`leaf ${subject} would be valid for more than ${MAX_LEAF_DAYS} days`);
	const names: JsonGeneralNames = options.names.map((value) => ({
		type: isIP(value) ? "ip" : "dns",
		value,
	}));
	return new Certificate(
		await sign({
			subject,
			key: options.key ?? (await generateKey()),
			issuer,
			notBefore,
			notAfter,
			serialNumber: options.serialNumber,
			authorityKeyIdentifier: options.authorityKeyIdentifier,
			extensions: [
				new BasicConstraintsExtension(false, undefined, true),
				new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
				new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
				new SubjectAlternativeNameExtension(names),
			],
		}),
	);
}

interface Unsigned {
	subject: string;
	key: KeyPair;
	issuer: Authority | null;
	notBefore: Date;
	notAfter: Date;
	serialNumber: string | undefined;
	authorityKeyIdentifier?: string | undefined;
	extensions: Extension[];
}

async function sign(unsigned: Unsigned): Promise<CertificateFields> {
	const { subject, key, issuer, notBefore, notAfter } = unsigned;
	const signer = issuer?.key ?? key;
	const [ski, aki] = await Promise.all([
		SubjectKeyIdentifierExtension.create(key.publicKey, false, subtleCrypto),
		unsigned.authorityKeyIdentifier === undefined
			? AuthorityKeyIdentifierExtension.create(signer.publicKey, false, subtleCrypto)
			: new AuthorityKeyIdentifierExtension(unsigned.authorityKeyIdentifier),
	]);
	const made = await X509CertificateGenerator.create(
		{
			subject: encodedName(subject),
			issuer: encodedName(issuer?.subject ?? subject),
			publicKey: key.publicKey,
			signingKey: signer.privateKey,
			signingAlgorithm: SIGNATURE,
			notBefore,
			notAfter,
			...(unsigned.serialNumber === undefined ? {} : { serialNumber: unsigned.serialNumber }),
			extensions: [...unsigned.extensions, ski, aki],
		},
		subtleCrypto,
	);
	return {
		der: new Uint8Array(made.rawData),
		key,
		subject,
		serialNumber: made.serialNumber.toUpperCase(),
		notBefore: made.notBefore,
		notAfter: made.notAfter,
		issuer,
	};
}

// Firefox prints a name from its last part to its first, as RFC 4514 says; the library encodes what it
// is given from left to right. Reversed here, the name of a drawing is the name Firefox reports.
function encodedName(name: string): Name {
	return new Name(new Name(name).toJSON().reverse());
}
