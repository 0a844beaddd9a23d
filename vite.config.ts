import { join } from "node:path";
import { defineConfig, type Plugin } from "vite";
import webExtension from "vite-plugin-web-extension";
import { help } from "./tools/help.ts";
import { buildMail, mailModule } from "./tools/mail.ts";
import { describe, measure } from "./tools/sizes.ts";

/** Pages that no manifest entry names: the block page, the first-run page, the help, and what is known of a mail server. */
const PAGES = ["src/blocked/index.html", "src/welcome/index.html", "src/help/index.html", "src/mail/index.html"];

// `release` (the default) gives dist/; `--mode test` gives dist-test/, the same extension with its
// fault points compiled in; `--mode late` dist-late/, that one with a Firefox that is slow to answer; `--mode dev`
// gives dist-dev/, readable and with source maps.
const FOLDER: Readonly<Record<string, string>> = {
	production: "dist",
	test: "dist-test",
	late: "dist-late",
	dev: "dist-dev",
};

/**
 * What pages share, in few files: each takes Firefox some milliseconds to open, while a person waits for the popup
 * (docs/speed.md). Left out is what loads the authorities' data, which no page but those that show it may come near.
 */
const SHARED = [
	// First: else what the popup's first script needs would be one with it, and other pages would ask for a tab as well.
	{ name: "browser", test: /\/src\/(?:browser\/(?:api|i18n|messages|page)|protocol)\.ts$/, priority: 2 },
	{ name: "ask", test: /\/src\/popup\/ask\.ts$/, priority: 1 },
	{
		name: "page",
		test: /\/node_modules\/@?preact\/|\/src\/(?:ui|core|browser)\/(?!CertificateDetails|Reason)[^?]*\.tsx?$/,
		minShareCount: 2,
	},
];

/**
 * Names for what the pages share. vite-plugin-web-extension puts all of it at the top of the folder
 * and numbers the styles ("index2.css"); so each page's style stands beside the page instead.
 */
const fileNames: Plugin = {
	name: "countersign:file-names",
	outputOptions(options) {
		if (options.format === "iife") return null;
		return {
			...options,
			codeSplitting: { groups: SHARED },
			chunkFileNames: "shared/[name].js",
			assetFileNames: ({ names, originalFileNames }) => {
				const page = originalFileNames.find((name) => name.endsWith(".html"));
				const name = names[0] ?? "";
				return page === undefined ? (name === "manifest.json" ? name : `shared/${name}`) : page.replace(/[^/]+$/, name);
			},
		};
	},
};

/**
 * The style that all pages share comes first, as it does in their sources: Vite puts it last, and what a page says
 * otherwise would count for nothing wherever both are equally specific.
 */
const sharedStyleFirst: Plugin = {
	name: "countersign:shared-style-first",
	transformIndexHtml: {
		order: "post",
		handler(html) {
			const styles = /\n[ \t]*<link rel="stylesheet"[^>]*>/g;
			const isShared = (link: string) => link.includes("/shared/");
			const found = html.match(styles) ?? [];
			const sorted = [...found.filter(isShared), ...found.filter((link) => !isShared(link))];
			return html.replace(styles, () => sorted.shift() ?? "");
		},
	},
};

/**
 * The popup's question to the background is a script of its own, and leaves before the rest of the popup is loaded: Vite
 * would make one script of all that a page names.
 */
const POPUP_FIRST = [
	'<script type="module" async crossorigin src="/shared/ask.js"></script>',
	// What the scripts import is asked for at once, and not only when they are there.
	'<link rel="modulepreload" crossorigin href="/shared/browser.js">',
	'<link rel="modulepreload" crossorigin href="/shared/page.js">',
];
const askFirst: Plugin = {
	name: "countersign:ask-first",
	transformIndexHtml: {
		order: "post",
		handler: (html, { path }) =>
			path.endsWith("popup/index.html") ? html.replace("<script", `${POPUP_FIRST.join("\n\t\t")}\n\t\t<script`) : html,
	},
};

/** Puts tests/late/api.ts in the place of Firefox's interface. */
const late: Plugin = {
	name: "countersign:late",
	enforce: "pre",
	resolveId: (source) => (/\/api\.ts$/.test(source) ? join(import.meta.dirname, "tests/late/api.ts") : null),
};

export default defineConfig(({ mode }) => {
	const outDir = FOLDER[mode];
	if (outDir === undefined) throw new Error(`No such build: ${mode} (there are ${Object.keys(FOLDER).join(", ")})`);
	const release = mode !== "dev";
	const define = { __TEST__: JSON.stringify(mode === "test" || mode === "late") };
	// Whatever the shell says: under NODE_ENV=test, say, JSX would carry the paths of source files.
	process.env.NODE_ENV = release ? "production" : "development";
	return {
		logLevel: "warn",
		define,
		build: {
			outDir,
			emptyOutDir: true,
			target: "firefox153",
			minify: release,
			sourcemap: release ? false : "inline",
			// The popup's hints are given by hand (POPUP_FIRST): Vite's polyfill for them would be the one piece
			// of code here that calls fetch.
			modulePreload: false,
			// data: addresses are not in the content security policy.
			assetsInlineLimit: 0,
			reportCompressedSize: false,
			// What is known of all authorities is one file of 540 kB, loaded when it is first looked at.
			chunkSizeWarningLimit: 700,
		},
		oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
		plugins: [
			...(mode === "late" ? [late] : []),
			fileNames,
			help(import.meta.dirname),
			sharedStyleFirst,
			askFirst,
			mailModule,
			webExtension({
				browser: "firefox",
				additionalInputs: PAGES,
				// It would ask the network for Chrome's schema; `web-ext lint` in the tests knows Firefox's.
				skipManifestValidation: true,
				disableAutoLaunch: true,
				printSummary: false,
				async onBundleReady() {
					await buildMail(import.meta.dirname, outDir, mode, define);
					if (mode === "production") console.log(`\n${describe(await measure(import.meta.dirname, outDir))}`);
				},
			}),
		],
	};
});
