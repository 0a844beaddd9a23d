import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { html, type LabHost } from "../lab/index.ts";
import type { Authority, Certificate } from "../pki/index.ts";
import { endOf, noteEnds, reportOf, until } from "./acts.ts";
import { Countersign, isBlockPage, TEST_BUILD } from "./countersign.ts";
import { Firefox, type Tab } from "./harness/index.ts";
import { createWorld, SUFFIX, type World } from "./world.ts";

// What every rule means is proven in tests/core, on made-up chains. Here: the same on chains that
// Firefox built, from what servers really sent.

const DAY = 86_400_000;
const OLD = new Date(Date.now() - 60 * DAY);
const LIMIT = new Date(+OLD + 30 * DAY).toISOString();

let world: World;
let firefox: Firefox;
let countersign: Countersign;
let tab: Tab;

/** An authority that Firefox trusts by way of another's signature only. */
let crossed: Authority;
let copy: Authority;
let issuing: Authority;
let leaf: Certificate;
let host: LabHost;
let below: LabHost;
let fresh: LabHost;

beforeAll(async () => {
	world = await createWorld();
	crossed = await world.pki.root({ name: "CN=Crossed Root,O=Crossed Trust,C=ZZ" });
	issuing = await crossed.intermediate({ name: "CN=Crossed CA 1,O=Crossed Issuing,C=YY" });
	copy = await world.goodRoot.crossSign(crossed);
	leaf = await issuing.leaf({ names: [`*.${SUFFIX}`, SUFFIX], notBefore: OLD, notAfter: new Date(+OLD + 90 * DAY) });
	const identity = { keyPem: leaf.keyPem, chainPem: leaf.chainPem({ extra: [copy] }) };
	const routes = { "*": html("<h1>shown</h1>") };
	host = world.lab.host(`crossed.${SUFFIX}`, identity, routes);
	below = world.lab.host(`below.${SUFFIX}`, identity, routes);
	// Became valid after the limit, and has the same way up.
	const later = await issuing.leaf({ names: [`fresh.${SUFFIX}`], notBefore: new Date(+new Date(LIMIT) + DAY) });
	fresh = world.lab.host(
		`fresh.${SUFFIX}`,
		{ keyPem: later.keyPem, chainPem: later.chainPem({ extra: [copy] }) },
		routes,
	);
	firefox = await Firefox.start({ lab: world.lab, roots: [world.refusedRoot], builtInRoots: [world.goodRoot] });
	await firefox.install(TEST_BUILD, { privateAllowed: true });
	await noteEnds(firefox);
	countersign = await Countersign.open(firefox);
	tab = await firefox.open();
});

afterAll(async () => {
	await firefox?.close();
	await world?.close();
});

let visit = 0;

/** What becomes of a page under a document with these rules. */
async function outcome(where: LabHost, rules: readonly object[]): Promise<string> {
	// Otherwise the new rules would have something to do on the page that is open.
	await tab.go("about:blank");
	await tab.waitForUrl("about:blank");
	await countersign.use(
		JSON.stringify({
			version: 1,
			rules: rules.map((rule, index) => ({ id: `rule-${index}`, title: `Rule ${index}`, ...rule })),
		}),
	);
	const url = where.url(`/?${++visit}`);
	await tab.go(url);
	return await until(firefox, `what becomes of ${url}`, async () => {
		const state = await tab.state();
		if (state.complete && state.url === url) return state.text;
		if (!isBlockPage(state.url)) return undefined;
		const { refusal } = await reportOf(firefox, countersign, tab);
		const found = await countersign.ask("refusal", refusal ?? "");
		if (found?.url !== url) return undefined;
		// It was stopped before it was shown, and not only after.
		expect(await endOf(firefox, url)).toMatch(/ABORT/);
		return `${found.outcome} ${found.wayThrough} ${found.rule?.ref} at ${found.position}`;
	});
}

