/**
 * The door of the policy document (docs/policy.md). What comes in through here is canonical, so that
 * the judge can compare it byte by byte with what Firefox reports; what does not come in is refused
 * as a whole.
 */
import * as v from "valibot";
import { isSpki, plainFingerprint } from "../core/key.ts";
import { fold } from "../core/name.ts";
import {
	MAX_RULES,
	MAX_SELECTORS,
	type ManagedPolicy,
	POLICY_VERSION,
	type Policy,
	type Rule,
	type Selector,
	type Settings,
} from "../core/policy.ts";
import { checkJson, type Json, readJson } from "./json.ts";
import { canonicalEntry } from "./names.ts";
import { expected, type Fault, faultsOf, fields, isObject, item, read, show } from "./say.ts";

/** Whose document it is; decides what bends and what is allowed. */
export type Mode = "person" | "admin" | "list";

/** Whether the catalogue has an authority of this id. */
export type KnownAuthority = (id: string) => boolean;

interface Refused {
	readonly ok: false;
	/** One line: field, value, expectation. */
	readonly error: string;
}

export type ParsedPolicy =
	| {
			readonly ok: true;
			readonly policy: Policy;
			/** Selectors that match nothing here, one line each; empty for the person. */
			readonly reported: readonly string[];
	  }
	| Refused;

export type ParsedRule = { readonly ok: true; readonly rule: Rule; readonly reported: readonly string[] } | Refused;

export type ParsedManaged =
	| { readonly ok: true; readonly managed: ManagedPolicy; readonly reported: readonly string[] }
	| Refused;

const ID = /^[a-z0-9][a-z0-9-]{0,63}$/;
const DATE = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?(?:Z|[+-](\d\d):(\d\d))$/;

function characters(text: string): number {
	let count = 0;
	for (const _ of text) count++;
	return count;
}

const string = (what: string) => v.string(expected(what));

/** Text of so many characters (code points), without half surrogate pairs. */
export const text = (min: number, max: number) => {
	const what = min > 0 ? `${min}–${max} characters` : `at most ${max} characters`;
	return v.pipe(
		string(what),
		v.check(
			(value) => characters(value) >= min && characters(value) <= max,
			({ input }) => `expected ${what}, got ${characters(input)}`,
		),
		v.check((value) => value.isWellFormed(), expected("well-formed Unicode text")),
	);
};

const list = <Item extends v.GenericSchema>(item: Item, what: string) => v.array(item, expected(what));

const oneOf = <const Options extends readonly [string, ...string[]]>(options: Options) =>
	v.picklist(options, expected(options.map((option) => JSON.stringify(option)).join(" or ")));

/** An id, as rules and lists have it. */
export const Id = v.pipe(string("an id"), v.regex(ID, expected("an id (1–64 of a–z, 0–9 and -, not starting with -)")));

const SpkiHash = v.pipe(
	string("44 base64 characters"),
	v.check(
		(value) => characters(value) === 44,
		({ input }) => `expected 44 base64 characters, got ${characters(input)}`,
	),
	v.regex(/^[A-Za-z0-9+/]{43}=$/, expected("44 base64 characters (A–Z, a–z, 0–9, + and /, then =)")),
	// It would decode to a SHA-256, yet never equal what Firefox reports.
	v.check(isSpki, expected("the canonical base64 of a SHA-256, in which the last two bits are zero")),
);

const CertificateHash = v.pipe(
	string("64 hex digits"),
	v.rawTransform(({ dataset, addIssue, NEVER }) => {
		const plain = plainFingerprint(dataset.value);
		if (plain !== null) return plain;
		const digits = characters(dataset.value.replace(/[:\s]/g, ""));
		addIssue({
			message: `expected 64 hex digits (a SHA-256), got ${digits === 64 ? show(dataset.value) : digits}`,
		});
		return NEVER;
	}),
);

const Organization = v.pipe(
	string("the name of an organization"),
	v.check((value) => fold(value) !== "", expected("the name of an organization")),
	v.check((value) => value.isWellFormed(), expected("well-formed Unicode text")),
);

const COUNTRY = "a country as two letters (ISO 3166-1)";
const Country = v.pipe(
	string(COUNTRY),
	v.regex(/^[A-Za-z]{2}$/, expected(COUNTRY)),
	v.transform((value) => value.toUpperCase()),
);

