/** Lists that are followed, on the options page. */
import { describe, expect, test } from "vitest";
import { open } from "./page.tsx";
import { asking, authorities, careful, forgotten, offered } from "./samples.ts";

const lists = (...followed: (typeof careful)[]) => open({ authorities, lists: followed }, { fragment: "#lists" });
const SWITCH = "input[role=switch]";

describe("following a list", () => {
	test("shows what it is before it is followed, and then follows just that", async () => {
		const page = await lists();
		expect(page.text()).toContain("You follow no lists.");
		page.background.listPreview = offered;
		await page.click("Follow a list");
		expect(document.activeElement).toBe(page.find("input", "Address of the list"));
		await page.fill("Address of the list", careful.url);
		await page.fill("Public key", careful.key);
		await page.click("Look at it first");
		expect(page.background.asked).toEqual(["previewList"]);
		expect(page.text()).toContain("Number 12, good until");
		expect(page.text()).toContain("outlook.example");
		expect(page.text()).toContain("2 rules");
		expect((page.find(SWITCH, "Look for a newer one every day") as HTMLInputElement).checked).toBe(false);
		expect(document.activeElement?.textContent).toBe(offered.title);
		await page.click("Follow “Careful People’s List”");
		expect(page.background.view.lists).toMatchObject([{ id: careful.id, automatic: false }]);
		expect(page.text()).not.toContain("Address of the list");
		expect(page.text()).toContain("You now follow “Careful People’s List”.");
	});

	test("says why it cannot be shown, and forgets what was shown when something else is filled in", async () => {
		const page = await lists();
		await page.click("Follow a list");
		await page.fill("Address of the list", careful.url);
		await page.fill("Public key", careful.key);
		await page.click("Look at it first");
		expect(page.text()).toContain("It is not signed with the publisher’s key.");
		expect(page.text()).toContain("signature: expected another");
		page.background.listPreview = offered;
		await page.click("Look at it first");
		expect(page.has("button", "Follow “Careful People’s List”")).toBe(true);
		await page.fill("Address of the list", "https://elsewhere.example/");
		expect(page.has("button", "Follow “Careful People’s List”")).toBe(false);
		await page.click("Cancel");
		expect(page.background.view.lists).toEqual([]);
	});
});

describe("a list that is followed", () => {
	test("says where it comes from, and what it cannot use", async () => {
		const page = await lists(careful);
		for (const words of [
			careful.url,
			careful.key,
			"3 rules",
			"One entry matches nothing in this version",
			"Last good answer",
		]) {
			expect(page.text()).toContain(words);
		}
	});

	test("has a switch for each rule", async () => {
		const page = await lists(careful);
		const isOn = (name: string) => (page.find(SWITCH, name) as HTMLInputElement).checked;
		expect([isOn("CNNIC"), isOn("DigiNotar")]).toEqual([true, false]);
		await page.click("CNNIC");
		await page.click("DigiNotar");
		expect([isOn("CNNIC"), isOn("DigiNotar")]).toEqual([false, true]);
		expect(page.background.asked).toEqual(["setListRule", "setListRule"]);
	});

	test("is looked for by itself only when asked to", async () => {
		const page = await lists({ ...careful, automatic: false });
		await page.click("Look for a newer one every day");
		expect(page.background.view.lists[0]?.automatic).toBe(true);
	});

	test("that could not be updated shows why, and keeps what it had", async () => {
		const page = await lists(careful);
		await page.click("Update now: Careful People’s List");
		expect(page.text()).toContain("What you had stays in force.");
		expect(page.text()).toContain("It is older than what you have seen.");
		expect(page.text()).toContain("list.sequence: expected at least 3, got 2");
		expect(page.text()).toContain("“Careful People’s List” was not updated.");
	});

	test("that is out of date says that its rules stay", async () => {
		const page = await lists(forgotten);
		expect(page.text()).toContain("Out of date");
		expect(page.text()).toContain("Its rules stay in force.");
	});

	test("asks before it stops sites, and does as it is told", async () => {
		const page = await lists(asking);
		for (const words of ["Number 13 waits for you", "a.example", "One new rule", "One changed rule", "One rule goes"]) {
			expect(page.text()).toContain(words);
		}
		await page.click("Take it");
		expect(page.background.view.lists[0]).toMatchObject({ sequence: 13, pending: null });
		const other = await lists(asking);
		await other.click("Keep what I have");
		expect(other.background.view.lists[0]).toMatchObject({ sequence: 12, pending: null });
	});

	test("is left with a way back, which has the focus", async () => {
		const page = await lists(careful);
		await page.click("Leave Careful People’s List");
		expect(page.background.view.lists).toEqual([]);
		expect(page.text()).toContain("You no longer follow “Careful People’s List”.");
		expect(document.activeElement).toBe(page.find("button", "Undo"));
	});

	test("cannot be changed under an administrator's lock, but left", async () => {
		const admin = { locked: true, rules: [], policy: { version: 1 as const, rules: [] }, reported: [], error: null };
		const page = await open({ authorities, admin, lists: [careful] }, { fragment: "#lists" });
		const isOff = (selector: string, name: string) => (page.find(selector, name) as HTMLInputElement).disabled;
		expect(isOff("button", "Follow a list")).toBe(true);
		expect(isOff("button", "Update now: Careful People’s List")).toBe(true);
		expect(isOff(SWITCH, "CNNIC")).toBe(true);
		expect(isOff("button", "Leave Careful People’s List")).toBe(false);
	});
});
