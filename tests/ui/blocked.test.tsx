import "./setup.ts";

import { render } from "preact";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { App } from "../../src/blocked/App.tsx";
import { practiceBackground } from "../../src/blocked/practice.ts";
import { createBlocked } from "../../src/blocked/store.ts";
import type { Background, Refusal, TriedAgain } from "../../src/protocol.ts";
import { refusals } from "../gallery/samples.ts";
import { byPerson, type FakeClock, fakeClock, noReports, seen, settle, unseen } from "./helpers.ts";
import { messages, unknownKeys } from "./setup.ts";

type Deps = Pick<Background, "refusal" | "letThrough" | "goBack" | "tryAgain" | "sendAnyway">;

let clock: FakeClock;
let went: string[];
let asked: Parameters<Background["letThrough"]>[0][];
let backs: number;
/** What was asked about something held back: the method and the id. */
let held: [string, string][];

async function show(refusal: Refusal | null, own: Partial<Deps> = {}): Promise<void> {
	const store = createBlocked({
		background: {
			refusal: async () => refusal,
			chainOf: async () => null,
			letThrough: async (request) => {
				asked.push(request);
				return { ok: true, url: "https://outlook.example/mail" };
			},
			goBack: async () => {
				backs += 1;
			},
			tryAgain: async (id) => {
				held.push(["tryAgain", id]);
				return "unanswered";
			},
			sendAnyway: async (id) => {
				held.push(["sendAnyway", id]);
				return { ok: true };
			},
			...own,
		},
		clock,
		navigate: (url) => went.push(url),
		id: "r1",
		reports: noReports,
	});
	await store.load();
	render(<App store={store} />, document.body);
	await settle();
}

const sample = (name: string): Refusal => {
	const found = refusals[name];
	if (found === undefined) throw new Error(`No sample ${name}`);
	return found;
};

function button(words: string | RegExp): HTMLButtonElement {
	const found = [...document.querySelectorAll("button")].find((one) => {
		const text = one.textContent ?? "";
		return typeof words === "string" ? text === words : words.test(text);
	});
	if (found === undefined) throw new Error(`No button ${words}`);
	return found;
}

const proceed = () => button(/^Continue to/);
const byPersonClick = () => byPerson(new MouseEvent("click", { bubbles: true, cancelable: true }));

async function type(name: string): Promise<void> {
	const input = document.querySelector<HTMLInputElement>(".way-through input");
	if (input === null) throw new Error("No field");
	input.value = name;
	input.dispatchEvent(new Event("input", { bubbles: true }));
	await settle();
}

const SCENES = {
	cnnic: "refused",
	list: "refused",
	warn: "warned",
	"admin-warn": "warned",
	strict: "closed",
	admin: "closed",
	locked: "closed",
	document: "document",
	added: "refused",
	"overridden-trust": "nobody",
	"overridden-warn": "nobody",
	"overridden-domain": "other-site",
	"overridden-time": "not-today",
	"overridden-all": "nobody",
	unverifiable: "unreadable",
	unanswered: "held",
};

beforeEach(() => {
	clock = fakeClock();
	went = [];
	asked = [];
	backs = 0;
	held = [];
});

afterEach(() => {
	render(null, document.body);
	expect([...unknownKeys]).toEqual([]);
});

