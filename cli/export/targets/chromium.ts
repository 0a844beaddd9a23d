/**
 * Chrome and what is made of Chromium: the enterprise policy CADistrustedCertificates, a list of certificates. Any
 * certificate with the key of one of them is distrusted, wherever it stands in a chain (the policy's own description;
 * tests/e2e/export-chromium.test.ts sees it).
 *
 * Sources: https://chromeenterprise.google/policies/#CADistrustedCertificates,
 * https://learn.microsoft.com/en-us/deployedge/microsoft-edge-policies/cadistrustedcertificates,
 * https://support.brave.app/hc/en-us/articles/360039248271-Group-Policy
 */
import { createHash } from "node:crypto";
import type { Fit } from "../fitting.ts";
import type { Known } from "../known.ts";
import { base64, type OutFile, type Step, type Target, type WriteOptions } from "./target.ts";

interface Browser {
	readonly id: string;
	readonly name: string;
	/** Folder of the policies that nobody can change, on Linux. */
	readonly linux: string;
	/** Below HKEY_LOCAL_MACHINE. */
	readonly registry: string;
	/** Its name among macOS's preferences. */
	readonly domain: string;
	/** How its own pages are called. */
	readonly scheme: string;
}

const BROWSERS: readonly Browser[] = [
	{
		id: "chrome",
		name: "Google Chrome",
		linux: "/etc/opt/chrome/policies/managed",
		registry: "SOFTWARE\\Policies\\Google\\Chrome",
		domain: "com.google.Chrome",
		scheme: "chrome",
	},
	{
		id: "edge",
		name: "Microsoft Edge",
		linux: "/etc/opt/edge/policies/managed",
		registry: "SOFTWARE\\Policies\\Microsoft\\Edge",
		domain: "com.microsoft.Edge",
		scheme: "edge",
	},
	{
		id: "brave",
		name: "Brave",
		linux: "/etc/brave/policies/managed",
		registry: "SOFTWARE\\Policies\\BraveSoftware\\Brave",
		domain: "com.brave.Browser",
		scheme: "brave",
	},
	{
		id: "chromium",
		name: "Chromium",
		linux: "/etc/chromium/policies/managed",
		registry: "SOFTWARE\\Policies\\Chromium",
		domain: "org.chromium.Chromium",
		scheme: "chrome",
	},
];

/**
 * The first number of our entries in the registry. A list there is every value whose name is a number, so ours can stand
 * beside those of others, and be taken away without touching these.
 */
const FIRST = 510_000;

const bytesOf = ({ der }: Known): Uint8Array => der ?? new Uint8Array();

/** One certificate for each key. */
function bearers({ refused }: Fit): Known[] {
	return refused.flatMap(({ bearer }) => bearer ?? []);
}

function json(certificates: readonly string[], noWayThrough: boolean): string {
	const policies = {
		CADistrustedCertificates: certificates,
		...(noWayThrough ? { SSLErrorOverrideAllowed: false } : {}),
	};
	return `${JSON.stringify(policies, null, "\t")}\n`;
}

/** A file for Windows' registry editor. `undo`: takes away what the other one adds, and nothing else. */
function registry(
	{ registry: key }: Browser,
	certificates: readonly string[],
	noWayThrough: boolean,
	undo: boolean,
): string {
	const lines = ["Windows Registry Editor Version 5.00", ""];
	if (noWayThrough) {
		lines.push(`[HKEY_LOCAL_MACHINE\\${key}]`, `"SSLErrorOverrideAllowed"=${undo ? "-" : "dword:00000000"}`, "");
	}
	lines.push(`[HKEY_LOCAL_MACHINE\\${key}\\CADistrustedCertificates]`);
	for (const [index, certificate] of certificates.entries()) {
		lines.push(`"${FIRST + index}"=${undo ? "-" : `"${certificate}"`}`);
	}
	return `${lines.join("\r\n")}\r\n`;
}

/** An identifier that is the same for the same text: a UUID of version 8 (RFC 9562 section 5.8). */
function uuid(text: string): string {
	const hex = createHash("sha256").update(text).digest("hex");
	const parts = [
		hex.slice(0, 8),
		hex.slice(8, 12),
		`8${hex.slice(13, 16)}`,
		`a${hex.slice(17, 20)}`,
		hex.slice(20, 32),
	];
	return parts.join("-").toUpperCase();
}

