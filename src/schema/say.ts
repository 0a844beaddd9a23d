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

/** A step of a path, for an issue of our own: the value of `key` in `input`. */
export const item = (input: unknown, key: string | number, value: unknown): v.IssuePathItem =>
	({ type: "object", origin: "value", input, key, value }) as v.IssuePathItem;

const UNKNOWN_FIELD = "unknown field";

/**
 * An object with these fields and no others. A field that is missing is explained by its own schema,
 * so that the error says what was expected there.
 */
export function fields<const Entries extends v.ObjectEntries>(entries: Entries) {
	// valibot's own strict object names the first unknown field only, and a linter needs them all.
	const known = v.looseObject(entries, (issue) => {
		const key = issue.path?.at(-1)?.key;
		const schema = typeof key === "string" ? entries[key] : undefined;
		const missing = schema && v.safeParse(schema as v.GenericSchema, undefined, FIRST_ONLY);
		return missing?.issues?.[0].message ?? "expected a value, got nothing";
	});
	const names = Object.keys(entries).join(" ");
	type Output = v.InferOutput<v.StrictObjectSchema<Entries, undefined>>;
	return v.pipe(
		v.custom<Record<string, unknown>>(isObject, expected("an object")),
		v.lazy(
			(input) =>
				v.pipe(
					known,
					v.rawCheck(({ config, addIssue }) => {
						for (const [key, value] of Object.entries(input as Record<string, unknown>)) {
							if (Object.hasOwn(entries, key)) continue;
							addIssue({ message: UNKNOWN_FIELD, expected: names, path: [item(input, key, value)] });
							if (config.abortEarly) return;
						}
					}),
				) as unknown as v.GenericSchema<Record<string, unknown>, Output>,
		),
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

/** One thing that is wrong with a value. */
export interface Fault {
	/** Where it stands: names and indexes, outermost first. */
	readonly path: readonly (string | number)[];
	/** "expected …, got …", or "unknown field". */
	readonly error: string;
	/** Of an unknown field: those that there are. Else empty. */
	readonly fields: readonly string[];
}

/** Reads a value with a schema to its end: all that is wrong with it, at most one fault for each place. */
export function faultsOf(schema: v.GenericSchema, value: unknown): Fault[] {
	const { issues } = v.safeParse(schema, value);
	const found = new Map<string, Fault>();
	for (const { path, message, expected } of issues ?? []) {
		const keys = path?.map(({ key }) => key as string | number) ?? [];
		const fields = message === UNKNOWN_FIELD ? (expected ?? "").split(" ") : [];
		const place = JSON.stringify(keys);
		// What is wrong with a value first is why the rest is.
		if (!found.has(place)) found.set(place, { path: keys, error: message, fields });
	}
	return [...found.values()];
}
