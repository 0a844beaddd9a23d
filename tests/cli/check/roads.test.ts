/** Every way in which a server can answer ends in a named outcome, and nothing is said after a no. */
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import * as tls from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { check } from "../../../cli/check/check.ts";
import { createJudging } from "../../../cli/check/judging.ts";
import type { Checked, Protocol } from "../../../cli/check/outcome.ts";
import { type TrustStore, trustStore } from "../../../cli/check/trust.ts";
import { catalogue } from "../../../src/catalogue/index.ts";
import type { Policy } from "../../../src/core/policy.ts";
import { createMailWorld, type MailWorld } from "../../mail/world.ts";
import type { Authority, Certificate } from "../../pki/index.ts";
import { type Speaker, type Step, speaker } from "./speaker.ts";

let world: MailWorld;
let trust: TrustStore;
let goodCa: Authority;
const speakers: Speaker[] = [];

beforeAll(async () => {
	world = await createMailWorld();
	trust = await trustStore(world.storeFile);
	goodCa = await world.good.intermediate({ name: "CN=Good CA 2,O=Good Trust,C=US" });
});
afterAll(async () => {
	await Promise.all(speakers.map((one) => one.close()));
	await world.close();
});

/** Long enough to connect on a busy machine: what is waited for comes only after it. */
const SHORT = 1000;
const NOTHING: Policy = { version: 1, rules: [] };

/** Checks a server with a script. */
async function look(
	protocol: Protocol,
	script: readonly Step[],
	more: { store?: TrustStore; policy?: Policy; host?: string; timeoutMs?: number; signal?: AbortSignal } = {},
): Promise<{ checked: Checked; heard: readonly string[] }> {
	const server = await speaker(...script);
	speakers.push(server);
	const { store = trust, policy, host = "localhost", timeoutMs = 30_000, signal } = more;
	const judging = policy ? createJudging({ admin: null, person: policy }, catalogue) : world.judging;
	const options = { judging, trust: store, timeoutMs, now: Date.now, ...(signal ? { signal } : {}) };
	return { checked: await check({ protocol, host, port: server.port }, options), heard: server.heard };
}

const say = (text: string): Step => ({ say: text });
const show = (certificate: Certificate, chainPem = certificate.chainPem()): Step => ({
	tls: { keyPem: certificate.keyPem, chainPem },
});

const IMAP_CAPABILITY = say("* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\na1 OK done\r\n");
const SMTP_HELLO = say("250-mail.example\r\n250-PIPELINING\r\n250 STARTTLS\r\n");
/** Up to the agreement, as good servers have it. */
const ROADS: Readonly<Record<string, readonly Step[]>> = {
	imap: [say("* OK ready\r\n"), "line", IMAP_CAPABILITY, "line"],
	pop3: [say("+OK ready\r\n"), "line", say("+OK\r\nUIDL\r\nSTLS\r\n.\r\n"), "line"],
	smtp: [say("220 mail.example ESMTP\r\n"), "line", SMTP_HELLO, "line"],
	submission: [say("220-mail.example\r\n220 ESMTP\r\n"), "line", SMTP_HELLO, "line"],
};
const AGREED: Readonly<Record<string, string>> = {
	imap: "a2 OK begin\r\n",
	pop3: "+OK begin\r\n",
	smtp: "220 begin\r\n",
	submission: "220 2.0.0 begin\r\n",
};
const PLAIN = Object.keys(ROADS) as ("imap" | "pop3" | "smtp" | "submission")[];
const ALL = [...PLAIN, "imaps", "pop3s", "smtps", "https", "tls"] as const;
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
	imap: ["a1 CAPABILITY", "a2 STARTTLS"],
	pop3: ["CAPA", "STLS"],
	smtp: ["EHLO [127.0.0.1]", "STARTTLS"],
	submission: ["EHLO [127.0.0.1]", "STARTTLS"],
};

