/** Reading JSON text more strictly than `JSON.parse`, which takes the last of two equal names. */
import { messageOf } from "../core/error.ts";
import { MAX_DOCUMENT } from "../core/policy.ts";
import { pathOf } from "./say.ts";

export type Json = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: string };

const encoder = new TextEncoder();

function sizeError(text: string): string | null {
	// No text has fewer bytes than characters: the big ones need not be encoded.
	const bytes = text.length > MAX_DOCUMENT ? text.length : encoder.encode(text).length;
	return bytes > MAX_DOCUMENT
		? `document: expected at most ${MAX_DOCUMENT} bytes, got ${text.length > MAX_DOCUMENT ? "more" : bytes}`
		: null;
}

type Frame = { names: Set<string> | null; awaitsName: boolean; name: string } | { index: number };

/** End of the JSON string that starts at `from`: the index of its closing quote. */
function stringEnd(text: string, from: number): number {
	let at = from + 1;
	while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
	return at;
}

/** The path of a name that stands twice in one object, or null. Expects valid JSON. */
function repeatedName(text: string): string | null {
	const frames: Frame[] = [];
	for (let at = 0; at < text.length; at++) {
		const top = frames.at(-1);
		switch (text[at]) {
			case "{":
				frames.push({ names: null, awaitsName: true, name: "" });
				break;
			case "[":
				frames.push({ index: 0 });
				break;
			case "}":
			case "]":
				frames.pop();
				break;
			case ",":
				if (top && "index" in top) top.index++;
				else if (top) top.awaitsName = true;
				break;
			case '"': {
				const end = stringEnd(text, at);
				if (top && !("index" in top) && top.awaitsName) {
					top.name = JSON.parse(text.slice(at, end + 1)) as string;
					top.names ??= new Set();
					if (top.names.has(top.name))
						return pathOf(frames.map((frame) => ("index" in frame ? frame.index : frame.name)));
					top.names.add(top.name);
					top.awaitsName = false;
				}
				at = end;
			}
		}
	}
	return null;
}

/**
 * Reads the text of a document. A byte order mark at the start is skipped (RFC 8259 section 8.1
 * allows that, and editors on Windows write one). Text above 1 MiB of UTF-8, broken JSON and a name
 * written twice in one object (people would read one value and the machine the other) are errors.
 * Never throws.
 */
export function readJson(text: string): Json {
	const bare = text.startsWith("\u{feff}") ? text.slice(1) : text;
	const tooBig = sizeError(bare);
	if (tooBig) return { ok: false, error: tooBig };
	let value: unknown;
	try {
		value = JSON.parse(bare);
	} catch (error) {
		// The engine quotes the text around the error, line breaks and all.
		const detail = messageOf(error).replace(/\s+/g, " ");
		return { ok: false, error: `document: expected JSON, got an error: ${detail}` };
	}
	const repeated = repeatedName(bare);
	return repeated === null
		? { ok: true, value }
		: { ok: false, error: `${repeated}: expected each name once in an object, got it twice` };
}

/**
 * Holds a value that was never text (managed storage, a page's message) to the same size, measured
 * as compact JSON. Never throws: what has no JSON form is an error.
 */
export function checkJson(value: unknown): Json {
	try {
		const tooBig = sizeError(JSON.stringify(value) ?? "");
		return tooBig ? { ok: false, error: tooBig } : { ok: true, value };
	} catch {
		return { ok: false, error: "document: expected a value that JSON can hold" };
	}
}
