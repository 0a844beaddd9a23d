import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { catalogue, firstRules } from "../../src/catalogue/index.ts";
import { loadDetails, loadPresets } from "../../src/catalogue/load.ts";
import type { Certificate } from "../../src/core/chain.ts";
import { compile } from "../../src/core/compile.ts";
import { readHost } from "../../src/core/host.ts";
import { parsePolicy } from "../../src/schema/policy.ts";
import { driftOf } from "../../tools/catalogue/drift.ts";
import type { InstalledFirefox } from "../../tools/catalogue/firefox.ts";
import { type Generated, generate } from "../../tools/catalogue/generate.ts";
import type { Inputs } from "../../tools/catalogue/inputs.ts";
import { FILES, make, PROJECT, run } from "../../tools/catalogue.ts";

let inputs: Inputs;
let generated: Generated;
beforeAll(async () => {
	({ inputs, generated } = await make());
	// Three seconds on an idle machine: nine hundred certificates are parsed, and tried by their signers.
}, 120_000);

const committed = (file: string): Promise<string> => readFile(join(PROJECT, file), "utf8");

describe("the generated data", () => {
	it("is what the inputs give, byte by byte, each time", async () => {
		const { generated: again } = await make();
		for (const [name, file] of Object.entries(FILES) as [keyof typeof FILES, string][]) {
			expect(generated[name] === (await committed(file)), file).toBe(true);
			expect(again[name] === generated[name], file).toBe(true);
		}
	});

	it("keeps every id that was published, and refuses to lose one", async () => {
		const published = JSON.parse(await committed(FILES.published)) as string[];
		expect(new Set(published).size).toBe(published.length);
		for (const id of published) expect(catalogue.byId(id)?.id, id).toBe(id);
		const before = { firstRules: firstRules.rules, entries: [] };
		expect(() => generate(inputs, { ...before, published: ["gone-authority"] })).toThrow("gone-authority");
	});

	it("refuses inputs in which two entries claim one key", () => {
		const [first, second] = inputs.authorities;
		if (!first || !second) throw new Error("no authorities");
		const authorities = [first, { ...second, spki: [...second.spki, first.spki[0] ?? ""] }];
		const before = { firstRules: firstRules.rules, entries: [], published: [] };
		expect(() => generate({ ...inputs, authorities }, before)).toThrow("both claim");
	});

	it("refuses a table of organisations that certificates contradict", () => {
		const wrong = { organization: "Verokey", authority: "isrg-lets-encrypt", why: "" };
		const before = { firstRules: firstRules.rules, entries: [], published: [] };
		expect(() => generate({ ...inputs, organizations: [wrong] }, before)).toThrow("Verokey is not");
	});
});

describe("every key", () => {
	it("has one owner: of 118 roots for TLS, of historic certificates, and of intermediates of which more than hashes is known", () => {
		const owners = catalogue.authorities.flatMap(({ id, keys }) => keys.map((key) => [key, id] as const));
		expect(new Map(owners).size).toBe(owners.length);
		const roots = inputs.builtIn.filter(({ tls }) => tls);
		expect(roots).toHaveLength(118);
		for (const { spki, sha256 } of inputs.builtIn) expect(catalogue.ownerOf(spki), sha256).toBeDefined();
		const without = inputs.certificates.filter(({ spki }) => !catalogue.ownerOf(spki));
		expect(without.filter(({ name, organization, historic }) => name ?? organization ?? historic)).toEqual([]);
		expect(new Set(without.map(({ spki }) => spki))).toEqual(new Set(generated.ownership.unowned));
	});

	it.each([
		["Starfield Services Root, Amazon's", "KwccWaCgrnaw6tsrrSO61FgLacNgG2MMLq8GE6+oP5I=", "amazon-trust-services"],
		["GlobalSign ECC R4, Google's", "CLOmM1/OXvSPjw5UOYbAf9GKOxImEp9hhku9W90fHMk=", "google-trust-services"],
		["CNNIC SSL, signed by CNNIC and by Entrust", "Lgxo3yN4EA1dEFgPIwD4pt1QXBGIV/u1xBct4k9rgYM=", "cnnic"],
		["a WoSign root that five organisations signed", "1qGEQ9NI25", "wosign"],
	])("%s", (_, start, id) => {
		const key = catalogue.authorities.flatMap(({ keys }) => keys).find((key) => key.startsWith(start));
		expect(catalogue.ownerOf(key ?? "")?.id).toBe(id);
	});
});

