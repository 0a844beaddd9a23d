/** What Firefox asks about before it sends: everything, unless it is certain that less will do. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Credentialed, type CredentialedDeps } from "../../src/background/credentialed.ts";
import { createFake, type Fake, never, request } from "./fake.ts";

const COOKIE = { name: "Cookie", value: "a=1" };

async function started(prepare: (fake: Fake) => void = () => undefined, more: Parameters<typeof createFake>[0] = {}) {
	const fake = createFake(more);
	prepare(fake);
	await fake.app.rules.ready;
	await vi.advanceTimersByTimeAsync(0);
	return fake;
}

const setting = (fake: Fake, preflight: "off" | "credentials" | "always") =>
	fake.app.rules.change(
		(state) => ({
			...state,
			policy: { ...state.policy, settings: { preflight, unverifiable: "block", changedCountry: "off" } },
		}),
		{ tightened: true },
	);

const later = () => vi.advanceTimersByTimeAsync(1000);
const withCookies = (fake: Fake) => void fake.cookies.set("firefox-default", [".a.example", "b.example", ""]);

describe("what is asked about before it is sent", () => {
	beforeEach(() => void vi.useFakeTimers());
	afterEach(() => void vi.useRealTimers());

	it("is everything at first, and what has cookies or brings a body once the cookies were looked at", async () => {
		const fake = await started(withCookies);
		expect(fake.asksAbout).toBe("all");
		await later();
		expect(fake.asksAbout).toEqual([".a.example", "b.example"]);
	});

	it("grows with each domain that gets a cookie, once for each", async () => {
		const fake = await started(withCookies);
		// One that comes while cookies are looked at is not lost.
		await fake.app.credentialed.note("early.example");
		await later();
		for (const domain of ["c.example", ".a.example", "c.example"]) await fake.app.credentialed.note(domain);
		expect(fake.asksAbout).toEqual(["early.example", ".a.example", "b.example", "c.example"]);
	});

	it("grows with each host that asks for a password, and each that was given one", async () => {
		const fake = await started();
		await later();
		await fake.visit("https://asks.example/", { statusCode: 401, type: "image" });
		const given = request("https://given.example/", { requestHeaders: [{ name: "Authorization", value: "Basic x" }] });
		await Promise.all([fake.app.preflight.onBeforeSendHeaders(given), later()]);
		expect(fake.asksAbout).toEqual(["asks.example", "given.example"]);
	});

	it("is nothing when preflight is off, and everything when it is always", async () => {
		const fake = await started(withCookies);
		await setting(fake, "off");
		await later();
		expect(fake.asksAbout).toBe("none");
		await fake.app.credentialed.note("c.example");
		expect(fake.asksAbout).toBe("none");
		await setting(fake, "always");
		await later();
		expect(fake.asksAbout).toBe("all");
		await setting(fake, "credentials");
		expect(fake.asksAbout).toBe("all");
		await later();
		expect((fake.asksAbout as string[]).toSorted()).toEqual([".a.example", "b.example", "c.example"]);
	});

	it("does not become less because other rules change", async () => {
		const fake = await started(withCookies);
		await later();
		await fake.app.rules.change((state) => state, { tightened: true });
		expect(fake.asksAbout).toEqual([".a.example", "b.example"]);
	});

	const FAULTS: readonly [string, Parameters<typeof createFake>[0]][] = [
		["does not say which stores there are", { deps: { cookieStores: () => Promise.reject(new Error("no")) } }],
		["does not say which cookies there are", { deps: { cookieDomains: () => Promise.reject(new Error("no")) } }],
		["never says", { deps: { cookieDomains: () => never() } }],
		[
			"throws",
			{
				deps: {
					cookieDomains: () => {
						throw new Error("no");
					},
				},
			},
		],
	];
	it.each(FAULTS)("stays everything where Firefox %s", async (_, options) => {
		const fake = await started(withCookies, options);
		await later();
		expect(fake.asksAbout).toBe("all");
		await setting(fake, "always");
		await setting(fake, "credentials");
		await later();
		expect(fake.asksAbout).toBe("all");
	});

	it("stays everything, or becomes it again, where Firefox does not take a domain", async () => {
		const fake = await started(withCookies);
		fake.sendingError = new Error("no such pattern");
		await later();
		expect(fake.asksAbout).toBe("all");

		const other = await started(withCookies);
		await later();
		other.sendingError = new Error("no such pattern");
		await other.app.credentialed.note("odd domain");
		expect(other.asksAbout).toBe("all");
		await setting(other, "off");
		expect(other.asksAbout).toBe("none");
	});

	it("is everything where there are more domains than are worth comparing", async () => {
		const domains = Array.from({ length: 2000 }, (_, index) => `d${index}.example`);
		const fake = await started((one) => void one.cookies.set("firefox-default", domains));
		await later();
		expect(fake.asksAbout).toHaveLength(2000);
		await fake.app.credentialed.note("one-more.example");
		expect(fake.asksAbout).toBe("all");
		await later();
		expect(fake.asksAbout).toBe("all");
	});
});

describe("a container that was not open before", () => {
	beforeEach(() => void vi.useFakeTimers());
	afterEach(() => void vi.useRealTimers());

	it("holds its first page until its cookies are known, so that parts of it are asked about", async () => {
		const fake = await started(withCookies);
		await later();
		fake.cookies.set("firefox-container-7", ["work.example"]);
		const page = request("https://news.example/", { cookieStoreId: "firefox-container-7", requestHeaders: [] });
		const answer = fake.app.preflight.onBeforeSendHeaders(page);
		expect(answer).toBeInstanceOf(Promise);
		expect(await answer).toEqual({});
		expect(fake.asksAbout).toEqual([".a.example", "b.example", "work.example"]);
		// Known from now on.
		expect(fake.app.preflight.onBeforeSendHeaders(page)).toEqual({});
	});

	it("has everything asked about where its cookies cannot be had", async () => {
		let fails = false;
		const fake = await started(undefined, {
			deps: { cookieDomains: () => (fails ? Promise.reject(new Error("no")) : Promise.resolve([])) },
		});
		await later();
		expect(fake.asksAbout).toEqual([]);
		fails = true;
		const page = request("https://news.example/", { cookieStoreId: "firefox-container-7", requestHeaders: [] });
		expect(await fake.app.preflight.onBeforeSendHeaders(page)).toEqual({});
		expect(fake.asksAbout).toBe("all");
	});

	it("has everything asked about where Firefox never says which cookies it has; its page does not wait for ever", async () => {
		let hangs = false;
		const fake = await started(undefined, {
			deps: { cookieDomains: () => (hangs ? never() : Promise.resolve([])) },
		});
		await later();
		hangs = true;
		const page = request("https://news.example/", { cookieStoreId: "firefox-container-7", requestHeaders: [] });
		const answered = vi.fn<(answer: object) => void>();
		void Promise.resolve(fake.app.preflight.onBeforeSendHeaders(page)).then(answered);
		await vi.advanceTimersByTimeAsync(1999);
		expect(answered).not.toHaveBeenCalled();
		await vi.advanceTimersByTimeAsync(1);
		expect(answered).toHaveBeenCalledWith({});
		expect(fake.asksAbout).toBe("all");
	});

	it("is read once, however many of its pages wait for that", async () => {
		const cookieDomains = vi.fn<CredentialedDeps["cookieDomains"]>(async () => ["work.example"]);
		const sending = {
			all: () => undefined,
			none: () => undefined,
			only: async () => undefined,
			add: async () => undefined,
		};
		const credentialed = new Credentialed({ sending, cookieStores: async () => [], cookieDomains });
		credentialed.apply("credentials");
		await credentialed.narrow();
		expect(credentialed.knows("work")).toBe(false);
		await Promise.all([credentialed.learn("work"), credentialed.learn("work")]);
		expect(cookieDomains).toHaveBeenCalledOnce();
		expect(credentialed.knows("work")).toBe(true);
		expect(credentialed.knows(undefined)).toBe(true);
	});
});

describe("a request that Firefox asks about twice", () => {
	it("gets the same answer, and its site one probe", async () => {
		const fake = createFake();
		await fake.app.rules.ready;
		await new Promise((done) => setTimeout(done, 5));
		fake.sendProbe = () => Promise.reject(new Error("no answer"));
		const page = request("https://a.example/", { requestHeaders: [COOKIE] });
		const [one, other] = await Promise.all([
			fake.app.preflight.onBeforeSendHeaders(page),
			fake.app.preflight.onBeforeSendHeaders(page),
		]);
		expect(one).toEqual({ requestHeaders: [] });
		expect(other).toEqual(one);
		// Held back once, it is asked for once more when its chain is accepted.
		expect(fake.app.preflight.accepted(page)).toEqual({ redirectUrl: "https://a.example/" });
	});
});
