/** The extensions that are compared, each as a folder that Firefox can install. */
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EXTENSION_ID, EXTENSION_UUID } from "../../../tests/e2e/harness/index.ts";

/** Values of the setting `preflight`. */
export type Preflight = "off" | "credentials" | "always";

/** Something to compare. */
export interface Contestant {
	readonly name: string;
	readonly id: string;
	/** Host of its pages. */
	readonly uuid: string;
	/** Source of the whole background script; null for Countersign. */
	readonly script: string | null;
	/** For Countersign. */
	readonly preflight: Preflight | null;
}

/** Lets everything go at once: what anything costs that may stop a response. */
const EMPTY = `browser.webRequest.onHeadersReceived.addListener(() => ({}), { urls: ["<all_urls>"] }, ["blocking"]);`;

/** Asks for what is needed and decides nothing. */
const NAIVE = `browser.webRequest.onHeadersReceived.addListener(async ({ requestId }) => {
	await browser.webRequest.getSecurityInfo(requestId, { certificateChain: true });
	return {};
}, { urls: ["<all_urls>", "wss://*/*"] }, ["blocking"]);`;

/** As the naive one, with nothing but the site's own certificate. */
const LEAF = NAIVE.replace("{ certificateChain: true }", "{}");

const uuid = (number: number): string => EXTENSION_UUID.replace(/\d$/, String(number));

const small = (name: string, number: number, script: string): Contestant => ({
	name,
	id: `${name.replaceAll(" ", "-")}@bench`,
	uuid: uuid(number),
	script,
	preflight: null,
});

export const EMPTY_LISTENER = small("empty", 2, EMPTY);
/** The same as the empty one: what it differs by is what cannot be told apart. */
export const EMPTY_TWIN = small("empty twin", 3, EMPTY);
export const NAIVE_LISTENER = small("naive", 4, NAIVE);
export const LEAF_ONLY = small("leaf only", 5, LEAF);

/** Countersign with a setting. The default one has the extension's own id, so that tools find it. */
export function countersign(preflight: Preflight): Contestant {
	return preflight === "credentials"
		? { name: `countersign ${preflight}`, id: EXTENSION_ID, uuid: EXTENSION_UUID, script: null, preflight }
		: {
				name: `countersign ${preflight}`,
				id: `countersign-${preflight}@bench`,
				uuid: uuid(preflight === "off" ? 6 : 7),
				script: null,
				preflight,
			};
}

/** Puts a clock around a script: a copy's, so that the build itself has nothing of it. */
async function stopwatch(path: string): Promise<void> {
	const script = await readFile(path, "utf8");
	await writeFile(path, `globalThis.benchStart=performance.now();${script}\n;globalThis.benchReady=performance.now();`);
}

/**
 * Writes a contestant's folder.
 *
 * @param build Countersign's build
 * @param to folder for all of them
 * @returns its own folder
 */
export async function writeContestant({ name, id, script }: Contestant, build: string, to: string): Promise<string> {
	const folder = join(to, id);
	await mkdir(folder, { recursive: true });
	if (script === null) {
		await cp(build, folder, { recursive: true });
		const manifest = JSON.parse(await readFile(join(build, "manifest.json"), "utf8"));
		manifest.browser_specific_settings.gecko.id = id;
		for (const path of manifest.background.scripts) await stopwatch(join(folder, path));
		await writeFile(join(folder, "manifest.json"), JSON.stringify(manifest));
		return folder;
	}
	const manifest = {
		manifest_version: 2,
		name,
		version: "1",
		browser_specific_settings: { gecko: { id, data_collection_permissions: { required: ["none"] } } },
		permissions: ["webRequest", "webRequestBlocking", "<all_urls>"],
		background: { scripts: ["background.js"], persistent: true },
	};
	await writeFile(join(folder, "manifest.json"), JSON.stringify(manifest));
	await writeFile(join(folder, "background.js"), script);
	return folder;
}
