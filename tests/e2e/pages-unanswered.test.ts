/** What people see of a form, or of what a page sends by itself, when its site does not answer the check. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { html, type LabHost } from "../lab/index.ts";
import { Countersign, isBlockPage, TEST_BUILD } from "./countersign.ts";
import { Firefox, type Tab, type ViewState } from "./harness/index.ts";
import { expectInOrder, KEYS, openAdvanced, openPopupOf, ready, shown, stays, WAY, words } from "./pages.ts";
import { createWorld, refusing, type World } from "./world.ts";

/** A probe takes ten seconds to fail, and some tests wait for two. */
const LONG = 60_000;
const TYPED = "all that I wrote";

let world: World;
let firefox: Firefox;
let tab: Tab;
let site: LabHost;
/** What the site got by POST, in order. */
let bodies: string[];
/** Whether the site answers when it is only asked. */
let answers: boolean;
let labels = 0;

beforeAll(async () => {
	world = await createWorld();
	firefox = await Firefox.startPrimed({
		lab: world.lab,
		roots: [world.goodRoot, world.refusedRoot],
		permanent: TEST_BUILD,
	});
	const countersign = await Countersign.open(firefox);
	await countersign.use(refusing([world.refusedRoot.spki]));
});

afterAll(async () => {
	await firefox?.close();
	await world?.close();
});

beforeEach(async () => {
	labels += 1;
	site = await world.host(`silent${labels}`);
	bodies = [];
	answers = false;
	site
		.route("/", ({ method }) => (method === "HEAD" && !answers ? new Promise(() => undefined) : html("<h1>front</h1>")))
		.route("/form", html(`<form method="post" action="/sent"><input name="text"><button>send</button></form>`))
		.route(
			"/page",
			html(
				`<textarea></textarea><button onclick="fetch('/sent', { method: 'POST', body: '${TYPED}' }).then(() => document.body.append('arrived'))">send</button>`,
			),
		)
		.route("/sent", ({ body }) => {
			bodies.push(new TextDecoder().decode(body));
			return html("<h1>thank you</h1>");
		});
	tab = await firefox.open();
});

afterEach(async () => {
	await tab.close().catch(() => undefined);
});

const typed = (): Promise<string | undefined> => tab.evaluate(() => document.querySelector("textarea")?.value);

/** The methods by which the site was asked for its front page. */
const asked = (): string[] =>
	site
		.requests()
		.filter(({ path }) => path === "/")
		.map(({ method }) => method);

/** As when the computer comes to another network: that the page itself was accepted counts no more. */
const changeNetwork = (): Promise<void> =>
	firefox.background(() => {
		dispatchEvent(new Event("online"));
	});

/** What one field of a form named "text" arrives as. */
const FORM = new URLSearchParams({ text: TYPED }).toString();

/** Types into the form, sends it, and waits for the page that says it was not sent. */
async function heldBack(): Promise<ViewState> {
	await tab.load(site.url("/form"));
	await tab.click("input");
	await tab.type(TYPED);
	await changeNetwork();
	await tab.click("button");
	return await tab.waitFor(
		({ url, text, complete }) => complete && isBlockPage(url) && text.includes(words("uiTryAgain")),
		"the page about a form that was held back",
		20_000,
	);
}

/** Presses Try again, and waits until the page says this. */
async function tryAgain(says: string): Promise<ViewState> {
	await tab.click(".blocked-actions .button-primary");
	return await tab.waitForText(says, 20_000);
}

/**
 * From a page that leads back to the form, which Firefox has emptied: it does so whenever a page of an
 * extension took the place of one from the web, so the page says that this can be.
 */
async function backAndSend(): Promise<void> {
	expect(bodies).toEqual([]);
	await tab.waitForSelector(".blocked-actions button:focus");
	await tab.type(KEYS.enter);
	await shown(tab, site.url("/form"));
	await tab.click("input");
	await tab.evaluate(() => document.querySelector("input")?.select());
	await tab.type(TYPED);
	await tab.click("button");
	await shown(tab, site.url("/sent"));
	expect(bodies).toEqual([FORM]);
}