describe("the block page", () => {
	test("has one filled button, which has the focus and goes back", async () => {
		await show(sample("cnnic"));
		expect(document.querySelectorAll(".button-primary")).toHaveLength(1);
		const back = button("Go back (recommended)");
		expect(document.activeElement).toBe(back);
		back.dispatchEvent(byPersonClick());
		await settle();
		expect(backs).toBe(1);
	});

	test("goes to a blank page when the background does not answer", async () => {
		await show(sample("cnnic"), { goBack: () => Promise.reject(new Error("gone")) });
		button("Go back (recommended)").click();
		await settle();
		expect(went).toEqual(["about:blank"]);
	});

	test("does not go back by a key that is held down since before", async () => {
		await show(sample("cnnic"));
		const key = new KeyboardEvent("keydown", { key: "Enter", repeat: true, bubbles: true, cancelable: true });
		button("Go back (recommended)").dispatchEvent(key);
		expect(key.defaultPrevented).toBe(true);
	});

	test("does nothing dangerous by Escape, nor by any other key outside of a control", async () => {
		for (const name of ["cnnic", "warn", "unanswered"]) {
			render(null, document.body);
			await show(sample(name));
			for (const key of ["Escape", "Enter", " ", "Backspace", "y"]) {
				document.body.dispatchEvent(byPerson(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })));
				document.body.dispatchEvent(byPerson(new KeyboardEvent("keyup", { key, bubbles: true, cancelable: true })));
			}
			await settle();
			expect({ asked, went, backs, held }).toEqual({ asked: [], went: [], backs: 0, held: [] });
		}
	});

	test("has a drawing for each severity and finding, which screen readers skip", async () => {
		const drawn = new Map<string, string>();
		for (const name of Object.keys(refusals)) {
			render(null, document.body);
			await show(sample(name));
			const art = document.querySelector("#message > .art");
			expect(art?.getAttribute("aria-hidden"), name).toBe("true");
			expect(art?.querySelector("title, text, image, use"), name).toBeNull();
			drawn.set(name, /art-is-(\S+)/.exec(art?.getAttribute("class") ?? "")?.[1] ?? "");
		}
		expect(Object.fromEntries([...drawn].filter(([name]) => name in SCENES))).toEqual(SCENES);
	});

	test("says in its title what happened", async () => {
		await show(sample("cnnic"));
		expect(document.title).toBe("Stopped: outlook.example");
		render(null, document.body);
		await show(sample("warn"));
		expect(document.title).toBe("Warning: outlook.example");
		render(null, document.body);
		await show(null);
		expect(document.title).toBe("Stopped page");
	});

	test("copes with details that are gone", async () => {
		await show(null);
		expect(document.querySelector("h1")?.textContent).toBe("Countersign stopped this page earlier.");
		expect(document.activeElement).toBe(button("Go back (recommended)"));
		expect(document.querySelector("details")).toBeNull();
	});

	test("copes with a background that fails", async () => {
		await show(sample("cnnic"), { refusal: () => Promise.reject(new Error("no")) });
		expect(document.querySelector("h1")?.textContent).toBe("Countersign stopped this page earlier.");
	});

	test("keeps everything else folded up under Advanced", async () => {
		await show(sample("cnnic"));
		const details = document.querySelector("details");
		expect(details?.open).toBe(false);
		expect(details?.querySelector("summary")?.textContent).toBe("Advanced");
		for (const inside of [proceed(), button("Check again"), document.querySelector(".chain")])
			expect(details?.contains(inside)).toBe(true);
	});

	test("marks what was refused by words, not by colour alone", async () => {
		await show(sample("cross-signed"));
		const links = [...document.querySelectorAll(".chain > li")].map((link) => link.textContent ?? "");
		expect(links).toHaveLength(3);
		expect(links[0]).toContain("outlook.example");
		expect(links[1]).toContain("Refused");
		expect(links[1]).toContain("China");
		expect(links[2]).toContain("Entrust");
		expect(links[2]).toContain("vouches for CNNIC");
		expect(links[2]).not.toContain("Refused");
	});

	test("shows a rule's reason as text, whatever is in it", async () => {
		const rule = sample("cnnic").rule;
		if (rule === null) throw new Error("No rule");
		await show({ ...sample("cnnic"), rule: { ...rule, title: "<b>T</b>", reason: "<img src=x onerror=alert(1)>" } });
		expect(document.querySelector("blockquote")?.textContent).toBe("<img src=x onerror=alert(1)>");
		expect(document.querySelector("img")).toBeNull();
		expect(document.querySelector("b")).toBeNull();
	});

	test("checks again by loading the address", async () => {
		await show(sample("cnnic"));
		button("Check again").click();
		expect(went).toEqual(["https://outlook.example/mail"]);
	});

	test("never offers to trust the authority", async () => {
		for (const name of Object.keys(refusals)) {
			render(null, document.body);
			await show(sample(name));
			for (const one of document.querySelectorAll("button, a")) expect(one.textContent).not.toMatch(/\btrust\b/i);
		}
	});
});

