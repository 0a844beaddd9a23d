import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { orderChain } from "../../src/certificate/order.ts";
import type { ParsedCertificate } from "../../src/certificate/parse.ts";
import { readCertificates } from "../../src/certificate/read.ts";
import { certificate } from "./fixtures.ts";

const CHAINS = join(import.meta.dirname, "../fixtures/chains");

const [leaf, int, root, cross, other] = (await Promise.all(
	["leaf.der", "int.der", "root.der", "cross.der", "other.der"].map(certificate),
)) as [ParsedCertificate, ParsedCertificate, ParsedCertificate, ParsedCertificate, ParsedCertificate];

const NAMES = new Map([
	[leaf, "leaf"],
	[int, "int"],
	[root, "root"],
	[cross, "cross"],
	[other, "other"],
]);
const ordered = async (...certificates: ParsedCertificate[]): Promise<(string | undefined)[]> =>
	(await orderChain(certificates)).map((found) => NAMES.get(found));

test("leaf -> int -> root, whatever the order", async () => {
	await fc.assert(
		fc.asyncProperty(fc.shuffledSubarray([leaf, int, root], { minLength: 3 }), async (shuffled) => {
			expect(await ordered(...shuffled)).toEqual(["leaf", "int", "root"]);
		}),
	);
});

test("duplicates are dropped", async () => {
	expect(await ordered(root, leaf, root, int, { ...leaf })).toHaveLength(3);
});

test("with a cross-signed copy, the way that uses more of what was handed in", async () => {
	await fc.assert(
		fc.asyncProperty(fc.shuffledSubarray([leaf, int, root, cross, other], { minLength: 5 }), async (shuffled) => {
			// root -> int -> leaf is shorter than other -> cross -> int -> leaf; root and cross are one authority.
			expect(await ordered(...shuffled)).toEqual(["leaf", "int", "cross", "other"]);
		}),
	);
});

test("of two copies that lead equally far, the first", async () => {
	expect(await ordered(leaf, int, root, cross)).toEqual(["leaf", "int", "root"]);
	expect(await ordered(cross, leaf, root, int)).toEqual(["leaf", "int", "cross"]);
});

test("what does not belong to the chain is left out, and a gap ends it", async () => {
	expect(await ordered(other, root, leaf, int)).toEqual(["leaf", "int", "root"]);
	expect(await ordered(root, leaf)).toEqual(["leaf"]);
	expect(await ordered(root, int)).toEqual(["int", "root"]);
	expect(await ordered(root)).toEqual(["root"]);
	expect(await ordered()).toEqual([]);
});

test("a key identifier that contradicts the name has the signature decide", async () => {
	const impostor = { ...other, subject: int.subject, subjectKeyIdentifier: "ff" };
	expect(await orderChain([impostor, leaf, int, root])).toEqual([leaf, int, root]);
	expect(await orderChain([leaf, impostor])).toEqual([leaf]);
	const renumbered = { ...int, subjectKeyIdentifier: "ff" };
	expect(await orderChain([renumbered, leaf])).toEqual([leaf, renumbered]);
});

test("CNNIC SSL's leaves name the key identifier of CNNIC's copy; by Entrust's copy it is a chain as well", async () => {
	const names = ["entrust-root.pem", "cnnic-ssl-by-entrust.pem", "cnnic-leaf-partner.outlook.cn.pem"];
	const files = names.map((name) => new Uint8Array(readFileSync(join(CHAINS, name))));
	const [entrust, cnnic, site] = (await Promise.all(files.map((file) => readCertificates(file)))).flat();
	expect(site?.authorityKeyIdentifier).not.toBe(cnnic?.subjectKeyIdentifier);
	expect(await orderChain([entrust, cnnic, site] as ParsedCertificate[])).toEqual([site, cnnic, entrust]);
});

test("signatures that cannot be read are no signatures, and hundreds of them take no time", async () => {
	const damaged = { ...leaf, der: leaf.der.subarray(0, 100) };
	const many = Array.from({ length: 300 }, (_, index) => ({
		...int,
		sha256: String(index),
		subjectKeyIdentifier: "ff",
	}));
	expect(await orderChain([damaged, { ...int, subjectKeyIdentifier: "ff" }])).toEqual([damaged]);
	const start = performance.now();
	await orderChain([leaf, ...many.map((one) => ({ ...one, issuer: one.subject, spki: one.sha256 }))]);
	expect(performance.now() - start).toBeLessThan(2000);
});

test("two authorities that signed each other do not make a circle", async () => {
	const a = { ...root, issuer: "CN=B", subject: "CN=A", sha256: "a", spki: "a", authorityKeyIdentifier: null };
	const b = { ...root, issuer: "CN=A", subject: "CN=B", sha256: "b", spki: "b", authorityKeyIdentifier: null };
	expect(await orderChain([a, b])).toEqual([a, b]);
	const below = { ...leaf, issuer: "CN=B", authorityKeyIdentifier: null };
	expect(await orderChain([a, b, below])).toEqual([below, b, a]);
});

test("hundreds of certificates that could all have signed each other take no time", async () => {
	const many = Array.from({ length: 300 }, (_, index) => ({
		...root,
		sha256: String(index),
		spki: String(index),
		authorityKeyIdentifier: null,
		subjectKeyIdentifier: null,
	}));
	const start = performance.now();
	expect((await orderChain(many)).length).toBeGreaterThan(0);
	expect(performance.now() - start).toBeLessThan(2000);
});
