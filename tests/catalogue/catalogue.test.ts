import { describe, expect, it } from "vitest";
import { catalogue, firstRules } from "../../src/catalogue/index.ts";
import { createCatalogue, lazyCatalogue } from "../../src/catalogue/rows.ts";
import type { Certificate, Chain } from "../../src/core/chain.ts";
import { compile } from "../../src/core/compile.ts";
import { readHost } from "../../src/core/host.ts";
import { isSpki } from "../../src/core/key.ts";
import type { Authority } from "../../src/core/policy.ts";
import { parsePolicy } from "../../src/schema/policy.ts";

const CNNIC_ROOT = "H0IkzshPyZztiB/2/P0+IfjFGcVHqmpd094kcwLOUNE=";
const MCS = "BN3pqpp59hSYaCMl+ghwJ2cH+5ypU4QSC0aJMmhJT8k=";

describe("the catalogue", () => {
	it("knows CNNIC and Kazakhstan's state authority, by id and by key", () => {
		expect(catalogue.byId("kazakhstan")).toMatchObject({ country: "KZ" });
		expect(catalogue.byId("cnnic")).toMatchObject({ name: "CNNIC", country: "CN" });
		expect(catalogue.ownerOf(CNNIC_ROOT)?.id).toBe("cnnic");
		expect(catalogue.byId("nobody")).toBeUndefined();
		expect(catalogue.ownerOf("")).toBeUndefined();
	});

	it("does not call the key of MCS Holdings CNNIC's own", () =>
		expect(catalogue.ownerOf(MCS)?.id).toBe("mcs-holdings"));

	it("holds well-formed facts", () => {
		for (const { id, keys, names, keyIdentifiers, country } of catalogue.authorities) {
			expect(id).toMatch(/^[a-z0-9][a-z0-9-]{0,63}$/);
			expect(country ?? "ZZ").toMatch(/^[A-Z]{2}$/);
			expect(keys.every(isSpki)).toBe(true);
			expect(keys.length).toBeGreaterThan(0);
			expect(names).not.toContain("");
			expect(keyIdentifiers.every((identifier) => /^(?:[0-9a-f]{2}){4,}$/.test(identifier))).toBe(true);
		}
		const keys = catalogue.authorities.flatMap((authority) => authority.keys);
		expect(new Set(keys).size).toBe(keys.length);
	});

	it("gives a key that two entries claim to the first", () => {
		const entry = (id: string): Authority => ({
			id,
			name: id,
			country: null,
			keys: [MCS],
			names: [],
			keyIdentifiers: [],
		});
		expect(createCatalogue({ authorities: [entry("a"), entry("b")] }).ownerOf(MCS)?.id).toBe("a");
	});

	it("is read by the first question to it, and once", () => {
		let reads = 0;
		const { authorities } = catalogue;
		const lazy = lazyCatalogue(() => {
			reads += 1;
			return { authorities };
		});
		expect(reads).toBe(0);
		expect(lazy.ownerOf(CNNIC_ROOT)?.id).toBe("cnnic");
		expect(lazy.byId("kazakhstan")?.country).toBe("KZ");
		expect(lazy.authorities).toBe(authorities);
		expect(reads).toBe(1);
	});
});

const certificate = (over: Partial<Certificate> = {}): Certificate => ({
	subject: "CN=some.example",
	issuer: "CN=Some CA",
	notBefore: 0,
	notAfter: 1,
	sha256: "AB",
	spki: "x",
	builtInRoot: null,
	...over,
});

describe("the first rules", () => {
	const known = (id: string) => catalogue.byId(id) !== undefined;
	const judge = compile({ admin: null, person: firstRules }, catalogue);
	const ofChain = (...keys: string[]) => {
		const chain = ["leaf", ...keys].map((spki, index) => certificate({ spki, sha256: `${spki}${index}` }));
		return judge.judge({
			host: readHost("outlook.com"),
			evidence: { kind: "chain", chain: chain as unknown as Chain },
		});
	};
	const ofOverride = (host: string, leaf = certificate(), authorityKeyIdentifier: string | null = null) =>
		judge.judge({
			host: readHost(host),
			evidence: { kind: "overridden", overridden: { kinds: ["trust"], leaf, authorityKeyIdentifier } },
		});

	it("are a good policy document in canonical form", () =>
		expect(parsePolicy(firstRules, "person", known)).toEqual({ ok: true, policy: firstRules, reported: [] }));

	it("all have a reason", () => {
		expect(firstRules.rules.map(({ id, action, enabled }) => [id, action, enabled])).toEqual([
			["cnnic", "block", true],
			["kazakhstan", "block", true],
			["interception-mcs-holdings", "block", true],
			["interception-superfish", "block", true],
			["clicked-through", "block", true],
		]);
		for (const { reason } of firstRules.rules) {
			expect(reason).toMatch(/\b20\d\d\b/);
			// Words that the block page keeps for "Advanced".
			expect(reason).not.toMatch(/\b(?:certificates?|TLS|SSL|roots?|chains?|CAs?|issuers?)\b/i);
		}
	});

	it.each(["cnnic", "kazakhstan"].flatMap((id) => catalogue.byId(id)?.keys.map((key) => [id, key] as const) ?? []))(
		"refuse %s by the key %s",
		(id, key) => {
			expect(ofChain(key, "root")).toMatchObject({ outcome: "refuse", finding: { rule: { ref: id }, position: 1 } });
			expect(ofChain("ca", key)).toMatchObject({ outcome: "refuse", finding: { rule: { ref: id }, position: 2 } });
		},
	);

	it("refuse the key that CNNIC vouched for at MCS Holdings, whoever signs it", () =>
		expect(ofChain(MCS, "another root")).toMatchObject({ outcome: "refuse", finding: { rule: { ref: "cnnic" } } }));

	it("accept any other chain", () => expect(ofChain("ca", "root")).toMatchObject({ outcome: "accept" }));

	it.each([
		"localhost",
		"app.localhost",
		"router",
		"printer.local",
		"nas.lan",
		"box.home.arpa",
		"vault.internal",
		"fritz.box",
		"www.fritz.box",
		"10.1.2.3",
		"172.16.0.1",
		"172.31.255.255",
		"192.168.178.1",
		"169.254.1.1",
		"127.0.0.1",
		"::1",
		"[fe80::1]",
		"fd00::1",
		"::ffff:c0a8:1",
	])("let a clicked-through warning stand for %s", (host) =>
		expect(ofOverride(host)).toMatchObject({ outcome: "accept" }),
	);

	it.each([
		"example.com",
		"evilfritz.box",
		"fritz.box.example.com",
		"notlocal.example",
		"8.8.8.8",
		"172.32.0.1",
		"192.169.0.1",
		"11.0.0.1",
		"2001:db8::1",
		"::2",
		"home.arpa.example",
		"router.com",
	])("stop a clicked-through warning for %s", (host) =>
		expect(ofOverride(host)).toMatchObject({
			outcome: "refuse",
			finding: { rule: { ref: "clicked-through", exceptable: true } },
		}),
	);

	it("stop a clicked-through CNNIC or Kazakh issuer even on a router's address, by name and by key identifier", () => {
		const issuer = "CN=Information Security Certification Authority,O=ISCA,C=KZ";
		expect(ofOverride("192.168.0.1", certificate({ issuer }))).toMatchObject({
			finding: { rule: { ref: "kazakhstan" } },
		});
		const [identifier = ""] = catalogue.byId("cnnic")?.keyIdentifiers ?? [];
		expect(ofOverride("router", certificate(), identifier)).toMatchObject({ finding: { rule: { ref: "cnnic" } } });
	});
});
