import "./setup.ts";

import { readFileSync } from "node:fs";
import { fleschKincaid } from "flesch-kincaid";
import { render } from "preact";
import { syllable } from "syllable";
import { afterEach, describe, expect, test } from "vitest";
import { App } from "../../src/help/App.tsx";
import { helpLanguage } from "../../src/help/text.ts";
import { helpFiles, readHelp } from "../../tools/help.ts";
import { filesBelow } from "../../tools/xpi.ts";
import { settle } from "./helpers.ts";
import { ROOT, unknownKeys } from "./setup.ts";

const files = helpFiles(ROOT);
const english = readHelp(readFileSync(files.get("en") ?? "", "utf8"));
const ids = english.parts.map(({ id }) => id);

afterEach(() => {
	render(null, document.body);
	expect([...unknownKeys]).toEqual([]);
});

async function show(isEnglish = false): Promise<void> {
	render(<App text={english} english={isEnglish} />, document.body);
	await settle();
}

describe("the help page", () => {
	test("has a heading for each part of docs/help.md, which can be linked to, and a list of them", async () => {
		await show();
		const headings = [...document.querySelectorAll("section > h2")];
		expect(headings.map(({ id }) => id)).toEqual(ids);
		expect(new Set(ids).size).toBe(ids.length);
		for (const [index, heading] of headings.entries()) {
			expect(heading.querySelector("a")?.getAttribute("href")).toBe(`#${ids[index]}`);
		}
		const links = [...document.querySelectorAll("nav a")].map((link) => link.getAttribute("href"));
		expect(links).toEqual(ids.map((id) => `#${id}`));
		expect(document.querySelectorAll("h1")).toHaveLength(1);
		expect(document.title).toBe("Help");
	});

	test("says what it must", async () => {
		await show();
		const text = document.body.textContent ?? "";
		for (const words of [
			"has to vouch for that document",
			"Go back.",
			"Run in Private Windows",
			"Exceptions",
			"addons.mozilla.org",
			"What it cannot do",
			"save a report",
			"Alt+Shift+V",
		]) {
			expect(text).toContain(words);
		}
	});

	test("goes to the part that its address names", async () => {
		history.replaceState(null, "", "#private-windows");
		await show();
		expect(document.activeElement?.id).toBe("private-windows");
		history.replaceState(null, "", "#");
	});

	test("in a language that has no help yet, is marked as English, and says so", async () => {
		await show(true);
		expect(document.body.textContent).toContain("This page is not in your language yet.");
		for (const part of document.querySelectorAll("section, nav ul, h1")) {
			expect([part.getAttribute("lang"), part.getAttribute("dir")]).toEqual(["en", "ltr"]);
		}
	});

	test("is in the language of the page where there is one, else in that of another country, else in English", () => {
		const load = async () => ({ text: english });
		const languages = { en: load, fr: load, zh_TW: load };
		expect(helpLanguage(languages, "zh-TW")).toBe("zh_TW");
		expect(helpLanguage(languages, "fr")).toBe("fr");
		expect(helpLanguage(languages, "fr-CA")).toBe("fr");
		expect(helpLanguage(languages, "zh-CN")).toBe("en");
		expect(helpLanguage(languages, "constructor")).toBe("en");
	});

	test("every link to a part of it leads to one", () => {
		const sources = filesBelow(`${ROOT}/src`).filter((file) => /\.tsx?$/.test(file));
		const wanted = sources.flatMap((file) => {
			const text = readFileSync(`${ROOT}/src/${file}`, "utf8");
			const links = [...text.matchAll(/<HelpLink at="([^"]*)"|help\/index\.html#([\w-]+)"/g)];
			return links.map(([, one, other]) => one ?? other);
		});
		for (const id of wanted) expect(ids).toContain(id);
		for (const [, id] of readFileSync(files.get("en") ?? "", "utf8").matchAll(/\]\(#([^)]+)\)/g))
			expect(ids).toContain(id);
	});

	test("is easy to read: the grade of the whole is 7 or lower, and it needs no technical word", async () => {
		await show();
		const blocks = [...document.querySelectorAll("section > p, section li")].map((block) => block.textContent ?? "");
		const text = blocks.join("\n");
		const segmenter = new Intl.Segmenter("en", { granularity: "sentence" });
		const sentences = blocks.flatMap((block) => [...segmenter.segment(block)]).length;
		const words = text.split(/\s+/).filter((word) => /\p{L}/u.test(word));
		const grade = fleschKincaid({
			sentence: sentences,
			word: words.length,
			syllable: words.reduce((sum, word) => sum + syllable(word), 0),
		});
		expect(words.length).toBeGreaterThan(700);
		expect(grade).toBeLessThanOrEqual(7);
		expect(text).not.toMatch(/\b(certificates?|TLS|SSL|root|chain|CA|issuer)\b/i);
	});
});

describe("docs/help.md", () => {
	test.each([...files])("%s can be read, with the parts of the English one", (_, file) => {
		const text = readHelp(readFileSync(file, "utf8"), ids);
		expect(text.parts.map(({ id }) => id)).toEqual(ids);
	});

	test("becomes elements, and text stays text", () => {
		const text = readHelp("# A & B\n\nHello **you** & `x<y>`.\n\n## One two\n\n1. [there](#one-two)\n2. &lt;b&gt;\n");
		expect(text).toEqual({
			title: "A & B",
			intro: [["p", {}, "Hello ", ["strong", {}, "you"], " & ", ["code", {}, "x<y>"], "."]],
			parts: [
				{
					id: "one-two",
					title: "One two",
					nodes: [["ol", {}, ["li", {}, ["a", { href: "#one-two" }, "there"]], ["li", {}, "<b>"]]],
				},
			],
		});
	});

	test.each([
		["HTML", "# T\n\n## P\n\n<b>bold</b>\n"],
		["HTML in a line", "# T\n\n## P\n\na <img src=x> b\n"],
		["a table", "# T\n\n## P\n\n| a |\n|---|\n| b |\n"],
		["a picture", "# T\n\n## P\n\n![a](b.png)\n"],
		["a link that leads nowhere from the page", "# T\n\n## P\n\n[a](limits.md)\n"],
		["a link that runs code", "# T\n\n## P\n\n[a](javascript:alert)\n"],
		["a heading of the third level", "# T\n\n## P\n\n### Q\n"],
		["no title", "## P\n\ntext\n"],
	])("is refused with %s in it", (_, markdown) => {
		expect(() => readHelp(markdown)).toThrow(/expected/);
	});

	test("a translation with other parts than the English text is refused", () => {
		expect(() => readHelp("# T\n\n## Eins\n", ["one", "two"])).toThrow(/2 parts/);
		expect(readHelp("# T\n\n## Eins\n", ["one"]).parts[0]?.id).toBe("one");
	});
});
