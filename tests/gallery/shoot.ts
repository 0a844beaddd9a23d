/**
 * Takes pictures of every page in every state, in a real Firefox, into out/gallery/:
 *
 *     npx tsx tests/gallery/shoot.ts [words that the name must contain …]
 *
 * Names are `page-state[-open]-theme-size[-rtl].png`. All of them take half an hour: name what you want.
 */
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { createServer } from "vite";
import { refusals, reports, welcomes } from "./samples.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const OUT = join(ROOT, "out/gallery");

const SIZES = { wide: { width: 1200, height: 800 }, narrow: { width: 320, height: 640 } } as const;
const POPUP = { width: 368, height: 600 };

/** Firefox's own prefs make the page believe in a theme. */
const THEMES: Readonly<Record<string, Record<string, number | string | boolean>>> = {
	light: { "layout.css.prefers-color-scheme.content-override": 1 },
	dark: { "layout.css.prefers-color-scheme.content-override": 0 },
	forced: {
		"layout.css.prefers-color-scheme.content-override": 0,
		"browser.display.document_color_use": 2,
		"browser.display.background_color": "#000000",
		"browser.display.foreground_color": "#ffffff",
		"browser.display.background_color.dark": "#000000",
		"browser.display.foreground_color.dark": "#ffffff",
		"browser.anchor_color.dark": "#ffff00",
	},
};

interface Shot {
	readonly name: string;
	readonly query: string;
	readonly width: number;
	readonly height: number;
}

function shotsFor(theme: string): Shot[] {
	const shots: Shot[] = [];
	const states = [
		...[...Object.keys(refusals), "gone"].map((state) => ["blocked", state] as const),
		...[...Object.keys(reports), "refusing", "refused"].map((state) => ["popup", state] as const),
		...Object.keys(welcomes).map((state) => ["welcome", state] as const),
	];
	for (const [page, state] of states) {
		for (const open of page === "welcome" ? [false] : [false, true]) {
			for (const rtl of [false, true]) {
				for (const [size, viewport] of Object.entries(
					page === "popup" ? { wide: POPUP, narrow: SIZES.narrow } : SIZES,
				)) {
					const name = `${page}-${state}${open ? "-open" : ""}-${theme}-${size}${rtl ? "-rtl" : ""}`;
					const query = `?page=${page}&state=${state}${open ? "&open" : ""}${rtl ? "&rtl" : ""}`;
					shots.push({ name, query, ...viewport });
				}
			}
		}
	}
	return shots;
}

async function shoot(page: Page, base: string, { name, query, width, height }: Shot): Promise<void> {
	await page.setViewport({ width, height });
	await page.goto(base + query);
	await page.waitForSelector("html[data-ready=yes]");
	await page.screenshot({ path: join(OUT, `${name}.png`), fullPage: true });
}

const wanted = process.argv.slice(2);
/** "popup light,dark": every word must be in the name; a comma stands for "or". */
const isWanted = (name: string) => wanted.every((word) => word.split(",").some((part) => name.includes(part)));

await mkdir(OUT, { recursive: true });
const server = await createServer({
	root: ROOT,
	configFile: false,
	publicDir: join(ROOT, "public"),
	logLevel: "error",
	server: { port: 0, host: "127.0.0.1", hmr: false, watch: null },
	cacheDir: join(ROOT, ".cache/gallery"),
	oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
	optimizeDeps: {
		entries: ["tests/gallery/main.tsx"],
		include: ["preact", "preact/hooks", "preact/jsx-runtime", "@preact/signals", "webextension-polyfill"],
	},
});
await server.listen();
const base = `${server.resolvedUrls?.local[0]}tests/gallery/index.html`;

let taken = 0;
for (const [theme, prefs] of Object.entries(THEMES)) {
	const shots = shotsFor(theme).filter(({ name }) => isWanted(name));
	if (shots.length === 0) continue;
	let browser: Browser | null = null;
	try {
		browser = await puppeteer.launch({
			browser: "firefox",
			executablePath: "/usr/bin/firefox-esr",
			headless: true,
			extraPrefsFirefox: prefs,
		});
		const page = await browser.newPage();
		page.on("pageerror", (error) => console.error(String(error)));
		page.on("console", (message) => {
			if (message.type() === "error") console.error(message.text());
		});
		for (const shot of shots) {
			await shoot(page, base, shot);
			taken += 1;
		}
	} finally {
		await browser?.close();
	}
}
await server.close();
console.log(`${taken} pictures in ${OUT}`);
