/**
 * JSON with positions. jsonc-parser reads on after an error, and says where everything stands; what it takes
 * that JSON does not allow is said by `JSON.parse`, which has the last word.
 */
import { type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import { messageOf } from "../../src/core/error.ts";
import type { WordKey } from "../words/words.ts";
import type { Path } from "./remark.ts";
import type { Span } from "./source.ts";

/** Something that is no JSON. */
export interface SyntaxFault {
	readonly span: Span;
	readonly key: WordKey;
	readonly values?: Readonly<Record<string, string>>;
}

/** A name that stands twice in one object. */
export interface RepeatedName {
	readonly path: Path;
	readonly span: Span;
	readonly first: Span;
}

export type ReadJson =
	| { readonly ok: true; readonly value: unknown; readonly places: Places; readonly repeated: readonly RepeatedName[] }
	| { readonly ok: false; readonly faults: readonly SyntaxFault[] };

/** By the name that jsonc-parser gives an error. */
const SYNTAX: Readonly<Record<string, WordKey>> = {
	InvalidSymbol: "lint.invalidSymbol",
	InvalidNumberFormat: "lint.invalidNumber",
	PropertyNameExpected: "lint.nameExpected",
	ValueExpected: "lint.valueExpected",
	ColonExpected: "lint.colonExpected",
	CommaExpected: "lint.commaExpected",
	CloseBraceExpected: "lint.braceExpected",
	CloseBracketExpected: "lint.bracketExpected",
	EndOfFileExpected: "lint.endExpected",
	InvalidCommentToken: "lint.comment",
	UnexpectedEndOfComment: "lint.comment",
	UnexpectedEndOfString: "lint.unendedText",
	UnexpectedEndOfNumber: "lint.invalidNumber",
	InvalidUnicode: "lint.invalidEscape",
	InvalidEscapeCharacter: "lint.invalidEscape",
	InvalidCharacter: "lint.controlCharacter",
};

const spanOf = ({ offset, length }: Node): Span => ({ offset, length });

/** Where the values of a document stand in its text. */
export class Places {
	readonly #root: Node;

	constructor(root: Node) {
		this.#root = root;
	}

	/** The node of a path, or of the longest part of it that there is. */
	#find(path: Path): { readonly node: Node; readonly name: Node | null; readonly whole: boolean } {
		let node = this.#root;
		let name: Node | null = null;
		for (const key of path) {
			if (node.type === "array" && typeof key === "number") {
				const next = node.children?.[key];
				if (!next) return { node, name, whole: false };
				node = next;
				name = null;
				continue;
			}
			const member = node.type === "object" ? node.children?.find((one) => one.children?.[0]?.value === key) : null;
			const value = member?.children?.[1];
			if (!value) return { node, name, whole: false };
			node = value;
			name = member?.children?.[0] ?? null;
		}
		return { node, name, whole: true };
	}

	/** A value. Where there is none, the bracket that opens what it is missing from. */
	value(path: Path): Span {
		const { node, whole } = this.#find(path);
		const isOpen = node.type === "object" || node.type === "array";
		return whole && !isOpen ? spanOf(node) : { offset: node.offset, length: isOpen ? 1 : node.length };
	}

	/** The name of an object's member; where it has none, its value. */
	name(path: Path): Span {
		const { name, whole } = this.#find(path);
		return whole && name ? spanOf(name) : this.value(path);
	}
}

/** What is wrong where a comma stands before a closing bracket is the comma. */
function syntaxFault(text: string, { error, offset, length }: ParseError): SyntaxFault {
	const name = printParseErrorCode(error);
	const before = /,\s*$/.exec(text.slice(0, offset));
	if (/^(Value|PropertyName)Expected$/.test(name) && before && /[\]}]/.test(text[offset] ?? "")) {
		return { span: { offset: before.index, length: 1 }, key: "lint.trailingComma" };
	}
	// A symbol is cut where it gets odd: `'a'`, `undefined`.
	const key = SYNTAX[name] ?? "lint.invalidSymbol";
	return {
		span: { offset, length: Math.max(1, length) },
		key,
		values: { symbol: text.slice(offset, offset + length) },
	};
}

/** The first fault of each line, since what follows on the line mostly follows from it; and commas too many, which do not. */
function firstOfLine(text: string, faults: readonly SyntaxFault[]): SyntaxFault[] {
	return faults.filter(({ span, key }, index) => {
		const before = faults[index - 1];
		if (before?.span.offset === span.offset) return false;
		return !before || key === "lint.trailingComma" || /[\r\n]/.test(text.slice(before.span.offset, span.offset));
	});
}

function repeatedNames(root: Node): RepeatedName[] {
	const found: RepeatedName[] = [];
	const waiting: { readonly node: Node; readonly path: Path }[] = [{ node: root, path: [] }];
	for (let next = waiting.pop(); next; next = waiting.pop()) {
		const { node, path } = next;
		const seen = new Map<unknown, Node>();
		for (const [index, child] of (node.children ?? []).entries()) {
			if (child.type !== "property") {
				waiting.push({ node: child, path: [...path, index] });
				continue;
			}
			const [name, value] = child.children ?? [];
			if (!name) continue;
			const first = seen.get(name.value);
			const inside = [...path, String(name.value)];
			if (first) found.push({ path: inside, span: spanOf(name), first: spanOf(first) });
			else seen.set(name.value, name);
			if (value) waiting.push({ node: value, path: inside });
		}
	}
	return found.sort((a, b) => a.span.offset - b.span.offset);
}

/** Where the engine says that it stumbled, if it does. */
function enginesFault(text: string, error: unknown): SyntaxFault {
	const [, offset = String(text.length)] = /\bposition (\d+)/.exec(messageOf(error)) ?? [];
	const values = { message: messageOf(error).replace(/\s+/g, " ") };
	return { span: { offset: Number(offset), length: 1 }, key: "lint.otherSyntax", values };
}

/**
 * Reads JSON with the places of all that is in it, or all that keeps it from being JSON. A byte order mark at the
 * start is skipped. Never throws; what is nested too deeply to be walked through is a fault.
 */
export function readJson(text: string): ReadJson {
	// One character for one: what comes after stays where it is.
	const bare = text.startsWith("\u{feff}") ? ` ${text.slice(1)}` : text;
	const errors: ParseError[] = [];
	let root: Node | undefined;
	try {
		root = parseTree(bare, errors, { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false });
	} catch (error) {
		if (!(error instanceof RangeError)) throw error;
		return { ok: false, faults: [{ span: { offset: 0, length: 1 }, key: "lint.tooDeep" }] };
	}
	const faults = errors.map((error) => syntaxFault(bare, error)).sort((a, b) => a.span.offset - b.span.offset);
	if (bare.trim() === "") return { ok: false, faults: [{ span: { offset: 0, length: 1 }, key: "lint.empty" }] };
	if (faults.length > 0) return { ok: false, faults: firstOfLine(bare, faults) };
	try {
		const value: unknown = JSON.parse(bare);
		if (!root) return { ok: false, faults: [{ span: { offset: 0, length: 1 }, key: "lint.valueExpected" }] };
		return { ok: true, value, places: new Places(root), repeated: repeatedNames(root) };
	} catch (error) {
		return { ok: false, faults: [enginesFault(bare, error)] };
	}
}
