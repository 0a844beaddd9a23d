/**
 * Certificates whose names no library would write: any DER at all may stand as subject and issuer.
 * tests/pki is for all others.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { der, oid, SEQUENCE } from "../core/der.ts";

const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const BOOLEAN_TRUE = der(0x01, [0xff]);
const UTC_TIME = 0x17;
const ECDSA_SHA256 = der(SEQUENCE, oid("1.2.840.10045.4.3.2"));
const DAY = 86_400_000;

/** A certificate that was forged, and the key in it. */
export interface Forged {
	/** The subject, in DER. */
	readonly name: Buffer;
	readonly pem: string;
	readonly keyPem: string;
}

/** What to forge. */
export interface Draft {
	/** A Name in DER. */
	readonly subject: Buffer;
	/** Self-signed without one. */
	readonly issuer?: Forged;
	/** DNS name of a server certificate; an authority's without one. */
	readonly host?: string;
}

function time(milliseconds: number): Buffer {
	const text = new Date(milliseconds).toISOString().replace(/[-:T]|\.\d+/g, "");
	return der(UTC_TIME, Buffer.from(text.slice(2)));
}

function extension(id: string, isCritical: boolean, value: Buffer): Buffer {
	return der(SEQUENCE, oid(id), ...(isCritical ? [BOOLEAN_TRUE] : []), der(OCTET_STRING, value));
}

function extensions(host: string | undefined): Buffer {
	const basic = extension("2.5.29.19", true, host === undefined ? der(SEQUENCE, BOOLEAN_TRUE) : der(SEQUENCE));
	if (host === undefined) return der(SEQUENCE, basic);
	const usage = extension("2.5.29.37", false, der(SEQUENCE, oid("1.3.6.1.5.5.7.3.1")));
	return der(SEQUENCE, basic, usage, extension("2.5.29.17", false, der(SEQUENCE, der(0x82, Buffer.from(host)))));
}

/** Makes and signs a certificate with a new P-256 key, valid from a month ago for three. */
export function forge({ subject, issuer, host }: Draft): Forged {
	const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
	const signer: KeyObject = issuer ? createPrivateKey(issuer.keyPem) : privateKey;
	const now = Date.now();
	const signed = der(
		SEQUENCE,
		der(0xa0, der(INTEGER, [2])),
		der(INTEGER, [1, ...randomBytes(8)]),
		ECDSA_SHA256,
		issuer?.name ?? subject,
		der(SEQUENCE, time(now - 30 * DAY), time(now + 60 * DAY)),
		subject,
		createPublicKey(publicKey.export({ type: "spki", format: "pem" })).export({ type: "spki", format: "der" }),
		der(0xa3, extensions(host)),
	);
	const whole = der(SEQUENCE, signed, ECDSA_SHA256, der(BIT_STRING, [0], sign("sha256", signed, signer)));
	const lines = whole.toString("base64").match(/.{1,64}/g) ?? [];
	return {
		name: subject,
		pem: ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n"),
		keyPem: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
	};
}
