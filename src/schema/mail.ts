/**
 * The doors of all that is about mail servers: what the host and the extension say to each other, what a page asks for,
 * and what is stored. The host is a program of its own, so each side checks every word of the other.
 */
import * as v from "valibot";
import type { Certificate } from "../core/chain.ts";
import { isSpki } from "../core/key.ts";
import {
	MAIL_PORTS,
	MAX_MAIL_CHAIN,
	MAX_MAIL_DOCUMENT,
	MAX_MAIL_SERVERS,
	type MailProtocol,
	type MailServer,
	type MailTarget,
	mailKey,
	UNREACHED,
	UNTRUSTED,
	type Unreached,
	type Untrusted,
} from "../core/mail.ts";
import { canonicalHost } from "./names.ts";
import { expected, fields, isObject, read, show } from "./say.ts";

const PROTOCOLS = Object.keys(MAIL_PORTS) as MailProtocol[];

const whole = (least: number, most: number, what: string) =>
	v.pipe(
		v.number(expected(what)),
		v.safeInteger(expected(what)),
		v.minValue(least, expected(what)),
		v.maxValue(most, expected(what)),
	);
const string = (max: number) =>
	v.pipe(v.string(expected("text")), v.maxLength(max, expected(`at most ${max} characters`)));
const time = v.pipe(v.number(expected("a time")), v.finite(expected("a time")));
const list = <Item>(item: v.GenericSchema<unknown, Item>, most: number) =>
	v.pipe(v.array(item, expected("an array")), v.maxLength(most, expected(`at most ${most}`)));

const Target: v.GenericSchema<unknown, MailTarget> = fields({
	protocol: v.picklist(PROTOCOLS, expected(`one of ${PROTOCOLS.join(", ")}`)),
	host: v.pipe(
		string(260),
		v.rawTransform(({ dataset, addIssue, NEVER }): string => {
			const named = canonicalHost(dataset.value.trim());
			if ("name" in named) return named.name;
			addIssue({ message: expected(named.expected)({ input: dataset.value }) });
			return NEVER;
		}),
	),
	port: whole(1, 65_535, "a port from 1 to 65535"),
});

/** A fingerprint as Firefox writes it (core/key.ts). */
const FINGERPRINT = /^[0-9A-F]{2}(?::[0-9A-F]{2}){31}$/;

/** As `readCertificate` (core/chain.ts) makes them. No honest name of one has 4,000 characters. */
const CertificateSchema: v.GenericSchema<unknown, Certificate> = fields({
	subject: string(4000),
	issuer: string(4000),
	notBefore: time,
	notAfter: time,
	sha256: v.pipe(string(95), v.regex(FINGERPRINT, expected("a fingerprint"))),
	spki: v.pipe(string(44), v.check(isSpki, expected("the SHA-256 of a key"))),
	builtInRoot: v.nullable(v.boolean(expected("true, false or null"))),
});

/** What was seen of a server that showed a document, or none on purpose. */
export type MailFound =
	/** Verified up to a root that is trusted; leaf first, the root last. */
	| { readonly kind: "verified"; readonly chain: readonly [Certificate, ...Certificate[]] }
	/** Shown, leaf first, and not to be trusted: for the first of these reasons, and others after it. */
	| {
			readonly kind: "unverified";
			readonly why: readonly [Untrusted, ...Untrusted[]];
			readonly chain: readonly Certificate[];
	  }
	/** The server offers no encryption where a mail app would ask for it, or takes it back. */
	| { readonly kind: "stripped" };

const chain = list(CertificateSchema, MAX_MAIL_CHAIN);
const someChain = v.pipe(chain, v.minLength(1, expected("at least one certificate"))) as unknown as v.GenericSchema<
	unknown,
	readonly [Certificate, ...Certificate[]]
>;
const reasons = v.pipe(
	list(v.picklist(UNTRUSTED, expected("a reason")), UNTRUSTED.length),
	v.minLength(1, expected("at least one reason")),
) as unknown as v.GenericSchema<unknown, readonly [Untrusted, ...Untrusted[]]>;

const Found: v.GenericSchema<unknown, MailFound> = v.variant(
	"kind",
	[
		v.strictObject({ kind: v.literal("verified"), chain: someChain }),
		v.strictObject({ kind: v.literal("unverified"), why: reasons, chain }),
		v.strictObject({ kind: v.literal("stripped") }),
	],
	expected("something found"),
);

