/** The block page in real Firefox: what it says, going back, and the way through. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { html, type LabHost } from "../lab/index.ts";
import type { Authority } from "../pki/index.ts";
import { setClock } from "./acts.ts";
import { Countersign, isBlockPage, TEST_BUILD } from "./countersign.ts";
import { Firefox, type Tab } from "./harness/index.ts";
import {
	blocked,
	choose,
	closeWindow,
	expectInOrder,
	GO_BACK,
	goBlocked,
	goThrough,
	KEYS,
	openAdvanced,
	ready,
	shown,
	stays,
	tabIdOf,
	WAY,
	words,
} from "./pages.ts";
import { createWorld, SUFFIX, type World } from "./world.ts";

/** A port besides 443 that leads to the lab. */
const OTHER_PORT = 8443;

let world: World;
let firefox: Firefox;
let countersign: Countersign;
let good: LabHost;
let refused: LabHost;
let other: LabHost;
let warned: LabHost;
let strict: LabHost;
let double: LabHost;
let idn: LabHost;
let secret: LabHost;
let secondRoot: Authority;

beforeAll(async () => {
	world = await createWorld();
	const { pki, goodRoot, refusedRoot, refusedCa, lab } = world;
	secondRoot = await pki.root({ name: "CN=Second Root,O=Refused Trust,C=XX" });
	const warnedCa = await goodRoot.intermediate({ name: "CN=Doubtful CA,O=Doubtful Trust,C=XX" });
	const strictCa = await goodRoot.intermediate({ name: "CN=Strict CA,O=Strict Trust,C=XX" });
	const doubleCa = await goodRoot.intermediate({ name: "CN=Double CA,O=Double Trust,C=XX" });
	good = await world.host("good");
	refused = await world.host("refused", refusedCa);
	other = await world.host("other", refusedCa);
	warned = await world.host("warned", warnedCa);
	strict = await world.host("strict", strictCa);
	double = await world.host("double", doubleCa);
	idn = await world.host("xn--bcher-kva", refusedCa);
	secret = await world.host("secret", refusedCa);
	good.route("/opens", html(`<button onclick="window.open('${refused.url()}')">open</button>`));
	firefox = await Firefox.start({
		lab,
		roots: [goodRoot, refusedRoot, secondRoot],
		preferences: {
			"network.socket.forcePort": `443=${lab.tlsPort};80=${lab.httpPort};${OTHER_PORT}=${lab.tlsPort}`,
		},
	});
	await firefox.install(TEST_BUILD, { privateAllowed: true });
	countersign = await Countersign.open(firefox);
	// All sites of the lab are one in the record: what was before is told of in changed-country.test.ts.
	await countersign.ask("keepSites", false);
	await countersign.use(
		JSON.stringify({
			version: 1,
			rules: [
				{
					id: "refused",
					title: "The refused ones",
					reason: "A reason of my own.",
					match: [{ spki: refusedRoot.spki }, { spki: secondRoot.spki }],
				},
				{ id: "warned", title: "The doubtful ones", match: [{ spki: warnedCa.spki }], action: "warn" },
				{ id: "strict", title: "The strict ones", match: [{ spki: strictCa.spki }], action: "strict" },
				{ id: "double-key", title: "By key", match: [{ spki: doubleCa.spki }] },
				{ id: "double-name", title: "By name", match: [{ organization: "Double Trust" }] },
			],
		}),
	);
});

afterAll(async () => {
	await firefox?.close();
	await world?.close();
});

/** Takes back every exception, so that tests do not see each other's. */
async function revokeAll(): Promise<void> {
	for (const { id } of (await countersign.ask("options")).exceptions) await countersign.ask("revokeException", id);
}

/** Moves the background's clock; 0 sets it right again. */
const moveClock = (ms: number): Promise<void> => setClock(firefox, ms);

const exceptions = async () => (await countersign.ask("options")).exceptions;

afterEach(async () => {
	await moveClock(0);
	await revokeAll();
});

