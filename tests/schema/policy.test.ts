import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_DOCUMENT } from "../../src/core/policy.ts";
import { parseManaged, parsePolicy, parseRule } from "../../src/schema/policy.ts";
import * as arbitrary from "./arbitrary.ts";

const SPKI = "H0IkzshPyZztiB/2/P0+IfjFGcVHqmpd094kcwLOUNE=";
const HEX = "e28393773da845a679f2080cc7fb44a3b7a1c3792cb7eb7729fdcb6a8d99aea7";

const known = (id: string) => ["cnnic", "kazakhstan"].includes(id);
const RULE = { id: "cnnic", title: "CNNIC", match: [{ spki: SPKI }] };
const document = (...rules: unknown[]) => ({ version: 1, rules });

/** The error of a document, or "none". */
function errorOf(value: unknown, mode: "person" | "admin" | "list" = "person"): string {
	const parsed = parsePolicy(value, mode, known);
	return parsed.ok ? "none" : parsed.error;
}
const errorOfRule = (changes: object) => errorOf(document({ ...RULE, ...changes }));
/** The only entry of `acceptFor` after reading, or the error. */
function nameOf(name: unknown): string {
	const parsed = parseRule({ ...RULE, acceptFor: [name] }, "person", known);
	return parsed.ok ? (parsed.rule.acceptFor?.[0] ?? "none") : parsed.error;
}

describe("a good document", () => {
	it("is taken with every field, in canonical form", () => {
		const parsed = parsePolicy(
			{
				version: 1,
				rules: [
					{
						id: "cnnic",
						title: "CNNIC",
						reason: "Shown on the block page",
						match: [
							{ authority: "cnnic" },
							{ spki: SPKI },
							{ certificate: (HEX.toUpperCase().match(/../g) ?? []).join(":") },
							{ organization: "  CNNIC " },
							{ country: "cn" },
							{ root: "not-built-in" },
							{ overridden: "any" },
						],
						except: [{ certificate: HEX.toUpperCase() }],
						acceptFor: ["CN.", "Bücher.Example", "cn", "2001:DB8:0:0::1", "10.0.0.0/8", "<local>"],
						sites: ["outlook.com"],
						issuedAfter: "2015-04-01T02:00:00.000+02:00",
					},
				],
				settings: { unverifiable: "allow" },
			},
			"person",
			known,
		);
		expect(parsed).toEqual({
			ok: true,
			reported: [],
			policy: {
				version: 1,
				rules: [
					{
						id: "cnnic",
						title: "CNNIC",
						reason: "Shown on the block page",
						match: [
							{ authority: "cnnic" },
							{ spki: SPKI },
							{ certificate: HEX },
							{ organization: "  CNNIC " },
							{ country: "CN" },
							{ root: "not-built-in" },
							{ overridden: "any" },
						],
						except: [{ certificate: HEX }],
						action: "block",
						acceptFor: ["cn", "xn--bcher-kva.example", "2001:db8::1", "10.0.0.0/8", "<local>"],
						sites: ["outlook.com"],
						issuedAfter: "2015-04-01T00:00:00Z",
						enabled: true,
					},
				],
				settings: { unverifiable: "allow" },
			},
		});
	});

	it("is taken as text too, with a byte order mark or without", () => {
		const text = JSON.stringify(document(RULE));
		expect(errorOf(text)).toBe("none");
		expect(errorOf(`\u{feff}${text}`)).toBe("none");
	});

	it("may hold no rules", () => expect(errorOf(document())).toBe("none"));

	it("leaves out what says nothing: empty except, acceptFor, reason", () => {
		const parsed = parseRule({ ...RULE, except: [], acceptFor: [], reason: "" }, "person", known);
		expect(parsed).toEqual({ ok: true, rule: { ...RULE, action: "block", enabled: true }, reported: [] });
	});

	it("takes 1,000 rules and 10,000 selectors, and no more", () => {
		const rules = (count: number) => Array.from({ length: count }, (_, index) => ({ ...RULE, id: `r${index}` }));
		expect(errorOf(document(...rules(1000)))).toBe("none");
		expect(errorOf(document(...rules(1001)))).toBe("rules: expected at most 1000 rules, got 1001");
		const match = Array.from({ length: 10_001 }, () => ({ spki: SPKI }));
		expect(errorOfRule({ match: match.slice(1) })).toBe("none");
		expect(errorOfRule({ match })).toBe("rules[0].match: expected 1–10000 selectors, got 10001");
		expect(errorOfRule({ except: match })).toBe("rules[0].except: expected 0–10000 selectors, got 10001");
	});

	it("is the same after a second reading (random documents)", () => {
		fc.assert(
			fc.property(arbitrary.policy, (value) => {
				const once = parsePolicy(value, "person", known);
				if (!once.ok) throw new Error(once.error);
				expect(parsePolicy(once.policy, "person", known)).toEqual(once);
				expect(parsePolicy(JSON.stringify(once.policy), "admin", known)).toEqual(once);
			}),
			{ numRuns: 2000 },
		);
	});
});

