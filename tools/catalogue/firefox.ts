/** What the installed Firefox says of authorities: its own roots, and the intermediates and revocations it ships. */
import { createHash } from "node:crypto";
import { type ChromeWindow, Firefox } from "../../tests/e2e/harness/index.ts";

export interface FirefoxRoot {
	/** SHA-256 of the certificate, lower-case hex. */
	readonly sha256: string;
	/** The certificate, base64 of its DER. */
	readonly der: string;
	/** Trusted for TLS servers. */
	readonly tls: boolean;
	/** Trusted for e-mail. */
	readonly email: boolean;
}

/** A record of `onecrl.json`: either a certificate by its issuer and serial number, or every one for a subject and key. */
export interface Revocation {
	/** Base64 of the DER. */
	readonly issuerName?: string;
	/** Base64 of the number's octets. */
	readonly serialNumber?: string;
	/** Base64 of the SHA-256 of the SubjectPublicKeyInfo. */
	readonly pubKeyHash?: string;
}

export interface InstalledFirefox {
	/** "153.7.0", say. */
	readonly version: string;
	/** By SHA-256. */
	readonly roots: readonly FirefoxRoot[];
	/** SHA-256 of each intermediate it ships, lower-case hex, sorted. */
	readonly intermediates: readonly string[];
	readonly revocations: readonly Revocation[];
}

/** Reads it out of the browser's own context. Throws what the harness throws when Firefox does not start. */
export async function readFirefox(firefox: Firefox): Promise<InstalledFirefox> {
	const found = await firefox.chrome(async (window: ChromeWindow) => {
		const { Cc, Ci, Services } = window;
		const database = Cc["@mozilla.org/security/x509certdb;1"].getService(Ci.nsIX509CertDB);
		const trusted = (certificate: ChromeWindow, use: number): boolean =>
			database.isCertTrusted(certificate, Ci.nsIX509Cert.CA_CERT, use);
		const roots = database
			.getCerts()
			// The module of Mozilla's roots (NSS, lib/ckfw/builtins); the profile has none of its own.
			.filter(({ tokenName }: ChromeWindow) => tokenName === "Builtin Object Token")
			.map((certificate: ChromeWindow) => ({
				der: certificate.getBase64DERString(),
				tls: trusted(certificate, Ci.nsIX509CertDB.TRUSTED_SSL),
				email: trusted(certificate, Ci.nsIX509CertDB.TRUSTED_EMAIL),
			}));
		const shipped = async (name: string): Promise<ChromeWindow[]> => {
			const answer = await window.fetch(`resource://app/defaults/settings/security-state/${name}.json`);
			return (await answer.json()).data;
		};
		return {
			version: Services.appinfo.version as string,
			roots: roots as { der: string; tls: boolean; email: boolean }[],
			intermediates: (await shipped("intermediates")).map(({ derHash }) => derHash as string),
			revocations: (await shipped("onecrl")).map(({ issuerName, serialNumber, pubKeyHash }) => ({
				issuerName,
				serialNumber,
				pubKeyHash,
			})) as Revocation[],
		};
	});
	const hashOf = (der: string): string => createHash("sha256").update(Buffer.from(der, "base64")).digest("hex");
	return {
		...found,
		roots: found.roots
			.map((root) => ({ ...root, sha256: hashOf(root.der) }))
			.sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1)),
		intermediates: found.intermediates.map((hash) => Buffer.from(hash, "base64").toString("hex")).sort(),
	};
}

/** Starts the installed Firefox for long enough to read it. */
export async function readInstalledFirefox(): Promise<InstalledFirefox> {
	const firefox = await Firefox.start();
	try {
		return await readFirefox(firefox);
	} finally {
		await firefox.close();
	}
}