describe("what the block page says", () => {
	let tab: Tab;
	beforeAll(async () => {
		tab = await firefox.open();
		await tab.load(good.url());
		await goBlocked(tab, refused.url("/?secret=in-the-address"));
	});
	afterAll(() => tab.close());

	it("says first who decided and why, then what could happen, then what was sent; the rest is folded up", async () => {
		const { text, url, title } = await tab.state();
		expectInOrder(text, [
			words("blockedStopped"),
			words("whoAuthority", "Refused Trust"),
			words("whyOnlyThrough", refused.name, "Refused Trust"),
			words("couldAuthority", "Refused Trust"),
			words("sentNothing"),
			words("blockedGoBack"),
			words("blockedAdvanced"),
		]);
		expect(text).not.toContain(words("wayProceed", refused.name));
		expect(text).not.toContain("A reason of my own.");
		expect(title).toBe(words("blockedTitle", refused.name));
		// The address carries an id and nothing of where the person wanted to go.
		expect(url).toMatch(/\/blocked\/index\.html\?id=[0-9a-f-]{36}$/);
	});

	it("has one filled button, Go back, with the focus and the message read with it", async () => {
		expect(
			await tab.evaluate(() => ({
				filled: document.querySelectorAll(".button-primary").length,
				focus: document.activeElement?.textContent,
				described: document.getElementById(document.activeElement?.getAttribute("aria-describedby") ?? "")?.className,
			})),
		).toEqual({ filled: 1, focus: words("blockedGoBack"), described: expect.stringContaining("blocked-message") });
	});

	it("opens Advanced by keyboard: the chain, the rule with its reason, technical details, the way through", async () => {
		await tab.type(`${KEYS.tab}${KEYS.enter}`);
		await tab.waitForSelector(".blocked > details[open]");
		const { text } = await tab.state();
		expectInOrder(text, [
			words("blockedChainTitle"),
			refused.name,
			"Refused CA 1",
			"Refused Root",
			words("blockedRuleTitle"),
			"The refused ones",
			"A reason of my own.",
			words("blockedRuleByYou"),
			words("technicalTitle"),
			words("wayTitle"),
			words("wayProceed", refused.name),
		]);
		const marked = await tab.evaluate(() =>
			[...document.querySelectorAll(".chain-link")].map((link) => link.classList.contains("chain-refused")),
		);
		expect(marked).toEqual([false, false, true]);
		expect(text).not.toContain("SHA-256");
		await tab.click(".blocked-advanced > details > summary");
		const details = await tab.waitForText(words("technicalSelector"));
		expect(details.text).toContain(JSON.stringify({ spki: world.refusedRoot.spki }));
		// The document itself was kept when the page was stopped, and can be looked into.
		await tab.click(".chain-link:last-child summary");
		await tab.waitForSelector(".chain-link:last-child .chain-details .button");
		const { text: inside } = await tab.state();
		const fingerprint = world.refusedRoot.sha256.toUpperCase().match(/../g)?.join(":");
		expectInOrder(inside, [
			words("technicalSha256"),
			fingerprint ?? "",
			world.refusedRoot.spki,
			"EC, P-256",
			words("technicalAuthority"),
			words("uiCopyPem"),
		]);
	});
});

