/**
 * npm run dev: a Firefox with a fresh profile and Countersign in it. Each change of a source is built
 * into dist-dev/ and the extension reloaded there. Without a display Firefox runs headless.
 */
import { watch } from "node:fs";
import process from "node:process";
import { build } from "vite";
import webExt from "web-ext";

const FOLDER = "dist-dev";
/** What a build is made of. */
const SOURCES = ["src", "public", "docs", "manifest.json"];
/** Editors write a file in several steps; one build is enough for them. */
const SETTLED = 150;

/** Builds; says what is wrong when it cannot, because the next save may mend it. */
async function rebuild(): Promise<boolean> {
	try {
		await build({ mode: "dev", logLevel: "warn" });
		return true;
	} catch (error) {
		console.error(error instanceof Error ? error.message : error);
		return false;
	}
}

if (!(await rebuild())) process.exit(1);

const hasDisplay = Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
if (!hasDisplay) console.log("No display: Firefox runs headless.");
const runner = await webExt.cmd.run(
	{
		sourceDir: FOLDER,
		target: ["firefox-desktop"],
		firefox: process.env.FIREFOX ?? "firefox-esr",
		args: hasDisplay ? [] : ["-headless"],
		// Reloading is done here, after a build that succeeded, not at every file that it writes.
		noReload: true,
		noInput: true,
	},
	{ shouldExitProgram: false },
);

let timer: NodeJS.Timeout | null = null;
let building = false;
let again = false;

async function update(): Promise<void> {
	if (building) {
		again = true;
		return;
	}
	building = true;
	do {
		again = false;
		const start = performance.now();
		if (await rebuild()) {
			await runner.reloadAllExtensions();
			console.log(`Reloaded after ${Math.round(performance.now() - start)} ms.`);
		}
	} while (again);
	building = false;
}

const watchers = SOURCES.map((path) =>
	watch(path, { recursive: true }, () => {
		if (timer !== null) clearTimeout(timer);
		timer = setTimeout(() => void update(), SETTLED);
	}),
);

function stop(): void {
	for (const watcher of watchers) watcher.close();
	void runner.exit();
}
runner.registerCleanup(() => process.exit(0));
process.on("SIGINT", stop);
process.on("SIGTERM", stop);
console.log("Watching for changes. Ctrl+C ends it.");
