/** What pages may ask: who may ask it, in which shape, and what comes of it. */
import "../ui/setup.ts";
import { describe, expect, it, vi } from "vitest";
import { type AnswerDeps, createAnswer } from "../../src/background/answer.ts";
import type { Managed } from "../../src/browser/storage.ts";
import type { SecurityInfo } from "../../src/browser/webRequest.ts";
import type { Rule } from "../../src/core/policy.ts";
import type { Background } from "../../src/protocol.ts";
import { spki } from "../core/draw.ts";
import {
	against,
	BAD,
	BLOCK_PAGE,
	createFake,
	type Fake,
	type FakeOptions,
	GOOD,
	info,
	NOW,
	never,
	ORIGIN,
	settle,
} from "./fake.ts";

const OTHER = "https://b.example/";
const OWN_ID = "countersign@webextension";

interface Asking extends Fake {
	readonly deps: AnswerDeps;
	readonly listener: ReturnType<typeof createAnswer>;
	ask<M extends keyof Background>(
		method: M,
		...args: Parameters<Background[M]>
	): Promise<Awaited<ReturnType<Background[M]>>>;
}

async function start(options: FakeOptions & { answer?: Partial<AnswerDeps> } = {}): Promise<Asking> {
	const fake = createFake(options);
	const deps: AnswerDeps = {
		ownId: OWN_ID,
		ownOrigin: ORIGIN,
		isPrivateAllowed: async () => true,
		isRestricted: async () => false,
		goBack: vi.fn(async () => undefined),
		leaveTab: vi.fn(async () => undefined),
		...options.answer,
	};
	const listener = createAnswer(fake.app, deps);
	fake.vouch(OTHER, BAD);
	return Object.assign(fake, {
		deps,
		listener,
		ask: (method: string, ...args: unknown[]) => listener({ to: "background", method, args }, SENDER) as Promise<never>,
	});
}

const SENDER = { id: OWN_ID, url: `${ORIGIN}src/options/index.html`, tabId: 1 };
const MESSAGE = { to: "background", method: "options", args: [] };

describe("the door", () => {
	it.each([
		["another extension", { ...SENDER, id: "other@extension" }],
		["nobody", { ...SENDER, id: null }],
		["a web page", { ...SENDER, url: "https://a.example/" }],
		["a page that only looks like ours", { ...SENDER, url: "moz-extension://self.evil/src/options/index.html" }],
		["a page without an address", { ...SENDER, url: null }],
	])("does not answer %s", async (_, sender) => {
		const { listener } = await start();
		expect(listener(MESSAGE, sender)).toBeUndefined();
	});

	it.each([
		undefined,
		null,
		"options",
		7,
		[],
		{},
		{ to: "popup", method: "options", args: [] },
		{ method: "options", args: [] },
	])("does not answer what is not for it: %j", async (message) => {
		const { listener } = await start();
		expect(listener(message, SENDER)).toBeUndefined();
	});

	it.each([
		["an unknown method", { ...MESSAGE, method: "eval" }],
		["a method of every object", { ...MESSAGE, method: "constructor" }],
		["a missing argument", { ...MESSAGE, method: "tab" }],
		["an extra argument", { ...MESSAGE, args: [1] }],
		["an argument of another type", { ...MESSAGE, method: "tab", args: ["1"] }],
		["an extra field", { ...MESSAGE, more: 1 }],
		["no arguments at all", { to: "background", method: "options" }],
	])("rejects %s", async (_, message) => {
		const { listener } = await start();
		await expect(listener(message, SENDER)).rejects.toThrow("malformed request");
	});

	it("answers only once rules are in force", async () => {
		const fake = await start({ managed: { kind: "none" } });
		expect((await fake.ask("options")).rules.map(({ id }) => id)).toEqual(["a"]);
	});
});

