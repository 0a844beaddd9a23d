import { judgeFiles } from "../../cli/chain/judge.ts";
import { catalogue, firstRules } from "../../src/catalogue/index.ts";
import { loadDetails } from "../../src/catalogue/load.ts";
import { messageOf } from "../../src/core/error.ts";
import { factsOf } from "./facts.ts";
import { readChainFiles, readPolicyFile } from "./files.ts";
import { HELP, InputError, readOptions } from "./options.ts";
import { reportOf } from "./report.ts";

export interface Result {
	readonly code: 0 | 1 | 2;
	readonly stdout: string;
	readonly stderr: string;
}

async function inspect(args: readonly string[]): Promise<Result> {
	const options = readOptions(args);
	if (options === null) return { code: 0, stdout: HELP, stderr: "" };
	const known = (id: string) => catalogue.byId(id) !== undefined;
	const policy = options.policy === null ? firstRules : await readPolicyFile(options.policy, known);
	const certificates = await readChainFiles(options.files);
	const judged = await judgeFiles(certificates, policy, options.host, catalogue);
	if (judged === null) throw new InputError("no certificates were found");
	const details = new Map((await loadDetails()).map((authority) => [authority.id, authority]));
	const host = options.host && (options.host.kind === "name" ? options.host.name : options.host.text);
	const facts = await factsOf(judged, host, catalogue, (id) => details.get(id));
	const report = await reportOf(judged, facts, catalogue);
	return { code: report.outcome === "accept" ? 0 : 1, stdout: `${JSON.stringify(report, null, 2)}\n`, stderr: "" };
}

/** Does what the command does, with what it prints as its result. Never throws. */
export async function run(args: readonly string[]): Promise<Result> {
	try {
		return await inspect(args);
	} catch (error) {
		// What is no InputError is a fault of this tool; people still get one line, and no verdict.
		const message = messageOf(error).replace(/\s+/g, " ");
		const fault = error instanceof InputError ? "" : "this should not happen: ";
		return { code: 2, stdout: "", stderr: `inspect: ${fault}${message}\n` };
	}
}
