/** What stands on the command line. */
import { parseArgs } from "node:util";
import { messageOf } from "../../src/core/error.ts";
import { type CommandIo, InputError } from "../io.ts";
import type { Target } from "./targets/target.ts";
import { TARGETS } from "./targets.ts";

export interface Options {
	readonly targets: readonly Target[];
	/** Null: the first rules. */
	readonly policy: string | null;
	readonly out: string;
	readonly certificates: readonly string[];
	readonly widen: ReadonlySet<string> | "all";
	readonly noWayThrough: boolean;
	readonly force: boolean;
	readonly json: boolean;
}

/** The targets' ids, as people are told of them. */
export const targetIds = (): string => TARGETS.map(({ id }) => id).join(", ");

/** Reads the command line. Null: help was asked for. Throws InputError. */
export function readOptions(args: readonly string[], { words }: Pick<CommandIo, "words">): Options | null {
	const { values, positionals } = parse(args, words);
	if (values.help) return null;
	const [argument] = positionals;
	if (argument !== undefined) throw new InputError(words.say("export.noPositional", { argument }));
	const names = (values.for ?? []).flatMap((text) => text.split(",")).filter((name) => name !== "");
	if (names.length === 0) throw new InputError(words.say("export.noTarget", { targets: targetIds() }));
	for (const target of names) {
		if (target !== "all" && !TARGETS.some(({ id }) => id === target)) {
			throw new InputError(words.say("export.noSuchTarget", { target, targets: targetIds() }));
		}
	}
	const widen = values.widen ?? [];
	return {
		targets: TARGETS.filter(({ id }) => names.includes("all") || names.includes(id)),
		policy: values.policy ?? null,
		out: values.out ?? "countersign-export",
		certificates: values.certificates ?? [],
		widen: widen.includes("all") ? "all" : new Set(widen),
		noWayThrough: values["no-way-through"] ?? false,
		force: values.force ?? false,
		json: values.json ?? false,
	};
}

function parse(args: readonly string[], words: CommandIo["words"]) {
	try {
		return parseArgs({
			args: [...args],
			allowPositionals: true,
			options: {
				for: { type: "string", multiple: true },
				policy: { type: "string" },
				out: { type: "string" },
				certificates: { type: "string", multiple: true },
				widen: { type: "string", multiple: true },
				"no-way-through": { type: "boolean" },
				force: { type: "boolean" },
				json: { type: "boolean" },
				help: { type: "boolean", short: "h" },
			},
		});
	} catch (error) {
		throw new InputError(words.say("cli.badOption", { message: messageOf(error) }), { cause: error });
	}
}
