/** The parts of the options page about authorities: the table, one of them, ready-made sets and countries. */
import "../ui/setup.ts";
import { afterEach, describe, expect, test } from "vitest";
import { setWords } from "../../src/options/sets.ts";
import type { ListView, OptionsView, SitesView } from "../../src/protocol.ts";
import { settle } from "../ui/helpers.ts";
import { unknownKeys } from "../ui/setup.ts";
import { details, manyDetails, presets } from "./catalogue.ts";
import { type Opening, open } from "./page.tsx";
import { admin, cnnic, warn } from "./samples.ts";

const authorities: OptionsView["authorities"] = details.map(({ id, name, country, keys }) => ({
	id,
	name,
	country,
	keys: keys.length,
}));
const usual = { authorities, rules: [cnnic] };

const SITES: SitesView = {
	on: true,
	since: Date.UTC(2026, 8, 3),
	total: 812,
	byAuthority: { "lets-encrypt": 402, amazon: 171, cnnic: 3 },
};

/** A page at an address, with what is known of sites. */
const at = (fragment: string, known: SitesView = SITES, more: Opening = {}): Opening => ({
	fragment,
	before: (background) => {
		background.known = known;
		background.impacts.entrust = { sites: ["bank.example", "tax.example", "rail.example"], parts: 2 };
		background.impacts.CN = {
			stopped: 120,
			sites: Array.from({ length: 100 }, (_, index) => `site-${index}.example`),
		};
	},
	...more,
});

afterEach(() => expect([...unknownKeys]).toEqual([]));

const rows = () => [...document.querySelectorAll(".options-name a")].map(({ textContent }) => textContent);
const groups = () => [...document.querySelectorAll(".options-group")].map(({ textContent }) => textContent);
const status = () => [...document.querySelectorAll("[role=status]")].map(({ textContent }) => textContent).join();

describe("the table", () => {
	test("is there when its link is followed, with the focus on its heading", async () => {
		const page = await open(usual, at(""));
		expect(document.querySelector("table")).toBeNull();
		await page.follow("Authorities");
		expect(rows()).toContain("CNNIC");
		expect(document.activeElement?.textContent).toBe("Authorities");
		expect(page.find("a", "Authorities").getAttribute("aria-current")).toBe("page");
	});

	test("has those first that rules are about, then by the person's sites", async () => {
		await open(usual, at("#authorities"));
		expect(groups()).toEqual(["Your rules are about these", "All others"]);
		expect(rows().slice(0, 3)).toEqual(["CNNIC", "Let’s Encrypt (ISRG)", "Amazon"]);
		const [, row] = document.querySelectorAll("tbody tr");
		expect(row?.textContent).toContain("Refused");
		const cells = [...(row?.querySelectorAll("td") ?? [])].map(({ textContent }) => textContent);
		expect(cells).toEqual(["China", "Dropped", "3", "2"]);
	});

	test("is by name while no sites are known", async () => {
		await open({ ...usual, rules: [] }, at("#authorities", { ...SITES, total: 0, byAuthority: {}, since: null }));
		expect(rows().slice(0, 2)).toEqual(["Amazon", "CNNIC"]);
		expect(groups()).toEqual([]);
	});

	test("is searched and filtered; nothing found is said", async () => {
		const page = await open(usual, at("#authorities"));
		await page.fill("Search", "tugra");
		expect(rows()).toEqual(["E-Tuğra"]);
		expect(status()).toContain("One authority");
		await page.fill("Search", "nobody at all");
		expect(status()).toContain("0 authorities");
		expect(document.querySelector("table")).toBeNull();
		await page.fill("Search", "");
		await page.fill("Country", "US");
		expect(rows()).toHaveLength(4);
		await page.fill("Status", "constrained");
		expect(rows()).toEqual(["Entrust"]);
	});

	test("is ordered by the heads of its columns, which say how", async () => {
		const page = await open({ ...usual, rules: [] }, at("#authorities"));
		const sorted = () =>
			[...document.querySelectorAll("th[aria-sort]")].map((head) => [head.textContent, head.getAttribute("aria-sort")]);
		expect(sorted()).toEqual([["Your sites", "descending"]]);
		await page.click("Name");
		expect(sorted()).toEqual([["Name", "ascending"]]);
		expect(rows()[0]).toBe("Amazon");
		await page.click("Name");
		expect(sorted()).toEqual([["Name", "descending"]]);
		expect(rows()[0]).toBe("Let’s Encrypt (ISRG)");
		await page.click("Incidents");
		expect(sorted()).toEqual([["Incidents", "descending"]]);
		expect(rows()[0]).toBe("CNNIC");
	});

	test("draws some rows and more when asked to", async () => {
		const page = await open(usual, at("#authorities", SITES, { loadDetails: async () => manyDetails(300, 1) }));
		expect(rows()).toHaveLength(51);
		await page.click("Show more (256 left)");
		expect(rows()).toHaveLength(101);
		await page.fill("Search", "authority 1");
		expect(rows().length).toBeLessThan(52);
	});

	test("that cannot be read says so and can be tried again", async () => {
		let isBroken = true;
		const loadDetails = async () => {
			if (isBroken) throw new Error("the file is gone");
			return details;
		};
		const page = await open(usual, at("#authorities", SITES, { loadDetails }));
		expect(page.text()).toContain("The list of authorities could not be read.");
		expect(page.text()).toContain("the file is gone");
		isBroken = false;
		await page.click("Try again");
		expect(rows()).toContain("CNNIC");
	});
});

