/**
 * Plants a violation of each rule of the layering, in a copy that has the real configuration and
 * made-up sources, and sees `tsc -b` and Biome catch it; and sees both let every allowed import pass.
 */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Copy, copyOf, root } from "./copy.ts";

const DATA = ["core", "protocol", "schema", "catalogue", "browser"];
const PREACT = ["preact", "preact/hooks", "@preact/signals"];
const PAGE = { layers: [...DATA, "certificate", "ui"], packages: PREACT };

/** What each layer may import besides itself: the rules, said once more in other words. */
const LAYERS: Readonly<Record<string, { layers: readonly string[]; packages: readonly string[] }>> = {
	core: { layers: [], packages: [] },
	protocol: { layers: ["core"], packages: [] },
	schema: { layers: ["core", "protocol"], packages: ["valibot"] },
	catalogue: { layers: ["core"], packages: [] },
	certificate: { layers: ["core"], packages: ["@peculiar/x509", "@abraham/reflection", "asn1js"] },
	browser: { layers: ["core", "protocol"], packages: ["webextension-polyfill"] },
	background: { layers: DATA, packages: ["@oslojs/asn1"] },
	ui: { layers: [...DATA, "certificate"], packages: PREACT },
	popup: PAGE,
	options: PAGE,
	blocked: PAGE,
	welcome: PAGE,
	help: PAGE,
	mail: PAGE,
	cli: {
		layers: ["core", "protocol", "schema", "catalogue", "certificate"],
		packages: ["node:fs", "jsonc-parser", "leven"],
	},
};
const NAMES = Object.keys(LAYERS);
const PACKAGES = [
	...["valibot", "webextension-polyfill", "@peculiar/x509", "@abraham/reflection", "asn1js", "@oslojs/asn1"],
	...PREACT,
	...["node:fs", "fflate", "jsonc-parser", "leven"],
];

/** Things of the outside that core may not touch. `types`: `tsc` knows nothing of them either. */
const OUTSIDE = [
	{ code: "Date.now()", types: false },
	{ code: "new Date()", types: false },
	{ code: "Math.random()", types: false },
	{ code: "performance.now()", types: true },
	{ code: "setTimeout(() => {}, 1)", types: true },
	{ code: "crypto.getRandomValues(new Uint8Array(1))", types: true },
	{ code: "document.title", types: true },
	{ code: "browser.tabs", types: true },
	{ code: "fetch('')", types: true },
	{ code: "process.env", types: true },
];

/** Folders that are layers without being part of the extension. */
const OUTSIDE_SRC = ["cli"];

/** The project of a layer: the folder of its tsconfig.json. */
const project = (layer: string): string =>
	layer === "protocol" ? "src" : OUTSIDE_SRC.includes(layer) ? layer : `src/${layer}`;

/** Where a file of a layer stands. The protocol is one file, so its cases overwrite nothing else. */
const home = (layer: string, name: string): string =>
	layer === "protocol" ? "src/protocol.ts" : `${project(layer)}/${name}.ts`;

/** How a file imports another. */
const path = (from: string, to: string): string => {
	const found = relative(dirname(from), to);
	return found.startsWith(".") ? found : `./${found}`;
};

interface Found {
	/** Files that each tool complained of, with what it said. */
	readonly tsc: ReadonlyMap<string, string>;
	readonly biome: ReadonlyMap<string, string>;
}

let copy: Copy;
/** What was written since the last check: gone after it, so that no case sees the types of another. */
let planted: string[] = [];

function write(file: string, text: string): void {
	copy.write(file, text);
	planted.push(join(copy.folder, file));
}

/** The projects of a solution, as arguments for `tsc -b`. */
const PROJECTS = NAMES.map(project);