describe("letting through", () => {
	const clicked = (): SecurityInfo => ({ state: "secure", certificates: [], overridableErrorCategory: "trust_error" });

	/** Stops a visit and gives the id of its refusal. */
	async function stopped(fake: Asking, url = OTHER, more = {}): Promise<string> {
		expect(await fake.visit(url, more)).toBe("stopped");
		await settle();
		return fake.app.documents.current(1)?.refusal ?? "";
	}

	it("of a block asks for the site's name, then is bound to host, port, rule and key for this session", async () => {
		const fake = await start();
		const refusal = await stopped(fake);
		for (const typed of [null, "", "a.example", "b.example.evil", "xb.example", "b.example/path", "b.example:444"]) {
			expect(await fake.ask("letThrough", { refusal, lasts: "session", typed })).toEqual({
				ok: false,
				error: "typed: expected b.example",
			});
		}
		expect(await fake.ask("letThrough", { refusal, lasts: "session", typed: " B.Example. " })).toEqual({
			ok: true,
			url: OTHER,
		});
		expect((await fake.ask("options")).exceptions).toMatchObject([
			{
				host: "b.example",
				port: 443,
				rule: "a",
				key: spki("A"),
				leaf: null,
				lasts: "session",
				until: null,
				suspended: false,
			},
		]);
		expect(fake.writes).toEqual([]);
		expect(await fake.visit(OTHER)).toBe("shown");
		expect(fake.app.documents.current(1)).toMatchObject({ refusal: null });
		expect((await fake.ask("tab", 1)).state).toBe("warned");
	});

	it.each([
		["xn--bcher-kva.example", "bücher.example"],
		["xn--bcher-kva.example", "BÜCHER.example."],
		["xn--bcher-kva.example", "xn--bcher-kva.example"],
		["[2001:db8::1]", "2001:db8::1"],
		["[2001:db8::1]", "[2001:DB8:0::1]"],
		["192.0.2.1", "192.0.2.1"],
	])("takes the name of %s as %s", async (host, typed) => {
		const fake = await start();
		fake.vouch(`https://${host}/`, BAD);
		const refusal = await stopped(fake, `https://${host}/`);
		expect((await fake.ask("letThrough", { refusal, lasts: "session", typed })).ok).toBe(true);
	});

	it.each([
		["hour", 3_600_000],
		["day", 86_400_000],
		["always", null],
	] as const)("for %s is stored in one write, and ends in time", async (lasts, ms) => {
		const fake = await start();
		const refusal = await stopped(fake);
		await fake.ask("letThrough", { refusal, lasts, typed: "b.example" });
		expect(fake.writes).toHaveLength(1);
		expect((await fake.ask("options")).exceptions).toMatchObject([{ lasts, until: ms === null ? null : NOW + ms }]);
		fake.now = NOW + (ms ?? 1e12);
		expect(await fake.visit(OTHER)).toBe(ms === null ? "shown" : "stopped");
	});

	it("that cannot be stored lets nothing through", async () => {
		const fake = await start();
		const refusal = await stopped(fake);
		fake.writeError = new Error("no space");
		expect(await fake.ask("letThrough", { refusal, lasts: "always", typed: "b.example" })).toMatchObject({
			ok: false,
			error: expect.stringContaining("no space"),
		});
		expect(await fake.visit(OTHER)).toBe("stopped");
	});

	it("in a private window is never stored, whatever was asked", async () => {
		const fake = await start();
		const refusal = await stopped(fake, OTHER, { incognito: true });
		await fake.ask("letThrough", { refusal, lasts: "always", typed: "b.example" });
		expect(fake.writes).toEqual([]);
		expect(await fake.visit(OTHER, { incognito: true })).toBe("shown");
		expect(await fake.visit(OTHER)).toBe("stopped");
	});

	it("of a warning asks for nothing", async () => {
		const fake = await start({ rules: [against("A", { action: "warn" })] });
		const refusal = await stopped(fake);
		expect((await fake.ask("letThrough", { refusal, lasts: "session", typed: null })).ok).toBe(true);
	});

	it.each([
		["strict", { rules: [against("A", { action: "strict" })] }, "none-strict"],
		["an administrator's block", { rules: [], managed: adminAgainst("A") }, "none-admin"],
		["a lock", { managed: adminAgainst("T", true) }, "none-locked"],
	] as [string, FakeOptions, string][])("has no way through: %s", async (_, options, way) => {
		const fake = await start(options);
		const refusal = await stopped(fake);
		expect((await fake.ask("refusal", refusal))?.wayThrough).toBe(way);
		expect(await fake.ask("letThrough", { refusal, lasts: "session", typed: "b.example" })).toEqual({
			ok: false,
			error: `wayThrough: expected one, got ${way}`,
		});
	});

	it("goes by the rules as they are now, not as they were", async () => {
		const fake = await start();
		const refusal = await stopped(fake);
		const [rule] = (await fake.ask("options")).rules;
		await fake.ask("saveRule", { rule: { ...rule, action: "strict" }, isNew: false });
		expect(await fake.ask("refusal", refusal)).toMatchObject({ wayThrough: "none-strict", rule: { action: "strict" } });
		expect((await fake.ask("letThrough", { refusal, lasts: "session", typed: "b.example" })).ok).toBe(false);
		await fake.ask("deleteRule", "a");
		expect(await fake.ask("letThrough", { refusal, lasts: "session", typed: null })).toEqual({ ok: true, url: OTHER });
		expect((await fake.ask("options")).exceptions).toEqual([]);
	});

	it("removes what one rule found, at every place it did, and nothing of another rule's", async () => {
		const both = { match: [{ spki: spki("A") }, { spki: spki("C") }] };
		const fake = await start({ rules: [against("A", both), against("C", { id: "second" })] });
		const refusal = await stopped(fake);
		await fake.ask("letThrough", { refusal, lasts: "session", typed: "b.example" });
		expect((await fake.ask("options")).exceptions.map(({ rule, key }) => [rule, key])).toEqual([
			["a", spki("C")],
			["a", spki("A")],
		]);
		const next = await stopped(fake);
		expect((await fake.ask("refusal", next))?.rule?.ref).toBe("second");
		await fake.ask("letThrough", { refusal: next, lasts: "session", typed: "b.example" });
		expect(await fake.visit(OTHER)).toBe("shown");
	});

	it("of a refusal whose rule is gone removes all that the rule found that decides now", async () => {
		const both = { match: [{ spki: spki("A") }, { spki: spki("C") }] };
		const fake = await start({ rules: [against("C", { id: "first" }), against("A", { id: "second", ...both })] });
		const refusal = await stopped(fake);
		expect((await fake.ask("refusal", refusal))?.rule?.ref).toBe("first");
		await fake.ask("deleteRule", "first");
		await fake.ask("letThrough", { refusal, lasts: "session", typed: "b.example" });
		expect((await fake.ask("options")).exceptions.map(({ rule }) => rule)).toEqual(["second", "second"]);
		expect(await fake.visit(OTHER)).toBe("shown");
	});

	it("of a clicked-through error is bound to the leaf's fingerprint", async () => {
		const rules: Rule[] = [{ ...against("A"), id: "clicked", match: [{ overridden: "any" }] }];
		const fake = await start({ rules });
		fake.answers.set(OTHER, (what) => (what === "chain" ? clicked() : info("leaf[N]")));
		const refusal = await stopped(fake);
		await fake.ask("letThrough", { refusal, lasts: "always", typed: "b.example" });
		const [exception] = (await fake.ask("options")).exceptions;
		expect(exception).toMatchObject({ rule: "clicked", key: null, leaf: expect.stringMatching(/^[0-9a-f]{64}$/) });
		expect(await fake.visit(OTHER)).toBe("shown");
		fake.answers.set(OTHER, (what) => (what === "chain" ? clicked() : info("leaf[P]")));
		expect(await fake.visit(OTHER)).toBe("stopped");
	});

	it("of what cannot be read is bound to the host, for this session only", async () => {
		const fake = await start();
		fake.answers.set(OTHER, () => undefined);
		const refusal = await stopped(fake);
		await fake.ask("letThrough", { refusal, lasts: "always", typed: "b.example" });
		expect((await fake.ask("options")).exceptions).toMatchObject([
			{ rule: null, ruleTitle: null, key: null, leaf: null, lasts: "session" },
		]);
		expect(await fake.visit(OTHER)).toBe("shown");
		expect((await fake.ask("tab", 1)).state).toBe("not-checked");
	});

	it("of a part leads back to its page", async () => {
		const fake = await start();
		await fake.visit("https://a.example/");
		fake.vouch("https://cdn.example/x.js", BAD);
		await fake.part("https://cdn.example/x.js");
		const [group] = (await fake.ask("tab", 1)).parts;
		const refusal = group?.hosts[0]?.refusal ?? "";
		expect(await fake.ask("letThrough", { refusal, lasts: "session", typed: "cdn.example" })).toEqual({
			ok: true,
			url: "https://a.example/",
		});
		expect(await fake.part("https://cdn.example/x.js")).toBe("came");
	});

	it("needs details that are still known", async () => {
		const fake = await start();
		expect(await fake.ask("letThrough", { refusal: "gone", lasts: "session", typed: null })).toMatchObject({
			ok: false,
		});
		expect(await fake.ask("refusal", "gone")).toBe(null);
	});

	it("can be taken back, which holds at once on the open page", async () => {
		const fake = await start();
		for (const lasts of ["session", "always"] as const) {
			const refusal = await stopped(fake);
			await fake.ask("letThrough", { refusal, lasts, typed: "b.example" });
			await fake.visit(OTHER);
			const loads = fake.loads.length;
			const [exception] = (await fake.ask("options")).exceptions;
			expect(await fake.ask("revokeException", exception?.id ?? "")).toEqual({ ok: true });
			await settle();
			expect(fake.loads.slice(loads)).toMatchObject([{ tabId: 1, replace: true }]);
		}
		expect(await fake.ask("revokeException", "gone")).toMatchObject({ ok: false });
	});
});

