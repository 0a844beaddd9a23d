/** The script for Firefox and Thunderbird profiles, run with NSS's own certutil: what it changes, and that it takes it all back. */
import { spawnSync } from "node:child_process";
import {
	chmodSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Authority, Pki } from "../pki/index.ts";
import { ran } from "./io.ts";

let folder: string;
let profile: string;
let bad: Authority;
let good: Authority;
let cross: Authority;
let other: Authority;

beforeAll(async () => {
	const pki = await Pki.create();
	bad = await pki.root({ name: "CN=Bad Root,O=Bad,C=CN" });
	good = await pki.root({ name: "CN=Good Root,O=Good,C=DE" });
	other = await pki.root({ name: "CN=Other Root,O=Other,C=FR" });
	cross = await good.crossSign(bad);
});

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "countersign-nss-"));
	profile = join(folder, "a profile's 'folder'");
	mkdirSync(profile);
	certutil("-N", "--empty-password");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function certutil(...args: readonly string[]): string {
	const { status, stdout, stderr } = spawnSync("certutil", [...args, "-d", `sql:${profile}`], { encoding: "utf8" });
	expect(status, stderr).toBe(0);
	return stdout;
}

function add(name: string, trust: string, { pem }: Authority): void {
	const file = join(folder, "added.pem");
	writeFileSync(file, pem);
	certutil("-A", "-n", name, "-t", trust, "-i", file);
}

/** Name and trust of each certificate, sorted. */
const there = (): string[] =>
	certutil("-L")
		.split("\n")
		.map((line) => line.trim().replace(/\s+/g, " "))
		.filter((line) => /,[^ ]*,/.test(line) && !line.startsWith("SSL,"))
		.toSorted();

/** Writes the script for some authorities, and gives its path. */
async function script(...authorities: readonly Authority[]): Promise<string> {
	const pems = join(folder, "authorities.pem");
	writeFileSync(pems, authorities.map(({ pem }) => pem).join(""));
	const policy = join(folder, "policy.json");
	const match = authorities.map(({ sha256 }) => ({ certificate: sha256 }));
	writeFileSync(policy, JSON.stringify({ version: 1, rules: [{ id: "bad", title: "Bad", match }] }));
	const out = join(folder, "out");
	const args = ["--for", "nss", "--policy", policy, "--certificates", pems, "--out", out, "--force"];
	expect(await ran(["export", ...args])).toMatchObject({ code: 0, stderr: "" });
	return join(out, "nss/countersign-nss.sh");
}

function sh(file: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
	return spawnSync("sh", [file, ...args], { encoding: "utf8", env: { ...process.env, ...env } });
}

const run = (file: string, ...args: readonly string[]): string => {
	const { status, stdout, stderr } = sh(file, args);
	expect(status, stderr).toBe(0);
	return stdout;
};