describe("one authority", () => {
	test("says who it is, what it did and where that was reported", async () => {
		const page = await open(usual, at("#authority/cnnic"));
		const text = page.text();
		expect(text).toContain(
			"China Internet Network Information Center · China · Firefox dropped it · a state controls it (example.org)",
		);
		expect(text).toContain("In the last 90 days it vouched for 3 of your 812 sites.");
		const incidents = [...document.querySelectorAll(".options-incident")].map(({ textContent }) => textContent);
		expect(incidents[0]).toContain("March 20, 2015");
		expect(incidents[0]).toContain("Vouched wrongly");
		expect(incidents[0]).toContain("Mozilla · April 2015");
		expect(incidents[1]).toContain("2010");
		for (const link of document.querySelectorAll<HTMLAnchorElement>("a[href^=https]")) {
			expect([link.target, link.rel]).toEqual(["_blank", "noreferrer"]);
		}
		expect(document.querySelectorAll("a[href^=https]")).toHaveLength(4);
	});

	test("draws under whom else its keys stand, and leads there", async () => {
		const page = await open(usual, at("#authority/cnnic"));
		expect(document.querySelector(".options-cross")?.textContent).toBe(
			"Some of its keys also appear under \u2068Entrust\u2069.Entrust\u2068CNNIC ROOT\u2069",
		);
		await page.go("#authority/entrust");
		expect(page.text()).toContain("It stands behind a key of one other:");
		expect(page.has("a", "CNNIC (China)")).toBe(true);
		expect(document.activeElement?.textContent).toBe("Entrust");
	});

	test("lists its keys and certificates with their dates and limits", async () => {
		const page = await open(usual, at("#authority/cnnic"));
		const [first, second] = [...document.querySelectorAll(".options-key")].map(({ textContent }) => textContent);
		expect(first).toContain("August 31, 2010 to August 31, 2030");
		expect(first).toContain("On Firefox’s list of revoked ones");
		expect(first).toContain("Also underEntrust");
		expect(second).toContain("Firefox accepts only what was issued up to April 1, 2015");
		expect(page.text()).toContain("Its 2 keys");
	});

	test("says what refusing it would cost before it is refused, and that can be undone", async () => {
		const page = await open(usual, at("#authority/entrust"));
		expect(page.text()).toContain(
			"In the last 90 days this would have stopped 3 of your 812 sites: bank.example, tax.example, and rail.example. " +
				"Parts of pages from 2 more sites would have been missing.",
		);
		await page.click("Refuse Entrust");
		expect(page.background.view.rules.at(-1)).toEqual({
			id: "entrust",
			title: "Entrust",
			match: [{ authority: "entrust" }],
			action: "block",
			enabled: true,
		});
		expect(document.activeElement?.textContent).toBe("Edit");
		expect(page.has("button", "Refuse Entrust")).toBe(false);
		await page.click("Undo");
		expect(page.background.view.rules).toEqual([cnnic]);
		expect(page.has("button", "Refuse Entrust")).toBe(true);
		expect(document.activeElement?.textContent).toBe("Entrust");
	});

	test("opens the form for a rule with everything a rule can have", async () => {
		const page = await open(usual, at("#authority/entrust"));
		await page.click("Choose how");
		expect(page.store.editor.value?.draft.value).toMatchObject({
			title: "Entrust",
			match: [{ kind: "authority", value: "entrust" }],
		});
		await page.click("Warn");
		await page.click("Save");
		expect(page.background.view.rules.at(-1)).toMatchObject({ match: [{ authority: "entrust" }], action: "warn" });
		// It only warns: refusing is still offered.
		expect(page.has("button", "Refuse Entrust")).toBe(true);
		await page.click("Choose how");
		await page.click("Cancel");
		expect(document.activeElement?.textContent).toBe("Choose how");
	});

	test("tells in the form what the rule would cost, as it stands there", async () => {
		const page = await open({ ...usual, rules: [] }, at("#authority/entrust"));
		await page.click("Choose how");
		const cost = () => document.querySelector("form .options-impact")?.textContent ?? "";
		expect(cost()).toContain("would have stopped 3 of your 812 sites");
		const impact = page.background.impact;
		const rules: unknown[] = [];
		page.background.impact = (asked) => {
			rules.push(asked);
			return impact(asked);
		};
		await page.fill("Only on", "bank.example");
		expect(rules).toMatchObject([[{ sites: ["bank.example"], enabled: true }]]);
		await page.fill("Only on", "https://bank.example/");
		expect(cost()).toBe("");
		expect(rules).toHaveLength(1);
	});

	test("tells it before any new rule is added, and not of one that is in force", async () => {
		const page = await open(usual, at(""));
		await page.click("Edit CNNIC");
		expect(document.querySelector("form .options-impact")).toBeNull();
		await page.click("Cancel");
		await page.click("Add a rule");
		await page.click("A country");
		expect(page.background.asked).toEqual([]);
		await page.fill("Country", "China");
		expect(document.querySelector("form .options-impact")?.textContent).toContain("120 of your 812 sites");
		await page.click("Clicked-through errors");
		expect(document.querySelector("form .options-impact")).toBeNull();
	});

	test.each([
		[{ ...SITES, total: 0, since: null, byAuthority: {} }, "None of your sites are known yet"],
		[{ on: false, total: 0, since: null, byAuthority: {} }, "The count of your sites is off"],
	])("without any history says so, and asks nothing", async (known, words) => {
		const page = await open(usual, at("#authority/entrust", known));
		expect(page.text()).toContain(words);
		expect(page.background.asked).toEqual([]);
	});

	test("says why the cost cannot be told, and can be refused all the same", async () => {
		const page = await open(usual, {
			...at(""),
			fragment: "#authority/entrust",
			before: (background) => {
				background.known = SITES;
				background.impact = async () => ({ ok: false, error: "rules[0].match[0].authority: expected a known one" });
			},
		});
		expect(page.text()).toContain("What this would cost cannot be told: rules[0].match[0].authority");
		await page.click("Refuse Entrust");
		expect(page.background.view.rules).toHaveLength(2);
	});

	test("asks for the cost again when rules have changed elsewhere", async () => {
		const page = await open(usual, at("#authority/entrust"));
		expect(page.background.asked).toEqual(["impact"]);
		page.background.changeElsewhere({});
		await settle();
		expect(page.background.asked).toEqual(["impact"]);
		page.background.changeElsewhere({ rules: [cnnic, warn] });
		await settle();
		expect(page.background.asked).toEqual(["impact", "impact"]);
	});

	test("shows an administrator's rules about it, which nobody can change here", async () => {
		const page = await open({ ...usual, rules: [], admin: { ...admin, locked: true } }, at("#authority/cnnic"));
		expect(page.text()).toContain("Set by your administrator.");
		expect(page.has("input", "CNNIC")).toBe(false);
		await page.go("#authority/entrust");
		expect(page.has("button", "Refuse Entrust")).toBe(false);
	});

	test("shows the rules of lists about it, with the list's name", async () => {
		const list: ListView = {
			id: "desk",
			title: "Safety Desk",
			description: null,
			sequence: 4,
			expires: Date.UTC(2027, 0, 1),
			expired: false,
			reported: [],
			url: "https://desk.example/list.json",
			key: "",
			rules: [
				{ rule: { ...cnnic, id: "theirs", match: [{ authority: "entrust" }], title: "Theirs" }, switchedOff: false },
				{ rule: { ...cnnic, id: "off", match: [{ authority: "amazon" }], title: "Off" }, switchedOff: true },
			],
			automatic: false,
			updated: 0,
			good: 0,
			failure: null,
			pending: null,
		};
		const page = await open({ ...usual, rules: [], lists: [list] }, at("#authority/entrust"));
		expect(page.text()).toContain("This rule comes from a list you follow: Safety Desk.");
		expect(page.has("button", "Refuse Entrust")).toBe(false);
		await page.go("#authority/amazon");
		expect(page.has("button", "Refuse Amazon")).toBe(true);
	});

	test("that is not known is said; the way back leads to the table and to the row one came from", async () => {
		const page = await open(usual, at("#authority/no-such"));
		expect(page.text()).toContain("This version knows no authority with the name no-such.");
		await page.go("#authority/amazon");
		await page.follow("All authorities");
		expect(document.activeElement?.textContent).toBe("Amazon");
	});
});