describe("a bad document is refused with the field, the value and what was expected", () => {
	it.each([
		["[]", "document: expected an object, got an array"],
		["null", "document: expected an object, got null"],
		["{}", "version: expected 1, got nothing"],
		['{"version":1}', "rules: expected an array of rules, got nothing"],
		['{"version":"1","rules":[]}', 'version: expected 1, got "1"'],
		['{"version":0,"rules":[]}', "version: expected 1, got 0"],
		['{"version":2,"new":{}}', "version: expected 1, got 2: this document needs a newer Countersign"],
		['{"version":1,"rules":{}}', "rules: expected an array of rules, got an object"],
		['{"version":1,"rules":[7]}', "rules[0]: expected an object, got 7"],
		['{"version":1,"rules":[[]]}', "rules[0]: expected an object, got an array"],
		['{"version":1,"rules":[],"colour":1}', "colour: unknown field"],
		['{"version":1,"rules":[],"__proto__":{}}', "__proto__: unknown field"],
		['{"version":1,"rules":[],"a\\nb":1}', '["a\\nb"]: unknown field'],
		['{"version":1,"rules":[],"constructor":1}', "constructor: unknown field"],
		['{"version":1,"rules":[],"settings":[]}', "settings: expected an object, got an array"],
		[
			'{"version":1,"rules":[],"settings":{"preflight":"on"}}',
			'settings.preflight: expected "off" or "credentials" or "always", got "on"',
		],
		[
			'{"version":1,"rules":[],"settings":{"changedCountry":"block"}}',
			'settings.changedCountry: expected "off" or "warn", got "block"',
		],
		[
			'{"version":1,"rules":[],"settings":{"unverifiable":true}}',
			'settings.unverifiable: expected "block" or "allow", got true',
		],
		['{"version":1,"rules":[],"settings":{"x":1}}', "settings.x: unknown field"],
		['{"version":1,"version":1,"rules":[]}', "version: expected each name once in an object, got it twice"],
		[
			'{"version":1,"rules":[{"id":"a","title":"a","match":[{"country":"CN","country":"US"}]}]}',
			"rules[0].match[0].country: expected each name once in an object, got it twice",
		],
		[
			'{"version":1,"rules":[{"id":"a","title":"\\"{[,","match":[{"country":"CN"}],"\\u0069d":"b"}]}',
			"rules[0].id: expected each name once in an object, got it twice",
		],
	])("%s", (text, error) => expect(errorOf(text)).toBe(error));

	it("that is no JSON", () => {
		expect(errorOf("{")).toMatch(/^document: expected JSON, got an error: /);
		expect(errorOf("")).toMatch(/^document: expected JSON, got an error: /);
		expect(errorOf('{\n\n"version": x\n\n}')).toMatch(/^document: expected JSON, got an error: [^\n]+$/);
	});

	it("above 1 MiB of UTF-8", () => {
		const padded = (length: number) => `${JSON.stringify(document(RULE))}${" ".repeat(length)}`;
		const room = MAX_DOCUMENT - padded(0).length;
		expect(errorOf(padded(room))).toBe("none");
		expect(errorOf(padded(room + 1))).toBe("document: expected at most 1048576 bytes, got more");
		expect(errorOf({ ...document(RULE), x: "é".repeat(MAX_DOCUMENT / 2) })).toMatch(
			/^document: expected at most 1048576 bytes, got 1048\d\d\d$/,
		);
	});

	it("that JSON cannot hold", () => {
		const circle: Record<string, unknown> = { version: 1 };
		circle.rules = circle;
		expect(errorOf(circle)).toBe("document: expected a value that JSON can hold");
		expect(errorOf({ version: 1n })).toBe("document: expected a value that JSON can hold");
		let deep: unknown = 1;
		for (let level = 0; level < 100_000; level++) deep = [deep];
		expect(errorOf(deep)).not.toBe("none");
		expect(errorOf(`${"[".repeat(500_000)}${"]".repeat(500_000)}`)).not.toBe("none");
	});

	it.each([
		[{ id: "CNNIC" }, 'id: expected an id (1–64 of a–z, 0–9 and -, not starting with -), got "CNNIC"'],
		[{ id: "-a" }, 'id: expected an id (1–64 of a–z, 0–9 and -, not starting with -), got "-a"'],
		[{ id: "a\n" }, 'id: expected an id (1–64 of a–z, 0–9 and -, not starting with -), got "a\\n"'],
		[
			{ id: "a".repeat(65) },
			`id: expected an id (1–64 of a–z, 0–9 and -, not starting with -), got "${"a".repeat(60)}…"`,
		],
		[{ id: 7 }, "id: expected an id, got 7"],
		[{ id: undefined }, "id: expected an id, got nothing"],
		[{ title: "" }, "title: expected 1–120 characters, got 0"],
		[{ title: "😀".repeat(121) }, "title: expected 1–120 characters, got 121"],
		[{ title: "\ud83d" }, 'title: expected well-formed Unicode text, got "\\ud83d"'],
		[{ title: null }, "title: expected 1–120 characters, got null"],
		[{ reason: "x".repeat(601) }, "reason: expected at most 600 characters, got 601"],
		[{ reason: 1 }, "reason: expected at most 600 characters, got 1"],
		[{ match: [] }, "match: expected 1–10000 selectors, got 0"],
		[{ match: {} }, "match: expected an array of selectors, got an object"],
		[{ match: undefined }, "match: expected an array of selectors, got nothing"],
		[{ match: [{}] }, "match[0]: expected exactly one key, got 0"],
		[{ match: [null] }, "match[0]: expected an object, got null"],
		[{ match: ["cnnic"] }, 'match[0]: expected an object, got "cnnic"'],
		[{ match: [{ country: "CN", root: "not-built-in" }] }, "match[0]: expected exactly one key, got 2"],
		[
			{ match: [{ colour: "red" }] },
			'match[0]: expected one of authority, spki, certificate, organization, country, root, overridden, got "colour"',
		],
		[
			{ match: [{ unknown: "red" }] },
			'match[0]: expected one of authority, spki, certificate, organization, country, root, overridden, got "unknown"',
		],
		[
			{ match: [{ toString: "red" }] },
			'match[0]: expected one of authority, spki, certificate, organization, country, root, overridden, got "toString"',
		],
		[{ match: [{ authority: "nobody" }] }, 'match[0].authority: expected the id of a known authority, got "nobody"'],
		[{ match: [{ authority: 1 }] }, "match[0].authority: expected the id of an authority, got 1"],
		[{ match: [{ spki: "H0IkzshPyZ…=" }] }, "match[0].spki: expected 44 base64 characters, got 12"],
		[{ match: [{ spki: SPKI.slice(0, 43) }] }, "match[0].spki: expected 44 base64 characters, got 43"],
		[
			{ match: [{ spki: `${SPKI.slice(0, 43)}A` }] },
			`match[0].spki: expected 44 base64 characters (A–Z, a–z, 0–9, + and /, then =), got "${SPKI.slice(0, 43)}A"`,
		],
		[
			{ match: [{ spki: SPKI.replace("/", "_") }] },
			`match[0].spki: expected 44 base64 characters (A–Z, a–z, 0–9, + and /, then =), got "${SPKI.replace("/", "_")}"`,
		],
		[
			{ match: [{ spki: SPKI.replace("NE=", "NF=") }] },
			`match[0].spki: expected the canonical base64 of a SHA-256, in which the last two bits are zero, got "${SPKI.replace("NE=", "NF=")}"`,
		],
		[{ match: [{ certificate: "E2:83" }] }, "match[0].certificate: expected 64 hex digits (a SHA-256), got 4"],
		[
			{ match: [{ certificate: HEX.replace("e", "g") }] },
			`match[0].certificate: expected 64 hex digits (a SHA-256), got "${HEX.replace("e", "g").slice(0, 60)}…"`,
		],
		[{ match: [{ certificate: null }] }, "match[0].certificate: expected 64 hex digits, got null"],
		[{ match: [{ organization: " \t" }] }, 'match[0].organization: expected the name of an organization, got " \\t"'],
		[{ match: [{ country: "CHN" }] }, 'match[0].country: expected a country as two letters (ISO 3166-1), got "CHN"'],
		[{ match: [{ root: "built-in" }] }, 'match[0].root: expected "not-built-in", got "built-in"'],
		[
			{ match: [{ overridden: "all" }] },
			'match[0].overridden: expected "any" or "trust" or "domain" or "time", got "all"',
		],
		[
			{ except: [{ spki: SPKI }, { country: 1 }] },
			"except[1].country: expected a country as two letters (ISO 3166-1), got 1",
		],
		[{ action: "refuse" }, 'action: expected "warn" or "block" or "strict", got "refuse"'],
		[{ acceptFor: "cn" }, 'acceptFor: expected an array of names, got "cn"'],
		[{ acceptFor: [7] }, "acceptFor[0]: expected a domain name, an IP address or a CIDR block, got 7"],
		[{ sites: [] }, "sites: expected at least one name (without this field: every site), got none"],
		[
			{ issuedAfter: "2015-04-01" },
			'issuedAfter: expected an ISO date-time with its time zone, such as 2015-04-01T00:00:00Z, got "2015-04-01"',
		],
		[
			{ issuedAfter: 1_427_846_400_000 },
			"issuedAfter: expected an ISO date-time with its time zone, such as 2015-04-01T00:00:00Z, got 1427846400000",
		],
		[{ enabled: "yes" }, 'enabled: expected true or false, got "yes"'],
		[{ enabled: null }, "enabled: expected true or false, got null"],
		[{ colour: "red" }, "colour: unknown field"],
	])("rule with %j", (changes, error) => {
		expect(errorOfRule(changes)).toBe(`rules[0].${error}`);
		expect(parseRule({ ...RULE, ...changes }, "person", known)).toEqual({ ok: false, error });
	});

	it.each([
		"2015-02-29T00:00:00Z",
		"2015-13-01T00:00:00Z",
		"2015-00-01T00:00:00Z",
		"2015-01-00T00:00:00Z",
		"2015-01-01T24:00:00Z",
		"2015-01-01T00:60:00Z",
		"2015-01-01T00:00:60Z",
		"2015-01-01T00:00:00",
		"2015-01-01T00:00:00+24:00",
		"2015-01-01T00:00:00+00:60",
		"2015-01-01 00:00:00Z",
		"0000-01-01T00:00:00+01:00",
		"9999-12-31T23:59:59-01:00",
		"+010000-01-01T00:00:00Z",
		"now",
		"",
		"NaN",
	])("date %j", (issuedAfter) =>
		expect(errorOfRule({ issuedAfter })).toBe(
			`rules[0].issuedAfter: expected an ISO date-time with its time zone, such as 2015-04-01T00:00:00Z, got ${JSON.stringify(issuedAfter)}`,
		),
	);

	it.each([
		["2016-02-29T12:30:45.5Z", "2016-02-29T12:30:45.500Z"],
		["2000-02-29T00:00:00-05:30", "2000-02-29T05:30:00Z"],
		["1900-02-28T00:00:00Z", "1900-02-28T00:00:00Z"],
	])("but not date %j", (issuedAfter, canonical) =>
		expect(parseRule({ ...RULE, issuedAfter }, "person", known)).toMatchObject({ rule: { issuedAfter: canonical } }),
	);

	it("1900 was no leap year", () =>
		expect(errorOfRule({ issuedAfter: "1900-02-29T00:00:00Z" })).toMatch(/^rules\[0\]\.issuedAfter/));

	it("with an id that stands twice", () =>
		expect(errorOf(document(RULE, { ...RULE, id: "b" }, RULE))).toBe(
			'rules[2].id: expected an id of its own, got "cnnic" as in rules[0]',
		));

	it("names the very rule and selector", () =>
		expect(
			errorOf(
				document(
					RULE,
					{ ...RULE, id: "b" },
					{ ...RULE, id: "c" },
					{ ...RULE, id: "d", match: [{ spki: "H0IkzshPyZ…=" }] },
				),
			),
		).toBe("rules[3].match[0].spki: expected 44 base64 characters, got 12"));

	it("after any one field was spoilt (random documents)", () => {
		const BAD = { not: "a value of any field" };
		fc.assert(
			fc.property(arbitrary.policy, fc.nat(), (value, choice) => {
				const fields = leaves(value);
				const [path, spoil] = fields[choice % fields.length] ?? ["version", () => undefined];
				spoil(BAD);
				const error = errorOf(value);
				// A selector or a rule put in another's place is named by what stands inside it.
				expect(error.startsWith(`${path}: `) || error.startsWith(`${path}.`), `${path} ← ${error}`).toBe(true);
			}),
			{ numRuns: 2000 },
		);
	});

	it("after a field was added anywhere (random documents)", () => {
		fc.assert(
			fc.property(arbitrary.policy, fc.nat(), fc.stringMatching(/^[a-z_]{1,12}$/), (value, choice, name) => {
				const objects = objectsOf(value);
				const [path, object] = objects[choice % objects.length] ?? ["", value];
				fc.pre(!Object.hasOwn(FIELDS, name));
				Object.defineProperty(object, name, { value: 1, enumerable: true });
				const error = errorOf(value);
				expect([
					`${path}${path ? "." : ""}${name}: unknown field`,
					`${path}: expected exactly one key, got 2`,
				]).toContain(error);
			}),
			{ numRuns: 1000 },
		);
	});

	it("never throws, whatever it is given", () => {
		fc.assert(
			fc.property(
				fc.anything(),
				fc.constantFrom("person" as const, "admin" as const, "list" as const),
				(value, mode) => {
					parsePolicy(value, mode, known);
					parsePolicy(document(value), mode, known);
					parseRule(value, mode, known);
					parseManaged(value, known);
				},
			),
			{ numRuns: 2000 },
		);
	});
});

