import { afterEach, describe, expect, test } from "vitest";
import { unknownKeys } from "../ui/setup.ts";
import { open } from "./page.tsx";
import { admin, authorities, cnnic, exceptions, full, KEY, rules } from "./samples.ts";

const usual = { authorities, rules, exceptions };

afterEach(() => expect([...unknownKeys]).toEqual([]));

describe("exceptions", () => {
	test("each says for whom, despite what, how long, and whether it works", async () => {
		const page = await open(usual);
		const rows = [...document.querySelectorAll(".options-exception")].map((row) =>
			(row.textContent ?? "").replace(/[\u2068\u2069]/g, ""),
		);
		expect(rows[0]).toContain("outlook.example");
		expect(rows[0]).toContain("Accepts CNNIC ROOT here, despite the rule “CNNIC”.");
		expect(rows[0]).toMatch(/Until November 23, 2026/);
		expect(rows[1]).toContain("nas.example:8443");
		expect(rows[1]).toContain("Private window");
		expect(rows[1]).toContain("Until Firefox closes.");
		expect(rows[2]).toContain("Not in force");
		expect(rows[2]).toContain("allows no way through");
		expect(rows[3]).toContain("although nobody could be seen vouching");
		expect(page.has("button", "Revoke the exception for nas.example:8443")).toBe(true);
	});

	test("revoking takes it away and says so", async () => {
		const page = await open(usual);
		await page.click("Revoke the exception for outlook.example");
		expect(page.background.view.exceptions.map(({ id }) => id)).toEqual(["e2", "e3", "e4"]);
		expect(document.querySelector("[role=status]")?.textContent).toContain(
			"The exception for outlook.example was revoked.",
		);
	});
});

describe("settings", () => {
	const checked = () =>
		[...document.querySelectorAll<HTMLInputElement>("input[type=radio]:checked")].map(
			(input) => input.closest("label")?.querySelector(".label")?.textContent,
		);

	test("changing one keeps the other", async () => {
		const settings = { preflight: "always", unverifiable: "block", changedCountry: "off" } as const;
		const page = await open({ ...usual, settings, settingsInForce: settings });
		expect(checked()).toEqual(["Always check before sending", "Stop the page"]);
		await page.click("Show the page");
		expect(page.background.view.settings).toEqual({
			preflight: "always",
			unverifiable: "allow",
			changedCountry: "off",
		});
		await page.click("Never check before sending");
		expect(page.background.view.settings).toEqual({ preflight: "off", unverifiable: "allow", changedCountry: "off" });
		expect(checked()).toEqual(["Never check before sending", "Show the page"]);
		expect(document.querySelector("[role=status]")?.textContent).toContain("The setting was saved.");
	});

	test.each([
		["credentials", "Check before sending cookies or forms", "one more connection"],
		["always", "Always check before sending", "so pages start later"],
		["off", "Never check before sending", "gets your cookies and what you type"],
	] as const)("asking first: %s says what it protects and what it costs", async (preflight, title, words) => {
		const settings = { preflight, unverifiable: "block", changedCountry: "off" } as const;
		const page = await open({ ...usual, settings, settingsInForce: settings });
		const choice = page.find("input", title) as HTMLInputElement;
		expect(choice.checked).toBe(true);
		expect(choice.closest("label")?.textContent).toContain(words);
		// What the site learns of it.
		expect(page.text()).toContain("The site sees that from your internet address, and no more.");
	});

	test("a change that was refused is said, and nothing moves", async () => {
		const page = await open(usual);
		page.background.saveSettings = async () => ({ ok: false, error: "settings.preflight: no" });
		await page.click("Never check before sending");
		expect(page.text()).toContain("settings.preflight: no");
		expect(checked()).toEqual(["Check before sending cookies or forms", "Stop the page"]);
	});

	test("an administrator's setting is shown and cannot be changed", async () => {
		const page = await open({
			...usual,
			admin,
			settings: { preflight: "credentials", unverifiable: "allow", changedCountry: "off" },
			settingsLocked: ["unverifiable"],
		});
		expect((page.find("input", "Stop the page") as HTMLInputElement).checked).toBe(true);
		expect(document.querySelector<HTMLFieldSetElement>("fieldset:disabled")?.textContent).toContain(
			"Set by your administrator.",
		);
		// The other setting stays the person's.
		expect(page.find("input", "Never check before sending").matches(":disabled")).toBe(false);
	});

	test("the warning of a new country is off, can be switched on, and says where it needs the record", async () => {
		const page = await open(usual);
		const label = "Warn me when a site’s authority is suddenly from another country";
		const isOn = () => (page.find("input", label) as HTMLInputElement).checked;
		expect(isOn()).toBe(false);
		await page.click(label);
		expect(page.background.view.settings).toMatchObject({ changedCountry: "warn" });
		expect(isOn()).toBe(true);
		expect(page.text()).not.toContain("see the switch above");
		await page.click("Count which authorities vouch for my sites");
		expect(page.text()).toContain("see the switch above");
		await page.click(label);
		expect(isOn()).toBe(false);
		const admin = await open({ ...usual, settingsLocked: ["changedCountry"] });
		expect((admin.find("input", label) as HTMLInputElement).disabled).toBe(true);
	});

	test("so is whether sites are asked first", async () => {
		const page = await open({
			...usual,
			admin,
			settingsInForce: { preflight: "always", unverifiable: "block", changedCountry: "off" },
			settingsLocked: ["preflight"],
		});
		const fixed = document.querySelectorAll("fieldset:disabled");
		expect(fixed).toHaveLength(1);
		expect(fixed[0]?.textContent).toContain("Set by your administrator.");
		expect((page.find("input", "Always check before sending") as HTMLInputElement).checked).toBe(true);
		expect(page.find("input", "Show the page").matches(":disabled")).toBe(false);
	});
});

