/** messages.json and the source agree: every key used exists, every key is used. */
import "./setup.ts";

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Messages } from "./fakeBrowser.ts";
import { messages as english, ROOT } from "./setup.ts";

const files = ["src", "tools"].flatMap((folder) =>
	readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
		.filter((file) => /\.tsx?$/.test(file))
		.map((file) => readFileSync(join(ROOT, folder, file), "utf8")),
);
const everything = files.join("\n");
/** What speaks: other files can have strings that look like keys. */
const speakers = files.filter((file) => /from ".*\/(?:i18n|Text|words|explanation)\.tsx?"/.test(file)).join("\n");
const manifest = readFileSync(join(ROOT, "manifest.json"), "utf8");

/** Every string that stands in the source between double quotes, but for the names of fields: `Refusal["sent"]`. */
const literalsOf = (source: string): Set<string> =>
	new Set([...source.matchAll(/(?<!\w\[)"((?:[^"\\\n]|\\.)*)"/g)].map(([, literal]) => literal ?? ""));

/** Called with a key, whatever the key looks like. */
const called = [...speakers.matchAll(/(?<![.\w])(?:t|say|pieces)\(\s*"([^"]+)"\s*[,)]|\bof="([^"]+)"/g)].map(
	([, call, attribute]) => call ?? attribute ?? "",
);
const counted = [...speakers.matchAll(/\bplural\(\s*"([^"]+)"/g)].map(([, key]) => key ?? "");

/** A literal with such a beginning is a key, wherever it stands: in tables, too. */
const KEY =
	/^(?:ui|found|rule|who|why|could|sent|way|technical|blocked|popup|welcome|options|line|menu|help|check|report|mail)[A-Z][A-Za-z0-9]*$/;

const FORMS = /_(?:zero|one|two|few|many|other)$/;

/** The names of the arguments a message takes, in order. */
const placeholders = (message: Messages[string] | undefined): string[] => Object.keys(message?.placeholders ?? {});

describe("messages", () => {
	test("every key used exists", () => {
		// `Refusal["wayThrough"]` is a member of a type.
		const inTables = [...literalsOf(speakers.replace(/\b\w+\["\w+"\]/g, ""))].filter((literal) => KEY.test(literal));
		const missing = [...called, ...inTables].filter((key) => !(key in english) && !(`${key}_other` in english));
		expect(missing).toEqual([]);
		expect(counted.filter((key) => !(`${key}_one` in english && `${key}_other` in english))).toEqual([]);
		expect(called.length).toBeGreaterThan(50);
	});

	test("every key is used", () => {
		const literals = literalsOf(everything);
		const unused = Object.keys(english).filter(
			(key) => !literals.has(key) && !literals.has(key.replace(FORMS, "")) && !manifest.includes(`__MSG_${key}__`),
		);
		expect(unused).toEqual([]);
	});

	test("every message says what it is for, and uses just the places it declares", () => {
		for (const [key, message] of Object.entries(english)) {
			expect(message.description ?? "", key).not.toBe("");
			const used = new Set([...message.message.matchAll(/\$([A-Z0-9_]+)\$/g)].map(([, name]) => name?.toLowerCase()));
			// "Stopped once" needs no number.
			const declared = placeholders(message).filter((name) => used.has(name) || !key.endsWith("_one"));
			expect([...used].sort(), key).toEqual(declared.sort());
		}
	});
});
