/**
 * The way from a leaf up to a root. TLS says whether there is one, not which; a policy is about which.
 */
import type { X509Certificate } from "node:crypto";
import type { Anchor } from "./trust.ts";

/** OpenSSL follows no more than this by default (SSL_set_verify_depth: 100); no honest chain has more than six. */
const MAX_LENGTH = 10;
/** Signatures that are computed. An honest chain needs one for each certificate. */
const MAX_SIGNATURES = 100;

/** A way up, and the root at its end. */
interface Path {
	/** Leaf first, the root last. */
	readonly certificates: readonly [X509Certificate, ...X509Certificate[]];
	readonly anchor: Anchor;
}

const isInTime = ({ validFrom, validTo }: X509Certificate, now: number): boolean =>
	Date.parse(validFrom) <= now && now <= Date.parse(validTo);

/**
 * Finds the way up that OpenSSL takes: at each certificate, roots of the store before what was sent along, of several
 * the first that is in time. Names and key identifiers, the right to sign, signatures and dates are looked at; path
 * lengths and name constraints are not, since TLS has verified before.
 *
 * @param sent what else the server sent, in any order
 * @param now milliseconds since 1970; null: whatever the dates say
 * @returns null where there is none
 */
export function findPath(
	leaf: X509Certificate,
	sent: readonly X509Certificate[],
	anchors: readonly Anchor[],
	now: number | null,
): Path | null {
	let signatures = MAX_SIGNATURES;
	const signed = (certificate: X509Certificate, by: X509Certificate): boolean => {
		if (!certificate.checkIssued(by) || !by.ca || (now !== null && !isInTime(by, now)) || signatures-- <= 0)
			return false;
		try {
			return certificate.verify(by.publicKey);
		} catch {
			// A key or an algorithm that OpenSSL does not know.
			return false;
		}
	};
	const isRoot = (certificate: X509Certificate): boolean => signed(certificate, certificate);
	const climb = (below: readonly [X509Certificate, ...X509Certificate[]]): Path | null => {
		const top = below.at(-1) ?? leaf;
		// A leaf, or what was sent along, may itself stand in the store.
		const itself = anchors.find(({ certificate }) => certificate.raw.equals(top.raw));
		if (itself && isRoot(top)) return { certificates: below, anchor: itself };
		if (below.length >= MAX_LENGTH) return null;
		const above = [...anchors.map(({ certificate }) => certificate), ...sent];
		for (const signer of above) {
			if (below.some(({ raw }) => raw.equals(signer.raw)) || !signed(top, signer)) continue;
			const found = climb([...below, signer]);
			if (found) return found;
		}
		return null;
	};
	return climb([leaf]);
}

/** Whether a certificate was signed with its own key; whether it may sign does not matter. */
export function isSelfSigned(certificate: X509Certificate): boolean {
	try {
		return certificate.subject === certificate.issuer && certificate.verify(certificate.publicKey);
	} catch {
		return false;
	}
}
