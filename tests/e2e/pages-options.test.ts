/** The options page in real Firefox, over real sites: what is changed there holds at once on open tabs. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { LabHost } from "../lab/index.ts";
import { Countersign, TEST_BUILD } from "./countersign.ts";
import { Firefox, type Tab } from "./harness/index.ts";
import { blocked, goBlocked, goThrough, KEYS, openAdvanced, shown, WAY, words } from "./pages.ts";
import { createWorld, refusing, type World } from "./world.ts";

let world: World;
let firefox: Firefox;
let countersign: Countersign;
let folder: string;
let good: LabHost;
let refused: LabHost;
/** A page under the good authority, open all the time. */
let site: Tab;
let options: Tab;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "countersign-pages-"));
	world = await createWorld();
	good = await world.host("good");
	refused = await world.host("refused", world.refusedCa);
	firefox = await Firefox.start({ lab: world.lab, roots: [world.goodRoot, world.refusedRoot] });
	await firefox.install(TEST_BUILD);
});

afterAll(async () => {
	await firefox?.close();
	await world?.close();
	await rm(folder, { recursive: true, force: true });
});

describe("the first run", () => {
	it("opens a page of three steps: what it does, the first rules with a switch each, and private windows", async () => {
		const page = await firefox.findTab(firefox.extensionUrl("src/welcome/index.html"));
		const next = async (key: string) => {
			await page.click(".row > .button-primary");
			return await page.waitForText(words(key));
		};
		await page.waitForText(words("welcomeStep", "1", "3"));
		const { text } = await next("welcomeRules");
		expect(text).toContain(words("welcomeStep", "2", "3"));
		for (const key of ["welcomeAuthorities", "welcomeOverridden", "welcomeHome"]) expect(text).toContain(words(key));
		const last = await next("welcomePrivateNo");
		for (const key of ["welcomePrivateStep1", "checkToolbar"]) expect(last.text).toContain(words(key));
		// The browser's Back leads to the step before.
		await page.traverse(-1);
		await page.waitForText(words("welcomeStep", "2", "3"));
		expect(await page.evaluate(() => document.querySelectorAll(".welcome-rule input:checked").length)).toBe(5);
		await page.click(".welcome-rule input");
		await page.waitForText(words("welcomeOff"));
		countersign = await Countersign.open(firefox);
		const { rules, welcomed } = await countersign.ask("options");
		expect(rules.map(({ id, enabled }) => [id, enabled])).toEqual([
			["cnnic", false],
			["kazakhstan", true],
			["interception-mcs-holdings", true],
			["interception-superfish", true],
			["clicked-through", true],
		]);
		expect(welcomed).toBe(true);
		await page.click(".welcome-rule input");
		await page.waitFor((state) => !state.text.includes(words("welcomeOff")), "the rule, on again");
		await page.close();
	});
});

/** Opens the form for a new rule and chooses what it is made from. */
async function addBy(way: string): Promise<void> {
	await options.click(".options-section-head .button-primary");
	await options.waitForSelector(".options-ways");
	await options.evaluate((wanted) => {
		const label = [...document.querySelectorAll<HTMLElement>(".options-way")].find(
			({ textContent }) => textContent === wanted,
		);
		label?.querySelector("input")?.click();
	}, words(way));
}

/** Writes into the one field of the form for a new rule. */
async function type(text: string): Promise<void> {
	await options.click(".options-which .field input");
	await options.type(text);
}

const submit = (): Promise<void> => options.click(".options-which [type=submit]");

/** Every rule of the person's. */
const rules = async () => (await countersign.ask("options")).rules;

