/** The popup in real Firefox: what it says of a tab, and what can be done from it. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { html, image, type LabHost, script } from "../lab/index.ts";
import type { Authority } from "../pki/index.ts";
import { buttonSays, until } from "./acts.ts";
import { Countersign, TEST_BUILD } from "./countersign.ts";
import { type ChromeWindow, Firefox, type Tab } from "./harness/index.ts";
import {
	blocked,
	expectInOrder,
	goBlocked,
	goThrough,
	openPopupOf,
	ready,
	shown,
	tabIdOf,
	WAY,
	words,
} from "./pages.ts";
import { createWorld, SUFFIX, type World } from "./world.ts";

let world: World;
let firefox: Firefox;
let countersign: Countersign;
let good: LabHost;
let sibling: LabHost;
let plain: LabHost;
let refused: LabHost;
let parts: LabHost;
let partsOther: LabHost;
let own: LabHost;
let ownRoot: Authority;
let restricted: LabHost;
let secondRoot: Authority;
/** Open since before the extension was there. */
let early: Tab;
let earlyEmpty: Tab;

beforeAll(async () => {
	world = await createWorld();
	const { pki, lab, goodRoot, refusedRoot, refusedCa } = world;
	ownRoot = await pki.root({ name: "CN=Proxy Root,O=Company Proxy,C=DE" });
	secondRoot = await pki.root({ name: "CN=Second Root,O=Second Trust,C=YY" });
	good = await world.host("good");
	sibling = await world.host("sibling");
	plain = await world.host("plain");
	plain.plain.route("/", html("<h1>plain</h1>"));
	refused = await world.host("refused", refusedCa);
	parts = await world.host("parts", refusedCa);
	partsOther = await world.host("parts-other", secondRoot);
	for (const host of [parts, partsOther]) {
		host.route("/a.svg", image()).route("/b.svg", image());
		host.route("/s.js", script("document.body.dataset.ran = location.host"));
	}
	good.route(
		"/parts",
		html(
			`<h1>parts</h1><img src="${parts.url("/a.svg")}"><img src="${parts.url("/b.svg")}">
			<script src="${parts.url("/s.js")}"></script><img src="${partsOther.url("/a.svg")}">`,
		),
	);
	own = await world.host("own", ownRoot);
	own.route("/a.svg", image());
	sibling.route("/a.svg", image());
	good.route(
		"/by-authority",
		html(
			`<link rel="icon" href="data:,"><h1>parts</h1><img src="${own.url("/a.svg?1")}"><img src="${own.url("/a.svg?2")}">
			<img src="${own.url("/a.svg?3")}"><img src="${sibling.url("/a.svg")}">
			<img src="${parts.url("/a.svg")}"><img src="${parts.url("/b.svg")}">`,
		),
	);
	const name = "addons.mozilla.org";
	restricted = lab.host(name, await ownRoot.leaf({ names: [name] }), { "/": html("<h1>restricted</h1>") });
	firefox = await Firefox.start({
		lab,
		builtInRoots: [goodRoot, refusedRoot, secondRoot],
		roots: [ownRoot],
		// A page over http stays one.
		preferences: { "dom.security.https_first": false },
	});
	early = await firefox.open();
	await early.load(good.url("/?early"));
	earlyEmpty = await firefox.open();
	await firefox.install(TEST_BUILD, { privateAllowed: true });
	countersign = await Countersign.open(firefox);
	await countersign.use(
		JSON.stringify({
			version: 1,
			rules: [
				{ id: "refused", title: "The refused ones", match: [{ spki: refusedRoot.spki }] },
				{ id: "second", title: "The second ones", match: [{ spki: secondRoot.spki }], action: "warn" },
			],
		}),
	);
});

afterAll(async () => {
	await firefox?.close();
	await world?.close();
});

afterEach(async () => {
	const { exceptions, rules } = await countersign.ask("options");
	for (const { id } of exceptions) await countersign.ask("revokeException", id);
	for (const { id } of rules) if (id !== "refused" && id !== "second") await countersign.ask("deleteRule", id);
});

