import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readElement, readElements } from "../../src/certificate/der.ts";
import { readName as readDerName } from "../../src/certificate/name.ts";
import { fold, nameKey, readAttributes, readings, readName } from "../../src/core/name.ts";
import { derName, type Rdn } from "./der.ts";
import { spki, verdictOf } from "./draw.ts";

/** `TYPE=value` of each attribute, read as likely as can be. */
const said = (name: string): string[] => readAttributes(readings(name)[0]).map(({ type, value }) => `${type}=${value}`);

describe("reading names", () => {
	test.each<[string, string[], string]>([
		["", [], "an empty name"],
		["CN=One Root,O=One,C=US", ["CN=One Root", "O=One", "C=US"], "as most are"],
		['CN=x,O="One, Inc.",C=US', ["CN=x", "O=One, Inc.", "C=US"], "a comma"],
		['O="a+b",C=US', ["O=a+b", "C=US"], "a plus sign"],
		['O="a=b;c<d>#e"', ["O=a=b;c<d>#e"], "other special characters"],
		['O="C=CN,O=Other"', ["O=C=CN,O=Other"], "a value that looks like attributes"],
		['O=a \\"b\\" c,C=US', ['O=a "b" c', "C=US"], "quotes alone are escaped"],
		['O="a \\"b\\", c"', ['O=a "b", c'], "quotes and a comma"],
		['O=\\"a\\"', ['O="a"'], "a value in quotes of its own"],
		["O=a\\\\b", ["O=a\\b"], "a backslash"],
		["O=a\\\\41", ["O=a\\41"], "a backslash before hex digits"],
		["O=a\\0ab\\09c", ["O=a\nb\tc"], "a line feed and a tab"],
		['O="  a "', ["O=  a "], "spaces at both ends"],
		['O="#a"', ["O=#a"], "a number sign in front"],
		["O=#1A03616263,C=US", ["O=#1A03616263", "C=US"], "a kind of string that Firefox does not read"],
		["OU=u,CN=a+O=b,C=US", ["OU=u", "CN=a", "O=b", "C=US"], "an RDN of several values"],
		["O=a,O=b", ["O=a", "O=b"], "two organisations"],
		["OID.2.5.4.97=VATES-A1,C=ES", ["OID.2.5.4.97=VATES-A1", "C=ES"], "an unknown type"],
		["O=中文 😀", ["O=中文 😀"], "Unicode"],
		["O=Señor", ["O=Señor"], "Latin letters"],
		["CN=", ["CN="], "an empty value"],
		["C...,O=One,CN=x", ["O=One", "CN=x"], "a country that Firefox could not show, in front"],
		["CN=x,O=One,C...", ["CN=x", "O=One"], "the same at the end"],
		["o=one , c = us", ["O=one", "C=us"], "other writers: lower case and spaces"],
		["O=a\\c3\\a9", ["O=aé"], "other writers: UTF-8 in escapes"],
		["O=a\\ff", ["O=a%ff"], "escapes that are not UTF-8 stay apart from what they resemble"],
		["O=a;C=US", ["O=a", "C=US"], "other writers: semicolons"],
		["rubbish", [], "no attribute at all"],
		["=x", [], "no type"],
		['O="a', ["O=a"], "an open quote"],
		["O=a\\", ["O=a"], "an open escape"],
		["O=a\\4", ["O=a4"], "half an escape"],
		["O", [], "half an attribute"],
	])("%j reads as %j: %s", (name, expected) => expect(said(name)).toEqual(expected));

	test("never throws and never takes long, whatever the text", () => {
		const pieces = fc.constantFrom(
			"O=",
			"C=",
			",",
			"+",
			";",
			'"',
			"\\",
			"\\0a",
			"\\ff",
			"#",
			"...",
			"é",
			"Ã",
			"\u0080",
			"中",
			"😀",
			" ",
			"a",
		);
		fc.assert(
			fc.property(
				fc.oneof(
					fc.string({ unit: "binary" }),
					fc.array(pieces).map((all) => all.join("")),
				),
				(text) => {
					for (const reading of readings(text)) readAttributes(reading);
					readName(text);
					nameKey(text);
					fold(text);
				},
			),
			{ numRuns: 20_000 },
		);
		for (const long of ['"', "\\", "\\0a", "\\ff", "a=", "a ", " ", "Ã©", "O=..."])
			readName(`O=${long.repeat(100_000)}`);
	});

	test("what people are shown: the first of each", () => {
		expect(readName("CN=a,CN=b,OU=u,O=o,C=us")).toEqual({ commonName: "a", organization: "o", country: "US" });
		expect(readName("OU=u")).toEqual({ commonName: null, organization: null, country: null });
		expect(readName("CN=,O=")).toEqual({ commonName: null, organization: null, country: null });
	});
});