const FIELDS = Object.fromEntries(
	"id title reason match except action acceptFor sites issuedAfter enabled preflight unverifiable changedCountry version rules settings"
		.split(" ")
		.map((name) => [name, 1]),
);

type Spoilt = [path: string, spoil: (bad: unknown) => void];

/** Every field of a document, with a function that puts something else there. */
function leaves(value: unknown, path = ""): Spoilt[] {
	if (typeof value !== "object" || value === null) return [];
	return Object.entries(value).flatMap(([key, inner]) => {
		const at = Array.isArray(value) ? `${path}[${key}]` : path ? `${path}.${key}` : key;
		const spoil = (bad: unknown) => {
			(value as Record<string, unknown>)[key] = bad;
		};
		return [[at, spoil], ...leaves(inner, at)] as Spoilt[];
	});
}

function objectsOf(value: unknown, path = ""): [string, object][] {
	if (typeof value !== "object" || value === null) return [];
	const inner = Object.entries(value).flatMap(([key, item]) =>
		objectsOf(item, Array.isArray(value) ? `${path}[${key}]` : path ? `${path}.${key}` : key),
	);
	return Array.isArray(value) ? inner : [[path, value], ...inner];
}

describe("names", () => {
	it.each([
		["example.com", "example.com"],
		["EXAMPLE.com.", "example.com"],
		["cn", "cn"],
		["my_host.lan", "my_host.lan"],
		["bücher.example", "xn--bcher-kva.example"],
		["XN--BCHER-KVA.example", "xn--bcher-kva.example"],
		["例え。jp", "xn--r8jz45g.jp"],
		["faß.de", "xn--fa-hia.de"],
		["<local>", "<local>"],
		["192.0.2.1", "192.0.2.1"],
		["192.0.2.1.", "192.0.2.1"],
		["::1", "::1"],
		["[::1]", "::1"],
		["2001:0DB8:0:0:0:0:0:1", "2001:db8::1"],
		["::ffff:192.0.2.1", "192.0.2.1"],
		["::ffff:c000:201", "192.0.2.1"],
		["192.168.0.0/16", "192.168.0.0/16"],
		["0.0.0.0/0", "0.0.0.0/0"],
		["192.0.2.1/32", "192.0.2.1/32"],
		["FE80::/10", "fe80::/10"],
		["::/0", "::/0"],
		["::ffff:10.0.0.0/104", "10.0.0.0/8"],
	])("%j is %j", (name, canonical) => {
		expect(nameOf(name)).toBe(canonical);
		expect(nameOf(canonical)).toBe(canonical);
	});

	it.each([
		["", "a domain name, an IP address or a CIDR block"],
		[".", "a name without the leading dot, which covers everything below it"],
		["..", "a name without the leading dot, which covers everything below it"],
		[".example.com", "a name without the leading dot, which covers everything below it"],
		["*.example.com", "a name without the star, which covers everything below it"],
		["exa*mple.com", "a domain name, an IP address or a CIDR block"],
		["a..b", "a name without empty labels"],
		["a。。b", "a name without empty labels"],
		["example.com..", "a name without empty labels"],
		["example.com:443", "a name without a port"],
		["example.com:", "a name without a port"],
		["192.0.2.1:443", "a name without a port"],
		["[::1]:443", "a domain name, an IP address or a CIDR block"],
		["https://example.com", "a domain name, an IP address or a CIDR block, not a web address"],
		["example.com/", "a domain name, an IP address or a CIDR block, not a web address"],
		["example.com?x", "a domain name, an IP address or a CIDR block, not a web address"],
		["user@example.com", "a domain name, an IP address or a CIDR block, not a web address"],
		["exam\\ple.com", "a domain name, an IP address or a CIDR block"],
		["ex%61mple.com", "a domain name, an IP address or a CIDR block"],
		["example .com", "a domain name, an IP address or a CIDR block"],
		["exam\tple.com", "a domain name, an IP address or a CIDR block"],
		["example.com\n", "a domain name, an IP address or a CIDR block"],
		["exam\u{0}ple.com", "a domain name, an IP address or a CIDR block"],
		["<all>", "a domain name, an IP address or a CIDR block"],
		["<LOCAL>", "a domain name, an IP address or a CIDR block"],
		["xn--a", "a domain name, an IP address or a CIDR block"],
		["10.1", "an IPv4 address as four numbers without leading zeros"],
		["1", "an IPv4 address as four numbers without leading zeros"],
		["010.0.0.1", "an IPv4 address as four numbers without leading zeros"],
		["0x7f.0.0.1", "an IPv4 address as four numbers without leading zeros"],
		["１２７.0.0.1", "an IPv4 address as four numbers without leading zeros"],
		["256.0.0.1", "a domain name, an IP address or a CIDR block"],
		["fe80::1%eth0", "a domain name, an IP address or a CIDR block"],
		["1::2::3", "a domain name, an IP address or a CIDR block"],
		["10.0.0.1/8", "a CIDR block with no bits set after its prefix"],
		["fe80::1/10", "a CIDR block with no bits set after its prefix"],
		["10.0.0.0/33", "a prefix of at most 32 bits"],
		["fe80::/129", "a prefix of at most 128 bits"],
		["::ffff:10.0.0.0/8", "a CIDR block with no bits set after its prefix"],
		["10.0.0.0/08", "a CIDR block such as 10.0.0.0/8 or fd00::/8"],
		["10.0.0.0/", "a domain name, an IP address or a CIDR block, not a web address"],
		["10.0.0.0/8/8", "a domain name, an IP address or a CIDR block, not a web address"],
		["example.com/8", "a domain name, an IP address or a CIDR block, not a web address"],
		[`${"a".repeat(64)}.com`, "a name of at most 253 characters, each label at most 63"],
		["ü".repeat(256), "a name of at most 253 characters, each label at most 63"],
		[`${"a.".repeat(126)}aa`, "a name of at most 253 characters, each label at most 63"],
	])("%j is refused", (name, what) => {
		const shown = [...name].length > 60 ? `${[...name].slice(0, 60).join("")}…` : name;
		expect(nameOf(name)).toBe(`acceptFor[0]: expected ${what}, got ${JSON.stringify(shown)}`);
	});

	it("cost little, however long they are", () => {
		// Punycode takes time by the square of the length: this would take minutes.
		const distinct = Array.from({ length: 20_000 }, (_, index) => String.fromCodePoint(0x4e00 + index)).join("");
		const start = performance.now();
		expect(nameOf(distinct)).toMatch(/expected a name of at most 253 characters/);
		expect(performance.now() - start).toBeLessThan(1000);
	});

	it("stay the same when read again (random names)", () => {
		fc.assert(
			fc.property(arbitrary.host, (name) => {
				const canonical = nameOf(name);
				expect(canonical).not.toMatch(/expected/);
				expect(nameOf(canonical)).toBe(canonical);
			}),
			{ numRuns: 2000 },
		);
	});
});

