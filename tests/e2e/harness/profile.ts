/** A throw-away profile: preferences, trusted roots, extension, managed storage. */

import { execFile } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { appendFile, copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import { promisify } from "node:util";
import { crc32 } from "node:zlib";
import { CALM, PERMANENT, type Preference, QUIET, userJs } from "./preferences.ts";

const run = promisify(execFile);

/** Id of the extension under test. */
export const EXTENSION_ID = "countersign@webextension";
/** Host of its pages in every profile of the harness. */
export const EXTENSION_UUID = "c0de51c4-0000-4000-8000-000000000001";

/** A root certificate: PEM, or a `Certificate` of tests/pki. */
export type Root = string | { readonly pem: string };

/** What a profile starts with. */
export interface ProfileOptions {
	/** Roots to trust as a user's or an administrator's own. */
	roots?: Root[];
	/**
	 * Roots that Firefox is to take for its own (`isBuiltInRoot: true`), by way of a PKCS#11 module with
	 * a root list: Debian's p11-kit-modules. Where that is missing they are trusted as `roots` are, and
	 * Firefox is made to call them its own after it has started; see {@link Profile.posing}.
	 */
	builtInRoots?: Root[];
	/** Extra preferences; they win over the harness's own. */
	preferences?: Record<string, Preference>;
	/** An .xpi, or an unpacked extension, put in the profile as an installed extension. */
	permanent?: string;
	/** What `browser.storage.managed` gives the extension. */
	managed?: Record<string, unknown>;
	/** Light or dark, for the browser and for pages. Light by default. */
	theme?: "light" | "dark";
	/** A pseudo language that mirrors the whole browser. */
	rightToLeft?: boolean;
	/** All windows are private ones. */
	alwaysPrivate?: boolean;
}

/** Directories of one throw-away Firefox. */
export interface Profile {
	/** Everything below is in here; removed by {@link removeProfile}. */
	readonly base: string;
	/** What Firefox is given as its profile. */
	readonly directory: string;
	/** What Firefox is given as the user's home. */
	readonly home: string;
	/** Where it saves downloads, without asking. */
	readonly downloads: string;
	/**
	 * SHA-256 (upper case, colons) of roots that only pose as built in: empty when there are none, or
	 * when the real means was there.
	 */
	readonly posing: string[];
}

/**
 * Makes a profile in the system's directory for temporary files.
 *
 * @param options what to put in it
 * @returns its directories
 * @throws when `certutil` (Debian: libnss3-tools) is missing and there are roots to trust
 */
export async function createProfile(options: ProfileOptions = {}): Promise<Profile> {
	const base = await mkdtemp(join(tmpdir(), "countersign-firefox-"));
	const profile: Profile = {
		base,
		directory: join(base, "profile"),
		home: join(base, "home"),
		downloads: join(base, "downloads"),
		posing: [],
	};
	try {
		for (const path of [profile.directory, profile.home, profile.downloads]) await mkdir(path);
		await writeFile(join(profile.directory, "user.js"), userJs(preferencesOf(profile, options)));
		await trustRoots(profile, options.roots ?? [], options.builtInRoots ?? []);
		if (options.permanent) await putExtension(profile, options.permanent);
		if (options.managed) await setManaged(profile, options.managed);
	} catch (error) {
		await removeProfile(profile);
		throw error;
	}
	return profile;
}

function preferencesOf(profile: Profile, options: ProfileOptions): Record<string, Preference> {
	const dark = options.theme === "dark";
	return {
		...QUIET,
		...CALM,
		"browser.download.dir": profile.downloads,
		"browser.download.folderList": 2,
		"browser.download.useDownloadDir": true,
		"extensions.webextensions.uuids": JSON.stringify({
			[EXTENSION_ID]: EXTENSION_UUID,
		}),
		"extensions.webextOptionalPermissionPrompts": false,
		"ui.systemUsesDarkTheme": dark ? 1 : 0,
		"layout.css.prefers-color-scheme.content-override": dark ? 0 : 1,
		// Names never leave the machine, even in a test that started no lab.
		"network.dns.forceResolve": "127.0.0.1",
		...PERMANENT,
		// Firefox asks for proof of publication from its own roots only. The lab's have none.
		...(options.builtInRoots?.length ? { "security.pki.certificate_transparency.mode": 0 } : {}),
		...(options.rightToLeft ? { "intl.l10n.pseudo": "bidi" } : {}),
		...(options.alwaysPrivate ? { "browser.privatebrowsing.autostart": true } : {}),
		...options.preferences,
	};
}

async function trustRoots(profile: Profile, roots: Root[], builtIn: Root[]): Promise<void> {
	if (roots.length + builtIn.length === 0) return;
	const database = `sql:${profile.directory}`;
	await certutil("-N", "-d", database, "--empty-password");
	const trustModule = await findTrustModule();
	if (builtIn.length > 0 && trustModule !== null) await listRoots(profile, builtIn, trustModule);
	const posing = trustModule === null ? builtIn : [];
	profile.posing.push(...posing.map((root) => new X509Certificate(pemOf(root)).fingerprint256));
	for (const [index, root] of [...roots, ...posing].entries()) {
		const file = join(profile.base, `root-${index}.pem`);
		await writeFile(file, pemOf(root));
		await certutil(...["-A", "-d", database, "-n", `lab root ${index}`], ...["-t", "C,,", "-i", file]);
	}
}

function pemOf(root: Root): string {
	return typeof root === "string" ? root : root.pem;
}

/**
 * Finds the PKCS#11 module that turns a directory of certificates into a list of roots.
 *
 * @returns its path; `null` when Debian's p11-kit-modules is not installed (or when
 *   COUNTERSIGN_TRUST_MODULE names no file)
 */
export async function findTrustModule(): Promise<string | null> {
	const given = process.env.COUNTERSIGN_TRUST_MODULE;
	const places =
		given === undefined
			? ["lib/x86_64-linux-gnu", "lib/aarch64-linux-gnu", "lib", "lib64"].map(
					(place) => `/usr/${place}/pkcs11/p11-kit-trust.so`,
				)
			: [given];
	for (const place of places) {
		const found = await stat(place).catch(() => null);
		if (found?.isFile()) return place;
	}
	return null;
}

// Firefox calls a root its own when it is in a slot with a root list and has the attribute
// CKA_NSS_MOZILLA_CA_POLICY, which p11-kit takes from files in its own format.
async function listRoots(profile: Profile, roots: Root[], trustModule: string): Promise<void> {
	const directory = join(profile.base, "built-in");
	await mkdir(directory);
	for (const [index, root] of roots.entries())
		await writeFile(
			join(directory, `${index}.p11-kit`),
			`[p11-kit-object-v1]\ntrusted: true\nnss-mozilla-ca-policy: true\nmodifiable: false\n\n${pemOf(root)}`,
		);
	await appendFile(
		join(profile.directory, "pkcs11.txt"),
		`library=${trustModule}\nname=Lab Roots\nparameters=paths='${directory}'\nNSS=trustOrder=100\n\n`,
	);
}

async function certutil(...args: string[]): Promise<void> {
	try {
		await run("certutil", args);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "ENOENT")
			throw new Error("certutil is missing (Debian: apt install libnss3-tools)", { cause: error });
		throw error;
	}
}

