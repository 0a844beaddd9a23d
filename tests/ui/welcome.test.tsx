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

async function show(name: string, answer: { ok: true } | { ok: false; error: string } = { ok: true }): Promise<void> {
	view = welcomes[name] as OptionsView;
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
	});
	await store.refresh();
	render(<App store={store} />, document.body);
	await settle();
}

const switches = () => [...document.querySelectorAll<HTMLInputElement>("input[role=switch]")];
const text = () => document.body.textContent ?? "";

beforeEach(() => {
	saved = [];
});

afterEach(() => {
	render(null, document.body);
	expect([...unknownKeys]).toEqual([]);
});

describe("the first-run page", () => {
	test("explains the first rules in three sentences", async () => {
		await show("private-no");
		const sentences = [...document.querySelectorAll(".welcome-lead > li")].map((one) => one.textContent ?? "");
		expect(sentences).toHaveLength(3);
		for (const sentence of sentences) expect(sentence.match(/\.(?=\s|$)/g), sentence).toHaveLength(1);
		expect(sentences.join(" ")).toMatch(/CNNIC.*Kazakhstan.*clicked away.*router, printer/);
	});

	test("tells the way to allow private windows, or that they are allowed", async () => {
		await show("private-no");
		expect(text()).toContain("Private windows are not protected yet.");
		expect(text()).toContain("about:addons");
		expect(text()).toContain("Run in Private Windows");
		render(null, document.body);
		await show("private-yes");
		expect(text()).toContain("Countersign works in private windows, too.");
		expect(text()).not.toContain("about:addons");
	});

	test("switches a rule off and on", async () => {
		await show("private-no");
		expect(switches().map(({ checked }) => checked)).toEqual([true, true, false]);
		switches()[0]?.click();
		await settle();
		expect(saved).toEqual([{ rule: { ...welcomes["private-no"]?.rules[0], enabled: false }, isNew: false }]);
		expect(switches().map(({ checked }) => checked)).toEqual([false, true, false]);
	});

	test("shows what is in force when a change was not taken", async () => {
		await show("private-no", { ok: false, error: "The disk is full." });
		switches()[0]?.click();
		await settle();
		expect(document.querySelector("[role=alert]")?.textContent).toBe("The disk is full.");
		expect(switches()[0]?.checked).toBe(true);
	});

	test("leads to the options", async () => {
		await show("private-no");
		[...document.querySelectorAll("button")].find((one) => one.textContent === "Rules and options")?.click();
		await settle();
		expect(saved).toEqual(["options"]);
	});
});
