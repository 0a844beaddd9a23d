/** What `countersign export` writes, and that nothing of a policy gets into it but hashes and certificates. */
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Window } from "happy-dom";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Report } from "../../cli/export/report.ts";
import type { Rule } from "../../src/core/policy.ts";
import { filesBelow } from "../../tools/xpi.ts";
import { Pki } from "../pki/index.ts";
import { ran } from "./io.ts";

const TARGETS = ["chrome", "edge", "brave", "chromium", "nss", "debian", "p11-kit", "macos", "windows"];
const BROWSERS = TARGETS.slice(0, 4);

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "countersign-export-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = (...path: string[]): string => readFileSync(join(folder, ...path), "utf8");

function write(name: string, content: string | object): string {
	const file = join(folder, name);
	writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
	return file;
}

const rule = (more: Partial<Rule> = {}): object => ({
	id: "cnnic",
	title: "CNNIC",
	match: [{ authority: "cnnic" }],
	...more,
});
const policy = (...rules: readonly object[]): object => ({ version: 1, rules });

/** Exports to `out`, and gives what `--json` says. */
async function exported(document: object, ...more: readonly string[]): Promise<{ code: number; reports: Report[] }> {
	const file = write("policy.json", document);
	const { code, stdout, stderr } = await ran([
		...["export", "--for", "all", "--json", "--force", "--policy", file, "--out", join(folder, "out")],
		...more,
	]);
	expect(stderr).toBe("");
	return { code, reports: JSON.parse(stdout) as Report[] };
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

describe("the command", () => {
	it.each<[string[], RegExp]>([
		[[], /--for: name one of chrome, edge, .*windows/],
		[["--for", "opera"], /no “opera”/],
		[["--for", "chrome", "left"], /“left” is no option/],
		[["--for", "chrome", "--colour"], /--help says how/],
		[["--for", "chrome", "--policy", "/nowhere/policy.json"], /policy\.json: no such file/],
		[["--for", "chrome", "--widen", "nothing"], /no rule “nothing”/],
		[["--for", "chrome", "--certificates", "package.json"], /no certificate was found/],
	])("refuses bad input with one line: %j", async (args, message) => {
		const { code, stdout, stderr } = await ran(["export", ...args, "--out", join(folder, "out")]);
		expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
		expect(stderr).toMatch(message);
		expect(stderr.trimEnd()).not.toContain("\n");
		expect(readdirSync(folder)).toEqual([]);
	});

	it("says how it is called, and names every target", async () => {
		const { code, stdout } = await ran(["export", "--help"]);
		expect(code).toBe(0);
		for (const target of TARGETS) expect(stdout).toContain(target);
	});

	it("ends with 0 only where everything is carried", async () => {
		const out = join(folder, "out");
		const whole = write("whole.json", policy(rule()));
		expect((await ran(["export", "--for", "chrome", "--policy", whole, "--out", out])).code).toBe(0);
		expect(read("out/chrome/README.txt")).toContain("Your rules are carried as a whole.");
		const half = write("half.json", policy(rule(), rule({ id: "half", title: "Half", acceptFor: ["cn"] })));
		const { code, stdout } = await ran(["export", "--for", "chrome", "--policy", half, "--out", out, "--force"]);
		expect(code).toBe(1);
		expect(stdout).toContain("“Half” is left out");
		const nothing = write("nothing.json", policy(rule({ enabled: false })));
		expect((await ran(["export", "--for", "chrome", "--policy", nothing, "--out", out, "--force"])).code).toBe(1);
		expect(JSON.parse(read("out/chrome/countersign.json"))).toEqual({ CADistrustedCertificates: [] });
		expect(readdirSync(join(out, "chrome/certificates"))).toEqual([]);
	});

	it("does not write over what is there unless told to", async () => {
		const args = ["export", "--for", "debian", "--out", join(folder, "out")];
		expect((await ran(args)).code).toBe(1);
		const before = read("out/debian/README.txt");
		const again = await ran(args);
		expect(again.code).toBe(2);
		expect(again.stderr).toContain("--force");
		expect(read("out/debian/README.txt")).toBe(before);
		expect((await ran([...args, "--force"])).code).toBe(1);
	});

	it("says where it cannot write", async () => {
		const file = write("file", "");
		const { code, stderr } = await ran(["export", "--for", "debian", "--out", file]);
		expect(code).toBe(2);
		expect(stderr).toContain(`${join(file, "debian")}: it cannot be written (ENOTDIR)`);
	});

	it("speaks the person's language", async () => {
		const { stdout } = await ran(["export", "--for", "debian", "--out", join(folder, "out"), "--language", "de"]);
		const german = JSON.parse(readFileSync("cli/words/de.json", "utf8")).export;
		expect(stdout).toContain(german.written.split("{folder}")[1]);
		expect(read("out/debian/README.txt")).toContain(german.headUndo);
	});
});

describe("what is written", () => {
	it("for each browser is one list in four forms", async () => {
		const { reports } = await exported(policy(rule()), "--no-way-through");
		const keys = reports[0]?.refused.map(({ spki }) => spki) ?? [];
		expect(keys).toHaveLength(6);
		for (const browser of BROWSERS) {
			const { CADistrustedCertificates: list, ...rest } = JSON.parse(read("out", browser, "countersign.json"));
			expect(rest).toEqual({ SSLErrorOverrideAllowed: false });
			expect(list).toHaveLength(keys.length);

			const apply = read("out", browser, "apply.reg");
			const undo = read("out", browser, "undo.reg");
			for (const text of [apply, undo]) {
				// Only what the registry editor takes for headers, keys, a number, and base64 in quotes.
				expect(text).toMatch(
					/^Windows Registry Editor Version 5\.00\r\n\r\n\[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\/,
				);
				for (const line of text.split("\r\n")) {
					expect(line).toMatch(
						/^(|Windows Registry Editor Version 5\.00|\[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\[A-Za-z\\]+\]|"SSLErrorOverrideAllowed"=(dword:00000000|-)|"51\d{4}"=("[A-Za-z0-9+/=]+"|-))$/,
					);
				}
			}
			expect([...apply.matchAll(/^"\d+"="(.*)"\r$/gm)].map(([, text]) => text)).toEqual(list);
			// Undoing names the values that were set, and takes away nothing else.
			const names = (text: string) => [...text.matchAll(/^(\[.*\]|"\w+")/gm)].map(([name]) => name);
			expect(names(undo)).toEqual(names(apply));
			expect(undo).not.toMatch(/^\[-|"="/m);

			const document = new new Window().DOMParser().parseFromString(
				read("out", browser, "countersign.mobileconfig"),
				"text/xml",
			);
			const strings = [...document.querySelectorAll("array array string")].map(({ textContent }) => textContent);
			expect(strings).toEqual(list);
			expect(document.querySelector("dict > array > dict")?.textContent).toContain("SSLErrorOverrideAllowed");

			const certificates = readdirSync(join(folder, "out", browser, "certificates"));
			expect(certificates).toHaveLength(keys.length);
			for (const name of certificates) {
				const bytes = readFileSync(join(folder, "out", browser, "certificates", name));
				expect(name).toBe(`${sha256(bytes)}.crt`);
				expect(list).toContain(bytes.toString("base64"));
			}
		}
	});

	it("leaves the way through alone unless told otherwise", async () => {
		await exported(policy(rule()));
		for (const browser of BROWSERS) {
			for (const file of filesBelow(join(folder, "out", browser))) {
				if (!file.endsWith(".crt")) expect(read("out", browser, file), file).not.toContain("SSLErrorOverrideAllowed");
			}
		}
	});

	it("is the same each time, and an update of a profile takes the place of the one before", async () => {
		const profile = async (...rules: readonly object[]) => {
			await exported(policy(...rules));
			const text = read("out/chrome/countersign.mobileconfig");
			const last = (key: string) => text.match(new RegExp(`<key>${key}</key><string>(.*)</string>`, "g"))?.at(-1);
			return { text, id: last("PayloadIdentifier"), uuid: last("PayloadUUID") };
		};
		const first = await profile(rule());
		expect(await profile(rule())).toEqual(first);
		const other = await profile(rule({ match: [{ authority: "kazakhstan" }] }));
		expect(other.id).toBe(first.id);
		expect(other.uuid).not.toBe(first.uuid);
		expect(first.uuid).toMatch(/[0-9A-F]{8}-[0-9A-F]{4}-8[0-9A-F]{3}-A[0-9A-F]{3}-[0-9A-F]{12}/);
	});

	it("for the others is a script with every certificate in it", async () => {
		const { reports } = await exported(policy(rule()));
		for (const target of ["nss", "p11-kit", "macos", "windows"]) {
			const report = reports.find((one) => one.target === target);
			const certificates = report?.refused.flatMap((one) => one.certificates) ?? [];
			expect(certificates).toHaveLength(10);
			const [name = ""] = report?.files.filter((file) => file.startsWith("countersign-")) ?? [];
			// Each of them whole: base64 in one piece, or in lines of PEM.
			const text = read("out", target, name).replace(/([A-Za-z0-9+/=]{64})\r?\n(?=[A-Za-z0-9+/=]+\r?\n)/g, "$1");
			const found = [...text.matchAll(/(?:^|\s)(MII[A-Za-z0-9+/=]+)\s*$/gm)].map(([, base64 = ""]) =>
				sha256(Buffer.from(base64, "base64")),
			);
			expect(found.toSorted()).toEqual(certificates.toSorted());
		}
		const debian = read("out/debian/countersign-debian.sh");
		const keys = reports.find(({ target }) => target === "debian")?.refused.map(({ spki }) => spki) ?? [];
		for (const spki of keys) expect(debian).toContain(`\nkey ${Buffer.from(spki, "base64").toString("hex")}\n`);
	});

	it("says in README.txt what is refused, by whom, and what is not", async () => {
		const { reports } = await exported(
			policy(
				rule(),
				rule({ id: "dated", title: "Dated", issuedAfter: "2015-04-01T00:00:00Z" }),
				rule({ id: "clicked", title: "Clicked", match: [{ overridden: "any" }] }),
				rule({ id: "china", title: "China", match: [{ country: "CN" }] }),
			),
		);
		for (const { target, refused, complete } of reports) {
			expect(complete).toBe(false);
			const readme = read("out", target, "README.txt");
			for (const { certificates } of refused) for (const hash of certificates) expect(readme).toContain(hash);
			expect(readme).toContain("“Dated” is left out");
			expect(readme).toContain("“Clicked”: that somebody clicked through");
			expect(readme).toContain("“China” is carried as the keys that are known today.");
			expect(readme).toMatch(/\nTo undo it\n/);
			for (const line of readme.split("\n")) if (!line.startsWith("    ")) expect(line.length).toBeLessThanOrEqual(100);
		}
	});

	it("with --no-way-through a rule about clicked-through warnings is carried to the browsers, and only there", async () => {
		const clicked = rule({ id: "clicked", title: "Clicked", match: [{ overridden: "any" }] });
		const { reports } = await exported(policy(rule(), clicked), "--no-way-through");
		for (const { target, lost } of reports) expect(lost.length, target).toBe(BROWSERS.includes(target) ? 0 : 1);
	});
});

/** What would do harm if it came into a script, a registry file, a profile or a terminal as it stands. */
const HOSTILE = [
	"'; touch CANARY; '",
	'"; touch CANARY; "',
	"$(touch CANARY)",
	"`touch CANARY`",
	"COUNTERSIGN\ntouch CANARY",
	"'@\r\nNew-Item CANARY",
	"</string></dict><key>x</key>",
	"]]>&amp;\\\\",
	'"\r\n[-HKEY_LOCAL_MACHINE\\SOFTWARE]',
	"\u001b]0;CANARY\u0007\u202eCANARY\u2066",
	"../../../CANARY",
	"-n CANARY -t C,,",
	"$& $1 $` {target} {rule}",
];

describe("a hostile policy", () => {
	it("gets nothing into what is run or imported: its files are those of a harmless one, to the byte", async () => {
		const pki = await Pki.create();
		const roots = await Promise.all(
			HOSTILE.map((text) => {
				const value = text.replace(/[\\",+;<>=#]/g, "\\$&");
				return pki.root({ name: `CN=${value},O=${value},C=ZZ` });
			}),
		);
		const file = write("hostile.pem", roots.map(({ pem }) => pem).join(""));
		const files = (title: (index: number) => string) => async () => {
			const rules = HOSTILE.map((organization, index) => ({
				id: `rule-${index}`,
				title: title(index),
				reason: title(index),
				match: [{ spki: roots[index]?.spki }, { organization }, { organization: `${organization} elsewhere` }],
			}));
			const { reports } = await exported(policy(...rules), "--certificates", file, "--no-way-through");
			const found = new Map(
				reports.flatMap(({ target, files: all }) =>
					all.map(
						(name) =>
							[`${target}/${name}`, readFileSync(join(folder, "out", target, name)).toString("latin1")] as const,
					),
				),
			);
			return { reports, found };
		};
		const hostile = await files((index) => HOSTILE[index] ?? "")();
		const readme = read("out/chrome/README.txt");
		const harmless = await files((index) => `Rule ${index}`)();
		for (const { refused, target } of hostile.reports) expect(refused.length, target).toBe(HOSTILE.length);
		expect([...hostile.found.keys()]).toEqual([...harmless.found.keys()]);
		for (const [name, content] of hostile.found) {
			if (name.endsWith("README.txt")) continue;
			expect(content === harmless.found.get(name), name).toBe(true);
			// The names of the certificates are in their bytes, and nowhere else.
			if (!name.endsWith(".crt")) expect(content.includes("CANARY"), name).toBe(false);
		}
		// What people read has the names, in lines of ours, without what would steer a terminal.
		expect(readme).toContain("$(touch CANARY)");
		// biome-ignore lint/suspicious/noControlCharactersInRegex: it is they that are looked for.
		expect(readme).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f\u202e\u2066]|^\[-HKEY|^touch/m);
	});
});