describe("ready-made sets", () => {
	/** What can be read of a set, direction marks left out. */
	const set = (index: number): string =>
		(document.querySelectorAll(".options-list")[0]?.children[index]?.textContent ?? "").replace(/[\u2068\u2069]/g, "");

	test("say what they are for, what they would cost and why each rule is there", async () => {
		const page = await open(usual, at("#sets"));
		expect(set(1)).toContain("1 of 3 on");
		expect(set(1)).toContain("would have stopped 3 of your 812 sites");
		expect(set(1)).toContain("Years of broken rules.");
		expect(set(2)).toContain("would have stopped 120 of your 812 sites: site-0.example");
		expect(set(2)).toContain("and 115 more");
		expect(set(2)).toContain("20 more");
		for (const preset of presets) expect(setWords(preset)).not.toBe(null);
		expect(page.background.asked.filter((name) => name !== "impact")).toEqual([]);
	});

	test("are switched on at once with one undo, without what is there already", async () => {
		const strict = { ...cnnic, action: "strict" as const };
		const page = await open({ ...usual, rules: [strict] }, at("#sets"));
		await page.click("Distrusted by Mozilla or Google since 2011");
		expect(page.background.view.rules.map(({ id, action }) => [id, action])).toEqual([
			["cnnic", "strict"],
			["distrusted-entrust", "block"],
			["distrusted-e-tugra", "block"],
		]);
		expect(document.querySelector("aside")?.textContent).toContain(
			"“Distrusted by Mozilla or Google since 2011” was added.",
		);
		await page.click("Undo");
		expect(page.background.view.rules).toEqual([strict]);
	});

	test("are switched off at once with one undo, those that are on in part by a button", async () => {
		const [, distrusted] = presets;
		const page = await open({ ...usual, rules: [warn, ...(distrusted?.policy.rules ?? [])] }, at("#sets"));
		await page.click("Distrusted by Mozilla or Google since 2011");
		expect(page.background.view.rules).toEqual([warn]);
		await page.click("Undo");
		expect(page.background.view.rules).toHaveLength(4);

		const partly = await open(usual, at("#sets"));
		await partly.click("Switch all of it off: Distrusted by Mozilla or Google since 2011");
		expect(partly.background.view.rules).toEqual([]);
	});
});

