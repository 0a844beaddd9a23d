/**
 * A small world for tests: few keys, names, hosts and countries, so that what is drawn at random
 * collides often.
 */
import fc from "fast-check";
import { createCatalogue } from "../../src/catalogue/rows.ts";
import type { Certificate, Evidence, Overridden } from "../../src/core/chain.ts";
import type { Layers } from "../../src/core/compile.ts";
import { nameKey } from "../../src/core/name.ts";
import type { Authority, Catalogue, Rule, Selector } from "../../src/core/policy.ts";
import type { SlowConnection, World, WorldAuthority, WorldName } from "./slow-judge.ts";

/** The SPKI hash that stands for key `n`. */
export const key = (n: number): string => `${"ABCDEFGHIJKLMNOPQRSTUVWXYZ"[n]?.repeat(42)}A=`;

const LONG = "Общество с ограниченной ответственностью Национальный удостоверяющий центр сертификации ключей";

/** What Firefox makes of LONG: it cuts a character in two, so every byte becomes a character. */
const CUT = (() => {
	const bytes = Buffer.from(LONG);
	let end = 128;
	while (((bytes[end - 1] ?? 0) & 0xc0) === 0x80) end--;
	return `O=${bytes.subarray(0, end).toString("latin1")}...`;
})();

const NAMES = new Map<string, WorldName>([
	["CN=One Root,O=One Trust,C=US", { organizations: ["One Trust"], countries: ["US"] }],
	["CN=One CA,O=ONE  trust,C=us", { organizations: ["one trust"], countries: ["US"] }],
	['CN=Two,O="Two, Inc.",C=CN', { organizations: ["Two, Inc."], countries: ["CN"] }],
	["CN=Three+O=𝐓ｗｏ\\, Inc.,C=NL", { organizations: ["Two, Inc."], countries: ["NL"] }],
	["O=One Trust,OU=x,O=Three,C=US", { organizations: ["One Trust", "Three"], countries: ["US"] }],
	[`CN=Long,${CUT},C=KZ`, { organizations: [LONG], countries: ["KZ"] }],
	["CN=No organization", { organizations: [], countries: [] }],
	["", { organizations: [], countries: [] }],
]);
const SUBJECTS = [...NAMES.keys()];
const ORGANIZATIONS = ["One Trust", "ONE TRUST", "two, inc.", "Three", LONG, LONG.toUpperCase(), "Two", "Trust"];

const AUTHORITIES: readonly WorldAuthority[] = [
	{
		id: "one",
		country: "US",
		keys: [key(0), key(1)],
		subjects: SUBJECTS.slice(0, 2),
		keyIdentifiers: ["aa01", "aa02"],
	},
	{ id: "two", country: "CN", keys: [key(2)], subjects: SUBJECTS.slice(2, 3), keyIdentifiers: ["bb01"] },
	{ id: "three", country: null, keys: [key(3)], subjects: [], keyIdentifiers: [] },
];

export const WORLD: World = { authorities: AUTHORITIES, names: NAMES };

/** The same authorities as the core takes them. */
export const CATALOGUE: Catalogue = createCatalogue({
	authorities: AUTHORITIES.map(
		({ subjects, ...authority }): Authority => ({ ...authority, name: authority.id, names: subjects.map(nameKey) }),
	),
});

/** Dates that certificates and rules share. */
const DATES = ["2015-04-01T00:00:00Z", "2015-04-01T00:00:01Z", "2020-01-01T00:00:00Z", "2026-06-30T12:00:00Z"];

/** Firefox's writing of a fingerprint that is nothing but the number `n`. */
export const fingerprint = (n: number): string =>
	Array(32).fill(n.toString(16).padStart(2, "0").toUpperCase()).join(":");

/** Fourteen certificates over six keys. A fingerprint always stands for the same contents. */
const CERTIFICATES = Array.from({ length: 14 }, (_, n): Certificate => {
	const subject = SUBJECTS[n % SUBJECTS.length] ?? "";
	const notBefore = Date.parse(DATES[(n * 7) % DATES.length] ?? "");
	return {
		subject,
		issuer: SUBJECTS[(n * 5) % SUBJECTS.length] ?? "",
		notBefore,
		notAfter: notBefore + 1e10,
		sha256: fingerprint(n),
		spki: key((n * 3) % 6),
		builtInRoot: false,
	};
});

export const HOSTS = [
	"example.com",
	"a.example.com",
	"b.a.example.com",
	"evilexample.com",
	"com",
	"xn--mnchen-3ya.de",
	"localhost",
	"router",
	"192.0.2.1",
	"192.0.2.2",
	"10.1.2.3",
	"255.255.255.255",
	"::1",
	"fd00::1",
	"fe80::1:2",
	"::ffff:c000:201",
];

const ENTRIES = [
	"example.com",
	"a.example.com",
	"com",
	"le.com",
	"xn--mnchen-3ya.de",
	"localhost",
	"<local>",
	"192.0.2.1",
	"192.0.2.0/30",
	"192.0.2.2/31",
	"10.0.0.0/8",
	"0.0.0.0/0",
	"::1",
	"fd00::/8",
	"fe80::/10",
	"::/0",
];

const certificate = fc.constantFrom(...CERTIFICATES);