function adminAgainst(letter: string, locked = false): Managed {
	const policy = { version: 1, rules: [{ id: "firm", title: "Firm", match: [{ spki: spki(letter) }] }] };
	return { kind: "value", value: { policy, locked } };
}

describe("a tab", () => {
	it.each([
		[null, "restricted"],
		["https://a.example/", "before-start"],
		["http://a.example/", "http"],
		["about:blank", "empty"],
		["about:config", "not-web"],
	])("at %s of which nothing was seen: %s", async (url, why) => {
		const fake = await start();
		fake.tabs.set(4, { id: 4, url, private: false, openerTabId: null, index: 0, windowId: 1, discarded: false });
		expect(await fake.ask("tab", 4)).toMatchObject({ state: "not-checked", why, chain: [], partsCount: 0 });
	});

	it("that Firefox keeps extensions from is not asked to be reloaded; an answer that never comes changes nothing", async () => {
		for (const [answer, why] of [
			[{ isRestricted: async () => true }, "restricted"],
			[{ isRestricted: () => never<boolean>() }, "no-connection"],
		] as const) {
			const fake = await start({ answer });
			fake.commit(1, "https://a.example/");
			expect((await fake.ask("tab", 1)).why).toBe(why);
		}
	});

	it("shows its chain, and which of it a rule refuses now", async () => {
		const fake = await start();
		await fake.visit("https://a.example/");
		const report = await fake.ask("tab", 1);
		expect(report).toMatchObject({ state: "protected", host: "a.example", port: 443, refused: [null, null, null] });
		expect(report.chain.map(({ organization, country, commonName }) => [commonName, organization, country])).toEqual([
			["leaf L", null, null],
			["ca H", "Good", "US"],
			["root G", "Good", "US"],
		]);
		await fake.visit(OTHER);
		await settle();
		expect(await fake.ask("tab", 1)).toMatchObject({
			state: "stopped",
			url: OTHER,
			host: "b.example",
			refused: [null, null, "a"],
		});
	});

	it("counts the parts that came by the authority at the end of their chains, whichever way they were judged", async () => {
		const fake = await start();
		fake.vouch("https://cdn.example/", "root[T O=Sold,C=US] -> leaf[K]");
		await fake.visit("https://a.example/");
		for (let n = 0; n < 5; n++) await fake.part("https://cdn.example/");
		await fake.part("https://c.example/");
		await fake.part("https://d.example/");
		await fake.part(OTHER);
		const { accepted, partsCount } = await fake.ask("tab", 1);
		expect(accepted.map(({ by, count }) => [by?.commonName, by?.authority?.name, count])).toEqual([
			["root T", "Two", 5],
			["root G", undefined, 2],
		]);
		expect(partsCount).toBe(1);
		// Another page counts from nothing.
		await fake.visit("https://a.example/other");
		expect((await fake.ask("tab", 1)).accepted).toEqual([]);
	});

	it("signed by a root that was added is no protected one", async () => {
		const fake = await start();
		fake.vouch("https://a.example/", "local[P O=Proxy] -> leaf[L]");
		await fake.visit("https://a.example/");
		expect((await fake.ask("tab", 1)).state).toBe("local-root");
	});
});

