import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Known, loadKnown, nearest, nearestAuthorities } from "../../../cli/lint/known.ts";
import { lint } from "../../../cli/lint/lint.ts";
import { readWords, type Words } from "../../../cli/words/words.ts";
import { catalogue } from "../../../src/catalogue/index.ts";
import type { Mode } from "../../../src/schema/policy.ts";
import { pathOf } from "../../../src/schema/say.ts";
import { ran } from "../io.ts";

const NOW = Date.parse("2026-11-01T00:00:00Z");
const SPKI = "H0IkzshPyZztiB/2/P0+IfjFGcVHqmpd094kcwLOUNE=";

let known: Known;
let words: Words;
beforeAll(async () => {
	known = await loadKnown();
	words = await readWords("en", new URL("../../../", import.meta.url));
});

/** What is found, as "line:column code path: text | help", with other places as "@line". */
function found(document: unknown, mode: Mode = "person"): string[] {
	const text = typeof document === "string" ? document : JSON.stringify(document, null, 1);
	const { source, remarks } = lint(new TextEncoder().encode(text), mode, known, words, NOW);
	return remarks.map(({ code, severity, path, span, help, related }) => {
		const { line, column } = source.position(span.offset);
		const at = related.map((one) => ` @${source.position(one.span.offset).line}`).join("");
		return `${line}:${column} ${severity} ${code} ${pathOf(path)}${at}${help === null ? "" : ` | ${help}`}`;
	});
}

/** The codes of what is found in rules, with their paths. */
function ofRules(rules: readonly object[], mode: Mode = "person"): string[] {
	const whole = rules.map((rule, index) => ({ id: `r${index}`, title: "A rule", match: [{ spki: SPKI }], ...rule }));
	return found({ version: 1, rules: whole }, mode).map((line) => line.replace(/^\S+ \w+ | \|.*$| @.*$/g, ""));
}

const oneRule = (rule: object, mode: Mode = "person") =>
	ofRules([rule], mode).map((line) => line.replace("rules[0].", ""));

describe("what a document is refused for", () => {
	it("is there with line, column, and what to do", () => {
		const document = `\u{feff}{
	"version": 1,\r
  "rules": [
    { "id": "a", "title": "😀 A", "match": [{ "authority": "cnic" }], "acction": "block" },
    { "id": "a", "title": "B", "match": [{ "athority": "cnnic" }], "action": "blok" },
    { "id": "b", "match": [{ "spki": "${"AB".repeat(32)}" }, { "certificate": "${SPKI}" }] },
    { "id": "c", "title": "C", "match": [{ "certificate": "${"ab ".repeat(20)}" }], "title": "D" }
  ]
}
`;
		const hex = Buffer.from(SPKI, "base64").toString("hex");
		const base64 = Buffer.from("ab".repeat(32), "hex").toString("base64");
		expect(found(document)).toEqual([
			"4:59 error unknown-authority rules[0].match[0].authority | did you mean “cnnic”?",
			"4:70 error unknown-field rules[0].acction | did you mean “action”?",
			"5:13 error invalid rules[1].id @4",
			"5:44 error unknown-selector rules[1].match[0].athority | did you mean “authority”?",
			"5:78 error invalid rules[1].action | did you mean “block”?",
			"6:5 error invalid rules[2].title",
			`6:38 error invalid rules[2].match[0].spki | a key's hash is written in base64: {"spki": "${base64}"}. If it is a certificate's: {"certificate": "${"ab".repeat(32)}"}`,
			`6:125 error invalid rules[2].match[1].certificate | a certificate's hash is written in hex: {"certificate": "${hex}"}. If it is a key's: {"spki": "${SPKI}"}`,
			"7:59 error invalid rules[3].match[0].certificate | forty digits are a SHA-1; this is asking for a SHA-256, which has sixty-four",
			"7:126 error repeated-name rules[3].title @7",
		]);
	});

	it("says at once what is no JSON, and nothing that follows from it", () => {
		expect(found('{"version": 2,\n"rules": [1,],\n}')).toEqual(["2:12 error syntax ", "2:14 error syntax "]);
	});

	it.each([
		[Uint8Array.of(0xff, 0xfe, 0x7b, 0), "encoding"],
		[Uint8Array.of(0x7b, 0xff, 0x7d), "encoding"],
		[new Uint8Array(1024 * 1024 + 4).fill(0x20), "size"],
		[new Uint8Array(0), "syntax"],
	])("a file that is no text: case %#", (bytes, code) => {
		const { remarks } = lint(bytes, "person", known, words, NOW);
		expect(remarks.map((one) => one.code)).toEqual([code]);
	});

	it("tells what a shipped document has: nothing", async () => {
		const { firstRules } = await import("../../../src/catalogue/index.ts");
		expect(found(firstRules)).toEqual([]);
	});
});

