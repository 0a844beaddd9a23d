import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A built extension that speaks one language, whatever Firefox itself speaks. */
export interface Speaking {
	/** Where it is. */
	readonly folder: string;
	/** Removes the copy. */
	remove(): Promise<void>;
}

/**
 * A copy of a build that has the words of one language only. Firefox chooses words by its own language, which
 * needs a language pack to change; where it does not find its own, it takes the manifest's default.
 *
 * @param language name of its folder in _locales: "zh_CN"
 * @throws where the build has no such language
 */
export async function speaking(build: string, language: string): Promise<Speaking> {
	const languages = await readdir(join(build, "_locales"));
	if (!languages.includes(language)) throw new Error(`${build} speaks ${languages.join(", ")}, not ${language}`);
	const folder = await mkdtemp(join(tmpdir(), "countersign-speaking-"));
	await cp(build, folder, { recursive: true });
	for (const other of languages) {
		if (other !== language) await rm(join(folder, "_locales", other), { recursive: true });
	}
	const file = join(folder, "manifest.json");
	const manifest = JSON.parse(await readFile(file, "utf8")) as object;
	await writeFile(file, JSON.stringify({ ...manifest, default_locale: language }));
	return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
