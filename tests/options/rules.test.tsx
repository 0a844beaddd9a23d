import { afterEach, expect, test } from "vitest";
import { nobody } from "../gallery/nobody.ts";
import { settle } from "../ui/helpers.ts";
import { unknownKeys } from "../ui/setup.ts";
import { open } from "./page.tsx";
import { authorities, cnnic, full, rules } from "./samples.ts";

const usual = { authorities, rules };

afterEach(() => expect([...unknownKeys]).toEqual([]));

const titles = () => [...document.querySelectorAll("ol .options-rule-title")].map((title) => title.textContent);

test("a rule says in words what it does, to whom, and where it does not hold", async () => {
	const page = await open(usual);
	expect(titles()).toEqual(rules.map(({ title }) => title));
	const text = page.text();
	expect(text).toContain("Applies to all keys of CNNIC.");
	expect(text).toContain("Applies to any certificate error that was clicked through.");
	expect(text).toContain("Still accepted for localhost, names without a dot, local, and 5 more.");
	expect(text).toContain("the organization “DigiNotar”, the key H0IkzshPyZ…, the certificate 7D:15:C4:9D:F3…");
	expect(text).toContain("Only on google.com and gmail.com.");
	expect(text).toContain("Only for certificates valid from July 10, 2011 or later.");
	expect(text).toContain("Off (Stop, no way through)");
	expect(text).toContain("Warn");
});

test("a switch turns a rule off, and shows what is in force", async () => {
	const page = await open(usual);
	await page.click("CNNIC");
	expect(page.background.view.rules[0]).toEqual({ ...cnnic, enabled: false });
	expect((page.find("input", "CNNIC") as HTMLInputElement).checked).toBe(false);
	expect(document.querySelector("[role=status]")?.textContent).toBe("“CNNIC” is off.");
});

test("a change that was not made leaves everything, and says exactly why", async () => {
	const page = await open(usual);
	page.background.saveRule = async () => ({ ok: false, error: "storage: expected to be written, got QuotaExceeded" });
	await page.click("CNNIC");
	expect((page.find("input", "CNNIC") as HTMLInputElement).checked).toBe(true);
	expect(document.querySelector("[role=alert]")?.textContent).toContain(
		"storage: expected to be written, got QuotaExceeded",
	);
	await page.click("Close");
	expect(document.querySelector("[role=alert]")).toBeNull();
});

test("a background that does not answer is said, too", async () => {
	const page = await open(usual);
	page.background.deleteRule = () => Promise.reject(new Error("Could not establish connection"));
	await page.click("Delete CNNIC");
	expect(page.text()).toContain("Could not establish connection");
	expect(titles()).toHaveLength(4);
});

test("a background that is gone is said in plain words, until it is back", async () => {
	const page = await open(usual);
	const { options } = page.background;
	page.background.options = nobody;
	page.background.changeElsewhere({});
	await page.pass(0);
	for (const second of [1, 2]) {
		await page.pass(1000);
		expect(document.querySelector("[role=alert]"), `after ${second} s`).toBeNull();
	}
	await page.pass(1000);
	expect(document.querySelector("[role=alert]")?.textContent).toBe(
		"Countersign does not answerPages are not checked now. Close Firefox and start it again.",
	);
	page.background.options = options;
	await page.pass(1000);
	expect(document.querySelector("[role=alert]")).toBeNull();
	expect(titles()).toHaveLength(4);
});

test("deleting offers to undo, has the focus there, and undo brings the rule back", async () => {
	const page = await open(usual);
	await page.click("Delete DigiNotar");
	expect(titles()).not.toContain("DigiNotar");
	const bar = document.querySelector("aside");
	expect(bar?.textContent).toContain("“DigiNotar” was deleted.");
	expect(document.activeElement?.textContent).toBe("Undo");
	await page.click("Undo");
	expect(page.background.view.rules).toEqual(rules);
	expect(titles()).toContain("DigiNotar");
	expect(document.querySelector("aside")).toBeNull();
	expect(document.activeElement?.textContent).toBe("Rules");
});

test("the bar can be closed; an undo from before the page was opened is not offered", async () => {
	const page = await open({ ...usual, undo: { id: "old", what: "delete", title: "Old" } });
	expect(document.querySelector("aside")).toBeNull();
	await page.click("Delete CNNIC");
	expect(document.querySelector("aside")).not.toBeNull();
	await page.click("Close");
	expect(document.querySelector("aside")).toBeNull();
});

test("rules move up and down by buttons that keep the focus, and stop at the ends", async () => {
	const page = await open(usual);
	const up = page.find("button", "Move DigiNotar up");
	up.focus();
	await page.click("Move DigiNotar up");
	expect(titles()[1]).toBe("DigiNotar");
	await page.click("Move DigiNotar up");
	expect(titles()[0]).toBe("DigiNotar");
	expect(document.querySelector("[role=status]")?.textContent).toBe("“DigiNotar” is now number 1 of 4.");
	expect(document.activeElement).toBe(up);
	expect(up.getAttribute("aria-disabled")).toBe("true");
	const { length } = page.background.asked;
	await page.click("Move DigiNotar up");
	expect(page.background.asked).toHaveLength(length);
	await page.click("Move DigiNotar down");
	expect(titles()[1]).toBe("DigiNotar");
});

test("what changes elsewhere shows at once; a slow answer does not bring back what was", async () => {
	const page = await open(usual);
	page.background.changeElsewhere({ rules: [full] });
	await settle();
	expect(titles()).toEqual(["DigiNotar"]);

	const { options } = page.background;
	let answer = (): void => undefined;
	const stale = { ...page.background.view };
	page.background.options = () =>
		new Promise((resolve) => {
			answer = () => resolve(stale);
		});
	page.background.changeElsewhere({});
	page.background.options = options;
	page.background.changeElsewhere({ rules: [cnnic] });
	await settle();
	answer();
	await settle();
	expect(titles()).toEqual(["CNNIC"]);
});

test("no rules at all is said", async () => {
	const page = await open();
	expect(page.text()).toContain("There are no rules. Every authority that Firefox accepts is accepted.");
});
