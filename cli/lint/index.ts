import { parseArgs } from "node:util";
import { messageOf } from "../../src/core/error.ts";
import { MAX_DOCUMENT } from "../../src/core/policy.ts";
import type { Mode } from "../../src/schema/policy.ts";
import { nameOf, readInput } from "../input.ts";
import { type Code, type Command, type CommandIo, InputError } from "../io.ts";
import type { Words } from "../words/words.ts";
import { loadKnown } from "./known.ts";
import { lint } from "./lint.ts";
import { countOf, type FileReport, forPeople, forPrograms, type Look } from "./report.ts";

const MODES: readonly Mode[] = ["person", "admin", "list"];

function readOptions(args: readonly string[], words: Words) {
	const options = {
		as: { type: "string" },
		json: { type: "boolean" },
		"errors-only": { type: "boolean" },
		help: { type: "boolean", short: "h" },
	} as const;
	try {
		return parseArgs({ args: [...args], allowPositionals: true, options });
	} catch (error) {
		throw new InputError(words.say("cli.badOption", { message: messageOf(error) }), { cause: error });
	}
}

/** How the terminal is; https://no-color.org and what Node and most programs do. */
function lookOf({ stdout, env }: CommandIo): Look {
	const forced = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== "0";
	const colours = forced || (stdout.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb");
	return { colours, width: stdout.columns ?? 100 };
}

async function run(args: readonly string[], io: CommandIo): Promise<Code> {
	const { words } = io;
	const { values, positionals } = readOptions(args, words);
	if (values.help) {
		io.stdout.write(words.say("lint.help"));
		return 0;
	}
	const mode = MODES.find((one) => one === (values.as ?? "person"));
	if (!mode) throw new InputError(words.say("lint.badMode", { modes: MODES.join(", "), got: values.as ?? "" }));
	if (positionals.length === 0) throw new InputError(words.say("lint.noFile"));
	const known = await loadKnown();
	const reports: FileReport[] = [];
	for (const file of positionals) {
		// A byte order mark comes on top of the document's own limit, and one byte more shows that it is too long.
		const linted = lint(await readInput(file, MAX_DOCUMENT + 4, io), mode, known, words, io.now());
		const remarks = linted.remarks.filter(({ severity }) => severity === "error" || !values["errors-only"]);
		reports.push({ file: nameOf(file, io), ...linted, remarks });
	}
	io.stdout.write(values.json ? forPrograms(reports) : forPeople(reports, words, lookOf(io)));
	const { error, warning } = countOf(reports);
	return error + warning > 0 ? 1 : 0;
}

/** `countersign lint`: docs/lint.md. */
export const command: Command = { name: "lint", run };
