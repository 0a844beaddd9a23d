import "./setup.ts";

import { render } from "preact";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { OptionsView } from "../../src/protocol.ts";
import { App } from "../../src/welcome/App.tsx";
import { createWelcome } from "../../src/welcome/store.ts";
import { welcomes } from "../gallery/samples.ts";
import { settle } from "./helpers.ts";
import { unknownKeys } from "./setup.ts";

let saved: unknown[];
let view: OptionsView;

let fragment: string;
let follow: () => void;
let pinned: boolean | null;

/** The person follows a link to a step. */
async function go(link: string): Promise<void> {
	const found = [...document.querySelectorAll<HTMLAnchorElement>("a")].find((one) => one.textContent === link);
	if (!found) throw new Error(`no link ${link}`);
	fragment = found.getAttribute("href") ?? "";
	follow();
	await settle();
}

async function show(
	name: string,
	step = 1,
	answer: { ok: true } | { ok: false; error: string } = { ok: true },
): Promise<void> {
	view = welcomes[name] as OptionsView;
	fragment = step === 1 ? "" : `#${step}`;
	const store = createWelcome({
		background: {
			options: async () => view,
			saveRule: async (request) => {
				saved.push(request);
				if (answer.ok) {
					const changed = request.rule as OptionsView["rules"][number];
					view = { ...view, rules: view.rules.map((rule) => (rule.id === changed.id ? changed : rule)) };
				}
				return answer;
			},
			welcomed: async () => ({ ok: true }),
		},
		openOptions: async () => saved.push("options"),
		isOnToolbar: async () => pinned,
		fragment: () => fragment,
		onFragment: (callback) => {
			follow = callback;
		},
	});
	await store.refresh();
	render(<App store={store} />, document.body);
	await settle();
}

const switches = () => [...document.querySelectorAll<HTMLInputElement>("input[role=switch]")];
const text = () => document.body.textContent ?? "";

beforeEach(() => {
	saved = [];
	pinned = true;
});

afterEach(() => {
	render(null, document.body);
	expect([...unknownKeys]).toEqual([]);
});

describe("the first-run page", () => {
	const step = () => document.querySelector("h2")?.previousElementSibling?.textContent;
	const current = () => document.querySelector("nav [aria-current=step] .welcome-step-title")?.textContent;

	test("has three steps, forth and back, and the heading takes the focus", async () => {
		await show("private-no");
		expect(document.querySelectorAll("nav li")).toHaveLength(3);
		expect([step(), current()]).toEqual(["Step 1 of 3", "What it does"]);
		expect(document.activeElement).toBe(document.body);
		await go("Next");
		expect([step(), current()]).toEqual(["Step 2 of 3", "What is refused now"]);
		expect(document.activeElement).toBe(document.querySelector("h2"));
		await go("Next");
		expect([step(), current()]).toEqual(["Step 3 of 3", "The button, and private windows"]);
		expect(text()).not.toContain("Next");
		await go("Back");
		await go("Back");
		expect(step()).toBe("Step 1 of 3");
		expect(text()).not.toContain("Back");
	});

	test("forces no order: each step has a link of its own, and an address that is none is the first", async () => {
		await show("private-no");
		await go("3The button, and private windows");
		expect(step()).toBe("Step 3 of 3");
		fragment = "#17";
		follow();
		await settle();
		expect(step()).toBe("Step 1 of 3");
	});

	test("has short words in each step: the switches speak for themselves", async () => {
		for (const number of [1, 2, 3]) {
			await show("private-no", number);
			const prose = [...document.querySelectorAll("section > .welcome-lead, section > p")].map(
				(one) => one.textContent,
			);
			expect(prose.join(" ").split(/\s+/).length, String(number)).toBeLessThanOrEqual(75);
			render(null, document.body);
		}
	});

	test("shows what a stopped page looks like, in a tab of its own", async () => {
		await show("private-no");
		const link = [...document.querySelectorAll("a")].find(({ textContent }) => textContent?.startsWith("See what"));
		expect(link?.getAttribute("href")).toBe("/src/blocked/index.html?practice");
		expect(link?.target).toBe("_blank");
	});

	test("tells what the button says by its shapes, and how to pin it where it is not", async () => {
		await show("private-no", 3);
		const shapes = [...document.querySelectorAll(".welcome-shapes path")].map((path) => path.getAttribute("d"));
		expect(new Set(shapes).size).toBe(5);
		expect(text()).toContain("Its button is on the toolbar");
		expect(text()).not.toContain("Pin to Toolbar");
		render(null, document.body);
		pinned = false;
		await show("private-no", 3);
		expect(text()).toContain("Pin to Toolbar");
		render(null, document.body);
		pinned = null;
		await show("private-no", 3);
		expect(text()).toContain("On a phone");
		expect(text()).not.toContain("Pin to Toolbar");
	});

	test("explains the first rules in three sentences", async () => {
		await show("private-no", 2);
		const sentences = [...document.querySelectorAll(".welcome-lead > li")].map((one) => one.textContent ?? "");
		expect(sentences).toHaveLength(3);
		for (const sentence of sentences) expect(sentence.match(/\.(?=\s|$)/g), sentence).toHaveLength(1);
		expect(sentences.join(" ")).toMatch(/CNNIC.*Kazakhstan.*clicked away.*router, printer/);
	});

	test("tells the way to allow private windows, or that they are allowed", async () => {
		await show("private-no", 3);
		expect(text()).toContain("Private windows are not protected yet.");
		expect(text()).toContain("about:addons");
		expect(text()).toContain("Run in Private Windows");
		render(null, document.body);
		await show("private-yes", 3);
		expect(text()).toContain("Countersign works in private windows, too.");
		expect(text()).not.toContain("about:addons");
	});

	test("switches a rule off and on", async () => {
		await show("private-no", 2);
		expect(switches().map(({ checked }) => checked)).toEqual([true, true, false]);
		switches()[0]?.click();
		await settle();
		expect(saved).toEqual([{ rule: { ...welcomes["private-no"]?.rules[0], enabled: false }, isNew: false }]);
		expect(switches().map(({ checked }) => checked)).toEqual([false, true, false]);
	});

	test("shows what is in force when a change was not taken", async () => {
		await show("private-no", 2, { ok: false, error: "The disk is full." });
		switches()[0]?.click();
		await settle();
		expect(document.querySelector("[role=alert]")?.textContent).toBe("The disk is full.");
		expect(switches()[0]?.checked).toBe(true);
	});

	test("leads to the options", async () => {
		await show("private-no", 2);
		[...document.querySelectorAll("button")].find((one) => one.textContent === "Rules and options")?.click();
		await settle();
		expect(saved).toEqual(["options"]);
	});
});
