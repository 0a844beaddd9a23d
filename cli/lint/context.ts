import type { Words } from "../words/words.ts";
import type { Places } from "./json.ts";
import type { Document } from "./kinds.ts";
import type { Known } from "./known.ts";
import type { Path, Remark, RemarkCode, Severity } from "./remark.ts";

/** What remarks on a document are made with. */
export interface Context {
	readonly words: Words;
	readonly known: Known;
	/** Milliseconds since 1970. */
	readonly now: number;
	/** The whole of the file. */
	readonly root: unknown;
	readonly places: Places;
	readonly document: Document;
}

/** A word of a document or of the catalogue, in a sentence: in the quotation marks of the language. */
export const quoted = (text: string, words: Words): string => words.say("cli.quoted", { text });

/** "Did you mean “a”, “b” or “c”?" in the person's language; null for none. */
export function didYouMean(all: readonly string[], words: Words): string | null {
	if (all.length === 0) return null;
	const list = new Intl.ListFormat(words.locale, { type: "disjunction" }).format(all.map((one) => quoted(one, words)));
	return words.say("lint.didYouMean", { words: list });
}

interface More {
	readonly help?: string | null;
	/** The name is what it is about, not the value. */
	readonly on?: "name";
	readonly related?: readonly { readonly path: Path; readonly text: string }[];
}

/** A remark on a place, given by its path from the top of the file. */
export function remark(
	{ places }: Pick<Context, "places">,
	severity: Severity,
	code: RemarkCode,
	path: Path,
	text: string,
	{ help = null, on, related = [] }: More = {},
): Remark {
	return {
		severity,
		code,
		path,
		span: on === "name" ? places.name(path) : places.value(path),
		text,
		help,
		related: related.map((one) => ({ ...one, span: places.value(one.path) })),
	};
}