/**
 * Puts an extension where Firefox finds it at the next start, over the one that was there.
 *
 * @param profile the profile of a Firefox that is not running
 * @param source an .xpi, or a directory with a manifest.json
 */
export async function putExtension(profile: Profile, source: string): Promise<void> {
	const directory = join(profile.directory, "extensions");
	await mkdir(directory, { recursive: true });
	const target = join(directory, `${EXTENSION_ID}.xpi`);
	if ((await stat(source)).isDirectory()) await writeFile(target, await zipDirectory(source));
	else await copyFile(source, target);
}

/**
 * Writes the native manifest that Firefox gives the extension as managed storage. Read at the first
 * call of a background page, so a change shows at the next start.
 *
 * @param profile whose home to write in
 * @param data what `browser.storage.managed.get()` gives; `null` takes the manifest away
 */
export async function setManaged(profile: Profile, data: Record<string, unknown> | null): Promise<void> {
	const directory = join(profile.home, ".mozilla", "managed-storage");
	const file = join(directory, `${EXTENSION_ID}.json`);
	if (data === null) return rm(file, { force: true });
	await mkdir(directory, { recursive: true });
	await writeFile(
		file,
		JSON.stringify({
			name: EXTENSION_ID,
			description: "",
			type: "storage",
			data,
		}),
	);
}

/**
 * Removes a profile and everything beside it.
 *
 * @param profile the profile of a Firefox that has ended
 */
export async function removeProfile(profile: Profile): Promise<void> {
	// A content process that dies a little later than its parent may still be writing.
	await rm(profile.base, { recursive: true, force: true, maxRetries: 10 });
}

/**
 * Packs a directory into a zip file without compression, which is all an .xpi needs to be.
 *
 * @param root directory with a manifest.json
 * @returns contents of the file
 */
export async function zipDirectory(root: string): Promise<Buffer> {
	const found = await readdir(root, { recursive: true, withFileTypes: true });
	const files = found
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name))
		.sort();
	const parts: Buffer[] = [];
	const directory: Buffer[] = [];
	let offset = 0;
	for (const file of files) {
		const name = Buffer.from(relative(root, file).split(sep).join("/"));
		const data = await readFile(file);
		const common = Buffer.alloc(26);
		common.writeUInt16LE(20, 0);
		common.writeUInt16LE(0x0800, 2);
		// 1 January 1980: the earliest date a zip file can hold.
		common.writeUInt16LE(0x21, 8);
		common.writeUInt32LE(crc32(data), 10);
		common.writeUInt32LE(data.length, 14);
		common.writeUInt32LE(data.length, 18);
		common.writeUInt16LE(name.length, 22);
		const head = Buffer.concat([signature(0x04034b50), common, name]);
		directory.push(signature(0x02014b50), Buffer.from([20, 0]), common, centralTail(offset), name);
		parts.push(head, data);
		offset += head.length + data.length;
	}
	const central = Buffer.concat(directory);
	const end = Buffer.alloc(18);
	end.writeUInt16LE(files.length, 4);
	end.writeUInt16LE(files.length, 6);
	end.writeUInt32LE(central.length, 8);
	end.writeUInt32LE(offset, 12);
	return Buffer.concat([...parts, central, signature(0x06054b50), end]);
}

function signature(value: number): Buffer {
	const bytes = Buffer.alloc(4);
	bytes.writeUInt32LE(value);
	return bytes;
}

// Comment length, disk, attributes and the place of the local header.
function centralTail(offset: number): Buffer {
	const bytes = Buffer.alloc(14);
	bytes.writeUInt32LE(offset, 10);
	return bytes;
}
