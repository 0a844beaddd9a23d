/** The door of what is stored. Whatever lies there, the background starts with rules in force. */
import * as v from "valibot";
import { isSpki } from "../core/key.ts";
import { type FollowedList, isPublicKey, MAX_LISTS } from "../core/list.ts";
import { MAX_DOCUMENT, MAX_RULES, POLICY_VERSION, type Policy } from "../core/policy.ts";
import {
	firstState,
	MIGRATIONS,
	type Migration,
	migrate,
	type OwnPolicy,
	STATE_VERSION,
	type State,
	type StoredException,
	type Undo,
} from "../core/state.ts";
import type { StorageTrouble } from "../protocol.ts";
import { parseList, parseListUrl } from "./list.ts";
import { parseManaged, parsePolicy } from "./policy.ts";
import { expected, fields, isObject, read } from "./say.ts";

const MAX_EXCEPTIONS = 10_000;

/** Rules stay when the catalogue loses an authority; they match nothing until it is back. */
const anyAuthority = () => true;

const string = (max: number) =>
	v.pipe(v.string(expected("text")), v.maxLength(max, expected(`at most ${max} characters`)));
const time = v.pipe(v.number(expected("a time")), v.finite(expected("a time")));
const bool = v.boolean(expected("true or false"));

const Own = v.pipe(
	v.custom<{ rules: unknown; settings: unknown }>(
		(value) => isObject(value) && Object.keys(value).sort().join() === "rules,settings",
		expected("rules and settings"),
	),
	v.rawTransform(({ dataset, addIssue, NEVER }): OwnPolicy => {
		const { rules, settings } = dataset.value;
		const parsed = parsePolicy({ version: POLICY_VERSION, rules, settings }, "person", anyAuthority);
		if (!parsed.ok) {
			addIssue({ message: parsed.error });
			return NEVER;
		}
		const { preflight, unverifiable, changedCountry } = parsed.policy.settings ?? {};
		if (preflight && unverifiable && changedCountry) {
			return { rules: parsed.policy.rules, settings: { preflight, unverifiable, changedCountry } };
		}
		addIssue({ message: "expected all settings" });
		return NEVER;
	}),
);

const Exception: v.GenericSchema<unknown, StoredException> = fields({
	id: string(100),
	host: string(300),
	port: v.pipe(
		v.number(expected("a port")),
		v.integer(expected("a port")),
		v.minValue(0, expected("a port")),
		v.maxValue(65_535, expected("a port")),
	),
	rule: string(200),
	bound: v.variant(
		"kind",
		[
			v.strictObject({ kind: v.literal("key"), spki: v.pipe(v.string(), v.check(isSpki, expected("a key"))) }),
			v.strictObject({ kind: v.literal("leaf"), sha256: string(95) }),
			v.strictObject({ kind: v.literal("host") }),
		],
		expected("what it is bound to"),
	),
	found: string(2000),
	lasts: v.picklist(["hour", "day", "always"], expected("how long it lasts")),
	until: v.nullable(time),
	created: time,
});

/**
 * Documents that were read before, and what was wrong with them: the state is checked at every change, and a list may
 * have a megabyte.
 */
const documents = new Map<string, string | null>();

/** What is wrong with the document of a list, or null. */
function listError(id: string, document: string): string | null {
	const key = `${id} ${document}`;
	const known = documents.get(key);
	if (known !== undefined) return known;
	const parsed = parseList(document, anyAuthority);
	const error = !parsed.ok
		? parsed.error
		: parsed.list.id === id
			? null
			: `list.id: expected ${id}, got ${parsed.list.id}`;
	if (documents.size >= 4 * MAX_LISTS) documents.clear();
	documents.set(key, error);
	return error;
}