describe("an administrator's document and a list", () => {
	const unknowns = document({
		...RULE,
		match: [{ spki: SPKI }, { colour: { deep: [1] } }, { authority: "nobody" }],
		except: [{ shape: 1 }],
	});

	it.each(["admin", "list"] as const)("reports unknown selectors and authorities; the rest holds (%s)", (mode) => {
		expect(parsePolicy(unknowns, mode, known)).toMatchObject({
			ok: true,
			policy: {
				rules: [
					{
						match: [{ spki: SPKI }, { unknown: "colour" }, { unknown: "authority nobody" }],
						except: [{ unknown: "shape" }],
					},
				],
			},
			reported: [
				'rules[0].match[1]: "colour" is not known here and matches nothing',
				'rules[0].match[2]: "authority nobody" is not known here and matches nothing',
				'rules[0].except[0]: "shape" is not known here and matches nothing',
			],
		});
	});

	it.each(["admin", "list"] as const)("bends in nothing else (%s)", (mode) => {
		expect(errorOf(document({ ...RULE, colour: 1 }), mode)).toBe("rules[0].colour: unknown field");
		expect(errorOf(document({ ...RULE, match: [{ a: 1, b: 2 }] }), mode)).toBe(
			"rules[0].match[0]: expected exactly one key, got 2",
		);
		expect(errorOf(document({ ...RULE, match: [{ root: "x" }] }), mode)).toBe(
			'rules[0].match[0].root: expected "not-built-in", got "x"',
		);
		expect(errorOf({ version: 2, rules: [] }, mode)).toMatch(/^version: expected 1, got 2/);
	});

	it("a list has no settings, and its strict is block", () => {
		expect(errorOf({ ...document(RULE), settings: {} }, "list")).toBe(
			"settings: expected none in a list, got an object",
		);
		const parsed = parsePolicy(
			document({ ...RULE, action: "strict" }, { ...RULE, id: "b", action: "warn" }),
			"list",
			known,
		);
		expect(parsed).toMatchObject({ policy: { rules: [{ action: "block" }, { action: "warn" }] } });
	});

	it("managed storage holds a document and perhaps a lock", () => {
		const managed = (value: unknown) => {
			const parsed = parseManaged(value, known);
			return parsed.ok ? parsed : parsed.error;
		};
		expect(managed({ policy: document(RULE) })).toMatchObject({ managed: { locked: false }, reported: [] });
		expect(managed({ policy: unknowns, locked: true })).toMatchObject({
			managed: { locked: true, policy: { version: 1 } },
			reported: [
				'policy.rules[0].match[1]: "colour" is not known here and matches nothing',
				'policy.rules[0].match[2]: "authority nobody" is not known here and matches nothing',
				'policy.rules[0].except[0]: "shape" is not known here and matches nothing',
			],
		});
		expect(managed({ policy: document(RULE), locked: "yes" })).toBe('locked: expected true or false, got "yes"');
		expect(managed({ policy: document(RULE), lock: true })).toBe("lock: unknown field");
		expect(managed({})).toBe("policy: expected a policy document, got nothing");
		expect(managed(null)).toBe("managed storage: expected an object, got null");
		expect(managed({ policy: "{}" })).toBe('policy: expected an object, got "{}"');
		expect(managed({ policy: document({ ...RULE, id: 1 }) })).toBe("policy.rules[0].id: expected an id, got 1");
	});
});

describe("docs/policy.md", () => {
	it("its example is a good document", () => {
		const text = readFileSync(new URL("../../docs/policy.md", import.meta.url), "utf8");
		const [, example = ""] = /```json\n(.*?)```/s.exec(text) ?? [];
		expect(errorOf(example)).toBe("none");
	});
});
