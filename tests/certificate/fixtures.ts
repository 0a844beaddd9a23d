import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ParsedCertificate } from "../../src/certificate/parse.ts";
import { readCertificates } from "../../src/certificate/read.ts";

/** The bytes of a fixture. They were made with openssl; README.md in that folder says how. */
export function fixture(name: string): Uint8Array {
	return new Uint8Array(readFileSync(join(import.meta.dirname, "fixtures", name)));
}

/** The single certificate of a fixture, which is checked to hold one. */
export async function certificate(name: string): Promise<ParsedCertificate> {
	const [first, ...rest] = await readCertificates(fixture(name), name);
	if (!first || rest.length > 0) throw new Error(`${name} has to hold one certificate`);
	return first;
}