describe("what cannot match", () => {
	it.each([
		[{ match: [{ country: "UK" }] }, ["unknown-country match[0].country"]],
		[{ match: [{ country: "QQ" }] }, ["unknown-country match[0].country"]],
		[{ match: [{ country: "GB" }, { country: "TV" }, { country: "EU" }] }, []],
		[{ match: [{ organization: "Digicert" }] }, ["near-organization match[0].organization"]],
		[{ match: [{ organization: "DIGICERT  inc" }, { organization: "Nobody We Know" }] }, []],
		[{ match: [{ spki: SPKI }], except: [{ spki: SPKI }] }, ["never id"]],
		[{ match: [{ spki: SPKI }, { country: "NL" }], except: [{ spki: SPKI }] }, ["void-selector match[0]"]],
		[{ sites: ["a.example", "b.example"], acceptFor: ["b.example"] }, ["accepted-site sites[1]"]],
		[{ sites: ["a.example"], acceptFor: ["example"] }, ["never id"]],
		[{ sites: ["10.1.0.0/16"], acceptFor: ["10.0.0.0/8"] }, ["never id"]],
		[{ sites: ["10.0.0.0/8"], acceptFor: ["10.1.0.0/16"] }, []],
		[{ issuedAfter: "2027-01-01T00:00:00Z" }, ["not-yet issuedAfter"]],
		[{ issuedAfter: "2026-01-01T00:00:00Z" }, []],
		[{ match: [{ spki: SPKI }, { country: "NL" }, { spki: SPKI }] }, ["repeated match[2]"]],
		[{ sites: ["a.example", "b.a.example"] }, ["repeated sites[1]"]],
		[{ sites: ["<local>", "example", "router"] }, []],
		[{ match: [{ spki: SPKI }], except: [{ spki: SPKI }], enabled: false }, []],
	])("%j", (rule, expected) => expect(oneRule(rule)).toEqual(expected));

	it("a key's hash where a certificate's belongs, the other way round, and an expired certificate", () => {
		const [expired, { spki }] = [...known.certificates].find(([, one]) => (one.notAfter ?? NOW) < NOW) ?? [
			"",
			{ spki: "" },
		];
		const [valid] = [...known.certificates].find(([, one]) => (one.notAfter ?? 0) > NOW) ?? [""];
		expect(oneRule({ match: [{ certificate: expired }, { certificate: valid }] })).toEqual([
			"expired-certificate match[0].certificate",
		]);
		const swapped = { spki: Buffer.from(valid, "hex").toString("base64") };
		expect(oneRule({ match: [swapped] })).toEqual(["swapped-hash match[0].spki"]);
		expect(oneRule({ match: [{ certificate: Buffer.from(spki, "base64").toString("hex") }] })).toEqual([
			"swapped-hash match[0].certificate",
		]);
	});

	it("what only a newer Countersign knows, where that is no error", () => {
		const rule = { match: [{ authority: "cnic" }, { "issuer-key": "x" }] };
		expect(oneRule(rule, "admin")).toEqual([
			"never id",
			"unknown-authority match[0].authority",
			"unknown-selector match[1].issuer-key",
		]);
		expect(oneRule({ action: "strict" }, "list")).toEqual(["softened action"]);
		expect(oneRule({ action: "strict" }, "admin")).toEqual([]);
	});

	it("the selectors of a rule that is refused for something else", () => {
		expect(oneRule({ match: [{ country: "UK" }, { country: 7 }], colour: 1 })).toEqual([
			"unknown-country match[0].country",
			"invalid match[1].country",
			"unknown-field colour",
		]);
	});
});

