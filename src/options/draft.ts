/** A rule while it is being edited: what stands in the fields, and what is wrong with it. */

import type { Action, Rule, Selector } from "../core/policy.ts";
import { parseRule } from "../schema/policy.ts";
import { ownWords, storedWords } from "../ui/builtIn.ts";

/** Kinds of selectors that a person can choose. */
export const KINDS = ["authority", "spki", "certificate", "organization", "country", "root", "overridden"] as const;

export type Kind = (typeof KINDS)[number];

/** One selector in the form. `row` tells rows apart while they move; it is not stored. */
export interface SelectorDraft {
	readonly row: number;
	readonly kind: Kind;
	/** As typed or chosen. For `root` there is nothing to choose. */
	readonly value: string;
}

export interface Draft {
	/** Null: a new rule. */
	readonly id: string | null;
	readonly title: string;
	readonly reason: string;
	readonly action: Action;
	readonly match: readonly SelectorDraft[];
	readonly except: readonly SelectorDraft[];
	/** One name per line. */
	readonly acceptFor: string;
	readonly sites: string;
	/** "YYYY-MM-DD", "" for no limit, or HALF_FILLED. */
	readonly issuedDay: string;
	/** "HH:MM" or "HH:MM:SS" in UTC, "" for midnight, or HALF_FILLED. */
	readonly issuedTime: string;
	readonly enabled: boolean;
}

/** Where an error belongs: a field of the form, `match[2]` for one selector, "" for the whole rule. */
export type FieldErrors = ReadonlyMap<string, string>;

/**
 * Stands for a date or time that is only half filled in. The browser gives "" for it, which would
 * silently mean "no limit"; this makes the policy's own check refuse it.
 */
export const HALF_FILLED = "?";

let rows = 0;

/** A row of the form for a selector. */
export function selectorDraft(kind: Kind, value: string): SelectorDraft {
	rows += 1;
	return { row: rows, kind, value };
}

/** What a kind begins with when it is chosen. */
export function emptyValue(kind: Kind): string {
	return kind === "root" ? "not-built-in" : kind === "overridden" ? "any" : "";
}

function fromSelector(selector: Selector): SelectorDraft[] {
	const [entry] = Object.entries(selector) as [string, string][];
	const kind = KINDS.find((candidate) => candidate === entry?.[0]);
	// `unknown` comes only from administrators, whose rules are never edited here.
	return kind && entry ? [selectorDraft(kind, entry[1])] : [];
}

/** A draft with nothing in it but a first selector. */
export function newDraft(title: string, match: readonly Selector[]): Draft {
	return {
		id: null,
		title,
		reason: "",
		action: "block",
		match: match.flatMap(fromSelector),
		except: [],
		acceptFor: "",
		sites: "",
		issuedDay: "",
		issuedTime: "",
		enabled: true,
	};
}

/** Puts a rule into the form's fields. */
export function draftOf(rule: Rule): Draft {
	const [day = "", time = ""] = rule.issuedAfter?.replace("Z", "").split("T") ?? [];
	return {
		id: rule.id,
		title: ownWords(rule.title),
		reason: ownWords(rule.reason ?? ""),
		action: rule.action,
		match: rule.match.flatMap(fromSelector),
		except: (rule.except ?? []).flatMap(fromSelector),
		acceptFor: (rule.acceptFor ?? []).join("\n"),
		sites: (rule.sites ?? []).join("\n"),
		issuedDay: day,
		issuedTime: time === "00:00:00" ? "" : time,
		enabled: rule.enabled,
	};
}

const lines = (text: string): string[] =>
	text
		.split(/[\n,]/)
		.map((line) => line.trim())
		.filter((line) => line !== "");

const toSelector = ({ kind, value }: SelectorDraft): Record<string, string> => ({ [kind]: value.trim() });

