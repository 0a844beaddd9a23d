/** Lists that the person follows, from a server on loopback, in a real Firefox. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { LabHost, Reply } from "../lab/index.ts";
import { type Draft, Publisher } from "../publisher.ts";
import { until } from "./acts.ts";
import { Countersign, TEST_BUILD } from "./countersign.ts";
import { Firefox, type Tab } from "./harness/index.ts";
import { goBlocked, openAdvanced, words } from "./pages.ts";
import { createWorld, NO_RULES, refusing, type World } from "./world.ts";

const publisher = new Publisher();
const TITLE = "Careful People";

let world: World;
let firefox: Firefox;
let countersign: Countersign;
let server: LabHost;
let refused: LabHost;
let options: Tab;

beforeAll(async () => {
	world = await createWorld();
	server = await world.host("lists");
	refused = await world.host("refused", world.refusedCa);
	firefox = await Firefox.start({ lab: world.lab, roots: [world.goodRoot, world.refusedRoot] });
	await firefox.install(TEST_BUILD);
	countersign = await Countersign.open(firefox);
	await countersign.use(NO_RULES);
	options = await firefox.openExtensionPage("src/options/index.html#lists");
	await options.waitForText(words("optionsListsNone"));
});

afterAll(async () => {
	await firefox?.close();
	await world?.close();
});

const listed = (more: object = {}) => ({
	id: "refused",
	title: "Refused by the list",
	reason: "The list's own reason.",
	match: [{ spki: world.refusedRoot.spki }],
	...more,
});

const plain = (body: Reply["body"] & {}): Reply => ({ headers: { "content-type": "application/json" }, body });

/** Puts a list and its signature on the server. */
function publish(draft: Draft): string {
	const text = publisher.document({ rules: [listed()], ...draft });
	server.route("/careful.json", plain(text)).route("/careful.json.sig", plain(publisher.signature(text)));
	return text;
}

const button = (name: string): Promise<void> =>
	options.evaluate((label) => {
		const all = [...document.querySelectorAll<HTMLElement>("button")];
		// Names in what a button says are isolated, so that they do not turn its direction.
		const said = (one: HTMLElement) => one.textContent?.replace(/[\u2066-\u2069]/g, "");
		const found = all.find((one) => said(one) === label && one.getAttribute("aria-disabled") !== "true");
		if (!found) throw new Error(`no button ${label} among ${all.map(({ textContent }) => textContent).join(" | ")}`);
		found.click();
	}, name);

async function fill(selector: string, value: string): Promise<void> {
	await options.evaluate(
		(where, text) => {
			const field = document.querySelector<HTMLInputElement>(where);
			if (!field) throw new Error(`no ${where}`);
			field.value = text;
			field.dispatchEvent(new Event("input", { bubbles: true }));
		},
		selector,
		value,
	);
}

const list = async () => (await countersign.ask("options")).lists[0];

describe("following a list", () => {
	it("shows what it is first: the server is asked for two files, without cookies, and nothing changes", async () => {
		publish({ sequence: 3, head: { description: "What careful people refuse." } });
		server.route("/set", { headers: { "set-cookie": "id=1; Secure; SameSite=None; Path=/" }, body: "set" });
		const tab = await firefox.open(server.url("/set"));
		await tab.close();
		world.lab.log.clear();
		await button(words("optionsListAdd"));
		await options.waitForSelector("form input");
		await fill("form .field:nth-of-type(1) input", server.url("/careful.json"));
		await fill("form .field:nth-of-type(2) input", publisher.key);
		await button(words("optionsListLook"));
		const { text } = await options.waitForText("Refused by the list");
		expect(text).toContain("What careful people refuse.");
		expect(text).toContain("Number 3");
		// Both are asked for at once, so either can come first.
		expect(
			server
				.requests()
				.map(({ method, path }) => `${method} ${path}`)
				.toSorted(),
		).toEqual(["GET /careful.json", "GET /careful.json.sig"]);
		for (const { headers } of server.requests()) {
			expect(headers.cookie).toBe(undefined);
			expect(headers.referer).toBe(undefined);
		}
		expect((await countersign.ask("options")).lists).toEqual([]);
	});

	it("puts its rules in force, and the block page names the list", async () => {
		await button(words("optionsListFollow", TITLE));
		await options.waitForText(words("optionsListUpdate"));
		const tab = await firefox.open();
		const { text } = await goBlocked(tab, refused.url());
		expect(text).toContain(words("whoListAuthority", TITLE, "Refused Trust"));
		await openAdvanced(tab);
		const advanced = await tab.waitForText(words("blockedRuleByList", TITLE));
		expect(advanced.text).toContain("Refused by the list");
		expect(advanced.text).toContain("The list's own reason.");
		await tab.close();
		expect(await list()).toMatchObject({ id: "careful", automatic: false, failure: null, sequence: 3 });
	});

	it("has a switch for the rule", async () => {
		const toggle = (on: boolean) => countersign.ask("setListRule", { list: "careful", rule: "refused", enabled: on });
		expect(await toggle(false)).toEqual({ ok: true });
		const tab = await firefox.open();
		await tab.load(refused.url());
		await tab.close();
		expect(await toggle(true)).toEqual({ ok: true });
	});
});

