/** The pages' end of the interface in src/protocol.ts. */

import { type Background, CHANGES_PORT } from "../protocol.ts";
import { browser } from "./api.ts";

/** What goes over the wire for each request. The background checks its shape. */
export interface Request {
	readonly to: "background";
	readonly method: keyof Background;
	readonly args: readonly unknown[];
}

/** The background, as pages call it: every method sends one message and resolves with its answer. */
export function createBackground(): Background {
	return new Proxy({} as Background, {
		get(_, method) {
			// A promise resolved with this object would ask it for `then`; that is no request.
			if (typeof method !== "string" || method === "then") return undefined;
			return (...args: unknown[]) => browser.runtime.sendMessage({ to: "background", method, args });
		},
	});
}

/**
 * Whether a question failed because nobody is there to hear it: the extension's process is gone. Goes by Firefox's words,
 * which are the same in every language (toolkit/components/extensions/ExtensionParent.sys.mjs).
 */
export function isUnanswered(error: unknown): boolean {
	return error instanceof Error && error.message.includes("Receiving end does not exist");
}

/**
 * Calls back whenever something that pages show may have changed. Returns a function that stops it.
 */
export function onChanges(callback: () => void): () => void {
	const port = browser.runtime.connect({ name: CHANGES_PORT });
	port.onMessage.addListener(() => callback());
	return () => port.disconnect();
}