const Host = v.pipe(
	string("a domain name, an IP address or a CIDR block"),
	v.rawTransform(({ dataset, addIssue, NEVER }) => {
		const named = canonicalEntry(dataset.value);
		if ("name" in named) return named.name;
		addIssue({ message: `expected ${named.expected}, got ${show(dataset.value)}` });
		return NEVER;
	}),
);

const Hosts = v.pipe(
	list(Host, "an array of names"),
	v.transform((names) => [...new Set(names)]),
);

const Sites = v.pipe(
	Hosts,
	// A rule for no site at all would look like a rule in force and do nothing.
	v.check((names) => names.length > 0, "expected at least one name (without this field: every site), got none"),
);

/** A date-time with its zone as milliseconds since 1970, or NaN when there is no such moment. */
function moment(value: string): number {
	const [year, month, day, hour, minute, second, zoneHour, zoneMinute] = (DATE.exec(value) ?? []).slice(1).map(Number);
	if (year === undefined || month === undefined || day === undefined) return Number.NaN;
	const isDay =
		month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
	const isTime = (hour ?? 0) < 24 && (minute ?? 0) < 60 && (second ?? 0) < 60;
	const isZone = !(zoneHour && zoneHour > 23) && !(zoneMinute && zoneMinute > 59);
	return isDay && isTime && isZone ? Date.parse(value) : Number.NaN;
}

const DATE_TIME = "an ISO date-time with its time zone, such as 2015-04-01T00:00:00Z";
/** A moment, as people write it; comes out in UTC. */
export const DateTime = v.pipe(
	string(DATE_TIME),
	v.check((value) => /^\d{4}-/.test(isoOf(moment(value))), expected(DATE_TIME)),
	v.transform((value) => isoOf(moment(value))),
);

/** ISO in UTC, without milliseconds when there are none; "" for NaN. */
function isoOf(milliseconds: number): string {
	return Number.isNaN(milliseconds) ? "" : new Date(milliseconds).toISOString().replace(".000Z", "Z");
}

interface Context {
	readonly mode: Mode;
	readonly known: KnownAuthority;
	/** Collects what matches nothing: the paths are added by whoever knows them. */
	readonly reported: Set<Selector>;
}

const REFUSE = (message: string) => v.custom<Selector>(() => false, message);

function selectorSchemas({ mode, known, reported }: Context) {
	const Authority = v.pipe(
		string("the id of an authority"),
		v.check((id) => mode !== "person" || known(id), expected("the id of a known authority")),
	);
	const report = (selector: Selector): Selector => {
		reported.add(selector);
		return selector;
	};
	const schemas: Readonly<Record<string, v.GenericSchema<unknown, Selector>>> = {
		authority: v.pipe(
			fields({ authority: Authority }),
			v.transform((selector) =>
				known(selector.authority) ? selector : report({ unknown: `authority ${selector.authority}` }),
			),
		),
		spki: fields({ spki: SpkiHash }),
		certificate: fields({ certificate: CertificateHash }),
		organization: fields({ organization: Organization }),
		country: fields({ country: Country }),
		root: fields({ root: oneOf(["not-built-in"]) }),
		overridden: fields({ overridden: oneOf(["any", "trust", "domain", "time"]) }),
	};
	const kinds = Object.keys(schemas).join(", ");

	return v.lazy((input): v.GenericSchema<unknown, Selector> => {
		if (!isObject(input)) return v.custom<Selector>(() => false, expected("an object"));
		const [kind, ...others] = Object.keys(input);
		if (kind === undefined || others.length > 0) {
			return REFUSE(`expected exactly one key, got ${kind === undefined ? 0 : others.length + 1}`);
		}
		const schema = Object.hasOwn(schemas, kind) ? schemas[kind] : undefined;
		if (schema) return schema;
		if (mode === "person") return REFUSE(`expected one of ${kinds}, got ${show(kind)}`);
		return v.pipe(
			v.unknown(),
			v.transform(() => report({ unknown: kind })),
		);
	});
}