/** What Firefox was seen to write for names in DER. */
const MEASURED = JSON.parse(readFileSync(join(import.meta.dirname, "../certificate/fixtures/names.json"), "utf8")) as {
	what: string;
	name: string;
	firefox: string;
}[];

describe("names that Firefox cut, or wrote byte by byte", () => {
	/** Firefox's writing of a name. */
	const firefox = (...rdns: Rdn[]) => readDerName(readElement(derName(...rdns))).text;
	const organizationOf = (text: string) => readName(text).organization;

	test.each<[string, string, string | null]>([
		["128 bytes", "z".repeat(128), "z".repeat(128)],
		["129 bytes", "z".repeat(129), `${"z".repeat(128)}…`],
		["quotes count", `${"z".repeat(125)},`, `${"z".repeat(125)},`],
		["128 bytes and a comma", `${"z".repeat(127)},`, `${"z".repeat(127)}…`],
		["escapes count", `${"z".repeat(25)}\n${"z".repeat(100)}`, `${"z".repeat(25)}\n${"z".repeat(100)}`],
		["escapes too many", `${"z".repeat(25)}\n${"z".repeat(101)}`, `${"z".repeat(25)}\n${"z".repeat(100)}…`],
		["an escape cut in the middle", `${"z".repeat(126)}\n${"z".repeat(9)}`, `${"z".repeat(126)}0…`],
		["dots of its own are no cut", `${"z".repeat(60)}...`, `${"z".repeat(60)}...`],
		["dots of its own, at the limit", `${"z".repeat(125)}...`, `${"z".repeat(125)}...`],
		["64 letters of two bytes", "ж".repeat(64), "ж".repeat(64)],
		["65 letters of two bytes", "ж".repeat(65), `${"ж".repeat(63)}…`],
		["letters of two bytes cut in the middle", `z${"ж".repeat(64)}`, `z${"ж".repeat(63)}…`],
		["letters of three bytes", "中".repeat(64), `${"中".repeat(42)}…`],
		["letters of four bytes", "😀".repeat(64), `${"😀".repeat(31)}…`],
		["one letter, and that is cut", `${"z".repeat(127)}é`, `${"z".repeat(127)}…`],
	])("an O of %s", (_, organization, shown) => {
		expect(organizationOf(firefox(["C", "US"], ["O", organization], ["CN", "x"]))).toBe(shown);
	});

	test("a country of three letters is none of two", () => {
		expect(readName(firefox(["C", "CHN"])).country).toBe("CH…");
		expect(readName(firefox(["C", "CH"])).country).toBe("CH");
	});

	test("an O that is not UTF-8 garbles the whole name, which is then read both ways", () => {
		const text = firefox(["C", "US"], ["O", "中文"], ["OU", Buffer.from("Agência", "latin1")]);
		expect(readings(text).map((reading) => readName(reading).organization)).toEqual(["ä¸­æ\u0096\u0087", "中文"]);
	});

	test.each(["«SOCIÉTÉ»", "Ã©", "Señor", "É...", "naïve Â® ñ"])("%s is meant as it stands", (organization) => {
		expect(readings(firefox(["O", organization]))[0]).toBe(`O=${organization}`);
	});

	test.each(MEASURED)("$what: every attribute is found", ({ name, firefox: written }) => {
		const types = said(written).map((part) => part.slice(0, part.indexOf("=")));
		// "C..." stands for one that Firefox could not show.
		const lost = written.match(/(^|[,+])\w+\.\.\.(?=$|[,+])/g) ?? [];
		expect(types.length + lost.length).toBe(countAttributes(Buffer.from(name, "base64")));
	});

	const words = fc.constantFrom(
		"Общество",
		"中文",
		"Société",
		"a",
		"Z",
		"ﬁ",
		"ß",
		"é",
		"e\u0301",
		"한",
		"\u1112\u1161\u11ab",
		"😀",
		",",
		"...",
		'"',
		"\\",
		"\n",
		" ",
		"  ",
		"#",
		"Å",
	);
	const organizations = fc.array(words, { minLength: 1, maxLength: 120 }).map((all) => all.join(""));
	const isName = (text: string) => fold(text) !== "";

	test("a rule with the whole name refuses whoever bears it, however long it is", () => {
		fc.assert(
			fc.property(
				organizations.filter(isName),
				fc.constantFrom("utf8" as const, "bmp" as const),
				(organization, string) => {
					const subject = firefox(["C", "US"], ["O", organization, string], ["CN", "x"]);
					expect(verdictFor(subject, organization.toUpperCase())).toBe("refuse r at 1 by organization");
				},
			),
			{ numRuns: 3000 },
		);
	});

	test("and nobody whose name differs in what Firefox shows", () => {
		fc.assert(
			fc.property(organizations.filter(isName), fc.nat(), (organization, at) => {
				const place = at % Math.min(organization.length, 20);
				const other = `${organization.slice(0, place)}Q${organization.slice(place)}`;
				const subject = firefox(["C", "US"], ["O", organization], ["CN", "x"]);
				fc.pre(fold(other) !== fold(organization));
				expect(verdictFor(subject, other)).toBe("accept");
			}),
			{ numRuns: 3000 },
		);
	});
});

