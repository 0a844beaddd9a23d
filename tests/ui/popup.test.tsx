import "./setup.ts";

import { render } from "preact";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { App } from "../../src/popup/App.tsx";
import { createPopup, type Popup, type PopupDeps } from "../../src/popup/store.ts";
import type { OptionsView, TabReport } from "../../src/protocol.ts";
import { nobody } from "../gallery/nobody.ts";
import { heldRefusals, refusals, reports, welcomes } from "../gallery/samples.ts";
import { byPerson, type FakeClock, fakeClock, seen, settle } from "./helpers.ts";
import { unknownKeys } from "./setup.ts";

let clock: FakeClock;
let calls: unknown[][];
/** The rules whose impact was asked for. */
let asked: unknown[];
let store: Popup;
let deps: PopupDeps;

const sample = (name: string): TabReport => {
	const found = reports[name];
	if (found === undefined) throw new Error(`No sample ${name}`);
	return found;
};
const view = welcomes["private-no"] as OptionsView;
const none = async () => undefined;

async function show(report: TabReport, own: Partial<PopupDeps["background"]> = {}): Promise<void> {
	asked = [];
	deps = {
		background: {
			tab: async () => report,
			chainOf: async () => null,
			refusal: async (id) => heldRefusals[id] ?? refusals[id] ?? null,
			tryAgain: async (id) => {
				calls.push(["tryAgain", id]);
				return "unanswered";
			},
			sendAnyway: async (id) => {
				calls.push(["sendAnyway", id]);
				return { ok: true };
			},
			letThrough: async (request) => {
				calls.push(["letThrough", request]);
				return { ok: true, url: "https://cdn.example/" };
			},
			goBack: async (request) => {
				calls.push(["goBack", request]);
			},
			refuseKey: async (request) => {
				calls.push(["refuseKey", request]);
				return { ok: true, rule: "digicert" };
			},
			options: async () => ({
				...view,
				undo: calls.some(([name]) => name === "refuseKey") ? { id: "u1", what: "add", title: "DigiCert" } : null,
			}),
			impact: async (rules) => {
				asked.push(rules);
				const sites = ["a.example", "b.example", "c.example", "d.example", "e.example"];
				return { ok: true, impact: { since: 0, total: 812, stopped: 5, sites, parts: 0 } };
			},
			undo: async (id) => {
				calls.push(["undo", id]);
				return { ok: true };
			},
			revokeException: async (id) => {
				calls.push(["revoke", id]);
				return { ok: true };
			},
			...own,
		},
		clock,
		tabId: 7,
		reloadTab: async (tabId) => calls.push(["reload", tabId]),
		loadInTab: async (tabId, url) => calls.push(["load", tabId, url]),
		openOptions: async () => calls.push(["options"]),
		openOptionsAt: async (fragment) => calls.push(["options", fragment]),
		openHelp: async () => calls.push(["help"]),
		close: () => calls.push(["close"]),
	};
	store = createPopup(deps);
	await store.refresh();
	render(<App store={store} />, document.body);
	await settle();
}

const text = () => document.body.textContent ?? "";
const headline = () => document.querySelector("h1")?.textContent;
const buttons = (words: RegExp) =>
	[...document.querySelectorAll("button")].filter((one) => words.test(one.textContent ?? ""));

async function click(words: RegExp, index = 0): Promise<void> {
	const found = buttons(words)[index];
	if (found === undefined) throw new Error(`No button ${words}`);
	found.click();
	await settle();
}

beforeEach(() => {
	clock = fakeClock();
	calls = [];
});

afterEach(() => {
	render(null, document.body);
	expect([...unknownKeys]).toEqual([]);
});