describe("the way through", () => {
	test("of a warning takes one click, after the first second", async () => {
		await show(sample("warn"));
		seen(proceed());
		proceed().dispatchEvent(byPersonClick());
		await settle();
		expect(asked).toEqual([]);
		clock.pass(1000);
		await settle();
		expect(proceed().getAttribute("aria-disabled")).toBe("false");
		proceed().dispatchEvent(byPersonClick());
		await settle();
		expect(asked).toEqual([{ refusal: "r1", lasts: "session", typed: null }]);
		expect(went).toEqual(["https://outlook.example/mail"]);
	});

	test("is not taken by a script", async () => {
		await show(sample("warn"));
		seen(proceed());
		clock.pass(5000);
		proceed().click();
		await settle();
		expect(asked).toEqual([]);
	});

	test("is not taken when it went out of view", async () => {
		await show(sample("warn"));
		seen(proceed());
		clock.pass(5000);
		unseen(proceed());
		seen(proceed());
		proceed().dispatchEvent(byPersonClick());
		await settle();
		expect(asked).toEqual([]);
	});

	test("starts its second anew when the window comes to the front", async () => {
		await show(sample("warn"));
		seen(proceed());
		clock.pass(5000);
		window.dispatchEvent(new Event("blur"));
		window.dispatchEvent(new Event("focus"));
		proceed().dispatchEvent(byPersonClick());
		await settle();
		expect(asked).toEqual([]);
		clock.pass(1000);
		proceed().dispatchEvent(byPersonClick());
		await settle();
		expect(asked).toHaveLength(1);
	});

	test("is not taken by a key held down", async () => {
		await show(sample("warn"));
		seen(proceed());
		clock.pass(5000);
		const key = byPerson(new KeyboardEvent("keydown", { key: "Enter", repeat: true, bubbles: true, cancelable: true }));
		proceed().dispatchEvent(key);
		expect(key.defaultPrevented).toBe(true);
		proceed().dispatchEvent(byPersonClick());
		await settle();
		expect(asked).toEqual([]);
	});

	test("of a block takes the site's own name", async () => {
		await show(sample("cnnic"));
		seen(proceed());
		clock.pass(1000);
		for (const wrong of ["", "outlook", "example", "outlook.example.evil", "notoutlook.example"]) {
			await type(wrong);
			proceed().dispatchEvent(byPersonClick());
			await settle();
			expect(document.querySelector(".field-error")?.textContent).toContain("not the name of this site");
		}
		expect(asked).toEqual([]);
		await type(" Outlook.Example ");
		expect(document.querySelector(".field-error")).toBeNull();
		proceed().dispatchEvent(byPersonClick());
		await settle();
		expect(asked).toEqual([{ refusal: "r1", lasts: "session", typed: "outlook.example" }]);
	});

	test("works with Enter in the field, not with a script's Enter", async () => {
		await show(sample("cnnic"));
		seen(proceed());
		clock.pass(1000);
		await type("outlook.example");
		const input = document.querySelector<HTMLInputElement>(".way-through input");
		input?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
		await settle();
		expect(asked).toEqual([]);
		input?.dispatchEvent(byPerson(new KeyboardEvent("keydown", { key: "Enter", bubbles: true })));
		await settle();
		expect(asked).toHaveLength(1);
	});

	test("lasts as long as was chosen", async () => {
		await show(sample("warn"));
		const select = document.querySelector("select");
		if (select === null) throw new Error("No choice");
		expect([...select.options].map(({ value }) => value)).toEqual(["session", "hour", "day", "always"]);
		expect(select.value).toBe("session");
		select.value = "hour";
		select.dispatchEvent(new Event("change", { bubbles: true }));
		await settle();
		seen(proceed());
		clock.pass(1000);
		proceed().dispatchEvent(byPersonClick());
		await settle();
		expect(asked[0]?.lasts).toBe("hour");
	});

	test("in a private window ends with it, and is not asked how long", async () => {
		await show(sample("private"));
		expect(document.querySelector("select")).toBeNull();
		expect(document.querySelector(".way-through")?.textContent).toContain("private windows");
	});

	test("says what the background has against it", async () => {
		await show(sample("warn"), { letThrough: async () => ({ ok: false, error: "The rule is gone." }) });
		seen(proceed());
		clock.pass(1000);
		proceed().dispatchEvent(byPersonClick());
		await settle();
		expect(document.querySelector(".field-error")?.textContent).toBe("The rule is gone.");
		expect(went).toEqual([]);
	});

	test.each(["strict", "admin", "locked"])("of %s does not exist, and says why", async (name) => {
		await show(sample(name));
		expect(document.querySelector(".way-through")?.textContent).toMatch(/^There is no way through here/);
		expect(() => proceed()).toThrow();
		expect(document.querySelector<HTMLInputElement>(".way-through input")).toBeNull();
	});

	test("is not said to be the person's own choice when it is an administrator's", async () => {
		await show(sample("admin-strict"));
		expect(document.querySelector(".way-through")?.textContent).toContain("your administrator allows none");
	});

	test("names the host and its port", async () => {
		await show({ ...sample("warn"), port: 8443 });
		expect(proceed().textContent).toBe("Continue to outlook.example:8443 (not recommended)");
		expect(messages.wayProceed?.message).toContain("$HOST$");
	});
});

