/** Loads all that is known of the authorities. For pages and tools: the background has the index only. */
import type {
	AuthorityDetails,
	AuthorityStatus,
	CertificateDetails,
	Incident,
	Preset,
	VendorAction,
} from "./details.ts";
import { readKeys } from "./rows.ts";

/** A certificate in details.json; 0 stands for what is not known. */
export type CertificateRow = readonly [
	/** SHA-256, base64 without padding. */
	sha256: string,
	name: string | 0,
	organization: string | 0,
	country: string | 0,
	/** Seconds since 1970. */
	notBefore: number,
	notAfter: number,
	/** 1: a root; 2: trusted by Firefox for TLS servers; 4: revoked. */
	flags: number,
	distrustAfter: number,
	/** Places of authorities. */
	under: readonly number[],
];

/**
 * An authority in details.json. What the index says stands here once more, so that a page need not load that as well:
 * what it has for clicked-through errors is a third of it.
 */
export type AuthorityRow = readonly [
	id: string,
	name: string,
	country: string | null,
	/** One after another, each without its last character, which is always "=". */
	keyText: string,
	legalName: string | 0,
	status: AuthorityStatus,
	controlledBy: readonly [who: string, source: string] | 0,
	keys: readonly (readonly CertificateRow[])[],
	incidents: readonly (Omit<Incident, "vendorActions"> & { readonly vendorActions: readonly VendorAction[] })[],
];

const iso = (seconds: number): string | null =>
	seconds === 0 ? null : new Date(seconds * 1000).toISOString().replace(".000Z", "Z");

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** A SHA-256 in hex: twelve bits of each pair of characters are three hex digits. */
function hexOf(base64: string): string {
	let hex = "";
	for (let at = 0; at < base64.length; at += 2) {
		const bits = (BASE64.indexOf(base64[at] ?? "") << 6) | BASE64.indexOf(base64[at + 1] ?? "A");
		hex += bits.toString(16).padStart(3, "0");
	}
	return hex.slice(0, 64);
}

function readCertificate(row: CertificateRow, ids: readonly string[]): CertificateDetails {
	const [sha256, name, organization, country, notBefore, notAfter, flags, distrustAfter, under] = row;
	return {
		sha256: hexOf(sha256),
		name: name || null,
		organization: organization || null,
		country: country || null,
		notBefore: iso(notBefore),
		notAfter: iso(notAfter),
		kind: flags & 1 ? "root" : "intermediate",
		builtIn: (flags & 2) !== 0,
		distrustAfter: iso(distrustAfter),
		revoked: (flags & 4) !== 0,
		under: under.flatMap((place) => ids[place] ?? []),
	};
}

let loaded: Promise<readonly AuthorityDetails[]> | null = null;

async function load(): Promise<readonly AuthorityDetails[]> {
	const { default: json } = await import("./details.json", { with: { type: "json" } });
	const rows = json as unknown as readonly AuthorityRow[];
	const ids = rows.map(([id]) => id);
	return rows.map(([id, name, country, keyText, legalName, status, controlledBy, keys, incidents]) => {
		const spkis = readKeys(keyText);
		return {
			id,
			name,
			legalName: legalName || null,
			country,
			status,
			controlledBy: controlledBy ? { who: controlledBy[0], source: controlledBy[1] } : null,
			keys: keys.map((certificates, index) => ({
				spki: spkis[index] ?? "",
				certificates: certificates.map((row) => readCertificate(row, ids)),
			})),
			incidents,
		};
	});
}

/** All authorities, in the catalogue's order. Read once, or again where that failed; rejects only where a file of the extension is missing. */
export function loadDetails(): Promise<readonly AuthorityDetails[]> {
	loaded ??= load().catch((error: unknown) => {
		loaded = null;
		throw error;
	});
	return loaded;
}

/** The presets, in the order in which they are shown. */
export async function loadPresets(): Promise<readonly Preset[]> {
	const { default: presets } = await import("./presets.json", { with: { type: "json" } });
	return presets as unknown as readonly Preset[];
}
