/** What is stored, in real Firefox: one write for each change, and what happens when it goes wrong. */
import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { STATE_VERSION } from "../../src/core/state.ts";
import type { Background } from "../../src/protocol.ts";
import type { LabHost } from "../lab/index.ts";
import { Countersign, FIRST_RULES, isBlockPage, TEST_BUILD } from "./countersign.ts";
import { type ChromeWindow, EXTENSION_ID, EXTENSION_UUID, Firefox, type Tab } from "./harness/index.ts";
import { blocked, GO_BACK, goBlocked, goThrough, shown, words } from "./pages.ts";
import { createWorld, refusing, type World } from "./world.ts";

/** What is said of a state of version 99. */
const NEWER = `expected at most ${STATE_VERSION}, got 99`;

let world: World;
let firefox: Firefox;
let countersign: Countersign;
let refused: LabHost;
let other: LabHost;

const OPTIONS = "src/options/index.html";

beforeAll(async () => {
	world = await createWorld();
	refused = await world.host("refused", world.refusedCa);
	other = await world.host("other", world.refusedCa);
	firefox = await Firefox.start({
		lab: world.lab,
		roots: [world.goodRoot, world.refusedRoot],
		permanent: TEST_BUILD,
	});
	await firefox.extensionRunning();
	countersign = await Countersign.open(firefox);
});

afterAll(async () => {
	await firefox?.close();
	await world?.close();
});

interface Stored {
	state?: { policy: { rules: { id: string }[] }; exceptions: unknown[] };
	previous?: Stored["state"];
	unreadable?: unknown;
}

/** What is stored of the rules: the record of sites comes and goes by itself (sites.test.ts). */
const stored = (): Promise<Stored> =>
	firefox.background(
		async (browser) =>
			Object.fromEntries(
				Object.entries(await browser.storage.local.get(null)).filter(([key]) => !key.startsWith("sites")),
			) as Stored,
	);

/** Puts something into storage, and starts the extension anew with it. */
async function startWith(items: Record<string, unknown>): Promise<void> {
	await firefox.background(async (browser, wanted) => {
		await browser.storage.local.clear();
		await browser.storage.local.set(wanted);
	}, items);
	await reloadExtension();
}

/** Ends the extension and starts it again, as at the next start of Firefox. Its pages close. */
async function reloadExtension(): Promise<void> {
	await firefox.chrome(async (window: ChromeWindow, id) => {
		const addon = await window.AddonManager.getAddonByID(id);
		await addon.reload();
	}, EXTENSION_ID);
	await firefox.extensionRunning();
	countersign = await Countersign.open(firefox);
}

/** Opens the options page and waits for words on it. */
async function optionsSaying(text: string): Promise<Tab> {
	const tab = await firefox.openExtensionPage(OPTIONS);
	await tab.waitForText(text);
	return tab;
}

describe("every change", () => {
	type Change = { [M in keyof Background]: [M, ...Parameters<Background[M]>] }[keyof Background];
	const rule = { id: "mine", title: "Mine", match: [{ country: "ZZ" }], action: "block", enabled: true };

	it("is one write, with the state before it kept beside", async () => {
		await countersign.use(refusing([world.refusedRoot.spki]));
		const tab = await firefox.open();
		await goBlocked(tab, refused.url());
		await goThrough(tab, refused.name, "always");
		await shown(tab, refused.url());
		await tab.close();
		const exception = (await countersign.ask("options")).exceptions[0]?.id ?? "";
		// storage.onChanged comes once for each call of set, whatever it wrote.
		await firefox.background((browser) => {
			const store = globalThis as unknown as { writes: string[][] };
			store.writes = [];
			browser.storage.local.onChanged.addListener((changes) => store.writes.push(Object.keys(changes).sort()));
		});
		const changes: Change[] = [
			["saveRule", { rule, isNew: true }],
			["saveRule", { rule: { ...rule, title: "Mine, edited" }, isNew: false }],
			["moveRule", { id: "mine", index: 0 }],
			["deleteRule", "mine"],
			["revokeException", exception],
			["saveSettings", { preflight: "off", unverifiable: "allow", changedCountry: "off" }],
			["importPolicy", { text: refusing([world.goodCa.spki], { id: "theirs" }), how: "merge", settings: false }],
		];
		for (const [method, ...args] of changes) {
			const before = (await stored()).state;
			// biome-ignore lint/suspicious/noExplicitAny: the pairs above are typed
			const answer = await (countersign.ask as any).call(countersign, method, ...args);
			expect(answer, method).toEqual({ ok: true });
			expect((await stored()).previous, method).toEqual(before);
		}
		const { undo } = await countersign.ask("options");
		expect(await countersign.ask("undo", undo?.id ?? "")).toEqual({ ok: true });
		const writes = await firefox.background(() => (globalThis as unknown as { writes: string[][] }).writes);
		expect(writes).toEqual(Array(changes.length + 1).fill(["previous", "state"]));
	});

	it("that is refused writes nothing", async () => {
		const before = await stored();
		expect(await countersign.ask("saveRule", { rule: { ...rule, match: [] }, isNew: true })).toMatchObject({
			ok: false,
		});
		expect(await countersign.ask("undo", "older")).toMatchObject({ ok: false });
		expect(await stored()).toEqual(before);
	});
});