/** An answer that comes when the test says so. */
function later() {
	let resolve: (answer: TriedAgain) => void = () => undefined;
	const promise = new Promise<TriedAgain>((settled) => {
		resolve = settled;
	});
	return { promise, resolve };
}

describe("a form that was held back", () => {
	const tryAgain = () => button("Try again");
	const send = () => button(/^Send to/);
	const status = () => document.querySelector("[role=status]")?.textContent;
	const headline = () => document.querySelector("h1")?.textContent;

	test("looks neither like an attack nor like a warning", async () => {
		await show(sample("unanswered"));
		expect(document.title).toBe("Not sent: outlook.example");
		expect(document.querySelector(".state-unanswered")).not.toBeNull();
		expect(document.querySelector(".state-stopped, .state-warned")).toBeNull();
		expect(document.body.textContent).not.toMatch(/\b(attack|danger|fake|refused?|stopped)\b/i);
	});

	test("its one filled button asks again; it has the focus, and is read with the message", async () => {
		await show(sample("unanswered"));
		expect(document.querySelectorAll(".button-primary")).toHaveLength(1);
		expect(document.activeElement).toBe(tryAgain());
		expect(tryAgain().classList).toContain("button-primary");
		const described = document.getElementById(tryAgain().getAttribute("aria-describedby") ?? "");
		expect(described?.textContent).toContain("Nothing was sent: not what you typed");
		expect(described?.textContent).toContain("outlook.example");
	});

	test("goes back at once, too", async () => {
		await show(sample("unanswered"));
		button("Go back").click();
		await settle();
		expect(backs).toBe(1);
		expect(held).toEqual([]);
	});

	test("says that it asks, aloud, and does not ask twice at a time", async () => {
		const { promise, resolve } = later();
		const asking = vi.fn(() => promise);
		await show(sample("unanswered"), { tryAgain: asking });
		const region = document.querySelector("[role=status]");
		tryAgain().click();
		await settle();
		expect(status()).toBe("Asking outlook.example. This can take ten seconds.");
		expect(tryAgain().getAttribute("aria-disabled")).toBe("true");
		// It keeps the focus, so that the person's place on the page is not lost.
		expect(tryAgain().disabled).toBe(false);
		expect(document.activeElement).toBe(tryAgain());
		tryAgain().click();
		await settle();
		expect(asking.mock.calls).toEqual([["r1"]]);
		clock.pass(10_000);
		resolve("unanswered");
		await settle();
		expect(status()).toBe("Still no answer at 2:05:10 PM.");
		// Only words that come into a region that is there already are read out.
		expect(document.querySelector("[role=status]")).toBe(region);
		tryAgain().click();
		await settle();
		expect(asking).toHaveBeenCalledTimes(2);
	});

	test("takes a background that fails for no answer", async () => {
		await show(sample("unanswered"), { tryAgain: () => Promise.reject(new Error("gone")) });
		tryAgain().click();
		await settle();
		expect(status()).toMatch(/^Still no answer at/);
	});

	test("accepted: says so, and leads back to the form, where it has to be sent once more", async () => {
		await show(sample("unanswered"), { tryAgain: async () => "accepted" });
		tryAgain().click();
		await settle();
		expect(headline()).toBe("outlook.example has answered.");
		expect(document.title).toBe("Answered: outlook.example");
		expect(document.body.textContent).toContain("Go back, fill in the form if it is empty, and send it once more.");
		expect(document.querySelectorAll("button")).toHaveLength(1);
		expect(document.activeElement).toBe(button("Back to the form"));
		// Nothing goes by itself: the person reads first.
		expect(backs).toBe(0);
		expect(went).toEqual([]);
		button("Back to the form").click();
		await settle();
		expect(backs).toBe(1);
	});

	test("refused: says so while the background puts the other page here", async () => {
		await show(sample("unanswered"), { tryAgain: async () => "refused" });
		tryAgain().click();
		await settle();
		expect(status()).toBe("Your rules refuse who vouches for it.");
		expect(went).toEqual([]);
	});

	test("not known any more: the page that says so", async () => {
		await show(sample("unanswered"), { tryAgain: async () => "gone" });
		tryAgain().click();
		await settle();
		expect(headline()).toBe("Countersign stopped this page earlier.");
	});

	test("sending anyway is under Advanced, and says what it means", async () => {
		await show(sample("unanswered"));
		const details = document.querySelector("details");
		expect(details?.open).toBe(false);
		expect(details?.contains(send())).toBe(true);
		expect(send().textContent).toBe("Send to outlook.example anyway (not recommended)");
		expect(send().className).toBe("button-link");
		expect(details?.textContent).toContain("The answer is still checked, but by then what you sent has left.");
		expect(details?.textContent).toContain("It ends when Firefox closes.");
		expect(details?.querySelector(".way-through select, .way-through input")).toBeNull();
	});

	test("sending anyway has a warning's friction, and then leads back to the form", async () => {
		await show(sample("unanswered"));
		seen(send());
		send().dispatchEvent(byPersonClick());
		clock.pass(1000);
		send().click();
		const key = byPerson(new KeyboardEvent("keydown", { key: "Enter", repeat: true, bubbles: true, cancelable: true }));
		send().dispatchEvent(key);
		expect(key.defaultPrevented).toBe(true);
		send().dispatchEvent(byPersonClick());
		await settle();
		expect(held).toEqual([]);
		send().dispatchEvent(new KeyboardEvent("keyup", { key: "Enter", bubbles: true }));
		send().dispatchEvent(byPersonClick());
		await settle();
		expect(held).toEqual([["sendAnyway", "r1"]]);
		expect(headline()).toBe("You chose to send to outlook.example anyway.");
		expect(document.querySelector(".button-primary")).toBeNull();
		expect(document.activeElement).toBe(button("Back to the form"));
		button("Back to the form").click();
		await settle();
		expect(backs).toBe(1);
	});

	test("says what the background has against sending", async () => {
		await show(sample("unanswered"), { sendAnyway: async () => ({ ok: false, error: "Not here." }) });
		seen(send());
		clock.pass(1000);
		send().dispatchEvent(byPersonClick());
		await settle();
		expect(document.querySelector(".field-error")?.textContent).toBe("Not here.");
		expect(headline()).toBe("Countersign has not sent your form.");
	});

	test("an answer that comes after the choice to send changes nothing any more", async () => {
		const { promise, resolve } = later();
		await show(sample("unanswered"), { tryAgain: () => promise });
		tryAgain().click();
		await settle();
		seen(send());
		clock.pass(1000);
		send().dispatchEvent(byPersonClick());
		await settle();
		resolve("unanswered");
		await settle();
		expect(headline()).toBe("You chose to send to outlook.example anyway.");
	});

	test("under an administrator's lock there is no sending anyway", async () => {
		await show(sample("unanswered-locked"));
		expect(() => send()).toThrow();
		expect(document.querySelector(".way-through")?.textContent).toMatch(/^There is no way through here/);
	});

	test("names the port where it is not the usual one", async () => {
		await show({ ...sample("unanswered"), port: 8443 });
		expect(send().textContent).toBe("Send to outlook.example:8443 anyway (not recommended)");
	});
});