describe("good servers", () => {
	it.each(ALL)("%s: says only what it must, nothing over TLS, and accepts", async (protocol) => {
		const road = ROADS[protocol];
		const leaf = await goodCa.leaf({ names: ["localhost"] });
		const script = [...(road ? [...road, say(AGREED[protocol] ?? "")] : []), show(leaf)];
		const { checked, heard } = await look(protocol, script);
		expect(checked).toMatchObject({ outcome: "accept", verified: true, address: "127.0.0.1", tls: "TLSv1.3" });
		expect(heard).toEqual(COMMANDS[protocol] ?? []);
	});

	it.each([
		[
			"capabilities in any case",
			"imap",
			[
				say("* ok hi\r\n"),
				"line",
				say("* capability imap4REV1 starttls\r\na1 ok\r\n"),
				"line",
				say("A2 OK\r\n".toLowerCase()),
			],
		],
		[
			"capabilities in the answer's code",
			"imap",
			[say("* OK hi\r\n"), "line", say("a1 OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n"), "line", say("a2 OK\r\n")],
		],
		[
			"news in between",
			"imap",
			[
				say("* OK hi\r\n"),
				"line",
				say("* 3 EXISTS\r\n* CAPABILITY STARTTLS\r\na1 OK\r\n"),
				"line",
				say("* OK still here\r\na2 OK\r\n"),
			],
		],
		[
			"one byte at a time",
			"imap",
			[..."* OK hi\r\n"].map(say).concat(["line", IMAP_CAPABILITY, "line", say("a2 OK\r\n")]),
		],
		["no CAPA, but STLS", "pop3", [say("+OK\r\n"), "line", say("-ERR what?\r\n"), "line", say("+OK\r\n")]],
		["bare line feeds", "smtp", [say("220 hi\n"), "line", say("250-hi\n250 starttls\n"), "line", say("220 go\n")]],
	] as [string, Protocol, Step[]][])("are understood: %s", async (_, protocol, script) => {
		const { checked } = await look(protocol, [...script, show(await goodCa.leaf({ names: ["localhost"] }))]);
		expect(checked).toMatchObject({ outcome: "accept" });
	});
});

describe("a server that offers no encryption, or takes it back", () => {
	const cases: [string, Protocol, Step[], string[]][] = [
		["already logged in", "imap", [say("* PREAUTH welcome\r\n"), "line"], []],
		[
			"no such capability",
			"imap",
			[say("* OK\r\n"), "line", say("* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\na1 OK\r\n"), "line"],
			["a1 CAPABILITY"],
		],
		[
			"another capability",
			"imap",
			[say("* OK\r\n"), "line", say("* CAPABILITY XSTARTTLS STARTTLSX\r\na1 OK\r\n"), "line"],
			["a1 CAPABILITY"],
		],
		[
			"capabilities refused",
			"imap",
			[say("* OK\r\n"), "line", say("* CAPABILITY STARTTLS\r\na1 BAD\r\n"), "line"],
			["a1 CAPABILITY"],
		],
		[
			"refused",
			"imap",
			[say("* OK\r\n"), "line", IMAP_CAPABILITY, "line", say("a2 NO not now\r\n"), "line"],
			["a1 CAPABILITY", "a2 STARTTLS"],
		],
		[
			"not known",
			"imap",
			[say("* OK\r\n"), "line", IMAP_CAPABILITY, "line", say("a2 BAD what?\r\n"), "line"],
			["a1 CAPABILITY", "a2 STARTTLS"],
		],
		["no such capability", "pop3", [say("+OK\r\n"), "line", say("+OK\r\nUSER\r\nSTLSX\r\n.\r\n"), "line"], ["CAPA"]],
		[
			"refused",
			"pop3",
			[say("+OK\r\n"), "line", say("-ERR\r\n"), "line", say("-ERR no\r\n"), "line"],
			["CAPA", "STLS"],
		],
		[
			"no such capability",
			"smtp",
			[say("220 hi\r\n"), "line", say("250-hi\r\n250 AUTH PLAIN\r\n"), "line"],
			["EHLO [127.0.0.1]"],
		],
		[
			"a server that is called so",
			"smtp",
			[say("220 hi\r\n"), "line", say("250 STARTTLS\r\n"), "line"],
			["EHLO [127.0.0.1]"],
		],
		[
			"a garbled capability",
			"smtp",
			[say("220 hi\r\n"), "line", say("250-hi\r\n250 XXXXXXXA\r\n"), "line"],
			["EHLO [127.0.0.1]"],
		],
		["no EHLO", "smtp", [say("220 hi\r\n"), "line", say("502 what?\r\n"), "line"], ["EHLO [127.0.0.1]"]],
		[
			"refused",
			"submission",
			[say("220 hi\r\n"), "line", SMTP_HELLO, "line", say("454 not now\r\n"), "line"],
			["EHLO [127.0.0.1]", "STARTTLS"],
		],
	];
	it.each(cases)("%s: %s", async (_, protocol, script, lines) => {
		const { checked, heard } = await look(protocol, script);
		expect(checked).toMatchObject({ outcome: "stripped", verified: false });
		expect(checked).not.toHaveProperty("chain");
		expect(heard).toEqual(lines);
	});

	it.each(PLAIN)("%s: what is said in the clear after the agreement is held against it", async (protocol) => {
		const leaf = await goodCa.leaf({ names: ["localhost"] });
		const { checked } = await look(protocol, [
			...(ROADS[protocol] ?? []),
			say(`${AGREED[protocol]}* OK injected\r\n`),
			show(leaf),
		]);
		expect(checked).toMatchObject({ outcome: "garbage", verified: false, detail: expect.stringContaining("injected") });
	});
});

