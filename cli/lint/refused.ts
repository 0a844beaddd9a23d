/** What a document is refused for: the faults that its reader finds, and what to do about each. */
import { toHex } from "../../src/core/key.ts";
import { type Fault, isObject, pathOf } from "../../src/schema/say.ts";
import { type Context, didYouMean, quoted, remark } from "./context.ts";
import { at } from "./kinds.ts";
import { nearest, nearestAuthorities } from "./known.ts";
import type { Remark } from "./remark.ts";

const HEX = /^[0-9a-f]+$/i;
/** Base64 of 32 bytes, its padding and its last two bits aside; also for use in addresses. */
const BASE64 = /^[\w+/-]{43}=?$/;

/** What to do about a hash in another writing. */
function hashHelp(kind: unknown, value: unknown, { words }: Context): string | null {
	if (typeof value !== "string" || (kind !== "spki" && kind !== "certificate")) return null;
	const plain = value.replace(/[:\s]/g, "").toLowerCase();
	if (HEX.test(plain) && plain.length === 40) return words.say("lint.sha1");
	if (kind === "spki" && HEX.test(plain) && plain.length === 64) {
		const base64 = Buffer.from(plain, "hex").toString("base64");
		return words.say("lint.hexKey", { key: `{"spki": "${base64}"}`, certificate: `{"certificate": "${plain}"}` });
	}
	if (kind === "spki" && BASE64.test(value)) {
		return words.say("lint.sameHash", { written: `"${Buffer.from(value, "base64").toString("base64")}"` });
	}
	if (kind === "certificate" && BASE64.test(value)) {
		const bytes = Buffer.from(value, "base64");
		const key = `{"spki": "${bytes.toString("base64")}"}`;
		return words.say("lint.base64Certificate", { key, certificate: `{"certificate": "${toHex(bytes)}"}` });
	}
	return null;
}

/** The words that an error offers: `expected "a" or "b", got "c"`. */
function offered(error: string): readonly string[] {
	const [, list] = /^expected one of (.*), got "/.exec(error) ?? [];
	if (list !== undefined) return list.split(", ");
	const [, texts = ""] = /^expected ("[^"]+"(?: or "[^"]+")*), got "/.exec(error) ?? [];
	return [...texts.matchAll(/"([^"]+)"/g)].map(([, word = ""]) => word);
}

/** Puts a fault into a remark. What it says is the reader's own English line (docs/policy.md). */
export function refused(fault: Fault, context: Context): Remark {
	const { words, known, document } = context;
	const path = [...document.base, ...fault.path];
	const value = at(context.root, path);
	const last = fault.path.at(-1);
	const text = `${pathOf(path) || words.say("lint.document")}: ${fault.error}`;
	if (fault.fields.length > 0) {
		const fields = fault.fields.map((field) => quoted(field, words)).join(", ");
		const help = didYouMean(nearest(String(last), fault.fields), words) ?? words.say("lint.fields", { fields });
		return remark(context, "error", "unknown-field", path, text, { on: "name", help });
	}
	if (last === "authority" && fault.error.startsWith("expected the id of a known authority")) {
		const help = didYouMean(nearestAuthorities(String(value), known), words) ?? words.say("lint.authorities");
		return remark(context, "error", "unknown-authority", path, text, { help });
	}
	const [, twin] = / as in rules\[(\d+)\]$/.exec(fault.error) ?? [];
	if (last === "id" && twin !== undefined) {
		const first = [...document.policy, "rules", Number(twin), "id"];
		const related = [{ path: first, text: words.say("lint.here") }];
		return remark(context, "error", "invalid", path, text, { related });
	}
	const options = offered(fault.error);
	if (fault.error.startsWith("expected one of") && isObject(value)) {
		const [name = ""] = Object.keys(value);
		const help = didYouMean(nearest(name, options), words);
		return remark(context, "error", "unknown-selector", [...path, name], text, { on: "name", help });
	}
	const near = typeof value === "string" ? nearest(value, options) : [];
	return remark(context, "error", "invalid", path, text, {
		help: didYouMean(near, words) ?? hashHelp(last, value, context),
	});
}
