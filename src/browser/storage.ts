import browser from "webextension-polyfill";

/** Reads the named items; what is not stored is missing from the answer. Rejects when storage fails. */
export async function readStorage(keys: readonly string[]): Promise<Record<string, unknown>> {
	return await browser.storage.local.get([...keys]);
}

/** Writes all items in one transaction: durable once resolved (docs/limits.md). Rejects when it fails. */
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
		const detail = error instanceof Error ? error.message : String(error);
		return /not found/i.test(detail) ? { kind: "none" } : { kind: "failed", detail };
	}
}
