import type { Fingerprint, Spki } from "./key.ts";

/** One certificate, as much of it as Firefox reports without parsing DER. */
export interface Certificate {
	/** Distinguished name in Firefox's writing ("CN=…,O=…,C=…"); may be empty. */
	readonly subject: string;
	/** Distinguished name of the signer, in the same writing. */
	readonly issuer: string;
	/** Start of validity, milliseconds since 1970. */
	readonly notBefore: number;
	/** End of validity, milliseconds since 1970. */
	readonly notAfter: number;
	readonly sha256: Fingerprint;
	readonly spki: Spki;
	/** True only on the last entry, and only when Firefox ships that root. Null: not known (files). */
	readonly builtInRoot: boolean | null;
}

/** A verified chain, leaf first, trust anchor last, as Firefox built it. Never empty. */
export type Chain = readonly [Certificate, ...Certificate[]];

/** Index into a chain: 0 is the leaf. */
export type Position = number;

/** Why a chain could not be had. Each is a decision point, never an exception. */
export type Unreadable =
	/** Firefox gave no security information at all. */
	| "no-information"
	/** https, but no certificates and no overridden error. */
	| "no-chain"
	/** A certificate lacked a field that a decision needs, or had it in another type. */
	| "missing-field"
	/** More certificates than any honest chain has. */
	| "too-long"
	/** The answer did not come in time. */
	| "timeout"
	/** Asking for it failed. */
	| "failed";

/** The kind of certificate error that the person clicked through. */
export type OverriddenKind = "trust" | "domain" | "time";

/**
 * A connection whose certificate error was clicked through. Firefox verified nothing here, so all
 * that is known is what the leaf says of itself.
 */
export interface Overridden {
	/** At least one. */
	readonly kinds: readonly OverriddenKind[];
	/** Null when even the leaf could not be read; then only `overridden` selectors can match. */
	readonly leaf: Certificate | null;
	/** Authority key identifier of the leaf (RFC 5280 section 4.2.1.1), lower-case hex, or null. */
	readonly authorityKeyIdentifier: string | null;
}

/** Whether the document stands in the public logs, as Firefox found (RFC 6962). */
export type Transparency =
	| "compliant"
	/** Fewer logs than Firefox asks for. */
	| "not-enough"
	/** Enough logs, but too few operators of them. */
	| "not-diverse"
	/** Firefox does not ask: of roots that were added to this computer, and of errors that were clicked through. */
	| "not-applicable";

/** How a connection was made, beside who vouched for it. No rule asks for it; people are told of it. */
export interface Channel {
	/** Null: Firefox said nothing of it. */
	readonly transparency: Transparency | null;
	/** "TLSv1.3", as Firefox writes it; null when it said nothing. */
	readonly protocol: string | null;
	/** Firefox calls its encryption weak. */
	readonly weak: boolean;
	/** It went by a proxy that Firefox is set to use. */
	readonly proxied: boolean;
}

/** What is known of who vouched for a connection. */
export type Evidence =
	| { readonly kind: "chain"; readonly chain: Chain }
	| { readonly kind: "overridden"; readonly overridden: Overridden }
	| { readonly kind: "unreadable"; readonly why: Unreadable };

/** mozilla::pkix builds no chain of more than eight; twice that bounds hostile input. */
const MAX_CHAIN = 16;

const isText = (value: unknown): value is string => typeof value === "string";
const isTime = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);

/**
 * Reads one entry of `SecurityInfo.certificates` (Firefox: toolkit/modules/CertUtils,
 * `webRequest.CertificateInfo`). Null when a field that a decision needs is missing or of another
 * type. Checked by hand, not by a schema: it runs for every certificate of every response.
 */
export function readCertificate(raw: unknown): Certificate | null {
	if (typeof raw !== "object" || raw === null) return null;
	// biome-ignore lint/suspicious/noExplicitAny: every member is checked below
	const entry = raw as Record<string, any>;
	const sha256: unknown = entry.fingerprint?.sha256;
	const spki: unknown = entry.subjectPublicKeyInfoDigest?.sha256;
	const notBefore: unknown = entry.validity?.start;
	const notAfter: unknown = entry.validity?.end;
	const { subject, issuer, isBuiltInRoot } = entry;
	if (!isText(sha256) || sha256.length !== 95) return null;
	if (!isText(spki) || spki.length !== 44) return null;
	if (!isText(subject) || !isText(issuer)) return null;
	if (!isTime(notBefore) || !isTime(notAfter)) return null;
	return { subject, issuer, notBefore, notAfter, sha256, spki, builtInRoot: isBuiltInRoot === true };
}

/** Reads `SecurityInfo.certificates` asked for with `certificateChain: true`. Never throws. */
export function readChain(raw: unknown): Evidence {
	if (!Array.isArray(raw) || raw.length === 0) return { kind: "unreadable", why: "no-chain" };
	if (raw.length > MAX_CHAIN) return { kind: "unreadable", why: "too-long" };
	const chain: Certificate[] = [];
	for (const entry of raw) {
		const certificate = readCertificate(entry);
		if (certificate === null) return { kind: "unreadable", why: "missing-field" };
		chain.push(certificate);
	}
	return { kind: "chain", chain: chain as [Certificate, ...Certificate[]] };
}

/**
 * Whether `raw`, as `readChain` takes it, is this chain: what it would read is the same in every member. Never throws
 * on what Firefox gives. Spares making a chain that is known already.
 */
export function isChain(raw: unknown, chain: Chain): boolean {
	if (!Array.isArray(raw) || raw.length !== chain.length) return false;
	for (let at = 0; at < chain.length; at++) {
		// biome-ignore lint/suspicious/noExplicitAny: every member is compared below
		const entry = raw[at] as Record<string, any> | null | undefined;
		const known = chain[at] as Certificate;
		if (
			entry?.fingerprint?.sha256 !== known.sha256 ||
			entry.subjectPublicKeyInfoDigest?.sha256 !== known.spki ||
			entry.subject !== known.subject ||
			entry.issuer !== known.issuer ||
			entry.validity?.start !== known.notBefore ||
			entry.validity.end !== known.notAfter ||
			(entry.isBuiltInRoot === true) !== known.builtInRoot
		) {
			return false;
		}
	}
	return true;
}