describe("the bytes of certificates", () => {
	/** What Firefox says of a connection, with each certificate's place in the chain for its bytes. */
	const withBytes =
		(drawn: string, asked: string[] = []) =>
		(what: string) => {
			asked.push(what);
			const { certificates, ...rest } = info(drawn);
			const raw = certificates as object[];
			return what === "chain"
				? info(drawn)
				: { ...rest, certificates: raw.map((one, at) => ({ ...one, rawDER: [48, at] })) };
		};
	const base64 = (...bytes: number[]) => Buffer.from(bytes).toString("base64");

	it("are asked for once, of pages and of what is stopped, and given leaf first", async () => {
		const fake = await start();
		const asked: string[] = [];
		fake.answers.set("https://a.example/", withBytes(GOOD, asked));
		fake.answers.set(OTHER, withBytes(BAD));
		for (let n = 0; n < 2; n++) await fake.visit("https://a.example/");
		expect(asked).toEqual(["chain", "chainDer", "chain"]);
		const der = [base64(48, 0), base64(48, 1), base64(48, 2)];
		expect(await fake.ask("chainOf", { tabId: 1 })).toEqual({ der });
		await fake.visit(OTHER);
		await settle();
		expect(await fake.ask("chainOf", { tabId: 1 })).toEqual({ der });
		expect(await fake.ask("chainOf", { refusal: (await fake.ask("tab", 1)).refusal ?? "" })).toEqual({ der });
	});

	it("of parts that came are not asked for", async () => {
		const fake = await start();
		const asked: string[] = [];
		fake.answers.set("https://cdn.example/", withBytes(GOOD, asked));
		await fake.visit("https://a.example/");
		await fake.part("https://cdn.example/");
		expect(asked).toEqual(["chain"]);
	});

	it("are not waited for, and change nothing where they do not come", async () => {
		for (const bytes of [
			() => never<SecurityInfo>(),
			() => Promise.reject(new Error("gone")),
			() => undefined,
			() => ({ certificates: [{}] }),
		] as const) {
			const fake = await start();
			fake.answers.set("https://a.example/", (what) => (what === "chain" ? info(GOOD) : bytes()));
			fake.answers.set(OTHER, (what) => (what === "chain" ? info(BAD) : bytes()));
			expect(await fake.visit("https://a.example/")).toBe("shown");
			expect(await fake.ask("chainOf", { tabId: 1 })).toBe(null);
			expect(await fake.visit(OTHER)).toBe("stopped");
		}
	});

	it("of what nothing is known are none", async () => {
		const fake = await start();
		fake.commit(1, "https://a.example/");
		expect(await fake.ask("chainOf", { tabId: 1 })).toBe(null);
		expect(await fake.ask("chainOf", { tabId: 99 })).toBe(null);
		expect(await fake.ask("chainOf", { refusal: "gone" })).toBe(null);
	});

	it("that were seen in private windows are forgotten with them", async () => {
		const fake = await start();
		fake.answers.set("https://a.example/", withBytes(GOOD));
		await fake.visit("https://a.example/", { incognito: true });
		expect(await fake.ask("chainOf", { tabId: 1 })).not.toBe(null);
		fake.app.privateWindowsClosed();
		expect(await fake.ask("chainOf", { tabId: 1 })).toBe(null);
	});

	it("by which something was stopped are held for other programs, each once; not those of private windows, nor of a site itself", async () => {
		const fake = await start();
		expect(await fake.ask("heldCertificates")).toEqual([]);
		fake.answers.set("https://a.example/", withBytes(GOOD));
		fake.answers.set(OTHER, withBytes(BAD));
		await fake.visit("https://a.example/");
		await fake.visit(OTHER, { incognito: true });
		await settle();
		expect(await fake.ask("heldCertificates")).toEqual([]);
		for (let n = 0; n < 2; n++) await fake.visit(OTHER);
		await settle();
		const { position } = (await fake.ask("refusal", (await fake.ask("tab", 1)).refusal ?? "")) ?? { position: 0 };
		expect(position).toBeGreaterThan(0);
		expect(await fake.ask("heldCertificates")).toEqual([base64(48, position)]);
	});

	it("of a clicked-through error are those of the leaf", async () => {
		const fake = await start();
		fake.answers.set("https://a.example/", (what) =>
			what === "chain"
				? { ...info("leaf[L]"), certificates: [], overridableErrorCategory: "trust_error" }
				: withBytes("leaf[L]")(what),
		);
		await fake.visit("https://a.example/");
		expect(await fake.ask("chainOf", { tabId: 1 })).toEqual({ der: [base64(48, 0)] });
	});
});

