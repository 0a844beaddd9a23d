import type { Facts } from "./facts.ts";

/** What stands in a sentence. Pages write countries, dates and numbers as the person's language does. */
export type Arg =
	/** A name may be empty: then words for a nameless one stand there. */
	| { readonly kind: "host" | "name" | "country" | "text"; readonly value: string }
	/** Dates and times in milliseconds since 1970. A time is shown with its day where that is not today. */
	| { readonly kind: "date" | "time" | "number"; readonly value: number }
	| { readonly kind: "list"; readonly value: readonly string[] }
	/** "DigiCert (United States)", or the name alone where the country is not known. */
	| { readonly kind: "who"; readonly value: string; readonly country: string | null };

export const host = (value: string): Arg => ({ kind: "host", value });
export const name = (value: string): Arg => ({ kind: "name", value });
export const country = (value: string): Arg => ({ kind: "country", value });
export const text = (value: string): Arg => ({ kind: "text", value });
export const date = (value: number): Arg => ({ kind: "date", value });
export const time = (value: number): Arg => ({ kind: "time", value });
export const who = (value: string, code: string | null): Arg => ({ kind: "who", value, country: code });
export const list = (value: readonly string[]): Arg => ({ kind: "list", value });

/** For looks and for the order: stopped, warned, worth knowing, neutral or good. */
export type Weight = "refused" | "warning" | "notice" | "note";

/** What an explanation says, without where that comes from. */
export interface Saying {
	readonly weight: Weight;
	/** Key of the message. */
	readonly key: string;
	readonly args: readonly Arg[];
	/** Where the claim comes from, if that is elsewhere than where the finding says. */
	readonly source?: string;
}

export interface Explanation extends Required<Omit<Saying, "source">> {
	/** Name of the finding, and of its file. */
	readonly id: string;
	/** An RFC's section, a vendor's page, or what told it. */
	readonly source: string | null;
}

/** One thing that can be said of a connection. */
export interface Explainer {
	readonly id: string;
	readonly source: string | null;
	/** What it says of these facts; null where it does not apply. Pure, never throws. */
	says(facts: Facts): Saying | null;
}

/** What an explainer says, as an explanation. */
export function explanationOf({ id, source, says }: Explainer, facts: Facts): Explanation | null {
	const said = says(facts);
	return said && { id, weight: said.weight, key: said.key, args: said.args, source: said.source ?? source };
}
