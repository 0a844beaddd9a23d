/** Programs beside Firefox that an extension may speak to, once the person has allowed it. */
import type { Runtime } from "webextension-polyfill";
import { messageOf } from "../core/error.ts";
import { browser } from "./api.ts";

/** A program that was started for this connection, and ends with it. */
export interface NativePort {
	post(message: unknown): void;
	close(): void;
}

/** What the permission is for: the program, and the notification when it finds something. */
const PERMISSIONS = { permissions: ["nativeMessaging", "notifications"] as const };
type Wanted = Parameters<typeof browser.permissions.request>[0];

/** Asks the person for what mail servers need. Has to be called in the moment of a click. Rejects where Firefox cannot. */
export async function requestMailPermissions(): Promise<boolean> {
	return await browser.permissions.request(PERMISSIONS as unknown as Wanted);
}

/** Gives those permissions back. */
export async function dropMailPermissions(): Promise<void> {
	await browser.permissions.remove(PERMISSIONS as unknown as Wanted);
}

/** Whether the person allows what mail servers need. */
export async function hasMailPermissions(): Promise<boolean> {
	return await browser.permissions.contains(PERMISSIONS as unknown as Wanted);
}

/** Calls back when the person gave or took a permission. */
export function onPermissionsChanged(listener: () => void): void {
	browser.permissions.onAdded.addListener(() => listener());
	browser.permissions.onRemoved.addListener(() => listener());
}

/**
 * Starts a program and connects to it. `ended` is called once, when the connection has ended from the other side, with
 * what Firefox says of it (in English), or null. Throws where Firefox does not let extensions do so.
 */
export function connectNative(
	name: string,
	on: { readonly message: (message: unknown) => void; readonly ended: (error: string | null) => void },
): NativePort {
	const port: Runtime.Port = browser.runtime.connectNative(name);
	port.onMessage.addListener((message: unknown) => on.message(message));
	port.onDisconnect.addListener(({ error }) => on.ended(error ? messageOf(error) : null));
	return {
		post: (message) => port.postMessage(message),
		close: () => port.disconnect(),
	};
}