/** Reads the popup about a tab, once it says what it is. */
async function popupText(tab: Tab): Promise<string> {
	const popup = await openPopupOf(firefox, tab);
	await popup.waitForSelector(".popup-head h1, .popup-head p");
	const { text } = await popup.state();
	await popup.close();
	return text;
}

describe("the popup says of a tab", () => {
	it("that was open before Countersign: that its site was asked, and when; loaded again, it is like others", async () => {
		const popup = await openPopupOf(firefox, early);
		const { text } = await popup.waitForText(words("popupProbedAccepted"));
		expect(text).toMatch(/Checked by probe at \d/);
		expect(text).not.toContain(words("popupProtected"));
		expectInOrder(text, [good.name, "Good CA 1", "Good Root"]);
		// What the server saw of it: no more than that somebody asked.
		const probe = good.requests().find(({ method }) => method === "HEAD");
		expect(probe).toMatchObject({ path: "/", bodyLength: 0 });
		expect(probe?.headers.cookie).toBe(undefined);
		await early.reload();
		await popup.waitForText(words("popupProtected"));
		await popup.close();
	});

	it("protected: who vouches for whom, leaf to root, with names, organisations and countries", async () => {
		const tab = await firefox.open();
		await tab.load(good.url());
		const text = await popupText(tab);
		expectInOrder(text, [
			good.name,
			words("popupProtected"),
			words("popupProtectedBy", "Good Trust (United States)", good.name),
			words("blockedChainTitle"),
			good.name,
			"Good Trust",
			words("uiChainVouches", good.name),
			"Good CA 1",
			"United States",
			"Good Trust",
			"Good Root",
			"United States",
			words("uiChainBuiltIn"),
		]);
		await tab.close();
	});

	it("protected, in the real popup of the toolbar button", async () => {
		const tab = await firefox.open();
		await tab.load(good.url());
		await tab.activate();
		const popup = await firefox.openPopup();
		const { text } = await popup.waitForText(words("popupProtected"));
		expect(text).toContain(words("popupProtectedBy", "Good Trust (United States)", good.name));
		await buttonSays(firefox, (button) => button.text === "");
		await tab.close();
	});

	it("hidden behind a root that was added to this computer", async () => {
		const tab = await firefox.open();
		await tab.load(own.url());
		const text = await popupText(tab);
		expect(text).toContain(words("popupLocalRoot"));
		expect(text).toContain(words("foundAddedRoot", "Company Proxy", own.name));
		expect(text).toContain(words("uiChainAdded"));
		expect(text).not.toContain(words("popupProtected"));
		await tab.close();
	});

	it("stopped, who decided, and the way back", async () => {
		const tab = await firefox.open();
		await tab.load(good.url());
		await goBlocked(tab, refused.url());
		const popup = await openPopupOf(firefox, tab);
		const { text } = await popup.waitForText(words("popupStopped"));
		expect(text).toContain(words("whoAuthority", "Refused Trust"));
		expect(text).toContain(words("uiRefused"));
		await popup.click(".popup-head .button-primary");
		await shown(tab, good.url());
		await popup.close();
		await tab.close();
	});

	it("not checked: http, nobody vouches", async () => {
		const tab = await firefox.open();
		await tab.load(plain.url("/", "http"));
		const text = await popupText(tab);
		expect(text).toContain(words("popupNotChecked"));
		expect(text).toContain(words("popupHttp"));
		await tab.close();
	});

	it("not checked: pages that are not of the web, and pages that Firefox keeps from extensions", async () => {
		const tab = await firefox.open();
		await tab.load("about:license");
		expect(await popupText(tab)).toContain(words("popupNothing"));
		await tab.load(restricted.url());
		const text = await popupText(tab);
		expect(text).toContain(words("popupNotChecked"));
		expect(text).toContain(words("popupRestricted"));
		await tab.close();
	});

	it("not checked: a tab that is empty, and was before the extension came, is not called kept away", async () => {
		const text = await popupText(earlyEmpty);
		expect(text).toContain(words("popupEmpty"));
		expect(text).not.toContain(words("popupRestricted"));
		await earlyEmpty.close();
	});

	it("let through, until when, with a button that takes it back at once", async () => {
		const tab = await firefox.open();
		await goBlocked(tab, refused.url());
		await goThrough(tab, refused.name, "hour");
		await shown(tab, refused.url());
		const popup = await openPopupOf(firefox, tab);
		const { text } = await popup.waitForText(words("popupWarned"));
		expectInOrder(text, [words("popupWarned"), words("popupExceptions"), refused.name, words("popupRevoke")]);
		expect(text).toMatch(/Until .*\d/);
		await popup.click(".popup-part .button");
		await blocked(tab, refused.name);
		await popup.waitForText(words("popupStopped"));
		expect((await countersign.ask("options")).exceptions).toEqual([]);
		await popup.close();
		await tab.close();
	});
});