describe("a form whose site does not answer the check", () => {
	it(
		"is not sent, and the page says so calmly, with the safe thing to do first",
		async () => {
			const { text } = await heldBack();
			expect(bodies).toEqual([]);
			expectInOrder(text, [
				words("blockedUnanswered"),
				words("whoUnanswered"),
				words("whyUnanswered", site.name),
				words("couldUnanswered"),
				words("sentHeldBack"),
				words("uiTryAgain"),
				words("blockedGoBackPlain"),
				words("uiHeldHint"),
				words("blockedAdvanced"),
			]);
			const wanted = words("blockedTitleUnanswered", site.name);
			await tab.waitFor(({ title }) => title === wanted, wanted);
			expect(
				await tab.evaluate(() => ({
					focus: document.activeElement?.textContent,
					filled: document.querySelectorAll(".button-primary").length,
					icon: document.querySelector<HTMLLinkElement>("link[rel=icon]")?.getAttribute("href"),
				})),
			).toEqual({ focus: words("uiTryAgain"), filled: 1, icon: "/icons/state-unanswered.svg" });
			await tab.click(".blocked-actions .button:not(.button-primary)");
			await shown(tab, site.url("/form"));
			expect(bodies).toEqual([]);
		},
		LONG,
	);

	it(
		"is tried again: still no answer; then an answer, and back to the form",
		async () => {
			await heldBack();
			await tryAgain(words("uiHeldAsking", site.name));
			await tab.waitForText(words("uiHeldUnanswered", "").replace(/\s*\.$/, ""), 20_000);
			answers = true;
			await tryAgain(words("blockedAnsweredWho", site.name));
			await backAndSend();
			expect(asked()).toEqual(["HEAD", "HEAD", "HEAD"]);
		},
		LONG,
	);

	it(
		"is tried again and refused: the block page takes the place, and nothing has left",
		async () => {
			const { url } = await heldBack();
			answers = true;
			site.present(await world.refusedCa.leaf({ names: [site.name] }));
			await tab.click(".blocked-actions .button-primary");
			const refused = await tab.waitForText(words("whoAuthority", "Refused Trust"), 20_000);
			expect(refused.url).toSatisfy(isBlockPage);
			expect(refused.url).not.toBe(url);
			expect(bodies).toEqual([]);
			// The page that asked is gone from the history: Go back leads to the form.
			expect((await firefox.entries(tab)).urls).toEqual([site.url("/form"), refused.url]);
		},
		LONG,
	);

	it(
		"is sent anyway: under Advanced, not in the first second, and after that sent unasked",
		async () => {
			await heldBack();
			await openAdvanced(tab);
			const { text } = await tab.state();
			expectInOrder(text, [
				words("blockedHappenedTitle"),
				words("wayBoundSend", site.name),
				words("waySend", site.name),
			]);
			await ready(tab);
			// No script opens it.
			await tab.evaluate((way) => document.querySelector<HTMLElement>(way)?.click(), WAY);
			await stays(tab);
			expect((await tab.state()).text).toContain(words("whoUnanswered"));
			await tab.click(WAY);
			await tab.waitForText(words("blockedSendsWho", site.name));
			await backAndSend();
			expect(asked()).toEqual(["HEAD"]);
		},
		LONG,
	);
});

describe("what a page sends by itself", () => {
	/** Has the page send something, and opens the popup's entry about it once it was held back. */
	async function heldPart(): Promise<Tab> {
		await tab.load(site.url("/page"));
		await tab.click("textarea");
		await tab.type(TYPED);
		await changeNetwork();
		await tab.click("button");
		const popup = await openPopupOf(firefox, tab);
		await popup.waitForText("1 part of this page was held back", 20_000);
		await popup.click(".popup-part-host summary");
		await popup.waitForText(words("waySend", site.name));
		expect(bodies).toEqual([]);
		return popup;
	}

	/** Does on the page what was held back; it still shows what was typed. */
	async function onceMore(popup: Tab): Promise<void> {
		await popup.waitForText(words("popupHeldAgain"));
		await popup.close();
		expect(await typed()).toBe(TYPED);
		await tab.click("button");
		await tab.waitForText("arrived");
		expect(bodies).toEqual([TYPED]);
	}

	it(
		"can be tried again from the popup, and is then done once more on the page",
		async () => {
			const popup = await heldPart();
			answers = true;
			await popup.click(".popup-part-host .button");
			await popup.waitForText(words("popupHeldAccepted", site.name));
			await onceMore(popup);
		},
		LONG,
	);

	it(
		"can be sent anyway from the popup",
		async () => {
			const popup = await heldPart();
			await ready(popup);
			await popup.click(WAY);
			await popup.waitForText(words("popupHeldSends", site.name));
			await onceMore(popup);
		},
		LONG,
	);
});
