/** The background as a whole, in a Firefox made of maps. */
import { describe, expect, it, vi } from "vitest";
import type { Tab } from "../../src/browser/tabs.ts";
import { firstState } from "../../src/core/state.ts";
import {
	against,
	BAD,
	BLOCK_PAGE,
	createFake,
	type Fake,
	type FakeOptions,
	GOOD,
	NOW,
	never,
	request,
	settle,
} from "./fake.ts";

const PAGE = "https://a.example/";
const OTHER = "https://b.example/";

async function start(options: FakeOptions = {}): Promise<Fake> {
	const fake = createFake(options);
	await fake.app.rules.ready;
	fake.vouch(OTHER, BAD);
	return fake;
}

const blockPages = ({ loads }: Fake) =>
	loads.filter(({ url }) => url.startsWith(BLOCK_PAGE)).map(({ tabId, replace }) => ({ tabId, replace }));

const refuse = (fake: Fake, letter: string) =>
	fake.app.rules.edit(({ rules }) => ({ rules: [...rules, against(letter)] }), { what: "add", title: letter });

const accept = (fake: Fake, id: string) =>
	fake.app.rules.edit(({ rules }) => ({ rules: rules.filter((rule) => rule.id !== id) }), {
		what: "delete",
		title: id,
	});

describe("a visit", () => {
	it("to a good page is shown, and the button says who checked", async () => {
		const fake = await start();
		expect(await fake.visit(PAGE)).toBe("shown");
		expect(fake.faces.get(1)).toEqual({ title: expect.stringMatching(/\w/), badge: "" });
		expect(fake.loads).toEqual([]);
	});

	it("to a refused page ends on the block page, which names an id and nothing else", async () => {
		const fake = await start();
		await fake.visit(PAGE);
		expect(await fake.visit(OTHER)).toBe("stopped");
		expect(fake.loads).toEqual([{ tabId: 1, url: `${BLOCK_PAGE}?id=id-1`, replace: false }]);
		await settle();
		expect(fake.app.documents.current(1)?.refusal).toBe("id-1");
		expect(fake.app.refusals.get("id-1")?.refusal).toMatchObject({
			url: OTHER,
			host: "b.example",
			page: true,
			outcome: "refuse",
			rule: { ref: "a" },
			position: 2,
			wayThrough: "type-name",
			time: NOW,
		});
	});

	it("from a block page gives its place in the history to the next one", async () => {
		const fake = await start();
		await fake.visit(OTHER);
		await settle();
		await fake.visit(OTHER);
		expect(blockPages(fake)).toEqual([
			{ tabId: 1, replace: false },
			{ tabId: 1, replace: true },
		]);
	});

	it("in a tab that is gone is cancelled all the same, and waits for nothing", async () => {
		const fake = await start();
		fake.tabs.clear();
		expect(await fake.visit(OTHER)).toBe("stopped");
		expect(fake.loads).toEqual([]);
	});

	it("that Firefox does not answer for in time is unverifiable", async () => {
		const fake = await start({ deps: { verdictMs: 5, ask: () => never() } });
		expect(await fake.visit(PAGE)).toBe("stopped");
		expect(fake.app.refusals.get("id-1")?.refusal).toMatchObject({ outcome: "unverifiable", unreadable: "timeout" });
	});

	it("tells what had been sent", async () => {
		const fake = await start({ rules: [against("G")] });
		const details = request(PAGE, { requestHeaders: [{ name: "Cookie", value: "a=1" }] });
		fake.app.sent.note(details);
		await fake.app.guard.onHeadersReceived(details);
		expect(fake.app.refusals.get("id-1")?.refusal.sent).toEqual({
			method: "GET",
			cookies: true,
			authorization: false,
			body: false,
		});
	});
});

describe("a block page that no rule needs any more", () => {
	it("gives way when it is loaded anew; one that is needed stays, and so does one that Back comes to", async () => {
		const fake = await start();
		await fake.visit(OTHER);
		await settle();
		const blockPage = fake.tabs.get(1)?.url as string;
		const load = async (transitionType: string): Promise<unknown> => {
			fake.loads.length = 0;
			fake.tabs.set(1, { ...(fake.tabs.get(1) as Tab), url: blockPage });
			fake.app.committed({ tabId: 1, frameId: 0, url: blockPage, transitionType });
			await settle();
			return fake.loads;
		};
		expect(await load("reload")).toEqual([]);
		fake.tabs.clear();
		await accept(fake, "a");
		await settle();
		fake.tabs.set(1, {
			id: 1,
			url: blockPage,
			private: false,
			openerTabId: null,
			index: 0,
			windowId: 1,
			discarded: false,
		});
		expect(await load("link")).toEqual([]);
		expect(await load("reload")).toEqual([{ tabId: 1, url: OTHER, replace: true }]);
	});
});

