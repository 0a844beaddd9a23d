/**
 * Looks at who vouches for a server, and judges it: https, mail, or anything that speaks TLS. Sends no credentials,
 * never speaks on without encryption, and never rejects: whatever happens ends in a named outcome.
 *
 * ```ts
 * const trust = await trustStore("mozilla");
 * const judging = createJudging({ admin: null, person: firstRules }, catalogue);
 * const checked = await check(target, { judging, trust, timeoutMs: 15_000, now: Date.now });
 * ```
 */
import type { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { type ParsedCertificate, parseCertificate } from "../../src/certificate/parse.ts";
import type { OverriddenKind } from "../../src/core/chain.ts";
import { messageOf } from "../../src/core/error.ts";
import { readHost } from "../../src/core/host.ts";
import type { Untrusted } from "../../src/core/mail.ts";
import { type Presented, present } from "./connect.ts";
import { Ending, printable } from "./ending.ts";
import type { Judging } from "./judging.ts";
import type { Base, Checked, Target, Unverified, Verified } from "./outcome.ts";
import { findPath, isSelfSigned } from "./path.ts";
import type { TrustStore } from "./trust.ts";

export type { Checked, Failed, Failure, Protocol, Target, Unverified, Verified } from "./outcome.ts";

/** What a check needs to know. */
export interface CheckOptions {
	readonly judging: Judging;
	readonly trust: TrustStore;
	/** For the whole of it, from the look-up of the name on. */
	readonly timeoutMs: number;
	readonly signal?: AbortSignal;
	/** Milliseconds since 1970. */
	readonly now: () => number;
}

/** What OpenSSL calls them (`man verify`), as Node writes the names. */
const REASONS: Readonly<Record<string, Untrusted>> = {
	DEPTH_ZERO_SELF_SIGNED_CERT: "self-signed",
	SELF_SIGNED_CERT_IN_CHAIN: "unknown-root",
	UNABLE_TO_GET_ISSUER_CERT: "unknown-issuer",
	UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "unknown-issuer",
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: "unknown-issuer",
	CERT_UNTRUSTED: "unknown-issuer",
	CERT_HAS_EXPIRED: "expired",
	CERT_NOT_YET_VALID: "not-yet-valid",
	INVALID_PURPOSE: "purpose",
};

const KINDS: Readonly<Partial<Record<Untrusted, OverriddenKind>>> = {
	expired: "time",
	"not-yet-valid": "time",
	name: "domain",
};

/** Signatures with MD5 and SHA-1, with RSA (RFC 8017) and ECDSA (RFC 3279), as DER has their identifiers. */
const WEAK_SIGNATURES = ["06092a864886f70d010104", "06092a864886f70d010105", "06072a8648ce3d0401"].map((hex) =>
	Buffer.from(hex, "hex"),
);

/**
 * Less than 112 bits of security (NIST SP 800-57 part 1, tables 2 and 3), which is what the trust store's context asks for.
 * Asked only of what OpenSSL refused.
 */
function isWeak({ publicKey, raw }: X509Certificate): boolean {
	if (WEAK_SIGNATURES.some((identifier) => raw.includes(identifier))) return true;
	const { modulusLength, namedCurve } = publicKey.asymmetricKeyDetails ?? {};
	return modulusLength === undefined ? /^(?:prime192v|secp1[69]|sect1)/.test(namedCurve ?? "") : modulusLength < 2048;
}

/** Why OpenSSL did not take a chain. Of some reasons Node gives no name. */
function reasonOf(error: string, certificates: readonly X509Certificate[]): Untrusted {
	const known = REASONS[error];
	if (known) return known;
	return error === "UNSPECIFIED" && certificates.some(isWeak) ? "weak" : "invalid";
}

/** Whether a document is for this server: by its subjectAltName alone (RFC 9525), as Firefox goes. */
function isNamed(leaf: X509Certificate, host: string): boolean {
	if (isIP(host) !== 0) return leaf.checkIP(host) !== undefined;
	return leaf.checkHost(host, { subject: "never", partialWildcards: false }) !== undefined;
}

/** Why nobody who is trusted here vouches for what was shown. */
function whyUntrusted({ leaf, above }: Presented): Untrusted {
	if (isSelfSigned(leaf)) return "self-signed";
	return above.some(isSelfSigned) ? "unknown-root" : "unknown-issuer";
}

/** What TLS says of what was shown: the way up, or why there is none. */
type Verification =
	| { readonly path: readonly X509Certificate[] }
	| { readonly why: readonly [Untrusted, ...Untrusted[]]; readonly path: null };

function verify(presented: Presented, host: string, { anchors }: TrustStore, now: number): Verification {
	const { leaf, above, error } = presented;
	const why = new Set<Untrusted>();
	if (error !== null) {
		// OpenSSL goes on after a fault, and names the last one: what ran out may have been nobody's word to begin with.
		const reason = reasonOf(error, [leaf, ...above]);
		if (reason in KINDS && findPath(leaf, above, anchors, null) === null) why.add(whyUntrusted(presented));
		why.add(reason);
	}
	if (!isNamed(leaf, host)) why.add("name");
	if (now > Date.parse(leaf.validTo)) why.add("expired");
	if (now < Date.parse(leaf.validFrom)) why.add("not-yet-valid");
	const path = error === null ? findPath(leaf, above, anchors, now) : null;
	if (error === null && path === null) why.add("no-path");
	const limit = path?.anchor.distrustAfter ?? null;
	if (limit !== null && Date.parse(leaf.validFrom) > limit) why.add("issued-too-late");
	const [first, ...more] = why;
	if (first !== undefined) return { why: [first, ...more], path: null };
	return path ? { path: path.certificates } : { why: ["no-path"], path: null };
}

async function parsed(certificates: readonly X509Certificate[]): Promise<[ParsedCertificate, ...ParsedCertificate[]]> {
	const all = await Promise.all(certificates.map(({ raw }) => parseCertificate(raw)));
	const [leaf, ...above] = all;
	if (!leaf) throw new Ending("garbage", "no certificate");
	return [leaf, ...above];
}

/** What is concluded from what was shown, without when and where. */
type Conclusion = Omit<Verified, keyof Base> | Omit<Unverified, keyof Base>;

/**
 * Verifies and judges what a server showed. What TLS verified is judged as Firefox's chain is; what it did not is judged
 * too, and stays unverified whatever the policy says. Rejects where our parser cannot read a certificate that OpenSSL
 * could.
 */
export async function conclude(
	presented: Presented,
	hostName: string,
	{ judging, trust }: Pick<CheckOptions, "judging" | "trust">,
): Promise<Conclusion> {
	const host = readHost(hostName);
	const tls = presented.protocol;
	// TLS goes by the system's clock, so all else does here.
	const verification = verify(presented, hostName, trust, Date.now());
	if (verification.path) {
		const chain = await parsed(verification.path);
		const judgement = judging.verified(host, chain);
		// A chain can always be read here, so nothing is unverifiable; if it were, it is refused.
		const { outcome } = judgement.verdict;
		return { outcome: outcome === "unverifiable" ? "refuse" : outcome, verified: true, chain, tls, ...judgement };
	}
	const { why } = verification;
	const [kind, ...more] = new Set(why.map((reason) => KINDS[reason] ?? "trust"));
	const kinds: [OverriddenKind, ...OverriddenKind[]] = [kind ?? "trust", ...more];
	const chain = await parsed([presented.leaf, ...presented.above]);
	const judgement = judging.presented(host, chain, kinds);
	return { outcome: "unverified", verified: false, why, kinds, chain, tls, ...judgement };
}

/** Looks at one server. Never rejects: what goes wrong is an outcome. */
export async function check(target: Target, options: CheckOptions): Promise<Checked> {
	const { trust, timeoutMs, signal, now } = options;
	const start = performance.now();
	let address: string | null = null;
	const base = (): Base => ({ target, at: now(), took: Math.round(performance.now() - start), address });
	try {
		const connected = (found: string | null): void => {
			address = found;
		};
		const presented = await present(target, trust, timeoutMs, signal, connected);
		const concluded = await conclude(presented, target.host, options);
		if (concluded.verified || concluded.why.join() !== "no-path") return { ...base(), ...concluded };
		// Of several ways up Node may have shown another one than OpenSSL took: looked at once more, where all can be seen.
		const left = Math.max(0, timeoutMs - (performance.now() - start));
		const again = await present(target, trust, left, signal, connected, true)
			.then((openly) => conclude(openly, target.host, options))
			.catch(() => null);
		return { ...base(), ...(again?.verified ? again : concluded) };
	} catch (error) {
		// What is no Ending is a certificate that cannot be read: OpenSSL read it, our parser did not.
		const { failure, detail } = error instanceof Ending ? error : new Ending("garbage", messageOf(error));
		return { ...base(), outcome: failure, verified: false, detail: printable(detail, 200) };
	}
}
