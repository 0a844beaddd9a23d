/** What is carried is what the judge refuses, and what is not carried is said. */
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { fitTo } from "../../cli/export/fitting.ts";
import { gather, type Known, type KnownKey, readBytes } from "../../cli/export/known.ts";
import { type Plan, plan } from "../../cli/export/plan.ts";
import { catalogue, firstRules } from "../../src/catalogue/index.ts";
import { loadDetails, loadPresets } from "../../src/catalogue/load.ts";
import { readCertificates } from "../../src/certificate/read.ts";
import type { Certificate } from "../../src/core/chain.ts";
import { compile } from "../../src/core/compile.ts";
import { readHost } from "../../src/core/host.ts";
import { firefoxFingerprint } from "../../src/core/key.ts";
import type { Policy, Rule, Selector } from "../../src/core/policy.ts";
import { Pki } from "../pki/index.ts";

const NARROW = { widen: new Set<string>(), byKey: false };
const WIDE = { widen: "all", byKey: false } as const;

let keys: ReadonlyMap<string, KnownKey>;
let all: readonly Known[];

beforeAll(async () => {
	keys = gather(await loadDetails(), await readBytes(new URL("../../", import.meta.url)), []);
	all = [...keys.values()].flatMap(({ certificates }) => certificates);
});

const rule = (id: string, match: readonly Selector[], more: Partial<Rule> = {}): Rule => ({
	id,
	title: `The rule ${id}`,
	match,
	action: "block",
	enabled: true,
	...more,
});
const policy = (...rules: readonly Rule[]): Policy => ({ version: 1, rules });

/** A certificate as Firefox would report it, as far as the catalogue knows it. */
function reported({ sha256, spki, name, organization, country }: Known): Certificate {
	const quoted = (value: string) => `"${value.replace(/["\\]/g, "\\$&")}"`;
	const parts = [
		name === null ? null : `CN=${quoted(name)}`,
		organization === null ? null : `O=${quoted(organization)}`,
		country === null ? null : `C=${country}`,
	];
	return {
		subject: parts.filter((part) => part !== null).join(","),
		issuer: "CN=Somebody",
		notBefore: 0,
		notAfter: 0,
		sha256: firefoxFingerprint(sha256),
		spki,
		builtInRoot: null,
	};
}

const LEAF: Certificate = {
	subject: "CN=site.example",
	issuer: "CN=Somebody",
	notBefore: Date.parse("2026-01-01T00:00:00Z"),
	notAfter: Date.parse("2026-03-01T00:00:00Z"),
	sha256: "00",
	spki: "leaf",
	builtInRoot: null,
};

/** Ids of the rules that find a certificate in the middle of a chain, each asked alone. */
function refusing(rules: readonly Rule[], certificate: Known): Set<string> {
	const chain = [LEAF, reported(certificate), { ...LEAF, spki: "root", sha256: "01", subject: "CN=Another" }] as const;
	const found = rules.filter((one) => {
		const judge = compile({ admin: null, person: policy(one) }, catalogue);
		return judge.judge({ host: readHost("site.example"), evidence: { kind: "chain", chain } }).outcome !== "accept";
	});
	return new Set(found.map(({ id }) => id));
}

/** By certificate, the rules that the plan refuses it by. */
function carried({ refused }: Plan): Map<string, Set<string>> {
	return new Map(
		[...refused.values()].flatMap(({ certificates, rules }) =>
			certificates.map(({ sha256 }) => [sha256, new Set(rules)] as const),
		),
	);
}

