/**
 * Where the program and its manifest stand, for one person and without anybody's leave
 * (developer.mozilla.org, "Native manifests"; XDG Base Directory Specification 0.8 for the program's own folder).
 */
import { posix, win32 } from "node:path";
import { MAIL_HOST } from "../../src/core/mail.ts";

/** The extension that may start the program, and no other: `browser_specific_settings` in manifest.json. */
export const EXTENSION_ID = "countersign@webextension";

export type System = "linux" | "darwin" | "win32";

export interface Places {
	readonly system: System;
	/** The program's own folder. */
	readonly folder: string;
	/** What Firefox starts. */
	readonly starter: string;
	/** What Firefox reads. */
	readonly manifest: string;
	/** The key of the registry that leads to the manifest; null where Firefox looks into a folder. */
	readonly registry: string | null;
}

/**
 * Where things are to stand. Null: there are no native programs for Firefox on this system, or the person has no home.
 *
 * @param system as `process.platform` says
 * @param home the person's own folder
 */
export function placesOf(
	system: string,
	env: Readonly<Record<string, string | undefined>>,
	home: string,
): Places | null {
	if (home === "") return null;
	const file = `${MAIL_HOST}.json`;
	if (system === "win32") {
		const { join } = win32;
		const folder = join(env.LOCALAPPDATA || join(home, "AppData", "Local"), "Countersign", "host");
		return {
			system,
			folder,
			starter: join(folder, "start.bat"),
			manifest: join(folder, file),
			registry: `HKCU\\Software\\Mozilla\\NativeMessagingHosts\\${MAIL_HOST}`,
		};
	}
	const { join, isAbsolute } = posix;
	if (system === "darwin") {
		const support = join(home, "Library", "Application Support");
		const folder = join(support, "Countersign", "host");
		return {
			system,
			folder,
			starter: join(folder, "start"),
			manifest: join(support, "Mozilla", "NativeMessagingHosts", file),
			registry: null,
		};
	}
	if (system !== "linux") return null;
	const given = env.XDG_DATA_HOME ?? "";
	// The specification: what is not absolute is as if it were not there.
	const data = isAbsolute(given) ? given : join(home, ".local", "share");
	const folder = join(data, "countersign", "host");
	return {
		system,
		folder,
		starter: join(folder, "start"),
		// Firefox keeps its profiles elsewhere by now, but looks for this one here (bugzilla.mozilla.org/2005167).
		manifest: join(home, ".mozilla", "native-messaging-hosts", file),
		registry: null,
	};
}

/** The manifest: which program, and for whom. */
export const manifestOf = ({ starter }: Places): string =>
	`${JSON.stringify(
		{
			name: MAIL_HOST,
			description: "Countersign asks mail servers who vouches for them",
			path: starter,
			type: "stdio",
			allowed_extensions: [EXTENSION_ID],
		},
		null,
		"\t",
	)}\n`;

const quoteSh = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
/** Inside quotes a batch file reads `%` only. No path of Windows has a quote in it. */
const quoteBat = (text: string): string => `"${text.replaceAll("%", "%%")}"`;

/**
 * What starts the program: Firefox starts one file, with no arguments of ours. Where Node is not any more where it was,
 * the one in the path is taken.
 *
 * @param node the Node that the program is installed with
 * @param script the program
 * @param args what is given to it, before what Firefox gives
 */
export function starterOf({ system }: Places, node: string, script: string, args: readonly string[]): string {
	if (system === "win32") {
		const rest = [quoteBat(script), ...args.map(quoteBat), "%*"].join(" ");
		return ["@echo off", `if exist ${quoteBat(node)} (${quoteBat(node)} ${rest}) else (node ${rest})`, ""].join("\r\n");
	}
	const rest = [quoteSh(script), ...args.map(quoteSh), '"$@"'].join(" ");
	return [
		"#!/bin/sh",
		"# Written by `countersign host install`. `countersign host uninstall` takes it away.",
		`if [ -x ${quoteSh(node)} ]; then exec ${quoteSh(node)} ${rest}; fi`,
		`exec node ${rest}`,
		"",
	].join("\n");
}
