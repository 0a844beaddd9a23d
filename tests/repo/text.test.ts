/** What the repository says about itself is true. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { filesBelow } from "../../tools/xpi.ts";
import { root } from "./copy.ts";

const read = (file: string): string => readFileSync(join(root, file), "utf8");
const { scripts, dependencies, devDependencies } = JSON.parse(read("package.json"));
const texts = [
	"README.md",
	"CHANGELOG.md",
	"CONTRIBUTING.md",
	"SECURITY.md",
	"store/README.md",
	...filesBelow(join(root, "docs"))
		.filter((file) => file.endsWith(".md"))
		.map((file) => `docs/${file}`),
];

describe("texts", () => {
	it.each(texts)("%s links to files that exist", (file) => {
		for (const [, link = ""] of read(file).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
			if (!/^\w+:/.test(link)) expect(existsSync(join(root, dirname(file), link)), link).toBe(true);
		}
	});

	it("README names the commands of package.json, and every file they run exists", () => {
		const named = [...read("README.md").matchAll(/`npm (?:run (?:--silent )?)?([a-z:]+)/g)].map(([, name]) => name);
		// npm itself runs `prepack`, before it packs.
		for (const name of Object.keys(scripts)) if (name !== "prepack") expect(named).toContain(name);
		for (const command of Object.values<string>(scripts)) {
			for (const [file] of command.matchAll(/(?:tools|cli)\/[\w.]+|[\w.]+\.config\.ts/g))
				expect(existsSync(join(root, file)), file).toBe(true);
		}
	});

	it("the decisions are all listed", () => {
		const list = read("docs/decisions/README.md");
		for (const file of readdirSync(join(root, "docs/decisions")))
			if (file !== "README.md") expect(list).toContain(`(${file})`);
	});

	it("every package has its reason", () => {
		const reasons = read("docs/decisions/0003-dependencies.md");
		for (const name of Object.keys({ ...dependencies, ...devDependencies })) {
			expect(reasons).toContain(name.startsWith("@types/") ? "@types/" : name);
		}
	});

	it("the licence is the Mozilla Public License, whole", () => {
		const licence = read("LICENSE");
		expect(licence.startsWith("Mozilla Public License Version 2.0")).toBe(true);
		expect(licence).toContain('Exhibit B - "Incompatible With Secondary Licenses" Notice');
		expect(JSON.parse(read("package.json")).license).toBe("MPL-2.0");
	});
});

describe("tests", () => {
	it("are all in a project of vitest.config.ts, and so are run", () => {
		const vitest = join(root, "node_modules/.bin/vitest");
		const { stdout } = spawnSync(vitest, ["list", "--filesOnly", "--json"], { cwd: root, encoding: "utf8" });
		const run = (JSON.parse(stdout) as readonly { file: string }[]).map(({ file }) => file);
		const there = filesBelow(join(root, "tests")).filter((file) => /\.test\.\w+$/.test(file));
		expect(run.toSorted()).toEqual(there.map((file) => join(root, "tests", file)).toSorted());
	});
});

describe("package-lock.json", () => {
	interface Locked {
		readonly resolved?: string;
		readonly integrity?: string;
		readonly dependencies?: Readonly<Record<string, string>>;
		readonly optionalDependencies?: Readonly<Record<string, string>>;
	}
	const packages: Readonly<Record<string, Locked>> = JSON.parse(read("package-lock.json")).packages;

	it("names no registry, and has a hash for each package", () => {
		for (const [folder, { resolved, integrity }] of Object.entries(packages)) {
			expect(resolved, folder).toBeUndefined();
			if (folder !== "") expect(integrity, folder).toMatch(/^sha512-/);
		}
	});

	it("has no holes: builds for other platforms are in it too, or npm ci refuses it", () => {
		for (const [folder, { dependencies, optionalDependencies }] of Object.entries(packages)) {
			for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
				let above = folder;
				while (above !== "" && !(`${above}/node_modules/${name}` in packages)) {
					above = above.slice(0, Math.max(0, above.lastIndexOf("/node_modules/")));
				}
				const found = `${above}${above === "" ? "" : "/"}node_modules/${name}`;
				expect(found in packages, `${name}, for ${folder || "the project"}`).toBe(true);
			}
		}
	});
});
