/** The small parts of the background, each by itself. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Arrivals } from "../../src/background/arrivals.ts";
import { BoundedMap } from "../../src/background/bounded.ts";
import { deadline } from "../../src/background/deadline.ts";
import { readChannel, readEvidence } from "../../src/background/evidence.ts";
import { Hosts } from "../../src/background/hosts.ts";
import { Refusals } from "../../src/background/refusals.ts";
import { SentLog } from "../../src/background/sent.ts";
import { isSecure, readTarget } from "../../src/background/target.ts";
import type { Refusal } from "../../src/protocol.ts";
import { GOOD, info, NOW, never, pending, request } from "./fake.ts";

describe("a bounded map", () => {
	it("forgets its oldest entry when it is full; setting a key again makes it the newest", () => {
		const map = new BoundedMap<string, number>(3);
		for (const [n, key] of ["a", "b", "c", "a", "d"].entries()) map.set(key, n);
		expect([...map.values()]).toEqual([2, 3, 4]);
		expect(map.get("b")).toBeUndefined();
		map.prune((value) => value > 2);
		expect([...map.values()]).toEqual([2]);
		expect(map.delete("c")).toBe(true);
		expect(map.delete("c")).toBe(false);
	});
});

describe("a deadline", () => {
	beforeEach(() => void vi.useFakeTimers());
	afterEach(() => void vi.useRealTimers());

	it("passes on what comes in time, and leaves no timer behind", async () => {
		expect(await deadline(Promise.resolve("here"), 1000, () => "late")).toBe("here");
		await expect(deadline(Promise.reject(new Error("no")), 1000, () => "late")).rejects.toThrow("no");
		expect(vi.getTimerCount()).toBe(0);
	});

	it("settles with the other answer when nothing has come by then, not a millisecond earlier", async () => {
		const answer = vi.fn();
		void deadline(never<string>(), 1000, () => "late").then(answer);
		await vi.advanceTimersByTimeAsync(999);
		expect(answer).not.toHaveBeenCalled();
		await vi.advanceTimersByTimeAsync(1);
		expect(answer).toHaveBeenCalledWith("late");
	});

	it("is not undone by what comes after it", async () => {
		const { promise, reject } = pending<string>();
		const answer = deadline(promise, 1000, () => "late");
		await vi.advanceTimersByTimeAsync(1000);
		reject(new Error("after all"));
		expect(await answer).toBe("late");
	});
});

describe("arrivals", () => {
	beforeEach(() => void vi.useFakeTimers());
	afterEach(() => void vi.useRealTimers());
	const commit = (url: string, frameId = 0, tabId = 1) => ({ tabId, frameId, url });

	it("tell when a tab shows what is waited for, is gone, or time is up", async () => {
		const arrivals = new Arrivals();
		const seen: string[] = [];
		const isA = (url: string) => url === "a";
		void arrivals.wait(1, { fits: isA }).then(() => seen.push("shown"));
		void arrivals.wait(2, { fits: isA }).then(() => seen.push("gone"));
		void arrivals.wait(3, { fits: isA }, 500).then(() => seen.push("late"));
		for (const other of [commit("b"), commit("a", 7), commit("a", 0, 9)]) arrivals.committed(other);
		await vi.advanceTimersByTimeAsync(499);
		expect(seen).toEqual([]);
		arrivals.committed(commit("a"));
		arrivals.removed(2);
		await vi.advanceTimersByTimeAsync(1);
		expect(seen).toEqual(["shown", "gone", "late"]);
		expect(vi.getTimerCount()).toBe(0);
	});

	it("tell as well when the tab passed over what was waited for, on the way to what came later", async () => {
		const arrivals = new Arrivals();
		const seen: string[] = [];
		const wait = (url: string, sentTo?: string, fits = (shown: string) => shown === url) =>
			void arrivals.wait(1, { fits, ...(sentTo ? { sentTo } : {}) }).then(() => seen.push(url));
		wait("first", "first");
		wait("must be seen");
		wait("second", "second");
		wait("third", "third");
		arrivals.committed(commit("other"));
		await vi.advanceTimersByTimeAsync(0);
		expect(seen).toEqual([]);
		arrivals.committed(commit("second"));
		await vi.advanceTimersByTimeAsync(0);
		expect(seen).toEqual(["first", "second"]);
		arrivals.committed(commit("must be seen"));
		arrivals.committed(commit("third"));
		await vi.advanceTimersByTimeAsync(0);
		expect(seen).toEqual(["first", "second", "must be seen", "third"]);
		// Whatever another one puts up with, it does not stand for where the tab was sent.
		seen.length = 0;
		wait("fourth", "fourth");
		wait("anything", "fifth", () => true);
		arrivals.committed(commit("other"));
		await vi.advanceTimersByTimeAsync(0);
		expect(seen).toEqual(["anything"]);
	});
});

describe("evidence", () => {
	const leaf = { ...(info("leaf[L]").certificates as object[])[0], rawDER: [1, 2, 3] };

	it("is the chain that Firefox built", async () => {
		const evidence = await readEvidence(async () => info(GOOD), NOW);
		expect(evidence.kind === "chain" && evidence.chain.map(({ subject }) => subject)).toEqual([
			"CN=leaf L",
			"CN=ca H,O=Good,C=US",
			"CN=root G,O=Good,C=US",
		]);
	});

	it("of a clicked-through error is asked for twice: its kinds, then the leaf alone", async () => {
		const asked: string[] = [];
		const evidence = await readEvidence(async (what) => {
			asked.push(what);
			if (what === "leafDer") return { certificates: [leaf] };
			return { state: "secure", certificates: [], overridableErrorCategory: "trust_error", isDomainMismatch: true };
		}, NOW);
		expect(asked).toEqual(["chain", "leafDer"]);
		expect(evidence).toMatchObject({
			kind: "overridden",
			overridden: { kinds: ["trust", "domain"], leaf: { subject: "CN=leaf L" }, authorityKeyIdentifier: null },
		});
	});

	it("of a clicked-through error stays one when the leaf cannot be had", async () => {
		const first = { certificates: [], isUntrusted: true };
		for (const second of [
			() => Promise.reject(new Error("gone")),
			async () => undefined,
			async () => ({ certificates: "none" }),
			async () => ({ certificates: [{ subject: 7 }] }),
		]) {
			const evidence = await readEvidence(async (what) => (what === "chain" ? first : await second()), NOW);
			expect(evidence).toEqual({
				kind: "overridden",
				overridden: { kinds: ["trust"], leaf: null, authorityKeyIdentifier: null },
			});
		}
	});

	it.each([
		["nothing", undefined, "no-information"],
		["null", null, "no-information"],
		["text", "secure", "no-information"],
		["no certificates and no error", { state: "secure", certificates: [] }, "no-chain"],
		["certificates that are none", { certificates: {} }, "no-chain"],
		["a certificate without a key", { certificates: [{ subject: "CN=x" }] }, "missing-field"],
		[
			"a chain without end",
			{ certificates: Array(17).fill((info("leaf[L]").certificates as object[])[0]) },
			"too-long",
		],
		["an error of a kind that nobody knows", { certificates: [], overridableErrorCategory: "moon_error" }, "no-chain"],
	])("%s is unreadable, never an exception", async (_, answer, why) => {
		expect(await readEvidence(async () => answer as never, NOW)).toEqual({ kind: "unreadable", why });
	});

	it("that is asked for in vain is unreadable", async () => {
		const throwing = () => {
			throw new Error("no such request");
		};
		for (const ask of [() => Promise.reject(new Error("no such request")), throwing]) {
			expect(await readEvidence(ask, NOW)).toEqual({ kind: "unreadable", why: "failed" });
		}
	});
});

describe("hosts", () => {
	const target = (url: string) => {
		const read = readTarget(url);
		if (!read) throw new Error(url);
		return read;
	};
	const refused = (name: string, isPrivate = false) => ({
		target: target(`https://${name}/`),
		private: isPrivate,
		connection: null,
		refusal: `of ${name}`,
	});

	it("are held until every verdict about them is there", async () => {
		const hosts = new Hosts(() => NOW);
		const [one, two] = [pending(), pending()];
		hosts.hold("a.example", false, one.promise);
		hosts.hold("a.example", false, two.promise);
		expect(hosts.isHeld("a.example", true)).toBe(false);
		const settled = vi.fn();
		void hosts.settled("a.example", false).then(settled);
		one.reject(new Error("failed"));
		await one.promise.catch(() => null);
		await Promise.resolve();
		expect(hosts.isHeld("a.example", false)).toBe(true);
		expect(settled).not.toHaveBeenCalled();
		two.resolve();
		await vi.waitFor(() => expect(settled).toHaveBeenCalled());
		expect(hosts.isHeld("a.example", false)).toBe(false);
		await hosts.settled("never.example", false);
	});

	it("that were refused stay so for ten minutes, or until they are accepted", () => {
		let now = NOW;
		const hosts = new Hosts(() => now);
		hosts.refuse(refused("a.example"));
		hosts.refuse(refused("b.example"));
		hosts.accept(refused("b.example").target, false);
		expect(hosts.refusalOf("a.example", false)?.refusal).toBe("of a.example");
		expect(hosts.refusalOf("a.example", true)).toBe(null);
		expect(hosts.refusalOf("b.example", false)).toBe(null);
		now += 600_000 - 1;
		expect(hosts.refusalOf("a.example", false)?.refusal).toBe("of a.example");
		now += 1;
		expect(hosts.refusalOf("a.example", false)).toBe(null);
		// A clock that was set back tells nothing.
		now = NOW - 1;
		expect(hosts.refusalOf("a.example", false)).toBe(null);
	});

	it("are looked through when rules change, and those of private windows are forgotten", () => {
		const hosts = new Hosts(() => NOW);
		hosts.refuse(refused("a.example"));
		hosts.refuse(refused("b.example"));
		hosts.refuse(refused("a.example", true));
		const connection = {
			host: target("https://c.example/").host,
			evidence: { kind: "unreadable", why: "failed" },
		} as const;
		hosts.note(target("https://c.example/"), true, connection);
		hosts.note(target("https://c.example/"), false, connection);
		hosts.review(({ target: { name } }) => name === "a.example");
		expect(hosts.refusalOf("b.example", false)).toBe(null);
		hosts.forgetPrivate();
		expect(hosts.refusalOf("a.example", true)).toBe(null);
		expect(hosts.refusalOf("a.example", false)?.refusal).toBe("of a.example");
		expect(hosts.lastOf(target("https://c.example/"), true)).toBe(null);
		expect(hosts.lastOf(target("https://c.example/"), false)?.connection).toBe(connection);
		expect(hosts.lastOf(target("https://c.example:444/"), false)).toBe(null);
	});

	it("are remembered by the thousand, not without end", () => {
		const hosts = new Hosts(() => NOW);
		for (let n = 0; n < 1500; n++) hosts.refuse(refused(`h${n}.example`));
		expect(hosts.refusalOf("h0.example", false)).toBe(null);
		expect(hosts.refusalOf("h1499.example", false)?.refusal).toBe("of h1499.example");
		expect(
			Array.from({ length: 1500 }, (_, n) => hosts.refusalOf(`h${n}.example`, false)).filter(Boolean),
		).toHaveLength(1000);
	});
});

describe("refusals", () => {
	const kept = (id: string, isPrivate = false) => ({
		refusal: { id, private: isPrivate } as Refusal,
		connection: { host: { kind: "name", name: "x" }, evidence: { kind: "unreadable", why: "failed" } } as const,
		target: { host: { kind: "name", name: "x" }, name: "x", port: 443 } as const,
		tabId: 1,
	});

	it("are kept for the newest five hundred", () => {
		const refusals = new Refusals();
		for (let n = 0; n <= 500; n++) refusals.add(kept(`r${n}`));
		expect(refusals.get("r0")).toBe(null);
		expect(refusals.get("r1")?.refusal.id).toBe("r1");
		expect(refusals.get("r500")?.refusal.id).toBe("r500");
	});

	it("of private windows go with these", () => {
		const refusals = new Refusals();
		refusals.add(kept("ordinary"));
		refusals.add(kept("private", true));
		refusals.forgetPrivate();
		expect(refusals.get("private")).toBe(null);
		expect(refusals.get("ordinary")).not.toBe(null);
	});
});

describe("what was sent", () => {
	const headers = (...names: [string, string?][]) => ({
		requestHeaders: names.map(([name, value = "x"]) => ({ name, value })),
	});

	it("is read off the headers, whatever their case", () => {
		const log = new SentLog();
		const get = request("https://a.example/", headers(["Host"], ["COOKIE"]));
		const post = request("https://a.example/", {
			method: "POST",
			...headers(["content-length", "12"], ["Authorization"]),
		});
		const empty = request("https://a.example/", { method: "POST", ...headers(["Content-Length", "0"]) });
		for (const one of [get, post, empty]) log.note(one);
		expect(log.of(get)).toEqual({ method: "GET", cookies: true, authorization: false, body: false });
		expect(log.of(post)).toEqual({ method: "POST", cookies: false, authorization: true, body: true });
		expect(log.of(empty)).toEqual({ method: "POST", cookies: false, authorization: false, body: false });
	});

	it("is not made up when it is not known", () => {
		const log = new SentLog();
		const put = request("https://a.example/", { method: "PUT" });
		expect(log.of(put)).toEqual({ method: "PUT", cookies: null, authorization: null, body: true });
		log.note({ ...put, ...headers(["cookie"]) });
		log.forget(put);
		expect(log.of(put).cookies).toBe(null);
	});

	it("is kept for a bounded number of requests", () => {
		const log = new SentLog();
		const all = Array.from({ length: 600 }, () => request("https://a.example/", headers(["cookie"])));
		for (const one of all) log.note(one);
		expect(all.filter((one) => log.of(one).cookies === true)).toHaveLength(500);
	});
});

describe("a target", () => {
	it.each([
		["https://WWW.Example.COM./path", "www.example.com", 443],
		["wss://a.example/", "a.example", 443],
		["http://a.example/", "a.example", 80],
		["https://a.example:8443/", "a.example", 8443],
		["https://bücher.example/", "xn--bcher-kva.example", 443],
		["https://[2001:DB8::1]/", "2001:db8::1", 443],
		["https://127.1/", "127.0.0.1", 443],
	])("of %s", (url, name, port) => expect(readTarget(url)).toMatchObject({ name, port }));

	it.each(["", "https://", "nonsense", "data:text/html,x", "about:blank"])("of %j: none", (url) =>
		expect(readTarget(url)).toBe(null),
	);

	it("is read once for all addresses of an origin, and never taken for another's", () => {
		const one = readTarget("https://a.example/one");
		expect(readTarget("https://a.example/two?x#y")).toBe(one);
		const others = [
			"https://a.example:444/",
			"http://a.example/",
			"https://a.example.net/",
			"https://user@b.example/a.example/",
			"https://a.example@b.example/",
			"https://b.example?https://a.example/",
			"https://b.example#//a.example/",
		];
		for (const url of others) {
			const { hostname, port, protocol } = new URL(url);
			const usual = protocol === "https:" ? 443 : 80;
			expect(readTarget(url), url).toMatchObject({ name: hostname, port: port === "" ? usual : Number(port) });
		}
	});

	it("is secure by its scheme alone", () => {
		expect(["https://a/", "wss://a/", "http://a/", "ws://a/", "ftp://a/"].map(isSecure)).toEqual([
			true,
			true,
			false,
			false,
			false,
		]);
	});
});

describe("how a connection was made", () => {
	it.each([
		["policy_compliant", "compliant"],
		["policy_not_enough_scts", "not-enough"],
		["policy_not_diverse_scts", "not-diverse"],
		["not_applicable", "not-applicable"],
		["unknown", null],
		["constructor", null],
		[undefined, null],
		[7, null],
	])("the public logs: %s", (certificateTransparencyStatus, transparency) => {
		expect(readChannel({ certificateTransparencyStatus }, false)).toEqual({
			transparency,
			protocol: null,
			weak: false,
			proxied: false,
		});
	});

	it("protocol, weak encryption and a proxy", () => {
		expect(readChannel({ state: "weak", protocolVersion: "TLSv1.1" }, true)).toEqual({
			transparency: null,
			protocol: "TLSv1.1",
			weak: true,
			proxied: true,
		});
		expect(readChannel({ state: "secure", protocolVersion: "unknown" }, false)).toMatchObject({
			protocol: null,
			weak: false,
		});
	});
});
