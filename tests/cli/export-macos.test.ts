/** The script for macOS, with a stand-in for `security` that keeps what it is told: what is asked of it, and that undoing asks for the opposite. */
import { spawnSync } from "node:child_process";
import {
	chmodSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Authority, Pki } from "../pki/index.ts";
import { ran } from "./io.ts";

/**
 * security(1) as far as the script uses it. `$FAKE/keychain` and `$FAKE/trust` have a SHA-1 a line, `$FAKE/calls` what was
 * asked. `$DIE` is the number of the call that ends the script.
 */
const SECURITY = `#!/bin/sh
printf '%s\\n' "$*" >>"$FAKE/calls"
[ "$(grep -c . "$FAKE/calls")" = "\${DIE:-}" ] && { kill -9 $PPID; exit 1; }
for last in "$@"; do :; done
hash() { openssl x509 -in "$1" -noout -fingerprint -sha1 | sed 's/.*=//; s/://g'; }
without() { grep -v "$1" "$2" >"$2.new"; mv "$2.new" "$2"; }
case $1 in
trust-settings-export)
	[ -s "$FAKE/trust" ] || exit 1
	{ echo '<plist><dict>'; sed 's|.*|<key>&</key><dict/>|' "$FAKE/trust"; echo '</dict></plist>'; } >"$last" ;;
add-trusted-cert)
	[ "$2 $3 $4 $5 $6 $7" = "-d -r deny -p ssl -k" ] || exit 2
	hash "$last" >>"$FAKE/trust"; hash "$last" >>"$FAKE/keychain" ;;
remove-trusted-cert) [ "$2" = -d ] || exit 2; without "$(hash "$last")" "$FAKE/trust" ;;
find-certificate) sed 's/^/SHA-1 hash: /' "$FAKE/keychain" ;;
delete-certificate) [ "$2" = -Z ] || exit 2; without "$3" "$FAKE/keychain" ;;
*) exit 2 ;;
esac
`;

let folder: string;
let script: string;
let state: string;
let one: Authority;
let two: Authority;

beforeAll(async () => {
	const pki = await Pki.create();
	one = await pki.root({ name: "CN=One,O=One,C=CN" });
	two = await pki.root({ name: "CN=Two,O=Two,C=CN" });
});

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "countersign-macos-"));
	script = join(folder, "script.sh");
	state = join(folder, "Application Support/Countersign");
	mkdirSync(join(folder, "bin"));
	writeFileSync(join(folder, "bin/security"), SECURITY);
	chmodSync(join(folder, "bin/security"), 0o755);
	for (const name of ["keychain", "trust", "calls"]) writeFileSync(join(folder, name), "");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Writes the script for some authorities, with folders of this test in the place of the system's. */
async function write(...authorities: readonly Authority[]): Promise<void> {
	const pems = join(folder, "authorities.pem");
	writeFileSync(pems, authorities.map(({ pem }) => pem).join(""));
	const policy = join(folder, "policy.json");
	const match = authorities.map(({ sha256 }) => ({ certificate: sha256 }));
	writeFileSync(policy, JSON.stringify({ version: 1, rules: [{ id: "bad", title: "Bad", match }] }));
	const out = join(folder, "out");
	const args = ["--for", "macos", "--policy", policy, "--certificates", pems, "--out", out, "--force"];
	expect(await ran(["export", ...args])).toMatchObject({ code: 0, stderr: "" });
	const text = readFileSync(join(out, "macos/countersign-macos.sh"), "utf8");
	const here = text.replace('state="/Library/Application Support/Countersign"', `state="${state}"`);
	expect(here).not.toBe(text);
	writeFileSync(script, here);
}

function run(action: string, die = ""): { status: number | null; stdout: string; stderr: string } {
	writeFileSync(join(folder, "calls"), "");
	const env = { ...process.env, PATH: `${join(folder, "bin")}:${process.env.PATH}`, FAKE: folder, DIE: die };
	return spawnSync("sh", [script, action], { encoding: "utf8", env });
}