describe("rules before which others decide", () => {
	const cnnic = { match: [{ authority: "cnnic" }] };
	const [key = ""] = catalogue.byId("cnnic")?.keys ?? [];
	it.each<[string, object[], string[]]>([
		["the same twice", [cnnic, cnnic], ["shadowed rules[1].id"]],
		["a more severe one behind", [cnnic, { ...cnnic, action: "strict" }], ["shadowed rules[0].id"]],
		["a less severe one before", [{ ...cnnic, action: "warn" }, cnnic], ["shadowed rules[0].id"]],
		["one that is switched off", [{ ...cnnic, enabled: false }, cnnic], []],
		["a key of an authority", [cnnic, { match: [{ spki: key }] }], ["shadowed rules[1].id"]],
		["an authority of which one key is refused", [{ match: [{ spki: key }] }, cnnic], []],
		["an authority of a country", [{ match: [{ country: "CN" }] }, cnnic], ["shadowed rules[1].id"]],
		[
			"what two rules together cover",
			[cnnic, { match: [{ country: "NL" }] }, { match: [{ spki: key }, { country: "NL" }] }],
			["shadowed rules[2].id"],
		],
		[
			"with sites",
			[
				{ ...cnnic, sites: ["example"] },
				{ ...cnnic, sites: ["a.example"] },
			],
			["shadowed rules[1].id"],
		],
		[
			"with other sites",
			[
				{ ...cnnic, sites: ["a.example"] },
				{ ...cnnic, sites: ["example"] },
			],
			[],
		],
		[
			"with sites, by two",
			[
				{ ...cnnic, sites: ["a.example"] },
				{ ...cnnic, sites: ["b.example"] },
				{ ...cnnic, sites: ["b.example", "a.example"] },
			],
			["shadowed rules[2].id"],
		],
		["one that spares names", [{ ...cnnic, acceptFor: ["cn"] }, cnnic], []],
		[
			"one that spares names elsewhere",
			[
				{ ...cnnic, acceptFor: ["cn"] },
				{ ...cnnic, sites: ["example"] },
			],
			["shadowed rules[1].id"],
		],
		[
			"both spare them",
			[
				{ ...cnnic, acceptFor: ["cn"] },
				{ ...cnnic, acceptFor: ["cn"] },
			],
			["shadowed rules[1].id"],
		],
		["one with an exception", [{ ...cnnic, except: [{ spki: SPKI }] }, cnnic], []],
		["one from a date on", [{ ...cnnic, issuedAfter: "2015-04-01T00:00:00Z" }, cnnic], []],
		["before a date", [cnnic, { ...cnnic, issuedAfter: "2015-04-01T00:00:00Z" }], ["shadowed rules[1].id"]],
		[
			"any error that was clicked through",
			[{ match: [{ overridden: "any" }] }, { match: [{ overridden: "time" }] }],
			["shadowed rules[1].id"],
		],
	])("%s", (_, rules, expected) => expect(ofRules(rules)).toEqual(expected));

	it("are named, and a clicked-through error is told apart", () => {
		const document = {
			version: 1,
			rules: [
				{ id: "cn", title: "China", match: [{ country: "CN" }] },
				{ id: "cnnic", title: "CNNIC", match: [{ authority: "cnnic" }] },
			],
		};
		const bytes = new TextEncoder().encode(JSON.stringify(document));
		const [remark] = lint(bytes, "person", known, words, NOW).remarks;
		expect(remark?.related.map(({ path }) => pathOf(path))).toEqual(["rules[0].id"]);
		expect(remark?.text).toBe(words.say("lint.shadowedButClicked"));
	});
});

describe("the kinds of documents", () => {
	const policy = { version: 1, rules: [{ id: "a", title: "A", match: [{ authority: "cnic" }], x: 1 }] };
	const list = { id: "l", title: "L", sequence: 1, expires: "2030-01-01T00:00:00Z" };
	const managed = { policy, locked: true };
	it.each<[string, object, string]>([
		["a policy", policy, ""],
		["an administrator's", managed, "policy."],
		["a list", { version: 1, list, policy }, "policy."],
		["a native manifest", { name: "countersign@webextension", type: "storage", data: managed }, "data.policy."],
		[
			"Firefox's policies",
			{ policies: { "3rdparty": { Extensions: { "countersign@webextension": managed } } } },
			'policies.3rdparty.Extensions["countersign@webextension"].policy.',
		],
	])("%s", (name, document, prefix) => {
		const severity = name === "a policy" ? "error" : "warning";
		const lines = found(document).filter((line) => !line.includes(" never "));
		expect(lines.map((line) => line.replace(/^\S+ | \|.*$/g, ""))).toEqual([
			`${severity} unknown-authority ${prefix}rules[0].match[0].authority`,
			`error unknown-field ${prefix}rules[0].x`,
		]);
	});

	it("policies without a part for Countersign are told so", () => {
		expect(found({ policies: { Homepage: {} } })).toEqual([
			'2:14 error invalid policies.3rdparty.Extensions["countersign@webextension"] | docs/administrators.md has an example',
		]);
	});
});

describe("suggestions", () => {
	it("are few and near", () => {
		expect(nearest("blok", ["warn", "block", "strict"])).toEqual(["block"]);
		expect(nearest("zzz", ["warn", "block"])).toEqual([]);
		expect(nearestAuthorities("cnic", known)).toEqual(["cnnic"]);
		expect(nearestAuthorities("lets-encrypt", known)).toContain("isrg-lets-encrypt");
		expect(nearestAuthorities("no-such-thing-anywhere", known)).toEqual([]);
	});
});

