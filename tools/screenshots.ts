/**
 * npm run screenshots: the pictures of README.md, taken in a real Firefox with the release in it and
 * the lab of `npm start` around it, into docs/screenshots/. `npm run screenshots -- FOLDER` puts
 * them elsewhere; `npm run screenshots -- --language fa` takes them in another language, into
 * out/screenshots/fa/.
 */
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { build } from "vite";
import { Countersign, isBlockPage } from "../tests/e2e/countersign.ts";
import { type ChromeWindow, Firefox, type Tab } from "../tests/e2e/harness/index.ts";
import { createDemo, type Demo, demoPolicy } from "./start/lab.ts";
import { startSites } from "./start/sites.ts";
import { speaking } from "./start/speaking.ts";

const root = join(import.meta.dirname, "..");
const { values, positionals } = parseArgs({
	options: { language: { type: "string", default: "en" } },
	allowPositionals: true,
});
const { language } = values;
const folder = resolve(
	positionals[0] ?? join(root, language === "en" ? "docs/screenshots" : `out/screenshots/${language}`),
);

const PAGE = { width: 1000, height: 720 };
/** As wide as Firefox makes the popup. */
const POPUP = { width: 368, height: 560 };
/** Values of the preference by which Firefox's own settings choose a look for pages. */
const THEMES = { light: 1, dark: 0 };

interface Shot {
	readonly name: string;
	readonly size: { readonly width: number; readonly height: number };
	/** The whole document, however long. */
	readonly whole: boolean;
	/** Opens what shall be seen. */
	readonly open: () => Promise<Tab>;
}

/** Goes to an address and waits for the block page to have taken its place. */
async function openBlocked(firefox: Firefox, url: string, advanced: boolean): Promise<Tab> {
	const tab = await firefox.open(url);
	await tab.waitForUrl(isBlockPage);
	await tab.waitForSelector("h1");
	if (advanced) await tab.press("summary");
	return tab;
}

/** Opens a page, and in a second tab what the toolbar button would show of it. */
async function openPopup(firefox: Firefox, url: string, words: string): Promise<Tab> {
	const page = await firefox.open(url);
	await page.waitForText(words);
	const id = await firefox.background(async (browser) => {
		const [active] = await browser.tabs.query({ active: true, lastFocusedWindow: true });
		return active?.id ?? -1;
	});
	return openPage(firefox, `src/popup/index.html?tab=${id}`);
}

async function openPage(firefox: Firefox, path: string): Promise<Tab> {
	const tab = await firefox.openExtensionPage(path);
	await tab.waitForSelector("h1");
	return tab;
}

async function shoot(firefox: Firefox, { name, size, whole, open }: Shot): Promise<void> {
	const tab = await open();
	const page = await firefox.page(tab);
	await page.setViewport(size);
	for (const [theme, value] of Object.entries(THEMES)) {
		await firefox.chrome(
			({ Services }: ChromeWindow, chosen) =>
				Services.prefs.setIntPref("layout.css.prefers-color-scheme.content-override", chosen),
			value,
		);
		await page.waitForFunction(
			(dark) => matchMedia("(prefers-color-scheme: dark)").matches === dark,
			{},
			theme === "dark",
		);
		const file = `${name}-${theme}.png`;
		await tab.screenshot(join(folder, file), whole);
		console.log(file);
	}
	await tab.close();
}

async function shootAll(demo: Demo, firefox: Firefox, extension: string): Promise<void> {
	const sites = new Map((await startSites(demo)).map((site) => [site.id, site]));
	const urlOf = (id: string): string => {
		const site = sites.get(id);
		if (site === undefined) throw new Error(`The lab has no site ${id}`);
		return site.url;
	};
	// As right after an installation: without private windows, and with the first rules alone.
	await firefox.install(extension);
	const countersign = await Countersign.open(firefox);
	const fresh: readonly Shot[] = [
		{ name: "welcome", size: PAGE, whole: true, open: () => openPage(firefox, "src/welcome/index.html#2") },
		{ name: "options", size: PAGE, whole: false, open: () => openPage(firefox, "src/options/index.html") },
	];
	for (const shot of fresh) await shoot(firefox, shot);
	const text = demoPolicy(demo.authorities);
	const changed = await countersign.ask("importPolicy", { text, how: "merge", settings: false });
	if (!changed.ok) throw new Error(changed.error);
	const stopped: readonly Shot[] = [
		{ name: "blocked", size: PAGE, whole: false, open: () => openBlocked(firefox, urlOf("refused"), false) },
		{ name: "blocked-advanced", size: PAGE, whole: true, open: () => openBlocked(firefox, urlOf("refused"), true) },
		{ name: "popup", size: POPUP, whole: true, open: () => openPopup(firefox, urlOf("parts"), "3 parts are missing") },
	];
	for (const shot of stopped) await shoot(firefox, shot);
}

await build({ logLevel: "warn" });
await mkdir(folder, { recursive: true });
const extension = await speaking(join(root, "dist"), language);
const demo = await createDemo();
try {
	const { goodRoot, refusedRoot, crossedRoot } = demo.authorities;
	const firefox = await Firefox.start({
		lab: demo.lab,
		builtInRoots: [goodRoot, refusedRoot, crossedRoot],
		window: PAGE,
	});
	try {
		await shootAll(demo, firefox, extension.folder);
	} finally {
		await firefox.close();
	}
} finally {
	await demo.close();
	await extension.remove();
}
