/** The roots that a check goes by: Mozilla's, the system's, or those of a file. */
import { execFile } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import * as tls from "node:tls";
import { promisify } from "node:util";
import { tlsRoots } from "../../src/catalogue/roots.ts";
import { messageOf } from "../../src/core/error.ts";

/** A root, and until when it may have issued. */
export interface Anchor {
	readonly certificate: X509Certificate;
	/** Nothing is taken that was issued after this, milliseconds since 1970; null: no limit. */
	readonly distrustAfter: number | null;
}

/** The roots that a check goes by. Made once, used for all connections. */
export interface TrustStore {
	readonly anchors: readonly Anchor[];
	/** What Node's TLS verifies with: these roots, TLS 1.2 or newer, and nothing that is weaker than 112 bits. */
	readonly context: tls.SecureContext;
	/** The same for TLS 1.2 alone. */
	readonly olderContext: () => tls.SecureContext;
}

/** Why there is no store. `file`: what was looked at. */
export class TrustError extends Error {
	override readonly name = "TrustError";
	readonly why: "unreadable" | "empty" | "no-system-store";
	readonly file: string;

	constructor(why: TrustError["why"], options: ErrorOptions & { readonly file: string }) {
		super(`${options.file}: ${why}`, options);
		this.why = why;
		this.file = options.file;
	}
}

/** Where systems keep their roots in one file: Debian, Fedora, openSUSE, Alpine, the BSDs. */
const BUNDLES = [
	"/etc/ssl/certs/ca-certificates.crt",
	"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
	"/etc/pki/tls/certs/ca-bundle.crt",
	"/var/lib/ca-certificates/ca-bundle.pem",
	"/etc/ssl/ca-bundle.pem",
	"/etc/ssl/cert.pem",
];

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The certificates in PEM text. What OpenSSL cannot read is left out: one odd file must not cost all the others. */
function readPem(text: string): X509Certificate[] {
	return (text.match(PEM) ?? []).flatMap((block) => {
		try {
			return new X509Certificate(block);
		} catch {
			return [];
		}
	});
}

function storeOf(anchors: readonly Anchor[]): TrustStore {
	const options: tls.SecureContextOptions = {
		ca: anchors.map(({ certificate }) => certificate.toString()),
		minVersion: "TLSv1.2",
		// 112 bits, as Debian sets it: no SHA-1 signatures, no RSA below 2048 bits.
		ciphers: "DEFAULT@SECLEVEL=2",
	};
	let older: tls.SecureContext | null = null;
	return {
		anchors,
		context: tls.createSecureContext(options),
		olderContext() {
			older ??= tls.createSecureContext({ ...options, maxVersion: "TLSv1.2" });
			return older;
		},
	};
}

const plain = (certificates: readonly X509Certificate[]): TrustStore =>
	storeOf(certificates.map((certificate) => ({ certificate, distrustAfter: null })));

async function readFileOf(file: string): Promise<TrustStore> {
	const bytes = await readFile(file).catch((error: unknown) => {
		throw new TrustError("unreadable", { file, cause: error });
	});
	const certificates = readPem(bytes.toString("latin1"));
	// One certificate in DER is as good as a PEM file of one.
	if (certificates.length === 0 && bytes[0] === 0x30) {
		try {
			certificates.push(new X509Certificate(bytes));
		} catch (error) {
			throw new TrustError("empty", { file, cause: error });
		}
	}
	if (certificates.length === 0) throw new TrustError("empty", { file });
	return plain(certificates);
}

/** The roots that the system's programs go by. Newer Nodes can ask Windows and macOS; of others, a file is known. */
async function readSystem(env: Readonly<Record<string, string | undefined>>): Promise<TrustStore> {
	// OpenSSL's own variable: a person who sets it means it for all programs.
	if (env.SSL_CERT_FILE) return readFileOf(env.SSL_CERT_FILE);
	const known = tls as unknown as { getCACertificates?: (type: "system") => string[] };
	if (process.platform === "win32" || process.platform === "darwin") {
		if (known.getCACertificates) return plain(known.getCACertificates("system").flatMap(readPem));
		if (process.platform === "win32") throw new TrustError("no-system-store", { file: "Windows" });
		const keychain = "/System/Library/Keychains/SystemRootCertificates.keychain";
		const own = "/Library/Keychains/System.keychain";
		try {
			const found = await promisify(execFile)("security", ["find-certificate", "-a", "-p", keychain, own], {
				maxBuffer: 64 * 1024 * 1024,
			});
			return plain(readPem(found.stdout));
		} catch (error) {
			throw new TrustError("no-system-store", { file: messageOf(error), cause: error });
		}
	}
	for (const file of BUNDLES) {
		try {
			return await readFileOf(file);
		} catch (error) {
			if (!(error instanceof TrustError)) throw error;
		}
	}
	throw new TrustError("no-system-store", { file: BUNDLES[0] ?? "" });
}

let mozilla: TrustStore | null = null;

/**
 * Makes a trust store.
 *
 * @param name "mozilla": the roots that Firefox trusts for TLS servers, with their date limits, as the package brings
 *   them; "system": the computer's; else a file of certificates, PEM or DER
 * @throws TrustError when nothing can be read, or what is read holds no certificate
 */
export async function trustStore(
	name: string,
	env: Readonly<Record<string, string | undefined>> = {},
): Promise<TrustStore> {
	if (name === "system") return readSystem(env);
	if (name !== "mozilla") return readFileOf(name);
	mozilla ??= storeOf(
		tlsRoots.map(({ der, distrustAfter }) => ({
			certificate: new X509Certificate(Buffer.from(der, "base64")),
			distrustAfter,
		})),
	);
	return mozilla;
}
