/**
 * Refusal lists that a person follows (docs/lists.md): a document with an id, a sequence number and an expiry of its
 * own around a policy. What a newer document means for an older one is decided here; who signed it is not.
 */
import { isSpki } from "./key.ts";
import type { Policy, Rule } from "./policy.ts";

export const LIST_VERSION = 1;
export const MAX_LISTS = 10;
/** UTF-16 units of all documents together, those that wait among them. They are stored with the rules. */
export const MAX_LISTS_TEXT = 4 * 1024 * 1024;
/** Bytes of a signature's file: 64 in base64 are 88 characters, and editors add line ends. */
export const MAX_SIGNATURE_FILE = 1024;

/** A document that was read by `schema/list.ts`, the only way in. */
export interface RefusalList {
	/** The same in every document of a list, `^[a-z0-9][a-z0-9-]{0,63}$`. */
	readonly id: string;
	/** For people, 1–60 characters. */
	readonly title: string;
	readonly description?: string;
	/** Grows with every document. From 1. */
	readonly sequence: number;
	/** ISO date-time by which its publisher wants to have published another one. */
	readonly expires: string;
	/** Rules only, `block` at most. */
	readonly policy: Policy;
}

/** A list as it is stored. Its documents are kept in their exact text, so that nothing of them is lost. */
export interface FollowedList {
	readonly id: string;
	/** Address of the document; its signature lies beside it (`signatureUrl`). */
	readonly url: string;
	/** The publisher's Ed25519 public key, 32 bytes in base64. It never changes. */
	readonly key: string;
	/** The document whose rules are in force. */
	readonly text: string;
	/** A newer one that would stop sites and waits for the person, or null. */
	readonly pending: string | null;
	/** Sequence number of the newest document that the person declined; 0 for none. */
	readonly declined: number;
	/** Ids of the rules that the person switched off. */
	readonly off: readonly string[];
	/** Asks for a newer document once a day. */
	readonly automatic: boolean;
	/** When the document in force was taken, in milliseconds since 1970. */
	readonly updated: number;
}

/** A list's rules, as they come into force. */
export interface ListLayer {
	readonly id: string;
	readonly title: string;
	readonly rules: readonly Rule[];
}

/** Whether a text is the base64 of 32 bytes, in the one spelling: what a public key is written in. Never throws. */
export function isPublicKey(text: string): boolean {
	return isSpki(text);
}

/** The rules of a list as the person has them: those that are switched off are off. */
export function rulesOf({ policy }: RefusalList, off: readonly string[]): readonly Rule[] {
	const isOff = new Set(off);
	return policy.rules.map((rule) => (isOff.has(rule.id) ? { ...rule, enabled: false } : rule));
}

/** What a document, of the right list and rightly signed, is to a list that is followed. */
export type Newness =
	/** The document in force, or the one that waits, byte by byte. */
	| "same"
	| "newer"
	/** Less than what was seen before: somebody shows an old document, or the publisher made a mistake. */
	| "older"
	/** Another document under a number that was used. */
	| "reused"
	/** The person declined it before. */
	| "declined";

/**
 * Compares a document with what a list has seen.
 *
 * @param followed the document in force and the one that waits, if any: text and sequence number
 * @param declined the newest sequence number that the person declined; 0 for none
 */
export function newness(
	followed: readonly { readonly text: string; readonly sequence: number }[],
	declined: number,
	next: { readonly text: string; readonly sequence: number },
): Newness {
	const newest = followed.reduce((most, { sequence }) => Math.max(most, sequence), 0);
	if (next.sequence < Math.max(newest, declined)) return "older";
	if (next.sequence > Math.max(newest, declined)) return "newer";
	if (next.sequence > newest) return "declined";
	return followed.some(({ text, sequence }) => sequence === newest && text === next.text) ? "same" : "reused";
}
