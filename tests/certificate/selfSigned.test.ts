import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { readCertificates } from "../../src/certificate/read.ts";
import { readSelfSigned } from "../../src/certificate/selfSigned.ts";

const CHAINS = new URL("../fixtures/chains/", import.meta.url);

async function read(name: string) {
	const [certificate] = await readCertificates(new Uint8Array(await readFile(new URL(name, CHAINS))), name);
	if (!certificate) throw new Error(name);
	return certificate;
}

describe("whether a certificate that names itself was signed with its own key", () => {
	it.each([
		["self-made-facebook.com.pem", { fitsItsKey: true }, "SHA-1 with RSA"],
		["self-made-github.com.pem", { fitsItsKey: false }, "the one of 2013"],
		["self-made-yahoo.com.pem", { fitsItsKey: null }, "MD5, which WebCrypto does not know"],
		["cnnic-root.pem", { fitsItsKey: true }, "a root"],
		["comodo-leaf-xs4all.nl.pem", null, "it names another"],
	])("%s: %o, %s", async (name, expected, _why) => {
		expect(await readSelfSigned(await read(name))).toEqual(expected);
	});

	it("cannot be told of bytes that are none", async () => {
		expect(await readSelfSigned({ selfIssued: true, der: new Uint8Array([0x30, 0]) })).toEqual({ fitsItsKey: null });
	});

	it("is found out again after a byte of the signature was changed", async () => {
		const { selfIssued, der } = await read("self-made-facebook.com.pem");
		const changed = der.slice();
		changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
		expect(await readSelfSigned({ selfIssued, der: changed })).toEqual({ fitsItsKey: false });
	});
});