describe("Go back", () => {
	it("goes to the page before, by the Enter key alone", async () => {
		const tab = await firefox.open();
		await tab.load(good.url());
		await goBlocked(tab, refused.url());
		await tab.waitForSelector(`${GO_BACK}:focus`);
		await tab.type(KEYS.enter);
		await shown(tab, good.url());
		expect((await firefox.entries(tab)).index).toBe(0);
		await tab.close();
	});

	it("leaves a new tab that has nothing to go back to: an empty one takes its place", async () => {
		const before = (await firefox.tabs()).map(({ id }) => id);
		const tab = await firefox.open(refused.url());
		await blocked(tab, refused.name);
		await tab.click(GO_BACK);
		const empty = await firefox.findTab("about:newtab");
		expect((await firefox.tabs()).map(({ id }) => id)).toEqual([...before, empty.id]);
		await empty.close();
	});

	it("closes a tab that a page opened, and shows that page", async () => {
		const tab = await firefox.open();
		await tab.load(good.url("/opens"));
		const before = (await firefox.tabs()).map(({ id }) => id);
		await tab.click("button");
		const opened = await firefox.findTab(isBlockPage);
		await blocked(opened, refused.name);
		await opened.click(GO_BACK);
		await tab.waitFor(() => true, "the opener");
		await firefox.remote.until(
			async () => ((await firefox.tabs()).length === before.length ? true : undefined),
			10_000,
			() => "the opened tab stayed",
		);
		expect(await tab.evaluate(() => document.visibilityState)).toBe("visible");
		await tab.close();
	});

	it("also works from the popup", async () => {
		const tab = await firefox.open();
		await tab.load(good.url());
		await goBlocked(tab, refused.url());
		await countersign.ask("goBack", { tabId: await tabIdOf(firefox, tab) });
		await shown(tab, good.url());
		const fresh = await firefox.open(refused.url());
		await blocked(fresh, refused.name);
		await countersign.ask("goBack", { tabId: await tabIdOf(firefox, fresh) });
		const empty = await firefox.findTab("about:newtab");
		await empty.close();
		await tab.close();
	});
});

describe("the way through", () => {
	it("of a block: not in the first second, not without the site's own name, and then for this session", async () => {
		const tab = await firefox.open();
		await tab.load(good.url());
		await goBlocked(tab, refused.url());
		await openAdvanced(tab);
		await tab.click(".way-through input");
		await tab.type(refused.name);
		// Both were there before the second was over.
		if ((await tab.evaluate((way) => document.querySelector(way)?.ariaDisabled, WAY)) === "true") {
			await tab.click(WAY);
			await stays(tab);
		}
		await ready(tab);
		await tab.evaluate(() => document.querySelector<HTMLInputElement>(".way-through input")?.select());
		await tab.type(`wrong.${SUFFIX}`);
		await tab.click(WAY);
		expect((await tab.waitForText(words("wayWrongName", refused.name))).url).toSatisfy(isBlockPage);
		expect(await exceptions()).toEqual([]);
		await tab.click(".way-through input");
		await tab.evaluate(() => document.querySelector<HTMLInputElement>(".way-through input")?.select());
		await tab.type(refused.name.toUpperCase());
		await tab.click(WAY);
		await shown(tab, refused.url());
		expect(await exceptions()).toMatchObject([
			{ host: refused.name, port: 443, rule: "refused", key: world.refusedRoot.spki, lasts: "session", until: null },
		]);
		// The block page gave its place to the page: Back leads to the good one.
		expect((await firefox.entries(tab)).urls).toEqual([good.url(), refused.url()]);
		await revokeAll();
		await blocked(tab, refused.name);
		await tab.close();
	});

	it("takes the name in either script", async () => {
		for (const typed of [`Bücher.${SUFFIX}`, idn.name]) {
			const tab = await firefox.open();
			await goBlocked(tab, idn.url());
			await goThrough(tab, typed);
			await shown(tab, idn.url());
			await tab.close();
			await revokeAll();
		}
	});

	it("of a warning: one click in Advanced, nothing to type", async () => {
		const tab = await firefox.open();
		const { text } = await goBlocked(tab, warned.url());
		expectInOrder(text, [words("blockedHeld"), words("whoAuthorityWarn", "Doubtful Trust")]);
		expect(text).not.toContain(words("wayProceed", warned.name));
		await openAdvanced(tab);
		expect(await tab.evaluate(() => document.querySelector(".way-through input"))).toBe(null);
		await ready(tab);
		await tab.click(WAY);
		await shown(tab, warned.url());
		await revokeAll();
		await blocked(tab, warned.name);
		await tab.close();
	});

	it("of a strict rule: there is none, and asking past the page gives none", async () => {
		const tab = await firefox.open();
		const { url } = await goBlocked(tab, strict.url());
		await openAdvanced(tab);
		await tab.waitForText(words("wayNoneStrict"));
		expect(await tab.evaluate((way) => document.querySelector(way), WAY)).toBe(null);
		const refusal = new URL(url).searchParams.get("id") ?? "";
		expect(await countersign.ask("letThrough", { refusal, lasts: "session", typed: strict.name })).toMatchObject({
			ok: false,
		});
		await tab.close();
	});

	it("does not open by scripted events, nor by a key held down", async () => {
		const tab = await firefox.open();
		await goBlocked(tab, warned.url());
		await openAdvanced(tab);
		await ready(tab);
		await tab.evaluate((way) => {
			const button = document.querySelector<HTMLElement>(way);
			button?.click();
			button?.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
			button?.dispatchEvent(new PointerEvent("pointerup", { bubbles: true }));
			button?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
			button?.dispatchEvent(new KeyboardEvent("keyup", { key: "Enter", bubbles: true }));
		}, WAY);
		await stays(tab);
		// Enter went down elsewhere, and is still down when the way through gets the focus.
		const hold = (type: "keyDown" | "keyUp") =>
			firefox.remote.send("input.performActions", {
				context: tab.id,
				actions: [{ type: "key", id: "held", actions: [{ type, value: KEYS.enter }] }],
			});
		await tab.evaluate(() => document.querySelector<HTMLElement>(".way-through select")?.focus());
		await hold("keyDown");
		await tab.evaluate((way) => document.querySelector<HTMLElement>(way)?.focus(), WAY);
		for (let n = 0; n < 3; n++) await hold("keyDown");
		await stays(tab);
		await hold("keyUp");
		await stays(tab);
		// Pressed afresh, the same key opens it.
		await tab.evaluate((way) => document.querySelector<HTMLElement>(way)?.focus(), WAY);
		await tab.type(KEYS.enter);
		await shown(tab, warned.url());
		await tab.close();
	});

	it("in the name field opens by a fresh Enter only", async () => {
		const tab = await firefox.open();
		await goBlocked(tab, refused.url());
		await openAdvanced(tab);
		await tab.click(".way-through input");
		await tab.type(refused.name);
		await ready(tab);
		await tab.evaluate(() => {
			const input = document.querySelector(".way-through input");
			input?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
		});
		await stays(tab);
		await tab.type(KEYS.enter);
		await shown(tab, refused.url());
		await tab.close();
	});
});