/** A configuration profile for macOS. All that is written into it is base64, or stands here. */
function mobileconfig({ id, name, domain }: Browser, certificates: readonly string[], noWayThrough: boolean): string {
	const content = [...certificates, String(noWayThrough)].join("\n");
	const text = (value: string) => `<string>${value}</string>`;
	const list = certificates.map((certificate) => `\t\t\t\t${text(certificate)}`);
	return [
		'<?xml version="1.0" encoding="UTF-8"?>',
		'<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
		'<plist version="1.0">',
		"<dict>",
		"\t<key>PayloadContent</key>",
		"\t<array>",
		"\t\t<dict>",
		"\t\t\t<key>CADistrustedCertificates</key>",
		"\t\t\t<array>",
		...list,
		"\t\t\t</array>",
		...(noWayThrough ? ["\t\t\t<key>SSLErrorOverrideAllowed</key>", "\t\t\t<false/>"] : []),
		`\t\t\t<key>PayloadType</key>${text(domain)}`,
		"\t\t\t<key>PayloadVersion</key><integer>1</integer>",
		`\t\t\t<key>PayloadIdentifier</key>${text(`countersign.export.${id}.policies`)}`,
		`\t\t\t<key>PayloadUUID</key>${text(uuid(`${id} policies ${content}`))}`,
		"\t\t</dict>",
		"\t</array>",
		`\t<key>PayloadDisplayName</key>${text(`Countersign: ${name}`)}`,
		`\t<key>PayloadIdentifier</key>${text(`countersign.export.${id}`)}`,
		"\t<key>PayloadRemovalDisallowed</key><false/>",
		"\t<key>PayloadScope</key><string>System</string>",
		"\t<key>PayloadType</key><string>Configuration</string>",
		`\t<key>PayloadUUID</key>${text(uuid(`${id} ${content}`))}`,
		"\t<key>PayloadVersion</key><integer>1</integer>",
		"</dict>",
		"</plist>",
		"",
	].join("\n");
}

function target(browser: Browser): Target {
	const { id, name, linux, scheme } = browser;
	const manager = `${scheme}://certificate-manager/localcerts/usercerts`;
	const policies = `${scheme}://policy`;
	return {
		id,
		name,
		matching: "key",
		write(fit: Fit, { noWayThrough }: WriteOptions): OutFile[] {
			const known = bearers(fit);
			const certificates = known.map((certificate) => base64(bytesOf(certificate)));
			return [
				{ path: "countersign.json", content: json(certificates, noWayThrough) },
				{ path: "apply.reg", content: registry(browser, certificates, noWayThrough, false) },
				{ path: "undo.reg", content: registry(browser, certificates, noWayThrough, true) },
				{ path: "countersign.mobileconfig", content: mobileconfig(browser, certificates, noWayThrough) },
				...known.map((certificate) => ({
					path: `certificates/${certificate.sha256}.crt`,
					content: bytesOf(certificate),
				})),
			];
		},
		apply: (): Step[] => [
			{ say: "applyLinux" },
			{ run: `sudo install -D -m 644 countersign.json ${linux}/countersign.json` },
			{ say: "applyRegistry", values: { file: "apply.reg" } },
			{ say: "applyProfile", values: { file: "countersign.mobileconfig" } },
			{ say: "applyManager", values: { address: manager, folder: "certificates" } },
			{ say: "applySeen", values: { address: policies, policy: "CADistrustedCertificates" } },
		],
		undo: (): Step[] => [
			{ say: "applyLinux" },
			{ run: `sudo rm ${linux}/countersign.json` },
			{ say: "applyRegistry", values: { file: "undo.reg" } },
			{ say: "undoProfile", values: { name: `Countersign: ${name}` } },
			{ say: "undoManager", values: { address: manager } },
		],
		never: ({ noWayThrough }) => ["neverOtherPolicy", noWayThrough ? "neverClick" : "neverFinal", "neverOld"],
	};
}

/** The four browsers. */
export const chromium: readonly Target[] = BROWSERS.map(target);
