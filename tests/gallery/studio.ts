/** Takes pictures of gallery pages in a real Firefox, into out/gallery/. */
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import puppeteer from "puppeteer-core";
import { createServer } from "vite";

const ROOT = resolve(import.meta.dirname, "../..");
const OUT = join(ROOT, "out/gallery");

/** Firefox's own prefs make the page believe in a theme. */
const THEMES: Readonly<Record<string, Prefs>> = {
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

/** One picture. */
export interface Shot {
	/** Of the file, without ".png". */
	readonly name: string;
	/** Of the gallery page: "?state=…". */
	readonly query: string;
	readonly width: number;
	readonly height: number;
}

/** What pictures are taken of. */
export interface Sitting {
	/** File name of the gallery page in this folder. */
	readonly page: string;
	/** File name of its script. */
	readonly entry: string;
	/** All pictures in a theme. */
	readonly shots: (theme: string) => readonly Shot[];
}

/** "popup light,dark": every word must be in the name; a comma stands for "or". */
const isWanted = (name: string, words: readonly string[]) =>
	words.every((word) => word.split(",").some((part) => name.includes(part)));

/**
 * Takes every picture whose name has all the words, one Firefox for each theme.
 *
 * @returns how many
 */
export async function takePictures({ page: file, entry, shots }: Sitting, words: readonly string[]): Promise<number> {
	await mkdir(OUT, { recursive: true });
	const server = await createServer({
		root: ROOT,
		configFile: false,
		publicDir: join(ROOT, "public"),
		logLevel: "error",
		server: { port: 0, host: "127.0.0.1", hmr: false, watch: null },
		cacheDir: join(ROOT, `.cache/gallery-${entry}`),
		oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
		optimizeDeps: {
			entries: [`tests/gallery/${entry}`],
			include: ["preact", "preact/hooks", "preact/jsx-runtime", "@preact/signals", "webextension-polyfill", "valibot"],
		},
	});
	let taken = 0;
	try {
		await server.listen();
		const base = `${server.resolvedUrls?.local[0]}tests/gallery/${file}`;
		for (const [theme, prefs] of Object.entries(THEMES)) {
			const wanted = shots(theme).filter(({ name }) => isWanted(name, words));
			if (wanted.length > 0) taken += await takeTheme(base, prefs, wanted);
		}
	} finally {
		await server.close();
	}
	console.log(`${taken} pictures in ${OUT}`);
	return taken;
}

type Prefs = Readonly<Record<string, number | string | boolean>>;

async function takeTheme(base: string, prefs: Prefs, shots: readonly Shot[]): Promise<number> {
	const browser = await puppeteer.launch({
		browser: "firefox",
		executablePath: "/usr/bin/firefox-esr",
		headless: true,
		extraPrefsFirefox: prefs,
	});
	try {
		const page = await browser.newPage();
		page.on("pageerror", (error) => console.error(String(error)));
		page.on("console", (message) => {
			if (message.type() === "error") console.error(message.text());
		});
		for (const { name, query, width, height } of shots) {
			await page.setViewport({ width, height });
			await page.goto(base + query);
			await page.waitForSelector("html[data-ready=yes]");
			await page.screenshot({ path: join(OUT, `${name}.png`), fullPage: true });
		}
		return shots.length;
	} finally {
		await browser.close();
	}
}
