import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { firefoxFingerprint, isSpki, plainFingerprint, shortHash } from "../../src/core/key.ts";

const PLAIN = "0123456789abcdef".repeat(4);

test("every SHA-256 is an SPKI hash in base64, in one spelling only", () => {
	fc.assert(
		fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.integer({ min: 1, max: 3 }), (bytes, shift) => {
			const text = Buffer.from(bytes).toString("base64");
			expect(isSpki(text)).toBe(true);
			const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
			const last = alphabet.indexOf(text[42] ?? "");
			const other = `${text.slice(0, 42)}${alphabet[last + shift]}=`;
			expect(Buffer.from(other, "base64").equals(Buffer.from(bytes)), "it decodes to the same").toBe(true);
			expect(isSpki(other)).toBe(false);
		}),
	);
});

test.each([
	"",
	"AAAA",
	`${"A".repeat(43)}`,
	`${"A".repeat(44)}`,
	`${"A".repeat(43)}=\n`,
	`${"-".repeat(43)}=`,
	`${"A".repeat(42)}==`,
])("%j is no SPKI hash", (text) => expect(isSpki(text)).toBe(false));

test.each([
	[PLAIN, PLAIN],
	[PLAIN.toUpperCase(), PLAIN],
	[firefoxFingerprint(PLAIN), PLAIN],
	[` ${PLAIN.replace(/(..)/g, "$1 ")}\n`, PLAIN],
	[PLAIN.slice(1), null],
	[`${PLAIN}0`, null],
	[`g${PLAIN.slice(1)}`, null],
	["", null],
])("fingerprint %j reads as %j", (text, plain) => expect(plainFingerprint(text)).toBe(plain));

test("Firefox's writing: upper case, in pairs", () => {
	const plain = createHash("sha256").update("x").digest("hex");
	const written = firefoxFingerprint(plain);
	expect(written).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
	expect(plainFingerprint(written)).toBe(plain);
});

test("short hashes are spread, in both writings, and fit thirty bits", () => {
	for (const write of [
		(bytes: Buffer) => bytes.toString("base64"),
		(bytes: Buffer) => firefoxFingerprint(bytes.toString("hex")),
	]) {
		const short = Array.from({ length: 4000 }, (_, n) =>
			shortHash(write(createHash("sha256").update(`${n}`).digest())),
		);
		expect(Math.min(...short)).toBeGreaterThanOrEqual(0);
		expect(Math.max(...short)).toBeLessThan(2 ** 30);
		expect(new Set(short).size).toBeGreaterThan(3990);
		// The low bits, of which the sieve is made: 4,000 of 2^18 leave 30 pairs to chance.
		expect(new Set(short.map((bits) => bits & (2 ** 18 - 1))).size).toBeGreaterThan(3900);
	}
	expect(shortHash("")).toBe(shortHash(""));
});
