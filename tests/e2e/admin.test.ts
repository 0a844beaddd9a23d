/** An administrator's policy, through the managed storage of a real Firefox. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LabHost } from "../lab/index.ts";
import type { Authority } from "../pki/index.ts";
import { Countersign, isBlockPage, TEST_BUILD } from "./countersign.ts";
import { type ChromeWindow, EXTENSION_ID, Firefox, type Tab } from "./harness/index.ts";
import { blocked, goBlocked, goThrough, openAdvanced, openPopupOf, ready, shown, WAY, words } from "./pages.ts";
import { createWorld, type World } from "./world.ts";

let world: World;
let firefox: Firefox;
let countersign: Countersign;
let refused: LabHost;
let warned: LabHost;
let mine: LabHost;
let good: LabHost;
let mineCa: Authority;
let policy: { version: 1; rules: Record<string, unknown>[]; settings?: Record<string, unknown> };

beforeAll(async () => {
	world = await createWorld();
	const { goodRoot, refusedRoot, refusedCa } = world;
	const warnedCa = await goodRoot.intermediate({ name: "CN=Doubtful CA,O=Doubtful Trust,C=XX" });
	mineCa = await goodRoot.intermediate({ name: "CN=My CA,O=My Trust,C=XX" });
	refused = await world.host("refused", refusedCa);
	warned = await world.host("warned", warnedCa);
	mine = await world.host("mine", mineCa);
	good = await world.host("good");
	policy = {
		version: 1,
		rules: [
			{
				id: "refused",
				title: "Refused by the firm",
				reason: "The firm's own reason.",
				match: [{ spki: refusedRoot.spki }, { authority: "nobody-knows-it" }, { color: "blue" }],
			},
			{ id: "warned", title: "Doubtful for the firm", match: [{ spki: warnedCa.spki }], action: "warn" },
		],
		settings: { unverifiable: "allow" },
	};
	firefox = await Firefox.start({
		lab: world.lab,
		roots: [goodRoot, refusedRoot],
		permanent: TEST_BUILD,
		// There before the extension's very first start.
		managed: { policy, locked: false },
	});
	await firefox.extensionRunning();
});

afterAll(async () => {
	await firefox?.close();
	await world?.close();
});

/** Deploys other managed storage, and starts the extension anew with it. Its pages close. */
async function deploy(managed: Record<string, unknown> | null): Promise<void> {
	await firefox.setManaged(managed);
	await firefox.chrome(async (window: ChromeWindow, id) => {
		const addon = await window.AddonManager.getAddonByID(id);
		await addon.reload();
	}, EXTENSION_ID);
	await firefox.extensionRunning();
	countersign = await Countersign.open(firefox);
}

const admin = async () => (await countersign.ask("options")).admin;

/** A rule of the person's own against `mine`. */
const mineRule = () => ({
	id: "mine",
	title: "Mine",
	match: [{ spki: mineCa.spki }],
	action: "block",
	enabled: true,
});

describe("an administrator's policy", () => {
	it("is in force from the first start on", async () => {
		const tab = await firefox.open();
		await goBlocked(tab, refused.url());
		const { text } = await tab.waitForText(words("whoAdminAuthority", "Refused Trust"));
		expect(text).not.toContain(words("blockedRuleByYou"));
		await tab.close();
		countersign = await Countersign.open(firefox);
		expect(await admin()).toMatchObject({
			locked: false,
			error: null,
			rules: [
				{ ref: "admin/refused", source: "admin", action: "block", exceptable: false },
				{ ref: "admin/warned", source: "admin", action: "warn", exceptable: true },
			],
		});
	});

	it("has no way through for what it blocks, whatever is asked", async () => {
		const tab = await firefox.open();
		const { url } = await goBlocked(tab, refused.url());
		await openAdvanced(tab);
		const { text } = await tab.waitForText(words("wayNoneAdmin"));
		expect(text).toContain(words("blockedRuleByAdmin"));
		expect(text).toContain("The firm's own reason.");
		expect(await tab.evaluate((way) => document.querySelector(way), WAY)).toBe(null);
		const refusal = new URL(url).searchParams.get("id") ?? "";
		expect(await countersign.ask("letThrough", { refusal, lasts: "session", typed: refused.name })).toMatchObject({
			ok: false,
			error: expect.stringContaining("none-admin"),
		});
		await tab.close();
	});

	it("keeps the one click of its warnings", async () => {
		const tab = await firefox.open();
		await goBlocked(tab, warned.url());
		await goThrough(tab, null);
		await shown(tab, warned.url());
		expect((await countersign.ask("options")).exceptions).toMatchObject([{ rule: "admin/warned", suspended: false }]);
		await tab.close();
	});

	it("wins with its settings, and says what it names that is unknown here", async () => {
		const view = await countersign.ask("options");
		expect(view.settings.unverifiable).toBe("block");
		expect(view.settingsInForce.unverifiable).toBe("allow");
		expect(view.settingsLocked).toEqual(["unverifiable"]);
		expect(view.admin?.reported).toEqual([
			expect.stringContaining("rules[0].match[1]"),
			expect.stringContaining("rules[0].match[2]"),
		]);
		await countersign.ask("saveSettings", { preflight: "off", unverifiable: "block", changedCountry: "off" });
		expect((await countersign.ask("options")).settingsInForce.unverifiable).toBe("allow");
	});

	it("is shown in the options, and cannot be changed there", async () => {
		const options = await firefox.openExtensionPage("src/options/index.html");
		const { text } = await options.waitForText("Refused by the firm");
		expect(text).toContain(words("optionsAdmin"));
		expect(text).toContain("2 entries match nothing");
		expect(text).toContain(words("optionsByAdmin"));
		const own = await options.evaluate(() =>
			[...document.querySelectorAll(".options-rule-actions")].map(
				(actions) => actions.closest(".options-rule")?.querySelector(".options-rule-title")?.textContent,
			),
		);
		expect(own).not.toContain("Refused by the firm");
		expect(own).toContain("CNNIC");
		await options.close();
		// Its public name is out of reach, too.
		for (const id of ["admin/refused", "refused"]) {
			expect((await countersign.ask("deleteRule", id)).ok).toBe(false);
		}
		expect((await admin())?.rules).toHaveLength(2);
	});

	it("stays in force when what is deployed turns bad, and says so", async () => {
		await deploy({ policy: { version: 1, rules: "none" }, locked: false });
		expect(await admin()).toMatchObject({
			rules: [{ ref: "admin/refused" }, { ref: "admin/warned" }],
			error: expect.stringContaining("rules"),
		});
		const tab = await firefox.open();
		await goBlocked(tab, refused.url());
		await tab.close();
		const options = await firefox.openExtensionPage("src/options/index.html");
		await options.waitForText(words("optionsAdminError"));
		await options.close();
		// Something that is no policy at all, as after a typing mistake in a member's name.
		await deploy({ polices: policy });
		expect((await admin())?.rules).toHaveLength(2);
	});

	it("is dropped when the managed storage is emptied", async () => {
		await deploy(null);
		expect(await admin()).toBe(null);
		expect((await countersign.ask("options")).settingsInForce.unverifiable).toBe("block");
		const tab = await firefox.open();
		await tab.load(refused.url());
		await tab.close();
	});
});