describe("when writing fails", () => {
	it("the error is shown, and nothing in force changes", async () => {
		await countersign.use(refusing([world.refusedRoot.spki]));
		const options = await optionsSaying("Refused Trust");
		const before = await stored();
		await firefox.background((browser) => {
			const { local } = browser.storage;
			const store = globalThis as unknown as { set: typeof local.set };
			store.set = local.set;
			Object.defineProperty(local, "set", {
				configurable: true,
				value: () => Promise.reject(new Error("no space left on the device")),
			});
		});
		await options.press(".options-rule-actions .button:nth-child(2)");
		await options.waitForText("no space left on the device");
		expect(await stored()).toEqual(before);
		expect((await countersign.ask("options")).rules.map(({ id }) => id)).toEqual(["refused"]);
		const tab = await firefox.open();
		await goBlocked(tab, refused.url());
		// A way through that cannot be stored is none.
		await goThrough(tab, refused.name, "always");
		await tab.waitForText("no space left on the device");
		expect((await countersign.ask("options")).exceptions).toEqual([]);
		await firefox.background((browser) => {
			const { set } = globalThis as unknown as { set: typeof browser.storage.local.set };
			Object.defineProperty(browser.storage.local, "set", { configurable: true, value: set });
		});
		await options.press(".options-rule-actions .button:nth-child(2)");
		await options.waitForText(words("optionsNoRules"));
		await tab.close();
		await options.close();
	});
});

describe("what cannot be read", () => {
	const broken = { version: 1, policy: { rules: "gone" } };

	it("falls back to the state before, says so in the options, and can be exported", async () => {
		await countersign.use(refusing([world.refusedRoot.spki]));
		const { state } = await stored();
		await startWith({ state: broken, previous: state });
		const options = await optionsSaying(words("optionsTroubleFellBack"));
		const view = await countersign.ask("options");
		expect(view.rules.map(({ id }) => id)).toEqual(["refused"]);
		expect(view.trouble).toMatchObject({ kind: "fell-back", detail: expect.stringContaining("policy") });
		expect(JSON.parse(await countersign.ask("exportUnreadable"))).toMatchObject({ state: broken });
		await options.press(".notice .button-small");
		const saved = await firefox.remote.until(
			async () => {
				const [file] = (await readdir(firefox.profile.downloads)).filter((name) => name.endsWith(".json"));
				const text = file === undefined ? "" : await readFile(join(firefox.profile.downloads, file), "utf8");
				return text === "" ? undefined : text;
			},
			10_000,
			() => "no file was saved",
		);
		expect(JSON.parse(saved)).toMatchObject({ state: broken });
		// The first change after it puts what was unreadable aside, and keeps it.
		expect(await countersign.ask("dismissTrouble")).toEqual({ ok: true });
		await countersign.use(refusing([world.goodCa.spki]));
		expect((await stored()).unreadable).toMatchObject({ state: broken });
		await reloadExtension();
		expect((await countersign.ask("options")).trouble).toBe(null);
		expect(JSON.parse(await countersign.ask("exportUnreadable"))).toMatchObject({ state: broken });
		await options.close().catch(() => undefined);
	});

	it("with nothing before it either: the first rules, says so, and can be exported", async () => {
		await startWith({ state: broken, previous: 7 });
		const options = await optionsSaying(words("optionsTroubleFirstRules"));
		const view = await countersign.ask("options");
		expect(view.rules.map(({ id }) => id)).toEqual(FIRST_RULES);
		expect(JSON.parse(await countersign.ask("exportUnreadable"))).toEqual({ state: broken, previous: 7 });
		// Nothing was written over what lies there before the person changes something.
		expect(await stored()).toEqual({ state: broken, previous: 7 });
		await options.close();
	});

	it("written by a newer Countersign: nothing is overwritten, and every change says why", async () => {
		const newer = { state: { version: 99, something: "new" }, previous: { version: 98 } };
		await startWith(newer);
		const options = await optionsSaying(words("optionsTroubleNewer"));
		const changed = await countersign.ask("saveSettings", {
			preflight: "off",
			unverifiable: "allow",
			changedCountry: "off",
		});
		expect(changed).toEqual({ ok: false, error: expect.stringContaining(NEWER) });
		await options.press(".options-rule-head input");
		await options.waitForText(NEWER);
		expect(await stored()).toEqual(newer);
		expect((await countersign.ask("options")).settingsInForce.unverifiable).toBe("block");
		await options.close();
	});
});

