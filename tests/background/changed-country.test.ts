/** The setting `changedCountry`, by way of the guard and of preflight: what is held, and what is known from then on. */
import "../ui/setup.ts";
import { describe, expect, it, vi } from "vitest";
import { createAnswer } from "../../src/background/answer.ts";
import { CHANGED_COUNTRY, type Settings } from "../../src/core/policy.ts";
import type { Refusal } from "../../src/protocol.ts";
import { createFake, type Fake, type FakeOptions, GOOD, ORIGIN, pending, settle } from "./fake.ts";

const DAY = 24 * 60 * 60 * 1000;
/** By an authority of the US (`GOOD`), of China (which the catalogue has as One), of Germany and of nobody knows where. */
const CHINA = "root[A O=Bad C=CN] -> ca[C O=Bad C=CN] -> leaf[M]";
const GERMANY = "root[D O=Gut C=DE] -> ca[E O=Gut C=DE] -> leaf[M]";
const OTHER_US = "root[U O=Union C=US] -> ca[V O=Union C=US] -> leaf[M]";
const NOWHERE = "root[W O=Somebody] -> leaf[M]";
const SITE = "https://www.site.example/";

const ON: Settings = { preflight: "off", unverifiable: "block", changedCountry: "warn" };

async function start(options: FakeOptions = {}, settings: Settings = ON): Promise<Fake> {
	const fake = createFake({ rules: [], ...options, deps: { narrowMs: 0, ...options.deps } });
	await fake.app.rules.ready;
	await fake.app.rules.change((state) => ({ ...state, policy: { ...state.policy, settings } }), { tightened: true });
	return fake;
}

/** What the block page asks. */
async function ask<Answer>(fake: Fake, method: string, ...args: unknown[]): Promise<Answer> {
	const answer = createAnswer(fake.app, {
		...{ ownId: "self", ownOrigin: ORIGIN, isPrivateAllowed: async () => true, isRestricted: async () => false },
		...{ goBack: async () => undefined, leaveTab: async () => undefined },
	});
	const sender = { id: "self", url: `${ORIGIN}src/blocked/index.html`, tabId: 1 } as Parameters<typeof answer>[1];
	return (await answer({ to: "background", method, args }, sender)) as Answer;
}

/** The refusal whose block page was put up last. */
async function shown(fake: Fake): Promise<Refusal> {
	const id = new URL(fake.loads.at(-1)?.url ?? "").searchParams.get("id");
	return await ask<Refusal>(fake, "refusal", id);
}

/** A visit by some chain; what is noted of it is in the record afterwards. */
async function visit(fake: Fake, drawn: string, url = SITE, more: Parameters<Fake["visit"]>[1] = {}) {
	fake.vouch(url, drawn);
	const outcome = await fake.visit(url, more);
	await fake.app.sites.view();
	return outcome;
}