describe("the details", () => {
	it("are those of the index, key by key", async () => {
		const details = await loadDetails();
		expect(details.map(({ id, keys }) => [id, keys.map(({ spki }) => spki)])).toEqual(
			catalogue.authorities.map(({ id, keys }) => [id, keys]),
		);
		const certificates = details.flatMap(({ keys }) => keys.flatMap(({ certificates }) => certificates));
		const expected = inputs.certificates.filter(({ spki }) => catalogue.ownerOf(spki));
		expect(certificates.map(({ sha256 }) => sha256).toSorted()).toEqual(expected.map(({ sha256 }) => sha256));
		expect(certificates.filter(({ builtIn }) => builtIn)).toHaveLength(118);
	});

	it("keep the date limits that Firefox applies", async () => {
		const limits = (await loadDetails()).flatMap(({ id, keys }) =>
			keys.flatMap(({ certificates }) =>
				certificates.flatMap(({ distrustAfter }) => (distrustAfter ? [[id, distrustAfter]] : [])),
			),
		);
		expect(limits).toEqual([
			["entrust", "2024-11-30T23:59:59Z"],
			["entrust", "2024-11-30T23:59:59Z"],
			["entrust", "2024-11-30T23:59:59Z"],
			["izenpe", "2026-04-15T23:59:59Z"],
		]);
	});

	it("say nothing without a source", async () => {
		const recalled = inputs.authorities.flatMap(({ incidents }) =>
			incidents.filter((one) => one.confidence !== "verified"),
		);
		expect(recalled.length).toBeGreaterThan(0);
		const details = await loadDetails();
		const incidents = details.flatMap((one) => one.incidents);
		for (const { sources } of incidents) expect(sources[0]).toMatch(/^https?:\/\//);
		for (const { summary } of recalled) expect(incidents.map((one) => one.summary)).not.toContain(summary);
		expect(incidents.length + recalled.length).toBe(inputs.authorities.flatMap((one) => one.incidents).length);
		expect(JSON.stringify(incidents)).not.toContain("recalled");
		for (const { controlledBy } of details) if (controlledBy) expect(controlledBy.source).toMatch(/^https?:\/\//);
	});

	it("know a cross-signed copy by its key, and who signed it", async () => {
		const cnnic = (await loadDetails()).find(({ id }) => id === "cnnic");
		const under = cnnic?.keys.flatMap(({ certificates }) => certificates.flatMap((one) => one.under)) ?? [];
		expect(new Set(under)).toEqual(new Set(["cnnic", "entrust"]));
	});
});

describe("the presets", () => {
	it("are good policy documents in canonical form, with a reason for every rule and ids of their own", async () => {
		const presets = await loadPresets();
		expect(presets.map(({ id }) => id)).toEqual([
			"interception",
			"distrusted",
			"state-controlled",
			"date-limits",
			"china-and-hong-kong",
		]);
		const known = (id: string): boolean => catalogue.byId(id) !== undefined;
		for (const { policy } of presets) {
			expect(parsePolicy(policy, "person", known)).toEqual({ ok: true, policy, reported: [] });
			for (const { reason } of policy.rules) {
				expect(reason).toMatch(/\.$/);
				// Words that the block page keeps for "Advanced".
				expect(reason).not.toMatch(/\b(?:certificates?|TLS|SSL|roots?|chains?|CAs?|issuers?)\b/i);
			}
		}
		const rules = presets.flatMap(({ policy }) => policy.rules);
		expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
	});

	it("hold first rules as these stand, so that they count as switched on", async () => {
		const rules = (await loadPresets()).flatMap(({ policy }) => policy.rules);
		for (const id of ["cnnic", "kazakhstan"]) {
			expect(rules.find((rule) => rule.id === id)).toEqual(firstRules.rules.find((rule) => rule.id === id));
		}
	});

	it("against interception are on for everybody from the first day", async () => {
		const [interception] = await loadPresets();
		expect(interception?.id).toBe("interception");
		for (const rule of interception?.policy.rules ?? []) expect(firstRules.rules).toContainEqual(rule);
	});

	it("wait for the dates that vendors set", async () => {
		const dated = (await loadPresets()).flatMap(({ policy }) =>
			policy.rules.flatMap(({ id, issuedAfter }) => (issuedAfter ? [[id, issuedAfter]] : [])),
		);
		expect(dated).toEqual([
			["distrusted-entrust", "2024-11-12T00:00:00Z"],
			["date-limits-chunghwa-telecom", "2025-08-01T00:00:00Z"],
			["date-limits-netlock", "2025-08-01T00:00:00Z"],
		]);
	});
});

describe("a preset that is switched on", () => {
	/** What becomes of a site under an authority's first key, with a leaf issued at a time. */
	async function outcome(preset: string, authority: string, issued: string): Promise<string> {
		const policy = (await loadPresets()).find(({ id }) => id === preset)?.policy;
		if (!policy) throw new Error(`no preset ${preset}`);
		const element = (spki: string): Certificate => ({
			subject: `CN=${spki}`,
			issuer: "CN=x",
			notBefore: Date.parse(issued),
			notAfter: Date.parse("2030-01-01"),
			sha256: spki,
			spki,
			builtInRoot: null,
		});
		const chain = [element("leaf"), element(catalogue.byId(authority)?.keys[0] ?? "")] as const;
		const judge = compile({ admin: null, person: policy }, catalogue);
		return judge.judge({ host: readHost("site.example"), evidence: { kind: "chain", chain } }).outcome;
	}

	it.each([
		["date-limits", "netlock", "2025-07-31T23:59:59Z", "accept"],
		["date-limits", "netlock", "2025-08-01T00:00:00Z", "refuse"],
		["date-limits", "entrust", "2026-01-01", "accept"],
		["distrusted", "entrust", "2024-11-11", "accept"],
		["distrusted", "entrust", "2024-11-12", "refuse"],
		["distrusted", "wosign", "2015-01-01", "refuse"],
		["distrusted", "digicert", "2026-01-01", "accept"],
		["interception", "kazakhstan", "2020-12-06", "refuse"],
		["state-controlled", "fnmt", "2026-01-01", "refuse"],
		["state-controlled", "cfca", "2026-01-01", "accept"],
		["china-and-hong-kong", "cfca", "2026-01-01", "refuse"],
		["china-and-hong-kong", "hongkong-post", "2026-01-01", "refuse"],
		["china-and-hong-kong", "twca", "2026-01-01", "accept"],
	])("%s, %s, issued %s: %s", async (preset, authority, issued, expected) => {
		expect(await outcome(preset, authority, issued)).toBe(expected);
	});
});

describe("drift", () => {
	const asInstalled = (): InstalledFirefox => ({
		version: inputs.version,
		roots: inputs.builtIn.map(({ sha256, tls, email }) => ({ sha256, tls, email, der: "" })),
		intermediates: inputs.shipped,
		revocations: [],
	});
	const drift = (firefox: InstalledFirefox): string[] =>
		driftOf({ ...inputs, revocations: new Set() }, generated.ownership, firefox);

	it("is none where Firefox is the same", () => expect(drift(asInstalled())).toEqual([]));

	it("is said in plain lines", () => {
		const firefox = asInstalled();
		const [first, second, ...others] = firefox.roots;
		if (!first || !second) throw new Error("no roots");
		const roots = [{ ...first, sha256: "ab" }, { ...second, tls: !second.tls }, ...others];
		expect(drift({ ...firefox, roots, intermediates: [...firefox.intermediates.slice(1), "cd"] })).toEqual([
			"a root that Firefox has and the catalogue has not: ab",
			`a root that the catalogue has and Firefox has no longer: ${first.sha256}`,
			`a root that Firefox trusts for other uses than the catalogue says: ${second.sha256}`,
			...(first.tls ? ["a root that Firefox trusts for TLS servers and nobody owns: ab"] : []),
			"an intermediate that Firefox ships and the catalogue has not: cd",
			`an intermediate that the catalogue has and Firefox no longer ships: ${firefox.intermediates[0]}`,
		]);
	});

	it("makes the command end with 1, and nothing else does", async () => {
		const known = { ...asInstalled(), revocations: [...inputs.revocations].map((pubKeyHash) => ({ pubKeyHash })) };
		const said: string[] = [];
		const checked = (firefox: InstalledFirefox): Promise<number> =>
			run(
				true,
				(text) => said.push(text),
				async () => firefox,
			);
		expect(await checked(known)).toBe(0);
		expect(said[0]).toBe("");
		expect(await checked({ ...known, roots: known.roots.slice(1) })).toBe(1);
		expect(said[2]).toMatch(/^a root that the catalogue has and Firefox has no longer: [0-9a-f]{64}\n$/);
	});
});