describe("an administrator's lock", () => {
	let always: Tab;

	beforeAll(async () => {
		const changed = await countersign.ask("saveRule", { rule: mineRule(), isNew: true });
		expect(changed).toEqual({ ok: true });
		always = await firefox.open();
		await goBlocked(always, mine.url());
		await goThrough(always, mine.name, "always");
		await shown(always, mine.url());
		await deploy({ policy, locked: true });
	});

	it("suspends earlier exceptions, and keeps earlier rules", async () => {
		expect((await countersign.ask("options")).exceptions).toMatchObject([{ host: mine.name, suspended: true }]);
		await goBlocked(always, mine.url());
		await openAdvanced(always);
		await always.waitForText(words("wayNoneLocked"));
		expect(await always.evaluate((way) => document.querySelector(way), WAY)).toBe(null);
		await always.close();
	});

	it("lets the person add neither rules nor exceptions", async () => {
		const locked = { ok: false, error: "rules: locked by the administrator" };
		const rule = { ...mineRule(), id: "another" };
		expect(await countersign.ask("saveRule", { rule, isNew: true })).toEqual(locked);
		expect(await countersign.ask("saveRule", { rule: { ...mineRule(), enabled: false }, isNew: false })).toEqual(
			locked,
		);
		const text = JSON.stringify({ version: 1, rules: [] });
		expect(await countersign.ask("importPolicy", { text, how: "replace", settings: true })).toEqual(locked);
		const tab = await firefox.open();
		await tab.load(good.url());
		const popup = await openPopupOf(firefox, tab);
		await popup.waitForText(words("popupLocked"));
		expect(await popup.evaluate(() => document.querySelectorAll(".chain .button").length)).toBe(0);
		await popup.close();
		await tab.close();
		const options = await firefox.openExtensionPage("src/options/index.html");
		const { text: said } = await options.waitForText(words("optionsAdminLocked"));
		expect(said).toContain(words("optionsLockedRules"));
		expect(
			await options.evaluate(() =>
				[
					...document.querySelectorAll<HTMLInputElement>(".options-rule-head input, .options-section-head .button"),
				].every(({ disabled }) => disabled),
			),
		).toBe(true);
		await options.close();
	});

	it("keeps the one click of the administrator's own warnings", async () => {
		const tab = await firefox.open();
		await goBlocked(tab, warned.url());
		await openAdvanced(tab);
		await ready(tab);
		await tab.click(WAY);
		await shown(tab, warned.url());
		await tab.close();
	});

	it("goes with its policy, and the exceptions work again", async () => {
		await deploy(null);
		const tab = await firefox.open();
		await tab.load(mine.url());
		expect(isBlockPage((await tab.state()).url)).toBe(false);
		await tab.close();
		await countersign.ask("deleteRule", "mine");
	});

	it("holds after a restart of Firefox, when the document can no longer be read", async () => {
		await deploy({ policy, locked: true });
		await firefox.setManaged({ policy: 7, locked: true });
		await firefox.restart({ urls: [refused.url()] });
		const first = await firefox.findTab(isBlockPage);
		await blocked(first, refused.name);
		countersign = await Countersign.open(firefox);
		expect(await admin()).toMatchObject({ locked: true, error: expect.stringContaining("policy") });
	});
});
