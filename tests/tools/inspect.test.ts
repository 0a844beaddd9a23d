import { execFile } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it as test } from "vitest";
import type { Report } from "../../tools/inspect/report.ts";
import { run } from "../../tools/inspect/run.ts";

const project = fileURLToPath(new URL("../..", import.meta.url));
const certs = fileURLToPath(new URL("../fixtures/chains/", import.meta.url));
const shared = join(project, "../shared/data/certs/mitm");

const scratch = await mkdtemp(join(tmpdir(), "inspect-"));
afterAll(() => rm(scratch, { recursive: true }));

// Each run is a process of its own, so the tests wait for one another's less.
const it = test.concurrent;

interface Run {
	readonly code: number;
	readonly stdout: string;
	readonly stderr: string;
}

/** Runs a program from the top of the project. */
function spawn(program: string, args: readonly string[], input: string | Uint8Array = ""): Promise<Run> {
	return new Promise((resolve) => {
		const child = execFile(program, args, { cwd: project }, (error, stdout, stderr) =>
			resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr }),
		);
		child.stdin?.on("error", () => undefined); // The tool need not read it.
		child.stdin?.end(input);
	});
}

/** Exactly what `npm run inspect` runs, without npm's own time. */
const command = (args: readonly string[], input?: Uint8Array) =>
	spawn(process.execPath, ["--import", "tsx", "tools/inspect.ts", ...args], input);

type Reported = Report & { readonly code: number };

function read({ code, stdout, stderr }: Run): Reported {
	expect(stderr).toBe("");
	return { code, ...(JSON.parse(stdout) as Report) };
}

/** The report of the command, without the time that a process of its own takes. */
const report = async (...args: string[]): Promise<Reported> => read(await run(args));

let files = 0;
async function file(content: string | Uint8Array, name = "file"): Promise<string> {
	const folder = join(scratch, String(files++));
	await mkdir(folder);
	const path = join(folder, name);
	await writeFile(path, content);
	return path;
}

/** A policy of one rule, as a file. */
const policy = (match: object[], more: object = {}) =>
	file(JSON.stringify({ version: 1, rules: [{ id: "rule", title: "The rule", match, ...more }] }), "policy.json");

const of = (...names: string[]) => names.map((name) => join(certs, name));
const DIGINOTAR = of("diginotar-leaf-google.com.pem", "diginotar-public-ca-2025.pem", "diginotar-root.pem");
const DIGINOTAR_CROSS = of(
	"diginotar-leaf-google.com.pem",
	"diginotar-public-ca-2025.pem",
	"diginotar-root-by-entrust.pem",
	"entrust-root.pem",
);
const CNNIC = of("cnnic-leaf-partner.outlook.cn.pem", "cnnic-ssl-by-cnnic.pem", "cnnic-root.pem");
const CNNIC_CROSS = of("cnnic-leaf-partner.outlook.cn.pem", "cnnic-ssl-by-entrust.pem", "entrust-root.pem");
const MCS = of("mcs-holdings.pem", "cnnic-root.pem");
const COMODO = of("comodo-leaf-xs4all.nl.pem", "comodo-dv-ca.pem", "comodo-root.pem");

const DIGINOTAR_ROOT_KEY = { spki: "qQOvjAe7kbDZ4/OjDG1TM5/FvUfl1r20dlmIYMBooCQ=" };
const CNNIC_ROOT_KEY = { spki: "H0IkzshPyZztiB/2/P0+IfjFGcVHqmpd094kcwLOUNE=" };
const CNNIC_SSL_KEY = { spki: "Lgxo3yN4EA1dEFgPIwD4pt1QXBGIV/u1xBct4k9rgYM=" };

