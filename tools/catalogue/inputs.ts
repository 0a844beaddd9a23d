/** Reads what the catalogue is made from: the files in tools/data (docs/data.md). */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readElement, readElements } from "../../src/certificate/der.ts";
import { readName } from "../../src/certificate/name.ts";
import type { ParsedCertificate } from "../../src/certificate/parse.ts";
import { readCertificates } from "../../src/certificate/read.ts";
import { plainFingerprint } from "../../src/core/key.ts";
import { nameKey } from "../../src/core/name.ts";

export interface Action {
	readonly vendor: string;
	readonly date: string | null;
	readonly action: string;
	readonly confidence?: "verified" | "recalled";
}

export interface KnownIncident {
	readonly date: string;
	readonly kind: string | null;
	readonly summary: string;
	readonly vendorActions: readonly Action[];
	readonly sources: readonly string[];
	readonly confidence: "verified" | "recalled";
}

/** A line of authorities.jsonl. */
export interface KnownAuthority {
	readonly id: string;
	readonly name: string;
	readonly legalName: string | null;
	readonly country: string | null;
	readonly status: "trusted" | "constrained" | "removed" | "never-included";
	readonly controlledBy?: string | null;
	readonly controlledBySource?: { readonly source: string; readonly confidence: "verified" | "recalled" } | null;
	readonly spki: readonly string[];
	readonly incidents: readonly KnownIncident[];
}

/** A line of historic.jsonl. */
export interface Historic {
	readonly sha256: string;
	readonly group: string;
	readonly incidentCountry: string | null;
	readonly kind: string;
	readonly status: "removed" | "never-in-mozilla" | "builtin";
	/** Firefox's list of revoked intermediates had it when the facts were gathered. */
	readonly oneCRL: boolean;
	/** Who owned it when CCADB last told. */
	readonly ccadbOwner?: string;
}

/** A line of roots.jsonl. */
export interface BuiltIn {
	readonly sha256: string;
	readonly spki: string;
	readonly tls: boolean;
	readonly email: boolean;
	readonly distrustAfter: string | null;
	/** Who owns it, as CCADB tells. */
	readonly ccadbOwner?: string;
}

/** A line of intermediates.jsonl. Of what is newer than the CCADB copy only the hashes are known. */
export interface Shipped {
	readonly sha256: string;
	readonly spki: string;
	readonly name?: string;
	readonly organization?: string;
	readonly country?: string;
	readonly notBefore?: string;
	readonly notAfter?: string;
	/** How the SHA-256 of each built-in root that it verifies to begins. */
	readonly roots?: readonly string[];
	/** The subject in DER, base64, where Firefox has it. */
	readonly subject?: string;
}

/** A line of organizations.jsonl: whose an organisation is that no known key or name tells. */
export interface Organization {
	readonly organization: string;
	readonly authority: string;
	readonly why: string;
}

/** One CA certificate, out of whichever file. */
export interface Known {
	readonly sha256: string;
	readonly spki: string;
	readonly name: string | null;
	readonly organization: string | null;
	readonly country: string | null;
	/** Seconds since 1970. */
	readonly notBefore: number | null;
	readonly notAfter: number | null;
	readonly root: boolean;
	/** Firefox trusts it for TLS servers. */
	readonly builtIn: boolean;
	readonly distrustAfter: number | null;
	readonly revoked: boolean;
	/** As `nameKey` writes it. */
	readonly subject: string | null;
	readonly keyIdentifier: string | null;
	/** SHA-256 of the built-in roots that it verifies to. */
	readonly roots: readonly string[];
	readonly historic: Historic | null;
	readonly der: Uint8Array | null;
	/** As `nameKey` writes it. */
	readonly issuer: string | null;
}

export interface Inputs {
	readonly authorities: readonly KnownAuthority[];
	readonly organizations: readonly Organization[];
	/** By SHA-256, each once. */
	readonly certificates: readonly Known[];
	readonly builtIn: readonly BuiltIn[];
	/** SHA-256 of the intermediates that Firefox ships. */
	readonly shipped: readonly string[];
	/** As `revocationOf` writes them. */
	readonly revocations: ReadonlySet<string>;
	/** The Firefox they were read from. */
	readonly version: string;
}

/** The only order used here: by code unit, on every machine. */
export const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** One line for a revocation: the key, or a short hash of issuer and serial number. */
export function revocationOf(record: {
	readonly issuerName?: string;
	readonly serialNumber?: string;
	readonly pubKeyHash?: string;
}): string {
	if (record.pubKeyHash) return record.pubKeyHash;
	const hash = createHash("sha256");
	hash.update(Buffer.from(record.issuerName ?? "", "base64"));
	hash.update(Buffer.from(record.serialNumber ?? "", "base64"));
	return hash.digest("hex").slice(0, 32);
}