/** The rule as a policy document has it, not yet checked. */
export function ruleOf(draft: Draft, id: string): Record<string, unknown> {
	const { reason, except, acceptFor, sites } = draft;
	// A time without a day is half a date, too.
	const issuedDay = draft.issuedDay || (draft.issuedTime && HALF_FILLED);
	const time = /^\d\d:\d\d$/.test(draft.issuedTime) ? `${draft.issuedTime}:00` : draft.issuedTime || "00:00:00";
	return {
		id,
		title: storedWords(draft.title.trim()),
		...(reason.trim() && { reason: storedWords(reason.trim()) }),
		match: draft.match.map(toSelector),
		...(except.length > 0 && { except: except.map(toSelector) }),
		action: draft.action,
		...(lines(acceptFor).length > 0 && { acceptFor: lines(acceptFor) }),
		...(lines(sites).length > 0 && { sites: lines(sites) }),
		...(issuedDay && { issuedAfter: `${issuedDay}T${time}Z` }),
		enabled: draft.enabled,
	};
}

const PATH = /^(?:rules\[\d+\]\.)?([A-Za-z]+(?:\[\d+\])?)((?:\.[A-Za-z]+|\[\d+\])*): (.*)$/s;
const FIELDS = new Set([
	"title",
	"reason",
	"action",
	"match",
	"except",
	"acceptFor",
	"sites",
	"issuedAfter",
	"enabled",
]);

/**
 * Finds the field that an error of the policy's door or of the background is about. A path that
 * leads to no field of the form is for the whole rule (""), and keeps its path in the text.
 */
export function fieldOf(error: string): { readonly field: string; readonly message: string } {
	const [, place = "", , message = ""] = PATH.exec(error) ?? [];
	const name = place.replace(/\[.*/, "");
	if (!FIELDS.has(name)) return { field: "", message: error };
	const isRow = name === "match" || name === "except";
	return { field: isRow ? place : name, message };
}

/** What no check complains about, to look for further errors behind the first one. */
const HARMLESS: Readonly<Record<string, unknown>> = {
	title: "x",
	match: [{ root: "not-built-in" }],
	action: "block",
	enabled: true,
};

function without(rule: Record<string, unknown>, field: string): Record<string, unknown> {
	const [, name = field, index] = /^(\w+)\[(\d+)\]$/.exec(field) ?? [];
	if (index === undefined) {
		const { [name]: _, ...rest } = rule;
		return name in HARMLESS ? { ...rest, [name]: HARMLESS[name] } : rest;
	}
	const list = rule[name];
	if (!Array.isArray(list)) return rule;
	return { ...rule, [name]: list.with(Number(index), { root: "not-built-in" }) };
}

/**
 * The rule as it would be when switched on, for asking what it would cost; what it is called and why does not
 * matter to that. Null: it is not whole yet, or only about clicked-through errors, of which no site is known.
 */
export function costRule(draft: Draft, knownAuthority: (id: string) => boolean): Rule | null {
	if (draft.match.every(({ kind }) => kind === "overridden")) return null;
	const rule = { ...ruleOf({ ...draft, reason: "", enabled: true }, "asked"), title: "asked" };
	const parsed = parseRule(rule, "person", knownAuthority);
	return parsed.ok ? parsed.rule : null;
}

/** More errors at once than this help nobody. */
const MAX_ERRORS = 20;

/**
 * Everything that is wrong with a rule, by field; empty when it is fine. The door stops at the first
 * error, so each faulty field is set aside and the rest is checked again.
 */
export function checkRule(rule: Record<string, unknown>, knownAuthority: (id: string) => boolean): FieldErrors {
	const errors = new Map<string, string>();
	let rest = rule;
	while (errors.size < MAX_ERRORS) {
		const parsed = parseRule(rest, "person", knownAuthority);
		if (parsed.ok) break;
		const { field, message } = fieldOf(parsed.error);
		if (errors.has(field)) break;
		errors.set(field, message);
		if (field === "") break;
		rest = without(rest, field);
	}
	return errors;
}
