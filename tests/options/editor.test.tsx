import { afterEach, expect, test } from "vitest";
import { unknownKeys } from "../ui/setup.ts";
import { open } from "./page.tsx";
import { authorities, FINGERPRINT, full, KEY, OTHER_KEY, rules } from "./samples.ts";

const usual = { authorities, rules };

afterEach(() => expect([...unknownKeys]).toEqual([]));

test("saving a rule as it was opened changes nothing of it", async () => {
	const page = await open(usual);
	await page.click("Edit DigiNotar");
	expect(document.activeElement).toBe(page.find("input", "Title"));
	await page.click("Save");
	expect(page.background.view.rules).toEqual(rules);
	expect(document.activeElement?.getAttribute("aria-label")).toBe("Edit DigiNotar");
});

test("every field can be changed", async () => {
	const page = await open(usual);
	await page.click("Edit CNNIC");
	await page.fill("Title", "CNNIC and friends");
	await page.fill("Reason", "");
	await page.click("Warn");
	await page.fill("Kind, entry 1", "organization");
	await page.fill("Value, entry 1", "CNNIC");
	await page.click("Add another");
	expect(document.activeElement?.getAttribute("aria-label")).toBe("Kind, entry 2");
	await page.fill("Value, entry 2", KEY);
	await page.click("Add another");
	await page.fill("Kind, entry 3", "certificate");
	await page.fill("Value, entry 3", FINGERPRINT);
	await page.click("Add another");
	await page.fill("Kind, entry 4", "root");
	await page.click("Remove entry 3");
	expect(document.activeElement?.textContent).toBe("Add another");
	await page.fill("Still accepted for", "cn\n\n Bücher.example, 10.0.0.0/8");
	await page.fill("Only on", "outlook.com");
	await page.fill("Day", "2015-04-01");
	await page.fill("Time (UTC)", "12:30");
	await page.click("The rule is switched on");
	await page.click("Save");
	expect(page.background.view.rules[0]).toEqual({
		id: "cnnic",
		title: "CNNIC and friends",
		match: [{ organization: "CNNIC" }, { spki: KEY }, { root: "not-built-in" }],
		action: "warn",
		acceptFor: ["cn", "xn--bcher-kva.example", "10.0.0.0/8"],
		sites: ["outlook.com"],
		issuedAfter: "2015-04-01T12:30:00Z",
		enabled: false,
	});
});

test("fields can be emptied, and what is spared be taken out", async () => {
	const page = await open({ ...usual, rules: [full] });
	await page.click("Edit DigiNotar");
	for (const name of ["Reason", "Still accepted for", "Only on", "Day", "Time (UTC)"]) await page.fill(name, "");
	const [, spared] = [...document.querySelectorAll<HTMLElement>('[aria-label="Remove entry 1"]')];
	spared?.click();
	await page.click("Save");
	const { reason, acceptFor, sites, issuedAfter, except, ...rest } = full;
	expect(page.background.view.rules).toEqual([rest]);
});

test("bad input gets its exact error beside each field; nothing is asked, nothing changes", async () => {
	const page = await open({ ...usual, rules: [full] });
	await page.click("Edit DigiNotar");
	await page.fill("Title", " ");
	await page.fill("Value, entry 2", "short");
	await page.fill("Value, entry 4", "Atlantis");
	await page.fill("Only on", "google.com\nhttps://google.com/");
	await page.fill("Still accepted for", "*.nl");
	await page.fill("Day", "");
	expect(document.querySelectorAll(".field-error")).toHaveLength(0);
	await page.click("Save");
	expect(page.described("Title")).toContain("expected 1–120 characters, got 0");
	expect(page.described("Value, entry 2")).toBe("expected 44 base64 characters, got 5");
	expect(page.described("Value, entry 4")).toBe('expected a country as two letters (ISO 3166-1), got "Atlantis"');
	expect(page.described("Only on")).toContain('not a web address, got "https://google.com/"');
	expect(page.described("Still accepted for")).toContain("expected a name without the star");
	expect(page.described("Day")).toContain("Fill in the whole day, or clear it.");
	expect(document.querySelectorAll(".field-error")).toHaveLength(6);
	expect(document.activeElement).toBe(page.find("input", "Title"));
	expect(page.background.asked).toEqual([]);
	expect(page.background.view.rules).toEqual([full]);

	await page.fill("Title", "DigiNotar");
	expect(document.querySelectorAll(".field-error")).toHaveLength(5);
});

test("no selector at all is an error of the list", async () => {
	const page = await open(usual);
	await page.click("Edit CNNIC");
	await page.click("Remove entry 1");
	await page.click("Save");
	expect(page.text()).toContain("expected 1–10000 selectors, got 0");
});

test("an error from the background finds its field, or stands above the form", async () => {
	const page = await open(usual);
	await page.click("Edit DigiNotar");
	page.background.saveRule = async () => ({
		ok: false,
		error: "rules[2].match[1].spki: expected 44 base64 characters, got 12",
	});
	await page.click("Save");
	expect(page.described("Value, entry 2")).toBe("expected 44 base64 characters, got 12");
	expect(document.activeElement).toBe(page.find("input", "Value, entry 2"));
	page.background.saveRule = async () => ({ ok: false, error: "storage: expected to be writable, got version 3" });
	await page.fill("Title", "Other");
	await page.click("Save");
	expect(document.querySelector(".options-editor [role=alert]")?.textContent).toBe(
		"storage: expected to be writable, got version 3",
	);
});

test("Cancel and Escape forget what was typed", async () => {
	const page = await open(usual);
	await page.click("Edit CNNIC");
	await page.fill("Title", "Other");
	await page.click("Cancel");
	expect(document.activeElement?.getAttribute("aria-label")).toBe("Edit CNNIC");
	await page.click("Edit CNNIC");
	expect((page.find("input", "Title") as HTMLInputElement).value).toBe("CNNIC");
	page.find("input", "Title").dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
	await page.click("Edit DigiNotar");
	expect(page.background.asked).toEqual([]);
	expect((page.find("input", "Title") as HTMLInputElement).value).toBe("DigiNotar");
});

test("what changes elsewhere does not disturb what is being typed", async () => {
	const page = await open(usual);
	await page.click("Edit CNNIC");
	await page.fill("Title", "Half");
	page.background.changeElsewhere({ exceptions: [] });
	await page.fill("Reason", "x");
	expect((page.find("input", "Title") as HTMLInputElement).value).toBe("Half");
});

test("a known authority that the catalogue has lost is shown by its id", async () => {
	const page = await open({
		authorities: [],
		rules: [{ ...full, match: [{ spki: OTHER_KEY }, { authority: "gone" }] }],
	});
	await page.click("Edit DigiNotar");
	expect((page.find("select", "Value, entry 2") as HTMLSelectElement).value).toBe("gone");
});

test("a rule with thousands of selectors opens at once, keeps them all, and shows the one that is wrong", async () => {
	const match = Array.from({ length: 3000 }, (_, index) => ({ organization: `Organization ${index}` }));
	const page = await open({ authorities, rules: [{ ...full, match }] });
	expect(page.text()).toContain("and 2,997 more");
	await page.click("Edit DigiNotar");
	expect(document.querySelectorAll(".options-selector")).toHaveLength(101);
	await page.click("Add another");
	await page.fill("Value, entry 3001", "short");
	await page.click("Save");
	expect(page.described("Value, entry 3001")).toBe("expected 44 base64 characters, got 5");
	await page.fill("Value, entry 3001", KEY);
	await page.click("Save");
	expect(page.background.view.rules[0]?.match).toEqual([...match, { spki: KEY }]);
});
