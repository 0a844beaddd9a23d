import { createHash, generateKeyPairSync, X509Certificate as NodeCertificate } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CertificateError } from "../../src/certificate/problem.ts";
import { readCertificates } from "../../src/certificate/read.ts";
import { certificate, fixture } from "./fixtures.ts";

const pem = (label: string, bytes: Uint8Array): string =>
	`-----BEGIN ${label}-----\n${Buffer.from(bytes)
		.toString("base64")
		.replace(/.{64}/g, "$&\n")}\n-----END ${label}-----\n`;

const leaf = fixture("leaf.der");
const subjects = async (input: Uint8Array | string): Promise<(string | null)[]> =>
	(await readCertificates(input)).map(({ commonName }) => commonName);

const CHAIN = ["a.example.test", "Fixture CA", "Fixture Root"];

test("a certificate has everything that Firefox reports, and what its extensions say", async () => {
	const parsed = await certificate("leaf.der");
	const node = new NodeCertificate(leaf);
	expect(parsed).toMatchObject({
		subject: "CN=a.example.test",
		issuer: 'CN=Fixture CA,O="Fixture, Inc.",C=XA',
		notBefore: Date.parse(node.validFrom),
		notAfter: Date.parse(node.validTo),
		sha256: node.fingerprint256,
		spki: createHash("sha256")
			.update(node.publicKey.export({ type: "spki", format: "der" }))
			.digest("base64"),
		builtInRoot: null,
		ca: false,
		commonName: "a.example.test",
		organization: null,
		country: null,
		selfIssued: false,
		dnsNames: ["a.example.test", "*.b.example.test"],
	});
	const issuer = await certificate("int.der");
	expect(issuer).toMatchObject({ ca: true, organization: "Fixture, Inc.", country: "XA" });
	expect(issuer.subjectKeyIdentifier).toMatch(/^[0-9a-f]{40}$/);
	expect(parsed.authorityKeyIdentifier).toBe(issuer.subjectKeyIdentifier);
	expect(await certificate("root.der")).toMatchObject({ ca: true, selfIssued: true });
	expect(Buffer.from(parsed.der)).toEqual(Buffer.from(leaf));
	expect(new NodeCertificate(parsed.toPem()).fingerprint256).toBe(parsed.sha256);
});

describe("formats", () => {
	test.each([
		["DER", leaf, ["a.example.test"]],
		["DER with a line end behind it", Uint8Array.of(...leaf, 0x0d, 0x0a), ["a.example.test"]],
		["several DER in a row", Uint8Array.of(...leaf, ...fixture("int.der")), CHAIN.slice(0, 2)],
		["PKCS#7, DER", fixture("chain.p7b"), CHAIN],
		["PKCS#7, PEM", fixture("chain-pem.p7b"), CHAIN],
		["PKCS#7, BER with indefinite lengths", fixture("streamed.p7m"), ["Fixture CA", "a.example.test"]],
		["PEM", pem("CERTIFICATE", leaf), ["a.example.test"]],
		["PEM as bytes", Buffer.from(pem("CERTIFICATE", leaf)), ["a.example.test"]],
		["PEM with Windows line ends", pem("CERTIFICATE", leaf).replaceAll("\n", "\r\n"), ["a.example.test"]],
		["PEM in UTF-16", Buffer.from(`\uFEFF${pem("CERTIFICATE", leaf)}`, "utf16le"), ["a.example.test"]],
		["PEM on one line", pem("CERTIFICATE", leaf).replaceAll("\n", ""), ["a.example.test"]],
		["PEM, old label", pem("X509 CERTIFICATE", leaf), ["a.example.test"]],
		["PEM, OpenSSL's trusted kind", pem("TRUSTED CERTIFICATE", Uint8Array.of(...leaf, 0x30, 0)), ["a.example.test"]],
		["PEM with headers", pem("CERTIFICATE", leaf).replace("-----\n", "-----\nName: x\n\n"), ["a.example.test"]],
		[
			"many PEM blocks with text around them, as s_client prints",
			Buffer.from(` 0 s:CN = x\n${pem("CERTIFICATE", leaf)}1 s: ü\n${pem("CERTIFICATE", fixture("int.der"))}---\nbye`),
			CHAIN.slice(0, 2),
		],
		["text that begins like DER", Buffer.from(`0: x\n${pem("CERTIFICATE", leaf)}`), ["a.example.test"]],
		["bare base64", Buffer.from(leaf).toString("base64"), ["a.example.test"]],
		["bare base64 of PKCS#7", Buffer.from(fixture("chain.p7b")).toString("base64"), CHAIN],
		[
			"a certificate beside its key",
			`${pem("EC PRIVATE KEY", Uint8Array.of(0x30, 0))}${pem("CERTIFICATE", leaf)}`,
			["a.example.test"],
		],
	])("%s", async (_, input, expected) => {
		expect(await subjects(input)).toEqual(expected);
	});
});

const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const rsa = generateKeyPairSync("rsa", { modulusLength: 1024 });
const cut = leaf.subarray(0, 200);

