/**
 * Generates the data that ships: who the authorities are (`src/catalogue/data.json`) and which roots
 * Firefox trusts (`tools/data/built-in-roots.json`). Run `npx tsx tools/catalogue.ts [FOLDER]`;
 * docs/data.md says what it reads and where that comes from. The same input gives the same bytes.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { readCertificates } from "../src/certificate/read.ts";
import { firefoxFingerprint } from "../src/core/key.ts";
import { nameKey } from "../src/core/name.ts";
import type { Authority } from "../src/core/policy.ts";

/** Entries that ship. The others follow once their facts are checked one by one. */
const SHIPPED = ["cnnic", "kazakhstan"];

/**
 * Names for people, where the input's holds a word that warnings do not use ("root"). They stand in
 * the first sentence of the block page.
 */
const NAMES: Readonly<Record<string, string>> = { kazakhstan: "Kazakhstan's state interception authority" };

interface KnownAuthority {
	readonly id: string;
	readonly name: string;
	readonly country: string | null;
	readonly spki: readonly string[];
}

interface HistoricCertificate {
	readonly sha256: string;
	readonly spki_sha256_b64: string;
	readonly certFile: string;
}

interface BuiltInRoot {
	readonly sha256: string;
	readonly trustTLS: boolean;
}

export interface Generated {
	/** Contents of src/catalogue/data.json. */
	readonly catalogue: string;
	/** Contents of tools/data/built-in-roots.json. */
	readonly roots: string;
}

/** The only order used here: by code unit, on every machine. */
const sorted = (values: Iterable<string>): string[] => [...new Set(values)].sort();

/** Reads a certificate's file, and makes sure that it is the one it is said to be. */
async function readOne(folder: string, { certFile, sha256, spki_sha256_b64 }: HistoricCertificate) {
	const [certificate] = await readCertificates(await readFile(join(folder, certFile)), certFile);
	if (!certificate || certificate.spki !== spki_sha256_b64 || certificate.sha256 !== firefoxFingerprint(sha256)) {
		throw new Error(`${certFile}: not the certificate that historic.json says`);
	}
	return certificate;
}

/**
 * Works out both files from a folder laid out as docs/data.md says. Throws when the folder lacks a
 * file, an entry or a certificate, or when two entries claim one key.
 */
export async function generate(folder: string): Promise<Generated> {
	const read = async <T>(name: string): Promise<T> => JSON.parse(await readFile(join(folder, name), "utf8")) as T;
	const known = await read<KnownAuthority[]>("authorities.json");
	const historic = await read<HistoricCertificate[]>("historic.json");
	const builtIn = await read<BuiltInRoot[]>("roots.json");

	const owners = new Map<string, string>();
	const authorities: Authority[] = [];
	for (const id of SHIPPED) {
		const entry = known.find((candidate) => candidate.id === id);
		if (!entry) throw new Error(`authorities.json: no entry ${id}`);
		for (const key of entry.spki) {
			const other = owners.get(key);
			if (other) throw new Error(`authorities.json: ${other} and ${id} both claim ${key}`);
			owners.set(key, id);
		}
		const files = historic.filter(({ spki_sha256_b64 }) => entry.spki.includes(spki_sha256_b64));
		const certificates = await Promise.all(files.map((file) => readOne(folder, file)));
		authorities.push({
			id,
			name: NAMES[id] ?? entry.name,
			country: entry.country,
			keys: sorted(entry.spki),
			names: sorted(certificates.map(({ subject }) => nameKey(subject))),
			keyIdentifiers: sorted(certificates.flatMap(({ subjectKeyIdentifier }) => subjectKeyIdentifier ?? [])),
		});
	}
	return {
		catalogue: `${JSON.stringify({ authorities }, null, "\t")}\n`,
		roots: `${JSON.stringify(
			{
				what: "SHA-256 of every root that Firefox trusts for TLS servers",
				version: "Firefox ESR 153.7",
				licence: "MPL-2.0 (Mozilla's root store, lib/ckfw/builtins/certdata.txt in NSS)",
				sha256: sorted(builtIn.filter(({ trustTLS }) => trustTLS).map(({ sha256 }) => sha256)),
			},
			null,
			"\t",
		)}\n`,
	};
}

const project = fileURLToPath(new URL("..", import.meta.url));

/** Where each file belongs, from the top of the project. */
export const FILES: Readonly<Record<keyof Generated, string>> = {
	catalogue: "src/catalogue/data.json",
	roots: "tools/data/built-in-roots.json",
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const generated = await generate(resolve(process.argv[2] ?? join(project, "../shared/data")));
	for (const [name, file] of Object.entries(FILES) as [keyof Generated, string][]) {
		await writeFile(join(project, file), generated[name]);
		process.stdout.write(`${file}\n`);
	}
}
