/** Mail servers in the background: what is asked when, what is kept, and what the person is told of once. */
import "../ui/setup.ts";
import { afterEach, describe, expect, it, vi } from "vitest";
import { askHost, type LinkDeps } from "../../src/background/mail/link.ts";
import { Mail, type MailDeps, NOTICE } from "../../src/background/mail/mail.ts";
import { MailGate } from "../../src/background/mailGate.ts";
import { t } from "../../src/browser/i18n.ts";
import { readCertificates } from "../../src/certificate/read.ts";
import { compile } from "../../src/core/compile.ts";
import type { MailServer, MailTarget } from "../../src/core/mail.ts";
import type { Rule } from "../../src/core/policy.ts";
import type { MailServerView } from "../../src/protocol.ts";
import { type MailAnswer, readToMailHost } from "../../src/schema/mail.ts";
import { CATALOGUE, draw } from "../core/draw.ts";
import { Pki } from "../pki/index.ts";
import { against, BAD, GOOD, NOW } from "./fake.ts";

const HOST = "imap.example.com";
const target: MailTarget = { protocol: "imaps", host: HOST, port: 993 };
const server: MailServer = { id: "s", ...target };

const verified = (drawn: string): MailAnswer => ({ found: { kind: "verified", chain: draw(drawn) }, documents: [] });
const selfMade: MailAnswer = {
	found: { kind: "unverified", why: ["self-signed"], chain: draw("leaf[Z]") },
	documents: [],
};
const stripped: MailAnswer = { found: { kind: "stripped" }, documents: [] };
const away: MailAnswer = { unreached: "unreachable", detail: "ENETUNREACH" };

type Say = (message: unknown) => void;
/** A host, as far as the extension can tell: called for each message. */
type FakeHost = (
	message: { type: string; servers?: readonly MailTarget[] },
	say: Say,
	end: (error: string | null) => void,
) => void;

const greets: FakeHost = (message, say) => {
	if (message.type === "hello") say({ type: "hello", protocol: 1, version: "1.2.3" });
};
const answering =
	(answer: (target: MailTarget) => MailAnswer): FakeHost =>
	(message, say, end) => {
		greets(message, say, end);
		if (message.type !== "ask") return;
		for (const [index, one] of message.servers?.entries() ?? [])
			say({ type: "answer", id: 1, index, answer: answer(one) });
		say({ type: "done", id: 1 });
	};

/** Firefox's end of a native connection: it answers in a later turn, as Firefox does. */
function connecting(host: () => FakeHost | string | null): LinkDeps["connect"] & { count: number } {
	const connect = Object.assign(
		(_: string, on: Parameters<LinkDeps["connect"]>[1]) => {
			connect.count += 1;
			const now = host();
			let isOpen = true;
			const later = (run: () => void) => void setTimeout(() => isOpen && run(), 0);
			const end = (error: string | null) =>
				later(() => {
					isOpen = false;
					on.ended(error);
				});
			if (now === null) throw new Error("browser.runtime.connectNative is not a function");
			if (typeof now === "string") end(now);
			return {
				post(message: unknown) {
					// What the extension says is what the host's door lets in.
					const read = readToMailHost(message);
					if (!read.ok) throw new Error(read.error);
					if (typeof now !== "string") later(() => now(read.value, (said) => later(() => on.message(said)), end));
				},
				close() {
					isOpen = false;
				},
			};
		},
		{ count: 0 },
	);
	return connect;
}

const link = (host: FakeHost | string | null, more: Partial<LinkDeps> = {}): LinkDeps => ({
	connect: connecting(() => host),
	now: () => NOW,
	version: "0.1.0",
	...more,
});