const selector: fc.Arbitrary<Selector> = fc.oneof(
	fc.record({ authority: fc.constantFrom("one", "two", "three", "unheard-of") }),
	fc.record({ spki: fc.constantFrom(...Array.from({ length: 7 }, (_, n) => key(n))) }),
	fc.record({
		certificate: fc.constantFrom(...CERTIFICATES.map(({ sha256 }) => sha256.replaceAll(":", "").toLowerCase())),
	}),
	fc.record({ organization: fc.constantFrom(...ORGANIZATIONS) }),
	fc.record({ country: fc.constantFrom("US", "CN", "NL", "KZ", "FR") }),
	fc.constant({ root: "not-built-in" as const }),
	fc.record({ overridden: fc.constantFrom("any" as const, "trust" as const, "domain" as const, "time" as const) }),
	fc.constant({ unknown: "later" }),
);

const entries = fc.array(fc.constantFrom(...ENTRIES), { minLength: 1, maxLength: 3 });
const sometimes = <Value>(value: fc.Arbitrary<Value>) =>
	fc.oneof({ arbitrary: fc.constant(undefined), weight: 2 }, { arbitrary: value, weight: 1 });

/** Drops what is undefined, as a document would not have it. */
const present = <Value extends object>(value: Value): Value =>
	Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Value;

const rule = fc
	.record({
		title: fc.constant("A rule"),
		match: fc.array(selector, { minLength: 1, maxLength: 4 }),
		except: sometimes(fc.array(selector, { minLength: 1, maxLength: 2 })),
		action: fc.constantFrom("warn" as const, "block" as const, "strict" as const),
		acceptFor: sometimes(entries),
		sites: sometimes(entries),
		issuedAfter: sometimes(fc.constantFrom(...DATES)),
		enabled: fc.constantFrom(true, true, true, false),
	})
	.map((drawn) => present(drawn) as Omit<Rule, "id">);

/** A rule that finds nothing and only takes up a place. */
const FILLER: Omit<Rule, "id"> = { title: "Filler", match: [{ spki: key(25) }], action: "strict", enabled: true };

const numbered = (rules: readonly Omit<Rule, "id">[]): Rule[] => rules.map((one, n) => ({ id: `r${n}`, ...one }));

/** Rules, at times behind so many others that sets of rules run over their first words. */
const rules = fc
	.record({
		filler: fc.constantFrom(0, 0, 0, 0, 30, 63),
		drawn: fc.array(rule, { maxLength: 7 }),
	})
	.map(({ filler, drawn }) => numbered([...Array<Omit<Rule, "id">>(filler).fill(FILLER), ...drawn]));

export const layers: fc.Arbitrary<Layers> = fc.record({
	admin: fc.option(
		fc.record({ policy: fc.record({ version: fc.constant(1 as const), rules }), locked: fc.boolean() }),
		{
			freq: 2,
		},
	),
	person: fc.record({ version: fc.constant(1 as const), rules }),
	lists: fc
		.array(
			rules.filter((some) => some.length < 20),
			{ maxLength: 2 },
		)
		.map((all) => all.map((some, n) => ({ id: `l${n}`, title: `List ${n}`, rules: some }))),
});

const chain = fc
	.record({
		certificates: fc.array(certificate, { minLength: 1, maxLength: 5 }),
		builtIn: fc.constantFrom(true, false, null),
	})
	.map(({ certificates, builtIn }): Evidence => {
		const [first, ...rest] = [
			...certificates.slice(0, -1),
			{ ...(certificates.at(-1) as Certificate), builtInRoot: builtIn },
		];
		return { kind: "chain", chain: [first as Certificate, ...rest] };
	});

const overridden = fc
	.record({
		kinds: fc.subarray(["trust", "domain", "time"] as const, { minLength: 1 }),
		leaf: fc.option(certificate, { freq: 4 }),
		authorityKeyIdentifier: fc.option(fc.constantFrom("aa01", "aa02", "bb01", "cc01"), { freq: 2 }),
	})
	.map((said): Evidence => ({ kind: "overridden", overridden: said satisfies Overridden }));

const unreadable = fc
	.constantFrom("no-information", "no-chain", "missing-field", "too-long", "timeout", "failed")
	.map((why): Evidence => ({ kind: "unreadable", why: why as "no-chain" }));

export const connection: fc.Arbitrary<SlowConnection> = fc.record({
	host: fc.constantFrom(...HOSTS),
	evidence: fc.oneof(
		{ arbitrary: chain, weight: 7 },
		{ arbitrary: overridden, weight: 2 },
		{ arbitrary: unreadable, weight: 1 },
	),
});

/** What the person let through: by rule and by what was found. */
export interface Granted {
	/** A bit for every third of the person's rules, then for every third of the administrator's. */
	readonly rules: number;
	readonly bounds: readonly string[];
}

const BOUNDS = [
	...Array.from({ length: 6 }, (_, n) => `key ${key(n)}`),
	...CERTIFICATES.map(({ sha256 }) => `leaf ${sha256}`),
	"host",
];

/** Nothing at times, a good deal at others. */
export const granted: fc.Arbitrary<Granted> = fc.record({
	rules: fc.integer({ min: 0, max: 63 }),
	bounds: fc.oneof(fc.constant([]), fc.constant(BOUNDS), fc.subarray(BOUNDS)),
});

/** Whether that is among what was let through. `ref` is a public name as given by `layers`. */
export function isGranted({ rules, bounds }: Granted, ref: string, bound: string): boolean {
	const bit = (Number(ref.replace(/\D/g, "")) % 3) + (ref.startsWith("admin/") ? 3 : 0);
	return ((rules >> bit) & 1) === 1 && bounds.includes(bound);
}
