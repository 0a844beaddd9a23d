/**
 * npm start: builds Countersign and opens it in a Firefox of its own, beside a lab of web sites on
 * this computer that shows what it does. Without a display (or with --headless) it goes to every site
 * by itself, prints what happened, and keeps pictures in out/start/.
 */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { build } from "vite";
import { Countersign } from "../tests/e2e/countersign.ts";
import { type ChromeWindow, Firefox } from "../tests/e2e/harness/index.ts";
import { createDemo, type Demo, demoPolicy } from "./start/lab.ts";
import { landingPage } from "./start/pages.ts";
import { type Site, startSites } from "./start/sites.ts";
import { table, type Visit, visit } from "./start/visit.ts";

const root = join(import.meta.dirname, "..");
const FOLDER = join(root, "out/start");
/** The release build, made anew; or one that is there already. */
const BUILD = process.env.COUNTERSIGN_BUILD ?? join(root, "dist");

const hasDisplay =
	process.platform === "darwin" ||
	process.platform === "win32" ||
	Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
const headed = hasDisplay && !process.argv.includes("--headless");

/** Starts Firefox with the extension in it, the lab's authorities trusted and its rules in force. */
async function startFirefox(demo: Demo): Promise<{ firefox: Firefox; countersign: Countersign }> {
	const { goodRoot, refusedRoot, crossedRoot, companyRoot } = demo.authorities;
	const firefox = await Firefox.start({
		lab: demo.lab,
		builtInRoots: [goodRoot, refusedRoot, crossedRoot],
		roots: [companyRoot],
		headed,
	});
	try {
		await clickThrough(firefox, demo);
		await firefox.install(BUILD, { privateAllowed: true });
		const countersign = await Countersign.open(firefox);
		// Beside the first rules, as the person's own: so they can be changed in the options.
		const changed = await countersign.ask("importPolicy", {
			text: demoPolicy(demo.authorities),
			how: "merge",
			settings: false,
		});
		if (!changed.ok) throw new Error(changed.error);
		return { firefox, countersign };
	} catch (error) {
		await firefox.close();
		throw error;
	}
}

/** Firefox's own warning about these certificates counts as clicked away, for their hosts only. */
async function clickThrough(firefox: Firefox, { clickedThrough, lab }: Demo): Promise<void> {
	const entries = [...clickedThrough].map(([host, { der }]) => ({ host, der: Buffer.from(der).toString("base64") }));
	await firefox.chrome(
		({ Cc, Ci }: ChromeWindow, list, ports) => {
			const certificates = Cc["@mozilla.org/security/x509certdb;1"].getService(Ci.nsIX509CertDB);
			const overrides = Cc["@mozilla.org/security/certoverride;1"].getService(Ci.nsICertOverrideService);
			for (const { host, der } of list) {
				const certificate = certificates.constructX509FromBase64(der);
				for (const port of ports) overrides.rememberValidityOverride(host, port, {}, certificate, false);
			}
		},
		entries,
		[443, lab.tlsPort],
	);
}

/** Goes to every site and prints the table. Says whether all was as expected. */
async function visitAll(landing: string, sites: readonly Site[], demo: Demo): Promise<boolean> {
	const { firefox, countersign } = await startFirefox(demo);
	try {
		ending.signal.addEventListener("abort", () => void firefox.quit());
		const tab = await firefox.open();
		await tab.load(landing);
		await tab.screenshot(join(FOLDER, "landing.png"), true);
		await tab.close();
		const visits: Visit[] = [];
		for (const site of sites) {
			visits.push(await visit(site, { demo, firefox, countersign, folder: FOLDER }));
		}
		console.log(`\n${table(visits)}\n`);
		const bad = visits.filter(({ wrong }) => wrong.length > 0).length;
		console.log(bad === 0 ? `All ${visits.length} sites as expected.` : `${bad} of ${visits.length} not as expected.`);
		console.log("Pictures: out/start/");
		return bad === 0;
	} finally {
		await firefox.close();
	}
}

/** Leaves the landing page and the first-run page: everything else was opened to get there. */
async function closeHelpers(firefox: Firefox): Promise<void> {
	const seen = new Set<string>();
	// The first-run page of the install itself was cut short when private windows were allowed.
	for (const tab of (await firefox.tabs()).reverse()) {
		const { url } = await tab.state();
		if (url.startsWith("about:") || seen.has(url)) await tab.close();
		seen.add(url);
	}
}

/** Opens the landing page in a window and waits until Firefox is closed, or for Ctrl-C. */
async function showAll(landing: string, demo: Demo): Promise<void> {
	const { firefox } = await startFirefox(demo);
	const stopped = new Promise<void>((resolve) => ending.signal.addEventListener("abort", () => resolve()));
	try {
		await (await firefox.open()).load(landing);
		await closeHelpers(firefox);
		console.log(`The lab is open: ${landing}\nClose Firefox, or press Ctrl-C, to end it.`);
		await Promise.race([firefox.ended(), stopped]);
	} finally {
		await firefox.close();
	}
}

/** Aborted by Ctrl-C. Whatever is under way ends, and what was started is cleaned up on the way out. */
const ending = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => ending.abort());

if (!process.env.COUNTERSIGN_BUILD) {
	console.log("· vite build");
	await build({ logLevel: "warn" });
}
// Pictures of an earlier run say nothing about this one.
await rm(FOLDER, { recursive: true, force: true });
await mkdir(FOLDER, { recursive: true });
const demo = await createDemo();
try {
	const sites = await startSites(demo);
	const cards = sites.map(({ expected, ...site }) => ({ ...site, ...expected }));
	const landing = await demo.host("start", demo.authorities.good, { "/": landingPage(cards) });
	ending.signal.throwIfAborted();
	if (headed) {
		await showAll(landing.url(), demo);
	} else {
		if (!hasDisplay) console.log("There is no display: going to every site without a window.");
		process.exitCode = (await visitAll(landing.url(), sites, demo)) ? 0 : 1;
	}
} catch (error) {
	if (!ending.signal.aborted) throw error;
	process.exitCode = 130;
} finally {
	await demo.close();
}
