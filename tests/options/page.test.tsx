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
	test("what the page does not show is kept", async () => {
		const settings = { preflight: "always", unverifiable: "block" } as const;
		const page = await open({ ...usual, settings, settingsInForce: settings });
		expect(page.text()).not.toMatch(/preflight/i);
		await page.click("Show the page");
		expect(page.background.view.settings).toEqual({ preflight: "always", unverifiable: "allow" });
	});

	test("an administrator's setting is shown and cannot be changed", async () => {
		const page = await open({
			...usual,
			admin,
			settings: { preflight: "credentials", unverifiable: "allow" },
			settingsLocked: ["unverifiable"],
		});
		expect((page.find("input", "Stop the page") as HTMLInputElement).checked).toBe(true);
		expect(document.querySelector<HTMLFieldSetElement>("fieldset:disabled")?.textContent).toContain(
			"Set by your administrator.",
		);
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
