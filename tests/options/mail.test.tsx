/** The part of the options page about mail servers: what is asked of whom, and when. */
import { describe, expect, it } from "vitest";
import type { MailView } from "../../src/protocol.ts";
import { mailView } from "../gallery/samples.ts";
import { type OptionsPage, open } from "./page.tsx";

const asked = ({ background }: OptionsPage) => background.asked.filter((one) => /mail|permission/i.test(one));

const openAt = (view: Partial<MailView> = {}, allows = true): Promise<OptionsPage> =>
	open(
		{},
		{
			fragment: "#mail",
			before(background) {
				background.mailView = { ...background.mailView, ...view };
				background.allows = allows;
			},
		},
	);
const onView: Partial<MailView> = { on: true, host: { state: "well", time: 0, version: "1.2.3", detail: "" } };

describe("mail servers", () => {
	it("are asked about only on their own part of the page", async () => {
		let reads = 0;
		const page = await open(
			{},
			{
				before(background) {
					const { mail } = background;
					background.mail = () => {
						reads += 1;
						return mail();
					};
				},
			},
		);
		await page.go("#lists");
		page.background.changeElsewhere({});
		expect(reads).toBe(0);
		await page.follow("Mail servers");
		expect(reads).toBe(1);
		page.background.changeElsewhere({});
		expect(reads).toBe(2);
	});

	it("off: one switch, and nothing else is offered or asked for", async () => {
		const page = await openAt();
		expect(page.has("button", "Check now")).toBe(false);
		expect(page.has("button", "Add")).toBe(false);
		expect(asked(page)).toEqual([]);
	});

	it("are switched on once Firefox has allowed it, which is asked for first", async () => {
		const page = await openAt();
		await page.click("Watch my mail servers");
		expect(asked(page)).toEqual(["requestPermissions", "setMail"]);
		expect(page.text()).toContain("Your mail servers are watched now.");
		await page.click("Watch my mail servers");
		expect(asked(page).slice(2)).toEqual(["setMail", "dropPermissions"]);
		expect(page.background.mailView.on).toBe(false);
	});

	it("stay off where the person says no, and the page says so", async () => {
		const page = await openAt({}, false);
		await page.click("Watch my mail servers");
		expect(asked(page)).toEqual(["requestPermissions"]);
		expect(page.text()).toContain("You did not allow it in Firefox");
		expect(page.text()).not.toContain("are watched now");
	});

	it("that cannot be loaded are said to be so", async () => {
		const page = await open(
			{},
			{
				fragment: "#mail",
				before(background) {
					background.mail = () => Promise.reject(new Error("gone"));
				},
			},
		);
		expect(page.text()).toContain("does not load");
	});

	it("are not watched any more when the permission is gone, and it can be given again", async () => {
		const page = await openAt({ ...onView, allowed: false });
		expect(page.text()).toContain("Firefox does not let Countersign do this any more");
		await page.click("Allow it again");
		expect(asked(page)).toEqual(["requestPermissions", "setMail"]);
	});
});

describe("the program", () => {
	it.each([
		["missing", "is not on this computer", true],
		["broken", "does not start", true],
		["too-old", "is too old", true],
		["garbled", "something that it may not", true],
		["crashed", "ended too early", false],
		["silent", "did not answer in time", false],
		["too-new", "is newer than this Countersign", false],
		["not-allowed", "Firefox does not let Countersign", false],
	] as const)("that is %s is shown, with what to do", async (state, words, isInstallable) => {
		const page = await openAt({ on: true, host: { state, time: 0, version: "0.0.9", detail: "the exact reason" } });
		expect(page.text()).toContain(words);
		expect(page.text()).toContain("the exact reason");
		expect(page.text().includes("countersign host install")).toBe(isInstallable);
	});

	it("that is well is a line, with its version", async () => {
		const page = await openAt(onView);
		expect(page.text()).toContain("is there (version 1.2.3)");
	});
});

describe("the list", () => {
	it("says of each server who vouches, since when, what changed, and where it is explained", async () => {
		const page = await openAt(mailView);
		const text = page.text();
		expect(text).toContain("DigiCert (United States) vouches for it, since");
		expect(text).toContain("it shows a document that nobody vouches for");
		expect(text).toContain("CNNIC (China) vouches for it, and there is a rule here against that: CNNIC.");
		expect(text).toMatch(/Until .*2026, DigiCert \(United States\) vouched for it\./);
		expect(text).toContain("It could not be reached since");
		const links = [...document.querySelectorAll<HTMLAnchorElement>('a[href^="/src/mail/"]')];
		expect(links.map((link) => link.getAttribute("href"))).toContain("/src/mail/index.html?server=s1");
		expect(new Set(links.map((link) => link.getAttribute("aria-label"))).size).toBe(links.length);
	});

	it("gets a provider's servers with one button, which goes then", async () => {
		const page = await openAt(onView);
		await page.click("Add the servers of Outlook.com");
		expect(page.background.mailView.servers.map(({ host, port }) => `${host}:${port}`)).toEqual([
			"outlook.office365.com:993",
			"smtp-mail.outlook.com:587",
		]);
		expect(page.text()).toContain("On the list now: Outlook.com.");
		expect(page.has("button", "Add the servers of Outlook.com")).toBe(false);
		expect(page.has("button", "Add the servers of Gmail")).toBe(true);
	});

	it("gets a server of any name; the port follows the kind until it is chosen", async () => {
		const page = await openAt(onView);
		await page.fill("Server", "Mail.Example.org");
		await page.fill("Kind", "submission");
		expect((page.find("input", "Port") as HTMLInputElement).value).toBe("587");
		await page.fill("Port", "2587");
		await page.fill("Kind", "smtps");
		expect((page.find("input", "Port") as HTMLInputElement).value).toBe("2587");
		await page.click("Add");
		expect(page.background.mailView.servers).toMatchObject([
			{ protocol: "smtps", host: "mail.example.org", port: 2587 },
		]);
		expect((page.find("input", "Server") as HTMLInputElement).value).toBe("");
	});

	it("says beside the field what is wrong with a server, and keeps what was typed", async () => {
		const page = await openAt(onView);
		await page.fill("Server", "https://mail.example.org/");
		await page.click("Add");
		expect(page.described("Server")).toContain("not a web address");
		expect((page.find("input", "Server") as HTMLInputElement).value).toBe("https://mail.example.org/");
		await page.fill("Server", "mail.example.org");
		expect(page.described("Server")).not.toContain("not a web address");
	});

	it("loses a server, and the focus goes to its heading", async () => {
		const page = await openAt({ ...mailView, servers: mailView.servers.slice(5, 6) });
		await page.click("Remove imap.outlook.example:993 from the list");
		expect(page.background.mailView.servers).toEqual([]);
		expect(page.text()).toContain("No longer on the list: imap.outlook.example.");
		expect(document.activeElement?.textContent).toBe("Mail servers");
	});

	it("is asked now, or in other intervals", async () => {
		const page = await openAt(onView);
		await page.click("Check now");
		expect(page.text()).toContain("The servers were asked.");
		await page.fill("How often", "360");
		expect(page.background.mailView).toMatchObject({ on: true, every: 360 });
	});
});
