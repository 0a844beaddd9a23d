import { describe, expect, test } from "vitest";
import { type Case, clickedThrough, draw, ISSUED, judgeCase, sha256, spki, verdictOf } from "./draw.ts";

/** What a case is for, what it is, and what has to come out. */
type Row = [why: string, drawn: Case, verdict: string];

const rows = (table: readonly Row[]) =>
	test.each(
		table.map(([why, drawn, verdict]) => ({
			why,
			drawn,
			verdict,
			chain: typeof drawn.chain === "string" ? drawn.chain : drawn.chain.kind,
		})),
	)("$chain: $why", ({ drawn, verdict }) => expect(verdictOf(drawn)).toBe(verdict));

const A = { match: [{ spki: spki("A") }] };
const B = { match: [{ spki: spki("B") }] };

describe("a key", () => {
	rows([
		["the root is refused", { chain: "root[A] -> ca[X] -> leaf[Y]", rules: { a: A } }, "refuse a at 2 by spki"],
		["an intermediate is refused", { chain: "root[X] -> ca[A] -> leaf[Y]", rules: { a: A } }, "refuse a at 1 by spki"],
		["the leaf itself is refused", { chain: "root[X] -> ca[Y] -> leaf[A]", rules: { a: A } }, "refuse a at 0 by spki"],
		["another authority is not", { chain: "root[X] -> ca[Y] -> leaf[Z]", rules: { a: A } }, "accept"],
		[
			"a cross-signed copy of a refused root is an intermediate under another root",
			{ chain: "root[X] -> root[A O=Cross-signed] -> ca[Y] -> leaf[Z]", rules: { a: A } },
			"refuse a at 2 by spki",
		],
		[
			"re-issued with another name and date, it is the same key",
			{ chain: "root[A O=Renamed at=2030-01-01T00:00:00Z] -> leaf[Z]", rules: { a: A } },
			"refuse a at 1 by spki",
		],
		["no rules, nothing to refuse", { chain: "root[A] -> leaf[Z]" }, "accept"],
	]);
});

describe("a certificate", () => {
	const root = "root[A O=One C=US]";
	const rule = (drawn: string) => ({ r: { match: [{ certificate: sha256(drawn) }] } });
	rows([
		["the very certificate", { chain: `${root} -> leaf[Z]`, rules: rule(root) }, "refuse r at 1 by certificate"],
		["not its cross-signed copy", { chain: "root[X] -> root[A O=Other] -> leaf[Z]", rules: rule(root) }, "accept"],
		["the leaf too", { chain: "root[A] -> leaf[Z]", rules: rule("leaf[Z]") }, "refuse r at 0 by certificate"],
	]);
});

describe("an authority", () => {
	const one = { r: { match: [{ authority: "one" }] } };
	rows([
		["any of its keys", { chain: "root[B] -> ca[X] -> leaf[Z]", rules: one }, "refuse r at 2 by authority"],
		["not as a leaf's own key", { chain: "root[X] -> ca[Y] -> leaf[A]", rules: one }, "accept"],
		["not by its name", { chain: "root[X O=One C=CN] -> leaf[Z]", rules: one }, "accept"],
		[
			"one that the catalogue does not know matches nothing",
			{ chain: "root[A] -> leaf[Z]", rules: { r: { match: [{ authority: "unheard-of" }] } } },
			"accept",
		],
	]);
});

describe("an organisation", () => {
	const rule = (organization: string) => ({ r: { match: [{ organization }] } });
	const refused = "refuse r at 1 by organization";
	rows([
		["the O of a CA", { chain: "root[A O=One_Trust] -> leaf[Z]", rules: rule("One Trust") }, refused],
		[
			"letter case and white space do not count",
			{ chain: "root[A O=One_Trust] -> leaf[Z]", rules: rule(" one\u00a0\u00a0TRUST ") },
			refused,
		],
		[
			"nor do compatibility forms",
			{ chain: "root[A O=One_Trust] -> leaf[Z]", rules: rule("Ｏｎｅ Ｔｒｕｓｔ") },
			refused,
		],
		["the whole of it", { chain: "root[A O=One_Trust_Inc] -> leaf[Z]", rules: rule("One Trust") }, "accept"],
		["the second of two", { chain: "root[A O=Two O=One] -> leaf[Z]", rules: rule("one") }, refused],
		["not the OU", { chain: "root[A OU=One] -> leaf[Z]", rules: rule("one") }, "accept"],
		["not the leaf's", { chain: "root[A] -> leaf[Z O=One]", rules: rule("one") }, "accept"],
	]);
});

