import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { mailModule } from "./mail.ts";
import { pack } from "./xpi.ts";

/** What the release may weigh, in bytes (a kB is 1,000 bytes). */
export const LIMITS = { background: 50_000, index: 150_000, popup: 60_000, later: 65_000, xpi: 1_000_000 };

export type Sizes = Readonly<Record<keyof typeof LIMITS, number>>;

/** An import that is carried out with the script that it stands in: `from"./a.js"`, `import"./a.js"`. */
const AT_ONCE = /\b(?:from|import)\s*["'`](\.{1,2}\/[^"'`]+)["'`]/g;
/** And one that is carried out when the code comes to it: `import("./a.js")`. */
const LATER = /\bimport\s*\(\s*["'`](\.{1,2}\/[^"'`]+)["'`]/g;

/**
 * The files that a page loads at once: itself, its scripts with all they import, and its styles. With `later`, also what
 * it loads only once something is done on it.
 */
export function filesOf(dist: string, page: string, { later = false } = {}): readonly string[] {
	const files = new Set<string>();
	const add = (file: string): void => {
		if (files.has(file)) return;
		files.add(file);
		const text = readFileSync(join(dist, file), "utf8");
		const links = file.endsWith(".html")
			? text.matchAll(/(?:src|href)="([^"]+)"/g)
			: file.endsWith(".js")
				? [...text.matchAll(AT_ONCE), ...(later ? text.matchAll(LATER) : [])]
				: [];
		for (const [, link = ""] of links) add(new URL(link, `file:///${file}`).pathname.slice(1));
	};
	add(page);
	return [...files];
}

function gzipped(bytes: Uint8Array | string): number {
	return gzipSync(bytes, { level: 9 }).length;
}

/** The background script as released, but with the catalogue's data left out. */
async function backgroundWithoutData(root: string): Promise<string> {
	const built = await build({
		root,
		configFile: false,
		logLevel: "silent",
		mode: "production",
		define: { __TEST__: "false", "process.env.NODE_ENV": '"production"' },
		plugins: [
			mailModule,
			{
				name: "countersign:no-data",
				enforce: "pre",
				load(id) {
					if (!/\/src\/catalogue\/[^?]*\.json$/.test(id)) return null;
					return readFileSync(id, "utf8").trimStart().startsWith("[") ? "[]" : "{}";
				},
			},
		],
		build: {
			write: false,
			target: "firefox153",
			lib: { entry: resolve(root, "src/background/index.ts"), name: "_", formats: ["iife"] },
		},
	});
	const [output] = Array.isArray(built) ? built : [built];
	if (output === undefined || !("output" in output)) throw new Error("The background did not build");
	return output.output.map((file) => (file.type === "chunk" ? file.code : "")).join("");
}

/** Weighs a release build. */
export async function measure(root: string, dist: string): Promise<Sizes> {
	const weigh = (files: readonly string[]): number =>
		files.reduce((sum, file) => sum + gzipped(readFileSync(join(dist, file))), 0);
	const atOnce = filesOf(dist, "src/popup/index.html");
	const inAll = filesOf(dist, "src/popup/index.html", { later: true });
	return {
		background: gzipped(await backgroundWithoutData(root)),
		index: gzipped(readFileSync(join(root, "src/catalogue/index.json"))),
		popup: weigh(atOnce),
		later: weigh(inAll.filter((file) => !atOnce.includes(file))),
		xpi: pack(dist).length,
	};
}

/** One line for each size, as the build prints them. */
export function describe(sizes: Sizes): string {
	const lines = (Object.keys(LIMITS) as (keyof Sizes)[]).map((name) => {
		const kB = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;
		const what = {
			background: "background, gzipped, without data",
			index: "its data on authorities, gzipped",
			popup: "popup, gzipped, all it loads at once",
			later: "and once a document is opened",
			xpi: ".xpi",
		};
		return `${what[name].padEnd(37)} ${kB(sizes[name]).padStart(9)} of ${kB(LIMITS[name])}`;
	});
	return lines.join("\n");
}