describe("what is carried", () => {
	it("is what the judge refuses: the first rules, and every set that comes with Countersign", async () => {
		for (const each of [firstRules, ...(await loadPresets()).map((preset) => preset.policy)]) {
			// With their limits taken off, as --widen does, and asked as the judge asks without them.
			const bare = each.rules
				.filter(({ enabled }) => enabled)
				.map(({ sites, acceptFor, issuedAfter, except, ...rest }) => rest);
			const told = carried(plan(each, keys, catalogue, WIDE));
			const judged = all.filter((certificate) => refusing(bare, certificate).size > 0);
			expect([...told.keys()].toSorted()).toEqual(judged.map(({ sha256 }) => sha256).toSorted());
		}
	}, 120_000);

	it("is what the judge refuses, rule by rule, for selectors of every kind that finds a certificate", () => {
		// A name of several lines, or longer than Firefox shows, is not what this is about.
		const some = all.filter(({ name, organization }) => (name?.length ?? 0) + (organization?.length ?? 0) < 100);
		const selector = fc
			.constantFrom(...some)
			.chain((one) =>
				fc.constantFrom<Selector>(
					{ spki: one.spki },
					{ certificate: one.sha256 },
					...(one.authority === null ? [] : [{ authority: one.authority }]),
					...(one.organization === null ? [] : [{ organization: one.organization.toUpperCase() }]),
					...(one.country === null ? [] : [{ country: one.country }]),
				),
			);
		let refused = 0;
		fc.assert(
			fc.property(
				fc.array(selector, { minLength: 1, maxLength: 4 }),
				fc.array(fc.constantFrom(...some), { minLength: 10, maxLength: 30 }),
				(match, asked) => {
					const rules = match.map((one, index) => rule(`r${index}`, [one]));
					const planned = plan(policy(...rules), keys, catalogue, NARROW);
					const told = planned.refused;
					for (const certificate of asked) {
						const mine = refusing(rules, certificate);
						const entry = told.get(certificate.spki);
						const meant = entry?.certificates.some(({ sha256 }) => sha256 === certificate.sha256) === true;
						expect(meant, JSON.stringify([match, certificate.name])).toBe(mine.size > 0);
						if (mine.size > 0) refused++;
					}
				},
			),
			{ numRuns: 60 },
		);
		expect(refused).toBeGreaterThan(20);
	}, 120_000);

	it("is nothing of a rule that is switched off", () => {
		const planned = plan(policy(rule("off", [{ authority: "cnnic" }], { enabled: false })), keys, catalogue, NARROW);
		expect([planned.refused.size, planned.leftOut, planned.lost]).toEqual([0, [], []]);
	});
});

describe("what is left out", () => {
	it.each<[string, Partial<Rule>, string[]]>([
		["a rule that warns", { action: "warn" }, ["warn"]],
		["one for some sites", { sites: ["outlook.com"] }, ["sites"]],
		["one that spares some", { acceptFor: ["cn"] }, ["acceptFor"]],
		["one from a date on", { issuedAfter: "2015-04-01T00:00:00Z" }, ["issuedAfter"]],
		["one that spares certificates below", { except: [{ spki: "x" }] }, ["except"]],
		["several at once", { action: "warn", acceptFor: ["cn"], except: [] }, ["warn", "acceptFor", "except"]],
	])("%s is left out by name, and carried when asked for", (_, more, limits) => {
		const limited = rule("limited", [{ authority: "cnnic" }], more);
		const narrow = plan(policy(limited), keys, catalogue, NARROW);
		expect(narrow.refused.size).toBe(0);
		expect(narrow.leftOut).toEqual([{ rule: limited, limits }]);
		expect(narrow.widened).toEqual([]);
		const wide = plan(policy(limited), keys, catalogue, { ...NARROW, widen: new Set(["limited"]) });
		expect(wide.refused.size).toBe(6);
		expect(wide.leftOut).toEqual([]);
		expect(wide.widened).toEqual([{ rule: limited, limits }]);
	});

	it("another rule's limits do not keep a key from being carried", () => {
		const planned = plan(
			policy(
				rule("limited", [{ authority: "cnnic" }], { sites: ["outlook.com"] }),
				rule("whole", [{ spki: "H0IkzshPyZztiB/2/P0+IfjFGcVHqmpd094kcwLOUNE=" }]),
			),
			keys,
			catalogue,
			NARROW,
		);
		expect([...planned.refused.values()].map(({ rules }) => [...rules])).toEqual([["whole"]]);
		expect(planned.leftOut.map(({ rule: { id } }) => id)).toEqual(["limited"]);
	});

	it("what only Countersign can see, and what nobody knows, is named", () => {
		const unknown = "0".repeat(64);
		const planned = plan(
			policy(
				rule("clicked", [{ overridden: "any" }]),
				rule("added", [{ root: "not-built-in" }]),
				rule("none", [{ certificate: unknown }, { organization: "No Such Organisation" }]),
				rule("new", [{ unknown: "colour" }]),
			),
			keys,
			catalogue,
			NARROW,
		);
		expect(planned.lost.map(({ rule: { id }, why }) => `${id}: ${why}`)).toEqual([
			"clicked: overridden",
			"added: root",
			"none: nothing",
			"none: nothing",
			"new: unknown",
		]);
	});

	it("a rule about one certificate is left out where a program goes by keys, if the key has others", () => {
		const one = [...keys.values()].find(({ certificates }) => certificates.length > 1)?.certificates[0];
		if (one === undefined) throw new Error("no key has two certificates");
		const single = rule("single", [{ certificate: one.sha256 }]);
		expect(plan(policy(single), keys, catalogue, NARROW).refused.get(one.spki)?.certificates).toEqual([one]);
		const byKey = plan(policy(single), keys, catalogue, { ...NARROW, byKey: true });
		expect(byKey.refused.size).toBe(0);
		expect(byKey.leftOut).toEqual([{ rule: single, limits: ["oneCertificate"] }]);
	});
});