describe("the popup's headline", () => {
	test.each([
		["protected", "Checked and accepted", "DigiCert (United States) vouches for example.com."],
		["stopped", "Page stopped", "You told Countersign not to accept CNNIC."],
		["warned", "Shown because you let it through", "you made an exception"],
		["warned-parts", "Parts are shown because you let them through", "A rule is against cdn.example"],
		[
			"local-root",
			"The real authorities are hidden",
			"Fortress Antivirus vouches for example.com, and it did not come with Firefox.",
		],
		["unvouched", "Nobody vouches for this site", "router or printer"],
		["before-start", "Not checked yet", "Reload to check."],
		["no-connection", "Not checked yet", "Reload to check."],
		["restricted", "Not checked", "keeps all extensions away"],
		["http", "Not checked", "others on the network"],
		["private", "Not checked", "private windows"],
		["unreadable", "Not checked", "could not see who vouches"],
		["not-web", "Nothing to check", "not a page from the web"],
		["empty", "Nothing to check", "No page has been loaded"],
		["probed", "Checked by probe at 2:05 PM", "it asked the site itself who vouches for it."],
		["probed-yesterday", "Checked by probe at November 21, 2026 at 2:05 PM", "asked the site itself"],
		["probed-local-root", "The real authorities are hidden", "asked the site itself who vouches for it, at 2:05 PM."],
		["stopped-unanswered", "Form not sent", "First outlook.example must show who vouches for it."],
	])("for %s", async (name, words, sentence) => {
		await show(sample(name));
		expect(headline()).toBe(words);
		expect(text()).toContain(sentence);
		expect(document.title).toBe(`${words} – Countersign`);
		// Only what was judged may look like it.
		expect(document.querySelector(".popup-head.state-protected") !== null).toBe(
			["protected", "probed", "probed-yesterday"].includes(name),
		);
		expect(text()).not.toMatch(/\bsafe\b/i);
	});

	test("says so when there is no tab", async () => {
		await show(sample("protected"), { tab: () => Promise.reject(new Error("no such tab")) });
		expect(text()).toContain("There is no page to look at.");
	});
});

describe("what else is known", () => {
	const listed = () => [...document.querySelectorAll(".findings li")].map((item) => item.textContent);
	const sources = () =>
		[...document.querySelectorAll(".finding-sources > div")].map((one) => [
			one.querySelector("dt")?.textContent,
			one.querySelector("dd")?.textContent,
		]);

	test("is nothing of an ordinary page; where that one sentence comes from is told on request", async () => {
		await show(sample("protected"));
		expect(listed()).toEqual([]);
		expect(document.querySelector(".popup-head .finding")).toBeNull();
		const why = [...document.querySelectorAll("details")].find((one) => one.textContent?.includes("Why is this said?"));
		expect(why?.open).toBe(false);
		expect(sources()).toEqual([["DigiCert (United States) vouches for example.com.", "RFC 5280 section 3.2"]]);
	});

	test("is listed below, most important first, each with a shape for its weight and a source", async () => {
		await show(sample("findings"));
		expect(document.querySelector(".popup-head p .icon.state-warned")).not.toBeNull();
		expect(listed()).toEqual([
			"What you send and see here is not hidden well: the site uses an old way to do it.",
			"You were here on November 19. Then Let's Encrypt (United States) vouched for this site. Now DigiCert (United States) does.",
			"This identity document is good from November 22 to August 18, 2029. That is longer than is allowed.",
			"The papers of one authority say “Quo Vadis Limited”, but its key belongs to DigiCert.",
			"This identity document is less than a day old. They are made anew now and then.",
			"The site's address is of one country (Germany), and who vouches for it of another: DigiCert (United States). That is common.",
			"This page came by way of a proxy that Firefox is set to use.",
		]);
		expect(document.querySelectorAll(".findings .icon.state-warned")).toHaveLength(1);
		expect(document.querySelectorAll(".findings .icon.state-unanswered")).toHaveLength(2);
		expect(sources()).toHaveLength(8);
		for (const [sentence, source] of sources()) {
			expect(sentence).not.toBe("");
			expect(source).not.toBe("");
		}
	});

	test("leads with a new authority where another one vouched for months", async () => {
		await show(sample("new-authority"));
		expect(document.querySelector(".popup-head p:not(.small)")?.textContent).toBe(
			"From August 26 to November 19 only DigiCert (United States) vouched for this site. Now CNNIC (China) does.",
		);
	});

	test("leads with who decided where the page was stopped, and then says what was found", async () => {
		await show(sample("stopped"));
		expect(document.querySelector(".popup-head p:not(.small)")?.textContent).toBe(
			"You told Countersign not to accept CNNIC.",
		);
		expect(listed()[0]).toBe("outlook.example proves who it is only through CNNIC.");
	});
});