describe("countersign lint", () => {
	let folder: string;
	const file = (name: string, content: string): string => {
		const path = join(folder, name);
		writeFileSync(path, content);
		return path;
	};
	beforeAll(() => {
		folder = mkdtempSync(join(tmpdir(), "countersign-lint-"));
	});
	afterAll(() => rmSync(folder, { recursive: true, force: true }));

	const GOOD = JSON.stringify({ version: 1, rules: [{ id: "a", title: "A", match: [{ authority: "cnnic" }] }] });
	const DOUBTED = GOOD.replace('{"authority":"cnnic"}', '{"country":"UK"}');

	it("says that nothing was found, exit code 0", async () => {
		const path = file("good.json", GOOD);
		expect(await ran(["lint", path])).toEqual({
			code: 0,
			stdout: `${path}: nothing found (a policy document, 1 rule)\n`,
			stderr: "",
		});
	});

	it("shows the place in its line, exit code 1", async () => {
		const { code, stdout } = await ran(
			["lint", "-"],
			'{\n\t"version": 1,\n\t"rules": [], "国": "日本", "settings": []\n}\n',
		);
		expect(code).toBe(1);
		expect(stdout).toBe(
			[
				'standard input:3:15: error: ["国"]: unknown field [unknown-field]',
				'     3 │   "rules": [], "国": "日本", "settings": []',
				"       │                ^^^^",
				"  help: these are allowed here: “version”, “rules”, “settings”",
				"",
				"standard input:3:38: error: settings: expected an object, got an array [invalid]",
				'     3 │   "rules": [], "国": "日本", "settings": []',
				"       │                                          ^",
				"",
				"2 errors and 0 warnings",
				"",
			].join("\n"),
		);
	});

	it("leaves out warnings when asked, in the exit code too", async () => {
		expect((await ran(["lint", "-"], DOUBTED)).code).toBe(1);
		expect(await ran(["lint", "--errors-only", "-"], DOUBTED)).toMatchObject({ code: 0 });
	});

	it("prints JSON for programs", async () => {
		const { code, stdout } = await ran(["lint", "--json", "--as", "admin", "-"], DOUBTED);
		expect(code).toBe(1);
		expect(JSON.parse(stdout)).toEqual({
			errors: 0,
			warnings: 1,
			files: [
				{
					file: "standard input",
					kind: "policy",
					rules: 1,
					remarks: [
						{
							severity: "warning",
							code: "unknown-country",
							path: "rules[0].match[0].country",
							line: 1,
							column: 65,
							endLine: 1,
							endColumn: 69,
							text: "“UK” is no country's code: this matches nothing",
							help: "did you mean “GB”?",
							related: [],
						},
					],
				},
			],
		});
	});

	it("cuts long lines to the terminal, shows what would hide, and colours where there is a terminal", async () => {
		const long = GOOD.replace('"title":"A"', `"title":"${"x".repeat(500)}\u{202e}\u{1b}[2J"`);
		const plain = await ran(["lint", "-"], long);
		for (const hidden of ["\u{1b}", "\u{202e}"]) expect(plain.stdout).not.toContain(hidden);
		for (const line of plain.stdout.split("\n").filter((one) => one.includes("│")))
			expect(line.length).toBeLessThan(101);
		expect((await ran(["lint", "-"], long, { env: { LC_ALL: "C", FORCE_COLOR: "1" } })).stdout).toContain("\u{1b}[");
	});

	it.each([
		[["lint"], /no file/],
		[["lint", "--as", "nobody", "-"], /--as: expected one of person, admin, list/],
		[["lint", "--colour", "-"], /--colour/],
		[["lint", "/no/such/file"], /no such file/],
	])("bad input is one line and exit code 2: %j", async (args, line) => {
		const { code, stdout, stderr } = await ran(args);
		expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
		expect(stderr).toMatch(line);
		expect(stderr.trimEnd()).not.toContain("\n");
	});

	it("looks through the biggest document in seconds: 1,000 rules, 1 MiB, all of the same country", async () => {
		const rules = Array.from({ length: 1000 }, (_, index) => ({
			id: `r${index}`,
			title: "A",
			match: Array.from({ length: 40 }, (_, n) => ({ country: n % 2 ? "CN" : "NL" })),
			sites: [`s${index}.example`],
		}));
		const text = JSON.stringify({ version: 1, rules });
		expect(text.length).toBeLessThan(1024 * 1024);
		const start = performance.now();
		const { code } = await ran(["lint", "--json", "-"], text);
		console.log(`lint: ${text.length} bytes in ${(performance.now() - start).toFixed(0)} ms`);
		expect(code).toBe(1);
	});
});