function ruleSchema(context: Context): v.GenericSchema<unknown, Rule> {
	const Selectors = (min: number) =>
		v.pipe(
			// The number first: no time is spent on what will be refused for its length.
			v.custom<unknown[]>(Array.isArray, expected("an array of selectors")),
			v.check(
				(all) => all.length >= min && all.length <= MAX_SELECTORS,
				({ input }) => `expected ${min}–${MAX_SELECTORS} selectors, got ${input.length}`,
			),
			list(selectorSchemas(context), "an array of selectors"),
		);
	return v.pipe(
		fields({
			id: Id,
			title: text(1, 120),
			reason: v.optional(text(0, 600)),
			match: Selectors(1),
			except: v.optional(Selectors(0)),
			action: v.optional(oneOf(["warn", "block", "strict"]), "block"),
			acceptFor: v.optional(Hosts),
			sites: v.optional(Sites),
			issuedAfter: v.optional(DateTime),
			enabled: v.optional(v.boolean(expected("true or false")), true),
		}),
		v.transform(
			({ id, title, reason, match, except, action, acceptFor, sites, issuedAfter, enabled }): Rule => ({
				id,
				title,
				...(reason && { reason }),
				match,
				...(except?.length && { except }),
				action: context.mode === "list" && action === "strict" ? "block" : action,
				...(acceptFor?.length && { acceptFor }),
				...(sites && { sites }),
				...(issuedAfter && { issuedAfter }),
				enabled,
			}),
		),
	);
}

const SettingsSchema = v.pipe(
	fields({
		preflight: v.optional(oneOf(["off", "credentials", "always"])),
		unverifiable: v.optional(oneOf(["block", "allow"])),
		changedCountry: v.optional(oneOf(["off", "warn"])),
	}),
	v.transform(
		({ preflight, unverifiable, changedCountry }): Partial<Settings> => ({
			...(preflight && { preflight }),
			...(unverifiable && { unverifiable }),
			...(changedCountry && { changedCountry }),
		}),
	),
);

function policySchema(context: Context): v.GenericSchema<unknown, Policy> {
	const Rules = v.pipe(
		v.custom<unknown[]>(Array.isArray, expected("an array of rules")),
		v.check(
			(rules) => rules.length <= MAX_RULES,
			({ input }) => `expected at most ${MAX_RULES} rules, got ${input.length}`,
		),
		list(ruleSchema(context), "an array of rules"),
		v.rawCheck(({ dataset, config, addIssue }) => {
			const seen = new Map<string, number>();
			const rules: readonly unknown[] = Array.isArray(dataset.value) ? dataset.value : [];
			for (const [index, rule] of rules.entries()) {
				if (!isObject(rule) || typeof rule.id !== "string") continue;
				const before = seen.get(rule.id);
				if (before === undefined) {
					seen.set(rule.id, index);
					continue;
				}
				addIssue({
					message: `expected an id of its own, got ${show(rule.id)} as in rules[${before}]`,
					path: [item(rules, index, rule), item(rule, "id", rule.id)],
				});
				if (config.abortEarly) return;
			}
		}),
	);
	return v.pipe(
		fields({
			version: v.literal(POLICY_VERSION, expected(String(POLICY_VERSION))),
			rules: Rules,
			settings: v.optional(
				context.mode === "list" ? v.custom<never>(() => false, expected("none in a list")) : SettingsSchema,
			),
		}),
		v.transform(({ version, rules, settings }): Policy => ({ version, rules, ...(settings && { settings }) })),
	);
}

/** One line for each selector that matches nothing, naming where it stands. */
function reports(rules: readonly Rule[], { reported }: Context, prefix: (index: number) => string): string[] {
	if (reported.size === 0) return [];
	return rules.flatMap((rule, index) =>
		(["match", "except"] as const).flatMap((field) =>
			(rule[field] ?? []).flatMap((selector, at) =>
				reported.has(selector) && "unknown" in selector
					? [`${prefix(index)}${field}[${at}]: ${show(selector.unknown)} is not known here and matches nothing`]
					: [],
			),
		),
	);
}

function contextOf(mode: Mode, known: KnownAuthority): Context {
	return { mode, known, reported: new Set() };
}

/** Why a document of a later version is not read any further, or null. */
function newerVersion(value: unknown): string | null {
	const version = isObject(value) ? value.version : undefined;
	return typeof version === "number" && version > POLICY_VERSION
		? `expected ${POLICY_VERSION}, got ${version}: this document needs a newer Countersign`
		: null;
}