describe("a page from before the start", () => {
	test("is reloaded at a click", async () => {
		await show(sample("before-start"));
		await click(/^Reload to check$/);
		expect(calls).toEqual([["reload", 7], ["close"]]);
	});
});

describe("a stopped page", () => {
	test("offers to go back", async () => {
		await show(sample("stopped"));
		await click(/^Go back/);
		expect(calls).toEqual([["goBack", { tabId: 7 }], ["close"]]);
	});
});

describe("refusing an authority", () => {
	test("is offered for each authority, never for the site itself", async () => {
		await show(sample("protected"));
		expect(buttons(/^Refuse this authority$/)).toHaveLength(2);
		expect(document.querySelector(".chain > li:first-child button")).toBeNull();
	});

	test("names the key exactly where its owner is not known", async () => {
		const report = sample("protected");
		const [leaf, ...others] = report.chain;
		if (!leaf) throw new Error("no chain");
		await show({ ...report, chain: [leaf, ...others.map((certificate) => ({ ...certificate, authority: null }))] });
		await click(/^Refuse this authority$/, 1);
		expect(document.querySelector("legend")?.textContent).toBe(
			"Every site that DigiCert Inc (“DigiCert Global Root G2”) vouches for will be stopped, on all your tabs.",
		);
		expect(asked).toMatchObject([[{ match: [{ spki: others[1]?.spki }] }]]);
	});

	test("leads to all that is known of an authority whose key is known, and to nothing of others", async () => {
		await show(sample("protected"));
		const links = [...document.querySelectorAll<HTMLAnchorElement>(".chain a")];
		expect(links.map((link) => [link.textContent, link.getAttribute("href")])).toEqual(
			Array(2).fill(["More about DigiCert", "/src/options/index.html#authority/digicert"]),
		);
		links[1]?.click();
		await settle();
		expect(calls).toEqual([["options", "#authority/digicert"], ["close"]]);
	});

	test("says whose key it is where the papers name somebody else", async () => {
		const report = sample("protected");
		const [leaf, middle, root] = report.chain;
		if (!leaf || !middle || !root) throw new Error("no chain");
		const amazon = { id: "amazon", name: "Amazon", country: "US" };
		const sold = { ...root, organization: "Starfield Technologies, Inc.", commonName: "Starfield", authority: amazon };
		await show({ ...report, chain: [leaf, middle, sold] });
		expect(text()).toContain("Its papers say “Starfield Technologies, Inc.”, but the key belongs to Amazon.");
		expect(document.querySelector(".chain > li:nth-child(2)")?.textContent).not.toContain("Its papers");
	});

	test("asks once, says what it would have stopped, works at once, and can be undone", async () => {
		await show(sample("protected"));
		await click(/^Refuse this authority$/, 1);
		expect(document.querySelector("legend")?.textContent).toBe(
			"Every site that DigiCert vouches for will be stopped, on all your tabs.",
		);
		expect(document.querySelector("fieldset [role=status]")?.textContent).toBe(
			"In the last 90 days this would have stopped 5 of your 812 sites: \u2068a.example\u2069, \u2068b.example\u2069, \u2068c.example\u2069, and 2 more.",
		);
		expect(asked).toMatchObject([[{ match: [{ authority: "digicert" }], action: "block", enabled: true }]]);
		expect(calls).toEqual([]);
		expect(document.activeElement?.textContent).toBe("Cancel");
		await click(/^Yes, refuse it$/);
		expect(calls).toEqual([["refuseKey", { tabId: 7, position: 2 }]]);
		const link = document.querySelector(".chain > li:last-child");
		expect(link?.textContent).toContain("Refused");
		await click(/^Undo$/);
		expect(calls.at(-1)).toEqual(["undo", "u1"]);
		expect(document.querySelector(".chain > li:last-child")?.textContent).not.toContain("Refused");
	});

	test("brings the page back when it is undone", async () => {
		const good = sample("protected");
		const stopped = { ...sample("stopped"), url: "https://example.com/", chain: good.chain };
		let refused = false;
		await show(good, {
			tab: async () => (refused ? stopped : good),
			refuseKey: async () => {
				refused = true;
				calls.push(["refuseKey"]);
				return { ok: true, rule: "digicert" };
			},
		});
		await click(/^Refuse this authority$/, 1);
		await click(/^Yes, refuse it$/);
		expect(headline()).toBe("Page stopped");
		await click(/^Undo$/);
		expect(calls.at(-1)).toEqual(["load", 7, "https://example.com/"]);
	});

	test("offers no undo when such a rule was there already", async () => {
		const undo = { id: "older", what: "edit", title: "Something else" } as const;
		await show(sample("protected"), { options: async () => ({ ...view, undo }) });
		await click(/^Refuse this authority$/, 1);
		await click(/^Yes, refuse it$/);
		expect(text()).toContain("You refuse it from now on.");
		expect(buttons(/^Undo$/)).toHaveLength(0);
	});

	test("can be thought better of", async () => {
		await show(sample("protected"));
		await click(/^Refuse this authority$/);
		await click(/^Cancel$/);
		expect(buttons(/^Refuse this authority$/)).toHaveLength(2);
		expect(calls).toEqual([]);
	});

	test("says what went wrong, and looks as before", async () => {
		await show(sample("protected"), { refuseKey: async () => ({ ok: false, error: "No room for more rules." }) });
		await click(/^Refuse this authority$/);
		await click(/^Yes, refuse it$/);
		expect(document.querySelector("[role=alert]")?.textContent).toBe("No room for more rules.");
		expect(buttons(/^Refuse this authority$/)).toHaveLength(2);
	});

	test("is not offered under an administrator's lock, which is said", async () => {
		await show(sample("locked"));
		expect(buttons(/^Refuse/)).toHaveLength(0);
		expect(text()).toContain("Your administrator has locked Countersign");
	});
});

