/** Whether the right authority and country are named for real certificates, and refused where rules say so. */
import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { judgeFiles } from "../../cli/chain/judge.ts";
import { catalogue, firstRules } from "../../src/catalogue/index.ts";
import type { ParsedCertificate } from "../../src/certificate/parse.ts";
import { readCertificates } from "../../src/certificate/read.ts";
import type { Certificate, Chain } from "../../src/core/chain.ts";
import { compile } from "../../src/core/compile.ts";
import { NO_FACTS } from "../../src/core/findings/facts.ts";
import { readHost } from "../../src/core/host.ts";
import { plainFingerprint } from "../../src/core/key.ts";
import { nameKey } from "../../src/core/name.ts";
import type { Policy } from "../../src/core/policy.ts";
import type { BuiltIn, Historic, Shipped } from "../../tools/catalogue/inputs.ts";
import { organizationKey } from "../../tools/catalogue/owners.ts";
import { INPUTS, PROJECT } from "../../tools/catalogue.ts";
import { type Report, reportOf } from "../../tools/inspect/report.ts";
import { CCADB, EXCEPTIONS, GROUPS } from "./expected.ts";

const rows = async <T>(name: string): Promise<T[]> =>
	(await readFile(join(INPUTS, name), "utf8"))
		.split("\n")
		.filter((line) => line !== "")
		.map((line) => JSON.parse(line) as T);

let historic: Historic[];
let builtIn: BuiltIn[];
let shipped: Shipped[];
let files: Map<string, ParsedCertificate>;
beforeAll(async () => {
	historic = await rows("historic.jsonl");
	builtIn = await rows("roots.jsonl");
	shipped = await rows("intermediates.jsonl");
	const read = async (name: string) => readCertificates(await readFile(join(INPUTS, name), "utf8"));
	const all = [...(await read("roots.pem")), ...(await read("historic.pem"))];
	files = new Map(all.map((one) => [plainFingerprint(one.sha256) ?? "", one]));
});

const file = (sha256: string): ParsedCertificate => {
	const found = files.get(sha256);
	if (!found) throw new Error(`no certificate ${sha256}`);
	return found;
};

type Named = Report["chain"][number];

/** What `npm run inspect` says of one certificate. */
async function inspect(certificate: ParsedCertificate): Promise<Named> {
	const judged = await judgeFiles([certificate], firstRules, null, catalogue);
	const [named] = judged ? (await reportOf(judged, NO_FACTS, catalogue)).chain : [];
	if (!named) throw new Error("nothing was reported");
	return named;
}

describe("inspect names", () => {
	it("the authority and the country of all 743 historic certificates, and of two that were never in a browser", async () => {
		const used = new Set<string>();
		const wrong: string[] = [];
		for (const line of historic) {
			const certificate = file(line.sha256);
			const { authority, country } = await inspect(certificate);
			const holder = certificate.organization ?? certificate.commonName ?? "";
			const exception = EXCEPTIONS.find((one) => one.group === line.group && one.organization === holder);
			if (exception) used.add(`${exception.group} ${exception.organization}`);
			const ids = exception
				? [exception.id]
				: line.group === "other-removed"
					? (CCADB[line.ccadbOwner ?? ""] ?? null)
					: [GROUPS[line.group] ?? line.group];
			const expectedCountry = exception ? exception.country : line.incidentCountry;
			// Nobody but the certificate says whose it is: it has to be named as it names itself.
			const right = ids
				? ids.includes(authority?.id ?? "")
				: authority !== null && organizationKey(authority.name) === organizationKey(holder);
			const inPlace =
				expectedCountry === null
					? ids !== null || country === (certificate.country?.toUpperCase() ?? authority?.country ?? null)
					: country === expectedCountry;
			if (!right || !inPlace || (authority?.country ?? country) !== country) {
				wrong.push(`${line.sha256} ${line.group} ${holder}: ${authority?.id} ${country}`);
			}
		}
		expect(wrong).toEqual([]);
		expect(historic).toHaveLength(745);
		// No exception that nothing needs.
		expect(used).toEqual(new Set(EXCEPTIONS.map(({ group, organization }) => `${group} ${organization}`)));
		for (const { why } of EXCEPTIONS) expect(why).toMatch(/\.$/);
	});

	it("the authority of each of Firefox's 170 roots, as CCADB does", async () => {
		expect(builtIn).toHaveLength(170);
		for (const { sha256, ccadbOwner } of builtIn) {
			const { authority, country } = await inspect(file(sha256));
			expect(CCADB[ccadbOwner ?? ""], sha256).toContain(authority?.id);
			expect(country).toMatch(/^[A-Z]{2}$/);
			expect(country).toBe(authority?.country);
		}
	});

	it("nobody where nobody is known", async () => {
		const [leaf] = await readCertificates(
			await readFile(join(PROJECT, "tests/fixtures/chains/comodo-leaf-xs4all.nl.pem"), "utf8"),
		);
		if (!leaf) throw new Error("no leaf");
		expect((await inspect(leaf)).authority).toBeNull();
	});
});