/** What came of asking a server. `detail`: in English, for people who look closer. */
export type MailAnswer =
	/** `documents`: the certificates of its chain, DER in base64; none where they are too large to be sent along. */
	| { readonly found: MailFound; readonly documents: readonly string[] }
	| { readonly unreached: Unreached; readonly detail: string };

const document = v.pipe(
	string(MAX_MAIL_DOCUMENT),
	v.regex(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/, expected("base64")),
);

const Answer: v.GenericSchema<unknown, MailAnswer> = v.union(
	[
		v.strictObject({ found: Found, documents: list(document, MAX_MAIL_CHAIN) }),
		v.strictObject({ unreached: v.picklist(UNREACHED, expected("a reason")), detail: string(300) }),
	],
	expected("an answer"),
);

const protocol = whole(1, 1_000_000, "a protocol's number");
const number = whole(0, Number.MAX_SAFE_INTEGER, "a number");
const version = string(50);

/** What the extension says to the host. `hello` comes first. */
export type ToMailHost =
	| { readonly type: "hello"; readonly protocol: number; readonly version: string }
	/** Answered with one `answer` for each server, in whatever order, and `done`. */
	| { readonly type: "ask"; readonly id: number; readonly servers: readonly MailTarget[] };

const ToHost: v.GenericSchema<unknown, ToMailHost> = v.variant(
	"type",
	[
		v.strictObject({ type: v.literal("hello"), protocol, version }),
		v.strictObject({
			type: v.literal("ask"),
			id: number,
			servers: v.pipe(list(Target, MAX_MAIL_SERVERS), v.minLength(1, expected("at least one server"))),
		}),
	],
	expected("a message"),
);

/** Why the host ends. */
const HOST_ERRORS = ["malformed", "too-large", "too-fast", "order", "failed"] as const;

/** What the host says to the extension. */
export type FromMailHost =
	| { readonly type: "hello"; readonly protocol: number; readonly version: string }
	| { readonly type: "answer"; readonly id: number; readonly index: number; readonly answer: MailAnswer }
	| { readonly type: "done"; readonly id: number }
	/** The last thing it says. */
	| { readonly type: "error"; readonly why: (typeof HOST_ERRORS)[number]; readonly detail: string };

const FromHost: v.GenericSchema<unknown, FromMailHost> = v.variant(
	"type",
	[
		v.strictObject({ type: v.literal("hello"), protocol, version }),
		v.strictObject({
			type: v.literal("answer"),
			id: number,
			index: whole(0, MAX_MAIL_SERVERS - 1, "the place of a server"),
			answer: Answer,
		}),
		v.strictObject({ type: v.literal("done"), id: number }),
		v.strictObject({
			type: v.literal("error"),
			why: v.picklist(HOST_ERRORS, expected("a reason")),
			detail: string(500),
		}),
	],
	expected("a message"),
);

type Read<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: string };

/** The host's door. Never throws. */
export const readToMailHost = (message: unknown): Read<ToMailHost> => read(ToHost, message, "message");

/** The extension's door. Never throws. */
export const readFromMailHost = (message: unknown): Read<FromMailHost> => read(FromHost, message, "message");

/** Reads servers that a page wants in the list; hosts become canonical. Never throws. */
export const readMailTargets = (value: unknown): Read<readonly MailTarget[]> =>
	read(v.pipe(list(Target, MAX_MAIL_SERVERS), v.minLength(1, expected("at least one server"))), value, "servers");

/** How often servers may be asked, in minutes. */
export const MAIL_EVERY = [15, 60, 360] as const;
export type MailEvery = (typeof MAIL_EVERY)[number];

/** Who vouched for a server. */
export interface MailVoucher {
	/** Id in the catalogue, where it knows the key's owner. */
	readonly authority: string | null;
	/** For people; "" of one that has none. */
	readonly name: string;
	/** ISO 3166-1 alpha-2. */
	readonly country: string | null;
	/** When it did first and last, in milliseconds since 1970. */
	readonly first: number;
	readonly last: number;
}

/** Vouchers that are remembered of a server. */
export const MAX_MAIL_VOUCHERS = 8;