describe("a server that turns visitors away", () => {
	it.each([
		["imap", [say("* BYE too many\r\n")]],
		["imap", [say("* OK hi\r\n"), "line", say("* BYE going down\r\n")]],
		["pop3", [say("-ERR [SYS/TEMP] later\r\n")]],
		["smtp", [say("554 not for you\r\n")]],
		["smtp", [say("421 later\r\n")]],
		["submission", [say("220 hi\r\n"), "line", say("421 going down\r\n")]],
	] as [Protocol, Step[]][])("%s", async (protocol, script) => {
		expect((await look(protocol, [...script, "hang"])).checked).toMatchObject({ outcome: "turned-away" });
	});
});

describe("a server that hangs", () => {
	it.concurrent.each(ALL)("%s: before it says anything", async (protocol) => {
		const { checked } = await look(protocol, ["hang"], { timeoutMs: SHORT, host: "127.0.0.1" });
		expect(checked).toMatchObject({ outcome: "timeout", address: "127.0.0.1" });
		expect(checked.took).toBeGreaterThanOrEqual(SHORT - 1);
	});

	it.concurrent.each(PLAIN)("%s: in the middle, and after it has agreed", async (protocol) => {
		const road = ROADS[protocol] ?? [];
		const scripts = [...road.map((_, at) => road.slice(0, at + 1)), [...road, say(AGREED[protocol] ?? "")]];
		const options = { timeoutMs: SHORT, host: "127.0.0.1" };
		const all = await Promise.all(scripts.map((script) => look(protocol, [...script, "hang"], options)));
		expect(all.map(({ checked }) => checked.outcome)).toEqual(scripts.map(() => "timeout"));
		expect(all.map(({ checked }) => checked.address)).toEqual(scripts.map(() => "127.0.0.1"));
	});

	it("one that drips a byte now and then does not make it longer", async () => {
		const server = createServer((socket) => {
			const timer = setInterval(() => socket.write("x"), 10);
			socket.on("close", () => clearInterval(timer));
			socket.on("error", () => undefined);
		});
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		const { port } = server.address() as { port: number };
		const options = { judging: world.judging, trust, timeoutMs: SHORT, now: Date.now };
		expect(await check({ protocol: "imap", host: "localhost", port }, options)).toMatchObject({ outcome: "timeout" });
		await new Promise((resolve) => server.close(resolve));
	});

	it("is given up when the caller says so", async () => {
		const stop = new AbortController();
		const looking = look("imaps", ["hang"], { signal: stop.signal });
		stop.abort();
		expect((await looking).checked).toMatchObject({ outcome: "aborted", verified: false });
		expect((await look("imaps", ["hang"], { signal: stop.signal })).checked).toMatchObject({ outcome: "aborted" });
	});
});

