/** Finds what is wrong with a document: all of it, in the order in which it stands there. */
import { MAX_DOCUMENT, type Selector } from "../../src/core/policy.ts";
import { type Mode, parseRule } from "../../src/schema/policy.ts";
import { pathOf } from "../../src/schema/say.ts";
import type { Words } from "../words/words.ts";
import { type Context, quoted, remark } from "./context.ts";
import { aboutSelectors, doubts } from "./doubts.ts";
import type { PlacedRule } from "./idle.ts";
import { type ReadJson, readJson } from "./json.ts";
import { at, documentOf, type Kind } from "./kinds.ts";
import type { Known } from "./known.ts";
import { refused } from "./refused.ts";
import type { Path, Remark } from "./remark.ts";
import { Source } from "./source.ts";

export interface Linted {
	readonly source: Source;
	/** Null where the text is no JSON. */
	readonly kind: Kind | null;
	/** How many rules it has; those that cannot be read count too. */
	readonly rules: number;
	readonly remarks: readonly Remark[];
}

const START = { offset: 0, length: 1 };

/** A remark on a file that has no places. */
function whole(code: Remark["code"], text: string, help: string | null = null): Remark {
	return { severity: "error", code, path: [], span: START, text, help, related: [] };
}

/** What the bytes of a file are in UTF-8, or why they are no such text. */
function decode(bytes: Uint8Array, words: Words): string | Remark {
	if (bytes.length > MAX_DOCUMENT + 3) return whole("size", words.say("lint.size", { most: MAX_DOCUMENT }));
	try {
		return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
	} catch {
		// What PowerShell 5 writes unless it is asked for something else.
		const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
		return whole("encoding", words.say(isUtf16 ? "lint.utf16" : "cli.notUtf8"), words.say("lint.saveAsUtf8"));
	}
}

function syntax(faults: Extract<ReadJson, { ok: false }>["faults"], words: Words): Remark[] {
	return faults.map(({ span, key, values = {} }) => {
		const symbol = quoted(values.symbol ?? "", words);
		return { ...whole(key === "lint.tooDeep" ? "depth" : "syntax", words.say(key, { ...values, symbol })), span };
	});
}

/** The rules, those that can be read as rules, and what the selectors of the others say. */
function readRules(value: unknown, path: Path, context: Context): { rules: PlacedRule[]; remarks: Remark[] } {
	const { mode } = context.document;
	const isKnown = (id: string) => context.known.catalogue.byId(id) !== undefined;
	const rules: PlacedRule[] = [];
	const remarks: Remark[] = [];
	const selectorOf = (one: unknown): Selector | null => {
		const parsed = parseRule({ id: "one", title: "One", match: [one] }, mode, isKnown);
		return parsed.ok ? (parsed.rule.match[0] ?? null) : null;
	};
	for (const [index, one] of (Array.isArray(value) ? (value as unknown[]) : []).entries()) {
		const parsed = parseRule(one, mode, isKnown);
		if (parsed.ok) {
			rules.push({ index, rule: parsed.rule });
			continue;
		}
		for (const field of ["match", "except"]) {
			const selectors = at(one, [field]);
			if (!Array.isArray(selectors)) continue;
			remarks.push(...aboutSelectors(selectors.map(selectorOf), [...path, index, field], context));
		}
	}
	return { rules, remarks };
}

/**
 * Looks a document through. Never throws.
 *
 * @param mode of a policy document alone: whose it is to be
 * @param now milliseconds since 1970: what has expired, and what is still to come
 */
export function lint(bytes: Uint8Array, mode: Mode, known: Known, words: Words, now: number): Linted {
	const text = decode(bytes, words);
	if (typeof text !== "string") return { source: new Source(""), kind: null, rules: 0, remarks: [text] };
	const source = new Source(text);
	const json = readJson(text);
	if (!json.ok) return { source, kind: null, rules: 0, remarks: syntax(json.faults, words) };
	const document = documentOf(json.value, mode);
	const context: Context = { words, known, now, root: json.value, places: json.places, document };
	const rulesPath = [...document.policy, "rules"];
	const rules = at(json.value, rulesPath);
	const counted = Array.isArray(rules) ? rules.length : 0;
	const repeated = json.repeated.map(
		({ path, span, first }): Remark => ({
			...whole("repeated-name", words.say("lint.repeatedName", { name: quoted(String(path.at(-1)), words) })),
			path,
			span,
			related: [{ path, span: first, text: words.say("lint.here") }],
		}),
	);
	if (at(json.value, document.base) === undefined) {
		const missing = words.say("lint.noSection", { path: pathOf(document.base) });
		const nothing = remark(context, "error", "invalid", document.base, missing, {
			help: words.say("lint.sectionHelp"),
		});
		return { source, kind: document.kind, rules: 0, remarks: [...repeated, nothing] };
	}
	const read = readRules(rules, rulesPath, context);
	const remarks = [
		...repeated,
		...document.faults((id) => known.catalogue.byId(id) !== undefined).map((fault) => refused(fault, context)),
		...read.remarks,
		...doubts(read.rules, rulesPath, context),
	];
	// Sorting is stable: at one place, what refuses the document comes first.
	return {
		source,
		kind: document.kind,
		rules: counted,
		remarks: remarks.toSorted((a, b) => a.span.offset - b.span.offset),
	};
}