describe("stopped parts", () => {
	it("are counted on the button, listed by authority, and each host has a way through", async () => {
		const tab = await firefox.open();
		await tab.load(good.url("/parts"));
		await tab.activate();
		await buttonSays(
			firefox,
			({ text, title }) =>
				text === "4" && title.includes(good.name) && title.endsWith("4 parts of this page were stopped"),
		);
		const popup = await openPopupOf(firefox, tab);
		const { text } = await popup.waitForText("4 parts of this page were stopped");
		expectInOrder(text, [words("popupProtected"), "Refused Trust", parts.name, "stopped 3 times"]);
		expectInOrder(text, ["Second Trust", partsOther.name, "stopped once"]);
		expect(text).toContain(words("popupPartImages"));
		expect(text).toContain(words("popupPartScripts"));
		// The rule against the first of them blocks: its own name has to be typed.
		await popup.click(".popup-part-host summary");
		await popup.waitForText(words("whoAuthority", "Refused Trust"));
		await popup.click(".popup-part-host input");
		await popup.type(parts.name);
		await ready(popup);
		const before = (await tab.state()).document;
		await popup.click(WAY);
		await tab.waitFor(({ document, complete }) => complete && document !== before, "the page, loaded again");
		expect(await tab.evaluate(() => document.body.dataset.ran)).toBe(good.name);
		const after = await popup.waitForText("1 part of this page was stopped");
		expect(after.text).toContain(words("popupWarnedParts"));
		expect(after.text).toContain(words("popupWarnedWhy", parts.name));
		await popup.close();
		await tab.close();
	});
});

/** What was copied last, in any program. */
const copied = (): Promise<string> =>
	firefox.chrome(({ Cc, Ci, Services }: ChromeWindow) => {
		const transferable = Cc["@mozilla.org/widget/transferable;1"].createInstance(Ci.nsITransferable);
		transferable.init(null);
		transferable.addDataFlavor("text/plain");
		Services.clipboard.getData(transferable, Services.clipboard.kGlobalClipboard);
		const data = {} as { value?: { QueryInterface(what: unknown): { data: string } } };
		transferable.getTransferData("text/plain", data);
		return data.value?.QueryInterface(Ci.nsISupportsString).data ?? "";
	});

/** PEM without line ends: where lines end is of no account. */
const bare = (pem: string): string => pem.replace(/\s/g, "");

/** What a host sends, leaf first. */
function pemOf({ identity }: LabHost): string {
	return bare(typeof identity.chainPem === "string" ? identity.chainPem : identity.chainPem());
}