describe("stopped parts", () => {
	test("are counted and grouped by authority", async () => {
		await show(sample("parts"));
		expect(text()).toContain("5 parts of this page were stopped");
		expect([...document.querySelectorAll("h3")].map((one) => one.textContent)).toEqual(["CNNIC", "Fortress Antivirus"]);
		const hosts = [...document.querySelectorAll(".popup-part-host summary")].map((one) => one.textContent);
		expect(hosts).toEqual([
			"cdn.example stopped 3 times: scripts and images",
			"fonts.example:8443 stopped once: fonts",
			"frame.example stopped once: a page inside the page",
		]);
	});

	test("have the block page's way through, and its friction", async () => {
		await show(sample("parts"));
		const details = document.querySelectorAll("details")[1];
		if (details === undefined) throw new Error("No part");
		details.open = true;
		details.dispatchEvent(new Event("toggle"));
		await settle();
		const proceed = buttons(/^Continue to/)[0];
		if (proceed === undefined) throw new Error("No way through");
		seen(proceed);
		const person = () => byPerson(new MouseEvent("click", { bubbles: true }));
		proceed.dispatchEvent(person());
		await settle();
		expect(calls).toEqual([]);
		clock.pass(1000);
		proceed.dispatchEvent(person());
		await settle();
		expect(calls).toEqual([
			["letThrough", { refusal: "warn", lasts: "session", typed: null }],
			["reload", 7],
			["close"],
		]);
	});

	test("say so when their details are gone", async () => {
		await show(sample("parts"), { refusal: async () => null });
		const details = document.querySelector("details");
		if (details === null) throw new Error("No part");
		details.open = true;
		details.dispatchEvent(new Event("toggle"));
		await settle();
		expect(text()).toContain("The details are gone.");
	});
});

