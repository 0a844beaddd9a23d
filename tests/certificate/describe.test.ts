import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Description, describeCertificate, type Said } from "../../src/certificate/describe.ts";
import { readCertificates } from "../../src/certificate/read.ts";
import { withExtensions } from "../pki/index.ts";
import { fixture } from "./fixtures.ts";

async function real(name: string): Promise<Description> {
	const url = new URL(`../fixtures/chains/${name}`, import.meta.url);
	const [first] = await readCertificates(new Uint8Array(readFileSync(url)), name);
	if (!first) throw new Error(`no certificate in ${name}`);
	return await describeCertificate(first.der);
}

async function said(oid: string, hex: string): Promise<Said | undefined> {
	const { extensions } = await describeCertificate(await withExtensions([oid, hex]));
	return extensions.find((extension) => extension.oid === oid)?.said;
}

const hex = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString("hex");
const der = (tag: number, content: string): string => Buffer.from([tag, content.length / 2]).toString("hex") + content;

test("a site's certificate says what OpenSSL prints of it", async () => {
	expect(await real("comodo-leaf-xs4all.nl.pem")).toMatchObject({
		version: 3,
		subject: "CN=xs4all.nl,OU=PositiveSSL,OU=Domain Control Validated",
		notBefore: Date.UTC(2015, 2, 20),
		notAfter: Date.UTC(2016, 2, 19, 23, 59, 59),
		names: [
			{ kind: "dns", value: "xs4all.nl" },
			{ kind: "dns", value: "www.xs4all.nl" },
		],
		key: { algorithm: "RSA", bits: 4096, curve: null },
		signature: "SHA-256 + RSA",
		extensions: [
			{ critical: false, said: { kind: "issuer-key", id: "90af6a3a945a0bd890ea125673df43b43a28dae7" } },
			{ critical: false, said: { kind: "own-key", id: "2a53fe185c23c991a4716a69feb0db6f792b43d8" } },
			{ critical: true, said: { kind: "usage", usages: ["digitalSignature", "keyEncipherment"] } },
			{ critical: true, said: { kind: "basic", ca: false, pathLength: null } },
			{ said: { kind: "purposes", oids: ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"] } },
			{ said: { kind: "policies", oids: ["1.3.6.1.4.1.6449.1.2.2.7", "2.23.140.1.2.1"] } },
			{
				said: { kind: "lists", urls: ["http://crl.comodoca.com/COMODORSADomainValidationSecureServerCA.crl"] },
			},
			{
				said: {
					kind: "addresses",
					ocsp: ["http://ocsp.comodoca.com"],
					issuers: ["http://crt.comodoca.com/COMODORSADomainValidationSecureServerCA.crt"],
				},
			},
		],
	});
});

test("an authority's says whom it may vouch for", async () => {
	const { extensions, signature } = await real("comodo-dv-ca.pem");
	expect(signature).toBe("SHA-384 + RSA");
	expect(extensions.map(({ said }) => said)).toContainEqual({ kind: "basic", ca: true, pathLength: 0 });
	expect(extensions.map(({ said }) => said)).toContainEqual({
		kind: "usage",
		usages: ["digitalSignature", "keyCertSign", "cRLSign"],
	});
});

test("hashes and names are those that reading a file gives", async () => {
	const [read] = await readCertificates(fixture("leaf.der"));
	const { sha256, spki, subject, issuer, names, key } = await describeCertificate(fixture("leaf.der"));
	expect({ sha256, spki, subject, issuer }).toEqual({
		sha256: read?.sha256,
		spki: read?.spki,
		subject: read?.subject,
		issuer: read?.issuer,
	});
	expect(names?.filter(({ kind }) => kind === "dns").map(({ value }) => value)).toEqual(read?.dnsNames);
	expect(key.algorithm).toMatch(/^(?:RSA|EC)$/);
});

describe("extensions that the library does not read", () => {
	test("public logs: which, and when", async () => {
		const log = (id: number, time: number) =>
			`00${Buffer.alloc(32, id).toString("hex")}${time.toString(16).padStart(16, "0")}00000403000200ff`;
		const entry = (text: string) => (text.length / 2).toString(16).padStart(4, "0") + text;
		const entries = entry(log(1, Date.UTC(2026, 2, 3))) + entry(log(2, Date.UTC(2026, 2, 4)));
		expect(await said("1.3.6.1.4.1.11129.2.4.2", der(0x04, entry(entries)))).toEqual({
			kind: "logs",
			entries: [
				{ log: Buffer.alloc(32, 1).toString("base64"), time: Date.UTC(2026, 2, 3) },
				{ log: Buffer.alloc(32, 2).toString("base64"), time: Date.UTC(2026, 2, 4) },
			],
		});
		// An entry that ends too early.
		expect(await said("1.3.6.1.4.1.11129.2.4.2", der(0x04, entry(entry(log(1, 1).slice(0, 40)))))).toEqual({
			kind: "unreadable",
		});
	});

	test("limits: names, addresses and directory names", async () => {
		const permitted =
			der(0x30, der(0x82, hex("example.com"))) +
			der(0x30, der(0x87, "0a000000ff000000")) +
			der(0x30, der(0xa4, der(0x30, der(0x31, der(0x30, `0603550406${der(0x13, hex("CN"))}`)))));
		const excluded = der(0x30, der(0x82, hex(".bad.example")));
		expect(await said("2.5.29.30", der(0x30, der(0xa0, permitted) + der(0xa1, excluded)))).toEqual({
			kind: "limits",
			permitted: [
				{ kind: "dns", value: "example.com" },
				{ kind: "ip", value: "10.0.0.0/255.0.0.0" },
				{ kind: "directory", value: "C=CN" },
			],
			excluded: [{ kind: "dns", value: ".bad.example" }],
		});
	});

	test("that it must be shown not to be revoked", async () => {
		expect(await said("1.3.6.1.5.5.7.1.24", "3003020105")).toEqual({ kind: "staple" });
		expect(await said("1.3.6.1.5.5.7.1.24", "3003020111")).toEqual({ kind: "unknown" });
	});

	test("others are known by their number", async () => {
		expect(await said("1.2.3.4", "0500")).toEqual({ kind: "unknown" });
	});
});

describe("odd certificates", () => {
	test("what is odd in one extension hides nothing of the others", async () => {
		const bytes = await withExtensions(
			["2.5.29.19", "ff00", true],
			["2.5.29.15", "0500"],
			["2.5.29.17", "04"],
			["2.5.29.37", "300a06082b06010505070301"],
		);
		const { extensions, names, key } = await describeCertificate(bytes);
		expect(names).toBe(null);
		expect(extensions).toEqual([
			{ oid: "2.5.29.19", critical: true, said: { kind: "unreadable" } },
			{ oid: "2.5.29.15", critical: false, said: { kind: "unreadable" } },
			{ oid: "2.5.29.17", critical: false, said: { kind: "unreadable" } },
			{ oid: "2.5.29.37", critical: false, said: { kind: "purposes", oids: ["1.3.6.1.5.5.7.3.1"] } },
		]);
		expect(key).toEqual({ algorithm: "EC", bits: null, curve: "P-256" });
	});

	test("names of all kinds, those that the library throws at among them", async () => {
		const names =
			der(0x82, hex("a.example")) +
			der(0x87, "7f000001") +
			der(0x87, `${"20010db8"}${"0".repeat(22)}01`) +
			der(0x81, hex("a@a.example")) +
			der(0x86, hex("https://a.example/")) +
			der(0xa0, "06032a0304a0020500");
		const described = await describeCertificate(await withExtensions(["2.5.29.17", der(0x30, names)]));
		expect(described.names).toEqual([
			{ kind: "dns", value: "a.example" },
			{ kind: "ip", value: "127.0.0.1" },
			{ kind: "ip", value: "2001:db8::1" },
			{ kind: "email", value: "a@a.example" },
			{ kind: "uri", value: "https://a.example/" },
			{ kind: "other", value: "06032a0304a0020500" },
		]);
	});

	test("what is no certificate is said to be none", async () => {
		await expect(describeCertificate(new Uint8Array())).rejects.toThrow();
		await expect(describeCertificate(fixture("request.der"))).rejects.toThrow();
	});
});