describe("a cross-signed copy", () => {
	it("is what Firefox builds, with the copy in the middle and a good root at its end", async () => {
		expect(await outcome(host, [])).toBe("shown");
		const { chain, state } = await reportOf(firefox, countersign, tab);
		expect(chain.map(({ spki }) => spki)).toEqual([leaf.spki, issuing.spki, crossed.spki, world.goodRoot.spki]);
		expect(state).toBe("protected");
	});

	const FOUND: readonly (readonly [what: string, selector: () => object, at: number])[] = [
		["the leaf's key", () => ({ spki: leaf.spki }), 0],
		["the leaf itself", () => ({ certificate: leaf.sha256 }), 0],
		["the intermediate's key", () => ({ spki: issuing.spki }), 1],
		["the intermediate's country", () => ({ country: "YY" }), 1],
		["the key of the root that was signed by another", () => ({ spki: crossed.spki }), 2],
		["the copy itself", () => ({ certificate: copy.sha256.toUpperCase() }), 2],
		["its organisation", () => ({ organization: "CROSSED  trust" }), 2],
		["its country", () => ({ country: "ZZ" }), 2],
		["the key of the root at the end", () => ({ spki: world.goodRoot.spki }), 3],
		["the organisation of that", () => ({ organization: "Good Trust" }), 3],
	];

	it.each(FOUND)("is found by %s", async (_, selector, at) => {
		expect(await outcome(host, [{ match: [selector()] }])).toBe(`refuse type-name rule-0 at ${at}`);
	});

	const NOT_FOUND: readonly (readonly [what: string, selector: () => object])[] = [
		// The self-signed certificate of that authority is another one, and not in this chain.
		["the original", () => ({ certificate: crossed.sha256 })],
		["another's key", () => ({ spki: world.refusedRoot.spki })],
		["half of a name", () => ({ organization: "Crossed" })],
		["roots that Firefox does not ship", () => ({ root: "not-built-in" })],
		["warnings that were clicked through", () => ({ overridden: "any" })],
	];

	it.each(NOT_FOUND)("is not found by %s", async (_, selector) => {
		expect(await outcome(host, [{ match: [selector()] }])).toBe("shown");
	});
});

describe("a rule", () => {
	const match = () => ({ match: [{ spki: crossed.spki }] });
	const CASES: readonly (readonly [
		what: string,
		where: () => LabHost,
		rules: () => readonly object[],
		expected: string,
	])[] = [
		["warn: one click", () => host, () => [{ ...match(), action: "warn" }], "warn click rule-0 at 2"],
		["block: the name has to be typed", () => host, () => [match()], "refuse type-name rule-0 at 2"],
		["strict: no way through", () => host, () => [{ ...match(), action: "strict" }], "refuse none-strict rule-0 at 2"],
		["switched off", () => host, () => [{ ...match(), enabled: false }], "shown"],
		[
			"the most severe decides",
			() => host,
			() => [{ ...match(), action: "warn" }, match(), { match: [{ spki: issuing.spki }], action: "strict" }],
			"refuse none-strict rule-2 at 1",
		],
		[
			"then the first",
			() => host,
			() => [{ match: [{ spki: world.goodRoot.spki }] }, match()],
			"refuse type-name rule-0 at 3",
		],
		["accepted for this name", () => host, () => [{ ...match(), acceptFor: [host.name] }], "shown"],
		["accepted for names above", () => host, () => [{ ...match(), acceptFor: ["com"] }], "shown"],
		[
			"accepted for another name",
			() => host,
			() => [{ ...match(), acceptFor: ["rossed.countersign-lab.com"] }],
			"refuse type-name rule-0 at 2",
		],
		["for these sites", () => host, () => [{ ...match(), sites: [SUFFIX] }], "refuse type-name rule-0 at 2"],
		["for other sites", () => host, () => [{ ...match(), sites: ["below.countersign-lab.com"] }], "shown"],
		[
			"both, acceptance wins",
			() => below,
			() => [{ ...match(), sites: [SUFFIX], acceptFor: ["below.countersign-lab.com"] }],
			"shown",
		],
		["issued before the date", () => host, () => [{ ...match(), issuedAfter: LIMIT }], "shown"],
		["issued after the date", () => fresh, () => [{ ...match(), issuedAfter: LIMIT }], "refuse type-name rule-0 at 2"],
		["except an intermediate below", () => host, () => [{ ...match(), except: [{ spki: issuing.spki }] }], "shown"],
		[
			"except one that is above",
			() => host,
			() => [{ ...match(), except: [{ spki: world.goodRoot.spki }] }],
			"refuse type-name rule-0 at 2",
		],
	];

	it.each(CASES)("%s", async (_, where, rules, expected) => {
		expect(await outcome(where(), rules())).toBe(expected);
	});

	it("against roots that Firefox does not ship", async () => {
		const local = await world.host("local", world.refusedCa);
		local.route("/", html("<h1>shown</h1>"));
		expect(await outcome(local, [])).toBe("shown");
		expect((await reportOf(firefox, countersign, tab)).state).toBe("local-root");
		expect(await outcome(local, [{ match: [{ root: "not-built-in" }] }])).toBe("refuse type-name rule-0 at 2");
	});
});