describe("a conversation with the host", () => {
	it("gives each server's answer, and how it went", async () => {
		const answers: unknown[] = [];
		const other = { ...server, id: "t", port: 143, protocol: "imap" } as const;
		const host = answering(({ port }) => (port === 143 ? stripped : away));
		const state = await askHost(link(host), [server, other], ({ id }, answer) => answers.push([id, answer]));
		expect(state).toEqual({ state: "well", time: NOW, version: "1.2.3", detail: "" });
		expect(answers).toEqual([
			["s", away],
			["t", stripped],
		]);
	});

	it("asks for nothing where there is nothing to ask", async () => {
		const heard: string[] = [];
		const host: FakeHost = (message, say, end) => {
			heard.push(message.type);
			greets(message, say, end);
		};
		expect((await askHost(link(host), [], () => undefined)).state).toBe("well");
		expect(heard).toEqual(["hello"]);
	});

	const says =
		(...messages: readonly unknown[]): FakeHost =>
		(message, say) => {
			if (message.type === "hello") for (const one of messages) say(one);
		};
	const hello = { type: "hello", protocol: 1, version: "1.2.3" };
	it.each([
		["missing", "No such native application countersign"],
		["broken", "An unexpected error occurred"],
		["not-allowed", null],
		["broken", says({ type: "error", why: "failed", detail: "roots.pem: unreadable" })],
		["too-old", says({ ...hello, protocol: 0.5 }, {})],
		["too-new", says({ ...hello, protocol: 2 })],
		["garbled", says("hello")],
		["garbled", says({ type: "answer", id: 1, index: 0, answer: stripped })],
		["garbled", says(hello, hello)],
		["garbled", says(hello, { type: "answer", id: 1, index: 1, answer: stripped })],
		["garbled", says(hello, { type: "answer", id: 2, index: 0, answer: stripped })],
		["garbled", says(hello, { type: "done", id: 1 })],
		["garbled", says(hello, { type: "answer", id: 1, index: 0, answer: { found: { kind: "verified", chain: [] } } })],
		["crashed", says(hello, { type: "error", why: "malformed", detail: "" })],
		["crashed", ((message, say, end) => (message.type === "hello" ? say(hello) : end(null))) as FakeHost],
	] as const)("that goes wrong is called %s", async (state, host) => {
		const wanted = state === "too-old" ? "garbled" : state;
		const found = await askHost(link(host as FakeHost), [server], () => undefined);
		expect(found.state).toBe(wanted);
	});

	it("does not wait for ever: neither for a greeting nor for the rest", async () => {
		const mute = await askHost(
			link(() => undefined, { helloMs: 5 }),
			[server],
			() => undefined,
		);
		expect(mute).toMatchObject({ state: "silent", version: null });
		const slow = await askHost(link(greets, { askMs: 5 }), [server], () => undefined);
		expect(slow).toMatchObject({ state: "silent", version: "1.2.3" });
	});
});

/** Mail in a made-up Firefox. */
function createFake(options: { stored?: unknown; rules?: readonly Rule[] } = {}) {
	const fake = {
		stored: options.stored as unknown,
		now: NOW,
		rules: options.rules ?? [against("A")],
		allowed: true,
		host: answering(() => verified(GOOD)) as FakeHost | string | null,
		notices: [] as { id: string; title: string; message: string }[],
		cleared: [] as string[],
		writeError: null as Error | null,
		changes: 0,
		connect: undefined as unknown as ReturnType<typeof connecting>,
		mail: undefined as unknown as Mail,
		start() {
			let ids = 0;
			const deps: MailDeps = {
				judge: () => compile({ admin: null, person: { version: 1, rules: fake.rules } }, CATALOGUE),
				catalogue: CATALOGUE,
				readStorage: async () => (fake.stored === undefined ? {} : { mail: structuredClone(fake.stored) }),
				writeStorage: async ({ mail }) => {
					if (fake.writeError) throw fake.writeError;
					fake.stored = structuredClone(mail);
				},
				now: () => fake.now,
				newId: () => {
					ids += 1;
					return `id-${ids}`;
				},
				onChange: () => {
					fake.changes += 1;
				},
				connect: fake.connect,
				version: "0.1.0",
				isAllowed: async () => fake.allowed,
				notify: async (id, title, message) => void fake.notices.push({ id, title, message }),
				unnotify: async (id) => void fake.cleared.push(id),
				say: t,
				beatMs: 60_000,
			};
			fake.mail = new Mail(deps);
			mails.push(fake.mail);
		},
		/** The one server, as pages see it. */
		async server(): Promise<MailServerView> {
			const [first] = (await fake.mail.view()).servers;
			if (!first) throw new Error("no server");
			return first;
		},
		/** Asks, with what the host answers for all servers. */
		async answer(answer: MailAnswer): Promise<MailServerView> {
			fake.host = answering(() => answer);
			await fake.mail.ask();
			return await fake.server();
		},
	};
	fake.connect = connecting(() => fake.host);
	fake.start();
	return fake;
}

const mails: Mail[] = [];
afterEach(async () => {
	for (const mail of mails.splice(0)) await mail.set({ on: false, every: 15 });
});

/** Switched on, with one server that was asked once. */
async function watching(answer: MailAnswer = verified(GOOD), rules?: readonly Rule[]) {
	const fake = createFake(rules ? { rules } : {});
	fake.host = answering(() => answer);
	await fake.mail.set({ on: true, every: 15 });
	await fake.mail.add([target]);
	await fake.mail.ask();
	return fake;
}