describe("a country", () => {
	const rule = (country: string) => ({ r: { match: [{ country }] } });
	rows([
		["the C of a CA", { chain: "root[X C=NL] -> leaf[Z]", rules: rule("NL") }, "refuse r at 1 by country"],
		["in lower case", { chain: "root[X C=nl] -> leaf[Z]", rules: rule("NL") }, "refuse r at 1 by country"],
		[
			"the owner's, whatever the name says",
			{ chain: "root[A C=NL] -> leaf[Z]", rules: rule("CN") },
			"refuse r at 1 by country",
		],
		[
			"the name's, whoever the owner is",
			{ chain: "root[A C=NL] -> leaf[Z]", rules: rule("NL") },
			"refuse r at 1 by country",
		],
		["an owner without one has none", { chain: "root[T] -> leaf[Z]", rules: rule("CN") }, "accept"],
		["not the leaf's", { chain: "root[X C=NL] -> leaf[Z C=CN]", rules: rule("CN") }, "accept"],
		["not the start of a longer one", { chain: "root[X C=CN...] -> leaf[Z]", rules: rule("CN") }, "accept"],
	]);
});

describe("a root that Firefox does not ship", () => {
	const rules = { r: { match: [{ root: "not-built-in" as const }] } };
	rows([
		["an added root", { chain: "local[X] -> ca[Y] -> leaf[Z]", rules }, "refuse r at 2 by root"],
		["not one that Firefox ships", { chain: "root[X] -> ca[Y] -> leaf[Z]", rules }, "accept"],
		["not one of which nothing is known", { chain: "file[X] -> ca[Y] -> leaf[Z]", rules }, "accept"],
		["only the end of the chain counts", { chain: "root[X] -> local[Y] -> leaf[Z]", rules }, "accept"],
	]);
});

describe("a chain of one certificate", () => {
	rows([
		["is a leaf", { chain: "root[A]", rules: { a: A } }, "refuse a at 0 by spki"],
		[
			"and an authority",
			{ chain: "root[A]", rules: { a: { match: [{ authority: "one" }] } } },
			"refuse a at 0 by authority",
		],
		[
			"with a country",
			{ chain: "root[X C=NL]", rules: { a: { match: [{ country: "NL" }] } } },
			"refuse a at 0 by country",
		],
		[
			"and a trust anchor",
			{ chain: "local[X]", rules: { a: { match: [{ root: "not-built-in" }] } } },
			"refuse a at 0 by root",
		],
	]);
});

describe("which rule wins", () => {
	const warn = { action: "warn" } as const;
	const strict = { action: "strict" } as const;
	rows([
		[
			"strict over block over warn",
			{ chain: "root[A] -> leaf[Z]", rules: { w: { ...A, ...warn }, b: A, s: { ...A, ...strict } } },
			"refuse s at 1 by spki",
		],
		["a warning only", { chain: "root[A] -> leaf[Z]", rules: { w: { ...A, ...warn } } }, "warn w at 1 by spki"],
		[
			"the more severe one, wherever it matches",
			{ chain: "root[B] -> ca[A] -> leaf[Z]", rules: { w: { ...A, ...warn }, b: B } },
			"refuse b at 2 by spki",
		],
		[
			"among equals the first in the list",
			{ chain: "root[A] -> ca[B] -> leaf[Z]", rules: { first: A, second: B } },
			"refuse first at 2 by spki",
		],
		[
			"the administrator's before the person's",
			{ chain: "root[A] -> leaf[Z]", rules: { mine: A }, admin: { theirs: A } },
			"refuse admin/theirs at 1 by spki",
		],
		[
			"unless the person's is more severe",
			{ chain: "root[A] -> leaf[Z]", rules: { mine: { ...A, ...strict } }, admin: { theirs: A } },
			"refuse mine at 1 by spki",
		],
		[
			"a rule that is off does not count",
			{ chain: "root[A] -> leaf[Z]", rules: { off: { ...A, enabled: false }, w: { ...A, ...warn } } },
			"warn w at 1 by spki",
		],
		[
			"one rule, several places: the lowest",
			{ chain: "root[A] -> ca[A O=Copy] -> leaf[Z]", rules: { a: A } },
			"refuse a at 1 by spki",
		],
		[
			"one place, several selectors: the first in the rule",
			{
				chain: "root[A C=CN] -> leaf[Z]",
				rules: { a: { match: [{ country: "FR" }, { country: "CN" }, { spki: spki("A") }] } },
			},
			"refuse a at 1 by country",
		],
	]);

	test("the hundredth of equal rules is found like the first", () => {
		const rules = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`r${n}`, n === 99 ? A : B]));
		expect(verdictOf({ chain: "root[A] -> leaf[Z]", rules })).toBe("refuse r99 at 1 by spki");
	});
});

