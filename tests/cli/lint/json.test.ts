/** The reader with positions and `JSON.parse` agree on what is JSON. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readJson } from "../../../cli/lint/json.ts";
import { Source } from "../../../cli/lint/source.ts";

const parses = (text: string): boolean => {
	try {
		JSON.parse(text.replace(/^\u{feff}/u, ""));
		return true;
	} catch {
		return false;
	}
};

/** Where the first fault stands, and what it is. */
function first(text: string): string {
	const json = readJson(text);
	if (json.ok) return "none";
	const [fault] = json.faults;
	const { line, column } = new Source(text).position(fault?.span.offset ?? 0);
	return `${line}:${column} ${fault?.key.replace("lint.", "")}`;
}

describe("what is no JSON is said with its place", () => {
	it.each([
		["", "1:1 empty"],
		["\u{feff} \n", "1:1 empty"],
		["{", "1:2 braceExpected"],
		['{"a": [1, 2\n', "2:1 bracketExpected"],
		['{"a": 1,}', "1:8 trailingComma"],
		["[\n1,\n]", "2:2 trailingComma"],
		['{"a": 1\n"b": 2}', "2:1 commaExpected"],
		['{"a" 1}', "1:6 colonExpected"],
		["{a: 1}", "1:2 invalidSymbol"],
		["{'a': 1}", "1:2 invalidSymbol"],
		['{"a": undefined}', "1:7 invalidSymbol"],
		['{"a": 01}', "1:8 commaExpected"],
		['{"a": +1}', "1:7 invalidSymbol"],
		['{"a": "b\n"}', "1:7 unendedText"],
		['{"a": "\\x"}', "1:7 invalidEscape"],
		['{"a": "\\u12"}', "1:7 invalidEscape"],
		['{"a": "\t"}', "1:7 controlCharacter"],
		["// a\n{}", "1:1 comment"],
		["{} {}", "1:4 endExpected"],
		['{"ä😀": 1, "b": x}', "1:16 invalidSymbol"],
	])("%j", (text, expected) => expect(first(text)).toBe(expected));

	it("also what is nested too deeply to be walked through", () =>
		expect(first("[".repeat(200_000))).toBe("1:1 tooDeep"));

	it("all of it at once, and no more than one fault for a line", () => {
		const json = readJson('{\n"a": x,\n"b": [1,],\n"c" 2,\n"d": y z\n}');
		expect(json.ok ? [] : json.faults.map(({ key }) => key)).toEqual([
			"lint.invalidSymbol",
			"lint.trailingComma",
			"lint.colonExpected",
			"lint.invalidSymbol",
			"lint.valueExpected",
		]);
	});
});

describe("what is JSON", () => {
	it("is what JSON.parse takes: random JSON, whole and with pieces of it changed", () => {
		let good = 0;
		const pieces = fc.constantFrom(..."{}[],:\"\\ \t\n\r\u{b}\u{a0}\u{feff}\0-+.eE019aunftrls/*'".split(""));
		const changed = fc
			.record({
				text: fc.json({ maxDepth: 3 }),
				at: fc.nat(),
				cut: fc.nat({ max: 2 }),
				put: fc.array(pieces, { maxLength: 2 }).map((all) => all.join("")),
			})
			.map(({ text, at, cut, put }) => {
				const place = at % (text.length + 1);
				return text.slice(0, place) + put + text.slice(place + cut);
			});
		fc.assert(
			fc.property(changed, (text) => {
				const json = readJson(text);
				expect(json.ok, JSON.stringify(text)).toBe(parses(text));
				if (json.ok) good++;
				else expect(json.faults.length).toBeGreaterThan(0);
			}),
			{ numRuns: 10_000 },
		);
		expect(good).toBeGreaterThan(500);
	});

	it("has the places of its values and names, and of names that stand twice", () => {
		const text = '\u{feff}{\r\n\t"😀": {"b": [null, "x"], "b": 2}}';
		const json = readJson(text);
		if (!json.ok) throw new Error("expected JSON");
		const source = new Source(text);
		const place = ({ offset }: { offset: number }) => source.position(offset);
		expect(place(json.places.value([]))).toEqual({ line: 1, column: 1 });
		expect(place(json.places.name(["😀"]))).toEqual({ line: 2, column: 2 });
		expect(place(json.places.value(["😀", "b", 1]))).toEqual({ line: 2, column: 20 });
		expect(json.repeated.map(({ path, span, first }) => [path, place(span).column, place(first).column])).toEqual([
			[["😀", "b"], 26, 8],
		]);
	});
});
