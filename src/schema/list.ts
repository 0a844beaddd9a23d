/** The door of refusal lists: their documents, addresses, keys and signatures (docs/lists.md). */
import * as v from "valibot";
import { isPublicKey, LIST_VERSION, type RefusalList } from "../core/list.ts";
import { readJson } from "./json.ts";
import { DateTime, Id, innerFaults, inPolicy, type KnownAuthority, parsePolicy, text } from "./policy.ts";
import { expected, type Fault, faultsOf, fields, isObject, read, show } from "./say.ts";

export type ParsedList =
	| {
			readonly ok: true;
			readonly list: RefusalList;
			/** Selectors that match nothing here, one line each. */
			readonly reported: readonly string[];
	  }
	| { readonly ok: false; readonly error: string };

const MAX_URL = 2000;

const Head = fields({
	version: v.literal(LIST_VERSION, expected(String(LIST_VERSION))),
	list: fields({
		id: Id,
		title: text(1, 60),
		description: v.optional(text(0, 600)),
		sequence: v.pipe(
			v.number(expected("a whole number from 1 on")),
			v.safeInteger(expected("a whole number from 1 on")),
			v.minValue(1, expected("a whole number from 1 on")),
		),
		expires: DateTime,
	}),
	policy: v.custom<unknown>((value) => value !== undefined, expected("a policy document")),
});

/** Why a list of a later version is not read any further, or null. */
function newerVersion(value: unknown): string | null {
	const version = isObject(value) ? value.version : undefined;
	return typeof version === "number" && version > LIST_VERSION
		? `expected ${LIST_VERSION}, got ${version}: this list needs a newer Countersign`
		: null;
}

/** All that is wrong with a list's document, not only what `parseList` stops at. Empty where that takes it. */
export function listFaults(value: unknown, known: KnownAuthority): readonly Fault[] {
	const newer = newerVersion(value);
	if (newer !== null) return [{ path: ["version"], error: newer, fields: [] }];
	return [...faultsOf(Head, value), ...innerFaults(value, "list", known)];
}

/**
 * Reads the text of a list's document: whole, or refused whole with one line that names the field, the value and what
 * was expected. `settings` are refused, `strict` becomes `block`, and what is unknown here is reported. At most
 * 1 MiB of UTF-8 and 1,000 rules. Never throws.
 *
 * @param document the exact text
 */
export function parseList(document: string, known: KnownAuthority): ParsedList {
	const json = readJson(document);
	if (!json.ok) return json;
	const newer = newerVersion(json.value);
	if (newer !== null) return { ok: false, error: `version: ${newer}` };
	const head = read(Head, json.value, "document");
	if (!head.ok) return head;
	const { list, policy: inner } = head.value;
	const parsed = isObject(inner)
		? parsePolicy(inner, "list", known)
		: { ok: false as const, error: `document: expected an object, got ${show(inner)}` };
	if (!parsed.ok) return { ok: false, error: inPolicy(parsed.error) };
	const { id, title, description, sequence, expires } = list;
	return {
		ok: true,
		list: { id, title, ...(description && { description }), sequence, expires, policy: parsed.policy },
		reported: parsed.reported.map(inPolicy),
	};
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text that bytes are in UTF-8, or null where they are none. Encoded again it gives the very same bytes. */
export function textOf(bytes: Uint8Array): string | null {
	try {
		return decoder.decode(bytes);
	} catch {
		return null;
	}
}

export type ParsedUrl = { readonly ok: true; readonly url: string } | { readonly ok: false; readonly error: string };

/** Reads the address of a list: https, without a name, a password or a fragment in it. Never throws. */
export function parseListUrl(address: string): ParsedUrl {
	const url = address.length <= MAX_URL ? URL.parse(address.trim()) : null;
	if (url?.protocol !== "https:" || url.username !== "" || url.password !== "") {
		return { ok: false, error: `url: expected an address that begins with https://, got ${show(address)}` };
	}
	url.hash = "";
	return { ok: true, url: url.href };
}

/** Where the signature of a list lies: beside it, with `.sig` after the path. `url` is one that `parseListUrl` gave. */
export function signatureUrl(url: string): string {
	const signature = new URL(url);
	signature.pathname += ".sig";
	return signature.href;
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
	return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** Reads a public key: base64 of 32 bytes, white space around it aside. Null for anything else. Never throws. */
export function parsePublicKey(
	written: string,
): { readonly key: string; readonly bytes: Uint8Array<ArrayBuffer> } | null {
	const key = written.trim();
	return isPublicKey(key) ? { key, bytes: bytesOf(key) } : null;
}

const SIGNATURE = /^[A-Za-z0-9+/]{85}[AQgw]==$/;

/** Reads the file of a signature: base64 of 64 bytes, white space around it aside. Null for anything else. */
export function parseSignature(written: string): Uint8Array<ArrayBuffer> | null {
	const signature = written.trim();
	return SIGNATURE.test(signature) ? bytesOf(signature) : null;
}
