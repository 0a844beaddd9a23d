import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createCatalogue } from "../../src/catalogue/rows.ts";
import type { Certificate, Chain } from "../../src/core/chain.ts";
import type { Finding, Verdict } from "../../src/core/judge.ts";
import type { Action, Selector } from "../../src/core/policy.ts";
import { chainLines, type Line, titleOf, verdictLines } from "../../src/core/words.ts";
import { readTexts } from "../../tools/inspect/report.ts";

const catalogue = createCatalogue({
	authorities: [{ id: "acme", name: "Acme Trust", country: "CN", keys: ["acme"], names: [], keyIdentifiers: [] }],
});
const write = await readTexts();

const certificate = (subject: string, issuer: string, over: Partial<Certificate> = {}): Certificate => ({
	subject,
	issuer,
	notBefore: 0,
	notAfter: 1,
	sha256: "AB",
	spki: "other",
	builtInRoot: null,
	...over,
});
const LEAF = certificate("CN=www.example.com,O=Example,C=DE", "CN=CA,O=Acme,C=US");
const CA = certificate("CN=CA,O=Acme,C=US", "CN=Root,O=Root", { spki: "acme" });
const ROOT = certificate("CN=Root,O=Root", "CN=Root,O=Root");
const chain = (...certificates: Certificate[]) => certificates as unknown as Chain;

const say = (lines: readonly Line[]) => lines.map(write);

describe("a title", () => {
	it.each([
		["CN=CA,O=Acme,C=us", "other", "CA (Acme, US)"],
		["CN=CA,O=Acme,C=US", "acme", "CA (Acme Trust, CN)"],
		["CN=Acme,O=Acme", "other", "Acme"],
		["O=Acme,C=US", "other", "Acme (US)"],
		["OU=Only a unit", "other", "OU=Only a unit"],
		["", "acme", " (Acme Trust, CN)"],
		["", "other", ""],
	])("of %j with the key %s is %j", (subject, spki, title) =>
		expect(titleOf({ subject, spki }, catalogue)).toBe(title),
	);
});

describe("the lines of a chain", () => {
	it("tell who vouches for whom", () =>
		expect(say(chainLines(chain(LEAF, CA, ROOT), catalogue))).toEqual([
			"www.example.com shows an identity document.",
			"CA (Acme Trust, CN) vouches for www.example.com.",
			"Root vouches for CA (Acme Trust, CN).",
			"Root vouches for itself.",
		]));

	it.each([
		[true, "Root vouches for itself, and Firefox trusts it as it is."],
		[false, "Root vouches for itself. Firefox does not ship it: someone would have to add it to the computer."],
		[null, "Root vouches for itself."],
	])("tell how it ends: shipped %s", (builtInRoot, line) =>
		expect(say(chainLines(chain(LEAF, CA, { ...ROOT, builtInRoot }), catalogue)).at(-1)).toBe(line),
	);

	it("tell what is missing", () =>
		expect(say(chainLines(chain(LEAF, CA), catalogue)).at(-1)).toBe(
			"The one that vouches for CA (Acme Trust, CN) is missing here. It is called Root, and was judged by what is known of that name.",
		));

	it("tell that a site vouches for itself", () => {
		expect(say(chainLines(chain(ROOT), catalogue, true))).toHaveLength(1);
		expect(say(chainLines(chain(ROOT), catalogue))).toEqual(["Root vouches for itself."]);
	});
});

describe("the lines of a verdict", () => {
	const found = (selector: Selector, position: number, action: Action = "block"): Verdict => {
		const rule = { id: "r", title: "My rule", reason: "Because.", match: [selector], action, enabled: true };
		const finding: Finding = {
			rule: { ref: "r", source: "person", rule, exceptable: true },
			selector,
			position,
			bound: { kind: "host" },
		};
		return { outcome: action === "warn" ? "warn" : "refuse", finding, excepted: [] };
	};
	const all = [LEAF, CA, ROOT];

	it.each<[Selector, string]>([
		[{ spki: "acme" }, "CA (Acme Trust, CN) has a key that the rule names."],
		[{ certificate: "ab" }, "The identity document of CA (Acme Trust, CN) is one that the rule names."],
		[{ authority: "acme" }, "CA (Acme Trust, CN) has a key of Acme Trust, which the rule names."],
		[{ organization: "Acme" }, "CA (Acme Trust, CN) carries the name of an organization that the rule names: Acme."],
		[{ country: "CN" }, "CA (Acme Trust, CN) is from a country that the rule names: CN."],
		[
			{ root: "not-built-in" },
			"The rule is for all that ends in something Firefox does not ship, such as CA (Acme Trust, CN).",
		],
		[{ overridden: "any" }, "The rule is for errors that were clicked through."],
	])("tell what was found: %j", (selector, line) =>
		expect(say(verdictLines(found(selector, 1), all, catalogue))).toEqual([
			line,
			"The rule “My rule” refuses this.",
			"The reason given: Because.",
		]),
	);

	it("tell of a signer known by name only", () =>
		expect(say(verdictLines(found({ country: "US" }, 0), all, catalogue, true))[0]).toBe(
			"www.example.com (Example, DE) says that CA (Acme, US) vouches for it, and the rule names that one.",
		));

	it("tell the severity", () => {
		expect(say(verdictLines(found({ spki: "x" }, 1, "warn"), all, catalogue))[1]).toBe(
			"The rule “My rule” warns about this.",
		);
		expect(say(verdictLines(found({ spki: "x" }, 1, "strict"), all, catalogue))[1]).toBe(
			"The rule “My rule” refuses this, with no way through.",
		);
		expect(say(verdictLines({ outcome: "accept", excepted: [] }, all, catalogue))).toEqual(["No rule stops this."]);
		expect(say(verdictLines({ outcome: "unverifiable", why: "no-chain" }, [], catalogue))).toEqual([
			"Nobody could be seen vouching for this.",
		]);
	});
});

describe("the texts of lines", () => {
	const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
	const messages = JSON.parse(read("public/_locales/en/messages.json")) as Record<
		string,
		{ message: string; placeholders?: Record<string, { content: string }> }
	>;
	const source = read("src/core/words.ts") + read("tools/inspect/report.ts");
	const keys = [...new Set(source.match(/(?<=")line[A-Z]\w+(?=")/g))];

	it("are there for every key, and for no other", () =>
		expect(
			Object.keys(messages)
				.filter((key) => key.startsWith("line"))
				.sort(),
		).toEqual(keys.sort()));

	it.each(keys)("%s uses each of its placeholders", (key) => {
		const { message = "", placeholders = {} } = messages[key] ?? {};
		const used = [...message.matchAll(/\$(\w+)\$/g)].map(([, name]) => name?.toLowerCase());
		expect(used.sort()).toEqual(Object.keys(placeholders).sort());
		expect(Object.values(placeholders).map(({ content }) => content)).toEqual(
			Object.keys(placeholders).map((_, index) => `$${index + 1}`),
		);
	});
});
