/** What each tab shows, as the order of events tells it. */
import { describe, expect, it } from "vitest";
import { Documents } from "../../src/background/documents.ts";
import type { Exception } from "../../src/background/exceptions.ts";
import type { Judged } from "../../src/background/guard.ts";
import { readTarget } from "../../src/background/target.ts";
import type { RequestDetails } from "../../src/browser/webRequest.ts";
import type { Verdict } from "../../src/core/judge.ts";
import type { Refusal } from "../../src/protocol.ts";
import { draw } from "../core/draw.ts";
import { BLOCK_PAGE, GOOD, request } from "./fake.ts";

const PAGE = "https://a.example/";

const judged = (url: string, more: Partial<RequestDetails> = {}, verdict?: Verdict): Judged => {
	const target = readTarget(url);
	if (!target) throw new Error(url);
	return {
		details: request(url, more),
		target,
		connection: { host: target.host, evidence: { kind: "chain", chain: draw(GOOD) } },
		verdict: verdict ?? { outcome: "accept", excepted: [] },
	};
};

const part = (url: string, more: Partial<RequestDetails> = {}) =>
	judged(url, { type: "image", documentUrl: PAGE, ...more });

const refusal = (id: string, ref = "r") => ({ id, rule: { ref } }) as Refusal;
const exception = (id: string) => ({ id }) as Exception;
const commit = (url: string, tabId = 1, frameId = 0) => ({ tabId, frameId, url });

function shown(): Documents {
	const documents = new Documents(BLOCK_PAGE);
	documents.pageAccepted(judged(PAGE), []);
	documents.committed(commit(PAGE));
	return documents;
}

describe("a page", () => {
	it("is shown only once Firefox has put it in place", () => {
		const documents = new Documents(BLOCK_PAGE);
		documents.pageAccepted(judged(PAGE), [exception("e")]);
		expect(documents.current(1)).toBe(null);
		const document = documents.committed(commit(PAGE));
		expect(document).toMatchObject({ url: PAGE, why: null, refusal: null, target: { name: "a.example" } });
		expect([...(document?.used.keys() ?? [])]).toEqual(["e"]);
		expect(documents.current(1)).toBe(document);
		expect(documents.committed(commit("https://frame.example/", 1, 7))).toBe(null);
		expect(documents.current(1)).toBe(document);
	});

	it("is the one whose response came, whatever its fragment", () => {
		const documents = new Documents(BLOCK_PAGE);
		documents.pageAccepted(judged(PAGE), []);
		expect(documents.committed(commit(`${PAGE}#there`))?.connection).not.toBe(null);
	});

	it("that could not be read says so", () => {
		const documents = new Documents(BLOCK_PAGE);
		documents.pageAccepted(judged(PAGE, {}, { outcome: "unverifiable", why: "no-information" }), []);
		expect(documents.committed(commit(PAGE))).toMatchObject({ why: "unreadable", connection: null });
	});

	it.each([
		["http://a.example/", "http"],
		["https://other.example/", "no-connection"],
		["about:blank", "empty"],
		["about:newtab", "empty"],
		["about:license", "not-web"],
		["file:///tmp/x.html", "not-web"],
		["moz-extension://other/page.html", "not-web"],
	])("at %s without a judged response: %s", (url, why) => {
		const documents = shown();
		expect(documents.committed(commit(url))).toMatchObject({ url, why, connection: null });
	});

	it("of before comes back with what is known of it", () => {
		const documents = shown();
		const first = documents.current(1);
		documents.committed(commit("https://other.example/"));
		expect(documents.committed(commit(PAGE))).toBe(first);
	});

	it("keeps what is known when it changes its own address", () => {
		const documents = shown();
		const first = documents.current(1);
		documents.addressChanged(commit(`${PAGE}app/2`));
		documents.addressChanged(commit(`${PAGE}frame`, 1, 3));
		documents.addressChanged(commit(`${PAGE}elsewhere`, 9));
		expect(documents.current(1)?.url).toBe(`${PAGE}app/2`);
		documents.committed(commit("about:blank"));
		expect(documents.committed(commit(`${PAGE}app/2`))).toBe(first);
	});

	it("is gone with its tab", () => {
		const documents = shown();
		documents.removed(1);
		expect(documents.current(1)).toBe(null);
		expect([...documents.all()]).toEqual([]);
	});
});