describe("acceptFor and sites", () => {
	const root = "root[A] -> leaf[Z]";
	const refused = "refuse a at 1 by spki";
	rows([
		[
			"accepted for a name",
			{ chain: root, host: "example.cn", rules: { a: { ...A, acceptFor: ["example.cn"] } } },
			"accept",
		],
		[
			"and those below it",
			{ chain: root, host: "www.example.cn", rules: { a: { ...A, acceptFor: ["cn"] } } },
			"accept",
		],
		[
			"by whole labels",
			{ chain: root, host: "evilexample.com", rules: { a: { ...A, acceptFor: ["example.com"] } } },
			refused,
		],
		["not above it", { chain: root, host: "com", rules: { a: { ...A, acceptFor: ["example.com"] } } }, refused],
		[
			"for an address in a block",
			{ chain: root, host: "10.1.2.3", rules: { a: { ...A, acceptFor: ["10.0.0.0/8"] } } },
			"accept",
		],
		[
			"for names of one label",
			{ chain: root, host: "router", rules: { a: { ...A, acceptFor: ["<local>"] } } },
			"accept",
		],
		[
			"only for these sites",
			{ chain: root, host: "outlook.com", rules: { a: { ...A, sites: ["outlook.com"] } } },
			refused,
		],
		["and no other", { chain: root, host: "example.com", rules: { a: { ...A, sites: ["outlook.com"] } } }, "accept"],
		[
			"where both fit, acceptFor wins",
			{ chain: root, host: "a.b.example", rules: { a: { ...A, sites: ["a.b.example"], acceptFor: ["example"] } } },
			"accept",
		],
		[
			"the host's case and trailing dot do not matter",
			{ chain: root, host: "WWW.Example.CN.", rules: { a: { ...A, acceptFor: ["cn"] } } },
			"accept",
		],
		[
			"accepted by one rule, refused by the next",
			{ chain: root, host: "a.cn", rules: { x: { ...A, acceptFor: ["cn"] }, a: A } },
			refused,
		],
	]);
});

describe("issuedAfter", () => {
	const from = (issuedAfter: string) => ({ a: { ...A, issuedAfter } });
	const second = (shift: number) => new Date(ISSUED + shift * 1000).toISOString();
	const chain = "root[A] -> leaf[Z]";
	rows([
		["a leaf from that very second", { chain, rules: from(second(0)) }, "refuse a at 1 by spki"],
		["a leaf from the second before", { chain, rules: from(second(1)) }, "accept"],
		["a leaf from later", { chain, rules: from(second(-1)) }, "refuse a at 1 by spki"],
		[
			"only the leaf's date counts",
			{ chain: "root[A at=2030-01-01T00:00:00Z] -> leaf[Z at=2014-01-01T00:00:00Z]", rules: from(second(0)) },
			"accept",
		],
		["a rule without a date still holds", { chain, rules: { ...from(second(1)), b: A } }, "refuse b at 1 by spki"],
		[
			"several dates",
			{
				chain,
				rules: { ...from(second(1)), b: { ...A, issuedAfter: second(0) }, c: { ...A, issuedAfter: second(-1) } },
			},
			"refuse b at 1 by spki",
		],
		[
			"a clicked-through leaf that cannot be read may be from any time",
			{
				chain: clickedThrough(["trust"], null),
				rules: { a: { match: [{ overridden: "any" }], issuedAfter: second(9) } },
			},
			"refuse a at 0 by overridden",
		],
	]);
});