describe("a page by an authority of another country", () => {
	it("is held when others vouched for its domain before; gone on with, it is known", async () => {
		const fake = await start();
		expect(await visit(fake, GOOD)).toBe("shown");
		fake.now += 10 * DAY;
		expect(await visit(fake, CHINA, "https://mail.site.example/")).toBe("stopped");
		const refusal = await shown(fake);
		expect(refusal).toMatchObject({
			...{ outcome: "warn", wayThrough: "click", page: true, host: "mail.site.example" },
			...{ selector: { country: "CN" }, position: 2 },
			rule: { ref: CHANGED_COUNTRY, source: "person", action: "warn" },
			before: [{ authority: null, name: "Good", country: "US", first: refusal.before[0]?.last }],
		});
		// It is not noted: it is held again.
		fake.now += DAY;
		expect(await visit(fake, CHINA)).toBe("stopped");
		const { id } = await shown(fake);
		expect(await ask(fake, "letThrough", { refusal: id, lasts: "session", typed: null })).toEqual({
			ok: true,
			url: SITE,
		});
		expect(await visit(fake, CHINA)).toBe("shown");
		expect(await visit(fake, GOOD)).toBe("shown");
		expect(await visit(fake, CHINA, "https://mail.site.example/")).toBe("shown");
		expect(fake.app.exceptions.all()).toEqual([]);
		// Both are known as long as they are seen within 90 days.
		fake.now += 60 * DAY;
		expect(await visit(fake, GOOD)).toBe("shown");
		fake.now += 20 * DAY;
		expect(await visit(fake, CHINA)).toBe("shown");
		fake.now += 89 * DAY;
		expect(await visit(fake, GERMANY)).toBe("stopped");
		fake.now += DAY;
		// Of a site that was not visited for so long nothing is known, and nothing is said.
		expect(await visit(fake, GERMANY)).toBe("shown");
	});

	it.each([
		["on a first visit", [], CHINA],
		["by another authority of the same country", [OTHER_US], GOOD],
		["where its country is not known", [GOOD], NOWHERE],
		["where only authorities without a country vouched before", [NOWHERE], CHINA],
	])("is not held %s", async (_, earlier, now) => {
		const fake = await start();
		for (const drawn of earlier) expect(await visit(fake, drawn)).toBe("shown");
		expect(await visit(fake, now)).toBe("shown");
	});

	it("is held where only a part came by that country: parts make nothing known", async () => {
		const fake = await start();
		await visit(fake, GOOD);
		expect(await visit(fake, CHINA, "https://static.site.example/x", { type: "image" })).toBe("shown");
		expect(await visit(fake, CHINA)).toBe("stopped");
	});

	it("stops no parts and frames, no private windows, and nothing where it is off", async () => {
		const fake = await start();
		await visit(fake, GOOD);
		for (const type of ["image", "script", "sub_frame", "xmlhttprequest"]) {
			expect(await visit(fake, CHINA, `${SITE}${type}`, { type })).toBe("shown");
		}
		expect(await visit(fake, CHINA, SITE, { incognito: true })).toBe("shown");
		const off = await start({}, { ...ON, changedCountry: "off" });
		await visit(off, GOOD);
		const looked = vi.spyOn(off.app.sites, "changedCountry");
		const started = vi.spyOn(off.app.sites, "start");
		expect(await visit(off, CHINA)).toBe("shown");
		expect(looked).not.toHaveBeenCalled();
		expect(started.mock.calls.length).toBeLessThanOrEqual(2);
	});

	it("stops no parts of a host whose page is held", async () => {
		const fake = await start();
		await visit(fake, GOOD);
		expect(await visit(fake, CHINA)).toBe("stopped");
		const remembered = await fake.app.remembered.onBeforeRequest({
			...{ requestId: "r", url: `${SITE}x.png`, method: "GET", tabId: 1, frameId: 0, type: "image" },
		});
		expect(remembered).toEqual({});
		const page = await fake.app.remembered.onBeforeRequest({
			...{ requestId: "s", url: SITE, method: "GET", tabId: 1, frameId: 0, type: "main_frame" },
		});
		expect(page).toEqual({ cancel: true });
	});

	it("is held before anything leaves, where a probe goes ahead of it", async () => {
		const fake = await start({}, { ...ON, preflight: "credentials" });
		await visit(fake, GOOD);
		fake.now += DAY;
		fake.app.checked.forget();
		const requestHeaders = [{ name: "Cookie", value: "a=b" }];
		const meanwhile = vi.fn();
		fake.vouch(SITE, CHINA);
		expect(await fake.visit(SITE, { requestHeaders }, { meanwhile })).toBe("stopped");
		expect(meanwhile).not.toHaveBeenCalled();
		expect(await shown(fake)).toMatchObject({ rule: { ref: CHANGED_COUNTRY }, sent: { cookies: false } });
	});

	it("is judged by a rule first: what is refused is refused", async () => {
		const rule = { id: "a", title: "A", match: [{ authority: "one" }], action: "block" as const, enabled: true };
		const fake = await start({ rules: [rule] });
		await visit(fake, GOOD);
		expect(await visit(fake, CHINA)).toBe("stopped");
		expect(await shown(fake)).toMatchObject({ rule: { ref: "a" }, before: [{ name: "Good" }] });
	});

	it("as an administrator has it: said to be his, and still one click under a lock", async () => {
		const policy = { version: 1, rules: [], settings: { changedCountry: "warn" } };
		const fake = createFake({
			rules: [],
			managed: { kind: "value", value: { policy, locked: true } },
			deps: { narrowMs: 0 },
		});
		await fake.app.rules.ready;
		await visit(fake, GOOD);
		expect(await visit(fake, CHINA)).toBe("stopped");
		expect(await shown(fake)).toMatchObject({ rule: { source: "admin" }, wayThrough: "click" });
	});
});

describe("the record", () => {
	/** What a record that was written by another run of Firefox holds. */
	async function written(): Promise<Record<string, unknown>> {
		const fake = await start();
		await visit(fake, GOOD);
		await ask(fake, "keepSites", true);
		return fake.stored;
	}

	it("is read before the first page is judged, after a restart", async () => {
		const fake = createFake({ rules: [], stored: await written() });
		expect(await visit(fake, CHINA)).toBe("stopped");
	});

	it("that does not come within a second has no say", async () => {
		const stored = await written();
		const late = pending<Record<string, unknown>>();
		const fake = createFake({
			rules: [],
			deps: { readStorage: async (keys) => (keys.includes("sites") ? await late.promise : stored) },
		});
		await fake.app.rules.ready;
		fake.vouch(SITE, CHINA);
		vi.useFakeTimers();
		try {
			const outcome = fake.visit(SITE);
			await vi.advanceTimersByTimeAsync(999);
			let isOver = false;
			void outcome.then(() => {
				isOver = true;
			});
			await vi.advanceTimersByTimeAsync(0);
			expect(isOver).toBe(false);
			await vi.advanceTimersByTimeAsync(2);
			expect(await outcome).toBe("shown");
			late.resolve(stored);
		} finally {
			vi.useRealTimers();
		}
	});

	it("that cannot be read has no say, and one that cannot be written holds nothing for ever", async () => {
		const broken = await start({
			deps: {
				readStorage: async (keys) => {
					if (keys.includes("sites")) throw new Error("broken");
					return {};
				},
			},
		});
		await visit(broken, GOOD);
		expect(await visit(broken, CHINA)).toBe("shown");
		const full = await start();
		await visit(full, GOOD);
		full.writeError = new Error("full");
		await settle();
		expect(await visit(full, CHINA)).toBe("stopped");
		const { id } = await shown(full);
		await ask(full, "letThrough", { refusal: id, lasts: "session", typed: null });
		expect(await visit(full, CHINA)).toBe("shown");
	});

	it("that is off, or was cleared, has no say", async () => {
		const fake = await start();
		await visit(fake, GOOD);
		await ask(fake, "clearSites");
		expect(await visit(fake, CHINA)).toBe("shown");
		await ask(fake, "keepSites", false);
		expect(await visit(fake, GOOD)).toBe("shown");
		expect(await visit(fake, CHINA)).toBe("shown");
	});
});
