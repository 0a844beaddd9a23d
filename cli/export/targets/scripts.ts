/** The targets that are changed by a script, which also undoes what it did: NSS, Debian, p11-kit, macOS and Windows. */
import { createHash, X509Certificate } from "node:crypto";
import type { Fit } from "../fitting.ts";
import type { Known } from "../known.ts";
import { base64, fill, type Step, type Target } from "./target.ts";

const sha1 = (bytes: Uint8Array): string => createHash("sha1").update(bytes).digest("hex").toUpperCase();

/** Every certificate of a fit that has its bytes. */
function certificates({ refused }: Fit): (Known & { readonly der: Uint8Array })[] {
	return refused.flatMap(({ certificates: theirs }) =>
		theirs.flatMap((certificate) => (certificate.der === null ? [] : { ...certificate, der: certificate.der })),
	);
}

const run = (command: string): Step => ({ run: command });

/**
 * Profiles of Firefox and Thunderbird: NSS keeps trust by certificate, and `p` forbids it (certutil of NSS,
 * https://firefox-source-docs.mozilla.org/security/nss/legacy/tools/certutil/index.html).
 */
const nss: Target = {
	id: "nss",
	name: "Firefox, Thunderbird (NSS)",
	matching: "certificate",
	write: (fit, { script }) => [
		{
			path: "countersign-nss.sh",
			content: fill(
				script("nss.sh"),
				certificates(fit).map(({ sha256, der }) => `${sha256} ${base64(der)}`),
			),
		},
	],
	apply: () => [
		{ say: "applyNss" },
		run("sh countersign-nss.sh"),
		{ say: "applyNssProfile" },
		run("sh countersign-nss.sh apply PROFILE"),
	],
	undo: () => [{ say: "closeFirst" }, run("sh countersign-nss.sh undo PROFILE")],
	never: () => ["neverCopies", "neverMail"],
};

const keyHex = (spki: string): string => Buffer.from(spki, "base64").toString("hex");

/** Debian's list of roots (ca-certificates.conf(5), update-ca-certificates(8)): roots are found by the hash of their key. */
const debian: Target = {
	id: "debian",
	name: "Debian, Ubuntu (ca-certificates)",
	matching: "root",
	write: ({ refused }, { script }) => [
		{
			path: "countersign-debian.sh",
			content: fill(
				script("debian.sh"),
				refused.flatMap(({ spki, byKey, certificates: theirs }) =>
					byKey ? `key ${keyHex(spki)}` : theirs.map(({ sha256 }) => `certificate ${sha256}`),
				),
			),
		},
	],
	apply: () => [{ say: "applyScript" }, run("sudo sh countersign-debian.sh apply")],
	undo: () => [{ say: "applyScript" }, run("sudo sh countersign-debian.sh undo")],
	never: () => ["neverMiddle", "neverOneWay", "neverOwnStore", "neverRunning"],
};

/** The DER of a certificate's key as it stands in it, or null where it cannot be had exactly. */
function keyBytes({ der, spki }: Known & { readonly der: Uint8Array }): Uint8Array | null {
	try {
		const bytes = new X509Certificate(der).publicKey.export({ type: "spki", format: "der" });
		return createHash("sha256").update(bytes).digest("base64") === spki ? bytes : null;
	} catch {
		// A kind of key that OpenSSL does not know, or no longer takes.
		return null;
	}
}

const percent = (bytes: Uint8Array): string =>
	Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");

const pem = (der: Uint8Array): string[] => [
	"-----BEGIN CERTIFICATE-----",
	...(base64(der).match(/.{1,64}/g) ?? []),
	"-----END CERTIFICATE-----",
];

/**
 * The blocklist of p11-kit's trust store (https://p11-glue.github.io/p11-glue/p11-kit/manual/trust-module.html):
 * certificates, and for those who make bundles of it, keys.
 */
const p11Kit: Target = {
	id: "p11-kit",
	name: "Fedora, Arch, openSUSE (p11-kit)",
	matching: "certificate",
	write(fit, { script }) {
		const all = certificates(fit);
		const whole = new Set(fit.refused.filter(({ byKey }) => byKey).map(({ spki }) => spki));
		const keys = new Map(
			all.flatMap((certificate) => {
				const bytes = whole.has(certificate.spki) ? keyBytes(certificate) : null;
				return bytes === null ? [] : [[keyHex(certificate.spki), bytes] as const];
			}),
		);
		const lines = [
			...all.flatMap(({ sha256, der }) => [`=== countersign-${sha256}.crt`, ...pem(der)]),
			...Array.from(keys, ([hash, bytes]) => [
				`=== countersign-key-${hash}.p11-kit`,
				"[p11-kit-object-v1]",
				"class: certificate",
				"certificate-type: x-509",
				"x-distrusted: true",
				`public-key-info: "${percent(bytes)}"`,
			]).flat(),
		];
		return [{ path: "countersign-p11-kit.sh", content: fill(script("p11-kit.sh"), lines) }];
	},
	apply: () => [{ say: "applyScript" }, run("sudo sh countersign-p11-kit.sh apply")],
	undo: () => [{ say: "applyScript" }, run("sudo sh countersign-p11-kit.sh undo")],
	never: () => ["neverMiddleBundles", "neverOneWay", "neverOwnStore", "neverRunning"],
};

/** macOS's trust settings (security(1): add-trusted-cert with the result deny). */
const macos: Target = {
	id: "macos",
	name: "macOS",
	matching: "certificate",
	write: (fit, { script }) => [
		{
			path: "countersign-macos.sh",
			content: fill(
				script("macos.sh"),
				certificates(fit).map(({ sha256, der }) => `${sha256} ${sha1(der)} ${base64(der)}`),
			),
		},
	],
	apply: () => [{ say: "applyScript" }, run("sudo sh countersign-macos.sh apply")],
	undo: () => [{ say: "applyScript" }, run("sudo sh countersign-macos.sh undo")],
	never: () => ["neverCopies", "neverOwnStore", "neverUntested"],
};

/**
 * Windows' untrusted certificates: the system store Disallowed
 * (https://learn.microsoft.com/en-us/windows/win32/seccrypto/system-store-locations).
 */
const windows: Target = {
	id: "windows",
	name: "Windows",
	matching: "certificate",
	write: (fit, { script }) => [
		{
			path: "countersign-windows.ps1",
			// Windows' own PowerShell and Notepad both like these line ends best.
			content: fill(
				script("windows.ps1"),
				certificates(fit).map(({ der }) => `${sha1(der)} ${base64(der)}`),
			).replace(/\r?\n/g, "\r\n"),
		},
	],
	apply: () => [
		{ say: "applyPowerShell" },
		run("powershell -ExecutionPolicy Bypass -File countersign-windows.ps1 apply"),
		{ say: "applyMachine" },
		run("powershell -ExecutionPolicy Bypass -File countersign-windows.ps1 apply machine"),
	],
	undo: () => [
		{ say: "applyScript" },
		run("powershell -ExecutionPolicy Bypass -File countersign-windows.ps1 undo"),
		run("powershell -ExecutionPolicy Bypass -File countersign-windows.ps1 undo machine"),
	],
	never: () => ["neverCopies", "neverOwnStore", "neverUntested"],
};

/** The five of them. */
export const scripts: readonly Target[] = [nss, debian, p11Kit, macos, windows];
