/**
 * Shows that the property of judge.property.test.ts can fail: mistakes that someone may well make are
 * planted in a copy of src/core, one at a time, and every one has to be found.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { agreement, type Core } from "./agreement.ts";

interface Mutant {
	/** What the judge now does. */
	readonly does: string;
	/** File in src/core. */
	readonly file: string;
	/** Stands there exactly once. */
	readonly from: string;
	readonly to: string;
	/** Another change that goes with it. */
	readonly also?: { readonly from: string; readonly to: string };
}

const MUTANTS: readonly Mutant[] = [
	{
		does: "lets the mildest rule win",
		file: "compile.ts",
		from: "SEVERITY[b.rule.action] - SEVERITY[a.rule.action]",
		to: "SEVERITY[a.rule.action] - SEVERITY[b.rule.action]",
	},
	{
		does: "goes by the order of the list alone",
		file: "compile.ts",
		from: "SEVERITY[b.rule.action] - SEVERITY[a.rule.action]",
		to: "0",
	},
	{
		does: "lets the last of equal rules win",
		file: "compile.ts",
		from: "rules.toSorted(",
		to: "rules.toReversed().toSorted(",
	},
	{
		does: "keeps disabled rules in force",
		file: "compile.ts",
		from: "({ rule }) => rule.enabled",
		to: "() => true",
	},
	{
		does: "lets exceptions lift an administrator's block",
		file: "compile.ts",
		from: 'exceptable: rule.action === "warn",',
		to: 'exceptable: rule.action !== "strict",',
	},
	{
		does: "lets exceptions lift strict rules",
		file: "compile.ts",
		from: 'exceptable: rule.action !== "strict",',
		to: "exceptable: true,",
	},
	{
		does: "lets a list be strict",
		file: "compile.ts",
		from: 'rule: rule.action === "strict" ? { ...rule, action: "block" } : rule,',
		to: "rule,",
	},
	{
		does: "puts lists before the person",
		file: "compile.ts",
		from: "		...person.rules.map(byPerson),\n		...lists.flatMap((list) => list.rules.map((rule) => byList(list, rule))),",
		to: "		...lists.flatMap((list) => list.rules.map((rule) => byList(list, rule))),\n		...person.rules.map(byPerson),",
	},
	{
		does: "forgets the lists",
		file: "compile.ts",
		from: "...lists.flatMap(",
		to: "...[].flatMap(",
	},
	{
		does: "accepts everything once one finding was let through",
		file: "compile.ts",
		from: "this.#excepted.push({ rank, finding });\n\t\t\treturn false;",
		to: "this.#excepted.push({ rank, finding });\n\t\t\treturn true;",
	},
	{
		does: "ignores except",
		file: "compile.ts",
		from: "this.#sparing ? rules & ~anyOf(this.#sparing, word) : rules",
		to: "rules",
	},
	{
		does: "applies except to the very certificate only, not to those above it",
		file: "compile.ts",
		from: "for (const { matching, sparing } of found) {",
		to: "this.#sparing = null;\n\t\tfor (const { matching, sparing } of found) {",
	},
	{
		does: "ignores acceptFor",
		file: "compile.ts",
		from: "bits &= ~acceptFor.word(word)",
		to: "void acceptFor",
	},
	{
		does: "ignores sites",
		file: "compile.ts",
		from: "let bits = ~this.#limited.word(word);",
		to: "let bits = ~0;",
	},
	{
		does: "looks at the host of rules with sites only",
		file: "compile.ts",
		from: "if (sites || acceptFor) this.byHost",
		to: "if (sites) this.byHost",
	},
	{
		does: "lets sites win over acceptFor",
		file: "compile.ts",
		from: "for (const { acceptFor } of listed) bits &= ~acceptFor.word(word);",
		to: "for (const { acceptFor, sites } of listed) bits &= ~acceptFor.word(word) | sites.word(word);",
	},
	{
		does: "matches names by the end of their text",
		file: "host.ts",
		from: "rest = rest.slice(dot + 1);",
		to: "rest = rest.slice(1);",
	},
	{
		does: "matches names without what is below them",
		file: "host.ts",
		from: "rest = rest.slice(dot + 1);",
		to: "return found;",
	},
	{
		does: "takes addresses for local names",
		file: "host.ts",
		from: "const block =\n\t\t\treadBlock(entry) ??",
		to: "const block =",
	},
	{
		does: "keeps IPv4 mapped into IPv6 apart from IPv4",
		file: "host.ts",
		from: "return bits >> 32n === MAPPED",
		to: "return bits >> 32n === MAPPED + 1n",
	},
	{
		does: "takes a rule's date for the day after",
		file: "compile.ts",
		from: "(this.#dates[middle] ?? 0) <= notBefore",
		to: "(this.#dates[middle] ?? 0) < notBefore",
	},
	{
		does: "asks the end of the chain for its date",
		file: "compile.ts",
		from: "this.#evidence.chain[0] : this.#evidence.overridden.leaf",
		to: "this.#evidence.chain.at(-1) : this.#evidence.overridden.leaf",
	},
	{
		does: "looks for the local root in the wrong place",
		file: "compile.ts",
		from: "if (at === chain.length - 1) return",
		to: "if (at >= chain.length - 2) return",
	},
	{
		does: "takes a root of which nothing is known for a local one",
		file: "tables.ts",
		from: "certificate.builtInRoot === false",
		to: "certificate.builtInRoot !== true",
	},
	{
		does: "judges the leaf as if it were an authority",
		file: "compile.ts",
		from: "at === 0 ? this.#compiled.tables.leaf(certificate) : this.#ca(certificate)",
		to: "this.#ca(certificate)",
	},
	{
		does: "does not compare the leaf's own key and fingerprint",
		file: "compile.ts",
		from: "at === 0 ? this.#compiled.tables.leaf(certificate) : this.#ca(certificate)",
		to: "at === 0 ? [] : this.#ca(certificate)",
	},
	{
		does: "remembers certificates by their key",
		file: "compile.ts",
		from: "shortHash(certificate.sha256)",
		to: "shortHash(certificate.spki)",
		also: { from: "known?.sha256 === certificate.sha256", to: "known" },
	},
	{
		does: "takes certificates of one short hash for the same",
		file: "compile.ts",
		from: "known?.sha256 === certificate.sha256",
		to: "known",
		also: { from: "shortHash(certificate.sha256)", to: "shortHash(certificate.sha256) % 5" },
	},
	{
		does: "sifts out hashes that it has",
		file: "tables.ts",
		from: "? this.#table.get(hash) : undefined",
		to: "&& bit % 3 ? this.#table.get(hash) : undefined",
	},
	{
		does: "binds every exception to the leaf's key",
		file: "compile.ts",
		from: 'spki: this.#evidence.chain[position]?.spki ?? ""',
		to: "spki: this.#evidence.chain[0].spki",
	},
	{
		does: "looks at the first 32 rules only",
		file: "compile.ts",
		from: "word < end && word * 32 < this.#bestRank",
		to: "word < 1 && word * 32 < this.#bestRank",
	},
	{
		does: "names the last position instead of the first",
		file: "compile.ts",
		from: "if (rank >= this.#bestRank || this.#decides(",
		to: "if (rank > this.#bestRank || this.#decides(",
	},
	{
		does: "reports exceptions that made no difference",
		file: "compile.ts",
		from: "rank <= this.#bestRank ? finding : []",
		to: "rank >= 0 ? finding : []",
	},
	{
		does: "compares organisations by letter case",
		file: "name.ts",
		from: "if (PLAIN.test(text)) return text.toLowerCase();",
		to: "if (PLAIN.test(text)) return text;",
	},
	{
		does: "compares organisations without NFKC",
		file: "name.ts",
		from: 'text.normalize("NFKC").toLowerCase()',
		to: "text.toLowerCase()",
	},
	{
		does: "does not know names that Firefox cut",
		file: "tables.ts",
		from: "return cut ? [whole, ...this.#organizations.beginning(value)] : whole;",
		to: "return cut ? whole : whole;",
	},
	{
		does: "reads the first organisation of a name only",
		file: "tables.ts",
		from: ".flatMap(readAttributes)",
		to: ".flatMap((text) => readAttributes(text).filter((one, at, all) => all.findIndex((o) => o.type === one.type) === at))",
	},
	{
		does: "knows no country but the one in the name",
		file: "tables.ts",
		from: "const country = this.#countries.size > 0 ? this.#catalogue.ownerOf(spki)?.country : null;",
		to: "const country: string | null = spki === null ? spki : null;",
	},
	{
		does: "ignores the leaf's authority key identifier",
		file: "tables.ts",
		from: "if (authorityKeyIdentifier) found.push(",
		to: "if (!leaf && authorityKeyIdentifier) found.push(",
	},
	{
		does: "ignores the issuer's name of a clicked-through leaf",
		file: "tables.ts",
		from: "this.#authorityNames.get(nameKey(leaf.issuer)),",
		to: "",
	},
	{
		does: "takes what cannot be read for fine",
		file: "compile.ts",
		from: 'return { outcome: "unverifiable", why: evidence.why };',
		to: 'return { outcome: "accept", excepted: [] };',
	},
];

