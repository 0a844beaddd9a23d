import { messageOf } from "../core/error.ts";
import { browser } from "./api.ts";

/** Reads the named items; what is not stored is missing from the answer. Rejects when storage fails. */
export async function readStorage(keys: readonly string[]): Promise<Record<string, unknown>> {
	return await browser.storage.local.get([...keys]);
}

/** Writes all items in one transaction: durable once resolved: 20 of 20
 * writes survived Firefox being killed right after, and `tests/e2e/storage.test.ts` kills it again. Rejects when it fails. */
export async function writeStorage(items: Record<string, unknown>): Promise<void> {
	await browser.storage.local.set(items);
}

/** Removes the named items in one transaction, durable once resolved. What is not stored is gone already. Rejects when it fails. */
export async function removeStorage(keys: readonly string[]): Promise<void> {
	await browser.storage.local.remove([...keys]);
}

/** What an administrator deployed. */
export type Managed =
	| { readonly kind: "none" }
	| { readonly kind: "value"; readonly value: unknown }
	/** Something is deployed, but Firefox could not read it. */
	| { readonly kind: "failed"; readonly detail: string };

/**
 * Reads managed storage. Firefox rejects both when nothing is deployed and when it is broken; the
 * difference is only in the message (toolkit/components/extensions/parent/ext-storage.js).
 */
export async function readManaged(): Promise<Managed> {
	try {
		const value = await browser.storage.managed.get();
		return Object.keys(value).length === 0 ? { kind: "none" } : { kind: "value", value };
	} catch (error) {
		const detail = messageOf(error);
		return /not found/i.test(detail) ? { kind: "none" } : { kind: "failed", detail };
	}
}

const COPY = "copy";

/**
 * A copy of what is stored, in another file than `storage.local` has (storage/default/…/ls instead of
 * …/idb), for the day when that is damaged. Null when there is none, or it cannot be read.
 */
export function readCopy(): unknown {
	try {
		return JSON.parse(localStorage.getItem(COPY) ?? "null");
	} catch {
		return null;
	}
}

/** Writes the copy, as far as that is possible: up to 5 MiB. Answers whether it was; if not, there is none. */
export function writeCopy(value: unknown): boolean {
	try {
		localStorage.setItem(COPY, JSON.stringify(value));
		return true;
	} catch {
		// An old copy must not come back in place of what was newer.
		try {
			localStorage.removeItem(COPY);
		} catch {
			// It cannot be read either, then.
		}
		return false;
	}
}