describe("a page that was checked by probe", () => {
	test("shows who vouches for whom like any other", async () => {
		await show(sample("probed"));
		expect(text()).toContain("DigiCert (United States) vouches for example.com.");
		expect(document.querySelectorAll(".chain > li")).toHaveLength(3);
		expect(buttons(/^Refuse this authority$/)).toHaveLength(2);
	});
});

describe("parts that were held back", () => {
	const open = async (index = 0) => {
		const details = document.querySelectorAll("details")[index];
		if (details === undefined) throw new Error("No part");
		details.open = true;
		details.dispatchEvent(new Event("toggle"));
		await settle();
		return details;
	};
	const inside = (details: Element) => details.querySelector("[role=status]")?.textContent;

	test("are counted by themselves, beside what was stopped", async () => {
		await show(sample("held-and-stopped"));
		expect([...document.querySelectorAll("h2")].map((one) => one.textContent)).toEqual([
			"5 parts of this page were stopped",
			"3 parts of this page were held back",
			"Who vouches for whom",
		]);
		const hosts = [...document.querySelectorAll(".popup-part-host summary")].map((one) => one.textContent);
		expect(hosts.slice(3)).toEqual(["api.example held back 2 times: data", "upload.example:8443 held back once: data"]);
	});

	test("are not said to be stopped where nothing was", async () => {
		await show(sample("held"));
		expect(text()).not.toMatch(/stopped|refused authority/);
		expect(document.querySelector(".popup-parts-title.state-stopped")).toBeNull();
	});

	test("can be tried again, one by one, and stay where they are while nobody answers", async () => {
		await show(sample("held"));
		const first = await open(0);
		const second = await open(1);
		await click(/^Try again$/);
		expect(calls).toEqual([["tryAgain", "held-api"]]);
		expect(inside(first)).toBe("Still no answer at 2:05:00 PM.");
		expect(inside(second)).toBe("Trying again only asks: nothing is sent.");
	});

	test("accepted: do it once more on the page, which is not loaded again", async () => {
		await show(sample("held"), { tryAgain: async () => "accepted" });
		const details = await open();
		await click(/^Try again$/);
		expect(inside(details)).toContain("api.example has answered, and your rules accept who vouches for it.");
		expect(inside(details)).toContain("Now do it once more on the page. It was not loaded again");
		expect(details.querySelector("button")).toBeNull();
		expect(calls).toEqual([]);
	});

	test("refused: says so", async () => {
		await show(sample("held"), { tryAgain: async () => "refused" });
		const details = await open();
		await click(/^Try again$/);
		expect(inside(details)).toBe("Your rules refuse who vouches for it.");
	});

	test("can be sent anyway, with a warning's friction; the page is not loaded again", async () => {
		await show(sample("held"));
		const details = await open();
		const send = buttons(/^Send to api\.example anyway/)[0];
		if (send === undefined) throw new Error("No way through");
		const person = () => byPerson(new MouseEvent("click", { bubbles: true }));
		seen(send);
		send.dispatchEvent(person());
		clock.pass(1000);
		send.click();
		await settle();
		expect(calls).toEqual([]);
		send.dispatchEvent(person());
		await settle();
		expect(calls).toEqual([["sendAnyway", "held-api"]]);
		expect(inside(details)).toContain("what you send to api.example is not held back.");
		expect(inside(details)).toContain("Now do it once more on the page.");
	});

	test.each([
		["when they are opened", { refusal: async () => null }],
		["when they are tried again", { tryAgain: async () => "gone" as const }],
	])("say so when their details are gone %s, without losing what is typed", async (_, own) => {
		await show(sample("held"), own);
		const details = await open();
		details.querySelector("button")?.click();
		await settle();
		expect(details.textContent).toContain("The details are gone. Do it once more on the page.");
		expect(details.querySelector("button")).toBeNull();
		expect(calls).toEqual([]);
	});
});

describe("exceptions", () => {
	test("are listed with how long they last, and can be revoked", async () => {
		await show(sample("warned"));
		expect(text()).toContain("You let these through");
		expect(text()).toContain("Until Firefox closes");
		await click(/^Revoke$/, 1);
		expect(calls).toEqual([["revoke", "e2"]]);
	});
});