/** Verdict on a chain under a root of that subject, by a rule for that organisation. */
function verdictFor(subject: string, organization: string): string {
	const [leaf, root] = [
		{
			subject: "CN=leaf",
			issuer: subject,
			notBefore: 0,
			notAfter: 1,
			sha256: "01",
			spki: spki("Z"),
			builtInRoot: false,
		},
		{ subject, issuer: subject, notBefore: 0, notAfter: 1, sha256: "02", spki: spki("R"), builtInRoot: true },
	];
	return verdictOf({
		chain: { kind: "chain", chain: leaf && root ? [leaf, root] : ([] as never) },
		rules: { r: { match: [{ organization }] } },
	});
}

/** Attributes of a Name in DER: the sequences in its sets. */
function countAttributes(name: Buffer): number {
	const children = (element: { content: Uint8Array }) => readElements(element.content);
	return children(readElement(name)).flatMap(children).length;
}

describe("fold", () => {
	test.each([
		["Straße", "STRASSE"],
		["STRAẞE", "straße"],
		["İstanbul", "i̇stanbul"],
		["ΟΔΥΣΣΕΎΣ", "οδυσσεύς"],
		["ΟΔΥΣΣΕΎΣ Α.Ε.", "Οδυσσεύσ Α.Ε."],
		["ﬁnance", "FINANCE"],
		["Ｏｎｅ　Ｔｒｕｓｔ", "one trust"],
		["One\u00a0Trust", "one trust"],
		[" One \t\n Trust\u2003", "ONE TRUST"],
		["One\u0085Trust", "one trust"],
		["e\u0301", "É"],
		["Å", "å"],
		["ǅ", "ǆ"],
		["№ 1", "no 1"],
		["𝐎ne", "one"],
		["ſ", "s"],
		["K", "k"],
	])("%j equals %j", (one, other) => expect(fold(one)).toBe(fold(other)));

	test.each([
		["One Trust", "OneTrust"],
		["One Trust", "One-Trust"],
		["Ünion", "Union"],
		["A", "А"],
		["", "a"],
	])("%j differs from %j", (one, other) => expect(fold(one)).not.toBe(fold(other)));

	test("folding twice changes nothing, character by character and in any text", () => {
		for (let point = 0; point <= 0x10ffff; point++) {
			const folded = fold(`x${String.fromCodePoint(point)}y`);
			if (fold(folded) !== folded)
				expect.unreachable(`U+${point.toString(16)} folds to ${folded}, then to ${fold(folded)}`);
		}
		fc.assert(
			fc.property(fc.string({ unit: "grapheme" }), (text) => {
				expect(fold(fold(text))).toBe(fold(text));
			}),
			{ numRuns: 5000 },
		);
	});

	test("letter case never matters", () => {
		fc.assert(
			fc.property(fc.string({ unit: "grapheme" }), (text) => {
				expect(fold(text.toUpperCase())).toBe(fold(text));
				expect(fold(text.toLowerCase())).toBe(fold(text));
			}),
			{ numRuns: 5000 },
		);
	});

	test("agrees with Unicode's own folding of single characters (/iu), one way", () => {
		for (let point = 0x80; point <= 0xffff; point++) {
			const character = String.fromCodePoint(point);
			if (!/\p{L}/u.test(character)) continue;
			const upper = character.toUpperCase();
			if ([...upper].length === 1 && new RegExp(`^${upper}$`, "iu").test(character)) {
				expect(fold(upper), character).toBe(fold(character));
			}
		}
	});
});

describe("nameKey", () => {
	test.each([
		["CN=a,O=b,C=US", "C=us,O=B,CN=A", "another order, another case"],
		["E=x@y.z,CN=a", "CN=a,emailAddress=x@y.z", "names of the e-mail address"],
		["CN=a+O=b", "CN=a,O=b", "one RDN or two"],
		['O="One,  Inc."', "O=one\\, inc.", "quotes and escapes"],
	])("%s equals %s: %s", (one, other) => expect(nameKey(one)).toBe(nameKey(other)));

	test.each([
		["CN=a,O=b", "CN=b,O=a"],
		["CN=a", "CN=a,O=b"],
		["O=a,O=a", "O=a"],
		["", "CN=a"],
	])("%s differs from %s", (one, other) => expect(nameKey(one)).not.toBe(nameKey(other)));
});
