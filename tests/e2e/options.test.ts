/** The options page in a real Firefox, over the real background and the real storage. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TEST_BUILD } from "./countersign.ts";
import { Firefox, type Tab } from "./harness/index.ts";

const FIXTURES = join(import.meta.dirname, "../certificate/fixtures");
const OPTIONS = "src/options/index.html";

let firefox: Firefox;
let folder: string;
let tab: Tab;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "countersign-options-"));
	firefox = await Firefox.start({
		preferences: {
			"browser.download.dir": folder,
			"browser.download.folderList": 2,
			"browser.download.useDownloadDir": true,
			"browser.download.alwaysOpenPanel": false,
		},
	});
	await firefox.install(TEST_BUILD);
	tab = await firefox.openExtensionPage(OPTIONS);
	await tab.waitForText("CNNIC");
	await tab.evaluate(() => {
		document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
			document.body.dataset.violations = `${document.body.dataset.violations ?? ""} ${violatedDirective} ${blockedURI}`;
		});
	});
}, 90_000);

afterAll(async () => {
	await firefox?.close();
	await rm(folder, { recursive: true, force: true });
});

/** Chooses files in the page's n-th file field, as the file picker would. */
async function chooseFiles(index: number, ...files: string[]): Promise<void> {
	const page = await firefox.page(tab);
	const inputs = await page.$$("input[type=file]");
	await inputs[index]?.uploadFile(...files);
}

const titles = (): Promise<string[]> =>
	tab.evaluate(() => [...document.querySelectorAll("ol .options-rule-title")].map((title) => title.textContent ?? ""));

const control = (name: string): string => `[aria-label="${name}"]`;

describe("options", () => {
	it("adds what is in a file, tells other open pages, and has it still after a reload", async () => {
		const other = await firefox.openExtensionPage(OPTIONS);
		await other.waitForText("CNNIC");
		await tab.activate();
		await tab.click(".options-section-head .button-primary");
		await chooseFiles(0, join(FIXTURES, "chain.p7b"), join(FIXTURES, "other.der"));
		await tab.waitForText("4 certificates were read");
		await tab.click(".options-which .button-primary");
		await tab.waitForSelector(control("Edit Fixture, Inc."));
		await other.waitForText("Fixture, Inc.");
		await other.close();
		await tab.reload();
		await tab.waitForText("Fixture, Inc.");
		expect(await titles()).toContain("Fixture, Inc.");
	}, 60_000);

	it("deletes and undoes, by keyboard alone", async () => {
		const before = await titles();
		await tab.evaluate(() => document.querySelector<HTMLElement>('[aria-label="Delete CNNIC"]')?.focus());
		await tab.type("\uE007");
		await tab.waitForText("“CNNIC” was deleted.");
		expect(await titles()).not.toContain("CNNIC");
		// The focus is on Undo.
		await tab.type("\uE007");
		await tab.waitForSelector(control("Delete CNNIC"));
		expect(await titles()).toEqual(before);
	}, 60_000);

	it("moves a rule, and its button keeps the focus", async () => {
		const before = await titles();
		const last = before.at(-1);
		await tab.evaluate(
			(name) => document.querySelector<HTMLElement>(`[aria-label="${name}"]`)?.focus(),
			`Move ${last} up`,
		);
		await tab.type("\uE007");
		await tab.waitFor(({ text }) => text.includes("was moved"), "the undo bar");
		expect((await titles()).at(-2)).toBe(last);
		await tab.waitForSelector(`${control(`Move ${last} up`)}:focus`);
	}, 60_000);

	it("shows the exact error beside the field, and changes nothing", async () => {
		// Not by the mouse: what was said of the step before may go, and move everything, between aim and click.
		await tab.press(control("Edit Fixture, Inc."));
		await tab.waitForSelector(control("Value, entry 1"));
		await tab.evaluate((field) => document.querySelector<HTMLInputElement>(field)?.focus(), control("Value, entry 1"));
		await tab.waitForSelector(`${control("Value, entry 1")}:focus`);
		await tab.type("\uE010x");
		await tab.press(".options-editor [type=submit]");
		await tab.waitForText("expected 44 base64 characters, got 45");
		// The focus comes after rendering, so after the text.
		await tab.waitForSelector(`${control("Value, entry 1")}:focus`);
		await tab.type("\uE00C");
		await tab.waitForSelector(control("Edit Fixture, Inc."));
	}, 60_000);

	it("exports the document, and previews it when it comes back", async () => {
		const file = join(folder, "countersign-policy.json");
		await tab.evaluate(() =>
			[...document.querySelectorAll<HTMLElement>("button")]
				.find(({ textContent }) => textContent === "Export")
				?.click(),
		);
		// Firefox puts an empty file there first.
		const read = () => readFile(file, "utf8").catch(() => "");
		await expect.poll(read, { timeout: 20_000 }).toMatch(/\}\s*$/);
		const policy = JSON.parse(await read());
		expect(policy.rules.map(({ title }: { title: string }) => title)).toEqual(await titles());

		policy.rules[0].title = "Renamed";
		policy.rules.pop();
		const changed = join(folder, "changed.json");
		await writeFile(changed, JSON.stringify(policy));
		await chooseFiles(0, changed);
		await tab.waitForText("One rule would change");
		await tab.waitForText("One rule of yours is not in the file");
		expect(await titles()).not.toContain("Renamed");
		await tab.click(".options-offer .button");
		await tab.waitForText("“changed.json” was imported.");
		expect((await titles())[0]).toBe("Renamed");
	}, 60_000);

	it("needs nothing that the content security policy refuses", async () => {
		expect(await tab.evaluate(() => document.body.dataset.violations ?? "")).toBe("");
	});
});