describe("a new rule", () => {
	beforeAll(async () => {
		await countersign.use(JSON.stringify({ version: 1, rules: [] }));
		site = await firefox.open();
		await site.load(good.url());
		options = await firefox.openExtensionPage("src/options/index.html");
		await options.waitForText(words("optionsNoRules"));
	});

	/** Sees the open page stopped, then takes the rule away by its button and sees the page again. */
	async function stopsThenFrees(): Promise<void> {
		await blocked(site, good.name);
		await options.click(".options-rule-actions .button:nth-child(2)");
		await shown(site, good.url());
		await options.waitForText(words("optionsNoRules"));
	}

	it("out of a file that is dropped on the page, by its key", async () => {
		await options.evaluate(
			(bytes) => {
				const dataTransfer = new DataTransfer();
				dataTransfer.items.add(new File([new Uint8Array(bytes)], "root.der"));
				document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
			},
			[...world.goodRoot.der],
		);
		await options.waitForText(words("optionsRead_one"));
		await submit();
		await blocked(site, good.name);
		expect(await rules()).toMatchObject([{ title: "Good Trust", match: [{ spki: world.goodRoot.spki }] }]);
		await stopsThenFrees();
	});

	it("out of pasted PEM", async () => {
		await addBy("optionsWayFiles");
		await options.evaluate((pem) => {
			const area = document.querySelector<HTMLTextAreaElement>(".options-which textarea");
			if (!area) throw new Error("no field for PEM");
			area.value = pem;
			area.dispatchEvent(new Event("input", { bubbles: true }));
		}, world.goodCa.pem);
		await options.click(".options-which p .button-small");
		await options.waitForText(words("optionsRead_one"));
		await submit();
		await stopsThenFrees();
	});

	it.each([
		["the hash of a key", "optionsWaySpki", () => world.goodRoot.spki],
		["a fingerprint with colons", "optionsWayCertificate", () => world.goodRoot.sha256.match(/../g)?.join(":") ?? ""],
		["a country by its name", "optionsWayCountry", () => "united states"],
		["an organisation, whatever the case", "optionsWayOrganization", () => "GOOD trust"],
	])("by %s", async (_, way, value) => {
		await addBy(way);
		await type(value());
		await submit();
		await stopsThenFrees();
	});

	it.each([
		["a key", "optionsWaySpki", "short", "expected 44 base64 characters, got 5"],
		["a fingerprint", "optionsWayCertificate", "zz", "expected 64 hex digits"],
		["a country", "optionsWayCountry", "Atlantis", "expected "],
	])(
		"with a bad value for %s: the exact error beside the field, and nothing in force changes",
		async (_, way, value, error) => {
			await addBy(way);
			await type(value);
			await submit();
			await options.waitForSelector(".options-which .field-error");
			expect(
				await options.evaluate(() => document.querySelector(".options-which .field-error")?.textContent),
			).toContain(error);
			expect(
				await options.evaluate(() => {
					const input = document.querySelector(".options-which .field input");
					const ids = input?.getAttribute("aria-describedby")?.split(" ") ?? [];
					return {
						invalid: input?.ariaInvalid,
						described: ids.some((id) => document.getElementById(id)?.classList.contains("field-error")),
					};
				}),
			).toEqual({ invalid: "true", described: true });
			expect(await rules()).toEqual([]);
			expect((await site.state()).url).toBe(good.url());
			await options.type(KEYS.escape);
			await options.waitForSelector(".options-section-head .button-primary");
		},
	);
});

/** Opens the editor of the one rule. It scrolls to its first field, which has the focus then. */
async function openEditor(): Promise<void> {
	await options.press(".options-rule-actions .button:nth-child(1)");
	await options.waitForSelector(".options-editor input:focus");
}

/** Chooses what the one rule does: 0 warns, 1 stops, 2 is strict. */
async function setAction(index: number): Promise<void> {
	await openEditor();
	await options.evaluate(
		(at) => document.querySelectorAll<HTMLInputElement>(".options-editor input[type=radio]")[at]?.click(),
		index,
	);
	await options.press(".options-editor [type=submit]");
	await options.waitForSelector(".options-rule-actions");
}

describe("every field of a rule", () => {
	beforeAll(async () => {
		await countersign.use(refusing([world.goodRoot.spki]));
		await blocked(site, good.name);
		await options.waitForText("Refused Trust");
	});

	/** Puts text into the n-th text area of the editor: names still accepted, then sites. */
	async function setNames(index: number, text: string): Promise<void> {
		await openEditor();
		await options.evaluate(
			(at, value) => {
				const area = document.querySelectorAll<HTMLTextAreaElement>(".options-editor textarea")[at];
				if (!area) throw new Error("no such field");
				area.value = value;
				area.dispatchEvent(new Event("input", { bubbles: true }));
			},
			index,
			text,
		);
		await options.press(".options-editor [type=submit]");
	}

	it("names that it stays accepted for", async () => {
		await setNames(0, good.name);
		await shown(site, good.url());
		await setNames(0, "");
		await blocked(site, good.name);
	});

	it("sites that it is only for", async () => {
		await setNames(1, "elsewhere.example");
		await shown(site, good.url());
		await setNames(1, "");
		await blocked(site, good.name);
	});

	it("a bad name: the exact error beside its field, and nothing changes", async () => {
		await setNames(0, "*.cn");
		await options.waitForSelector(".options-editor .field-error");
		expect(
			await options.evaluate(
				() => document.querySelector(".options-editor .field:has(.field-error) label")?.textContent,
			),
		).toBe(words("optionsAcceptFor"));
		expect((await rules())[0]?.acceptFor).toBeUndefined();
		await options.type(KEYS.escape);
		await options.waitForSelector(".options-rule-actions");
	});

	it("certificates issued from a day on", async () => {
		const set = async (day: string) => {
			await openEditor();
			await options.evaluate((value) => {
				const input = document.querySelector<HTMLInputElement>(".options-editor input[type=date]");
				if (!input) throw new Error("no field for a day");
				input.value = value;
				input.dispatchEvent(new Event("input", { bubbles: true }));
			}, day);
			await options.press(".options-editor [type=submit]");
		};
		const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
		await set(inDays(-10));
		await shown(site, good.url());
		await set(inDays(-60));
		await blocked(site, good.name);
		await set("");
		await options.waitForSelector(".options-rule-actions");
		expect((await rules())[0]?.issuedAfter).toBeUndefined();
	});

	it("what happens: warn and strict change the way through", async () => {
		await setAction(0);
		await site.reload();
		// The block page says what the rule does now.
		expect((await blocked(site, good.name)).text).toContain(words("whoAuthorityWarn", "Good Trust"));
		await openAdvanced(site);
		await site.waitForSelector(WAY);
		expect(await site.evaluate(() => document.querySelector(".way-through input"))).toBe(null);
		await setAction(2);
		await site.reload();
		await blocked(site, good.name);
		await openAdvanced(site);
		await site.waitForText(words("wayNoneStrict"));
	});

	it("on and off, by its switch", async () => {
		await options.click(".options-rule-head input");
		await shown(site, good.url());
		await options.click(".options-rule-head input");
		await blocked(site, good.name);
		await options.click(".options-rule-head input");
		await shown(site, good.url());
	});
});