/** So many policies at most; the full property runs more. */
const RUNS = 10_000;
/** Fixed: whether a mutant is found must not be a matter of luck. */
const SEED = 20_150_401;

const root = join(import.meta.dirname, "../..");
let directory = "";

beforeAll(() => {
	// Inside the project, so that vitest compiles it.
	const cache = join(root, ".cache/mutants");
	mkdirSync(cache, { recursive: true });
	directory = mkdtempSync(join(cache, "run-"));
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Compiles src/core with a mistake in it, or as it is. */
async function load(name: string, mutant: Mutant | null): Promise<Core> {
	const copy = join(directory, name);
	cpSync(join(root, "src/core"), copy, { recursive: true, filter: (path) => !path.endsWith(".json") });
	for (const { from, to } of mutant ? [mutant, ...(mutant.also ? [mutant.also] : [])] : []) {
		const file = join(copy, mutant?.file ?? "");
		const source = readFileSync(file, "utf8");
		expect(source.split(from).length - 1, `places in ${mutant?.file} where "${from}" stands`).toBe(1);
		writeFileSync(
			file,
			source.replace(from, () => to),
		);
	}
	const [{ compile }, { readHost }] = await Promise.all([
		import(join(copy, "compile.ts")),
		import(join(copy, "host.ts")),
	]);
	return { compile, readHost };
}

const run = (core: Core) =>
	fc.check(
		agreement(core, (actual, expected) => {
			if (!isDeepStrictEqual(actual, expected)) throw new Error("they differ");
		}),
		{ numRuns: RUNS, seed: SEED, endOnFailure: true },
	);

test("a faithful copy is not taken for a mutant", async () => {
	expect(run(await load("faithful", null)).failed).toBe(false);
});

const runs: number[] = [];

test.each(MUTANTS.map((mutant, at) => ({ ...mutant, at })))("found out: a judge that $does", async (mutant) => {
	const result = run(await load(`mutant-${mutant.at}`, mutant));
	expect(result.failed, `found within ${RUNS} policies`).toBe(true);
	runs.push(result.numRuns);
});

test("every mutant was found out", () => {
	expect(runs).toHaveLength(MUTANTS.length);
	console.log(`${runs.length} mutants found out, after ${runs.toSorted((a, b) => a - b).join(", ")} policies`);
});
