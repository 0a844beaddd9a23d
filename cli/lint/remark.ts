import type { Span } from "./source.ts";

/** Names and indexes, outermost first. */
export type Path = readonly (string | number)[];

/** What kind of fault it is: a public name, for tools. */
export type RemarkCode =
	| "syntax"
	| "size"
	| "encoding"
	| "depth"
	| "repeated-name"
	| "unknown-field"
	| "invalid"
	| "unknown-authority"
	| "unknown-selector"
	| "unknown-country"
	| "near-organization"
	| "swapped-hash"
	| "expired-certificate"
	| "never"
	| "void-selector"
	| "accepted-site"
	| "not-yet"
	| "shadowed"
	| "repeated"
	| "softened";

/** `error`: the document is refused. `warning`: it is taken, and does not do what it looks like. */
export type Severity = "error" | "warning";

/** What there is to say about a place in a document. */
export interface Remark {
	readonly severity: Severity;
	readonly code: RemarkCode;
	readonly path: Path;
	readonly span: Span;
	/** One sentence, in the person's language (what the document's own reader says is English). */
	readonly text: string;
	/** What to do. */
	readonly help: string | null;
	/** Other places that it is about. */
	readonly related: readonly { readonly path: Path; readonly span: Span; readonly text: string }[];
}