describe("an update", () => {
	const STAYS = { sequence: 3, pending: null };

	beforeEach(() => {
		publish({ sequence: 3, head: { description: "What careful people refuse." } });
	});

	it.each<[string, string, () => void]>([
		[
			"tampered with",
			"optionsListWhySignature",
			() => {
				const text = publish({ sequence: 4, rules: [] });
				server.route("/careful.json", plain(text.replace(TITLE, "Careless People")));
			},
		],
		["replayed", "optionsListWhyOlder", () => void publish({ sequence: 2, rules: [] })],
		["another under a used number", "optionsListWhyReused", () => void publish({ sequence: 3, rules: [] })],
		[
			"oversized",
			"optionsListWhyTooLarge",
			() => void publish({ sequence: 4, rules: [listed({ reason: "x".repeat(2 * 1024 * 1024) })] }),
		],
		["malformed", "optionsListWhyMalformed", () => void publish({ sequence: 4, more: { settings: {} } })],
		["of another list", "optionsListWhyOtherList", () => void publish({ sequence: 4, head: { id: "other" } })],
		[
			"elsewhere",
			"optionsListWhyUnreachable",
			() => {
				const text = publisher.document({ sequence: 4, rules: [] });
				server.route("/moved.json", plain(text));
				server.route("/careful.json", { status: 302, headers: { location: server.url("/moved.json") } });
			},
		],
		["gone", "optionsListWhyUnreachable", () => void server.route("/careful.json", { status: 404, body: "gone" })],
	])("that is %s changes nothing, and the page shows why", async (_, why, spoil) => {
		spoil();
		const before = await countersign.ask("options");
		await button(words("optionsListUpdate"));
		await options.waitFor(
			({ text }) => text.includes(words(why)) && text.includes(words("optionsListUpdate")),
			`the reason ${why}`,
		);
		const after = await countersign.ask("options");
		expect(after.lists[0]).toEqual({ ...before.lists[0], failure: after.lists[0]?.failure });
		expect(after.lists[0]).toMatchObject(STAYS);
		const tab = await firefox.open();
		await goBlocked(tab, refused.url());
		await tab.close();
		// A good one clears what was shown, so that the next case shows its own.
		publish({ sequence: 3, head: { description: "What careful people refuse." } });
		expect(await countersign.ask("updateList", "careful")).toEqual({ ok: true, outcome: "same" });
		await options.waitFor(({ text }) => !text.includes(words(why)), "the page without it");
	});

	it("from a server that is refused is refused, like any request", async () => {
		await countersign.use(refusing([world.goodRoot.spki]));
		expect(await countersign.ask("updateList", "careful")).toMatchObject({ ok: false, why: "unreachable" });
		await countersign.use(NO_RULES);
		await until(firefox, "an answer of the server", async () => {
			const answer = await countersign.ask("updateList", "careful");
			return answer.ok ? answer : undefined;
		});
	});

	it("that would stop a site visited before asks first", async () => {
		const visited = await world.host("visited");
		const tab = await firefox.open();
		await tab.load(visited.url());
		await tab.close();
		await until(firefox, "the record of the visit", async () => (await countersign.ask("sites")).total || undefined);
		publish({
			sequence: 5,
			rules: [listed(), { id: "good", title: "Good Trust", match: [{ spki: world.goodRoot.spki }] }],
		});
		await button(words("optionsListUpdate"));
		await options.waitForText(words("optionsListPending", "5"));
		expect(await list()).toMatchObject({ sequence: 3, pending: { sequence: 5, added: [{ id: "good" }] } });
		await button(words("optionsListDecline"));
		await options.waitFor(({ text }) => !text.includes(words("optionsListPending", "5")), "the question gone");
		expect(await list()).toMatchObject(STAYS);
		// One that stops nothing more does not ask.
		publish({ sequence: 6, rules: [listed()] });
		expect(await countersign.ask("updateList", "careful")).toEqual({ ok: true, outcome: "updated" });
		expect(await list()).toMatchObject({ sequence: 6, failure: null });
	});
});

describe("a list", () => {
	it("takes its rules along when it is left, and brings them back on undo", async () => {
		await button(words("optionsListLeave"));
		await options.waitForText(words("optionsListsNone"));
		const tab = await firefox.open();
		await tab.load(refused.url());
		await button(words("optionsUndo"));
		await options.waitForText(words("optionsListUpdate"));
		await goBlocked(tab, refused.url());
		await tab.close();
	});
});