const lines = (name: string): string[] => readFileSync(join(folder, name), "utf8").split("\n").filter(Boolean);
const sha1 = ({ der }: Authority): string => {
	const { stdout } = spawnSync("openssl", ["dgst", "-sha1", "-r"], { input: der });
	return stdout.toString().slice(0, 40).toUpperCase();
};

describe("countersign-macos.sh", () => {
	it("denies trust for servers, and takes away what it added", async () => {
		await write(one, two);
		expect(run("apply")).toMatchObject({ status: 0, stdout: expect.stringContaining("2 certificates") });
		expect(lines("trust").toSorted()).toEqual([sha1(one), sha1(two)].toSorted());
		expect(run("status").stdout).toContain("2 certificates");
		expect(run("undo")).toMatchObject({ status: 0, stdout: "All is as before\n" });
		expect([lines("trust"), lines("keychain"), existsSync(state)]).toEqual([[], [], false]);
		expect(run("undo").status).toBe(0);
	});

	it("leaves what was in the keychain, and does not touch trust that somebody has set", async () => {
		writeFileSync(join(folder, "keychain"), `${sha1(one)}\n${sha1(two)}\n`);
		writeFileSync(join(folder, "trust"), `${sha1(two)}\n`);
		await write(one, two);
		const { stdout } = run("apply");
		expect(stdout).toContain(`Left as it is, since its trust was set by somebody already: ${two.sha256}`);
		expect(stdout).toContain("1 certificates are refused");
		run("undo");
		expect(lines("trust")).toEqual([sha1(two)]);
		expect(lines("keychain")).toContain(sha1(one));
	});

	it("a newer list takes the place of an older one", async () => {
		await write(one);
		run("apply");
		await write(two);
		run("apply");
		expect(lines("trust")).toEqual([sha1(two)]);
		run("undo");
		expect([lines("trust"), lines("keychain")]).toEqual([[], []]);
	});

	it("killed at any of its calls, it can be undone", async () => {
		await write(one, two);
		let kills = 0;
		for (let call = 1; ; call++) {
			if (run("apply", String(call)).status === 0) break;
			kills++;
			expect(run("undo").status, `killed at call ${call}`).toBe(0);
			expect([lines("trust"), lines("keychain")], `killed at call ${call}`).toEqual([[], []]);
			expect(existsSync(state)).toBe(false);
		}
		expect(kills).toBeGreaterThan(4);
		expect(readdirSync(state).length).toBeGreaterThan(0);
	});
});

describe("countersign-windows.ps1", () => {
	it("is in ASCII, with Windows' line ends and one certificate a line in text that nothing ends early", async () => {
		await write(one, two);
		const out = join(folder, "windows");
		const args = ["--for", "windows", "--policy", join(folder, "policy.json"), "--out", out];
		await ran(["export", ...args, "--certificates", join(folder, "authorities.pem")]);
		const text = readFileSync(join(out, "windows/countersign-windows.ps1"), "latin1");
		expect(text).toMatch(/^[\t\r\n -~]*$/);
		expect(text.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
		const [, before = "", inside = "", after = ""] = /^(.*?= @'\r\n)(.*?)(\r\n'@\r\n.*)$/s.exec(text) ?? [];
		expect(before).toContain("param(");
		expect(after).toContain("Disallowed");
		const certificates = inside.split("\r\n").map((line) => /^([0-9A-F]{40}) ([A-Za-z0-9+/=]+)$/.exec(line));
		expect(certificates.map((found) => found?.[1]).toSorted()).toEqual([sha1(one), sha1(two)].toSorted());
		for (const found of certificates) {
			expect([one.der, two.der].some((der) => Buffer.from(der).toString("base64") === found?.[2])).toBe(true);
		}
		// What opens is closed, as far as this can be told without PowerShell.
		const bare = (before + after).replace(/#.*/g, "").replace(/'[^'\r\n]*'/g, "");
		for (const [open, close] of ["{}", "()", "[]"]) {
			expect(bare.split(open ?? "").length, `${open}${close}`).toBe(bare.split(close ?? "").length);
		}
	});
});
