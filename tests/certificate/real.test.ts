/** Every certificate in ../shared/data, where that is to be had. */
import { X509Certificate as NodeCertificate } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { describeCertificate } from "../../src/certificate/describe.ts";
import { orderChain } from "../../src/certificate/order.ts";
import type { ParsedCertificate } from "../../src/certificate/parse.ts";
import { readCertificates } from "../../src/certificate/read.ts";

const DATA = new URL("../../../shared/data/", import.meta.url);

interface Known {
	readonly file: string;
	readonly sha256: string;
	readonly spki_sha256_b64: string;
	readonly notBefore: string;
	readonly notAfter: string;
	readonly set?: string;
	readonly role?: string;
	readonly basicConstraintsCA?: boolean | null;
}

function known(): Known[] {
	const read = (name: string): (Known & { certFile?: string })[] =>
		JSON.parse(readFileSync(new URL(name, DATA), "utf8"));
	return [...read("historic.json").map((entry) => ({ ...entry, file: entry.certFile ?? "" })), ...read("mitm.json")];
}

async function read(file: string): Promise<ParsedCertificate[]> {
	return readCertificates(new Uint8Array(readFileSync(new URL(file, DATA))), file);
}

describe.runIf(existsSync(DATA))("the real certificates", () => {
	test("all are read, with the hashes and dates that are known of them", async () => {
		const entries = known();
		expect(entries.length).toBeGreaterThan(800);
		for (const entry of entries) {
			const [parsed] = await read(entry.file);
			expect.soft(parsed, entry.file).toMatchObject({
				sha256: entry.sha256.toUpperCase().replace(/..(?!$)/g, "$&:"),
				spki: entry.spki_sha256_b64,
				notBefore: Date.parse(entry.notBefore),
				notAfter: Date.parse(entry.notAfter),
			});
			if (typeof entry.basicConstraintsCA === "boolean" && parsed && !parsed.selfIssued) {
				expect.soft(parsed.ca, entry.file).toBe(entry.basicConstraintsCA);
			}
		}
	});

	test("all can be looked into, and little in them cannot be read", async () => {
		let all = 0;
		let unreadable = 0;
		for (const { file } of known()) {
			for (const { der, sha256, spki, subject, dnsNames } of await read(file)) {
				const described = await describeCertificate(der);
				expect.soft(described, file).toMatchObject({ sha256, spki, subject });
				const names = described.names?.filter(({ kind }) => kind === "dns").map(({ value }) => value) ?? [];
				if (dnsNames.length > 0) expect.soft(names, file).toEqual(dnsNames);
				all += described.extensions.length;
				unreadable += described.extensions.filter(({ said }) => said.kind === "unreadable").length;
			}
		}
		// Old ones of VeriSign's say in a way of their own where their issuer is found.
		expect(unreadable / all).toBeLessThan(0.01);
	});

	test("OpenSSL finds the same in their extensions", async () => {
		for (const { file } of known()) {
			const [parsed] = await read(file);
			if (!parsed) continue;
			const theirs = new NodeCertificate(parsed.der);
			// OpenSSL counts version 1 and key usage as well; what it calls no CA must not be one here.
			if (parsed.ca && !parsed.selfIssued) expect.soft(theirs.ca, file).toBe(true);
			const names = theirs.subjectAltName?.split(", ").filter((name) => name.startsWith("DNS:")) ?? [];
			expect.soft(parsed.dnsNames, file).toEqual(names.map((name) => name.slice(4)));
		}
	});

	test("the 147 leaves of CNNIC in one file", async () => {
		const leaves = await read("certs/cnnic-leaves-sample.pem");
		expect(leaves).toHaveLength(147);
		expect(leaves.every(({ issuer, ca }) => issuer.includes("CNNIC") && !ca)).toBe(true);
	});

	test("the DigiNotar chain is put in order", async () => {
		const files = known().filter(({ set }) => set === "diginotar-2011");
		const certificates = (await Promise.all(files.map(({ file }) => read(file)))).flat();
		const chain = (await orderChain(certificates.toReversed())).map(({ commonName }) => commonName);
		expect(chain.slice(0, 3)).toEqual(["*.google.com", "DigiNotar Public CA 2025", "DigiNotar Root CA"]);
	});
});