describe("before it is switched on", () => {
	it("nothing is loaded, and nothing is started", async () => {
		const loadMail = vi.fn(() => Promise.reject(new Error("not now")));
		const gate = (stored: object) =>
			new MailGate({ loadMail, readStorage: async () => stored } as unknown as ConstructorParameters<
				typeof MailGate
			>[0]);
		await gate({}).start();
		expect(loadMail).not.toHaveBeenCalled();
		await gate({ mail: {} }).start();
		expect(loadMail).toHaveBeenCalledTimes(1);
	});

	it("a part that does not load is said to whoever asks, and tried again", async () => {
		const createMail = vi.fn();
		const loadMail = vi.fn().mockRejectedValueOnce(new Error("gone")).mockResolvedValueOnce({ createMail });
		const gate = new MailGate({ loadMail } as unknown as ConstructorParameters<typeof MailGate>[0]);
		await expect(gate.get()).rejects.toThrow("gone");
		await gate.get();
		await gate.get();
		expect(createMail).toHaveBeenCalledTimes(1);
	});

	it("no program is started, and no server asked", async () => {
		const fake = createFake();
		await fake.mail.add([target]);
		await fake.mail.askDue();
		expect(await fake.mail.ask()).toMatchObject({ ok: false });
		expect(fake.connect.count).toBe(0);
		expect((await fake.server()).state).toBe("unasked");
	});

	it("it is not switched on where Firefox does not allow it", async () => {
		const fake = createFake();
		fake.allowed = false;
		expect(await fake.mail.set({ on: true, every: 15 })).toMatchObject({ ok: false });
		expect((await fake.mail.view()).on).toBe(false);
	});
});