describe("who vouches for whom", () => {
	it("opens to all that each document says, which can be copied and saved as it is", async () => {
		const tab = await firefox.open();
		await tab.load(good.url());
		const popup = await openPopupOf(firefox, tab);
		await popup.waitForSelector(".chain-link");
		await popup.click(".chain-link:first-child summary");
		await popup.waitForSelector(".chain-link:first-child .chain-details .button");
		const { text } = await popup.state();
		expectInOrder(text, [
			words("technicalNames"),
			good.name,
			"EC, P-256",
			"SHA-256 + ECDSA",
			words("technicalNoAuthority"),
			words("uiCopyPem"),
		]);
		const whole = pemOf(good) + bare(world.goodRoot.pem);
		await popup.click(".chain-link:first-child .chain-details .button");
		await popup.waitForText(words("uiCopied"));
		expect(bare(await copied())).toBe(/^-+BEGINCERTIFICATE.*?-+ENDCERTIFICATE-+(?=-----BEGIN)/.exec(whole)?.[0]);
		await popup.click(".chain-save .button-link");
		const file = join(firefox.profile.downloads, `${good.name}.pem`);
		const saved = await until(firefox, "the file", async () => {
			const content = bare(await readFile(file, "utf8").catch(() => ""));
			return content.length >= whole.length ? content : undefined;
		});
		expect(saved).toBe(whole);
		await popup.close();
		await tab.close();
	});

	it("counts the parts of the page by authority, and what was stopped of them", async () => {
		const tab = await firefox.open();
		await tab.load(good.url("/by-authority"));
		const popup = await openPopupOf(firefox, tab);
		await popup.waitForSelector(".bar-legend");
		expect(
			await popup.evaluate(() => [...document.querySelectorAll(".bar-legend li")].map((line) => line.textContent)),
		).toEqual([
			"Company Proxy (Germany) 3 parts",
			"Good Trust (United States) 1 part",
			"Refused Trust 2 parts stopped",
		]);
		expect(
			await popup.evaluate(() =>
				[...document.querySelectorAll<HTMLElement>(".bar > *")].map(({ style }) => style.flexGrow),
			),
		).toEqual(["3", "1", "2"]);
		await popup.close();
		await tab.close();
	});
});

describe("Refuse this authority", () => {
	it("adds a rule by key, takes effect at once on all open tabs, and Undo frees them again", async () => {
		const tab = await firefox.open();
		await tab.load(good.url());
		const other = await firefox.open();
		await other.load(sibling.url());
		const apart = await firefox.open();
		await apart.load(own.url());
		const popup = await openPopupOf(firefox, tab);
		await popup.waitForText(words("popupProtected"));
		// Nothing to refuse at the site itself; one button at each authority above it.
		expect(await popup.evaluate(() => document.querySelectorAll(".chain .button").length)).toBe(2);
		await popup.click(".chain-link:nth-child(2) .button");
		await popup.waitForText(words("popupRefuseSure", "Good Trust").slice(0, 12));
		await popup.click(".popup-asks .button-danger");
		await blocked(tab, good.name);
		await blocked(other, sibling.name);
		const { rules } = await countersign.ask("options");
		expect(rules.at(-1)).toMatchObject({ match: [{ spki: world.goodCa.spki }], action: "block", enabled: true });
		expect((await apart.state()).url).toBe(own.url());
		// The page took its place in the history, so the way back does not lead through it.
		expect((await firefox.entries(tab)).urls).toHaveLength(1);
		await popup.waitForText(words("popupRefusedNow"));
		await popup.click(".chain .button-link");
		await shown(tab, good.url());
		await shown(other, sibling.url());
		expect((await countersign.ask("options")).rules.map(({ id }) => id)).toEqual(["refused", "second"]);
		await popup.waitForText(words("popupProtected"));
		for (const one of [popup, tab, other, apart]) await one.close();
	});

	it("reaches pages kept for the Back button", async () => {
		const tab = await firefox.open();
		await tab.load(sibling.url());
		await tab.load(own.url());
		const apart = await firefox.open();
		await apart.load(good.url());
		const answer = await countersign.ask("refuseKey", { tabId: await tabIdOf(firefox, apart), position: 2 });
		expect(answer.ok).toBe(true);
		await blocked(apart, good.name);
		await tab.traverse(-1);
		await blocked(tab, sibling.name);
		await tab.close();
		await apart.close();
	});

	it("loads a page again that had parts from it", async () => {
		const tab = await firefox.open();
		own.route("/with-parts", html(`<h1>mixed</h1><img src="${good.url("/pic.svg")}">`));
		good.route("/pic.svg", image());
		await tab.load(own.url("/with-parts"));
		const apart = await firefox.open();
		await apart.load(sibling.url());
		const before = (await tab.state()).document;
		await countersign.ask("refuseKey", { tabId: await tabIdOf(firefox, apart), position: 1 });
		await tab.waitFor(({ document, complete }) => complete && document !== before, "the page, loaded again");
		expect((await countersign.ask("tab", await tabIdOf(firefox, tab))).partsCount).toBe(1);
		await tab.close();
		await apart.close();
	});
});

it("no name under the lab was asked for that no test asked for", () => {
	expect(world.lab.log.strangers.filter((name) => name.endsWith(SUFFIX))).toEqual([]);
});
