import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { catalogue } from "../../src/catalogue/index.ts";
import type { OverriddenKind } from "../../src/core/chain.ts";
import { html, type Identity, image, type LabHost } from "../lab/index.ts";
import { buttonSays, endOf, noteEnds, reported, reportOf } from "./acts.ts";
import { Countersign, isBlockPage, TEST_BUILD } from "./countersign.ts";
import { Firefox, type Tab } from "./harness/index.ts";
import { createWorld, NO_RULES, SUFFIX, type World } from "./world.ts";

let world: World;
let firefox: Firefox;
let countersign: Countersign;
let firstRules: string;
let tab: Tab;

beforeAll(async () => {
	world = await createWorld();
	// Only the good root is trusted, and every warning is clicked through.
	firefox = await Firefox.start({ lab: world.lab, roots: [world.goodRoot], acceptInsecureCerts: true });
	await firefox.install(TEST_BUILD, { privateAllowed: true });
	await noteEnds(firefox);
	countersign = await Countersign.open(firefox);
	firstRules = await countersign.ask("exportPolicy");
});

afterAll(async () => {
	await firefox?.close();
	await world?.close();
});

beforeEach(async () => {
	tab = await firefox.open();
});

afterEach(async () => {
	await tab.close();
});

let count = 0;

/** A host of its own name for each test, with a page that tells when it runs. */
function hostWith(identity: Identity, name = nextName()): LabHost {
	return world.lab.host(name, identity, {
		"/": html(`<h1>page of ${name}</h1>${world.witness.markup(name)}`),
		"/image": image({ "access-control-allow-origin": "*", "cache-control": "no-store" }),
	});
}

const nextName = (): string => `device-${++count}.${SUFFIX}`;
const reports = ({ name }: LabHost): string[] => world.witness.hits().filter((path) => path.startsWith(`/${name}/`));

/** Puts rules in force, with no page open that they would have something to do on. */
async function use(rules: string): Promise<void> {
	await tab.go("about:blank");
	await tab.waitForUrl("about:blank");
	// The background hears of it later than WebDriver, and would judge what was there before.
	await reported(firefox, countersign, tab, "the empty tab", ({ url }) => url === null || url === "about:blank");
	await countersign.use(rules);
}

const document = (...rules: object[]): string =>
	JSON.stringify({ version: 1, rules: rules.map((rule, index) => ({ id: `rule-${index}`, title: "Rule", ...rule })) });

/** Loads a host's page, which must not be shown. Answers with the refusal. */
async function stopped(host: LabHost) {
	const before = reports(host);
	const address = host.url(`/?${++count}`);
	await tab.go(address);
	await tab.waitFor(
		({ url, text }) => isBlockPage(url) && text.includes(host.name.replace(/[[\]]/g, "")),
		`the block page of ${host.name}`,
	);
	expect(await endOf(firefox, address)).toMatch(/ABORT/);
	expect(reports(host)).toEqual(before);
	const { refusal } = await reportOf(firefox, countersign, tab);
	return await countersign.ask("refusal", refusal ?? "");
}

/** Loads a host's page, which must be shown. */
async function shown(host: LabHost, url = host.url()): Promise<void> {
	await tab.go(url);
	await tab.waitForText(`page of ${host.name}`);
	await world.lab.log.waitFor(({ path }) => path === `/${host.name}/script`);
}

/** The ways in which a certificate can be wrong. */
const WRONG: Readonly<
	Record<string, { readonly kinds: readonly OverriddenKind[]; make(name: string): Promise<Identity> }>
> = {
	"self-signed": { kinds: ["trust"], make: (name) => world.pki.selfSignedLeaf({ names: [name] }) },
	"by an unknown root": { kinds: ["trust"], make: (name) => world.refusedCa.leaf({ names: [name] }) },
	"for another name": { kinds: ["domain"], make: () => world.goodCa.leaf({ names: ["elsewhere.example"] }) },
	expired: { kinds: ["time"], make: (name) => world.goodCa.expiredLeaf({ names: [name] }) },
	"not valid yet": {
		kinds: ["time"],
		make: (name) => world.goodCa.leaf({ names: [name], notBefore: new Date(Date.now() + 86_400_000) }),
	},
	"expired, and for another name": {
		kinds: ["domain", "time"],
		make: () => world.goodCa.expiredLeaf({ names: ["elsewhere.example"] }),
	},
};

