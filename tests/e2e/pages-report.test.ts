/** Reports in real Firefox: saved from the block page, read as a file; the block page on paper; and the one to practise on. */
import { X509Certificate } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LabHost } from "../lab/index.ts";
import { Countersign, TEST_BUILD } from "./countersign.ts";
import { type ChromeWindow, Firefox, type Tab } from "./harness/index.ts";
import { GO_BACK, goBlocked, openAdvanced, ready, WAY, words } from "./pages.ts";
import { createWorld, refusing, type World } from "./world.ts";

/** What a name in a certificate would do if it were ever taken for markup. */
const HOSTILE = "<img src=x onerror=document.title=1>";

let world: World;
let firefox: Firefox;
let refused: LabHost;
let hostile: LabHost;
let good: LabHost;

beforeAll(async () => {
	world = await createWorld();
	const { refusedRoot, refusedCa, goodRoot, lab } = world;
	good = await world.host("good");
	refused = await world.host("refused", refusedCa);
	hostile = await world.host("hostile", await refusedRoot.intermediate({ name: `CN=${HOSTILE},O=Refused Trust,C=XX` }));
	firefox = await Firefox.start({ lab, roots: [goodRoot, refusedRoot] });
	await firefox.install(TEST_BUILD);
	const countersign = await Countersign.open(firefox);
	await countersign.use(refusing([refusedRoot.spki], { title: "A title of my own", reason: "A reason of my own." }));
});

afterAll(async () => {
	await firefox?.close();
	await world?.close();
});

/** Presses *Save the report*, and waits for the whole file. */
async function save(tab: Tab, host: string): Promise<{ path: string; html: string }> {
	await tab.click(".blocked-report > p > .button");
	await tab.waitForText(`countersign-report-${host}-`);
	const { downloads } = firefox.profile;
	return await firefox.remote.until(
		async () => {
			for (const name of await readdir(downloads)) {
				const path = join(downloads, name);
				if (!name.startsWith(`countersign-report-${host}-`)) continue;
				const html = await readFile(path, "utf8");
				if (html.endsWith("</html>\n")) return { path, html };
			}
			return undefined;
		},
		10_000,
		() => "no report was saved",
	);
}

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const fingerprints = (pems: readonly string[]) => pems.map((pem) => new X509Certificate(pem).fingerprint256);

describe("a report", () => {
	it("holds the site's own chain, the time and the versions, and nothing of who saved it", async () => {
		const tab = await firefox.open();
		await tab.load(good.url());
		const before = Date.now();
		await goBlocked(tab, refused.url("/inbox?search=lawyer"));
		await openAdvanced(tab);
		const { html } = await save(tab, refused.name);
		const { identity } = refused;
		const shown = typeof identity.chainPem === "string" ? identity.chainPem : identity.chainPem();
		expect(fingerprints(html.match(PEM) ?? [])).toEqual(
			fingerprints([...(shown.match(PEM) ?? []), world.refusedRoot.pem]),
		);
		const [, time = ""] = /<time datetime="([^"]+)"/.exec(html) ?? [];
		expect(Date.parse(time)).toBeGreaterThanOrEqual(Math.floor(before / 1000) * 1000);
		expect(Date.parse(time)).toBeLessThanOrEqual(Date.now());
		expect(html).toMatch(/Firefox 15\d\.\d/);
		for (const personal of ["/inbox", "lawyer", "of my own", good.name, "Linux", firefox.profile.directory])
			expect(html).not.toContain(personal);
		await tab.close();
	});

	it("opened as a file, shows hostile names as text, and asks nobody for anything", async () => {
		const tab = await firefox.open();
		await goBlocked(tab, hostile.url());
		await openAdvanced(tab);
		const { path, html } = await save(tab, hostile.name);
		expect(html.match(PEM)).toHaveLength(3);
		await tab.load(pathToFileURL(path).href);
		const seen = await tab.evaluate(() => ({
			title: document.title,
			text: document.body.innerText,
			pictures: document.images.length,
			loaded: performance.getEntriesByType("resource").length,
			styled: getComputedStyle(document.body).fontFamily,
			lang: document.documentElement.lang,
		}));
		expect(seen).toMatchObject({ pictures: 0, loaded: 0, styled: "system-ui, sans-serif", lang: "en" });
		expect(seen.title).toBe(words("reportDocumentTitle", hostile.name));
		expect(seen.text).toContain(HOSTILE);
		await tab.close();
	});
});

it("on paper the block page is opened, black on white, and has nothing to press", async () => {
	const tab = await firefox.open();
	await goBlocked(tab, refused.url("/inbox?search=lawyer"));
	const medium = (value: string) =>
		firefox.chrome(
			(window: ChromeWindow, id, override) => {
				const { NavigableManager } = window.ChromeUtils.importESModule(
					"chrome://remote/content/shared/NavigableManager.sys.mjs",
				);
				NavigableManager.getBrowsingContextById(id).top.mediumOverride = override;
			},
			tab.id,
			value,
		);
	await medium("print");
	const { seen, pressed, colours } = await tab.evaluate(() => {
		const visible = (element: Element) =>
			element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true });
		return {
			seen: document.body.innerText,
			pressed: Array.from(document.querySelectorAll("button, input, select, a")).filter(visible).length,
			colours: [
				getComputedStyle(document.documentElement).backgroundColor,
				getComputedStyle(document.querySelector("h1") ?? document.body).color,
			],
		};
	});
	await medium("");
	for (const text of [
		words("whoAuthority", "Refused Trust"),
		words("blockedChainTitle"),
		"A reason of my own.",
		world.refusedCa.spki,
	])
		expect(seen).toContain(text);
	for (const text of ["/inbox", words("reportTitle"), words("wayTitle"), words("blockedAgainTitle")])
		expect(seen).not.toContain(text);
	expect(pressed).toBe(0);
	expect(colours).toEqual(["rgb(255, 255, 255)", "rgb(0, 0, 0)"]);
	await tab.close();
});

it("the page to practise on works to the end, loads nothing, and leads back to where it was opened", async () => {
	const tab = await firefox.openExtensionPage("src/options/index.html");
	const options = await tab.state();
	await tab.go(firefox.extensionUrl("src/blocked/index.html?practice"));
	const title = words("blockedTitlePractice", "example.org");
	const first = await tab.waitFor((state) => state.title === title, title);
	expect(first.text).toContain(words("blockedPracticeWhat"));
	await openAdvanced(tab);
	await tab.click(".way-through input");
	await tab.type("example.org");
	await ready(tab);
	await tab.click(WAY);
	const { document } = await tab.waitForText(words("blockedPracticeThrough"));
	expect(document).toBe(first.document);
	await tab.click(GO_BACK);
	await tab.waitForUrl(options.url);
	await tab.close();
});