function parseDocument(json: Json, mode: Mode, known: KnownAuthority): ParsedPolicy {
	if (!json.ok) return json;
	const newer = newerVersion(json.value);
	if (newer !== null) return { ok: false, error: `version: ${newer}` };
	const context = contextOf(mode, known);
	const result = read(policySchema(context), json.value, "document");
	if (!result.ok) return result;
	const policy = result.value;
	return { ok: true, policy, reported: reports(policy.rules, context, (index) => `rules[${index}].`) };
}

/**
 * Reads a whole policy document, from JSON text or from a value that was JSON. It is taken whole, in
 * canonical form (see the types in core/policy.ts), or refused whole with one line that names the
 * field, the value and what was expected. Never throws.
 *
 * @param document JSON text, or any other value as already parsed JSON
 * @param mode whose it is: an administrator's and a list's unknown selectors are reported instead of
 * refused; a list's `settings` are refused and its `strict` becomes `block`
 * @param knownAuthority whether the catalogue has an authority
 */
export function parsePolicy(document: unknown, mode: Mode, knownAuthority: KnownAuthority): ParsedPolicy {
	const json = typeof document === "string" ? readJson(document) : checkJson(document);
	return parseDocument(json, mode, knownAuthority);
}

/**
 * All that is wrong with a policy document, not only what `parsePolicy` stops at. Empty where that takes it. Its size
 * is not looked at, nor what only its text shows.
 */
export function policyFaults(value: unknown, mode: Mode, knownAuthority: KnownAuthority): readonly Fault[] {
	const newer = newerVersion(value);
	if (newer !== null) return [{ path: ["version"], error: newer, fields: [] }];
	return faultsOf(policySchema(contextOf(mode, knownAuthority)), value);
}

/**
 * Reads one rule, held to all that a rule in a document is held to but the uniqueness of its id. In
 * errors the paths start at the rule ("match[0].spki: …"). Never throws.
 */
export function parseRule(value: unknown, mode: Mode, knownAuthority: KnownAuthority): ParsedRule {
	const json = checkJson(value);
	if (!json.ok) return json;
	const context = contextOf(mode, knownAuthority);
	const result = read(ruleSchema(context), json.value, "rule");
	if (!result.ok) return result;
	return { ok: true, rule: result.value, reported: reports([result.value], context, () => "") };
}

const Managed = fields({
	policy: v.custom<unknown>((value) => value !== undefined, expected("a policy document")),
	locked: v.optional(v.boolean(expected("true or false")), false),
});

/**
 * Reads what an administrator deploys by managed storage: `{"policy": <document>, "locked": bool}`,
 * `locked` being optional. In errors and reports the document's paths start with "policy.". Never
 * throws.
 */
export function parseManaged(value: unknown, knownAuthority: KnownAuthority): ParsedManaged {
	const outer = read(Managed, value, "managed storage");
	if (!outer.ok) return outer;
	const { policy: document, locked } = outer.value;
	const inner = isObject(document)
		? parsePolicy(document, "admin", knownAuthority)
		: { ok: false as const, error: `document: expected an object, got ${show(document)}` };
	if (!inner.ok) return { ok: false, error: inPolicy(inner.error) };
	return {
		ok: true,
		managed: { policy: inner.policy, locked },
		reported: inner.reported.map(inPolicy),
	};
}

/** All that is wrong with what an administrator deploys, as `policyFaults` says it. */
export function managedFaults(value: unknown, knownAuthority: KnownAuthority): readonly Fault[] {
	return [...faultsOf(Managed, value), ...innerFaults(value, "admin", knownAuthority)];
}

/** All that is wrong with the document that stands under "policy" in a value; nothing where there is none. */
export function innerFaults(value: unknown, mode: Mode, knownAuthority: KnownAuthority): Fault[] {
	if (!isObject(value) || value.policy === undefined) return [];
	return policyFaults(value.policy, mode, knownAuthority).map((fault) => ({
		...fault,
		path: ["policy", ...fault.path],
	}));
}

/** The line of an error about a document that stands under "policy". */
export function inPolicy(line: string): string {
	return line.startsWith("document: ") ? line.replace("document", "policy") : `policy.${line}`;
}