describe("a server that sends something else", () => {
	const http = say("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
	it.each(ALL)("%s: a web server's answer, or another protocol's", async (protocol) => {
		expect((await look(protocol, [http, "hang"])).checked).toMatchObject({ outcome: "garbage" });
	});

	it.each(ALL)("%s: bytes without sense", async (protocol) => {
		const bytes = new Uint8Array(20_000).map((_, at) => (at * 7919) % 251);
		const { checked } = await look(protocol, [{ say: bytes }, "hang"]);
		expect(checked).toMatchObject({ outcome: "garbage" });
		expect((checked as { detail: string }).detail).toMatch(/^[^\p{Cc}\p{Cf}]{0,200}$/u);
	});

	it.each([
		["a line without end", "imap", [say("* OK ".padEnd(9000, "x")), "hang"]],
		["lines without end", "imap", [say("* OK\r\n"), "line", say("* 1 EXISTS\r\n".repeat(1000)), "hang"]],
		["much of them", "pop3", [say("+OK\r\n"), "line", say(`+OK\r\n${`${"X".repeat(1000)}\r\n`.repeat(100)}`), "hang"]],
		["two codes in one answer", "smtp", [say("220-hi\r\n221 hi\r\n"), "hang"]],
		["a code that is none", "smtp", [say("999 hi\r\n"), "hang"]],
		["an answer to nothing", "imap", [say("a1 OK\r\n"), "hang"]],
		["a status that is none", "imap", [say("* OK\r\n"), "line", say("a1 MAYBE\r\n"), "hang"]],
		["nothing before the agreement's end", "submission", [say("354 go ahead\r\n"), "hang"]],
	] as [string, Protocol, Step[]][])("%s (%s)", async (_, protocol, script) => {
		expect((await look(protocol, script)).checked).toMatchObject({ outcome: "garbage" });
	});
});

describe("a connection that is cut", () => {
	it.each(ALL)("%s: at once, by its end or by a reset", async (protocol) => {
		for (const how of ["end", "reset"] as const) {
			expect((await look(protocol, [how])).checked, how).toMatchObject({ outcome: "cut" });
		}
	});

	it.each(PLAIN)("%s: in the middle, and in the handshake", async (protocol) => {
		const road = ROADS[protocol] ?? [];
		for (let length = 1; length <= road.length; length++) {
			expect((await look(protocol, [...road.slice(0, length), "end"])).checked.outcome, String(length)).toBe("cut");
		}
		const { checked } = await look(protocol, [...road, say(AGREED[protocol] ?? ""), "line", "end"]);
		expect(checked.outcome).toBe("cut");
	});

	it.each(["imaps", "https"] as const)("%s: after the client's first message", async (protocol) => {
		for (const how of ["end", "reset"] as const) {
			// The first message of TLS has a line feed somewhere, or the client waits for an answer to it.
			const server = createServer((socket) => {
				socket.on("error", () => undefined);
				socket.once("data", () => (how === "end" ? socket.end() : socket.resetAndDestroy()));
			});
			await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
			const { port } = server.address() as { port: number };
			const options = { judging: world.judging, trust, timeoutMs: 30_000, now: Date.now };
			expect(await check({ protocol, host: "localhost", port }, options)).toMatchObject({ outcome: "cut" });
			await new Promise((resolve) => server.close(resolve));
		}
	});
});

describe("a server that is not there", () => {
	it("nobody listens, or there is no such name", async () => {
		const options = { judging: world.judging, trust, timeoutMs: 30_000, now: Date.now };
		const { port } = await speaker();
		expect(await check({ protocol: "imaps", host: "nobody.invalid", port }, options)).toMatchObject({
			outcome: "unreachable",
			detail: expect.stringMatching(/^(?:ENOTFOUND|EAI_AGAIN)$/),
			address: null,
		});
		const gone = await speaker();
		await gone.close();
		expect(await check({ protocol: "imaps", host: "127.0.0.1", port: gone.port }, options)).toMatchObject({
			outcome: "unreachable",
			detail: "ECONNREFUSED",
		});
	});
});

describe("what TLS does not take", () => {
	const DAY = 86_400_000;

	it("another name, also where the common name has it, and where it ran out besides", async () => {
		const other = await goodCa.leaf({ names: ["mail.example-lab.com"], name: "CN=localhost" });
		expect((await look("tls", [show(other)])).checked).toMatchObject({
			outcome: "unverified",
			why: ["name"],
			kinds: ["domain"],
		});
		const old = await goodCa.expiredLeaf({ names: ["mail.example-lab.com"] });
		expect((await look("tls", [show(old)])).checked).toMatchObject({
			why: ["expired", "name"],
			kinds: ["time", "domain"],
		});
	});

	it("a self-made document that ran out is a self-made one first", async () => {
		const leaf = await world.pki.selfSignedLeaf({
			names: ["localhost"],
			notBefore: new Date(Date.now() - 70 * DAY),
			notAfter: new Date(Date.now() - 10 * DAY),
		});
		const { checked } = await look("tls", [show(leaf)]);
		expect(checked).toMatchObject({ why: ["self-signed", "expired"], kinds: ["trust", "time"] });
	});

	it("a signer that ran out is known all the same", async () => {
		const old = await world.good.intermediate({
			name: "CN=Old CA,O=Good Trust,C=US",
			notAfter: new Date(Date.now() - DAY),
		});
		const leaf = await old.leaf({ names: ["localhost"] });
		expect((await look("tls", [show(leaf)])).checked).toMatchObject({ why: ["expired"], kinds: ["time"] });
	});

	it("an address is looked for among addresses", async () => {
		const leaf = await goodCa.leaf({ names: ["127.0.0.1"] });
		expect((await look("tls", [show(leaf)], { host: "127.0.0.1" })).checked).toMatchObject({ outcome: "accept" });
		expect((await look("tls", [show(leaf)])).checked).toMatchObject({ outcome: "unverified", why: ["name"] });
	});

	it("a document that is not valid yet", async () => {
		const leaf = await goodCa.leaf({ names: ["localhost"], notBefore: new Date(Date.now() + DAY) });
		expect((await look("tls", [show(leaf)])).checked).toMatchObject({ why: ["not-yet-valid"], kinds: ["time"] });
	});

	it("roots and signers that are not known", async () => {
		const stranger = await world.pki.root({ name: "CN=Stranger Root,O=Stranger,C=ZZ" });
		const leaf = await (await stranger.intermediate({ name: "CN=Stranger CA,O=Stranger,C=ZZ" })).leaf({
			names: ["localhost"],
		});
		const { checked } = await look("tls", [show(leaf, leaf.chainPem({ root: true }))]);
		expect(checked).toMatchObject({ why: ["unknown-root"], kinds: ["trust"] });
		expect((await look("tls", [show(leaf)])).checked).toMatchObject({ why: ["unknown-issuer"] });
		expect((await look("tls", [show(leaf, leaf.chainPem({ only: true }))])).checked).toMatchObject({
			why: ["unknown-issuer"],
		});
	});

	it("the presented chain is judged all the same, by what it names of its signer", async () => {
		const leaf = await (await world.refused.intermediate({ name: "CN=Refused CA,O=Refused Trust,C=CN" })).expiredLeaf({
			names: ["localhost"],
		});
		const byKey = await look("tls", [show(leaf, leaf.chainPem({ root: true }))]);
		expect(byKey.checked).toMatchObject({ outcome: "unverified", verdict: { outcome: "refuse" }, bySigner: false });
		const policy: Policy = {
			version: 1,
			rules: [
				{ id: "cn", title: "China", match: [{ country: "CN" }], action: "block", enabled: true },
				{ id: "any", title: "Errors", match: [{ overridden: "any" }], action: "warn", enabled: true },
			],
		};
		// The intermediate is not sent: its name alone is known.
		const alone = show(leaf, leaf.chainPem({ only: true }));
		expect((await look("tls", [alone], { policy })).checked).toMatchObject({
			why: ["unknown-issuer", "expired"],
			verdict: { outcome: "refuse", finding: { position: 0 } },
			bySigner: true,
		});
		expect((await look("tls", [alone], { policy: NOTHING })).checked).toMatchObject({
			outcome: "unverified",
			verdict: { outcome: "accept" },
		});
	});

	it.each([
		["a key", "leaf"],
		["a signature", "sha1"],
	])("%s that is too weak", async (_, name) => {
		const folder = new URL("../../fixtures/weak/", import.meta.url);
		const read = (file: string): string => readFileSync(new URL(file, folder), "utf8");
		const server = tls.createServer({
			key: read(`${name}.key`),
			cert: read(`${name}.pem`),
			ciphers: "DEFAULT@SECLEVEL=0",
		});
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		const { port } = server.address() as { port: number };
		const store = await trustStore(new URL("ca.pem", folder).pathname);
		const options = { judging: world.judging, trust: store, timeoutMs: 30_000, now: Date.now };
		expect(await check({ protocol: "tls", host: "localhost", port }, options)).toMatchObject({
			outcome: "unverified",
			why: ["weak"],
		});
		await new Promise((resolve) => server.close(resolve));
	});

	it("TLS that is too old ends in no agreement", async () => {
		const leaf = await goodCa.leaf({ names: ["localhost"] });
		const server = tls.createServer({
			key: leaf.keyPem,
			cert: leaf.chainPem(),
			minVersion: "TLSv1",
			maxVersion: "TLSv1.1",
			ciphers: "DEFAULT@SECLEVEL=0",
		});
		server.on("tlsClientError", () => undefined);
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		const { port } = server.address() as { port: number };
		const options = { judging: world.judging, trust, timeoutMs: 30_000, now: Date.now };
		expect(await check({ protocol: "tls", host: "localhost", port }, options)).toMatchObject({
			outcome: "no-agreement",
			verified: false,
		});
		await new Promise((resolve) => server.close(resolve));
	});

	it("what a root issued after the date up to which it is taken", async () => {
		const leaf = await goodCa.leaf({ names: ["localhost"] });
		const limited = (distrustAfter: number): TrustStore => ({
			...trust,
			anchors: trust.anchors.map((anchor) => ({ ...anchor, distrustAfter })),
		});
		const late = limited(leaf.notBefore.getTime() - 1000);
		expect((await look("tls", [show(leaf)], { store: late })).checked).toMatchObject({ why: ["issued-too-late"] });
		const inTime = limited(leaf.notBefore.getTime());
		expect((await look("tls", [show(leaf)], { store: inTime })).checked).toMatchObject({ outcome: "accept" });
	});

	it("a way that cannot be followed is never counted as verified", async () => {
		const leaf = await goodCa.leaf({ names: ["localhost"] });
		const { checked } = await look("tls", [show(leaf)], { store: { ...trust, anchors: [] } });
		expect(checked).toMatchObject({ outcome: "unverified", verified: false, why: ["no-path"] });
	});
});

describe("what TLS takes", () => {
	it("a root that Firefox does not ship is found as such", async () => {
		const leaf = await goodCa.leaf({ names: ["localhost"] });
		const policy: Policy = {
			version: 1,
			rules: [{ id: "added", title: "Added", match: [{ root: "not-built-in" }], action: "warn", enabled: true }],
		};
		expect((await look("tls", [show(leaf)], { policy })).checked).toMatchObject({ outcome: "warn", verified: true });
	});

	it.each([
		["tls", true],
		["tls", false],
		["imap", true],
	] as const)("of two ways up the one that holds, whichever is sent first: %s, %s", async (protocol, oldFirst) => {
		const ca = await world.good.intermediate({ name: "CN=Renewed CA,O=Good Trust,C=US" });
		const old = await ca.reissue({ notAfter: new Date(Date.now() - 86_400_000) });
		const leaf = await ca.leaf({ names: ["localhost"] });
		const above = oldFirst ? [old.pem, ca.pem] : [ca.pem, old.pem];
		const road = protocol === "imap" ? [...(ROADS.imap ?? []), say(AGREED.imap ?? "")] : [];
		const { checked } = await look(protocol, [...road, show(leaf, leaf.pem + above.join(""))]);
		expect(checked).toMatchObject({ outcome: "accept", verified: true, tls: oldFirst ? "TLSv1.2" : "TLSv1.3" });
		const [, second] = "chain" in checked ? checked.chain : [];
		expect(second?.notAfter).toBe(ca.notAfter.getTime());
	});

	it("where only one of them can be seen, it is not called verified", async () => {
		const ca = await world.good.intermediate({ name: "CN=Renewed CA,O=Good Trust,C=US" });
		const old = await ca.reissue({ notAfter: new Date(Date.now() - 86_400_000) });
		const leaf = await ca.leaf({ names: ["localhost"] });
		const server = tls.createServer({ key: leaf.keyPem, cert: leaf.pem + old.pem + ca.pem, minVersion: "TLSv1.3" });
		server.on("tlsClientError", () => undefined);
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		const { port } = server.address() as { port: number };
		expect(await world.check("tls", port)).toMatchObject({ outcome: "unverified", why: ["no-path"] });
		await new Promise((resolve) => server.close(resolve));
	});

	it("rules for some sites go by the server's name", async () => {
		const leaf = await goodCa.leaf({ names: ["localhost"] });
		const rule = {
			id: "rule",
			title: "Rule",
			match: [{ spki: world.good.spki }],
			action: "block",
			enabled: true,
		} as const;
		const policy = (sites: string[]): Policy => ({ version: 1, rules: [{ ...rule, sites }] });
		expect((await look("tls", [show(leaf)], { policy: policy(["localhost"]) })).checked.outcome).toBe("refuse");
		expect((await look("tls", [show(leaf)], { policy: policy(["example.com"]) })).checked.outcome).toBe("accept");
	});
});