describe("what was asked before the rest of the popup was there", () => {
	const withFirst = async (first: Promise<TabReport | null>): Promise<number[]> => {
		const tabs: number[] = [];
		const tab = async (id: number) => {
			tabs.push(id);
			return sample("http");
		};
		await show(sample("protected"), { tab });
		tabs.length = 0;
		store = createPopup({ ...deps, first, background: { ...deps.background, tab } });
		return tabs;
	};

	test("is not asked again, and all later questions are", async () => {
		const tabs = await withFirst(Promise.resolve(sample("protected")));
		await store.refresh();
		expect(tabs).toEqual([]);
		expect(store.report.value?.state).toBe("protected");
		await store.refresh();
		expect(tabs).toEqual([7]);
		expect(store.report.value?.why).toBe("http");
	});

	test("and was not answered is said as any other question that was not", async () => {
		const first = Promise.reject(new Error("no background"));
		first.catch(() => undefined);
		const tabs = await withFirst(first);
		await store.refresh();
		expect(store.error.value).toBe("no background");
		expect(store.report.value).toBeNull();
		await store.refresh();
		expect(tabs).toEqual([7]);
		expect(store.report.value?.why).toBe("http");
	});
});

describe("a background that is gone", () => {
	const dead = "Countersign does not answer";

	/** Lets time pass a second at a time: each brings another question. */
	const pass = async (seconds: number) => {
		for (let n = 0; n < seconds; n++) {
			clock.pass(1000);
			await settle();
		}
	};

	test("is given the time it takes to come back, then said, with what to do; and goes when it is back", async () => {
		let tab: () => Promise<TabReport> = nobody;
		await show(sample("protected"), { tab: () => tab() });
		await pass(2);
		expect(text()).not.toContain(dead);
		expect(text()).not.toContain("There is no page");
		await pass(1);
		expect(headline()).toBe(dead);
		expect(text()).toContain("Pages are not checked now. Close Firefox and start it again.");
		expect(text()).not.toContain("Receiving end");
		expect(document.title).toContain(dead);
		tab = async () => sample("protected");
		await pass(1);
		expect(headline()).toBe("Checked and accepted");
		expect(text()).not.toContain(dead);
	});

	test("takes away what was said of the page before: it may not be true any more", async () => {
		let tab: () => Promise<TabReport> = async () => sample("protected");
		await show(sample("protected"), { tab: () => tab() });
		tab = nobody;
		await store.refresh();
		await pass(2);
		expect(headline()).toBe("Checked and accepted");
		await pass(1);
		expect(headline()).toBe(dead);
	});

	test("is not what another error is taken for", async () => {
		await show(sample("protected"), { tab: () => Promise.reject(new Error("no such thing")) });
		await pass(5);
		expect(text()).toContain("no such thing");
		expect(text()).not.toContain(dead);
	});
});

test("an answer that was overtaken by a newer one does not count", async () => {
	const answers: ((report: TabReport) => void)[] = [];
	await show(sample("protected"));
	render(null, document.body);
	const slow = createPopup({
		background: {
			tab: () => new Promise((resolve) => answers.push(resolve)),
			chainOf: async () => null,
			refusal: async () => null,
			letThrough: async () => ({ ok: false, error: "" }),
			tryAgain: async () => "gone",
			sendAnyway: async () => ({ ok: true }),
			goBack: none,
			impact: async () => ({ ok: false, error: "" }),
			refuseKey: async () => ({ ok: false, error: "" }),
			options: async () => view,
			undo: async () => ({ ok: true }),
			revokeException: async () => ({ ok: true }),
		},
		clock,
		tabId: 7,
		reloadTab: none,
		loadInTab: none,
		openOptions: none,
		openOptionsAt: none,
		openHelp: none,
		close: () => undefined,
	});
	const first = slow.refresh();
	const second = slow.refresh();
	answers[1]?.(sample("http"));
	answers[0]?.(sample("protected"));
	await Promise.all([first, second]);
	expect(slow.report.value?.why).toBe("http");
});
