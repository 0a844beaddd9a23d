import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mailProviders } from "../../src/catalogue/mailProviders.ts";
import { MAX_MAIL_SERVERS } from "../../src/core/mail.ts";
import {
	NO_MAIL,
	readFromMailHost,
	readMail,
	readMailTargets,
	readToMailHost,
	type StoredMail,
} from "../../src/schema/mail.ts";

const certificate = {
	subject: "CN=imap.example.com",
	issuer: "CN=CA",
	notBefore: 0,
	notAfter: 1,
	sha256: Array.from({ length: 32 }, () => "AB").join(":"),
	spki: `${"A".repeat(43)}=`,
	builtInRoot: null,
};
const server = { protocol: "imaps", host: "imap.example.com", port: 993 } as const;
const errorOf = (read: { ok: boolean; error?: string }): string => (read.ok ? "" : (read.error ?? ""));

describe("servers that a page wants in the list", () => {
	it.each(mailProviders)("are those of $name", ({ servers }) =>
		expect(readMailTargets(servers)).toEqual({ ok: true, value: servers }),
	);

	it.each([
		["IMAP.Example.COM.", "imap.example.com"],
		["  imap.example.com ", "imap.example.com"],
		["bücher.example", "xn--bcher-kva.example"],
		["[2001:DB8::1]", "2001:db8::1"],
		["192.0.2.1", "192.0.2.1"],
	])("have canonical hosts: %j", (host, canonical) =>
		expect(readMailTargets([{ ...server, host }])).toEqual({ ok: true, value: [{ ...server, host: canonical }] }),
	);

	it.each([
		[[{ ...server, host: "imaps://imap.example.com" }], "[0].host: expected a domain name"],
		[[{ ...server, host: "imap.example.com:993" }], "[0].host: expected a name without a port"],
		[[{ ...server, host: "" }], "[0].host: expected a domain name"],
		[[{ ...server, port: 0 }], "[0].port: expected a port"],
		[[{ ...server, port: Number.NaN }], "[0].port: expected a port"],
		[[{ ...server, port: "993" }], "[0].port: expected a port"],
		[[{ ...server, protocol: "https" }], "[0].protocol: expected one of imaps"],
		[[{ ...server, more: 1 }], "[0].more: unknown field"],
		[[], "expected at least one server"],
		[Array.from({ length: MAX_MAIL_SERVERS + 1 }, () => server), `expected at most ${MAX_MAIL_SERVERS}`],
		["imap.example.com", "servers: expected an array"],
	])("are refused whole otherwise: %j", (servers, error) => expect(errorOf(readMailTargets(servers))).toContain(error));
});

describe("the host's door", () => {
	it("lets in what the extension says", () => {
		for (const message of [
			{ type: "hello", protocol: 1, version: "0.1.0" },
			{ type: "ask", id: 1, servers: [server] },
		]) {
			expect(readToMailHost(message)).toEqual({ ok: true, value: message });
		}
	});

	it.each([
		[null, "message: expected a message"],
		[{ type: "run", command: "sh" }, "type: expected a message"],
		[{ type: "hello", protocol: 1 }, "version"],
		[{ type: "hello", protocol: 1.5, version: "1" }, "protocol: expected a protocol's number"],
		[{ type: "ask", id: -1, servers: [server] }, "id: expected a number"],
		[{ type: "ask", id: 1, servers: [{ ...server, host: "/etc/passwd" }] }, "servers[0].host"],
		[{ type: "ask", id: 1, servers: [server], file: "x" }, "file"],
	])("and nothing else: %j", (message, error) => expect(errorOf(readToMailHost(message))).toContain(error));
});