describe("except", () => {
	const spareY = { a: { ...A, except: [{ spki: spki("Y") }] } };
	rows([
		[
			"an intermediate below a refused root is spared",
			{ chain: "root[A] -> ca[Y] -> leaf[Z]", rules: spareY },
			"accept",
		],
		[
			"another below the same root is not",
			{ chain: "root[A] -> ca[X] -> leaf[Z]", rules: spareY },
			"refuse a at 2 by spki",
		],
		[
			"one above what matched does not spare it",
			{ chain: "root[Y] -> ca[A] -> leaf[Z]", rules: spareY },
			"refuse a at 1 by spki",
		],
		["the leaf spares the whole chain", { chain: "root[A] -> ca[X] -> leaf[Y]", rules: spareY }, "accept"],
		[
			"the certificate itself",
			{ chain: "root[A] -> leaf[Z]", rules: { a: { ...A, except: [{ certificate: sha256("root[A]") }] } } },
			"accept",
		],
		[
			"only this rule's matches are void",
			{ chain: "root[A] -> ca[Y] -> leaf[Z]", rules: { ...spareY, b: A } },
			"refuse b at 2 by spki",
		],
		[
			"a match above the spared one is void, one below it is not",
			{ chain: "root[A] -> ca[Y] -> ca[A O=Copy] -> leaf[Z]", rules: spareY },
			"refuse a at 1 by spki",
		],
		[
			"by country",
			{ chain: "root[A] -> ca[X C=NL] -> leaf[Z]", rules: { a: { ...A, except: [{ country: "NL" }] } } },
			"accept",
		],
		[
			"not by the leaf's own country",
			{ chain: "root[A] -> ca[X] -> leaf[Z C=NL]", rules: { a: { ...A, except: [{ country: "NL" }] } } },
			"refuse a at 2 by spki",
		],
		[
			"by a local root, at the end only",
			{
				chain: "local[A] -> ca[B] -> leaf[Z]",
				rules: { a: { match: [...A.match, ...B.match], except: [{ root: "not-built-in" }] } },
			},
			"refuse a at 1 by spki",
		],
	]);
});

describe("a way through", () => {
	const chain = "root[A] -> ca[B] -> leaf[Z]";
	rows([
		["lifts one finding", { chain, rules: { a: A }, through: ["a at 2"] }, "accept through a at 2"],
		[
			"and no other rule's",
			{ chain, rules: { a: A, b: B }, through: ["a at 2"] },
			"refuse b at 1 by spki through a at 2",
		],
		[
			"nor the same rule's at another key",
			{ chain, rules: { r: { match: [...A.match, ...B.match] } }, through: ["r at 1"] },
			"refuse r at 2 by spki through r at 1",
		],
		[
			"a warning has one too",
			{ chain, rules: { w: { ...A, action: "warn" } }, through: ["w at 2"] },
			"accept through w at 2",
		],
		[
			"strict has none",
			{ chain, rules: { s: { ...A, action: "strict" } }, through: ["s at 2"] },
			"refuse s at 2 by spki",
		],
		[
			"nor has an administrator's block",
			{ chain, admin: { b: A }, through: ["admin/b at 2"] },
			"refuse admin/b at 2 by spki",
		],
		[
			"nor an administrator's strict",
			{ chain, admin: { s: { ...A, action: "strict" } }, through: ["admin/s at 2"] },
			"refuse admin/s at 2 by spki",
		],
		[
			"an administrator's warning keeps its one click",
			{ chain, admin: { w: { ...A, action: "warn" } }, through: ["admin/w at 2"] },
			"accept through admin/w at 2",
		],
		[
			"what is let through leaves the milder rule",
			{ chain, rules: { b: A, w: { ...A, action: "warn" } }, through: ["b at 2"] },
			"warn w at 2 by spki through b at 2",
		],
		[
			"what made no difference is not told",
			{ chain, rules: { w: { ...B, action: "warn" }, b: A }, through: ["w at 1"] },
			"refuse b at 2 by spki",
		],
	]);

	test.each([
		["root[A] -> ca[B] -> leaf[Z]", { r: A }, { kind: "key", spki: spki("A") }],
		[
			"root[A] -> ca[B] -> leaf[Z]",
			{ r: { match: [{ certificate: sha256("leaf[Z]") }] } },
			{ kind: "key", spki: spki("Z") },
		],
		["local[X] -> leaf[Z]", { r: { match: [{ root: "not-built-in" as const }] } }, { kind: "key", spki: spki("X") }],
	])("%s: is bound to the key that was found", (chain, rules, bound) => {
		expect(judgeCase({ chain, rules })).toMatchObject({ finding: { bound } });
	});

	test("is bound to the leaf where an error was clicked through, to the host where not even that is known", () => {
		const rules = { r: { match: [{ overridden: "any" as const }] } };
		const leaf = draw("leaf[Z]")[0].sha256;
		expect(judgeCase({ chain: clickedThrough(["trust"], "leaf[Z]"), rules })).toMatchObject({
			finding: { bound: { kind: "leaf", sha256: leaf } },
		});
		expect(judgeCase({ chain: clickedThrough(["trust"], null), rules })).toMatchObject({
			finding: { bound: { kind: "host" } },
		});
	});
});