describe("real chains are refused under a policy that names nothing but one authority", () => {
	it.each([
		["DigiNotar's google.com", DIGINOTAR, DIGINOTAR_ROOT_KEY, 2],
		["DigiNotar's google.com", DIGINOTAR, { organization: "DigiNotar" }, 1],
		["DigiNotar's google.com", DIGINOTAR, { organization: "  diginotar\t" }, 1],
		["DigiNotar's google.com, by Entrust", DIGINOTAR_CROSS, DIGINOTAR_ROOT_KEY, 2],
		["DigiNotar's google.com, by Entrust", DIGINOTAR_CROSS, { organization: "DigiNotar" }, 1],
		["CNNIC's partner.outlook.cn", CNNIC, CNNIC_ROOT_KEY, 2],
		["CNNIC's partner.outlook.cn", CNNIC, { organization: "CNNIC" }, 2],
		["CNNIC's partner.outlook.cn", CNNIC, { authority: "cnnic" }, 1],
		["CNNIC's partner.outlook.cn", CNNIC, { country: "CN" }, 1],
		["CNNIC's partner.outlook.cn, by Entrust", CNNIC_CROSS, CNNIC_SSL_KEY, 1],
		["CNNIC's partner.outlook.cn, by Entrust", CNNIC_CROSS, { organization: "CNNIC SSL" }, 1],
		["CNNIC's partner.outlook.cn, by Entrust", CNNIC_CROSS, { authority: "cnnic" }, 1],
		["MCS Holdings' intermediate", MCS, CNNIC_ROOT_KEY, 1],
		["MCS Holdings' intermediate", MCS, { organization: "CNNIC" }, 1],
		["MCS Holdings' intermediate", MCS, { authority: "cnnic" }, 1],
		["MCS Holdings' intermediate without its root", MCS.slice(0, 1), { organization: "CNNIC" }, 0],
		["MCS Holdings' intermediate without its root", MCS.slice(0, 1), { authority: "cnnic" }, 0],
	])("%s: %#", async (_, chain, selector, position) => {
		const { code, outcome, ...rest } = read(await command(["--policy", await policy([selector]), ...chain]));
		expect({ code, outcome }).toEqual({ code: 1, outcome: "refuse" });
		expect(rest).toMatchObject({ rule: { id: "rule", match: [selector], action: "block" }, position, selector });
		expect(rest.lines).toContain("The rule “The rule” refuses this.");
	});

	it.each([
		["CNNIC's chain by Entrust, which its root is no part of", CNNIC_CROSS, CNNIC_ROOT_KEY],
		["an ordinary chain", COMODO, DIGINOTAR_ROOT_KEY],
		["an ordinary chain", COMODO, { organization: "DigiNotar" }],
		["an ordinary chain", COMODO, { country: "CN" }],
		["DigiNotar's, under CNNIC's rule", DIGINOTAR, { authority: "cnnic" }],
	])("and others are accepted: %s, %#", async (_, chain, selector) =>
		expect(await report("--policy", await policy([selector]), ...chain)).toMatchObject({
			code: 0,
			outcome: "accept",
			rule: null,
			position: null,
			selector: null,
		}),
	);
});

describe("without --policy the first rules apply", () => {
	it.each([
		["CNNIC", CNNIC, "cnnic", 1],
		["CNNIC by Entrust", CNNIC_CROSS, "cnnic", 1],
		["a leaf of CNNIC alone", CNNIC.slice(0, 1), "cnnic", 0],
		["CNNIC's root alone", of("cnnic-root.pem"), "cnnic", 0],
		["MCS Holdings", MCS, "cnnic", 0],
		["Kazakhstan's root of 2020", of("kazakhstan-root-2020.pem"), "kazakhstan", 0],
		["the certificate that iCloud's users were shown in 2014", of("self-made-icloud.com.pem"), "clicked-through", 0],
	])("%s", async (_, chain, id, position) =>
		expect(read(await command(chain))).toMatchObject({ code: 1, outcome: "refuse", rule: { id }, position }),
	);

	it("an ordinary chain is accepted", async () =>
		expect(await report(...COMODO)).toMatchObject({ code: 0, outcome: "accept" }));

	it("a self-made certificate is accepted for a router", async () => {
		const self = of("self-made-icloud.com.pem");
		expect(await report("--host", "192.168.178.1", ...self)).toMatchObject({ code: 0, outcome: "accept" });
		expect(await report("--host", "router", ...self)).toMatchObject({ code: 0 });
		expect(await report("--host", "www.icloud.com", ...self)).toMatchObject({ code: 1 });
	});
});

/** The findings of a report, by id. */
const findings = async (...args: string[]): Promise<Record<string, string>> =>
	Object.fromEntries((await report(...args)).findings.map(({ id, text }) => [id, text]));

const ALONE = "Whoever answered made this identity document: no one else vouches for it.";

