import "../ui/setup.ts";

import { afterEach, describe, expect, test } from "vitest";
import { firstState, type State } from "../../src/core/state.ts";
import { compareStored } from "../../src/options/check.ts";
import { unknownKeys } from "../ui/setup.ts";
import { HEALTHY } from "./fakeBackground.ts";
import { type Opening, open } from "./page.tsx";
import { admin, cnnic, exceptions, rules } from "./samples.ts";

afterEach(() => expect([...unknownKeys]).toEqual([]));

const state: State = { ...firstState({ version: 1, rules: [cnnic] }), welcomed: true };
const usual = { rules: [cnnic] };

/** Opens the page and has it look; answers with each thing's label and text, in their order. */
async function look(view: Parameters<typeof open>[0] = usual, opening: Opening = {}) {
	const page = await open(view, { fragment: "#check", ...opening });
	await page.click("Check now");
	const rows = [...document.querySelectorAll(".options-list > li")].map((row) => ({
		label: row.querySelector(".tag")?.textContent,
		shape: row.querySelector(".tag .icon")?.getAttribute("class"),
		title: (row.querySelector("h3")?.textContent ?? "").replace(/[\u2068\u2069]/g, ""),
		text: (row.textContent ?? "").replace(/[\u2068\u2069]/g, ""),
	}));
	return { page, rows, row: (title: RegExp) => rows.find((one) => title.test(one.title)) };
}