describe("an exception", () => {
	it("is for one host and port: another host and another port are still refused", async () => {
		const tab = await firefox.open();
		await goBlocked(tab, refused.url());
		await goThrough(tab, refused.name);
		await shown(tab, refused.url());
		await goBlocked(tab, other.url());
		await goBlocked(tab, `https://${refused.name}:${OTHER_PORT}/`);
		await openAdvanced(tab);
		await tab.waitForText(words("wayProceed", `${refused.name}:${OTHER_PORT}`));
		await tab.load(refused.url());
		await tab.close();
	});

	it("is for one rule: what another rule finds is still refused, and has a way of its own", async () => {
		const tab = await firefox.open();
		const first = await goBlocked(tab, double.url());
		await goThrough(tab, double.name);
		const second = await tab.waitFor(
			({ url, text }) => isBlockPage(url) && url !== first.url && text.includes(words("blockedGoBack")),
			"the block page of the other rule",
		);
		expect(await exceptions()).toMatchObject([{ rule: "double-key" }]);
		await openAdvanced(tab);
		expect((await tab.waitForText("By name")).url).toBe(second.url);
		await tab.click(".way-through input");
		await tab.type(double.name);
		await ready(tab);
		await tab.click(WAY);
		await shown(tab, double.url());
		await tab.close();
	});

	it("is for one key: when the site shows another one under the same rule, it is refused again", async () => {
		const { identity } = refused;
		const tab = await firefox.open();
		await goBlocked(tab, refused.url());
		await goThrough(tab, refused.name);
		await shown(tab, refused.url());
		refused.present(await secondRoot.leaf({ names: [refused.name] }));
		await tab.reload(true);
		await blocked(tab, refused.name);
		refused.present(identity);
		// What was refused is asked about again after half a minute.
		await moveClock(31_000);
		await tab.load(refused.url());
		await moveClock(0);
		await tab.close();
	});

	it("is for an hour, a day or always where that was chosen, says so, and ends when its time is over", async () => {
		const hour = 3_600_000;
		for (const [lasts, ms] of [
			["hour", hour],
			["day", 24 * hour],
			["always", null],
		] as const) {
			const tab = await firefox.open();
			await goBlocked(tab, refused.url());
			await goThrough(tab, refused.name, lasts);
			await shown(tab, refused.url());
			const [exception] = await exceptions();
			expect(exception).toMatchObject({ lasts, until: ms === null ? null : (exception?.created ?? 0) + ms });
			await moveClock(ms === null ? 1000 * 24 * hour : ms - 60_000);
			await tab.reload(true);
			await shown(tab, refused.url());
			if (ms !== null) {
				await moveClock(ms + 60_000);
				await tab.reload(true);
				await blocked(tab, refused.name);
				expect(await exceptions()).toEqual([]);
			}
			await moveClock(0);
			await tab.close();
			await revokeAll();
		}
	});

	it("made in a private window counts there only, is never written, and ends with the window", async () => {
		// Tabs open in the window in front, so this one comes first.
		const ordinary = await firefox.open();
		const tab = await firefox.openPrivate(secret.url());
		await blocked(tab, secret.name);
		await openAdvanced(tab);
		// How long is not asked: private windows have one answer.
		expect(await tab.evaluate(() => document.querySelector(".way-through select"))).toBe(null);
		await tab.click(".way-through input");
		await tab.type(secret.name);
		await ready(tab);
		await tab.click(WAY);
		await shown(tab, secret.url());
		expect(await exceptions()).toMatchObject([{ host: secret.name, private: true, lasts: "session" }]);
		await goBlocked(ordinary, secret.url());
		await ordinary.close();
		const stored = await firefox.background((browser) => browser.storage.local.get(null));
		expect(JSON.stringify(stored)).not.toContain(secret.name);
		await closeWindow(firefox, tab);
		await firefox.remote.until(
			async () => ((await exceptions()).length === 0 ? true : undefined),
			10_000,
			() => "the exception of the private window stayed",
		);
		const again = await firefox.openPrivate(secret.url());
		await blocked(again, secret.name);
		await closeWindow(firefox, again);
	});
});

