import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { html, Lab, type LabHost } from "../../lab/index.ts";
import { type Authority, Pki } from "../../pki/index.ts";
import { EXTENSION_ID, Firefox } from "./index.ts";

const PATIENCE = 180_000;

let lab: Lab;
let root: Authority;
let own: Authority;
let good: LabHost;
let mine: LabHost;
let unknown: LabHost;
let extension: string;

beforeAll(async () => {
	const pki = await Pki.create();
	root = await pki.root({ name: "CN=Good Root,O=Good Trust,C=US" });
	const ca = await root.intermediate({ name: "CN=Good CA,O=Good Trust,C=US" });
	const other = await pki.root({ name: "CN=Unknown Root" });
	lab = await Lab.start({ http2: true });
	good = lab.host("good.example-lab.com", await ca.leaf({ names: ["good.example-lab.com"] }), {
		"/": html("<h1>Good</h1><button onclick='this.textContent = `done`'>go</button>", { "set-cookie": "id=1" }),
	});
	own = await pki.root({ name: "CN=Own Root" });
	mine = lab.host("own.example-lab.com", await own.leaf({ names: ["own.example-lab.com"] }), { "/": html("Mine") });
	unknown = lab.host("unknown.example-lab.com", await other.leaf({ names: ["unknown.example-lab.com"] }), {
		"/": html("<h1>Unknown</h1>"),
	});
	extension = await mkdtemp(join(tmpdir(), "countersign-extension-"));
	await writeExtension(extension);
});
afterAll(async () => {
	vi.unstubAllEnvs();
	await lab.close();
	await rm(extension, { recursive: true });
});

// The smallest thing with a background page, a popup, and an eye on chains.
async function writeExtension(directory: string): Promise<void> {
	const manifest = {
		manifest_version: 2,
		name: "Harness",
		version: "1",
		browser_specific_settings: { gecko: { id: EXTENSION_ID } },
		permissions: ["webRequest", "webRequestBlocking", "<all_urls>", "tabs", "storage"],
		background: { scripts: ["background.js"] },
		browser_action: { default_popup: "popup.html", default_title: "Harness" },
	};
	await writeFile(join(directory, "manifest.json"), JSON.stringify(manifest));
	await writeFile(join(directory, "popup.html"), "<!doctype html><title>Popup</title><p>This is the popup</p>");
	await writeFile(
		join(directory, "background.js"),
		`globalThis.seen = [];
		browser.browserAction.setBadgeText({ text: "7" });
		browser.webRequest.onHeadersReceived.addListener(async ({ requestId, url, incognito }) => {
			const { certificates } = await browser.webRequest.getSecurityInfo(requestId, { certificateChain: true });
			const root = certificates.at(-1);
			seen.push({ url, incognito, subjects: certificates.map(({ subject }) => subject), builtIn: root?.isBuiltInRoot });
		}, { urls: ["<all_urls>"] }, ["blocking"]);`,
	);
}

interface Seen {
	url: string;
	incognito: boolean;
	subjects: string[];
	builtIn?: boolean;
}

function seenBy(firefox: Firefox): Promise<Seen[]> {
	return firefox.background(() => (globalThis as unknown as { seen: Seen[] }).seen);
}

describe("harness", () => {
	it("drives a Firefox: built-in and own roots, the extension, private windows, a crash", {
		timeout: PATIENCE,
	}, async () => {
		await using firefox = await Firefox.start({
			lab,
			builtInRoots: [root],
			roots: [own],
			urls: [good.url("/?start")],
			managed: { hello: "there" },
		});
		await (await firefox.findTab(good.url("/?start"))).waitForText("Good");

		const tab = await firefox.open();
		await tab.load(unknown.url());
		expect(await firefox.errorPage(tab)).toBe("SEC_ERROR_UNKNOWN_ISSUER");
		expect(unknown.requests()).toEqual([]);

		await firefox.install(extension, { privateAllowed: true });
		await tab.load(good.url());
		expect(await firefox.errorPage(tab)).toBe(null);
		await tab.click("button");
		await tab.waitForText("done");
		expect(await seenBy(firefox)).toEqual([
			{
				url: good.url(),
				incognito: false,
				subjects: ["CN=good.example-lab.com", "CN=Good CA,O=Good Trust,C=US", "CN=Good Root,O=Good Trust,C=US"],
				builtIn: true,
			},
		]);
		await tab.load(mine.url());
		expect((await seenBy(firefox)).at(-1)).toMatchObject({
			subjects: ["CN=own.example-lab.com", "CN=Own Root"],
			builtIn: false,
		});
		await tab.load(good.url());
		expect(await firefox.background((browser) => browser.storage.managed.get())).toEqual({ hello: "there" });
		expect(await firefox.cookies("example-lab.com")).toEqual([
			{ host: "good.example-lab.com", name: "id", value: "1" },
		]);
		expect(await firefox.history()).toEqual([good.url("/?start"), mine.url(), good.url()]);
		await tab.go("http://good.example-lab.com/?upgraded");
		await tab.waitForUrl(good.url("/?upgraded"));
		expect(await firefox.badge()).toEqual({ text: "7", title: "Harness" });
		const popup = await firefox.openPopup();
		expect((await popup.state()).text).toContain("This is the popup");
		const page = await firefox.openExtensionPage("popup.html");
		expect((await page.state()).title).toBe("Popup");
		await page.close();

		const secret = await firefox.openPrivate(good.url("/?private"));
		await secret.waitForText("Good");
		expect((await seenBy(firefox)).at(-1)).toMatchObject({ url: good.url("/?private"), incognito: true });

		await tab.activate();
		const picture = join(extension, "picture.png");
		await tab.screenshot(picture);
		expect((await readFile(picture)).subarray(1, 4).toString()).toBe("PNG");

		await firefox.kill();
		await firefox.restart();
		const again = await firefox.open();
		expect((await again.load(good.url())).text).toContain("Good");
		// Names that no test asked for would be Firefox's own traffic.
		expect(lab.log.strangers).toEqual([]);
	});

	it("stands for a user who clicks through; an extension for good; roots that pose as built in", {
		timeout: PATIENCE,
	}, async () => {
		// As on a machine without the module that makes roots built in.
		vi.stubEnv("COUNTERSIGN_TRUST_MODULE", "/none");
		await using firefox = await Firefox.startPrimed({
			lab,
			permanent: extension,
			builtInRoots: [root],
			acceptInsecureCerts: true,
			urls: [unknown.url("/?start")],
		});
		const tab = await firefox.findTab(unknown.url("/?start"));
		await tab.waitForText("Unknown");
		// The page of the command line was seen: it was held until the background ran.
		expect(await seenBy(firefox)).toMatchObject([{ url: unknown.url("/?start"), subjects: [] }]);
		await tab.load(good.url());
		expect((await seenBy(firefox)).at(-1)).toMatchObject({ url: good.url(), builtIn: true });
	});
});