describe("across restarts", () => {
	beforeAll(async () => {
		await firefox.background((browser) => browser.storage.local.clear());
		await reloadExtension();
	});

	it("a rule that was confirmed on screen survives a crash right after, every time", async () => {
		await countersign.use(JSON.stringify({ version: 1, rules: [] }));
		for (let n = 1; n <= 4; n++) {
			const options = await optionsSaying(words("optionsRules"));
			await options.click(".options-section-head .button-primary");
			await options.evaluate(
				(wanted) =>
					[...document.querySelectorAll<HTMLElement>(".options-way")]
						.find(({ textContent }) => textContent === wanted)
						?.querySelector("input")
						?.click(),
				words("optionsWayOrganization"),
			);
			await options.click(".options-which .field input");
			await options.type(`Crash ${n}`);
			await options.press(".options-which [type=submit]");
			await options.waitForSelector(`[aria-label="Edit Crash ${n}"]`);
			await firefox.kill();
			await firefox.restart();
			await firefox.extensionRunning();
			countersign = await Countersign.open(firefox);
			const { rules, trouble } = await countersign.ask("options");
			expect(rules.map(({ title }) => title)).toEqual(Array.from({ length: n }, (_, index) => `Crash ${index + 1}`));
			expect(trouble).toBe(null);
		}
	});

	it("session exceptions are gone, lasting ones stay, and a block page of before copes", async () => {
		await countersign.use(refusing([world.refusedRoot.spki]));
		const session = await firefox.open();
		await goBlocked(session, refused.url());
		const { url } = await session.state();
		await goThrough(session, refused.name);
		await shown(session, refused.url());
		const always = await firefox.open();
		await goBlocked(always, other.url());
		await goThrough(always, other.name, "always");
		await shown(always, other.url());

		// A page named on the command line is judged before anything of it is shown.
		await firefox.restart({ urls: [refused.url()] });
		const first = await firefox.findTab(isBlockPage);
		await blocked(first, refused.name);
		countersign = await Countersign.open(firefox);
		expect((await countersign.ask("options")).exceptions).toMatchObject([{ host: other.name, lasts: "always" }]);
		const tab = await firefox.open();
		await tab.load(other.url());

		// What the block page of before knew is gone; its address carries nothing else.
		await tab.go(url);
		const { text } = await tab.waitForText(words("blockedGone"));
		expect(text).not.toContain(refused.name);
		await tab.reload();
		await tab.waitForText(words("blockedGone"));
		await tab.click(GO_BACK);
		await shown(tab, other.url());

		// The page of the command line has nothing before it: Go back leaves an empty tab.
		await first.activate();
		await first.click(GO_BACK);
		await firefox.findTab("about:newtab");
		expect(refused.requests().filter(({ scheme }) => scheme === "http")).toEqual([]);
	});

	it("storage that cannot be opened: the first rules, and nothing is lost once it can be", async () => {
		await firefox.quit();
		const folder = await findStorage(firefox);
		const aside = join(firefox.profile.base, "aside");
		// A damaged database Firefox would replace by an empty one; where there is no folder, it can do nothing.
		await rename(folder, aside);
		await writeFile(folder, "");
		await firefox.restart();
		await firefox.extensionRunning();
		countersign = await Countersign.open(firefox);
		const view = await countersign.ask("options");
		expect(view.rules.map(({ id }) => id)).toEqual(FIRST_RULES);
		expect(view.trouble).toMatchObject({ kind: "first-rules" });
		const options = await optionsSaying(words("optionsTroubleFirstRules"));
		await options.press(".options-rule-head input");
		await options.waitForText("storage: expected to be writable");
		expect((await countersign.ask("options")).rules.every(({ enabled }) => enabled)).toBe(true);
		await options.close();

		await firefox.quit();
		await rm(folder);
		await rename(aside, folder);
		await firefox.restart();
		await firefox.extensionRunning();
		countersign = await Countersign.open(firefox);
		expect((await countersign.ask("options")).rules.map(({ id }) => id)).toEqual(["refused"]);
	});
});

/** Where Firefox keeps the extension's storage.local. */
async function findStorage({ profile }: Firefox): Promise<string> {
	const folder = join(profile.directory, "storage/default");
	for (const name of await readdir(folder)) {
		if (name.startsWith(`moz-extension+++${EXTENSION_UUID}^`)) return join(folder, name);
	}
	throw new Error(`no storage of the extension in ${folder}`);
}
