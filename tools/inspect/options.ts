import { parseArgs } from "node:util";
import { messageOf } from "../../src/core/error.ts";
import type { Host } from "../../src/core/host.ts";
import { readHost } from "../../src/core/host.ts";
import { canonicalHost } from "../../src/schema/names.ts";

/** Bad input: its message is one line for people. Exit code 2. */
export class InputError extends Error {
	override readonly name = "InputError";
}

export const HELP = `Usage: npm run --silent inspect -- [--policy FILE] [--host NAME] CHAIN...

Judges a chain of certificates by a policy and prints what was decided, as JSON.

  CHAIN          files of certificates: PEM, DER or PKCS#7, in any order; - is the standard input
  --policy FILE  a policy document (docs/policy.md); without it the first rules apply
  --host NAME    the site's name or address, for rules with acceptFor or sites
  --help         this text

Exit code: 0 accept; 1 warn, refuse or unverifiable; 2 bad input, with one line on the standard error.
Signatures, dates and names in certificates are not verified: Firefox does that before a policy is asked.
docs/inspect.md says more.
`;

export interface Options {
	readonly policy: string | null;
	readonly host: Host | null;
	readonly files: readonly string[];
}

/** Reads the command line. Null: help was asked for. Throws InputError. */
export function readOptions(args: readonly string[]): Options | null {
	const { values, positionals } = parse(args);
	if (values.help) return null;
	if (positionals.length === 0) throw new InputError("no file of certificates was given (--help says how)");
	return {
		policy: values.policy ?? null,
		host: values.host === undefined ? null : hostOf(values.host),
		files: positionals,
	};
}

function parse(args: readonly string[]) {
	try {
		return parseArgs({
			args: [...args],
			allowPositionals: true,
			options: { policy: { type: "string" }, host: { type: "string" }, help: { type: "boolean", short: "h" } },
		});
	} catch (error) {
		throw new InputError(`${messageOf(error).replace(/\s+/g, " ")} (--help says how)`, { cause: error });
	}
}

function hostOf(text: string): Host {
	const named = canonicalHost(text);
	if ("name" in named) return readHost(named.name);
	throw new InputError(`--host: expected ${named.expected}, got ${JSON.stringify(text.slice(0, 80))}`);
}