describe("an administrator's policy", () => {
	test("is shown, with what matches nothing, and offers nothing to change", async () => {
		const page = await open({ ...usual, admin });
		const section = document.querySelector("section");
		expect(section?.querySelector("h2")?.textContent).toBe("Set by your administrator");
		expect(section?.textContent).toContain("Stop, no way through");
		expect(section?.textContent).toContain("policy.rules[0].match[1]: authority example is not known here");
		expect(section?.querySelectorAll("button, input")).toHaveLength(0);
		expect((page.find("button", "Add a rule") as HTMLButtonElement).disabled).toBe(false);
	});

	test("locked: nothing can be added, changed or imported; deleting and order remain", async () => {
		const page = await open({ ...usual, admin: { ...admin, locked: true, error: "policy.rules: expected x" } });
		expect(page.text()).toContain("policy.rules: expected x");
		expect((page.find("button", "Add a rule") as HTMLButtonElement).disabled).toBe(true);
		expect((page.find("button", "Edit CNNIC") as HTMLButtonElement).disabled).toBe(true);
		expect((page.find("input", "CNNIC") as HTMLInputElement).disabled).toBe(true);
		expect((page.find("input", "Import a file") as HTMLInputElement).disabled).toBe(true);
		const event = await page.drop(new File(["{}"], "policy.json"));
		expect(event.defaultPrevented).toBe(true);
		expect(page.background.asked).toEqual([]);
		await page.click("Delete CNNIC");
		expect(page.background.view.rules).toHaveLength(3);
	});
});

describe("storage trouble", () => {
	test.each([
		["fell-back", "Your newest settings could not be read."],
		["first-rules", "Your settings could not be read."],
		["newer", "Your settings were written by a newer Countersign."],
	] as const)("%s is said in plain words, can be saved and closed", async (kind, words) => {
		const page = await open({ ...usual, trouble: { kind, detail: "state.version: expected 1, got 3" } });
		expect(page.text()).toContain(words);
		expect(page.text()).toContain("state.version: expected 1, got 3");
		await page.click("Save the unreadable data");
		expect(page.saved).toEqual([{ name: "countersign-unreadable.json", text: '{"state":"?"}' }]);
		await page.click("Close");
		expect(page.text()).not.toContain(words);
	});
});

test("private windows: said while they are not checked, with the way to allow it", async () => {
	const page = await open({ ...usual, privateAllowed: false });
	expect(page.text()).toContain("Private windows are not checked.");
	expect(page.text()).toContain("about:addons");
	page.background.changeElsewhere({ privateAllowed: true });
	await page.click("Delete CNNIC");
	expect(page.text()).not.toContain("Private windows are not checked.");
});