describe("countersign-nss.sh", () => {
	it("refuses what was not there, and leaves nothing of it behind", async () => {
		add("mine", "C,,", good);
		const before = there();
		const file = await script(bad, cross);
		expect(run(file, "apply", profile)).toContain("2 certificates are refused");
		expect(there()).toEqual([...before, ...[bad, cross].map(({ sha256 }) => `countersign-${sha256} p,,`)].toSorted());
		expect(run(file, "status", profile)).toContain("2 certificates");
		expect(run(file, "undo", profile)).toContain("as before");
		expect(there()).toEqual(before);
		expect(existsSync(join(profile, "countersign"))).toBe(false);
	});

	it("changes the trust of what was there, for servers only, and puts it back", async () => {
		add("Bad, as I call it", "CT,C,", bad);
		add("refused already", "p,p,p", cross);
		add("mine", "C,,", good);
		const before = there();
		const file = await script(bad, cross);
		run(file, "apply", profile);
		expect(there()).toEqual(["Bad, as I call it p,C,", "mine C,,", "refused already p,p,p"]);
		run(file, "undo", profile);
		expect(there()).toEqual(before);
	});

	it("can be applied again, and undone twice", async () => {
		add("Bad", "C,,", bad);
		const before = there();
		const file = await script(bad, cross);
		run(file, "apply", profile);
		const once = there();
		run(file, "apply", profile);
		expect(there()).toEqual(once);
		run(file, "undo", profile);
		run(file, "undo", profile);
		expect(there()).toEqual(before);
	});

	it("a newer list takes the place of an older one, and undoes it too", async () => {
		add("Bad", "C,,", bad);
		const before = there();
		run(await script(bad, cross), "apply", profile);
		const newer = await script(cross, other);
		run(newer, "apply", profile);
		expect(there()).toEqual([...before, ...[cross, other].map(({ sha256 }) => `countersign-${sha256} p,,`)].toSorted());
		run(newer, "undo", profile);
		expect(there()).toEqual(before);
	});

	it("undoes what is left of it after somebody has taken a part away", async () => {
		const before = there();
		const file = await script(bad, cross);
		run(file, "apply", profile);
		certutil("-D", "-n", `countersign-${bad.sha256}`);
		run(file, "undo", profile);
		expect(there()).toEqual(before);
	});

	it("killed at any of its changes, it can be undone", async () => {
		add("Bad", "CT,C,", bad);
		const before = there();
		const file = await script(bad, cross, other);
		const real = spawnSync("sh", ["-c", "command -v certutil"], { encoding: "utf8" }).stdout.trim();
		const bin = join(folder, "bin");
		mkdirSync(bin);
		// Kills the script before or after the call of certutil whose number is in a file.
		writeFileSync(
			join(bin, "certutil"),
			`#!/bin/sh\nread -r left < "$LEFT"\nleft=$((left - 1))\necho "$left" > "$LEFT"\n` +
				`[ "$left" -eq 0 ] && [ "$WHEN" = before ] && { kill -9 $PPID; exit 1; }\n"${real}" "$@"\ncode=$?\n` +
				'[ "$left" -eq 0 ] && [ "$WHEN" = after ] && kill -9 $PPID\nexit $code\n',
		);
		chmodSync(join(bin, "certutil"), 0o755);
		const left = join(folder, "left");
		const env = { PATH: `${bin}:${process.env.PATH}`, LEFT: left };
		let kills = 0;
		for (const when of ["before", "after"]) {
			for (let call = 1; ; call++) {
				writeFileSync(left, `${call}\n`);
				const { status, signal } = sh(file, ["apply", profile], { ...env, WHEN: when });
				if (status === 0) break;
				expect(signal).toBe("SIGKILL");
				kills++;
				run(file, "undo", profile);
				expect(there(), `killed ${when} call ${call}`).toEqual(before);
				expect(readdirSync(profile)).not.toContain("countersign");
			}
			run(file, "undo", profile);
		}
		expect(kills).toBeGreaterThan(10);
	}, 120_000);

	it("does not touch a profile in use, nor a folder that is none", async () => {
		const file = await script(bad);
		symlinkSync(`127.0.1.1:+${process.pid}`, join(profile, "lock"));
		const busy = sh(file, ["apply", profile]);
		expect([busy.status, busy.stderr]).toEqual([1, expect.stringContaining("close the program first")]);
		expect(readdirSync(profile)).not.toContain("countersign");
		// Left behind by a program that is no longer there.
		rmSync(join(profile, "lock"));
		symlinkSync("127.0.1.1:+4194999", join(profile, "lock"));
		run(file, "apply", profile);
		const none = sh(file, ["apply", folder]);
		expect([none.status, none.stderr]).toEqual([1, expect.stringContaining("no profile")]);
	});

	it("finds the profiles of a person, and does nothing unless told to", async () => {
		const file = await script(bad);
		const home = join(folder, "home");
		const theirs = join(home, ".mozilla/firefox/x y.default");

		mkdirSync(join(home, ".mozilla/firefox"), { recursive: true });
		spawnSync("cp", ["-a", profile, theirs]);
		const listed = sh(file, [], { HOME: home });
		expect([listed.status, listed.stdout]).toEqual([0, expect.stringContaining(theirs)]);
		expect(sh(file, ["apply"], { HOME: home }).status).toBe(1);
		expect(readdirSync(theirs)).not.toContain("countersign");
		expect(sh(file, ["apply", "--all"], { HOME: home }).status).toBe(0);
		expect(readdirSync(theirs)).toContain("countersign");
		expect(sh(file, ["undo", "--all"], { HOME: home }).status).toBe(0);
		expect(readdirSync(theirs)).not.toContain("countersign");
	});
});
