import type { Runtime } from "webextension-polyfill";
import { browser } from "./api.ts";

/** Absolute address of one of the extension's own files. */
export function ownUrl(path: string): string {
	return browser.runtime.getURL(path);
}

export interface Sender {
	readonly id: string | null;
	readonly url: string | null;
	readonly tabId: number | null;
}

/**
 * Answers messages. `answer` returns undefined for messages that are not its own; what it rejects
 * with reaches the page as an error.
 */
export function onMessage(answer: (message: unknown, sender: Sender) => Promise<unknown> | undefined): void {
	browser.runtime.onMessage.addListener((message: unknown, sender: Runtime.MessageSender) =>
		answer(message, {
			id: sender.id ?? null,
			url: sender.url ?? null,
			tabId: sender.tab?.id ?? null,
		}),
	);
}

/** Keeps the ports that pages open under `name`; the answer posts to all of them. */
export function broadcaster(name: string): () => void {
	const ports = new Set<{ postMessage(message: unknown): void }>();
	browser.runtime.onConnect.addListener((port) => {
		if (port.name !== name || port.sender?.id !== browser.runtime.id) return;
		ports.add(port);
		port.onDisconnect.addListener(() => ports.delete(port));
	});
	return () => {
		for (const port of ports) port.postMessage({ changed: true });
	};
}

export const ownId = (): string => browser.runtime.id;

export function onFirstInstall(listener: () => void): void {
	browser.runtime.onInstalled.addListener(({ reason }) => {
		if (reason === "install") listener();
	});
}

/**
 * Makes updates wait for Firefox's next start: applied live, one lets requests pass unjudged for
 * about 0.4 s. A listener is all it takes.
 */
export function holdUpdatesUntilRestart(): void {
	browser.runtime.onUpdateAvailable.addListener(() => {
		// Nothing to do: having a listener is what makes it wait.
	});
}

/** Whether the person lets the extension see private windows. */
export async function isPrivateAllowed(): Promise<boolean> {
	return await browser.extension.isAllowedIncognitoAccess();
}

/** The extension's own version. */
export const ownVersion = (): string => browser.runtime.getManifest().version;
