import { afterEach, beforeEach, expect, test, vi } from "vitest";

const REPORT = { tabId: 7, state: "protected" };

let messages: unknown[];
let queries: number;
let changed: () => void;

/** Firefox, as far as this script asks it. `over`: what it does otherwise. */
function firefox(over: {
	query?: () => Promise<unknown>;
	answer?: () => Promise<unknown>;
	os?: () => Promise<unknown>;
}) {
	const { query = async () => [{ id: 7 }], answer = async () => REPORT, os = async () => ({ os: "linux" }) } = over;
	vi.stubGlobal("browser", {
		runtime: {
			connect: () => ({
				onMessage: {
					addListener: (listener: () => void) => {
						messages.push("connected");
						changed = listener;
					},
				},
			}),
			getPlatformInfo: os,
			sendMessage: (message: unknown) => {
				messages.push(message);
				return answer();
			},
		},
		tabs: {
			query: () => {
				queries += 1;
				return query();
			},
		},
	});
}

const load = async (search = "") => {
	history.replaceState(null, "", `/src/popup/index.html${search}`);
	return await import("../../src/popup/ask.ts");
};

beforeEach(() => {
	messages = [];
	queries = 0;
	vi.resetModules();
});
afterEach(() => vi.unstubAllGlobals());

test("asks at once, after it has begun to hear of changes", async () => {
	firefox({});
	const { report, tabId, isPage } = await load();
	expect(await report).toBe(REPORT);
	expect(await tabId).toBe(7);
	expect(await isPage).toBe(false);
	expect(messages).toEqual(["connected", { to: "background", method: "tab", args: [7] }]);
});

test("as a page of its own it is about the tab that its address names", async () => {
	firefox({});
	const { report, isPage } = await load("?tab=12");
	await report;
	expect(await isPage).toBe(true);
	expect(queries).toBe(0);
	expect(messages).toEqual(["connected", { to: "background", method: "tab", args: [12] }]);
});

test("fills a phone's screen", async () => {
	firefox({ os: async () => ({ os: "android" }) });
	expect(await (await load()).isPage).toBe(true);
});

test("where Firefox does not say which tab, there is none, and nobody is asked", async () => {
	for (const query of [async () => [], () => Promise.reject(new Error("no window"))]) {
		vi.resetModules();
		firefox({ query, os: () => Promise.reject(new Error("no platform")) });
		const { report, tabId, isPage } = await load();
		expect(await tabId).toBeNull();
		expect(await report).toBeNull();
		expect(await isPage).toBe(false);
	}
	expect(messages).toEqual(["connected", "connected"]);
});

test("a background that does not answer is an error for whoever waits for it, and for nobody else", async () => {
	firefox({ answer: () => Promise.reject(new Error("no background")) });
	const { report } = await load();
	await expect(report).rejects.toThrow("no background");
});

test("what changes before the rest of the popup is there is not missed", async () => {
	firefox({});
	const { followChanges, report } = await load();
	await report;
	changed();
	let calls = 0;
	followChanges(() => {
		calls += 1;
	});
	expect(calls).toBe(1);
	changed();
	expect(calls).toBe(2);
});

test("where nothing has changed, nothing is asked twice", async () => {
	firefox({});
	const { followChanges } = await load();
	let calls = 0;
	followChanges(() => {
		calls += 1;
	});
	expect(calls).toBe(0);
});
