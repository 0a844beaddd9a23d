import { readFile } from "node:fs/promises";
import { messageOf } from "../src/core/error.ts";
import { command as check } from "./check/index.ts";
import { command as exportCommand } from "./export/index.ts";
import { command as host } from "./host/index.ts";
import { type Code, type Command, InputError, type Io } from "./io.ts";
import { command as lint } from "./lint/index.ts";
import { isLanguage, LANGUAGES, languageOf, readWords, type Words } from "./words/words.ts";

/** In the order in which they are listed. */
const COMMANDS: readonly Command[] = [check, exportCommand, host, lint];

/** Takes `--language X` out of the arguments, wherever it stands before `--`; null where it has no value. */
function withoutLanguage(args: readonly string[]): { language: string | null | undefined; rest: string[] } {
	const end = args.indexOf("--");
	const at = args.findIndex((arg, index) => (end < 0 || index < end) && /^--language(?:=|$)/.test(arg));
	const arg = args[at];
	if (arg === undefined) return { language: undefined, rest: [...args] };
	const joined = arg.includes("=");
	const language = joined ? arg.slice("--language=".length) : (args[at + 1] ?? null);
	return { language, rest: args.toSpliced(at, joined ? 1 : 2) };
}

/** How the command is called, with a line for each of its commands. */
function help(words: Words): string {
	const width = Math.max(...COMMANDS.map(({ name }) => name.length));
	const lines = COMMANDS.map(({ name }) => `  countersign ${name.padEnd(width)}  ${words.say(`${name}.summary`)}`);
	return words.say("cli.help", { commands: lines.join("\n") });
}

async function versionOf(root: URL): Promise<string> {
	const { version } = JSON.parse(await readFile(new URL("package.json", root), "utf8")) as { version: string };
	return version;
}

/**
 * Does what the command line asks for. Never rejects: bad input is one line on the standard error, and exit
 * code 2.
 *
 * @param args what stands after the program's name
 */
export async function run(args: readonly string[], io: Io): Promise<Code> {
	const { language, rest } = withoutLanguage(args);
	const words = await readWords(language && isLanguage(language) ? language : languageOf(io.env), io.root);
	const fail = (message: string): Code => {
		io.stderr.write(`countersign: ${message.replace(/\s+/g, " ")}\n`);
		return 2;
	};
	if (language !== undefined && (language === null || !isLanguage(language))) {
		return fail(words.say("cli.noSuchLanguage", { language: language ?? "", languages: LANGUAGES.join(", ") }));
	}
	const [name, ...others] = rest;
	if (name === "--version") {
		io.stdout.write(`countersign ${await versionOf(io.root)}\n`);
		return 0;
	}
	if (name === undefined || name === "--help" || name === "-h") {
		(name === undefined ? io.stderr : io.stdout).write(help(words));
		return name === undefined ? 2 : 0;
	}
	const command = COMMANDS.find((one) => one.name === name);
	if (!command) {
		const commands = COMMANDS.map((one) => one.name).join(", ");
		return fail(words.say("cli.noSuchCommand", { name, commands }));
	}
	try {
		return await command.run(others, { ...io, words });
	} catch (error) {
		if (error instanceof InputError) return fail(error.message);
		return fail(words.say("cli.fault", { message: messageOf(error) }));
	}
}
