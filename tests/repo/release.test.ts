/** What is in dist/, and what must not be. Run after `npm run build`. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createContext, Script } from "node:vm";
import { describe, expect, it } from "vitest";
import { describe as describeSizes, filesOf, LIMITS, measure } from "../../tools/sizes.ts";
import { filesBelow } from "../../tools/xpi.ts";
import { root } from "./copy.ts";

const dist = join(root, "dist");
const files = filesBelow(dist);
const read = (file: string): string => readFileSync(join(dist, file), "utf8");
const BACKGROUND = "src/background/index.js";
/** What the background loads only where Mail servers are switched on. */
const MAIL = "src/background/mail.js";
const scripts = files.filter((file) => file.endsWith(".js"));

describe("the release", () => {
	it("holds scripts, pages, styles, pictures, messages and the manifest, nothing else", () => {
		expect(
			files.filter((file) => !/\.(js|css|html|svg)$|^_locales\/\w+\/messages\.json$|^manifest\.json$/.test(file)),
		).toEqual([]);
	});

	it("has no source map and no word of this machine", () => {
		for (const file of files) {
			expect(read(file), file).not.toMatch(/sourceMappingURL/);
			expect(read(file), file).not.toContain(root);
		}
	});

	it("has no fault points, and the test build does", () => {
		for (const file of scripts) expect(read(file), file).not.toMatch(/__TEST__|\bfault:/);
		const testBackground = readFileSync(join(root, "dist-test", BACKGROUND), "utf8");
		expect(testBackground).not.toContain("__TEST__");
		expect(testBackground).toMatch(/\bfault:/);
	});

	it.each(scripts)(
		"%s connects to nothing, but for the background's probes and lists, and runs no text as code",
		(file) => {
			const code = read(file);
			const fetches = [...code.matchAll(/\bfetch\s*\([^)]*\)/g)].map(([call]) => call);
			if (file !== BACKGROUND) expect(fetches).toEqual([]);
			else {
				const wanted = [
					["HEAD", "no-cors", "omit", "no-store", "manual", "no-referrer"],
					// A list that is followed: `fetchDocument`.
					["omit", "no-store", "error", "no-referrer"],
				];
				const has = (call: string, options: readonly string[]) =>
					options.every((option) => new RegExp(`["'\`]${option}["'\`]`).test(call));
				expect(fetches).toHaveLength(wanted.length);
				for (const options of wanted) expect(fetches.filter((call) => has(call, options))).toHaveLength(1);
			}
			expect(code).not.toMatch(/XMLHttpRequest|sendBeacon|new WebSocket|EventSource|importScripts/);
			expect(code).not.toMatch(/\beval\s*\(|new Function\s*\(|document\.write/);
			// A page may load a part of the extension late, by a name that stands in the code.
			for (const [, loaded = ""] of code.matchAll(/\bimport\s*\(([^)]*)\)/g)) {
				// The background loads one thing: see below.
				if (file === BACKGROUND) continue;
				const [, path = ""] = /^["'`](\.{1,2}\/[\w./-]+)["'`]$/.exec(loaded) ?? [];
				expect(files, `import(${loaded})`).toContain(join(dirname(file), path));
			}
		},
	);

	it("uses of the permission to clear browsing data nothing but the cache", () => {
		const uses = scripts.flatMap((file) => [...read(file).matchAll(/browsingData\.(\w+)/g)].map(([, name]) => name));
		expect(uses).toContain("removeCache");
		// The polyfill names all there is; what is called stands once more.
		expect(uses.filter((name) => name !== "removeCache" && name !== "settings")).toEqual([]);
	});

	it("uses of the history API only that history was removed, and whether there is any", () => {
		const uses = scripts.flatMap((file) =>
			[...read(file).matchAll(/\.history\??\.(\w+)/g)].map(([, name]) => name).filter((name) => name !== "length"),
		);
		expect(new Set(uses)).toEqual(new Set(["onVisitRemoved", "search"]));
	});

	it("has the index of the authorities in the background, and all else that is known of them in pages only", () => {
		const index = JSON.parse(readFileSync(join(root, "src/catalogue/index.json"), "utf8")) as [string, string][];
		const rows = JSON.parse(readFileSync(join(root, "src/catalogue/details.json"), "utf8")) as unknown[][];
		const summaries = rows.flatMap((row) => (row.at(-1) as { summary: string }[]).map((one) => one.summary));
		expect(summaries.length).toBeGreaterThan(40);
		// As the bundler writes a text: what has no quotes stands in it as it is.
		const plain = summaries.filter((summary) => /^[\w ,.;()-]+$/.test(summary));
		expect(plain.length).toBeGreaterThan(10);
		const background = read(BACKGROUND);
		for (const [id] of index) expect(background).toContain(id);
		for (const summary of plain) {
			expect(background).not.toContain(summary);
			expect(scripts.filter((file) => read(file).includes(summary)).length, summary).toBe(1);
		}
	});

	it("loads every file from itself", () => {
		for (const page of files.filter((file) => file.endsWith(".html"))) {
			for (const [, link = ""] of read(page).matchAll(/(?:src|href)="([^"]+)"/g)) expect(link, page).toMatch(/^(\/|#)/);
			for (const file of filesOf(dist, page, { later: true })) expect(files, `${page} loads ${file}`).toContain(file);
		}
	});

	it("has each page's own style after the one that all share", () => {
		for (const page of files.filter((file) => file.endsWith(".html"))) {
			const styles = [...read(page).matchAll(/<link rel="stylesheet"[^>]* href="([^"]+)"/g)].map(([, href]) => href);
			expect(styles, page).toEqual(["/shared/base.css", `/${page.replace(/[^/]+$/, "index.css")}`]);
		}
	});

	it("lets the popup ask before the rest of it is there, and no other page ask for it", () => {
		const own = (file: string) => read(file).includes("location.search") && !file.startsWith("src/");
		const [ask, ...others] = scripts.filter((file) => file.startsWith("shared/") && own(file));
		expect(others).toEqual([]);
		for (const page of files.filter((file) => file.endsWith(".html"))) {
			const isPopup = page === "src/popup/index.html";
			expect(filesOf(dist, page, { later: true }).includes(ask ?? ""), page).toBe(isPopup);
			const [first] = [...read(page).matchAll(/<script [^>]*>/g)].map(([tag]) => tag);
			expect(first?.includes(`async crossorigin src="/${ask}"`), page).toBe(isPopup);
		}
		const atOnce = filesOf(dist, "src/popup/index.html").filter((file) => file.endsWith(".js"));
		expect(atOnce.length, atOnce.join(", ")).toBeLessThanOrEqual(4);
	});

	it("reads certificates with a library that no page loads before somebody asks for it", () => {
		const library = scripts.filter((file) => read(file).includes("CRL Distribution"));
		expect(library).not.toEqual([]);
		for (const page of files.filter((file) => file.endsWith(".html"))) {
			const atOnce = filesOf(dist, page);
			for (const file of library) expect(atOnce, `${page} loads ${file}`).not.toContain(file);
		}
		const popup = filesOf(dist, "src/popup/index.html", { later: true });
		expect(library.every((file) => popup.includes(file))).toBe(true);
	});

	it("keeps to its sizes", async () => {
		const sizes = await measure(root, dist);
		console.log(describeSizes(sizes));
		for (const name of Object.keys(LIMITS) as (keyof typeof LIMITS)[]) {
			expect(sizes[name], name).toBeGreaterThan(0);
			expect(sizes[name], name).toBeLessThanOrEqual(LIMITS[name]);
		}
	});
});

/** One call of `addListener`: the event's path and the arguments after the listener. */
interface Listener {
	readonly event: string;
	readonly rest: readonly unknown[];
}

/**
 * Runs the background script as Firefox does, up to the end of its synchronous part, with a browser
 * in which every call answers with a promise that never settles.
 */
function startOf(code: string): { readonly listeners: readonly Listener[]; readonly touched: ReadonlySet<string> } {
	const listeners: Listener[] = [];
	const touched = new Set<string>();
	const fake = (path: string): unknown =>
		new Proxy(() => undefined, {
			get: (_, name) => {
				if (typeof name === "symbol" || name === "then") return undefined;
				if (path === "browser") touched.add(name);
				if (path === "browser.runtime" && name === "id") return "countersign@webextension";
				return fake(`${path}.${name}`);
			},
			apply: (_, __, [, ...rest]) => {
				if (path.endsWith(".addListener"))
					listeners.push({ event: path.slice("browser.".length, -".addListener".length), rest });
				return path.endsWith("getURL") || path.endsWith("getMessage")
					? "moz-extension://id/"
					: new Promise(() => undefined);
			},
		});
	const browser = fake("browser");
	const context = createContext({
		browser,
		chrome: browser,
		console,
		URL,
		TextEncoder,
		TextDecoder,
		setTimeout: () => 0,
		clearTimeout: () => undefined,
		addEventListener: () => undefined,
		setInterval: () => 0,
		crypto,
	});
	new Script(`var window = globalThis, self = globalThis;\n${code}`).runInContext(context);
	return { listeners, touched };
}

describe("the background", () => {
	it("is one script without imports", () => {
		expect(read(BACKGROUND)).not.toMatch(/^\s*(import|export)\b/m);
		expect(filesOf(dist, BACKGROUND)).toEqual([BACKGROUND]);
	});

	it("loads one module, late, which stands beside it", () => {
		const code = read(BACKGROUND);
		const loads = [...code.matchAll(/\bimport\s*\(\s*([^)]*?)\s*\)/g)].map(([, name = ""]) => name.slice(1, -1));
		expect(loads).toEqual([`/${MAIL}`]);
		expect(files).toContain(MAIL);
		// All that is about mail servers is in there, and nothing of it in what starts with Firefox.
		for (const word of ["connectNative", "notifications.create", "STARTTLS", "no such native application"]) {
			expect(code.includes(word), word).toBe(false);
		}
		expect(read(MAIL)).toContain("connectNative");
		expect(read(MAIL)).toMatch(/^export\s*\{|[;}]export\s*\{[^}]*createMail/);
	});

	it("registers its listeners before the first script ends", () => {
		const { listeners } = startOf(read(BACKGROUND));
		const events = listeners.map(({ event }) => event);
		for (const event of [
			"webRequest.onBeforeRequest",
			"webRequest.onBeforeSendHeaders",
			"webRequest.onHeadersReceived",
			"webNavigation.onCommitted",
			"runtime.onMessage",
		]) {
			expect(events).toContain(event);
		}
		// The first is for pages alone, and takes no part in the verdict.
		const [, guard] = listeners.filter(({ event }) => event === "webRequest.onHeadersReceived");
		const [filter, extra] = guard?.rest ?? [];
		// No type filter; and blocking, or the answer would not wait.
		expect(Object.keys(filter as object)).toEqual(["urls"]);
		expect((filter as { urls: readonly string[] }).urls).toContain("<all_urls>");
		expect(extra).toContain("blocking");
	});

	it("has Firefox set up nothing else before that: each part of its interface takes some milliseconds", () => {
		const { touched } = startOf(read(BACKGROUND));
		expect([...touched].toSorted()).toEqual(["runtime", "webNavigation", "webRequest"]);
	});
});