describe("a server", () => {
	it("with which all is well shows who vouches, and since when; nobody is told anything", async () => {
		const fake = await watching();
		expect(await fake.server()).toMatchObject({ state: "vouched", since: NOW, asked: NOW, unreached: null });
		fake.now += 86_400_000;
		const { vouchers, chain } = await fake.answer(verified(GOOD));
		expect(vouchers).toMatchObject([{ name: "Good", country: "US", first: NOW, last: NOW + 86_400_000 }]);
		expect(chain).toHaveLength(3);
		expect(fake.notices).toEqual([]);
	});

	it("shows what changed: who vouched before, until when", async () => {
		const fake = await watching();
		fake.now += 1000;
		const { vouchers } = await fake.answer(verified("root[P O=Other C=DE] -> ca[Q O=Other C=DE] -> leaf[L]"));
		expect(vouchers.map(({ name, first, last }) => [name, first, last])).toEqual([
			["Other", NOW + 1000, NOW + 1000],
			["Good", NOW, NOW],
		]);
	});

	it("that shows a document nobody vouches for is told of once, in the words that were promised", async () => {
		const fake = await watching();
		fake.now += 1000;
		expect(await fake.answer(selfMade)).toMatchObject({ state: "unvouched", why: ["self-signed"], since: NOW + 1000 });
		const notice = {
			id: `${NOTICE}id-1`,
			title: "Your mail",
			message: `Your mail server ${HOST} shows a document that nobody vouches for. If your mail app asks, do not press Continue.`,
		};
		expect(fake.notices).toEqual([notice]);
		await fake.answer(selfMade);
		// Another document of the same kind is no news; neither is a start of Firefox.
		await fake.answer({ found: { kind: "unverified", why: ["self-signed"], chain: draw("leaf[Y]") }, documents: [] });
		fake.start();
		await fake.answer(selfMade);
		expect(fake.notices).toEqual([notice]);
		// Well again, the notification goes; and comes back with the next one.
		const { vouchers } = await fake.answer(verified(GOOD));
		expect(fake.cleared).toContain(notice.id);
		expect(vouchers).toHaveLength(1);
		await fake.answer(selfMade);
		expect(fake.notices).toEqual([notice, notice]);
	});

	it("whose authority a rule refuses is told of, under whatever rules are in force", async () => {
		const fake = await watching(verified(BAD));
		expect(await fake.server()).toMatchObject({
			state: "refused",
			position: 2,
			rule: { ref: "a", title: "Against A" },
		});
		expect(fake.notices).toMatchObject([
			{
				message: `One vouches for your mail server ${HOST}, and there is a rule here against that. Close your mail app before it sends your password.`,
			},
		]);
		expect((await fake.server()).vouchers).toEqual([]);
		fake.rules = [against("A", { action: "warn" })];
		expect((await fake.server()).state).toBe("warned");
		fake.rules = [against("A", { acceptFor: ["example.com"] })];
		expect((await fake.server()).state).toBe("vouched");
	});

	it("that takes its encryption back is told of; one that never had any is only shown", async () => {
		const never = await watching(stripped);
		expect((await never.server()).state).toBe("stripped");
		expect(never.notices).toEqual([]);
		const fake = await watching();
		await fake.answer(stripped);
		expect(fake.notices).toMatchObject([
			{ message: expect.stringContaining("no longer offers a protected connection") },
		]);
	});

	it("that cannot be reached keeps what was known of it, and nobody is told", async () => {
		const fake = await watching();
		fake.now += 1000;
		const first = await fake.answer(away);
		expect(first).toMatchObject({
			state: "vouched",
			last: NOW,
			unreached: { since: NOW + 1000, why: "unreachable", detail: "ENETUNREACH" },
		});
		fake.now += 1000;
		expect((await fake.answer(away)).unreached?.since).toBe(NOW + 1000);
		expect(fake.notices).toEqual([]);
		expect((await fake.answer(verified(GOOD))).unreached).toBe(null);
	});

	it("stays told of while it cannot be reached in between", async () => {
		const fake = await watching();
		await fake.answer(selfMade);
		await fake.answer(away);
		await fake.answer(selfMade);
		expect(fake.notices).toHaveLength(1);
		expect(fake.cleared).toEqual([]);
	});

	it("has its documents at hand while they are those of its chain, and stores none", async () => {
		const real = await Pki.create();
		const leaf = await real.selfSignedLeaf({ names: [HOST] });
		const [parsed] = await readCertificates(leaf.pem);
		if (!parsed) throw new Error("no certificate");
		const { subject, issuer, notBefore, notAfter, sha256, spki } = parsed;
		const chain = [{ subject, issuer, notBefore, notAfter, sha256, spki, builtInRoot: null }] as const;
		const der = Buffer.from(leaf.der).toString("base64");
		const found = { kind: "unverified", why: ["self-signed"], chain } as const;
		const fake = await watching({ found, documents: [der] });
		const { id } = await fake.server();
		expect(await fake.mail.documentsOf(id)).toEqual({ der: [der] });
		expect(JSON.stringify(fake.stored)).not.toContain(der);
		// It is what was seen last that counts, and no other document can stand for it.
		await fake.answer(away);
		expect(await fake.mail.documentsOf(id)).toEqual({ der: [der] });
		for (const documents of [["AAAA"], [], [der, der]]) {
			await fake.answer({ found, documents });
			expect(await fake.mail.documentsOf(id)).toBe(null);
		}
		await fake.mail.remove(id);
		expect(await fake.mail.documentsOf(id)).toBe(null);
	});

	it("goes with all that was known of it", async () => {
		const fake = await watching(selfMade);
		const { id } = await fake.server();
		expect(await fake.mail.remove(id)).toEqual({ ok: true });
		expect((await fake.mail.view()).servers).toEqual([]);
		expect((fake.stored as { seen: object }).seen).toEqual({});
		expect(fake.cleared).toContain(NOTICE + id);
		expect(await fake.mail.remove(id)).toMatchObject({ ok: false });
	});

	it("stands in the list once", async () => {
		const fake = await watching();
		expect(await fake.mail.add([target])).toMatchObject({ ok: false });
		expect(
			await fake.mail.add([
				{ ...target, host: "IMAP.example.com." },
				{ ...target, port: 1993 },
			]),
		).toEqual({ ok: true });
		expect((await fake.mail.view()).servers.map(({ port }) => port)).toEqual([993, 1993]);
		expect(await fake.mail.add("imap")).toEqual({ ok: false, error: 'servers: expected an array, got "imap"' });
	});
});