describe("the findings of the certificates that were shown to people in China, 2013 to 2015", () => {
	it.each([
		["self-made-github.com.pem", "github.com", null],
		["self-made-google.com-july-2014.pem", "google.com", ALONE],
		["self-made-google.com-september-2014.pem", "google.com", ALONE],
		["self-made-yahoo.com.pem", "yahoo.com", ALONE],
		["self-made-hotmail.com-2014.pem", "hotmai.com", ALONE],
		["self-made-icloud.com.pem", "www.icloud.com", ALONE],
		["self-made-facebook.com.pem", "www.facebook.com", ALONE],
		["self-made-hotmail.com-2015.pem", "*.hotmail.com", ALONE],
	])("%s: nobody vouches", async (name, site, alone) => {
		expect(await findings(...of(name))).toEqual({
			decision: "You told Countersign to stop pages whose warning was clicked away.",
			"clicked-trust": `Nobody that Firefox trusts vouches for ${site}.`,
			"self-signed":
				alone ??
				"This identity document names itself as the one who vouches for it, but it does not even fit its own key.",
		});
		// OpenSSL agrees on whether it fits its own key.
		const certificate = new X509Certificate(await readFile(join(certs, name)));
		expect(certificate.verify(certificate.publicKey)).toBe(alone !== null);
	});
});

describe("the findings of other real chains", () => {
	it("DigiNotar's google.com: who vouched, and what is known of them", async () => {
		const found = await report("--host", "www.google.com", ...DIGINOTAR);
		expect(found.findings.slice(0, 2)).toEqual([
			{
				id: "added-root",
				weight: "warning",
				text: "DigiNotar vouches for www.google.com, and it did not come with Firefox.",
				source: "Firefox: CertificateInfo.isBuiltInRoot",
			},
			{
				id: "known-incident",
				weight: "notice",
				text: expect.stringMatching(/^What is known of DigiNotar \(2011-07-19\): .*google\.com.*Iran/),
				source: "https://blog.mozilla.org/security/2011/09/02/diginotar-removal-follow-up/",
			},
		]);
	});

	it("CNNIC's by Entrust: its key also stands under Entrust, and that changes nothing", async () =>
		expect(await findings(...CNNIC_CROSS)).toMatchObject({
			decision: "You told Countersign not to accept CNNIC.",
			"cross-signed": "partner.outlook.cn proves who it is only through CNNIC, backed by Entrust.",
			"known-incident": expect.stringContaining("What is known of CNNIC"),
		}));

	it("CNNIC's, by its country, its name, and from a day on", async () => {
		const found = await findings("--policy", await policy([{ country: "CN" }]), ...CNNIC);
		expect(found).toMatchObject({ "by-country": "CNNIC is from China." });
		const named = await policy([{ organization: "CNNIC" }], { issuedAfter: "2012-01-01T00:00:00Z" });
		expect(await findings("--policy", named, ...CNNIC)).toMatchObject({
			"by-name": "The rule goes by the name “CNNIC”, and that name was found.",
			"by-date": expect.stringMatching(/^The rule counts from January 1, 2012\. .* was made on \w+ \d+, 201\d\.$/),
		});
	});

	it("an ordinary chain: who vouches, and from which country", async () =>
		expect(await findings(...COMODO)).toMatchObject({
			vouched: "Sectigo (United Kingdom) vouches for xs4all.nl.",
			"foreign-authority": expect.stringContaining("(Netherlands)"),
		}));

	it("a leaf alone: by the name of the signer that is missing", async () =>
		expect(await findings("--policy", await policy([{ organization: "Nobody" }]), ...CNNIC.slice(0, 1))).toMatchObject({
			vouched: "CNNIC SSL (China) vouches for partner.outlook.cn.",
		}));
});