describe("the block page, loaded again", () => {
	it("says the same while its details are known, and copes when they are gone", async () => {
		const tab = await firefox.open();
		await tab.load(good.url());
		const { text } = await goBlocked(tab, refused.url());
		await tab.reload();
		expect((await blocked(tab, refused.name)).text).toBe(text);
		await tab.go(firefox.extensionUrl("src/blocked/index.html?id=gone"));
		await tab.waitForText(words("blockedGone"));
		await tab.click(GO_BACK);
		await blocked(tab, refused.name);
		await tab.close();
	});

	it("is judged anew by Check again", async () => {
		const tab = await firefox.open();
		const first = await goBlocked(tab, refused.url());
		await openAdvanced(tab);
		await tab.click(".blocked-advanced section:nth-last-of-type(2) .button-link");
		await tab.waitFor(({ url }) => isBlockPage(url) && url !== first.url, "another refusal");
		expect((await firefox.entries(tab)).urls).toHaveLength(1);
		await tab.close();
	});
});

it("asked how long, it offers this session first", async () => {
	const tab = await firefox.open();
	await goBlocked(tab, refused.url());
	await openAdvanced(tab);
	expect(
		await tab.evaluate(() => {
			const select = document.querySelector<HTMLSelectElement>(".way-through select");
			return { value: select?.value, all: [...(select?.options ?? [])].map(({ text }) => text) };
		}),
	).toEqual({
		value: "session",
		all: [words("wayLastsSession"), words("wayLastsHour"), words("wayLastsDay"), words("wayLastsAlways")],
	});
	await choose(tab, "session");
	await tab.close();
});