describe("the schedule", () => {
	it("asks when it is time, and not before", async () => {
		const fake = await watching();
		const count = () => fake.connect.count;
		const before = count();
		fake.now += 14 * 60_000;
		await fake.mail.askDue();
		expect(count()).toBe(before);
		fake.now += 60_000;
		await fake.mail.askDue();
		expect(count()).toBe(before + 1);
		await fake.mail.askDue();
		expect(count()).toBe(before + 1);
		// After a sleep of days it is one round, and not one for each that was missed.
		fake.now += 5 * 86_400_000;
		await fake.mail.askDue();
		expect(count()).toBe(before + 2);
		// A clock that was set back does not stop it.
		fake.now -= 86_400_000;
		await fake.mail.askDue();
		expect(count()).toBe(before + 3);
	});

	it("tries again on another network, where something could not be reached", async () => {
		const fake = await watching();
		const before = fake.connect.count;
		await fake.mail.networkChanged();
		expect(fake.connect.count).toBe(before);
		await fake.answer(away);
		fake.host = answering(() => verified(GOOD));
		await fake.mail.networkChanged();
		expect((await fake.server()).unreached).toBe(null);
	});

	it("goes on after a start of Firefox", async () => {
		const fake = await watching();
		fake.now += 3_600_000;
		fake.start();
		await vi.waitFor(async () => expect((await fake.server()).asked).toBe(fake.now));
	});

	it("stops with the permission, and goes on with it", async () => {
		const fake = await watching();
		fake.allowed = false;
		await fake.mail.permissionsChanged();
		expect(await fake.mail.view()).toMatchObject({ on: true, allowed: false });
		const before = fake.connect.count;
		fake.now += 3_600_000;
		await fake.mail.askDue();
		await fake.mail.ask();
		expect(fake.connect.count).toBe(before);
		expect((await fake.mail.view()).host?.state).toBe("not-allowed");
		fake.allowed = true;
		fake.now += 3_600_000;
		await fake.mail.permissionsChanged();
		expect((await fake.mail.view()).host?.state).toBe("well");
	});
});

describe("a host", () => {
	it("that is missing is said at once, before there is a server", async () => {
		const fake = createFake();
		fake.host = "No such native application countersign";
		await fake.mail.set({ on: true, every: 15 });
		await vi.waitFor(async () => expect((await fake.mail.view()).host?.state).toBe("missing"));
		expect(fake.notices).toEqual([]);
	});

	it("that fails after it did its work is told of once, and not as if all were well", async () => {
		const fake = await watching();
		fake.host = "An unexpected error occurred";
		fake.now += 1000;
		await fake.mail.ask();
		await fake.mail.ask();
		expect((await fake.mail.view()).host?.state).toBe("broken");
		expect(fake.notices).toMatchObject([{ id: "mail-host", message: expect.stringContaining("cannot watch") }]);
		expect(await fake.server()).toMatchObject({ state: "vouched", last: NOW });
		fake.host = answering(() => verified(GOOD));
		await fake.mail.ask();
		expect(fake.cleared).toContain("mail-host");
	});

	it("that crashes in the middle loses nothing that it had said", async () => {
		const fake = await watching();
		await fake.mail.add([{ ...target, port: 1993 }]);
		await fake.mail.ask();
		fake.now += 1000;
		fake.host = (message, say, end) => {
			greets(message, say, end);
			if (message.type !== "ask") return;
			say({ type: "answer", id: 1, index: 0, answer: selfMade });
			setTimeout(() => end(null), 1);
		};
		await fake.mail.ask();
		const { servers, host } = await fake.mail.view();
		expect(host?.state).toBe("crashed");
		expect(servers.map(({ state }) => state)).toEqual(["unvouched", "vouched"]);
		expect(fake.notices.map(({ id }) => id)).toEqual([`${NOTICE}id-1`, "mail-host"]);
	});
});

describe("what is stored", () => {
	it("that cannot be read is said, and begins anew with the next change", async () => {
		const fake = createFake({ stored: { version: 1, on: "yes" } });
		expect((await fake.mail.view()).trouble).toMatchObject({ kind: "unreadable" });
		expect(fake.stored).toEqual({ version: 1, on: "yes" });
		await fake.mail.add([target]);
		expect((await fake.mail.view()).trouble).toBe(null);
	});

	it("by a newer version is left alone", async () => {
		const newer = { version: 2, servers: "?" };
		const fake = createFake({ stored: newer });
		expect((await fake.mail.view()).trouble).toMatchObject({ kind: "newer" });
		expect(await fake.mail.add([target])).toMatchObject({ ok: false });
		expect(await fake.mail.set({ on: true, every: 15 })).toMatchObject({ ok: false });
		expect(fake.stored).toEqual(newer);
	});

	it("that cannot be written changes nothing", async () => {
		const fake = await watching();
		fake.writeError = new Error("disk full");
		expect(await fake.mail.add([{ ...target, port: 1993 }])).toEqual({ ok: false, error: "storage: disk full" });
		expect((await fake.mail.view()).servers).toHaveLength(1);
		fake.writeError = null;
	});
});