describe("a page to practise on", () => {
	async function practise(): Promise<void> {
		const store = createBlocked({
			background: {
				...practiceBackground(clock.now),
				goBack: async () => {
					backs += 1;
				},
			},
			clock,
			navigate: (url) => went.push(url),
			id: "",
			practice: true,
			reports: noReports,
		});
		await store.load();
		render(<App store={store} />, document.body);
		await settle();
	}

	test("looks like the real one, and says above all that it is none", async () => {
		await practise();
		expect(document.title).toBe("Practice: example.org");
		expect(document.querySelector("main > :first-child")?.textContent).toBe(
			"Practice. This page is made up: every button works, and none does anything.",
		);
		expect(document.querySelector("h1")?.textContent).toBe("You told Countersign not to accept CNNIC.");
		expect(document.activeElement).toBe(button("Go back (recommended)"));
	});

	test("lets through what is typed rightly, with the same friction, and loads nothing", async () => {
		await practise();
		seen(proceed());
		await type("example.org");
		proceed().dispatchEvent(byPersonClick());
		await settle();
		expect(document.querySelector("h1")?.textContent).toBe("You told Countersign not to accept CNNIC.");
		clock.pass(1000);
		await type("example.com");
		proceed().dispatchEvent(byPersonClick());
		await settle();
		expect(document.querySelector(".field-error")?.textContent).toContain("not the name of this site");
		await type("example.org");
		proceed().dispatchEvent(byPersonClick());
		await settle();
		expect(document.querySelector("h1")?.textContent).toBe("This was the way through.");
		expect(document.activeElement).toBe(button("Back to Countersign"));
		button("Practice once more").click();
		await settle();
		expect(document.querySelector("h1")?.textContent).toBe("You told Countersign not to accept CNNIC.");
		button("Check again").click();
		await settle();
		expect(document.querySelector("h1")?.textContent).toBe("Here, the page would be checked again.");
		expect(went).toEqual([]);
		button("Back to Countersign").click();
		await settle();
		expect(backs).toBe(1);
	});
});

describe("its store", () => {
	test("asks for nothing without an id", async () => {
		const refusal = vi.fn();
		const store = createBlocked({
			background: {
				refusal,
				chainOf: vi.fn(),
				letThrough: vi.fn(),
				goBack: vi.fn(),
				tryAgain: vi.fn(),
				sendAnyway: vi.fn(),
			},
			clock,
			navigate: () => undefined,
			id: "",
			reports: noReports,
		});
		await store.load();
		expect(store.refusal.value).toBeNull();
		expect(refusal).not.toHaveBeenCalled();
	});
});
