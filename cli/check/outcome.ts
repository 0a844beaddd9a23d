/** What is looked at, and every way in which it can end. */
import type { ParsedCertificate } from "../../src/certificate/parse.ts";
import type { Certificate, Evidence, OverriddenKind } from "../../src/core/chain.ts";
import type { Verdict } from "../../src/core/judge.ts";
import type { Untrusted } from "../../src/core/mail.ts";

/**
 * How to come to TLS. `imap`, `pop3`, `submission` and `smtp` begin in the clear and ask for STARTTLS (STLS); the others
 * begin with TLS. `tls` says nothing more after it.
 */
export type Protocol = "https" | "imaps" | "imap" | "pop3s" | "pop3" | "smtps" | "submission" | "smtp" | "tls";

/** One server. */
export interface Target {
	readonly protocol: Protocol;
	/** Canonical: a name in A-labels, "192.0.2.1" or "2001:db8::1" (no brackets). */
	readonly host: string;
	readonly port: number;
}

/** Why nothing could be judged. */
export type Failure =
	/** A server that speaks in the clear first offers no encryption where it should, or takes the offer back. */
	| "stripped"
	/** No such name, nobody listening, no way there. `detail` is the system's code, e.g. ECONNREFUSED, ENOTFOUND. */
	| "unreachable"
	/** No answer, or no end, in time. */
	| "timeout"
	/** It answered, but not in the protocol that was asked for; or said more than it may. */
	| "garbage"
	/** It ended the connection before it had shown its documents. */
	| "cut"
	/** It greeted with a refusal: 421 or 554, * BYE, -ERR. `detail` is what it said. */
	| "turned-away"
	/** No common way to encrypt that is strong enough, or a TLS alert. */
	| "no-agreement"
	/** Given up, since the caller's signal said so. */
	| "aborted";

export interface Base {
	readonly target: Target;
	/** When it was finished, milliseconds since 1970. */
	readonly at: number;
	/** How long it took, milliseconds. */
	readonly took: number;
	/** The address that was connected to; null when none was. */
	readonly address: string | null;
}

interface Shown extends Base {
	/**
	 * Leaf first. Where `verified`, the way up to a root of the trust store, that root included; else what the server
	 * sent, as far as it forms a chain.
	 */
	readonly chain: readonly [ParsedCertificate, ...ParsedCertificate[]];
	/** The same as core's types, with what is known of the last one being a root of Firefox's. */
	readonly judged: readonly [Certificate, ...Certificate[]];
	/** As TLS named it: "TLSv1.3". */
	readonly tls: string;
	/**
	 * What a judge was asked, and whoever has another policy can ask again: one for a verified chain; for an unverified
	 * one the error as if it were clicked through, and the chain. The most severe verdict counts.
	 */
	readonly evidence: readonly [Evidence, ...Evidence[]];
	/** What was found is the signer that the last certificate names; `finding.position` is that of the last one then. */
	readonly bySigner: boolean;
}

/** TLS took it. */
export interface Verified extends Shown {
	readonly outcome: "accept" | "warn" | "refuse";
	readonly verified: true;
	readonly verdict: Verdict;
}

/** TLS did not take it. A mail program would warn, or refuse. */
export interface Unverified extends Shown {
	readonly outcome: "unverified";
	readonly verified: false;
	/** Every reason that was found, the gravest first: that nobody vouches for it, then dates, then names. */
	readonly why: readonly [Untrusted, ...Untrusted[]];
	/** The same as a policy's `overridden` selector counts them. */
	readonly kinds: readonly [OverriddenKind, ...OverriddenKind[]];
	/** Of the presented chain, under the policy. */
	readonly verdict: Verdict;
}

/** There is nothing to judge. */
export interface Failed extends Base {
	readonly outcome: Failure;
	readonly verified: false;
	/** For people who look closer: a system's code, or what the server said (printable, at most 200 characters). May be "". */
	readonly detail: string;
}

/** What was seen. */
export type Checked = Verified | Unverified | Failed;