describe("countries", () => {
	test("have their names in words, how many authorities and what refusing them would cost", async () => {
		await open(usual, at("#sets"));
		const rows = [...document.querySelectorAll(".options-country")].map(({ textContent }) => textContent);
		expect(rows[0]).toContain("China");
		expect(rows[0]).toContain("One authority");
		expect(rows[0]).toContain("would have stopped 120 of your 812 sites");
		expect(rows[3]).toContain("United States");
		expect(rows[3]).toContain("4 authorities");
		expect(rows[3]).toContain("Would have stopped none of your sites.");
	});

	test("are refused and accepted again by a switch", async () => {
		const page = await open({ ...usual, rules: [] }, at("#sets"));
		await page.click("United States");
		expect(page.background.view.rules).toEqual([
			{
				id: "country-us",
				title: "Authorities from United States",
				reason: "You refuse every authority from United States.",
				match: [{ country: "US" }],
				action: "block",
				enabled: true,
			},
		]);
		await page.click("United States");
		expect(page.background.view.rules).toEqual([]);
		await page.click("Undo");
		expect(page.background.view.rules).toHaveLength(1);
	});

	test("that a rule of another name warns about show that", async () => {
		const page = await open({ ...usual, rules: [warn] }, at("#sets"));
		expect((page.find("input", "China") as HTMLInputElement).checked).toBe(true);
		expect(document.querySelector(".options-country")?.textContent).toContain("Warn");
	});
});

describe("the record of sites", () => {
	test("is switched off, on and cleared in the settings", async () => {
		const page = await open(usual, at(""));
		expect(page.text()).toContain("812 sites are known, since September 3, 2026.");
		await page.click("Forget my sites");
		expect(page.background.known.total).toBe(0);
		expect(status()).toContain("Your sites were forgotten.");
		expect(page.has("button", "Forget my sites")).toBe(false);
		await page.click("Count which authorities vouch for my sites");
		expect(page.background.known.on).toBe(false);
		expect((page.find("input", "Count which authorities vouch for my sites") as HTMLInputElement).checked).toBe(false);
	});

	test("that cannot be asked for leaves the rest of the page as it is", async () => {
		const page = await open(usual, {
			before: (background) => {
				background.sites = () => Promise.reject(new Error("no answer"));
			},
		});
		expect(page.has("input", "CNNIC")).toBe(true);
		expect(page.has("input", "Count which authorities vouch for my sites")).toBe(false);
		expect(page.text()).not.toContain("no answer");
	});
});