describe("Is it working?", () => {
	test("looks at nothing before it is asked", async () => {
		let reads = 0;
		const page = await open(usual, {
			fragment: "#check",
			check: {
				readStorage: async () => {
					reads += 1;
					return {};
				},
			},
		});
		expect(reads).toBe(0);
		expect(document.querySelectorAll(".options-list li")).toHaveLength(0);
		expect(document.querySelector("nav [aria-current=page]")?.textContent).toBe("Is it working?");
		await page.click("Check now");
		expect(reads).toBeGreaterThan(0);
	});

	test("where all is well, it says so, and what is only to be known comes last", async () => {
		const { page, rows, row } = await look();
		expect(page.text()).toContain("Everything that can be checked is as it should be.");
		expect(rows.map(({ label }) => label)).toEqual([...Array(7).fill("Fine"), "To know", "To know"]);
		expect(row(/what sites answer/)?.text).toMatch(/Answers so far: 1,234, the last one on November 22, 2026/);
		expect(row(/Rules are in force/)?.text).toContain("Rules in force: 1.");
		expect(row(/no extension/)?.text).toContain("addons.mozilla.org");
		expect(page.has("button", "Check once more")).toBe(true);
	});

	test("each label has a shape of its own", async () => {
		const { rows } = await look(
			{ ...usual, privateAllowed: false },
			{ check: { maySeeAllSites: async () => false, readCopy: () => null } },
		);
		const shapes = new Map(rows.map(({ label, shape }) => [label, shape]));
		expect([...shapes.keys()]).toEqual(["Broken", "Needs you", "Fine", "To know"]);
		expect(new Set(shapes.values()).size).toBe(4);
	});

	test("private windows that are not allowed: says so, and how to allow them", async () => {
		const { page, row } = await look({ ...usual, privateAllowed: false });
		expect(page.text()).toContain("One thing needs you.");
		expect(row(/Private windows are not checked/)?.text).toMatch(/about:addons.*Run in Private Windows/);
	});

	test("nothing seen since the start: asks for a page to be loaded", async () => {
		const { row } = await look(usual, {
			before: (background) => {
				background.self = { ...HEALTHY, seen: 0, last: null };
			},
		});
		expect(row(/not seen any site/)).toMatchObject({ label: "Needs you" });
		expect(row(/not seen any site/)?.text).toContain("Load a page again");
	});

	test("no rule in force, not even an administrator's", async () => {
		expect((await look({ rules: [{ ...cnnic, enabled: false }] })).row(/No rule/)).toMatchObject({
			label: "Needs you",
		});
		const rule = {
			ref: "admin/a",
			source: "admin",
			title: "A",
			reason: null,
			action: "block",
			exceptable: false,
		} as const;
		const { row } = await look({ rules: [], admin: { ...admin, rules: [rule] } });
		expect(row(/Rules are in force/)).toMatchObject({ label: "Fine" });
	});

	test("settings that let something through are named", async () => {
		const settingsInForce = { preflight: "off", unverifiable: "allow", changedCountry: "off" } as const;
		const { row } = await look({ ...usual, settingsInForce });
		expect(row(/let something through/)?.text).toMatch(/cannot check are shown\..*before a site was checked\./);
	});

	test("counts the exceptions that work, and leads to them", async () => {
		const { page, row } = await look({ rules, exceptions });
		const open = exceptions.filter(({ suspended }) => !suspended).length;
		expect(row(/Exceptions that are open/)?.title).toContain(String(open));
		await page.go("#exceptions");
		expect(document.activeElement?.textContent).toBe("Exceptions");
	});

	test.each([
		["are switched off", {}, null],
		["were not asked yet", { on: true }, null],
		["are watched", { on: true, host: "well" }, "Fine: is there (version 0.1.0)"],
		["have no program", { on: true, host: "missing" }, "Needs you: not on this computer, so they are not watched"],
		["have one that crashed", { on: true, host: "crashed" }, "Needs you: ended too early"],
		["are not allowed any more", { on: true, allowed: false, host: "well" }, "Needs you: Firefox does not let"],
		["cannot be read", { trouble: { kind: "unreadable", detail: "servers: odd" } }, "Broken: servers: odd"],
	] as const)(
		"mail servers that %s",
		async (_, { host, ...mail }: { host?: string; [field: string]: unknown }, told) => {
			const { row } = await look(usual, {
				before: (background) => {
					const known = host && { state: host, time: 0, version: "0.1.0", detail: "" };
					background.mailView = {
						...background.mailView,
						allowed: true,
						...mail,
						...(known ? { host: known as never } : {}),
					};
				},
			});
			const found = row(/^Mail servers$/);
			if (told === null) expect(found).toBeUndefined();
			else {
				const [label, words = ""] = told.split(/: (.*)/);
				expect(found?.label).toBe(label);
				expect(found?.text).toContain(words);
			}
		},
	);

	test("a part for mail servers that does not load is said, and all else is looked at", async () => {
		const { rows, row } = await look(usual, {
			before: (background) => {
				background.mail = () => Promise.reject(new Error("no such file"));
			},
		});
		expect(row(/^Mail servers$/)).toMatchObject({ label: "Broken" });
		expect(row(/^Mail servers$/)?.text).toContain("does not load");
		expect(rows.length).toBeGreaterThan(8);
	});

	test("a button that is hidden: how to pin it; where Firefox does not say, nothing", async () => {
		expect(
			(await look(usual, { check: { isOnToolbar: async () => false } })).row(/not on the toolbar/)?.text,
		).toContain("Pin to Toolbar");
		expect((await look(usual, { check: { isOnToolbar: async () => null } })).row(/toolbar/)).toBeUndefined();
	});

	test("a background that does not answer is said, and nothing else is", async () => {
		const { rows } = await look(usual, {
			before: (background) => {
				Object.assign(background, { selfCheck: () => Promise.reject(new Error("Could not establish connection.")) });
			},
		});
		expect(rows.map(({ title }) => title)).toEqual(["Countersign does not answer"]);
		expect(rows[0]?.text).toContain("Could not establish connection.");
	});

	test.each([
		["the state cannot be read", { state: { version: 2 }, previous: state }, state, /^What is stored is not/, "Broken"],
		["the state is missing", { previous: state }, state, /^What is stored is not/, "Broken"],
		["another state is stored", { state: { ...state, welcomed: false }, previous: state }, state, /^What is/, "Broken"],
		["the one before cannot be read", { state, previous: "?" }, state, /spare copy/, "Needs you"],
		["the copy is missing", { state, previous: state }, null, /spare copy/, "Needs you"],
		["the copy is an old one", { state, previous: state }, firstState({ version: 1, rules: [] }), /spare/, "Needs you"],
		["all is well", { state, previous: state }, state, /^Your rules are stored/, "Fine"],
	])("stored rules: %s", async (_, stored, copy, title, label) => {
		const { row } = await look(usual, {
			check: { readStorage: async () => stored, readCopy: () => copy },
			before: (background) => {
				background.self = { ...HEALTHY, state };
			},
		});
		expect(row(title)).toMatchObject({ label });
	});

	test("a rule that is saved while it looks is no difference", async () => {
		let current: State = { ...state, welcomed: false };
		const { row } = await look(usual, {
			check: {
				readStorage: async () => {
					const read = { state, previous: state };
					current = state;
					return read;
				},
				readCopy: () => state,
			},
			before: (background) => {
				Object.assign(background, { selfCheck: async () => ({ ...HEALTHY, state: current }) });
			},
		});
		expect(row(/Your rules are stored/)).toMatchObject({ label: "Fine" });
	});

	test("storage that fails is said with Firefox's reason", async () => {
		const { row } = await look(usual, { check: { readStorage: () => Promise.reject(new Error("disk I/O error")) } });
		expect(row(/^What is stored/)?.text).toContain("disk I/O error");
	});

	test("a fresh start has stored nothing, and that is fine", async () => {
		const { row } = await look(usual, {
			check: { readStorage: async () => ({}), readCopy: () => null },
			before: (background) => {
				background.self = { ...HEALTHY, fresh: true };
			},
		});
		expect(row(/Nothing is stored yet/)).toMatchObject({ label: "Fine" });
	});
});

test("a copy without lists and undo, for want of room, is one", () => {
	const full: State = { ...state, undo: { id: "u", what: "add", title: "x", policy: state.policy } };
	expect(compareStored({ state: full, previous: state }, { ...full, undo: null }, full)).toEqual({
		state: "same",
		previous: "same",
		copy: "same",
	});
});