const List: v.GenericSchema<unknown, FollowedList> = v.pipe(
	fields({
		id: string(64),
		url: v.pipe(
			string(2000),
			v.check((url) => parseListUrl(url).ok, expected("an https address")),
		),
		key: v.pipe(string(44), v.check(isPublicKey, expected("a public key"))),
		text: string(MAX_DOCUMENT + 1),
		pending: v.nullable(string(MAX_DOCUMENT + 1)),
		declined: v.pipe(
			v.number(expected("a sequence number")),
			v.safeInteger(expected("a sequence number")),
			v.minValue(0, expected("a sequence number")),
		),
		off: v.pipe(
			v.array(string(64), expected("an array")),
			v.maxLength(MAX_RULES, expected(`at most ${MAX_RULES} rules`)),
		),
		automatic: bool,
		updated: time,
	}),
	v.rawCheck(({ dataset, addIssue }) => {
		if (!dataset.typed) return;
		const { id, text, pending } = dataset.value;
		const error = listError(id, text) ?? (pending === null ? null : listError(id, pending));
		if (error !== null) addIssue({ message: error });
	}),
);

const UndoSchema: v.GenericSchema<unknown, Undo> = fields({
	id: string(100),
	what: v.picklist(["delete", "edit", "add", "import", "order", "leave"], expected("a kind of change")),
	title: string(1000),
	policy: Own,
	list: v.exactOptional(List),
});

const Admin = v.rawCheck<unknown>(({ dataset, addIssue }) => {
	if (!dataset.typed || dataset.value === null) return;
	const parsed = parseManaged(dataset.value, anyAuthority);
	if (!parsed.ok) addIssue({ message: parsed.error });
});

const StateSchema: v.GenericSchema<unknown, State> = fields({
	version: v.literal(STATE_VERSION, expected(String(STATE_VERSION))),
	policy: Own,
	exceptions: v.pipe(
		v.array(Exception, expected("an array")),
		v.maxLength(MAX_EXCEPTIONS, expected(`at most ${MAX_EXCEPTIONS} exceptions`)),
	),
	admin: v.pipe(v.unknown(), Admin),
	lists: v.pipe(
		v.array(List, expected("an array")),
		v.maxLength(MAX_LISTS, expected(`at most ${MAX_LISTS} lists`)),
		v.check(
			(lists) => new Set(lists.map(({ id }) => id)).size === lists.length,
			"expected lists with ids of their own",
		),
	),
	welcomed: bool,
	undo: v.nullable(UndoSchema),
});

export type ReadState =
	| { readonly kind: "state"; readonly state: State }
	| { readonly kind: "newer"; readonly detail: string }
	| { readonly kind: "unreadable"; readonly detail: string };

/**
 * Reads one stored state: brings it to the newest version, then checks its shape. What comes out is
 * canonical. Never throws, whatever it is given.
 */
export function readState(stored: unknown, migrations: readonly Migration[] = MIGRATIONS): ReadState {
	const migrated = migrate(stored, migrations);
	if (migrated.kind === "newer") {
		return { kind: "newer", detail: `version: expected at most ${migrations.length + 1}, got ${migrated.version}` };
	}
	if (migrated.kind === "unreadable") return migrated;
	const result = read(StateSchema, migrated.state, "state");
	return result.ok ? { kind: "state", state: result.value } : { kind: "unreadable", detail: result.error };
}

export interface Chosen {
	readonly state: State;
	readonly trouble: StorageTrouble | null;
	/** Nothing is stored yet: this is the first start. */
	readonly fresh: boolean;
	/** False: what lies there was written by a newer Countersign and must not be overwritten. */
	readonly writable: boolean;
}

/**
 * Chooses what is in force at start-up, out of the stored state and the one before the last change
 * (undefined: nothing is stored there). What fails falls back to the one before, then to the first
 * rules, and says so; so does what a newer version wrote, and then nothing may be written. Total:
 * never throws, and always gives rules.
 */
export function chooseState(current: unknown, previous: unknown, firstRules: Policy): Chosen {
	const first = firstState(firstRules);
	if (current === undefined && previous === undefined) {
		return { state: first, trouble: null, fresh: true, writable: true };
	}
	const now = readState(current);
	if (now.kind === "state") return { state: now.state, trouble: null, fresh: false, writable: true };
	const before = readState(previous);
	const writable = now.kind !== "newer" && before.kind !== "newer";
	const detail = now.kind !== "newer" && before.kind === "newer" ? before.detail : now.detail;
	const state = before.kind === "state" ? before.state : { ...first, welcomed: true };
	const kind = writable ? (before.kind === "state" ? "fell-back" : "first-rules") : "newer";
	return { state, trouble: { kind, detail }, fresh: false, writable };
}
