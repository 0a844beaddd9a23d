import fc from "fast-check";
import { expect, test } from "vitest";
import { orderChain } from "../../src/certificate/order.ts";
import type { ParsedCertificate } from "../../src/certificate/parse.ts";
import { certificate } from "./fixtures.ts";

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
const ordered = (...certificates: ParsedCertificate[]): (string | undefined)[] =>
	orderChain(certificates).map((found) => NAMES.get(found));

test("leaf -> int -> root, whatever the order", () => {
	fc.assert(
		fc.property(fc.shuffledSubarray([leaf, int, root], { minLength: 3 }), (shuffled) => {
			expect(ordered(...shuffled)).toEqual(["leaf", "int", "root"]);
		}),
	);
});

test("duplicates are dropped", () => {
	expect(ordered(root, leaf, root, int, { ...leaf })).toHaveLength(3);
});

test("with a cross-signed copy, the way that uses more of what was handed in", () => {
	fc.assert(
		fc.property(fc.shuffledSubarray([leaf, int, root, cross, other], { minLength: 5 }), (shuffled) => {
			// root -> int -> leaf is shorter than other -> cross -> int -> leaf; root and cross are one authority.
			expect(ordered(...shuffled)).toEqual(["leaf", "int", "cross", "other"]);
		}),
	);
});

test("of two copies that lead equally far, the first", () => {
	expect(ordered(leaf, int, root, cross)).toEqual(["leaf", "int", "root"]);
	expect(ordered(cross, leaf, root, int)).toEqual(["leaf", "int", "cross"]);
});

test("what does not belong to the chain is left out, and a gap ends it", () => {
	expect(ordered(other, root, leaf, int)).toEqual(["leaf", "int", "root"]);
	expect(ordered(root, leaf)).toEqual(["leaf"]);
	expect(ordered(root, int)).toEqual(["int", "root"]);
	expect(ordered(root)).toEqual(["root"]);
	expect(ordered()).toEqual([]);
});

test("a key identifier that contradicts the name wins over the name", () => {
	const impostor = { ...int, sha256: "00", spki: "other", subjectKeyIdentifier: "ff" };
	expect(orderChain([impostor, leaf, int, root])).toEqual([leaf, int, root]);
	expect(orderChain([leaf, impostor])).toEqual([leaf]);
});

test("two authorities that signed each other do not make a circle", () => {
	const a = { ...root, issuer: "CN=B", subject: "CN=A", sha256: "a", spki: "a", authorityKeyIdentifier: null };
	const b = { ...root, issuer: "CN=A", subject: "CN=B", sha256: "b", spki: "b", authorityKeyIdentifier: null };
	expect(orderChain([a, b])).toEqual([a, b]);
	const below = { ...leaf, issuer: "CN=B", authorityKeyIdentifier: null };
	expect(orderChain([a, b, below])).toEqual([below, b, a]);
});

test("hundreds of certificates that could all have signed each other take no time", () => {
	const many = Array.from({ length: 300 }, (_, index) => ({
		...root,
		sha256: String(index),
		spki: String(index),
		authorityKeyIdentifier: null,
		subjectKeyIdentifier: null,
	}));
	const start = performance.now();
	expect(orderChain(many).length).toBeGreaterThan(0);
	expect(performance.now() - start).toBeLessThan(2000);
});