describe("refusing an authority of a page", () => {
	it("adds a rule for its key once, and finds it again", async () => {
		const fake = await start();
		await fake.visit("https://a.example/");
		const first = await fake.ask("refuseKey", { tabId: 1, position: 1 });
		expect(first).toEqual({ ok: true, rule: "ca-h" });
		expect((await fake.ask("options")).rules.at(-1)).toEqual({
			id: "ca-h",
			title: "ca H",
			match: [{ spki: spki("H") }],
			action: "block",
			enabled: true,
		});
		await settle();
		expect(fake.loads.at(-1)?.url.startsWith(BLOCK_PAGE)).toBe(true);
		expect(await fake.ask("refuseKey", { tabId: 1, position: 1 })).toEqual(first);
		expect((await fake.ask("options")).rules).toHaveLength(2);
	});

	it("of which the catalogue knows the owner is for all keys of that owner", async () => {
		const fake = await start({ rules: [against("T", { enabled: false })] });
		fake.vouch("https://a.example/", "root[T O=Sold,C=US] -> ca[H O=Good] -> leaf[L]");
		await fake.visit("https://a.example/");
		expect(await fake.ask("refuseKey", { tabId: 1, position: 2 })).toEqual({ ok: true, rule: "two" });
		const { rules, undo } = await fake.ask("options");
		expect(rules.at(-1)).toEqual({
			id: "two",
			title: "Two",
			match: [{ authority: "two" }],
			action: "block",
			enabled: true,
		});
		expect(await fake.ask("refuseKey", { tabId: 1, position: 2 })).toEqual({ ok: true, rule: "two" });
		expect((await fake.ask("options")).undo).toEqual(undo);
	});

	it("finds the rule about its owner that there is, under whatever name", async () => {
		const off = { ...against("A", { enabled: false }), id: "mine", match: [{ spki: spki("A") }, { authority: "two" }] };
		const fake = await start({ rules: [off] });
		fake.vouch("https://a.example/", "root[T O=Sold,C=US] -> leaf[L]");
		await fake.visit("https://a.example/");
		expect(await fake.ask("refuseKey", { tabId: 1, position: 1 })).toEqual({ ok: true, rule: "mine" });
		expect((await fake.ask("options")).rules).toEqual([{ ...off, enabled: true }]);
	});

	it("switches on and sharpens a rule that is there already", async () => {
		const fake = await start({
			rules: [against("H", { enabled: false }), against("G", { action: "warn", enabled: false })],
		});
		await fake.visit("https://a.example/");
		for (const position of [1, 2]) await fake.ask("refuseKey", { tabId: 1, position });
		expect((await fake.ask("options")).rules.map(({ id, action, enabled }) => [id, action, enabled])).toEqual([
			["h", "block", true],
			["g", "block", true],
		]);
	});

	it("does not take a narrower rule for the same", async () => {
		const fake = await start({ rules: [against("H", { sites: ["z.example"] })] });
		await fake.visit("https://a.example/");
		expect(await fake.ask("refuseKey", { tabId: 1, position: 1 })).toEqual({ ok: true, rule: "ca-h" });
	});

	it("is for authorities of that page only", async () => {
		const fake = await start();
		await fake.visit("https://a.example/");
		for (const position of [0, 3, 99]) {
			expect(await fake.ask("refuseKey", { tabId: 1, position })).toMatchObject({ ok: false });
		}
		expect(await fake.ask("refuseKey", { tabId: 77, position: 1 })).toMatchObject({ ok: false });
	});

	it("is not for the person under a lock", async () => {
		const fake = await start({ managed: adminAgainst("T", true) });
		await fake.visit("https://a.example/");
		expect(await fake.ask("refuseKey", { tabId: 1, position: 1 })).toEqual({
			ok: false,
			error: "rules: locked by the administrator",
		});
	});
});

