/**
 * What Firefox's `webRequest.getSecurityInfo` makes of awkward names, and that the core reads it. An
 * extension of the test's own stands in for Countersign and only writes down what it is given.
 */
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readChain } from "../../src/core/chain.ts";
import { compile } from "../../src/core/compile.ts";
import { readHost } from "../../src/core/host.ts";
import { readName } from "../../src/core/name.ts";
import type { Selector } from "../../src/core/policy.ts";
import { derName, type Part } from "../core/der.ts";
import { CATALOGUE } from "../core/draw.ts";
import { Lab } from "../lab/index.ts";
import { forge } from "./forge.ts";
import { type ChromeWindow, EXTENSION_ID, Firefox } from "./harness/index.ts";

const SUFFIX = "names.countersign-lab.com";

interface Case {
	readonly what: string;
	/** Of the intermediate, in DER. */
	readonly name: Buffer;
}

const named = (organization: string, string: Part[2]): Buffer =>
	derName(["C", "US"], ["O", organization, string], ["CN", "x"]);

const CYRILLIC = "Общество с ограниченной ответственностью Национальный удостоверяющий центр";

/** Organisations as they are, and how much of each people are shown. */
const ORGANIZATIONS: readonly [what: string, organization: string, shown: string, string?: Part[2]][] = [
	["65 letters", "x".repeat(65), "x".repeat(65)],
	["128 letters", "x".repeat(128), "x".repeat(128)],
	["129 letters", "x".repeat(129), `${"x".repeat(128)}…`],
	[
		"a long one with a comma",
		`${"Very Long Trust, ".repeat(12)}Inc.`,
		`${"Very Long Trust, ".repeat(12).slice(0, 127)}…`,
	],
	[
		"a long one, a comma where it is not shown",
		`${"Very Long Trust ".repeat(12)}, Inc.`,
		`${"Very Long Trust ".repeat(8).slice(0, 127)}…`,
	],
	[
		"a long one with quotes",
		`"${"Very-Long-Trust".repeat(12)}" Inc.`,
		`"${"Very-Long-Trust".repeat(12).slice(0, 126)}…`,
	],
	["a long Cyrillic one", CYRILLIC, "Общество с ограниченной ответственностью Национальный удостоверяющ…"],
	["a long Chinese one", "中国互联网络信息中心".repeat(6), `${"中国互联网络信息中心".repeat(6).slice(0, 42)}…`],
	["a long one of emoji", "😀".repeat(40), `${"😀".repeat(31)}…`],
	[
		"a long Cyrillic one in BMPString",
		CYRILLIC,
		"Общество с ограниченной ответственностью Национальный удостоверяющ…",
		"bmp",
	],
	["a long one in T61String", "Société-".repeat(20), `${"Société-".repeat(12)}Sociét…`, "t61"],
	["a long one with line feeds", `${"Long\nTrust\n".repeat(15)}.`, `${"Long\nTrust\n".repeat(8)}Long\nT…`],
	["one in T61String", "Société", "Société", "t61"],
	["one in BMPString", "中国 Société", "中国 Société", "bmp"],
	["a comma", "One, Inc.", "One, Inc."],
	["a plus sign and an equals sign", "One+Two=Three", "One+Two=Three"],
	["quotes and a backslash", 'One "Two" \\ Three', 'One "Two" \\ Three'],
	["a number sign in front", "#One", "#One"],
	["spaces around it", "  One  ", "  One  "],
	["a line feed", "One\nTwo", "One\nTwo"],
	["emoji", "One 😀", "One 😀"],
	["dots of its own", "One...", "One..."],
	["what looks like other attributes", "One,O=Two,C=CN", "One,O=Two,C=CN"],
];

/** What Firefox was seen to write for names in DER. */
const MEASURED = (
	JSON.parse(readFileSync(join(import.meta.dirname, "../certificate/fixtures/names.json"), "utf8")) as {
		what: string;
		name: string;
		firefox: string;
	}[]
).map(({ what, name, firefox }) => ({ what, name: Buffer.from(name, "base64"), firefox }));

const CASES: readonly Case[] = [
	...MEASURED,
	...ORGANIZATIONS.map(([what, organization, , string]) => ({ what, name: named(organization, string) })),
];

const MANIFEST = {
	manifest_version: 2,
	name: "Names",
	version: "1",
	browser_specific_settings: { gecko: { id: EXTENSION_ID } },
	permissions: ["webRequest", "webRequestBlocking", "<all_urls>"],
	background: { scripts: ["background.js"], persistent: true },
};

