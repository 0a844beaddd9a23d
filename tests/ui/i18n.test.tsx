import "./setup.ts";

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { render } from "preact";
import { expect, test } from "vitest";
import { pieces, plural, prepareDocument, t } from "../../src/browser/i18n.ts";
import { createBackground } from "../../src/browser/messages.ts";
import { nameWithCountry } from "../../src/ui/names.ts";
import { Text } from "../../src/ui/Text.tsx";
import { speak } from "./fakeBrowser.ts";
import { messages, ROOT } from "./setup.ts";

test("words have their arguments in place", () => {
	expect(t("uiNameCountry", "DigiCert", "United States")).toBe("DigiCert (United States)");
	expect(t("wayProceed", "$1$HOST$ & <b>")).toBe("Continue to $1$HOST$ & <b> (not recommended)");
});

test("an unknown key shows as itself", () => {
	expect(t("no such key")).toBe("no such key");
});

test("numbers choose their form", () => {
	expect(plural("popupParts", 1)).toBe("1 part of this page was stopped");
	expect(plural("popupParts", 1234)).toBe("1,234 parts of this page were stopped");
});

test("a sentence comes in pieces", () => {
	expect(pieces("whyOnlyThrough", 2)).toEqual([0, " proves who it is only through ", 1, "."]);
});

test("names in a sentence are isolated from its direction", () => {
	render(<Text of="whyOnlyThrough" args={["outlook.example", "CNNIC"]} />, document.body);
	expect(document.body.innerHTML).toBe("<bdi>outlook.example</bdi> proves who it is only through <bdi>CNNIC</bdi>.");
	render(null, document.body);
});

test("a name and its country run as the words do, whatever letters the name has", () => {
	expect(nameWithCountry("DigiCert", "US")).toBe("DigiCert (United States)");
	speak(JSON.parse(readFileSync(resolve(ROOT, "public/_locales/fa/messages.json"), "utf8")));
	try {
		// <bdi> goes by the first letter that has a direction, outside of what is isolated.
		expect(nameWithCountry("DigiCert", "US")).toBe("\u200f\u2068DigiCert\u2069 (ایالات متحده)");
		expect(nameWithCountry("DigiCert", null)).toBe("DigiCert");
	} finally {
		speak(messages);
	}
});

test("the document is told its language and direction", () => {
	prepareDocument(document);
	expect(document.documentElement.lang).toBe("en");
	expect(document.documentElement.dir).toBe("ltr");
});

test("every request is one message to the background", async () => {
	const sent: unknown[] = [];
	Object.assign((globalThis as unknown as { browser: { runtime: object } }).browser.runtime, {
		sendMessage: async (message: unknown) => {
			sent.push(message);
			return "answer";
		},
	});
	// Awaiting the object itself must not send anything.
	const background = await Promise.resolve(createBackground());
	expect(sent).toEqual([]);
	expect(await background.deleteRule("cnnic")).toBe("answer");
	expect(sent).toEqual([{ to: "background", method: "deleteRule", args: ["cnnic"] }]);
});