describe("a warning that was clicked through", () => {
	it.each(Object.entries(WRONG))("%s: is known for what it is, and stopped by the first rules", async (_, wrong) => {
		await use(firstRules);
		const name = nextName();
		const refusal = await stopped(hostWith(await wrong.make(name), name));
		expect(refusal).toMatchObject({
			outcome: "refuse",
			rule: { ref: "clicked-through", action: "block" },
			wayThrough: "type-name",
			chain: [{ sha256: expect.any(String) }],
		});
		expect(refusal?.overridden.toSorted()).toEqual(wrong.kinds);
	});

	it.each(["trust", "domain", "time"] as const)("a rule for %s stops that kind and no other", async (kind) => {
		await use(document({ match: [{ overridden: kind }] }));
		for (const { kinds, make } of Object.values(WRONG)) {
			const name = nextName();
			const host = hostWith(await make(name), name);
			if (kinds.includes(kind)) await stopped(host);
			else await shown(host);
		}
	});

	it("without a rule it is accepted, and never called protected", async () => {
		await use(NO_RULES);
		for (const { make } of Object.values(WRONG)) {
			const name = nextName();
			await shown(hostWith(await make(name), name));
			await reported(firefox, countersign, tab, "the clicked-through page", ({ overridden }) => overridden.length > 0);
			await tab.activate();
			await buttonSays(firefox, ({ title }) => title.includes("not checked"));
		}
	});

	it("stops parts of a page as well", async () => {
		await use(firstRules);
		const good = await world.host("good");
		const host = hostWith(await world.pki.selfSignedLeaf({ names: ["elsewhere.example"] }));
		await tab.load(good.url());
		const loads = () =>
			tab.evaluate((url) => {
				const one = new Image();
				one.src = url;
				return one.decode().then(
					() => true,
					() => false,
				);
			}, host.url("/image"));
		expect(await loads()).toBe(false);
		await reported(firefox, countersign, tab, "the stopped part", ({ partsCount }) => partsCount === 1);
		await countersign.use(NO_RULES);
		expect(await loads()).toBe(true);
	});

	it("holds for the sites a rule names, and not for those it spares", async () => {
		const identity = await world.pki.selfSignedLeaf({ names: ["elsewhere.example"] });
		const [inside, below, outside] = ["a.inside.net", "b.a.inside.net", "notinside.net"].map((name) =>
			hostWith(identity, name),
		) as [LabHost, LabHost, LabHost];
		await use(document({ match: [{ overridden: "any" }], sites: ["inside.net"] }));
		await stopped(inside);
		await stopped(below);
		await shown(outside);
		await use(document({ match: [{ overridden: "any" }], acceptFor: ["inside.net"] }));
		await shown(inside);
		await stopped(outside);
		await use(document({ match: [{ overridden: "any" }], sites: ["inside.net"], acceptFor: ["b.a.inside.net"] }));
		await stopped(inside);
		await shown(below);
	});
});

describe("at home, under the first rules", () => {
	it.each([
		"localhost",
		"127.0.0.1",
		"router",
		"printer.local",
		"nas.lan",
		"box.home.arpa",
		"git.internal",
		"fritz.box",
		"a.b.fritz.box",
		// Firefox is told that these are all at 127.0.0.1.
		"10.0.0.1",
		"172.16.0.1",
		"192.168.178.1",
		"169.254.1.1",
		"[::1]",
		"[fd00::1]",
		"[fe80::1]",
	])("%s is accepted", async (name) => {
		await use(firstRules);
		await shown(hostWith(await world.pki.selfSignedLeaf({ names: ["device.example"] }), name));
	});

	it.each([
		"notlocalhost.com",
		"localhost.com",
		"router.com",
		"evilfritz.box",
		"local.example.net",
		"127.0.0.1.net",
		"172.32.0.1",
		"192.0.2.1",
		"[2001:db8::1]",
	])("%s is not at home", async (name) => {
		await use(firstRules);
		await stopped(hostWith(await world.pki.selfSignedLeaf({ names: ["device.example"] }), name));
	});
});

describe("a clicked-through leaf that says a refused authority signed it", () => {
	const CNNIC = document({ id: "cnnic", match: [{ authority: "cnnic" }] });
	const [keyIdentifier = ""] = catalogue.byId("cnnic")?.keyIdentifiers ?? [];

	it("by the authority's name, whoever's key it was", async () => {
		const pretender = await world.pki.root({ name: "CN=CNNIC ROOT,O=CNNIC,C=CN" });
		const host = hostWith(await pretender.leaf({ names: [nextName()] }));
		await use(CNNIC);
		expect(await stopped(host)).toMatchObject({ rule: { ref: "cnnic" }, selector: { authority: "cnnic" } });
		await use(NO_RULES);
		await shown(host);
	});

	it("by the authority's key identifier, whatever the name", async () => {
		const nobody = await world.pki.root({ name: "CN=Nobody" });
		const host = hostWith(await nobody.leaf({ names: [nextName()], authorityKeyIdentifier: keyIdentifier }));
		const another = hostWith(await nobody.leaf({ names: [nextName()] }));
		await use(CNNIC);
		expect(await stopped(host)).toMatchObject({ rule: { ref: "cnnic" }, selector: { authority: "cnnic" } });
		await shown(another);
	});

	it("by organisation, country, and the leaf's own key and fingerprint", async () => {
		const leaf = await world.refusedCa.leaf({ names: ["elsewhere.example"] });
		const host = hostWith(leaf);
		for (const selector of [
			{ organization: "refused  TRUST" },
			{ country: "XX" },
			{ spki: leaf.spki },
			{ certificate: leaf.sha256 },
		]) {
			// What is refused under the next rule as well would be remembered, and not be asked. No block page is open
			// then: what it stands for would be loaded at once.
			await use(NO_RULES);
			await use(document({ match: [selector] }));
			expect(await stopped(host)).toMatchObject({ selector: expect.objectContaining({}) });
		}
		await use(document({ match: [{ organization: "Good Trust" }, { country: "US" }] }));
		// The witness is of Good Trust, so it is not told.
		await tab.go(host.url());
		await tab.waitForText(`page of ${host.name}`);
	});
});
