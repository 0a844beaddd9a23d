import type { SecurityInfo } from "../browser/webRequest.ts";
import {
	type Channel,
	type Evidence,
	type OverriddenKind,
	readCertificate,
	readChain,
	type Transparency,
} from "../core/chain.ts";
import { readAuthorityKeyIdentifier } from "./aki.ts";

const CATEGORIES: Readonly<Record<string, OverriddenKind>> = {
	trust_error: "trust",
	domain_mismatch: "domain",
	expired_or_not_yet_valid: "time",
};

/** The kinds of certificate error that were clicked through. Empty: none. */
function overriddenKinds(info: SecurityInfo): OverriddenKind[] {
	const kinds = new Set<OverriddenKind>();
	if (typeof info.overridableErrorCategory === "string") {
		const kind = CATEGORIES[info.overridableErrorCategory];
		if (kind) kinds.add(kind);
	}
	if (info.isUntrusted === true) kinds.add("trust");
	if (info.isDomainMismatch === true) kinds.add("domain");
	if (info.isNotValidAtThisTime === true) kinds.add("time");
	return [...kinds];
}

/** Whether Firefox says anything of a certificate error, known or not. */
export const isOverridden = (info: SecurityInfo): boolean =>
	info.overridableErrorCategory !== undefined ||
	info.isUntrusted === true ||
	info.isDomainMismatch === true ||
	info.isNotValidAtThisTime === true;

const TRANSPARENCY: ReadonlyMap<string, Transparency> = new Map([
	["policy_compliant", "compliant"],
	["policy_not_enough_scts", "not-enough"],
	["policy_not_diverse_scts", "not-diverse"],
	["not_applicable", "not-applicable"],
]);

/** How a response came, beside who vouched for it. Never throws. */
export function readChannel(info: SecurityInfo, proxied: boolean): Channel {
	const { certificateTransparencyStatus: status, protocolVersion: protocol } = info;
	return {
		transparency: (typeof status === "string" && TRANSPARENCY.get(status)) || null,
		protocol: typeof protocol === "string" && protocol !== "unknown" ? protocol : null,
		weak: info.state === "weak",
		proxied,
	};
}

/** Asks Firefox for a response's security information. */
export type AskFirefox = (what: "chain" | "chainDer" | "leafDer") => Promise<SecurityInfo | undefined>;

/**
 * Finds out who vouched for a response. A clicked-through error comes with an empty chain, so it is
 * asked for a second time, leaf alone. Never rejects; what cannot be had is `unreadable`. `now` in
 * milliseconds since 1970.
 */
export async function readEvidence(ask: AskFirefox, now: number): Promise<Evidence> {
	try {
		const info = await ask("chain");
		if (typeof info !== "object" || info === null) {
			return { kind: "unreadable", why: "no-information" };
		}
		const kinds = overriddenKinds(info);
		if (kinds.length === 0) return readChain(info.certificates);
		const { leaf, authorityKeyIdentifier } = await readLeaf(ask);
		// Firefox names one kind of error only, and the dates last.
		if (leaf && !kinds.includes("time") && (now < leaf.notBefore || now > leaf.notAfter)) kinds.push("time");
		return { kind: "overridden", overridden: { kinds, leaf, authorityKeyIdentifier } };
	} catch {
		return { kind: "unreadable", why: "failed" };
	}
}

async function readLeaf(ask: AskFirefox) {
	const unknown = { leaf: null, authorityKeyIdentifier: null };
	try {
		const info = await ask("leafDer");
		const [raw]: unknown[] = Array.isArray(info?.certificates) ? info.certificates : [];
		const leaf = readCertificate(raw);
		if (!leaf) return unknown;
		const { rawDER } = raw as { rawDER?: unknown };
		return { leaf, authorityKeyIdentifier: readAuthorityKeyIdentifier(rawDER) };
	} catch {
		// The error itself is known; `overridden` rules still decide.
		return unknown;
	}
}