describe("the report", () => {
	it("holds exactly what docs/inspect.md says", async () => {
		const result = await report("--policy", await policy([CNNIC_ROOT_KEY], { reason: "Because." }), ...CNNIC);
		expect(result).toEqual({
			code: 1,
			outcome: "refuse",
			rule: {
				id: "rule",
				title: "The rule",
				reason: "Because.",
				match: [CNNIC_ROOT_KEY],
				action: "block",
				enabled: true,
			},
			position: 2,
			selector: CNNIC_ROOT_KEY,
			chain: [
				{
					subject:
						"CN=partner.outlook.cn,OU=Office365,O=Shanghai Blue Cloud Technology Co. Ltd,L=Shanghai,ST=Shanghai,C=CN",
					issuer: "CN=CNNIC SSL,O=CNNIC SSL,C=CN",
					country: "CN",
					authority: null,
					notBefore: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
					notAfter: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
					sha256: expect.stringMatching(/^8509ccb881db[0-9a-f]{52}$/),
					spki: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/),
				},
				{
					subject: "CN=CNNIC SSL,O=CNNIC SSL,C=CN",
					issuer: "CN=CNNIC ROOT,O=CNNIC,C=CN",
					country: "CN",
					authority: { id: "cnnic", name: "CNNIC", country: "CN" },
					notBefore: "2010-01-28T03:03:21Z",
					notAfter: "2017-04-16T05:00:40Z",
					sha256: "e4f7024043054c6ea7db92a3f532d0c88fd8774d6b703c86c2a68b756d98b5da",
					spki: CNNIC_SSL_KEY.spki,
				},
				{
					subject: "CN=CNNIC ROOT,O=CNNIC,C=CN",
					issuer: "CN=CNNIC ROOT,O=CNNIC,C=CN",
					country: "CN",
					authority: { id: "cnnic", name: "CNNIC", country: "CN" },
					notBefore: "2007-04-16T07:09:14Z",
					notAfter: "2027-04-16T07:09:14Z",
					sha256: "e28393773da845a679f2080cc7fb44a3b7a1c3792cb7eb7729fdcb6a8d99aea7",
					spki: CNNIC_ROOT_KEY.spki,
				},
			],
			lines: [
				"partner.outlook.cn shows an identity document.",
				"CNNIC SSL (CNNIC, CN) vouches for partner.outlook.cn.",
				"CNNIC ROOT (CNNIC, CN) vouches for CNNIC SSL (CNNIC, CN).",
				"CNNIC ROOT (CNNIC, CN) vouches for itself. Firefox does not ship it: someone would have to add it to the computer.",
				"CNNIC ROOT (CNNIC, CN) has a key that the rule names.",
				"The rule “The rule” refuses this.",
				"The reason given: Because.",
			],
			findings: [
				{
					id: "decision",
					weight: "refused",
					text: "You told Countersign not to accept CNNIC.",
					source: "docs/how-it-decides.md",
				},
				{
					id: "refused-authority",
					weight: "refused",
					text: "partner.outlook.cn proves who it is only through CNNIC.",
					source: "RFC 5280 section 3.2",
				},
				{
					id: "known-incident",
					weight: "notice",
					text: expect.stringMatching(/^What is known of CNNIC \(2015-03-20\): /),
					source: "https://security.googleblog.com/2015/03/maintaining-digital-certificate-security.html",
				},
			],
		});
	});

	it("is the same whatever the order, the format and the number of files", async () => {
		const expected = await report(...DIGINOTAR);
		expect(expected.chain.map(({ subject }) => /CN=([^,]+)/.exec(subject)?.[1])).toEqual([
			"*.google.com",
			"DigiNotar Public CA 2025",
			"DigiNotar Root CA",
		]);
		const pems = await Promise.all(DIGINOTAR.map((name) => readFile(name, "utf8")));
		expect(await report(...DIGINOTAR.toReversed())).toEqual(expected);
		expect(await report(await file(pems.toReversed().join("some text\n")))).toEqual(expected);
		expect(await report(...of("diginotar-chain.p7b"))).toEqual(expected);
		expect(await report(...DIGINOTAR.slice(1), ...of("diginotar-leaf-google.com.der"))).toEqual(expected);
		expect(await report(...DIGINOTAR, ...DIGINOTAR)).toEqual(expected);
	});

	it("reads the standard input", async () => {
		const chain = await readFile(join(certs, "diginotar-chain.p7b"));
		const { code, stdout } = await command(["-"], chain);
		expect(code).toBe(0);
		expect(JSON.parse(stdout)).toMatchObject({ chain: { length: 3 } });
	});

	it("says what was left out, and what is missing", async () => {
		const two = await report(...COMODO, ...of("diginotar-root.pem"));
		expect(two.lines).toContain(
			"Left out, because they do not belong to this chain (1): DigiNotar Root CA (DigiNotar, NL).",
		);
		const open = await report(...COMODO.slice(0, 2));
		expect(open.lines.join("\n")).toContain("is missing here. It is called COMODO RSA Certification Authority");
		const self = await report(...of("self-made-icloud.com.pem"));
		expect(self.lines[0]).toMatch(/^Nobody vouches for www\.icloud\.com: it made its identity document itself\./);
	});

	it("does not take a leaf for an authority", async () =>
		expect(await report("--policy", await policy([{ country: "CN" }]), ...CNNIC.slice(0, 1))).toMatchObject({
			// Its issuer's name says CN, and that is what is found.
			lines: expect.arrayContaining([expect.stringMatching(/says that CNNIC SSL \(CN\) vouches for it/)]),
		}));

	it("tells roots that Firefox ships from others", async () => {
		const added = await policy([{ root: "not-built-in" }]);
		expect(await report("--policy", added, ...COMODO)).toMatchObject({ outcome: "accept" });
		expect(await report("--policy", added, ...CNNIC)).toMatchObject({ outcome: "refuse", position: 2 });
		// Without its end nothing is known of it.
		expect(await report("--policy", added, ...CNNIC.slice(0, 2))).toMatchObject({ outcome: "accept" });
	});

	it("follows the host, and says when one is missing", async () => {
		const limited = await policy([CNNIC_ROOT_KEY], { acceptFor: ["cn"], action: "strict" });
		const hint =
			"No site was named, so this was judged as for one that no rule names. For some sites it may be different.";
		const without = await report("--policy", limited, ...CNNIC);
		expect(without).toMatchObject({ outcome: "refuse" });
		expect(without.lines).toContain(hint);
		expect(without.lines).toContain("The rule “The rule” refuses this, with no way through.");
		expect(await report("--policy", limited, "--host", "Partner.Outlook.CN.", ...CNNIC)).toMatchObject({ code: 0 });
		expect(await report("--policy", limited, "--host", "outlook.com", ...CNNIC)).toMatchObject({ code: 1 });

		const some = await policy([CNNIC_ROOT_KEY], { sites: ["bücher.example", "2001:db8::/32"] });
		const silent = await report("--policy", some, ...CNNIC);
		expect(silent).toMatchObject({ code: 0 });
		expect(silent.lines).toContain(hint);
		expect(await report("--policy", some, "--host", "www.xn--bcher-kva.example", ...CNNIC)).toMatchObject({ code: 1 });
		expect(await report("--policy", some, "--host", "[2001:db8::1]", ...CNNIC)).toMatchObject({ code: 1 });
	});

	it("warns with exit code 1", async () =>
		expect(await report("--policy", await policy([CNNIC_ROOT_KEY], { action: "warn" }), ...CNNIC)).toMatchObject({
			code: 1,
			outcome: "warn",
			lines: expect.arrayContaining(["The rule “The rule” warns about this."]),
		}));

	it("follows dates and exceptions of a rule", async () => {
		const later = await policy([CNNIC_ROOT_KEY], { issuedAfter: "2030-01-01T00:00:00Z" });
		expect(await report("--policy", later, ...CNNIC)).toMatchObject({ code: 0 });
		const spared = await policy([CNNIC_ROOT_KEY], { except: [CNNIC_SSL_KEY] });
		expect(await report("--policy", spared, ...CNNIC)).toMatchObject({ code: 0 });
		expect(await report("--policy", spared, ...MCS)).toMatchObject({ code: 1 });
	});
});