describe("import and export", () => {
	const document2 = JSON.stringify({
		version: 1,
		rules: [
			cnnic,
			{ ...full, action: "block", title: "DigiNotar and its copies" },
			{ id: "stolen", title: "A stolen key", match: [{ spki: KEY }], action: "warn" },
		],
		settings: { unverifiable: "allow" },
	});
	const offered = async () => {
		const page = await open(usual);
		await page.drop(new File([document2], "policy.json"));
		return page;
	};

	test("export hands over the document", async () => {
		const page = await open(usual);
		await page.click("Export");
		expect(page.saved[0]?.name).toBe("countersign-policy.json");
		expect(JSON.parse(page.saved[0]?.text ?? "")).toEqual({ version: 1, rules });
	});

	test("certificates of what was stopped are handed over as one file; without any it says so", async () => {
		const page = await open(usual);
		await page.click("Save certificates of what was stopped");
		expect(page.text()).toContain("Nothing was stopped since Firefox started");
		expect(page.saved).toEqual([]);
		page.background.held = ["MAA=", "MAIBAQ=="];
		await page.click("Save certificates of what was stopped");
		expect(page.text()).not.toContain("Nothing was stopped since Firefox started");
		expect(page.saved.map(({ name }) => name)).toEqual(["countersign-certificates.pem"]);
		expect(
			page.saved[0]?.text.match(/^(-----BEGIN CERTIFICATE-----\n.+\n-----END CERTIFICATE-----\n)+$/),
		).not.toBeNull();
		expect([...(page.saved[0]?.text.matchAll(/^M.*$/gm) ?? [])].map(([line]) => line)).toEqual(page.background.held);
	});

	test("an import first shows what it would change, and changes nothing", async () => {
		const page = await offered();
		const text = page.text();
		expect(text).toContain("What policy.json would change");
		expect(text).toContain("One new rule A stolen key".replace(" A", "A"));
		expect(text).toContain("One rule would change");
		expect(text).toContain("Different: Title and What happens.");
		expect(text).toContain("2 rules of yours are not in the file");
		expect(text).toContain("One rule is the same already.");
		expect(page.background.asked).toEqual(["previewImport"]);
		expect(page.background.view.rules).toEqual(rules);
		await page.click("Cancel");
		expect(page.text()).not.toContain("What policy.json would change");
	});

	test("merge keeps the person's other rules; settings only when asked for", async () => {
		const page = await offered();
		await page.click("Merge");
		expect(page.background.imported).toEqual({ how: "merge", settings: false });
		expect(page.background.view.rules).toHaveLength(5);
		expect(document.querySelector("aside")?.textContent).toContain("“policy.json” was imported.");
		await page.click("Undo");
		expect(page.background.view.rules).toEqual(rules);
	});

	test("replace says how many it deletes; settings are a question of their own", async () => {
		const page = await offered();
		expect(page.text()).toContain("When Firefox cannot say who vouches for a page: Show the page");
		await page.click("Take its settings as well");
		await page.click("Replace and delete 2 rules");
		expect(page.background.imported).toEqual({ how: "replace", settings: true });
		expect(page.background.view.rules).toHaveLength(3);
	});

	test("a bad file gets the exact error, and offers nothing", async () => {
		const page = await open(usual);
		await page.drop(new File([document2.replace(KEY, "H0IkzshPyZ==")], "policy.json"));
		expect(document.querySelector(".field-error")?.textContent).toBe(
			"policy.json: rules[1].match[1].spki: expected 44 base64 characters, got 12",
		);
		expect(page.has("button", "Merge")).toBe(false);
		await page.drop(new File(["x".repeat(2_000_000)], "big.json"));
		expect(document.querySelector(".field-error")?.textContent).toBe(
			"big.json: document: expected at most 1048576 bytes, got more",
		);
	});

	test("an import that is refused after all leaves everything, with the reason", async () => {
		const page = await offered();
		page.background.importPolicy = async () => ({ ok: false, error: "rules: expected at most 1000 rules, got 1001" });
		await page.click("Merge");
		expect(document.querySelector(".field-error")?.textContent).toBe("rules: expected at most 1000 rules, got 1001");
		expect(page.background.view.rules).toEqual(rules);
	});
});