/** What was seen of a server. Times in milliseconds since 1970. */
export interface MailSeen {
	/** When it was asked last; 0 for never. */
	readonly asked: number;
	/** The last thing found, and when it was found first and last; null for nothing yet. */
	readonly found: { readonly what: MailFound; readonly first: number; readonly last: number } | null;
	/** Nothing could be learnt of it since then; null when it answered last. */
	readonly unreached: { readonly since: number; readonly why: Unreached; readonly detail: string } | null;
	/** Seen last first. */
	readonly vouchers: readonly MailVoucher[];
	/** What the person was told of it; null when there is nothing to tell. */
	readonly told: string | null;
}

/** How it stands with the host. */
export const HOST_STATES = [
	"well",
	/** Firefox knows no such program. */
	"missing",
	/** It did not start, or ended before it had said who it is. */
	"broken",
	/** It ended in the middle. */
	"crashed",
	/** It said nothing in time. */
	"silent",
	/** It said something that it may not. */
	"garbled",
	"too-old",
	/** It is newer than the extension. */
	"too-new",
	/** Firefox does not let the extension speak to it any more. */
	"not-allowed",
] as const;

export interface MailHostState {
	readonly state: (typeof HOST_STATES)[number];
	/** Milliseconds since 1970. */
	readonly time: number;
	/** Its own version, where it said so. */
	readonly version: string | null;
	/** In English, for people who look closer. */
	readonly detail: string;
}

/** All that is stored about mail servers, under a key of its own. */
export interface StoredMail {
	readonly version: 1;
	readonly on: boolean;
	readonly every: MailEvery;
	readonly servers: readonly MailServer[];
	/** By the server's id. */
	readonly seen: Readonly<Record<string, MailSeen>>;
	readonly host: MailHostState | null;
}

export const NO_MAIL: StoredMail = { version: 1, on: false, every: 15, servers: [], seen: {}, host: null };

const Voucher: v.GenericSchema<unknown, MailVoucher> = fields({
	authority: v.nullable(string(100)),
	name: string(4000),
	country: v.nullable(string(2)),
	first: time,
	last: time,
});

const Seen: v.GenericSchema<unknown, MailSeen> = fields({
	asked: time,
	found: v.nullable(fields({ what: Found, first: time, last: time })),
	unreached: v.nullable(fields({ since: time, why: v.picklist(UNREACHED, expected("a reason")), detail: string(300) })),
	vouchers: list(Voucher, MAX_MAIL_VOUCHERS),
	told: v.nullable(string(300)),
});

const id = string(100);
const Server: v.GenericSchema<unknown, MailServer> = v.pipe(
	v.custom<Record<string, unknown>>(isObject, expected("a server")),
	v.rawTransform(({ dataset, addIssue, NEVER }): MailServer => {
		const { id: own, ...rest } = dataset.value;
		const target = v.safeParse(Target, rest, { abortEarly: true });
		if (target.success && v.is(id, own)) return { id: own, ...target.output };
		addIssue({ message: `expected a server, got ${show(own)}` });
		return NEVER;
	}),
);

const Stored: v.GenericSchema<unknown, StoredMail> = fields({
	version: v.literal(1, expected("1")),
	on: v.boolean(expected("true or false")),
	every: v.picklist(MAIL_EVERY, expected("how often")),
	servers: v.pipe(
		list(Server, MAX_MAIL_SERVERS),
		v.check((all) => new Set(all.map(mailKey)).size === all.length, "expected each server once"),
		v.check((all) => new Set(all.map((one) => one.id)).size === all.length, "expected ids of their own"),
	),
	seen: v.record(id, Seen, expected("what was seen")),
	host: v.nullable(
		fields({
			state: v.picklist(HOST_STATES, expected("a state")),
			time,
			version: v.nullable(version),
			detail: string(500),
		}),
	),
});

export type ReadMail =
	| { readonly kind: "mail"; readonly mail: StoredMail }
	/** Written by a newer Countersign: nothing may be written over it. */
	| { readonly kind: "newer"; readonly detail: string }
	| { readonly kind: "unreadable"; readonly detail: string };

/** Reads what is stored; nothing is there yet: switched off, and no servers. Never throws. */
export function readMail(stored: unknown): ReadMail {
	if (stored === undefined) return { kind: "mail", mail: NO_MAIL };
	const written = isObject(stored) ? stored.version : undefined;
	if (typeof written === "number" && written > 1) {
		return { kind: "newer", detail: `mail.version: expected at most 1, got ${written}` };
	}
	const result = read(Stored, stored, "mail");
	return result.ok ? { kind: "mail", mail: result.value } : { kind: "unreadable", detail: result.error };
}
