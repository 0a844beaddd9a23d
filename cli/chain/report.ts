import type { ParsedCertificate } from "../../src/certificate/parse.ts";
import { plainFingerprint } from "../../src/core/key.ts";
import type { Catalogue } from "../../src/core/policy.ts";

/** A certificate as the commands print it in JSON: a public interface (docs/inspect.md). */
export interface ReportedCertificate {
	readonly subject: string;
	readonly issuer: string;
	/** Of the key's owner in the catalogue, else the subject's C; null where neither says. */
	readonly country: string | null;
	/** The key's owner in the catalogue. */
	readonly authority: { readonly id: string; readonly name: string; readonly country: string | null } | null;
	/** ISO date-time, UTC. */
	readonly notBefore: string;
	readonly notAfter: string;
	/** Lower-case hex. */
	readonly sha256: string;
	/** Base64. */
	readonly spki: string;
}

/** An ISO date-time in UTC, of milliseconds since 1970; without the milliseconds where there are none. */
export const iso = (milliseconds: number): string => new Date(milliseconds).toISOString().replace(".000Z", "Z");

/** Writes a certificate down. */
export function reportCertificate(certificate: ParsedCertificate, catalogue: Catalogue): ReportedCertificate {
	const { subject, issuer, notBefore, notAfter, sha256, spki, country } = certificate;
	const owner = catalogue.ownerOf(spki);
	return {
		subject,
		issuer,
		country: owner?.country ?? country?.toUpperCase() ?? null,
		authority: owner ? { id: owner.id, name: owner.name, country: owner.country } : null,
		notBefore: iso(notBefore),
		notAfter: iso(notAfter),
		sha256: plainFingerprint(sha256) ?? "",
		spki,
	};
}