describe("rules", () => {
	const mine = { id: "mine", title: "Mine", match: [{ country: "zz" }] };

	it("are added, changed, moved and deleted; what is not there is an error", async () => {
		const fake = await start();
		const ids = async () => (await fake.ask("options")).rules.map(({ id }) => id);
		expect(await fake.ask("saveRule", { rule: mine, isNew: true })).toEqual({ ok: true });
		expect(await ids()).toEqual(["a", "mine"]);
		expect(await fake.ask("saveRule", { rule: { ...mine, title: "Ours" }, isNew: false })).toEqual({ ok: true });
		expect((await fake.ask("options")).rules[1]).toMatchObject({ title: "Ours", match: [{ country: "ZZ" }] });
		expect(await fake.ask("moveRule", { id: "mine", index: 0 })).toEqual({ ok: true });
		expect(await ids()).toEqual(["mine", "a"]);
		expect(await fake.ask("moveRule", { id: "mine", index: 1000 })).toEqual({ ok: true });
		expect(await ids()).toEqual(["a", "mine"]);
		expect(await fake.ask("deleteRule", "a")).toEqual({ ok: true });
		expect(await ids()).toEqual(["mine"]);
		for (const failed of [
			fake.ask("deleteRule", "a"),
			fake.ask("moveRule", { id: "a", index: 0 }),
			fake.ask("saveRule", { rule: { ...mine, id: "a" }, isNew: false }),
			fake.ask("saveRule", { rule: mine, isNew: true }),
			fake.ask("saveRule", { rule: null, isNew: true }),
			fake.ask("saveRule", { rule: { ...mine, id: "x", match: [{ spki: "short" }] }, isNew: true }),
		]) {
			expect(await failed).toMatchObject({ ok: false, error: expect.stringMatching(/./) });
		}
		expect(await ids()).toEqual(["mine"]);
	});

	it("come and go several at once, with one undo for all of them", async () => {
		const fake = await start();
		const ids = async () => (await fake.ask("options")).rules.map(({ id }) => id);
		const changed = { ...against("A"), title: "Against A, again" };
		const other = { id: "other", title: "Other", match: [{ country: "YY" }] };
		expect(await fake.ask("saveRules", { rules: [mine, changed, other], title: "A set" })).toEqual({ ok: true });
		const { rules, undo } = await fake.ask("options");
		expect(rules.map(({ id, title }) => [id, title])).toEqual([
			["a", "Against A, again"],
			["mine", "Mine"],
			["other", "Other"],
		]);
		expect(undo).toMatchObject({ what: "add", title: "A set" });
		await fake.ask("undo", undo?.id ?? "");
		expect((await fake.ask("options")).rules).toMatchObject([{ id: "a", title: "Against A" }]);

		await fake.ask("saveRules", { rules: [mine, other], title: "A set" });
		expect(await fake.ask("deleteRules", { ids: ["other", "mine", "gone"], title: "A set" })).toEqual({ ok: true });
		expect(await ids()).toEqual(["a"]);
		await fake.ask("undo", (await fake.ask("options")).undo?.id ?? "");
		expect(await ids()).toEqual(["a", "mine", "other"]);
	});

	it("come and go several at once wholly or not at all", async () => {
		const fake = await start();
		for (const failed of [
			fake.ask("saveRules", { rules: "all", title: "" }),
			fake.ask("saveRules", { rules: [mine, null], title: "" }),
			fake.ask("saveRules", { rules: [mine, mine], title: "" }),
			fake.ask("saveRules", { rules: [mine, { ...mine, id: "x", match: [{ spki: "short" }] }], title: "" }),
			fake.ask("deleteRules", { ids: ["gone"], title: "" }),
			fake.ask("deleteRules", { ids: [], title: "" }),
		]) {
			expect(await failed).toMatchObject({ ok: false, error: expect.stringMatching(/./) });
		}
		expect(await fake.ask("options")).toMatchObject({ rules: [{ id: "a" }], undo: null });
	});

	it("come from a document after a look at what would change", async () => {
		const fake = await start();
		const same = { ...against("A") };
		const document = { version: 1, rules: [same, mine], settings: { unverifiable: "allow" } };
		expect(await fake.ask("previewImport", JSON.stringify(document))).toMatchObject({
			ok: true,
			preview: {
				added: [{ id: "mine" }],
				changed: [],
				same: [{ id: "a" }],
				missing: [],
				settings: { unverifiable: "allow" },
			},
		});
		const other = { version: 1, rules: [{ ...same, title: "Renamed" }] };
		await fake.ask("saveRule", { rule: mine, isNew: true });
		expect(await fake.ask("previewImport", JSON.stringify(other))).toMatchObject({
			ok: true,
			preview: {
				added: [],
				changed: [{ before: { title: "Against A" }, after: { title: "Renamed" } }],
				missing: [{ id: "mine" }],
			},
		});
		await fake.ask("importPolicy", { text: JSON.stringify(other), how: "merge", settings: true });
		let view = await fake.ask("options");
		expect(view.rules.map(({ title }) => title)).toEqual(["Renamed", "Mine"]);
		expect(view.settings.unverifiable).toBe("block");
		await fake.ask("importPolicy", { text: JSON.stringify(document), how: "replace", settings: true });
		view = await fake.ask("options");
		expect(view.rules.map(({ title }) => title)).toEqual(["Against A", "Mine"]);
		expect(view.settings.unverifiable).toBe("allow");
		await fake.ask("importPolicy", {
			text: JSON.stringify({ version: 1, rules: [] }),
			how: "replace",
			settings: false,
		});
		expect((await fake.ask("options")).rules).toEqual([]);
		for (const text of ["", "{", "[]", JSON.stringify({ version: 2, rules: [] })]) {
			expect(await fake.ask("previewImport", text)).toMatchObject({ ok: false });
			expect(await fake.ask("importPolicy", { text, how: "replace", settings: true })).toMatchObject({ ok: false });
		}
	});

	it("go out as a document that comes in again unchanged", async () => {
		const fake = await start();
		await fake.ask("saveRule", { rule: mine, isNew: true });
		const text = await fake.ask("exportPolicy");
		expect(text.endsWith("}\n")).toBe(true);
		expect(await fake.ask("previewImport", text)).toMatchObject({
			preview: { added: [], changed: [], missing: [], same: [{ id: "a" }, { id: "mine" }] },
		});
	});
});