describe("bad input gives exit code 2 and one clear line", () => {
	const bad = async (...args: string[]) => {
		const { code, stdout, stderr } = await run(args);
		expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
		expect(stderr).toMatch(/^inspect: [^\n]+\n$/);
		expect(stderr).not.toMatch(/should not happen|\bat .*:\d+/);
		return stderr.slice("inspect: ".length, -1).replaceAll(scratch, "…");
	};

	it("no files", async () => expect(await bad()).toBe("no file of certificates was given (--help says how)"));
	it("a file that is not there", async () => expect(await bad("nowhere.pem")).toBe("nowhere.pem: no such file"));
	it("a folder", async () => expect(await bad(certs)).toMatch(/: this is a folder, not a file$/));
	it("a path through a file", async () => expect(await bad(join(DIGINOTAR[0] ?? "", "x"))).toMatch(/: no such file$/));
	it("a name that no file can have", async () => {
		expect(await bad("x".repeat(5000))).toMatch(/: the name is too long$/);
		expect(await bad("")).toMatch(/^: no such file$/);
	});
	it("an empty file", async () => expect(await bad(await file(""))).toMatch(/: the file is empty$/));
	it("junk", async () => {
		const junk = new Uint8Array(1024 * 1024).map((_, index) => (index * 7919) % 251);
		expect(await bad(await file(junk))).toMatch(/no certificate was found; expected PEM, DER or PKCS#7$/);
		expect(await bad(await file(`MII${"x".repeat(1024 * 1024)}`))).toMatch(/: /);
		expect(await bad(await file(Uint8Array.of(0x30, 0x84, 0xff, 0xff, 0xff, 0xff)))).toMatch(/cut off/);
	});
	it("a gzipped chain", async () =>
		expect(await bad(await file(gzipSync(await readFile(DIGINOTAR[0] ?? ""))))).toMatch(/no certificate was found/));
	it("a file without end", async () => expect(await bad("/dev/zero")).toMatch(/^\/dev\/zero: /));
	it("an empty standard input, in a process of its own", async () =>
		expect(await command(["-"])).toEqual({
			code: 2,
			stdout: "",
			stderr: "inspect: standard input: the file is empty\n",
		}));
	it("half a certificate", async () => {
		const half = (await readFile(DIGINOTAR[0] ?? "", "utf8")).slice(0, 900);
		expect(await bad(await file(half))).toMatch(/is cut off/);
	});
	it("a good file beside a bad one", async () =>
		expect(await bad(...COMODO, "nowhere.pem")).toBe("nowhere.pem: no such file"));
	it("an unknown option", async () => expect(await bad("--colour", ...COMODO)).toMatch(/^Unknown option '--colour'/));
	it("an option without its value", async () => expect(await bad(...COMODO, "--policy")).toMatch(/--policy/));
	it("a host that is none", async () => {
		expect(await bad("--host", "https://x.example/", ...COMODO)).toBe(
			'--host: expected a domain name or an IP address, not a web address, got "https://x.example/"',
		);
		expect(await bad("--host", "", ...COMODO)).toMatch(/^--host: expected /);
	});

	it.each([
		["{", /: document: expected JSON, got an error: [^\n]+$/],
		["", /: document: expected JSON, got an error: [^\n]+$/],
		['{"version":2,"rules":[]}', /: version: expected 1, got 2: this document needs a newer Countersign$/],
		[
			'{"version":1,"rules":[{"id":"a","title":"a","match":[{"spki":"H0IkzshPyZ…="}]}]}',
			/: rules\[0\]\.match\[0\]\.spki: expected 44 base64 characters, got 12$/,
		],
		[
			'{"version":1,"rules":[{"id":"a","title":"a","match":[{"authority":"x"}]}]}',
			/: rules\[0\]\.match\[0\]\.authority: expected the id of a known authority, got "x"$/,
		],
		['{"version":1,"rules":[],"colour":1}', /: colour: unknown field$/],
		[" ".repeat(1024 * 1024 + 10), /: document: expected at most 1048576 bytes, got more$/],
		[Uint8Array.of(0x7b, 0xff), /: document: expected text in UTF-8$/],
	])("a bad policy: %.60s", async (content, error) =>
		expect(await bad("--policy", await file(content), ...COMODO)).toMatch(error),
	);

	it("a policy that is not there", async () =>
		expect(await bad("--policy", "nowhere.json", ...COMODO)).toBe("nowhere.json: no such file"));
});

describe("the command", () => {
	it("--help tells how, and is no error", async () => {
		const { code, stdout, stderr } = await command(["--help", "nowhere.pem"]);
		expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
		expect(stdout).toMatch(/^Usage: npm run --silent inspect -- \[--policy FILE\] \[--host NAME\] CHAIN/);
	});

	it("runs as `npm run --silent inspect`", async () => {
		const { code, stdout } = await spawn("npm", ["run", "--silent", "inspect", "--", ...CNNIC]);
		expect(code).toBe(1);
		expect(JSON.parse(stdout)).toMatchObject({ outcome: "refuse" });
	});

	// The whole collection lies beside the project and is not part of it; the fixtures are copies.
	test.runIf(existsSync(shared))("on the sets of real attacks as they were collected", async () => {
		const set = async (name: string) => {
			const { readdir } = await import("node:fs/promises");
			return (await readdir(join(shared, name))).map((entry) => join(shared, name, entry));
		};
		const diginotar = await policy([DIGINOTAR_ROOT_KEY]);
		expect(await report("--policy", diginotar, ...(await set("diginotar-2011")))).toMatchObject({ outcome: "refuse" });
		expect(await report(...(await set("cnnic-mcs-2015")))).toMatchObject({ rule: { id: "cnnic" } });
		expect(await report(...(await set("cnnic-real-chains")))).toMatchObject({ rule: { id: "cnnic" } });
		for (const path of await set("gfw-2013-2015")) {
			expect(await report(path)).toMatchObject({ code: 1, rule: { id: "clicked-through" } });
		}
		for (const path of await set("kazakhstan")) {
			expect(await report(path)).toMatchObject({ code: 1, rule: { id: "kazakhstan" } });
		}
	});
});