/** The issuer's name and the serial number's octets, as revocations name a certificate. */
function revocationOfCertificate(der: Uint8Array): string {
	const [tbs] = readElements(readElement(der).content);
	const parts = readElements(tbs?.content ?? new Uint8Array());
	const [serial, , issuer] = parts[0]?.tag === 0xa0 ? parts.slice(1) : parts;
	return revocationOf({
		issuerName: Buffer.from(issuer?.bytes ?? []).toString("base64"),
		serialNumber: Buffer.from(serial?.content ?? []).toString("base64"),
	});
}

const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");
const seconds = (date: string | null | undefined): number | null => (date ? Date.parse(date) / 1000 : null);

function titleOf(certificate: ParsedCertificate): string | null {
	if (certificate.commonName) return certificate.commonName;
	const unit = /(?:^|,)OU=("(?:[^"]*)"|[^,]*)/.exec(certificate.subject)?.[1]?.replaceAll('"', "");
	return unit || certificate.organization;
}

/** Reads all inputs of a folder. Throws when one is missing, or a certificate is not what its line says. */
export async function readInputs(folder: string): Promise<Inputs> {
	const text = (name: string): Promise<string> => readFile(join(folder, name), "utf8");
	const rows = async <T>(name: string): Promise<T[]> => lines(await text(name)).map((line) => JSON.parse(line) as T);
	const pem = async (name: string): Promise<Map<string, ParsedCertificate>> => {
		const read = await readCertificates(await text(name), name);
		return new Map(read.map((certificate) => [plainFingerprint(certificate.sha256) ?? "", certificate]));
	};
	const builtIn = await rows<BuiltIn>("roots.jsonl");
	const historic = await rows<Historic>("historic.jsonl");
	const shipped = await rows<Shipped>("intermediates.jsonl");
	const [version = "", ...revoked] = lines(await text("onecrl.txt"));
	const revocations = new Set(revoked);
	const files = new Map([...(await pem("roots.pem")), ...(await pem("historic.pem"))]);
	const rootNames = new Map(builtIn.map(({ sha256 }) => [sha256.slice(0, 16), sha256]));

	const known = new Map<string, Known>();
	const ofFile = (sha256: string, spki: string | null, more: Partial<Known>): void => {
		const certificate = files.get(sha256);
		if (!certificate || (spki !== null && certificate.spki !== spki)) throw new Error(`${sha256}: no such certificate`);
		known.set(sha256, {
			sha256,
			spki: certificate.spki,
			name: titleOf(certificate),
			organization: certificate.organization,
			country: certificate.country,
			notBefore: certificate.notBefore / 1000,
			notAfter: certificate.notAfter / 1000,
			root: certificate.selfIssued,
			builtIn: false,
			distrustAfter: null,
			revoked: revocations.has(certificate.spki) || revocations.has(revocationOfCertificate(certificate.der)),
			subject: nameKey(certificate.subject),
			keyIdentifier: certificate.subjectKeyIdentifier,
			roots: [],
			historic: null,
			der: certificate.der,
			issuer: nameKey(certificate.issuer),
			...known.get(sha256),
			...more,
		});
	};
	for (const { sha256, spki, tls, distrustAfter } of builtIn) {
		ofFile(sha256, spki, { builtIn: tls, distrustAfter: seconds(distrustAfter) });
	}
	for (const line of historic) ofFile(line.sha256, null, { historic: line });
	for (const { sha256, spki, name, organization, country, notBefore, notAfter, roots, subject } of shipped) {
		const found = (roots ?? []).map((start) => rootNames.get(start) ?? fail(`${sha256}: verifies to no known root`));
		if (files.has(sha256)) {
			ofFile(sha256, spki, { roots: found });
			continue;
		}
		const der = subject ? readName(readElement(Buffer.from(subject, "base64"))).text : null;
		known.set(sha256, {
			sha256,
			spki,
			name: name ?? null,
			organization: organization ?? null,
			country: country ?? null,
			notBefore: seconds(notBefore),
			notAfter: seconds(notAfter),
			root: false,
			builtIn: false,
			distrustAfter: null,
			revoked: revocations.has(spki),
			subject: der === null ? null : nameKey(der),
			keyIdentifier: null,
			roots: found,
			historic: null,
			der: null,
			issuer: null,
		});
	}
	return {
		authorities: await rows<KnownAuthority>("authorities.jsonl"),
		organizations: await rows<Organization>("organizations.jsonl"),
		certificates: [...known.values()].sort((a, b) => byCodeUnit(a.sha256, b.sha256)),
		builtIn,
		shipped: shipped.map(({ sha256 }) => sha256),
		revocations,
		version,
	};
}

function fail(what: string): never {
	throw new Error(what);
}