describe("the extension's door", () => {
	const answer = (what: unknown) => ({ type: "answer", id: 1, index: 0, answer: what });

	it.each([
		{ type: "hello", protocol: 1, version: "0.1.0" },
		answer({ found: { kind: "verified", chain: [certificate] }, documents: ["AAAA", "AAA="] }),
		answer({ found: { kind: "unverified", why: ["self-signed", "name"], chain: [certificate] }, documents: [] }),
		answer({ found: { kind: "stripped" }, documents: [] }),
		answer({ unreached: "timeout", detail: "" }),
		{ type: "done", id: 1 },
		{ type: "error", why: "too-fast", detail: "" },
	])("lets in what the host says: %j", (message) =>
		expect(readFromMailHost(message)).toEqual({ ok: true, value: message }),
	);

	it.each([
		["a verified chain of nothing", answer({ found: { kind: "verified", chain: [] } })],
		["documents that are no base64", answer({ found: { kind: "stripped" }, documents: ["{}"] })],
		["too large a document", answer({ found: { kind: "stripped" }, documents: ["A".repeat(24_004)] })],
		["a finding without them", answer({ found: { kind: "stripped" } })],
		["no reason", answer({ found: { kind: "unverified", why: [], chain: [certificate] } })],
		["a reason of its own", answer({ found: { kind: "unverified", why: ["fine"], chain: [certificate] } })],
		["a verdict", answer({ found: { kind: "verified", chain: [certificate], verdict: "accept" } })],
		["another spelling of a key", answer({ found: { kind: "verified", chain: [{ ...certificate, spki: "AAAA" }] } })],
		[
			"a fingerprint in lower case",
			answer({
				found: { kind: "verified", chain: [{ ...certificate, sha256: certificate.sha256.toLowerCase() }] },
			}),
		],
		["a time that is none", answer({ found: { kind: "verified", chain: [{ ...certificate, notAfter: "soon" }] } })],
		[
			"a name without end",
			answer({ found: { kind: "verified", chain: [{ ...certificate, subject: "x".repeat(4001) }] } }),
		],
		[
			"seventeen certificates",
			answer({
				found: { kind: "verified", chain: Array.from({ length: 17 }, () => certificate) },
			}),
		],
		["a server that cannot be", { ...answer({ found: { kind: "stripped" }, documents: [] }), index: 50 }],
		["nothing", undefined],
	])("but not %s", (_, message) => expect(readFromMailHost(message).ok).toBe(false));

	it("never throws, whatever it is given", () => {
		fc.assert(
			fc.property(fc.anything(), (value) => {
				readFromMailHost(value);
				readToMailHost(value);
				readMail(value);
				readMailTargets(value);
			}),
		);
	});
});

describe("what is stored", () => {
	const full: StoredMail = {
		version: 1,
		on: true,
		every: 60,
		servers: [{ id: "a", ...server }],
		seen: {
			a: {
				asked: 5,
				found: { what: { kind: "verified", chain: [certificate] }, first: 1, last: 5 },
				unreached: { since: 6, why: "cut", detail: "ECONNRESET" },
				vouchers: [{ authority: "acme", name: "Acme", country: "US", first: 1, last: 5 }],
				told: null,
			},
		},
		host: { state: "well", time: 5, version: "0.1.0", detail: "" },
	};

	it("comes back as it was written, and nothing is there at first", () => {
		expect(readMail(JSON.parse(JSON.stringify(full)))).toEqual({ kind: "mail", mail: full });
		expect(readMail(undefined)).toEqual({ kind: "mail", mail: NO_MAIL });
	});

	it.each([
		["the same server twice", { ...full, servers: [...full.servers, { ...server, id: "b" }] }, "each server once"],
		["the same id twice", { ...full, servers: [...full.servers, { ...server, id: "a", port: 1 }] }, "ids of their own"],
		["another interval", { ...full, every: 1 }, "mail.every"],
		["something more", { ...full, password: "x" }, "unknown field"],
		["no object", [], "mail: expected an object"],
	])("is said to be unreadable with %s", (_, stored, error) => {
		const read = readMail(stored);
		expect(read.kind).toBe("unreadable");
		expect(read.kind === "unreadable" && read.detail).toContain(error.replace("mail.", ""));
	});

	it("is left alone where a newer version wrote it", () =>
		expect(readMail({ ...full, version: 2 })).toEqual({
			kind: "newer",
			detail: "mail.version: expected at most 1, got 2",
		}));
});
