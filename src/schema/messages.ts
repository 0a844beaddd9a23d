/** The door of what pages ask: shape and size of every request, before anything is done with it. */
import * as v from "valibot";
import { MAX_DOCUMENT, MAX_RULES } from "../core/policy.ts";
import type { Background } from "../protocol.ts";

/** One request: the function's name and its arguments. */
export type Request = {
	[Method in keyof Background]: { readonly method: Method; readonly args: Parameters<Background[Method]> };
}[keyof Background];

const MAX_POSITION = 100;
/** Of what several rules are called together, for the undo. */
const MAX_TITLE = 200;
const integer = (max: number) => v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(max));
const tabId = integer(Number.MAX_SAFE_INTEGER);
/** Ids are short everywhere: 64 characters in a policy, a UUID elsewhere. */
const id = v.pipe(v.string(), v.minLength(1), v.maxLength(100));
const address = v.pipe(v.string(), v.maxLength(4000));
const sequence = integer(Number.MAX_SAFE_INTEGER);
const title = v.pipe(v.string(), v.maxLength(MAX_TITLE));
// Larger than a document may be, so that one that is too large is answered with its own error.
const documentText = v.pipe(v.string(), v.maxLength(4 * MAX_DOCUMENT));

const none = v.strictTuple([]);
const one = <Schema extends v.GenericSchema>(schema: Schema) => v.strictTuple([schema]);

const ARGUMENTS: { readonly [Method in keyof Background]: v.GenericSchema<unknown, Parameters<Background[Method]>> } = {
	refusal: one(id),
	letThrough: one(
		v.strictObject({
			refusal: id,
			lasts: v.picklist(["session", "hour", "day", "always"]),
			typed: v.nullable(v.pipe(v.string(), v.maxLength(1000))),
		}),
	),
	tryAgain: one(id),
	sendAnyway: one(id),
	goBack: one(v.strictObject({ tabId: v.nullable(tabId) })),
	tab: one(tabId),
	chainOf: one(v.union([v.strictObject({ tabId }), v.strictObject({ refusal: id }), v.strictObject({ mail: id })])),
	refuseKey: one(v.strictObject({ tabId, position: integer(MAX_POSITION) })),
	options: none,
	saveRule: one(v.strictObject({ rule: v.unknown(), isNew: v.boolean() })),
	saveRules: one(v.strictObject({ rules: v.unknown(), title })),
	deleteRule: one(id),
	deleteRules: one(v.strictObject({ ids: v.pipe(v.array(id), v.maxLength(MAX_RULES)), title })),
	moveRule: one(v.strictObject({ id, index: integer(MAX_RULES) })),
	undo: one(id),
	saveSettings: one(
		v.strictObject({
			preflight: v.picklist(["off", "credentials", "always"]),
			unverifiable: v.picklist(["block", "allow"]),
			changedCountry: v.picklist(["off", "warn"]),
		}),
	),
	revokeException: one(id),
	previewImport: one(documentText),
	importPolicy: one(
		v.strictObject({ text: documentText, how: v.picklist(["merge", "replace"]), settings: v.boolean() }),
	),
	exportPolicy: none,
	heldCertificates: none,
	exportUnreadable: none,
	dismissTrouble: none,
	welcomed: none,
	selfCheck: none,
	previewList: one(v.strictObject({ url: address, key: address })),
	followList: one(v.strictObject({ preview: id, automatic: v.boolean() })),
	updateList: one(id),
	acceptUpdate: one(v.strictObject({ list: id, sequence })),
	declineUpdate: one(v.strictObject({ list: id, sequence })),
	setListRule: one(v.strictObject({ list: id, rule: id, enabled: v.boolean() })),
	setListAutomatic: one(v.strictObject({ list: id, on: v.boolean() })),
	leaveList: one(id),
	sites: none,
	impact: v.strictTuple([v.unknown()]),
	keepSites: v.strictTuple([v.boolean()]),
	clearSites: none,
	mail: none,
	setMail: one(v.strictObject({ on: v.boolean(), every: v.picklist([15, 60, 360]) })),
	addMail: v.strictTuple([v.unknown()]),
	removeMail: one(id),
	askMail: none,
};

const Envelope = v.strictObject({ method: v.string(), args: v.array(v.unknown()) });

/**
 * Reads a page's request, `{"method": name, "args": [...]}`. Returns null for anything that is not
 * exactly a request of `Background`: an unknown method, a missing, extra or oversized argument.
 * `saveRule`'s rule is passed on unread (`parseRule` answers with the field error). Never throws.
 */
export function parseRequest(value: unknown): Request | null {
	const envelope = v.safeParse(Envelope, value, { abortEarly: true });
	if (!envelope.success) return null;
	const { method, args } = envelope.output;
	if (!Object.hasOwn(ARGUMENTS, method)) return null;
	const result = v.safeParse(ARGUMENTS[method as keyof Background], args, { abortEarly: true });
	return result.success ? ({ method, args: result.output } as Request) : null;
}