describe("import", () => {
	const choose = async (name: string, text: string): Promise<void> => {
		const file = join(folder, name);
		await writeFile(file, text);
		const page = await firefox.page(options);
		const inputs = await page.$$("input[type=file]");
		await inputs.at(-1)?.uploadFile(file);
	};

	beforeAll(async () => {
		await countersign.use(JSON.stringify({ version: 1, rules: [] }));
		await countersign.ask("saveRule", {
			rule: { id: "mine", title: "My own", match: [{ country: "ZZ" }] },
			isNew: true,
		});
		await options.waitForText("My own");
	});

	it("refuses a bad document as a whole, and names the field", async () => {
		await choose(
			"bad.json",
			JSON.stringify({ version: 1, rules: [{ id: "a", title: "A", match: [{ spki: "short" }] }] }),
		);
		await options.waitForText("rules[0].match[0].spki: expected 44 base64 characters, got 5");
		await choose("newer.json", JSON.stringify({ version: 2, rules: [] }));
		await options.waitForText("version: expected");
		expect((await rules()).map(({ id }) => id)).toEqual(["mine"]);
	});

	it("shows first what would change, then merges or replaces, with the settings asked apart", async () => {
		const document = JSON.parse(refusing([world.goodRoot.spki]));
		document.settings = { unverifiable: "allow" };
		await choose("theirs.json", JSON.stringify(document));
		const { text } = await options.waitForText(words("optionsPreviewOf", "theirs.json"));
		expect(text).toContain(words("optionsPreviewAdded_one"));
		expect(text).toContain(words("optionsPreviewMissing_one"));
		expect(text).toContain(words("optionsTakeSettings"));
		expect((await rules()).map(({ id }) => id)).toEqual(["mine"]);
		await shown(site, good.url());
		await options.click(".options-offer .button");
		await blocked(site, good.name);
		expect((await rules()).map(({ id }) => id)).toEqual(["mine", "refused"]);
		expect((await countersign.ask("options")).settings.unverifiable).toBe("block");

		await choose("theirs.json", JSON.stringify(document));
		await options.waitForText(words("optionsPreviewMissing_one"));
		await options.click(".options-offer input[type=checkbox]");
		await options.click(".options-offer .button-danger");
		await options.waitFor(({ text: now }) => !now.includes("My own"), "only their rules");
		expect((await rules()).map(({ id }) => id)).toEqual(["refused"]);
		expect((await countersign.ask("options")).settings.unverifiable).toBe("allow");
		// What an import replaced comes back as a whole.
		await options.click(".options-undo .button");
		await options.waitForText("My own");
		expect((await rules()).map(({ id }) => id)).toEqual(["mine", "refused"]);
	});
});

describe("exceptions", () => {
	afterEach(async () => {
		for (const { id } of (await countersign.ask("options")).exceptions) await countersign.ask("revokeException", id);
	});

	it("are listed while they last, and revoking one takes effect at once on the open tab", async () => {
		await countersign.use(refusing([world.refusedRoot.spki]));
		const tab = await firefox.open();
		await goBlocked(tab, refused.url());
		await goThrough(tab, refused.name, "day");
		await shown(tab, refused.url());
		await options.waitForText(words("optionsExceptionOf", "Refused Trust", "Refused Trust").slice(0, 7));
		expect(
			await options.evaluate(() => document.querySelector<HTMLElement>(".options-exception .host")?.textContent),
		).toBe(refused.name);
		await options.click(".options-exception .button");
		await blocked(tab, refused.name);
		await options.waitForText(words("optionsNoExceptions"));
		await tab.close();
	});

	it("end with their rule, and do not come back with it", async () => {
		const tab = await firefox.open();
		await goBlocked(tab, refused.url());
		await goThrough(tab, refused.name, "always");
		await shown(tab, refused.url());
		await countersign.ask("deleteRule", "refused");
		const { undo } = await countersign.ask("options");
		await countersign.ask("undo", undo?.id ?? "");
		await blocked(tab, refused.name);
		expect((await countersign.ask("options")).exceptions).toEqual([]);
		await tab.close();
	});
});
