/**
 * `npm run catalogue`: generates the data about authorities that ships. `-- --check` compares it, and the inputs, with
 * the installed Firefox, and exits with 1 where they differ. docs/data.md says more.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import firstRules from "../src/catalogue/first-rules.json" with { type: "json" };
import { driftOf } from "./catalogue/drift.ts";
import { type InstalledFirefox, readInstalledFirefox } from "./catalogue/firefox.ts";
import { type Before, type Entry, type Generated, generate } from "./catalogue/generate.ts";
import { type Inputs, readInputs } from "./catalogue/inputs.ts";

export const PROJECT = fileURLToPath(new URL("..", import.meta.url));
export const INPUTS = join(PROJECT, "tools/data");

/** Where each file belongs, from the top of the project. */
export const FILES: Readonly<Record<Exclude<keyof Generated, "ownership">, string>> = {
	index: "src/catalogue/index.json",
	details: "src/catalogue/details.json",
	presets: "src/catalogue/presets.json",
	published: "src/catalogue/published-ids.json",
	roots: "src/catalogue/tls-roots.json",
};

/** Reads the inputs and makes all files. Throws when an input is missing or wrong. */
export async function make(): Promise<{ readonly inputs: Inputs; readonly generated: Generated }> {
	const inputs = await readInputs(INPUTS);
	const entries = (await readFile(join(INPUTS, "presets.jsonl"), "utf8")).split("\n").filter((line) => line !== "");
	const before: Before = {
		published: JSON.parse(await readFile(join(PROJECT, FILES.published), "utf8")) as string[],
		firstRules: firstRules.rules as unknown as Before["firstRules"],
		entries: entries.map((line) => JSON.parse(line) as Entry),
	};
	return { inputs, generated: generate(inputs, before) };
}

/**
 * Does what the command does. Answers with the exit code: 1 where something differs and was only to be checked.
 *
 * @param say is given the text that is printed
 * @param installed tells what the installed Firefox has; asked only to check
 */
export async function run(
	check: boolean,
	say: (text: string) => void,
	installed: () => Promise<InstalledFirefox>,
): Promise<number> {
	const { inputs, generated } = await make();
	const lines: string[] = [];
	for (const [name, file] of Object.entries(FILES) as [keyof typeof FILES, string][]) {
		const old = await readFile(join(PROJECT, file), "utf8").catch(() => "");
		if (old === generated[name]) continue;
		lines.push(`${file}: ${check ? "is not what the inputs give" : "written"}`);
		if (!check) await writeFile(join(PROJECT, file), generated[name]);
	}
	const { owners, unowned, how } = generated.ownership;
	if (check) lines.push(...driftOf(inputs, generated.ownership, await installed()));
	say(lines.map((line) => `${line}\n`).join(""));
	const count = (what: string): number => [...how.values()].filter((one) => one === what).length;
	say(
		`${owners.length} authorities, ${owners.reduce((sum, { keys }) => sum + keys.size, 0)} keys ` +
			`(${count("key")} as known, ${count("organization")} by organisation, ${count("roots")} by organisation and roots, ` +
			`${count("table")} by the table, ${count("subordinate")} of new ones), ${inputs.certificates.length} certificates; ` +
			`${unowned.length} keys of which only hashes are known have no owner\n`,
	);
	return check && lines.length > 0 ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const say = (text: string): void => void process.stdout.write(text);
	process.exitCode = await run(process.argv.includes("--check"), say, readInstalledFirefox);
}