describe("fitted to a program", () => {
	const fitted = (one: Policy, how: Parameters<typeof fitTo>[2], from = keys) =>
		fitTo(plan(one, from, catalogue, { ...NARROW, byKey: how === "key" }), from, how);

	it("what has no bytes is missing by name, unless all roots above it are refused", () => {
		// Every intermediate of DigiCert of which Firefox ships the hash only.
		const whole = fitted(policy(rule("digicert", [{ authority: "digicert" }])), "key");
		expect(whole.refused.length).toBeGreaterThan(20);
		expect(whole.covered).toBeGreaterThan(20);
		for (const { certificate } of whole.missing) expect(certificate?.der ?? null).toBeNull();
		// A subordinate has no roots of its own: nothing of it is covered as long as those above are accepted.
		const subordinate = all.find(({ kind, der, under, authority }) => {
			return kind === "intermediate" && der === null && under.length > 0 && !under.includes(authority ?? "");
		});
		if (subordinate === undefined) throw new Error("no such certificate in the catalogue");
		const alone = fitted(policy(rule("one", [{ spki: subordinate.spki }])), "key");
		expect(alone.refused).toEqual([]);
		expect(alone.covered).toBe(0);
		expect(alone.missing.map(({ certificate }) => certificate?.sha256)).toContain(subordinate.sha256);
		const above = subordinate.under.map((authority) => ({ authority }));
		const both = fitted(policy(rule("one", [{ spki: subordinate.spki }]), rule("above", above)), "key");
		expect(both.missing.map(({ certificate }) => certificate?.sha256)).not.toContain(subordinate.sha256);
		expect(both.covered).toBeGreaterThan(0);
	});

	it("a list of roots keeps what stands in the middle of chains under roots that stay", () => {
		const { missing, refused } = fitted(policy(rule("cnnic", [{ authority: "cnnic" }])), "root");
		expect(refused).toHaveLength(6);
		// The copy of CNNIC's intermediate that Entrust signed.
		expect(missing.map(({ certificate }) => certificate?.under)).toEqual([["entrust"]]);
	});

	it("a person's own file brings the bytes, and certificates that nobody knew", async () => {
		const pki = await Pki.create();
		const root = await pki.root({ name: "CN=Office Root,O=Office,C=DE" });
		const files = await readCertificates(new TextEncoder().encode(root.pem), "root.pem");
		const brought = gather(await loadDetails(), new Map(), files);
		const spki = { spki: root.spki };
		expect(fitted(policy(rule("office", [spki])), "key").refused).toEqual([]);
		for (const selector of [spki, { certificate: root.sha256 }, { organization: "OFFICE" }]) {
			const { refused, missing } = fitted(policy(rule("office", [selector])), "certificate", brought);
			expect(missing).toEqual([]);
			const [one] = refused;
			expect(Buffer.from(one?.certificates[0]?.der ?? []).equals(root.der)).toBe(true);
		}
	});

	it("is never more than the plan, and what is missing is of it", () => {
		const several = policy(
			rule("cn", [{ country: "CN" }]),
			rule("entrust", [{ authority: "entrust" }]),
			rule("superfish", [{ authority: "superfish" }]),
		);
		for (const how of ["key", "certificate", "root"] as const) {
			const planned = plan(several, keys, catalogue, NARROW);
			const { refused, missing, covered } = fitTo(planned, keys, how);
			const meant = [...planned.refused.values()].flatMap(({ certificates }) => certificates);
			const told = refused.flatMap(({ certificates }) => certificates);
			const named = missing.flatMap(({ certificate }) => certificate ?? []);
			for (const certificate of [...told, ...named]) expect(meant).toContain(certificate);
			if (how === "certificate") expect(told.length + named.length + covered).toBe(meant.length);
			for (const { certificates, bearer } of refused) {
				if (how === "key") expect(bearer?.der ?? null).not.toBeNull();
				if (how === "certificate") for (const { der } of certificates) expect(der).not.toBeNull();
			}
			const bare = missing.filter(({ certificate }) => certificate === null);
			expect(bare.some(({ rules }) => rules.has("superfish"))).toBe(how !== "root");
		}
	});
});