describe("a hundred refusals at once", () => {
	it("each get their own tab's block page, and the newest details are kept", async () => {
		const fake = await start();
		for (let n = 1; n <= 100; n++) {
			fake.tabs.set(n, {
				id: n,
				url: null,
				private: false,
				openerTabId: null,
				index: n,
				windowId: 1,
				discarded: false,
			});
			fake.vouch(`https://h${n}.example/`, BAD);
		}
		const visits = Array.from({ length: 100 }, (_, n) => fake.visit(`https://h${n + 1}.example/`, { tabId: n + 1 }));
		expect(await Promise.all(visits)).toEqual(Array(100).fill("stopped"));
		await settle();
		for (let n = 1; n <= 100; n++) {
			const id = fake.app.documents.current(n)?.refusal ?? "";
			expect(fake.app.refusals.get(id)?.refusal.host).toBe(`h${n}.example`);
		}
	});
});

describe("parts", () => {
	it("that are refused are stopped quietly: counted, and no tab is touched", async () => {
		const fake = await start();
		await fake.visit(PAGE);
		fake.vouch(`${OTHER}1.png`, BAD);
		fake.vouch(`${OTHER}2.png`, BAD);
		expect(await fake.part(`${OTHER}1.png`)).toBe("stopped");
		expect(await fake.part(`${OTHER}2.png`)).toBe("stopped");
		expect(fake.loads).toEqual([]);
		expect(fake.faces.get(1)?.badge).toBe("2");
		expect(fake.app.refusals.get("id-2")?.refusal.page).toBe(false);
	});

	it("are counted up to a number that fits the button", async () => {
		const fake = await start();
		await fake.visit(PAGE);
		for (let n = 0; n < 1001; n++) {
			fake.vouch(`${OTHER}${n}`, BAD);
			await fake.part(`${OTHER}${n}`);
		}
		expect(fake.faces.get(1)?.badge).toBe("999+");
	});
});

describe("when rules become stricter", () => {
	it("open pages that they refuse get the block page in their place, at once; others stay", async () => {
		const fake = await start();
		fake.tabs.set(2, { id: 2, url: null, private: false, openerTabId: null, index: 1, windowId: 1, discarded: false });
		fake.vouch("https://c.example/", "root[T] -> leaf[N]");
		await fake.visit(PAGE);
		await fake.visit("https://c.example/", { tabId: 2 });
		await refuse(fake, "G");
		await settle();
		expect(blockPages(fake)).toEqual([{ tabId: 1, replace: true }]);
		expect(fake.cachesForgotten).toBeGreaterThan(0);
		// And back, when the rule goes.
		await accept(fake, "g");
		await settle();
		expect(fake.loads.at(-1)).toEqual({ tabId: 1, url: PAGE, replace: true });
	});

	it.each([null, "https://elsewhere.example/"])(
		"a tab that has left its block page for %s stays there",
		async (url) => {
			const fake = await start();
			await fake.visit(PAGE);
			await refuse(fake, "G");
			await settle();
			expect(blockPages(fake)).toHaveLength(1);
			// The background has not been told yet, and Firefox does not tell every address.
			const shown = fake.tabs.get(1);
			if (shown) fake.tabs.set(1, { ...shown, url });
			await accept(fake, "g");
			await settle();
			expect(fake.loads).toHaveLength(1);
		},
	);

	it("tabs that have gone on to another page, before the background was told, stay there", async () => {
		const fake = await start();
		await fake.visit(PAGE);
		const shown = fake.tabs.get(1);
		if (shown) fake.tabs.set(1, { ...shown, url: "https://elsewhere.example/" });
		await refuse(fake, "G");
		await settle();
		expect(blockPages(fake)).toEqual([]);
		// The host is refused all the same.
		expect(fake.app.hosts.refusalOf(new URL(PAGE).hostname, false)).not.toBe(null);
	});

	it("a page with parts that they refuse is loaded again, once", async () => {
		const fake = await start();
		fake.vouch(PAGE, "root[T] -> leaf[N]");
		await fake.visit(PAGE);
		fake.vouch("https://cdn.example/1", GOOD);
		fake.vouch("https://cdn2.example/1", GOOD);
		await fake.part("https://cdn.example/1");
		await fake.part("https://cdn2.example/1");
		await refuse(fake, "G");
		await settle();
		expect(fake.reloads).toEqual([1]);
		expect(blockPages(fake)).toEqual([]);
	});

	it("a page that took the place of such a one meanwhile is not loaded again", async () => {
		const fake = await start();
		fake.vouch(PAGE, "root[T] -> leaf[N]");
		await fake.visit(PAGE);
		fake.vouch("https://cdn.example/1", GOOD);
		await fake.part("https://cdn.example/1");
		const goOn = async () => {
			await null;
			fake.app.committed({ tabId: 1, frameId: 0, url: "https://elsewhere.example/" });
		};
		Object.assign(fake.app.deps, { forgetCaches: goOn });
		await refuse(fake, "G");
		await settle();
		expect(fake.reloads).toEqual([]);
	});

	it.each([
		["still shows the page", PAGE, 1],
		["was emptied before Firefox answered", "about:blank", 0],
	])("a tab whose address Firefox does not tell, and that %s", async (_, now, count) => {
		const fake = await start();
		await fake.visit(PAGE);
		const shown = fake.tabs.get(1);
		if (!shown) throw new Error("no tab");
		fake.tabs.get = () => {
			if (now !== PAGE) fake.app.committed({ tabId: 1, frameId: 0, url: now });
			return { ...shown, url: null };
		};
		await refuse(fake, "G");
		await settle();
		expect(blockPages(fake)).toHaveLength(count);
	});

	it("a page that comes back out of Firefox's memory is judged by them", async () => {
		const fake = await start();
		await fake.visit(PAGE);
		fake.commit(1, "about:blank");
		await refuse(fake, "G");
		await settle();
		expect(blockPages(fake)).toEqual([]);
		fake.commit(1, PAGE);
		await settle();
		expect(blockPages(fake)).toHaveLength(1);
	});

	it("a host that stays refused stays away from http, one that is free does not", async () => {
		const fake = await start();
		await fake.visit(OTHER);
		await settle();
		expect(fake.app.hosts.refusalOf("b.example", false)).not.toBe(null);
		await refuse(fake, "T");
		expect(fake.app.hosts.refusalOf("b.example", false)).not.toBe(null);
		await accept(fake, "a");
		expect(fake.app.hosts.refusalOf("b.example", false)).toBe(null);
	});
});