describe("what is no certificate is said in one line that names the file", () => {
	test.each([
		["empty", new Uint8Array(), "empty", "the file is empty"],
		["blank", " \n", "empty", "nothing to read"],
		["text", Buffer.from("Hello, this is a letter.\n"), "not-certificates", "expected PEM, DER or PKCS#7"],
		["a picture", Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 0, 0), "not-certificates", "expected PEM, DER or PKCS#7"],
		["other DER", Uint8Array.of(0x30, 3, 2, 1, 5), "not-certificates", "expected PEM, DER or PKCS#7"],
		["cut DER", cut, "truncated", "the certificate is cut off at the end"],
		["cut inside PEM", pem("CERTIFICATE", cut), "truncated", "the certificate is cut off at the end"],
		["no END", pem("CERTIFICATE", leaf).slice(0, 300), "truncated", "no “END CERTIFICATE” line"],
		[
			"the second of two",
			pem("CERTIFICATE", leaf) + pem("CERTIFICATE", cut),
			"truncated",
			"certificate 2 of 2 is cut off at the end",
		],
		["no base64", "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----", "damaged", "not base64"],
		["an empty block", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----", "empty", "the certificate is empty"],
		["rubbish behind DER", Uint8Array.of(...leaf, 1, 2, 3), "truncated", "certificate 2 is cut off"],
		["PKCS#7 without certificates", fixture("empty.p7b"), "no-certificates", "holds no certificates"],
		["PKCS#12", fixture("leaf.p12"), "pkcs12", "PKCS#12"],
		["a request, DER", fixture("request.der"), "request", "CSR"],
		["a request, PEM", pem("NEW CERTIFICATE REQUEST", fixture("request.der")), "request", "CSR"],
		["a revocation list, DER", fixture("list.der"), "revocation-list", "CRL"],
		["a revocation list, PEM", pem("X509 CRL", fixture("list.der")), "revocation-list", "CRL"],
		["a public key", ec.publicKey.export({ type: "spki", format: "pem" }).toString(), "public-key", "public key"],
		["a Java key store", Uint8Array.of(0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2), "key-store", "Java key store"],
		["an SSH key", "ssh-ed25519 AAAAC3Nz me@here", "pgp", "SSH key"],
		[
			"an OpenPGP key",
			"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nxx\n-----END PGP PUBLIC KEY BLOCK-----",
			"pgp",
			"OpenPGP",
		],
		["too much", new Uint8Array(9 * 1024 * 1024), "too-large", "8 MiB"],
	])("%s", async (_, input, problem, words) => {
		const error = await readCertificates(input, "my file.crt").catch((reason: unknown) => reason);
		expect(error).toBeInstanceOf(CertificateError);
		expect(error).toMatchObject({ problem, fileName: "my file.crt" });
		const { message } = error as CertificateError;
		expect(message).toContain(words);
		expect(message).toMatch(/^my file\.crt: [^\n]+$/);
	});

	test.each([
		["PKCS#8, PEM", ec.privateKey.export({ type: "pkcs8", format: "pem" })],
		["PKCS#8, DER", ec.privateKey.export({ type: "pkcs8", format: "der" })],
		[
			"PKCS#8 with a password",
			rsa.privateKey.export({ type: "pkcs8", format: "der", cipher: "aes-128-cbc", passphrase: "x" }),
		],
		["SEC 1, PEM", ec.privateKey.export({ type: "sec1", format: "pem" })],
		["SEC 1, DER", ec.privateKey.export({ type: "sec1", format: "der" })],
		["PKCS#1, DER", rsa.privateKey.export({ type: "pkcs1", format: "der" })],
		["PKCS#1 cut off", rsa.privateKey.export({ type: "pkcs1", format: "pem" }).toString().slice(0, 400)],
		["base64 alone", rsa.privateKey.export({ type: "pkcs8", format: "der" }).toString("base64")],
		["called a certificate", pem("CERTIFICATE", rsa.privateKey.export({ type: "pkcs1", format: "der" }))],
	])("a private key is named as one and never repeated: %s", async (_, input) => {
		const given = typeof input === "string" ? input : new Uint8Array(input);
		const error = await readCertificates(given, "key").catch((reason: unknown) => reason);
		expect(error).toMatchObject({ problem: "private-key" });
		expect((error as Error).message).toBe(
			"key: this is a private key, not a certificate. Nothing was kept; keep it secret and choose the certificate instead",
		);
	});
});

test("damaged bytes give certificates or a CertificateError, never anything else", async () => {
	const samples = ["leaf.der", "chain.p7b", "streamed.p7m", "leaf.p12"].map(fixture);
	await fc.assert(
		fc.asyncProperty(
			fc.constantFrom(...samples),
			fc.array(fc.tuple(fc.nat(1500), fc.nat(255)), { maxLength: 6 }),
			fc.nat(1500),
			async (sample, changes, length) => {
				const bytes = Uint8Array.from(sample.subarray(0, length));
				for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
				const result = await readCertificates(bytes).catch((error: unknown) => error);
				expect(Array.isArray(result) || result instanceof CertificateError).toBe(true);
			},
		),
		{ numRuns: 2000 },
	);
});