describe("CNNIC's leaves", () => {
	it("are all 147 refused by the CNNIC rule, through CNNIC's own roots and through Entrust's", async () => {
		const leaves = await readCertificates(await readFile(join(PROJECT, "tests/fixtures/cnnic/leaves.pem"), "utf8"));
		expect(leaves).toHaveLength(147);
		const byName = new Map<string, ParsedCertificate[]>();
		for (const one of files.values()) {
			byName.set(nameKey(one.subject), [...(byName.get(nameKey(one.subject)) ?? []), one]);
		}
		/** Those that did sign: found by their names, and tried by their keys. */
		const signersOf = (one: ParsedCertificate): ParsedCertificate[] =>
			(byName.get(nameKey(one.issuer)) ?? []).filter(
				(other) =>
					other.sha256 !== one.sha256 && new X509Certificate(one.der).verify(new X509Certificate(other.der).publicKey),
			);
		const ends = { cnnic: 0, entrust: 0 };
		for (const leaf of leaves) {
			const intermediates = signersOf(leaf);
			expect(intermediates.length, leaf.subject).toBeGreaterThan(0);
			for (const intermediate of intermediates) {
				for (const root of signersOf(intermediate)) {
					const judged = await judgeFiles([leaf, intermediate, root], firstRules, readHost("site.example"), catalogue);
					expect(judged?.chain).toHaveLength(3);
					expect(judged?.verdict).toMatchObject({
						outcome: "refuse",
						finding: { position: 1, rule: { ref: "cnnic" } },
					});
					const owner = catalogue.ownerOf(root.spki)?.id;
					if (owner === "cnnic" || owner === "entrust") ends[owner]++;
				}
			}
		}
		console.log(`CNNIC's leaves, chains refused: ${JSON.stringify(ends)}`);
		expect(ends.cnnic).toBeGreaterThanOrEqual(147);
		expect(ends.entrust).toBeGreaterThan(0);
	});
});

const country = (code: string): Policy => ({
	version: 1,
	rules: [{ id: "country", title: "A country", match: [{ country: code }], action: "block", enabled: true }],
});
const element = (subject: string, spki: string, sha256: string): Certificate => ({
	subject,
	issuer: "CN=x",
	notBefore: 0,
	notAfter: 1,
	sha256,
	spki,
	builtInRoot: null,
});

describe("a rule about a country", () => {
	it("finds each of the 407 known intermediates with C=CN; 278 of them verify only to roots from elsewhere", () => {
		const judge = compile({ admin: null, person: country("CN") }, catalogue);
		const inChina = shipped.filter(({ country }) => country === "CN");
		expect(inChina).toHaveLength(407);
		const byStart = new Map(builtIn.map((root) => [root.sha256.slice(0, 16), root]));
		const ofRoot = (start: string) => catalogue.ownerOf(byStart.get(start)?.spki ?? "")?.country ?? null;
		const foreign = inChina.filter(({ roots }) => roots?.length && roots.every((start) => ofRoot(start) !== "CN"));
		expect(foreign.length).toBe(278);
		for (const { sha256, spki, name, organization, roots } of inChina) {
			const [start = ""] = roots ?? [];
			const subject = `CN="${name}",O="${organization}",C=CN`;
			const chain = [
				element("CN=site.example", "leaf", `leaf ${sha256}`),
				element(subject, spki, sha256),
				element("CN=root", byStart.get(start)?.spki ?? "root", start),
			];
			const verdict = judge.judge({
				host: readHost("site.example"),
				evidence: { kind: "chain", chain: chain as unknown as Chain },
			});
			expect(verdict, subject).toMatchObject({ outcome: "refuse", finding: { position: 1 } });
		}
	});

	it("finds an owner's key whatever its subject says, and a subject whoever owns the key", () => {
		const judged = (code: string, subject: string, spki: string) =>
			compile({ admin: null, person: country(code) }, catalogue).judge({
				host: readHost("site.example"),
				evidence: {
					kind: "chain",
					chain: [element("CN=site.example", "leaf", "leaf"), element(subject, spki, "ca")] as unknown as Chain,
				},
			}).outcome;
		// GlobalSign ECC R4, Google's: no country in its subject.
		const google = "CLOmM1/OXvSPjw5UOYbAf9GKOxImEp9hhku9W90fHMk=";
		expect(judged("US", "OU=GlobalSign ECC Root CA - R4,O=GlobalSign,CN=GlobalSign", google)).toBe("refuse");
		expect(judged("BE", "OU=GlobalSign ECC Root CA - R4,O=GlobalSign,CN=GlobalSign", google)).toBe("accept");
		expect(judged("CN", "CN=x,C=CN", google)).toBe("refuse");
	});
});