/** Writes down the certificates of every response, by host. */
const BACKGROUND = `
globalThis.seen = {};
browser.webRequest.onHeadersReceived.addListener(
	async ({ url, requestId }) => {
		const info = await browser.webRequest.getSecurityInfo(requestId, { certificateChain: true });
		globalThis.seen[new URL(url).hostname] = info.certificates;
		return {};
	},
	{ urls: ["https://*/*"] },
	["blocking"],
);
`;

const hostOf = (what: string): string => `n${CASES.findIndex((one) => one.what === what)}.${SUFFIX}`;

let lab: Lab;
let firefox: Firefox;
let directory: string;
/** `SecurityInfo.certificates` by host; none where Firefox refused the chain. */
let seen: Readonly<Record<string, { readonly subject: string; readonly issuer: string }[]>>;
/** Intermediates that Node's own TLS cannot send: OpenSSL wants names in order. */
const unsent = new Map<string, string>();

beforeAll(async () => {
	const root = forge({ subject: derName(["CN", "Names Root"]) });
	lab = await Lab.start();
	for (const { name, what } of CASES) {
		const ca = forge({ subject: name, issuer: root });
		const leaf = forge({ subject: derName(["CN", "leaf"]), issuer: ca, host: hostOf(what) });
		try {
			lab.host(hostOf(what), { keyPem: leaf.keyPem, chainPem: leaf.pem + ca.pem }, { "/": { body: "" } });
		} catch {
			unsent.set(what, ca.pem);
		}
	}
	directory = await mkdtemp(join(tmpdir(), "countersign-names-"));
	await writeFile(join(directory, "manifest.json"), JSON.stringify(MANIFEST));
	await writeFile(join(directory, "background.js"), BACKGROUND);
	firefox = await Firefox.start({ lab, roots: [root] });
	await firefox.install(directory);
	const urls = CASES.filter(({ what }) => !unsent.has(what)).map(({ what }) => `https://${hostOf(what)}/`);
	seen = await firefox.background(async (_browser, wanted) => {
		for (const url of wanted) await fetch(url, { mode: "no-cors" }).catch(() => undefined);
		return (globalThis as unknown as { seen: typeof seen }).seen;
	}, urls);
});

afterAll(async () => {
	await firefox?.close();
	await lab?.close();
	if (directory) await rm(directory, { recursive: true, force: true });
});

test("all chains that could be sent came through, but for one whose authority has no name", () => {
	const missing = CASES.filter(({ what }) => !unsent.has(what) && !seen[hostOf(what)]).map(({ what }) => what);
	expect(missing).toEqual(["empty"]);
	expect(Object.keys(seen).length).toBeGreaterThan(190);
});

test("getSecurityInfo writes names as they were measured, the issuer of the leaf like the subject above it", () => {
	const differ = MEASURED.filter(({ what, firefox: measured }) => {
		const [leaf, ca] = seen[hostOf(what)] ?? [];
		return leaf && ca && !(ca.subject === measured && leaf.issuer === measured);
	});
	expect(differ).toEqual([]);
});

test("what cannot be sent by Node is written as measured too, by what getSecurityInfo reads", async () => {
	const written = await firefox.chrome(
		(window: ChromeWindow, pems) => {
			const database = window.Cc["@mozilla.org/security/x509certdb;1"].getService(window.Ci.nsIX509CertDB);
			return pems.map(
				(pem) => database.constructX509FromBase64(pem.replace(/-----.*?-----|\s/g, "")).subjectName as string,
			);
		},
		[...unsent.values()],
	);
	const expected = [...unsent.keys()].map((what) => MEASURED.find((one) => one.what === what)?.firefox);
	expect(written).toEqual(expected);
	expect(unsent.size).toBeGreaterThan(50);
});

describe("an organisation is read and found again", () => {
	test.each(ORGANIZATIONS)("%s", (what, organization, shown) => {
		const evidence = readChain(seen[hostOf(what)]);
		if (evidence.kind !== "chain") expect.fail(`no chain, but ${JSON.stringify(evidence)}`);
		const [, ca] = evidence.chain;
		expect(readName(ca?.subject ?? "")).toEqual({ commonName: "x", organization: shown, country: "US" });

		const rule = { id: "r", title: "r", action: "block", enabled: true } as const;
		const judge = (selector: Selector) =>
			compile({ admin: null, person: { version: 1, rules: [{ ...rule, match: [selector] }] } }, CATALOGUE).judge({
				host: readHost(hostOf(what)),
				evidence,
			});
		expect(judge({ organization: organization.toUpperCase() })).toMatchObject({
			outcome: "refuse",
			finding: { position: 1 },
		});
		expect(judge({ organization: `Q${organization}` })).toMatchObject({ outcome: "accept" });
		expect(judge({ organization: "Two" }), "nothing of a value is taken for an attribute").toMatchObject({
			outcome: "accept",
		});
		expect(judge({ country: "CN" })).toMatchObject({ outcome: "accept" });
	});
});