describe("the rest", () => {
	it("goes back in the tab that is named, or leaves the tab that asks", async () => {
		const fake = await start();
		await fake.ask("goBack", { tabId: 5 });
		expect(fake.deps.goBack).toHaveBeenCalledWith(5);
		await fake.ask("goBack", { tabId: null });
		expect(fake.deps.leaveTab).toHaveBeenCalledWith(1);
		await fake.listener({ to: "background", method: "goBack", args: [{ tabId: null }] }, { ...SENDER, tabId: null });
		expect(fake.deps.leaveTab).toHaveBeenCalledTimes(1);
	});

	it("notes once that the first-run page was seen", async () => {
		const fake = await start();
		await fake.ask("welcomed");
		await fake.ask("welcomed");
		expect(fake.writes).toHaveLength(1);
		expect((await fake.ask("options")).welcomed).toBe(true);
	});

	it("shows trouble until it is dismissed, and gives out what could not be read even then", async () => {
		const fake = await start({ stored: { state: { version: 1, odd: true }, previous: 7 } });
		expect((await fake.ask("options")).trouble?.kind).toBe("first-rules");
		expect(await fake.ask("dismissTrouble")).toEqual({ ok: true });
		expect((await fake.ask("options")).trouble).toBe(null);
		expect(JSON.parse(await fake.ask("exportUnreadable"))).toEqual({ state: { version: 1, odd: true }, previous: 7 });
		await fake.ask("saveSettings", { preflight: "off", unverifiable: "allow", changedCountry: "off" });
		expect(fake.stored.unreadable).toEqual({ state: { version: 1, odd: true }, previous: 7 });
	});

	it("says of an administrator's first document why it was not taken", async () => {
		const fake = await start({ managed: { kind: "value", value: { policy: 7 } } });
		expect((await fake.ask("options")).admin).toMatchObject({ rules: [], error: expect.stringContaining("policy") });
	});
});

it("the chains of these tests are what they seem", () => {
	expect([GOOD, BAD].map((drawn) => (info(drawn).certificates as unknown[]).length)).toEqual([3, 3]);
});