describe("pages", () => {
	it("are told of changes once in a turn, however many there are", async () => {
		const fake = await start();
		for (let n = 0; n < 50; n++) fake.app.changed();
		expect(fake.broadcasts).toBe(0);
		await settle();
		expect(fake.broadcasts).toBe(1);
	});
});

describe("private windows", () => {
	it("leave nothing behind when the last of them closes", async () => {
		const fake = await start();
		const tab = { id: 9, url: null, private: true, openerTabId: null, index: 0, windowId: 2, discarded: false };
		fake.tabs.set(9, tab);
		await fake.visit(OTHER, { tabId: 9, incognito: true });
		expect(fake.app.hosts.refusalOf("b.example", true)).not.toBe(null);
		expect(fake.app.hosts.refusalOf("b.example", false)).toBe(null);
		fake.app.privateWindowsClosed();
		expect(fake.app.hosts.refusalOf("b.example", true)).toBe(null);
		expect(fake.app.refusals.get("id-1")).toBe(null);
		expect(fake.writes).toEqual([]);
	});
});

describe("a tab that is gone", () => {
	it("is forgotten, and what waits for its block page goes on", async () => {
		const fake = await start({ deps: { loadInTab: async () => true } });
		const visit = fake.visit(OTHER);
		await vi.waitFor(() => expect(fake.app.refusals.get("id-1")).not.toBe(null));
		await settle();
		fake.app.tabRemoved(1);
		expect(await visit).toBe("stopped");
		expect(fake.app.documents.current(1)).toBe(null);
	});
});

describe("stored exceptions", () => {
	it("are in force before the first verdict", async () => {
		const state = {
			...firstState({ version: 1, rules: [against("A")] }),
			exceptions: [
				{
					id: "kept",
					host: "b.example",
					port: 443,
					rule: "a",
					bound: { kind: "key" as const, spki: `${"A".repeat(42)}A=` },
					found: "Bad",
					lasts: "always" as const,
					until: null,
					created: NOW - 1,
				},
			],
		};
		const fake = createFake({ stored: { state } });
		fake.vouch(OTHER, BAD);
		// No waiting for anything: the very first request.
		expect(await fake.visit(OTHER)).toBe("shown");
		expect([...(fake.app.documents.current(1)?.used.keys() ?? [])]).toEqual(["kept"]);
	});
});