/** Runs both tools over what was planted, and takes it away again. */
function check(): Found {
	const tsc = new Map<string, string>();
	// A planted import makes a project write the types of another one's file too. One builder at a
	// time, so that nobody reads such a file half written.
	const tscArgs = ["-b", "--builders", "1", "--pretty", "false", ...PROJECTS];
	// One error may blame several files: it stands at the first and lists them all.
	for (const error of copy.run("tsc", ...tscArgs).output.split(/^(?=\S)/m)) {
		const [first] = /^(?:src|cli)\/[^(]+/.exec(error) ?? [];
		const listed = [...error.matchAll(/from file '[^']*?\/((?:src|cli)\/[^']+)'/g)].map(([, file]) => file);
		for (const file of new Set([first, ...listed])) {
			if (file !== undefined) tsc.set(file, (tsc.get(file) ?? "") + error);
		}
	}
	const biome = new Map<string, string>();
	const { output } = copy.run("biome", "lint", "--reporter=json", "--max-diagnostics=none");
	const report = JSON.parse(output.slice(output.indexOf("{"), output.lastIndexOf("}") + 1)) as {
		diagnostics: readonly { category: string; message: string; location: { path: string } }[];
	};
	for (const { category, message, location } of report.diagnostics) {
		biome.set(location.path, `${biome.get(location.path) ?? ""}${category}: ${message}\n`);
	}
	for (const file of planted) rmSync(file);
	planted = [];
	return { tsc, biome };
}

beforeAll(() => {
	copy = copyOf(
		...["biome.json", "package.json", ".gitignore", "tsconfig.base.json", "tools/pure.grit", "src/tsconfig.json"],
		...NAMES.filter((name) => name !== "protocol").map((name) => `${project(name)}/tsconfig.json`),
	);
	for (const name of NAMES) write(home(name, "stub"), `export const ${name} = "";\n`);
	planted = [];
});
afterAll(() => copy.remove());

describe("imports between layers", () => {
	const pairs = NAMES.flatMap((from) => NAMES.filter((to) => to !== from).map((to) => ({ from, to })));
	const isAllowed = ({ from, to }: { from: string; to: string }): boolean => LAYERS[from]?.layers.includes(to) === true;
	let found: Found;

	beforeAll(() => {
		// At the top of a layer, and one folder down, where the same rule is spelt otherwise.
		for (const { from, to } of pairs.filter(({ from }) => from !== "protocol")) {
			const plant = (name: string, text: (stub: string) => string) => {
				const file = home(from, name);
				write(file, text(path(file, home(to, "stub"))));
			};
			const plain = (stub: string) => `import { ${to} } from "${stub}";\n\nexport const used = ${to};\n`;
			plant(`import-${to}`, plain);
			plant(`deep/import-${to}`, plain);
			plant(`type-${to}`, (stub) => `import type { ${to} } from "${stub}";\n\nexport type Used = typeof ${to};\n`);
			plant(`late-${to}`, (stub) => `export const used = async () => await import("${stub}");\n`);
		}
		found = check();
	});

	const files = (from: string, to: string): string[] =>
		[`import-${to}`, `deep/import-${to}`, `type-${to}`, `late-${to}`].map((name) => home(from, name));

	it.each(pairs.filter((pair) => pair.from !== "protocol" && !isAllowed(pair)))(
		"$from may not import $to: both tools say so",
		({ from, to }) => {
			for (const file of files(from, to)) {
				expect(found.tsc.get(file), `tsc on ${file}`).toMatch(/TS6307|TS6059/);
				expect(found.biome.get(file), `Biome on ${file}`).toContain("lint/style/noRestrictedImports");
			}
		},
	);

	it.each(pairs.filter((pair) => pair.from !== "protocol" && isAllowed(pair)))(
		"$from may import $to",
		({ from, to }) => {
			for (const file of files(from, to)) {
				expect(found.tsc.get(file), `tsc on ${file}`).toBeUndefined();
				expect(found.biome.get(file), `Biome on ${file}`).toBeUndefined();
			}
		},
	);
});

it("the background may import the catalogue, but not all that is known of the authorities: Biome says so", () => {
	write("src/catalogue/load.ts", 'export const details = "";\n');
	const files = ["src/background/loads.ts", "src/background/deep/loads.ts"];
	for (const [depth, file] of files.entries()) {
		write(
			file,
			`import { details } from "${"../".repeat(depth + 1)}catalogue/load.ts";\n\nexport const used = details;\n`,
		);
	}
	const { biome } = check();
	for (const file of files) expect(biome.get(file), file).toContain("lint/style/noRestrictedImports");
});

describe("project references", () => {
	it("every folder of src is a layer, and npm test checks them all", () => {
		const folders = readdirSync(join(root, "src"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
		const layers = [...folders.map(({ name }) => name), "protocol", ...OUTSIDE_SRC];
		expect(layers.toSorted()).toEqual(NAMES.toSorted());
		const { references } = JSON.parse(readFileSync(join(root, "tsconfig.json"), "utf8")) as {
			references: readonly { path: string }[];
		};
		expect(references.map(({ path }) => path).toSorted()).toEqual([...PROJECTS, "tests", "tools"].toSorted());
	});

	it.each(NAMES)("those of %s are what it may import, and no more", (name) => {
		const folder = project(name);
		const { references } = JSON.parse(readFileSync(join(root, folder, "tsconfig.json"), "utf8")) as {
			references: readonly { path: string }[];
		};
		const named = references.map(({ path }) => NAMES.find((other) => project(other) === join(folder, path)));
		expect(named.toSorted()).toEqual(LAYERS[name]?.layers.toSorted());
	});
});

describe("packages", () => {
	const slug = (name: string): string => name.replace(/\W+/g, "-");
	// Firefox has what it would bring: only its types are there.
	const importing = (name: string): string =>
		name === "webextension-polyfill"
			? `import type { Browser } from "${name}";\n\nexport type Used = Browser;\n`
			: `import * as it from "${name}";\n\nexport const used = it;\n`;
	let found: Found["biome"];

	beforeAll(() => {
		for (const folder of [...NAMES.filter((name) => name !== "protocol").map(project), "tests", "tools", "tests/pki"]) {
			for (const name of PACKAGES) write(`${folder}/package${slug(name)}.ts`, importing(name));
		}
		found = check().biome;
	});

	const cases = NAMES.filter((from) => from !== "protocol").flatMap((from) => PACKAGES.map((name) => ({ from, name })));
	it.each(cases)("$from and $name", ({ from, name }) => {
		const complaint = found.get(`${project(from)}/package${slug(name)}.ts`);
		if (LAYERS[from]?.packages.includes(name) === true) expect(complaint).toBeUndefined();
		else expect(complaint).toContain("lint/style/noRestrictedImports");
	});

	it.each(["webextension-polyfill", "valibot", "@peculiar/x509", "@abraham/reflection", "asn1js"])(
		"tests and tools go through its layer: %s",
		(name) => {
			for (const from of ["tests", "tools"])
				expect(found.get(`${from}/package${slug(name)}.ts`)).toContain("noRestrictedImports");
			if (name.startsWith("@")) expect(found.get(`tests/pki/package${slug(name)}.ts`)).toBeUndefined();
			else expect(found.get(`tests/pki/package${slug(name)}.ts`)).toContain("noRestrictedImports");
		},
	);
});

describe("core", () => {
	it("knows no clock, no chance, no browser and no document", () => {
		for (const [index, { code }] of OUTSIDE.entries())
			write(`src/core/outside${index}.ts`, `export const used = () => ${code};\n`);
		const { tsc, biome } = check();
		for (const [index, { code, types }] of OUTSIDE.entries()) {
			expect(biome.get(`src/core/outside${index}.ts`), `Biome on ${code}`).toMatch(/plugin|noRestrictedGlobals/);
			if (types)
				expect(tsc.get(`src/core/outside${index}.ts`), `tsc on ${code}`).toMatch(/TS2304|TS2584|TS2580|TS2591|TS2552/);
		}
	});
});

describe("cycles", () => {
	it("are caught within a layer, those of types alone too", () => {
		write("src/ui/one.ts", 'import { two } from "./two.ts";\n\nexport const one = (): string => two();\n');
		write("src/ui/two.ts", 'import { one } from "./one.ts";\n\nexport const two = (): string => one();\n');
		write("src/ui/three.ts", 'import type { Four } from "./four.ts";\n\nexport type Three = Four | null;\n');
		write("src/ui/four.ts", 'import type { Three } from "./three.ts";\n\nexport type Four = { three: Three };\n');
		const { biome } = check();
		for (const name of ["one", "two", "three", "four"])
			expect(biome.get(`src/ui/${name}.ts`)).toContain("noImportCycles");
	});
});

// The last one: its case takes the place of the protocol itself.
describe("imports of the protocol", () => {
	const others = NAMES.filter((name) => name !== "core" && name !== "protocol");

	it("core passes, every other layer is caught by both tools", () => {
		const stub = (name: string) => path("src/protocol.ts", home(name, "stub"));
		const imports = ["core", ...others].map((name) => `import { ${name} } from "${stub(name)}";`);
		write("src/protocol.ts", `${imports.join("\n")}\n\nexport const protocol = [${["core", ...others].join(", ")}];\n`);
		const { tsc, biome } = check();
		for (const name of others) expect(tsc.get("src/protocol.ts"), name).toContain(`${home(name, "stub")}`);
		expect(tsc.get("src/protocol.ts")).not.toContain("src/core/stub.ts' is not listed");
		expect(biome.get("src/protocol.ts")?.match(/noRestrictedImports/g)).toHaveLength(others.length);
	});
});
