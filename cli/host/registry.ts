/** The one key of Windows' registry that leads Firefox to the manifest, by way of Windows' own `reg.exe`. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Registry } from "./install.ts";

const exec = promisify(execFile);
const reg = (...args: readonly string[]) => exec("reg.exe", [...args], { windowsHide: true });

/** What `reg query KEY /ve` writes: the name of the default value is translated, its type is not. */
const VALUE = /^\s+.*?\sREG_SZ\s+(.*?)\s*$/m;

/** The value in what `reg query … /ve` wrote; null where there is none. */
export const valueIn = (output: string): string | null => VALUE.exec(output)?.[1] ?? null;

export const windowsRegistry: Registry = {
	async set(key, value) {
		await reg("add", key, "/ve", "/t", "REG_SZ", "/d", value, "/f");
	},
	async remove(key) {
		// It is an error where there is none.
		await reg("delete", key, "/f").catch(() => undefined);
	},
	async get(key) {
		try {
			return valueIn((await reg("query", key, "/ve")).stdout);
		} catch {
			return null;
		}
	},
};