describe("a clicked-through error", () => {
	const any = { r: { match: [{ overridden: "any" as const }] } };
	const one = { r: { match: [{ authority: "one" }] } };
	const issued = (issuer: string) => clickedThrough(["trust"], "leaf[Z]", { issuer });
	rows([
		["no rule, no refusal", { chain: clickedThrough(["trust"], "leaf[Z]") }, "accept"],
		["of any kind", { chain: clickedThrough(["time"], "leaf[Z]"), rules: any }, "refuse r at 0 by overridden"],
		[
			"of the kind named",
			{ chain: clickedThrough(["time", "domain"], "leaf[Z]"), rules: { r: { match: [{ overridden: "domain" }] } } },
			"refuse r at 0 by overridden",
		],
		[
			"of another kind",
			{ chain: clickedThrough(["time"], "leaf[Z]"), rules: { r: { match: [{ overridden: "domain" }] } } },
			"accept",
		],
		["without a readable leaf", { chain: clickedThrough(["trust"], null), rules: any }, "refuse r at 0 by overridden"],
		["its own key", { chain: clickedThrough(["trust"], "leaf[A]"), rules: { a: A } }, "refuse a at 0 by spki"],
		[
			"its own fingerprint",
			{ chain: clickedThrough(["trust"], "leaf[Z]"), rules: { r: { match: [{ certificate: sha256("leaf[Z]") }] } } },
			"refuse r at 0 by certificate",
		],
		[
			"its own key is an authority's",
			{ chain: clickedThrough(["trust"], "leaf[A]"), rules: one },
			"refuse r at 0 by authority",
		],
		[
			"its issuer has a refused authority's name",
			{ chain: issued("CN=One CA,O=One,C=CN"), rules: one },
			"refuse r at 0 by authority",
		],
		["in another order and case", { chain: issued("C=cn,O=ONE,CN=one ca"), rules: one }, "refuse r at 0 by authority"],
		["a part of the name is not the name", { chain: issued("O=One,C=CN"), rules: one }, "accept"],
		[
			"its issuer has a refused authority's key identifier",
			{ chain: clickedThrough(["trust"], "leaf[Z]", { authorityKeyIdentifier: "0a0b" }), rules: one },
			"refuse r at 0 by authority",
		],
		[
			"even where the leaf cannot be read",
			{ chain: clickedThrough(["trust"], null, { authorityKeyIdentifier: "0a0b" }), rules: one },
			"refuse r at 0 by authority",
		],
		[
			"its issuer's organisation",
			{ chain: issued("CN=x,O=Other"), rules: { r: { match: [{ organization: "other" }] } } },
			"refuse r at 0 by organization",
		],
		[
			"its issuer's country",
			{ chain: issued("CN=x,C=NL"), rules: { r: { match: [{ country: "NL" }] } } },
			"refuse r at 0 by country",
		],
		[
			"says nothing of a root",
			{ chain: issued("CN=x"), rules: { r: { match: [{ root: "not-built-in" }] } } },
			"accept",
		],
		[
			"may be accepted for a name",
			{ chain: issued("CN=x"), host: "fritz.box", rules: { r: { ...any.r, acceptFor: ["fritz.box"] } } },
			"accept",
		],
		[
			"may be spared by its key",
			{ chain: issued("CN=x"), rules: { r: { ...any.r, except: [{ spki: spki("Z") }] } } },
			"accept",
		],
		["is no ordinary chain", { chain: "root[X] -> leaf[Z]", rules: any }, "accept"],
	]);
});

describe("what cannot be read", () => {
	const rules = {
		r: { match: [{ overridden: "any" as const }, { root: "not-built-in" as const }] },
		s: { ...A, action: "strict" as const },
	};
	test.each(["no-information", "no-chain", "missing-field", "too-long", "timeout", "failed"] as const)(
		"%s: is unverifiable, whatever the rules",
		(why) => expect(verdictOf({ chain: { kind: "unreadable", why }, rules })).toBe(`unverifiable: ${why}`),
	);
});

test("an unknown selector matches nothing, and the rest of its rule holds", () => {
	const rules = { r: { match: [{ unknown: "later" }, { spki: spki("A") }], except: [{ unknown: "later" }] } };
	expect(verdictOf({ chain: "root[A] -> leaf[Z]", rules })).toBe("refuse r at 1 by spki");
	expect(verdictOf({ chain: "root[X] -> leaf[Z]", rules })).toBe("accept");
});