describe("a block page", () => {
	it("knows its refusal, and that what was under way is not shown", () => {
		const documents = shown();
		documents.pageAccepted(judged("https://next.example/"), []);
		expect(documents.committed(commit(`${BLOCK_PAGE}?id=r1`))).toMatchObject({ refusal: "r1", connection: null });
		expect(documents.committed(commit("https://next.example/"))?.why).toBe("no-connection");
	});
});

describe("a part", () => {
	it("belongs to the page shown, or to the one about to be", () => {
		const documents = shown();
		documents.pageAccepted(judged("https://next.example/"), []);
		documents.partAccepted(part("https://old.example/x"), []);
		documents.partAccepted(part("https://new.example/x", { documentUrl: "https://next.example/" }), []);
		const frames = [
			{ url: "https://frame.example/", frameId: 4 },
			{ url: "https://next.example/", frameId: 0 },
		];
		documents.partAccepted(
			part("https://deep.example/x", { documentUrl: "https://x.example/", frameAncestors: frames }),
			[],
		);
		expect([...(documents.current(1)?.parts.values() ?? [])].map(({ target }) => target.name)).toEqual(["old.example"]);
		documents.committed(commit("https://next.example/"));
		expect([...(documents.current(1)?.parts.values() ?? [])].map(({ target }) => target.name)).toEqual([
			"new.example",
			"deep.example",
		]);
	});

	describe("that its page's server hints at before it answers", () => {
		const NEXT = "https://next.example/";
		const asked = (url = NEXT) => request(url);
		const hinted = (url: string, documentUrl = NEXT) => part(url, { documentUrl });
		const partsOf = (documents: Documents) =>
			[...(documents.current(1)?.parts.values() ?? [])].map(({ target }) => target.name);

		it("belongs to the page that was asked for", () => {
			const documents = shown();
			documents.pageSent(asked());
			documents.partAccepted(hinted("https://good.example/x"), [exception("e")]);
			expect(documents.partStopped(hinted("https://bad.example/x"), refusal("r"))).toEqual([1]);
			expect(documents.current(1)).toMatchObject({ url: PAGE, stoppedCount: 0 });
			expect(partsOf(documents)).toEqual([]);
			documents.pageAccepted(judged(`${NEXT}#there`), []);
			documents.committed(commit(`${NEXT}#there`));
			expect(documents.current(1)).toMatchObject({ stoppedCount: 1, target: { name: "next.example" }, why: null });
			expect(partsOf(documents)).toEqual(["good.example"]);
			expect([...(documents.current(1)?.used.keys() ?? [])]).toEqual(["e"]);
		});

		it("is left out with a page that answered elsewhere, or was not shown", () => {
			for (const end of [
				(documents: Documents) => documents.pageSent(request("https://elsewhere.example/")),
				(documents: Documents, sent: RequestDetails) => documents.pageEnded(sent),
			]) {
				const documents = shown();
				const sent = asked();
				documents.pageSent(sent);
				documents.partStopped(hinted("https://bad.example/x"), refusal("r"));
				end(documents, sent);
				documents.pageAccepted(judged(NEXT), []);
				documents.committed(commit(NEXT));
				expect(documents.current(1)).toMatchObject({ url: NEXT, stoppedCount: 0 });
			}
		});

		it("is not forgotten when another request ends", () => {
			const documents = shown();
			documents.pageSent(asked());
			documents.pageEnded(request(PAGE));
			documents.partStopped(hinted("https://bad.example/x"), refusal("r"));
			documents.pageAccepted(judged(NEXT), []);
			expect(documents.committed(commit(NEXT))?.stoppedCount).toBe(1);
		});

		it.each([
			["loaded again", (documents: Documents) => documents, PAGE],
			[
				"loaded again where it began, after it changed its address",
				(documents: Documents) => {
					documents.addressChanged(commit(`${PAGE}app`));
					return documents;
				},
				PAGE,
			],
			[
				"that was open before the start, and loads what may be its own address",
				() => {
					const documents = new Documents(BLOCK_PAGE);
					documents.adopt(1, `${PAGE}app`, false);
					return documents;
				},
				PAGE,
			],
		])("counts for both, of a page %s: whose it is cannot be told", (_, prepare, url) => {
			const documents = prepare(shown());
			documents.pageSent(asked(url));
			documents.partStopped(hinted("https://bad.example/x", url), refusal("r"));
			documents.partAccepted(hinted("https://good.example/x", url), []);
			expect(documents.current(1)?.stoppedCount).toBe(1);
			expect(partsOf(documents)).toEqual(["good.example"]);
			documents.pageAccepted(judged(url), []);
			documents.committed(commit(url));
			expect(documents.current(1)?.stoppedCount).toBe(1);
			expect(partsOf(documents)).toEqual(["good.example"]);
		});

		it("of a page that no tab asked for belongs to none", () => {
			const documents = shown();
			documents.pageSent(request(NEXT, { tabId: -1 }));
			documents.pageEnded(request(NEXT, { tabId: 9 }));
			documents.partAccepted(hinted("https://good.example/x"), []);
			expect(partsOf(documents)).toEqual(["good.example"]);
		});
	});

	it("that was stopped is counted by address, and listed by host and rule", () => {
		const documents = shown();
		for (const [url, id, ref, type] of [
			["https://b.example/1", "r1", "r", "image"],
			["https://b.example/1", "r2", "r", "image"],
			["https://b.example/2", "r3", "r", "script"],
			["https://b.example/3", "r4", "other", "font"],
			["https://c.example/1", "r5", "r", "image"],
		] as const) {
			expect(documents.partStopped(part(url, { type }), refusal(id, ref))).toEqual([1]);
		}
		const document = documents.current(1);
		expect(document?.stoppedCount).toBe(4);
		expect([...(document?.stopped.values() ?? [])].map((one) => [one.refusal.id, one.count, [...one.types]])).toEqual([
			["r3", 2, ["image", "script"]],
			["r4", 1, ["font"]],
			["r5", 1, ["image"]],
		]);
	});

	it("of a service worker is told to every tab of its origin", () => {
		const documents = shown();
		for (const [tabId, url] of [
			[2, "https://a.example/else"],
			[3, "https://b.example/"],
		] as const) {
			documents.pageAccepted(judged(url, { tabId }), []);
			documents.committed(commit(url, tabId));
		}
		const worker = part("https://c.example/", { tabId: -1, originUrl: "https://a.example/sw.js" });
		expect(documents.partStopped(worker, refusal("r"))).toEqual([1, 2]);
		expect(documents.current(2)?.stoppedCount).toBe(1);
		expect(documents.current(3)?.stoppedCount).toBe(0);
		const nobody = part("https://c.example/", { tabId: -1 });
		expect(documents.partStopped(nobody, refusal("r"))).toEqual([]);
	});

	it("of a page from before the start has one that says so", () => {
		const documents = new Documents(BLOCK_PAGE);
		documents.partStopped(part("https://b.example/", { tabId: 5 }), refusal("r"));
		expect(documents.current(5)).toMatchObject({ url: PAGE, why: "before-start", stoppedCount: 1 });
	});
});

describe("what is remembered is bounded", () => {
	it("parts, stopped hosts and addresses of a page", () => {
		const documents = shown();
		for (let n = 0; n < 1000; n++) {
			documents.partAccepted(part(`https://p${n}.example/`), []);
			documents.partStopped(part(`https://s${n}.example/`), refusal(`r${n}`));
			documents.partStopped(part(`https://same.example/${n}`), refusal(`x${n}`));
		}
		const document = documents.current(1);
		expect([...(document?.parts.values() ?? [])]).toHaveLength(300);
		expect(document?.stopped.size).toBe(200);
		expect(document?.stoppedCount).toBe(2000);
		const same = [...(document?.stopped.values() ?? [])].find(({ count }) => count === 1000);
		expect(same?.addresses.size).toBe(100);
	});

	it("pages of a tab", () => {
		const documents = new Documents(BLOCK_PAGE);
		for (let n = 0; n < 60; n++) {
			documents.pageAccepted(judged(`${PAGE}${n}`), []);
			documents.committed(commit(`${PAGE}${n}`));
		}
		expect(documents.committed(commit(`${PAGE}59`))?.why).toBe(null);
		expect(documents.committed(commit(`${PAGE}0`))?.why).toBe("no-connection");
	});
});
