/** The command as people get it: packed, installed elsewhere without a network, and run. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Copy, copyOf, root } from "./copy.ts";

/** What `npm pack` needs of the repository. */
const PACKED_FROM = [
	...["package.json", "vite.cli.config.ts", "tsconfig.base.json", "README.md", "LICENSE"],
	...["cli", "src", "public", "tools/data"],
];

/** Runs a program to its end; its standard error is part of what fails. */
function must(folder: string, command: string, ...args: readonly string[]): string {
	const { status, stdout, stderr } = spawnSync(command, args, {
		cwd: folder,
		encoding: "utf8",
		env: { ...process.env, LC_ALL: "C" },
	});
	expect(status, stderr).toBe(0);
	return stdout;
}

describe("the command, packed and installed", () => {
	let copy: Copy;
	let elsewhere: string;
	let packed: readonly string[];
	let countersign: string;

	beforeAll(() => {
		copy = copyOf(...PACKED_FROM);
		elsewhere = mkdtempSync(join(tmpdir(), "countersign-installed-"));
		const said = must(copy.folder, "npm", "pack", "--json", "--loglevel=error", "--pack-destination", elsewhere);
		// Before the JSON stands what the build has to say.
		const [{ filename, files }] = JSON.parse(said.slice(said.search(/^\[/m))) as [
			{ filename: string; files: readonly { path: string }[] },
		];
		packed = files.map(({ path }) => path);
		const cache = join(elsewhere, "cache");
		must(elsewhere, "npm", "install", "--offline", "--no-audit", "--no-fund", "--cache", cache, `./${filename}`);
		countersign = join(elsewhere, "node_modules/.bin/countersign");
	});
	afterAll(() => {
		copy.remove();
		rmSync(elsewhere, { recursive: true, force: true });
	});

	it("is one script, the extension's messages, what is exported, and what every package has", () => {
		expect(packed.filter((file) => !/^public\/_locales\/\w+\/messages\.json$/.test(file)).toSorted()).toEqual([
			"LICENSE",
			"README.md",
			"cli/export/scripts/debian.sh",
			"cli/export/scripts/macos.sh",
			"cli/export/scripts/nss.sh",
			"cli/export/scripts/p11-kit.sh",
			"cli/export/scripts/windows.ps1",
			"dist-cli/countersign.js",
			"package.json",
			"tools/data/historic.pem",
			"tools/data/roots.pem",
		]);
		expect(packed.filter((file) => file.startsWith("public/"))).toHaveLength(12);
	});

	it("needs no other package", () => {
		const installed = JSON.parse(readFileSync(join(elsewhere, "node_modules/.package-lock.json"), "utf8"));
		expect(Object.keys(installed.packages)).toEqual(["node_modules/countersign"]);
		const script = readFileSync(join(elsewhere, "node_modules/countersign/dist-cli/countersign.js"), "utf8");
		const imported = [...script.matchAll(/^import\b.*?["']([^"']+)["'];?$/gm)].map(([, name]) => name);
		expect(imported).not.toEqual([]);
		expect(imported.filter((name) => !name?.startsWith("node:"))).toEqual([]);
		expect(script).not.toContain(copy.folder);
		expect(script).not.toContain(root);
	});

	it("runs there", () => {
		const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
		expect(must(tmpdir(), countersign, "--version")).toBe(`countersign ${version}\n`);
		expect(must(tmpdir(), countersign, "--help")).toContain("countersign COMMAND");
		expect(must(tmpdir(), countersign, "--language", "de", "--help")).toContain("countersign");
	});

	it("lints there", () => {
		const file = join(root, "docs/administrators/policies.json");
		expect(must(tmpdir(), countersign, "lint", file)).toContain(`${file}: nothing found`);
	});

	it("exports there", () => {
		const policy = join(elsewhere, "policy.json");
		writeFileSync(policy, '{"version":1,"rules":[{"id":"cnnic","title":"CNNIC","match":[{"authority":"cnnic"}]}]}');
		const args = ["--for", "all", "--policy", policy, "--out", join(elsewhere, "out"), "--json"];
		const { status, stdout, stderr } = spawnSync(countersign, ["export", ...args], { encoding: "utf8" });
		// Debian's list of roots cannot hold the copy that Entrust signed.
		expect(status, stderr).toBe(1);
		const reports = JSON.parse(stdout) as readonly { target: string; complete: boolean }[];
		expect(reports.filter(({ complete }) => !complete).map(({ target }) => target)).toEqual(["debian"]);
	});
});
