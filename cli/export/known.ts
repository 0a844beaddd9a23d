/**
 * The certificates of authorities that can be named: those of the catalogue, with their bytes where they are at hand,
 * and those that the person brought. Other programs are told by certificates, not by hashes.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { AuthorityDetails } from "../../src/catalogue/details.ts";
import type { ParsedCertificate } from "../../src/certificate/parse.ts";
import { plainFingerprint } from "../../src/core/key.ts";

/** A certificate that a rule can find. */
export interface Known {
	/** Lower-case hex. */
	readonly sha256: string;
	/** SHA-256 of its key, base64. */
	readonly spki: string;
	/** Id of the key's owner in the catalogue. */
	readonly authority: string | null;
	/** What people would call it; null where nothing but hashes is known. */
	readonly name: string | null;
	/** `O=` and `C=` of its subject. */
	readonly organization: string | null;
	readonly country: string | null;
	/** A root is one that a list of roots may have. */
	readonly kind: "root" | "intermediate";
	/** Firefox ships it as a root for TLS servers. */
	readonly builtIn: boolean;
	/** Ids of the authorities whose built-in roots it verifies to, or whose keys signed it. */
	readonly under: readonly string[];
	/** Null: only its hashes are known. */
	readonly der: Uint8Array | null;
}

/** A key and all its certificates. A few keys are known by their hash alone, without any. */
export interface KnownKey {
	readonly spki: string;
	readonly authority: string | null;
	readonly certificates: readonly Known[];
}

/** Where the bytes are, in the package's folder: the roots of Firefox, and what was gathered of the past (docs/data.md). */
const FILES = ["tools/data/roots.pem", "tools/data/historic.pem"];

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Reads the bytes that come with Countersign, by SHA-256 in lower-case hex. Rejects when a file is missing. */
export async function readBytes(root: URL): Promise<Map<string, Uint8Array>> {
	const bytes = new Map<string, Uint8Array>();
	for (const file of FILES) {
		const text = await readFile(new URL(file, root), "latin1");
		for (const [, base64 = ""] of text.matchAll(/-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/g)) {
			const der = Buffer.from(base64, "base64");
			bytes.set(sha256(der), der);
		}
	}
	return bytes;
}

/** A certificate out of a person's file, with the owner of its key where the catalogue knows it. */
function brought(certificate: ParsedCertificate, authority: string | null): Known {
	const { spki, commonName, organization, country, selfIssued, der } = certificate;
	return {
		sha256: plainFingerprint(certificate.sha256) ?? "",
		spki,
		authority,
		name: commonName ?? organization,
		organization,
		country: country?.toUpperCase() ?? null,
		kind: selfIssued ? "root" : "intermediate",
		builtIn: false,
		under: [],
		der,
	};
}

/**
 * Every key that can be named, by its hash.
 *
 * @param details the catalogue
 * @param bytes by SHA-256 in lower-case hex
 * @param files the person's own certificates: what the catalogue has gets its bytes from them, the rest is added
 */
export function gather(
	details: readonly AuthorityDetails[],
	bytes: ReadonlyMap<string, Uint8Array>,
	files: readonly ParsedCertificate[],
): ReadonlyMap<string, KnownKey> {
	const own = new Map(files.map((file) => [plainFingerprint(file.sha256) ?? "", file]));
	const keys = new Map<string, KnownKey & { certificates: Known[] }>();
	for (const { id, keys: theirs } of details) {
		for (const { spki, certificates } of theirs) {
			const known = certificates.map((certificate): Known => {
				const { sha256, name, organization, country, kind, builtIn, under } = certificate;
				const der = bytes.get(sha256) ?? own.get(sha256)?.der ?? null;
				own.delete(sha256);
				return { sha256, spki, authority: id, name, organization, country, kind, builtIn, under, der };
			});
			keys.set(spki, { spki, authority: id, certificates: known });
		}
	}
	for (const file of own.values()) {
		const key = keys.get(file.spki) ?? { spki: file.spki, authority: null, certificates: [] };
		key.certificates.push(brought(file, key.authority));
		keys.set(file.spki, key);
	}
	return keys;
}
