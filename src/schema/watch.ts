/** The door of what a watch from a shell remembers of servers. */
import * as v from "valibot";
import { isObject } from "./say.ts";

/** Raised when an older version could not read it. */
export const WATCH_VERSION = 1;

/** Authorities that are remembered of one server, the latest ones. Honest servers have a few in years. */
export const MAX_WATCHED_AUTHORITIES = 50;

/** Servers that are remembered. */
export const MAX_WATCHED = 5000;

const text = v.pipe(v.string(), v.maxLength(500));
const time = v.pipe(v.number(), v.finite(), v.minValue(0));

const Authority = v.strictObject({
	/** Tells authorities apart. */
	key: text,
	name: text,
	country: v.nullable(text),
	/** Milliseconds since 1970. */
	first: time,
	last: time,
});

const Server = v.strictObject({
	/** How it was when it was last told of: the same text for the same. */
	told: v.nullable(text),
	/** How it was when it last showed a document; null: it never has. */
	shown: v.nullable(text),
	/** Who vouched then. */
	voucher: v.nullable(text),
	authorities: v.pipe(v.array(Authority), v.maxLength(MAX_WATCHED_AUTHORITIES)),
});

const Memory = v.strictObject({
	version: v.literal(WATCH_VERSION),
	/** By name: `imaps://mail.example:993`. */
	servers: v.pipe(
		v.custom<Record<string, unknown>>(isObject),
		v.record(text, Server),
		v.check((servers) => Object.keys(servers).length <= MAX_WATCHED),
	),
});

/** What is remembered of a server. */
export type WatchedServer = v.InferOutput<typeof Server>;
/** An authority that vouched for a server, and when it was first and last seen to. */
export type WatchedAuthority = v.InferOutput<typeof Authority>;
/** What a watch remembers. */
export type WatchMemory = v.InferOutput<typeof Memory>;

/** What was found where a memory should be. */
export type ReadMemory =
	| { readonly ok: true; readonly memory: WatchMemory }
	/** `newer`: written by a later version, and not to be touched; `broken`: none. */
	| { readonly ok: false; readonly why: "newer" | "broken" };

/** Reads a memory that was stored. Taken whole or not at all. Never throws. */
export function readWatchMemory(json: string): ReadMemory {
	let value: unknown;
	try {
		value = JSON.parse(json);
	} catch {
		return { ok: false, why: "broken" };
	}
	const versioned = v.safeParse(v.object({ version: v.number() }), value);
	if (versioned.success && versioned.output.version > WATCH_VERSION) return { ok: false, why: "newer" };
	const parsed = v.safeParse(Memory, value);
	return parsed.success ? { ok: true, memory: parsed.output } : { ok: false, why: "broken" };
}
