/**
 * Takes pictures of the options page in every state, in a real Firefox, into out/gallery/:
 *
 *     npx tsx tests/gallery/shootOptions.ts [words that the name must contain …]
 */
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import puppeteer from "puppeteer-core";
import { createServer } from "vite";
import { optionsStates } from "./optionsStates.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const OUT = join(ROOT, "out/gallery");
const SIZES = { wide: { width: 1100, height: 800 }, narrow: { width: 320, height: 640 } };
const THEMES: Readonly<Record<string, Record<string, number | string>>> = {
	light: { "layout.css.prefers-color-scheme.content-override": 1 },
	dark: { "layout.css.prefers-color-scheme.content-override": 0 },
	forced: {
		"layout.css.prefers-color-scheme.content-override": 0,
		"browser.display.document_color_use": 2,
		"browser.display.background_color.dark": "#000000",
		"browser.display.foreground_color.dark": "#ffffff",
		"browser.anchor_color.dark": "#ffff00",
	},
};

const wanted = process.argv.slice(2);
await mkdir(OUT, { recursive: true });
const server = await createServer({
	root: ROOT,
	configFile: false,
	publicDir: join(ROOT, "public"),
	logLevel: "error",
	server: { port: 0, host: "127.0.0.1", hmr: false, watch: null },
	cacheDir: join(ROOT, ".cache/gallery-options"),
	oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
	optimizeDeps: {
		entries: ["tests/gallery/options.tsx"],
		include: ["preact", "preact/hooks", "preact/jsx-runtime", "@preact/signals", "webextension-polyfill", "valibot"],
	},
});
await server.listen();

let taken = 0;
for (const [theme, prefs] of Object.entries(THEMES)) {
	const shots = Object.keys(optionsStates).flatMap((state) =>
		Object.entries(SIZES).flatMap(([size, viewport]) =>
			[false, true].map((rtl) => ({
				state,
				viewport,
				rtl,
				name: `options-${state}-${theme}-${size}${rtl ? "-rtl" : ""}`,
			})),
		),
	);
	const chosen = shots.filter(({ name }) => wanted.every((word) => `${name}-`.includes(`${word}`)));
	if (chosen.length === 0) continue;
	const browser = await puppeteer.launch({
		browser: "firefox",
		executablePath: "/usr/bin/firefox-esr",
		headless: true,
		extraPrefsFirefox: prefs,
	});
	try {
		const page = await browser.newPage();
		page.on("pageerror", (error) => console.error(String(error)));
		for (const { name, state, viewport, rtl } of chosen) {
			await page.setViewport(viewport);
			await page.goto(`${server.resolvedUrls?.local[0]}tests/gallery/options.html?state=${state}${rtl ? "&rtl" : ""}`);
			await page.waitForSelector("html[data-ready=yes]");
			await page.screenshot({ path: join(OUT, `${name}.png`), fullPage: true });
			taken += 1;
		}
	} finally {
		await browser.close();
	}
}
await server.close();
console.log(`${taken} pictures in ${OUT}`);
