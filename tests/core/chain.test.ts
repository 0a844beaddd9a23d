import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readCertificate, readChain } from "../../src/core/chain.ts";
import { draw } from "./draw.ts";

/** A certificate as `webRequest.getSecurityInfo` reports it. */
type Reported = Record<string, unknown>;

function reported(drawn: string): Reported[] {
	return draw(drawn).map(({ subject, issuer, notBefore, notAfter, sha256, spki, builtInRoot }) => ({
		subject,
		issuer,
		validity: { start: notBefore, end: notAfter },
		fingerprint: { sha1: "00:11", sha256 },
		serialNumber: "01",
		isBuiltInRoot: builtInRoot,
		subjectPublicKeyInfoDigest: { sha256: spki },
		rawDER: [48, 0],
	}));
}

/** The same with something else at "member" or "member.member". */
function spoil(certificate: Reported, path: string, value: unknown): Reported {
	const [outer = "", inner] = path.split(".");
	return { ...certificate, [outer]: inner ? { ...(certificate[outer] as Reported), [inner]: value } : value };
}

const unreadable = (why: string) => ({ kind: "unreadable", why });

test("root -> ca -> leaf: is read leaf first, with what Firefox says of the root", () => {
	expect(readChain(reported("root[A] -> ca[B] -> leaf[C]"))).toEqual({
		kind: "chain",
		chain: draw("root[A] -> ca[B] -> leaf[C]"),
	});
	expect(readChain(reported("local[A] -> leaf[C]"))).toEqual({ kind: "chain", chain: draw("local[A] -> leaf[C]") });
});

test("a name may be empty", () => {
	const [leaf] = reported("leaf[A]");
	expect(readChain([{ ...leaf, subject: "", issuer: "" }])).toMatchObject({ kind: "chain", chain: [{ subject: "" }] });
});

test.each([[undefined], [null], [[]], [{}], ["certificates"], [0]])("%j instead of a list: no chain", (raw) => {
	expect(readChain(raw)).toEqual(unreadable("no-chain"));
});

test("sixteen certificates are a chain, seventeen are not", () => {
	const certificate = reported("root[A]")[0];
	expect(readChain(Array(16).fill(certificate))).toMatchObject({ kind: "chain" });
	expect(readChain(Array(17).fill(certificate))).toEqual(unreadable("too-long"));
});

describe("a certificate that lacks what a decision needs", () => {
	type Spoilt = [what: string, path: string, value: unknown];
	const missing = [
		"subject",
		"issuer",
		"fingerprint",
		"fingerprint.sha256",
		"subjectPublicKeyInfoDigest",
		"subjectPublicKeyInfoDigest.sha256",
		"validity",
		"validity.start",
		"validity.end",
	].flatMap((path) =>
		[undefined, null, true, {}].map((value): Spoilt => [JSON.stringify(value) ?? "nothing", path, value]),
	);

	test.each([
		...missing,
		["a number", "subject", 1],
		["a short text", "fingerprint.sha256", "AB:CD"],
		["numbers", "fingerprint.sha256", Array(95).fill(1)],
		["a short text", "subjectPublicKeyInfoDigest.sha256", "AAAA"],
		["NaN", "validity.start", Number.NaN],
		["no end", "validity.end", Number.POSITIVE_INFINITY],
		["a text", "validity.end", "2026-01-01"],
	])("%s as %s, at any place of the chain", (_, path, value) => {
		for (const place of [0, 1, 2]) {
			const chain = reported("root[A] -> ca[B] -> leaf[C]");
			expect(readChain(chain.with(place, spoil(chain[place] ?? {}, path, value)))).toEqual(unreadable("missing-field"));
		}
	});

	test.each([[null], [undefined], ["certificate"], [1], [[]], [{}]])("%j in its place", (entry) => {
		expect(readChain([...reported("root[A] -> leaf[B]"), entry])).toEqual(unreadable("missing-field"));
		expect(readCertificate(entry)).toBeNull();
	});
});

test.each([[undefined], [null], ["true"], [1], [false]])(
	"isBuiltInRoot %j: not a root that Firefox ships",
	(isBuiltInRoot) => {
		expect(readCertificate({ ...reported("root[A]")[0], isBuiltInRoot })).toMatchObject({ builtInRoot: false });
	},
);

test("whatever is reported, reading it gives a chain or a reason and never throws", () => {
	const certificate = fc.constantFrom(...reported("root[A] -> ca[B] -> leaf[C]"));
	const spoilt = fc
		.record({
			certificate,
			name: fc.constantFrom("subject", "fingerprint", "validity", "subjectPublicKeyInfoDigest"),
			value: fc.anything(),
		})
		.map(({ certificate: whole, name, value }) => ({ ...whole, [name]: value }));
	fc.assert(
		fc.property(
			fc.oneof(fc.anything(), fc.array(fc.oneof(certificate, spoilt, fc.anything()), { maxLength: 20 })),
			(raw) => {
				expect(["chain", "unreadable"]).toContain(readChain(raw).kind);
			},
		),
		{ numRuns: 3000 },
	);
});
