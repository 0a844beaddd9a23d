/**
 * How a refused document is explained: `rules[3].match[0].spki: expected 44 base64 characters, got
 * 12`. The text is part of the policy document's public interface.
 */
import * as v from "valibot";

const MAX_SHOWN = 60;

/** Shows a value in an error: text quoted and shortened, what is missing as "nothing". */
export function show(value: unknown): string {
	if (value === undefined) return "nothing";
	if (typeof value === "string") {
		const characters = [...value];
		const text = characters.length > MAX_SHOWN ? `${characters.slice(0, MAX_SHOWN).join("")}…` : value;
		return JSON.stringify(text);
	}
	if (Array.isArray(value)) return "an array";
	if (value !== null && typeof value === "object") return "an object";
	return typeof value === "symbol" || typeof value === "function" ? `a ${typeof value}` : String(value);
}

/** A message for valibot: what was expected there, and what was found. */
export function expected(what: string): (issue: { readonly input: unknown }) => string {
	return ({ input }) => `expected ${what}, got ${show(input)}`;
}

/** Whether a value is what `{…}` in JSON gives: not null, not an array. */
export function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

const FIRST_ONLY = { abortEarly: true, abortPipeEarly: true } as const;

/**
 * An object with these fields and no others. A field that is missing is explained by its own schema,
 * so that the error says what was expected there.
 */
export function fields<const Entries extends v.ObjectEntries>(entries: Entries) {
	return v.pipe(
		v.custom<Record<string, unknown>>(isObject, expected("an object")),
		v.strictObject(entries, (issue) => {
			const key = issue.path?.at(-1)?.key;
			if (issue.expected === "never") return "unknown field";
			const schema = typeof key === "string" ? entries[key] : undefined;
			const missing = schema && v.safeParse(schema as v.GenericSchema, undefined, FIRST_ONLY);
			return missing?.issues?.[0].message ?? "expected a value, got nothing";
		}),
	);
}

/** A name that can stand in a path as it is. Others are quoted, so that an error stays one short line. */
const PLAIN_NAME = /^[\w$-]{1,64}$/;

/** Writes where a value stands: `rules[3].match[0].spki`, with odd names quoted. */
export function pathOf(keys: readonly unknown[]): string {
	let text = "";
	for (const key of keys) {
		if (typeof key === "string" && PLAIN_NAME.test(key)) text += text === "" ? key : `.${key}`;
		else text += `[${show(key)}]`;
	}
	return text;
}

/**
 * Reads a value with a schema, and stops at the first thing that is wrong with it.
 *
 * @param whole what the value is called when it is wrong as a whole ("document")
 * @returns the canonical value, or one line that names field, value and what was expected
 */
export function read<Output>(
	schema: v.GenericSchema<unknown, Output>,
	value: unknown,
	whole: string,
): { readonly ok: true; readonly value: Output } | { readonly ok: false; readonly error: string } {
	const result = v.safeParse(schema, value, FIRST_ONLY);
	if (result.success) return { ok: true, value: result.output };
	const [issue] = result.issues;
	return { ok: false, error: `${pathOf(issue.path?.map(({ key }) => key) ?? []) || whole}: ${issue.message}` };
}
