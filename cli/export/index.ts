/** `countersign export`: carries the list of refused authorities to other programs, in files. docs/export.md. */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { catalogue, firstRules } from "../../src/catalogue/index.ts";
import { loadDetails } from "../../src/catalogue/load.ts";
import type { ParsedCertificate } from "../../src/certificate/parse.ts";
import { CertificateError } from "../../src/certificate/problem.ts";
import { readCertificates } from "../../src/certificate/read.ts";
import type { Policy } from "../../src/core/policy.ts";
import { nameOf, readInput, readPolicyFile } from "../input.ts";
import { type Code, type Command, type CommandIo, InputError } from "../io.ts";
import { fitTo } from "./fitting.ts";
import { gather, type KnownKey, readBytes } from "./known.ts";
import { type Options, readOptions, targetIds } from "./options.ts";
import { plan } from "./plan.ts";
import { isComplete, type Outcome, type Report, reportOf, Sentences } from "./report.ts";
import type { OutFile, Target } from "./targets/target.ts";

/** One byte more than `readCertificates` takes, so that it is the one to say "too large". */
const MAX_CERTIFICATES = 8 * 1024 * 1024 + 1;

const SCRIPTS = ["nss.sh", "debian.sh", "p11-kit.sh", "macos.sh", "windows.ps1"];

async function readFiles(files: readonly string[], io: CommandIo): Promise<ParsedCertificate[]> {
	const certificates: ParsedCertificate[] = [];
	for (const file of files) {
		const bytes = await readInput(file, MAX_CERTIFICATES, io);
		try {
			certificates.push(...(await readCertificates(bytes, nameOf(file, io))));
		} catch (error) {
			if (error instanceof CertificateError) throw new InputError(error.message, { cause: error });
			throw error;
		}
	}
	return certificates;
}

function mustHaveRules({ widen }: Options, { rules }: Policy, { words }: CommandIo): void {
	if (widen === "all") return;
	for (const rule of widen) {
		if (!rules.some(({ id, enabled }) => enabled && id === rule)) {
			throw new InputError(words.say("export.noSuchRule", { rule }));
		}
	}
}

/** The certificates of an earlier export: people import what lies in that folder, so nothing old may stay in it. */
const OURS = /^[0-9a-f]{64}\.crt$/;

/** Writes a target's files. Throws InputError where something is in the way. */
async function write(folder: string, files: readonly OutFile[], force: boolean, io: CommandIo): Promise<void> {
	try {
		if (!force && (await readdir(folder).catch(() => [])).length > 0) {
			throw new InputError(io.words.say("export.folderThere", { folder }));
		}
		const certificates = join(folder, "certificates");
		for (const name of await readdir(certificates).catch(() => [])) {
			if (OURS.test(name)) await rm(join(certificates, name));
		}
		for (const { path, content } of files) {
			const file = join(folder, ...path.split("/"));
			await mkdir(dirname(file), { recursive: true });
			await writeFile(file, content);
		}
	} catch (error) {
		if (error instanceof InputError) throw error;
		const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
		throw new InputError(io.words.say("export.cannotWrite", { folder, code }), { cause: error });
	}
}

function outcomeFor(
	target: Target,
	policy: Policy,
	keys: ReadonlyMap<string, KnownKey>,
	{ widen, noWayThrough }: Options,
): Outcome {
	const planned = plan(policy, keys, catalogue, { widen, byKey: target.matching === "key" });
	return { target, plan: planned, fit: fitTo(planned, keys, target.matching), noWayThrough };
}

async function run(args: readonly string[], io: CommandIo): Promise<Code> {
	const options = readOptions(args, io);
	if (options === null) {
		io.stdout.write(io.words.say("export.help", { targets: targetIds() }));
		return 0;
	}
	const known = (id: string) => catalogue.byId(id) !== undefined;
	const policy = options.policy === null ? firstRules : await readPolicyFile(options.policy, known, io);
	mustHaveRules(options, policy, io);
	const files = await readFiles(options.certificates, io);
	const keys = gather(await loadDetails(), await readBytes(io.root), files);
	const scripts = new Map<string, string>();
	for (const name of SCRIPTS) {
		scripts.set(name, await readFile(new URL(`cli/export/scripts/${name}`, io.root), "utf8"));
	}
	const sentences = new Sentences(io.words, (id) => catalogue.byId(id));

	const reports: Report[] = [];
	let code: Code = 0;
	for (const target of options.targets) {
		const outcome = outcomeFor(target, policy, keys, options);
		const { noWayThrough } = options;
		const made = target.write(outcome.fit, { noWayThrough, script: (name) => scripts.get(name) ?? "" });
		const all = [{ path: "README.txt", content: sentences.readme(outcome) }, ...made];
		const folder = join(options.out, target.id);
		await write(folder, all, options.force, io);
		if (!isComplete(outcome) || outcome.fit.refused.length === 0) code = 1;
		const paths = all.map(({ path }) => path);
		reports.push(reportOf(outcome, folder, paths));
		if (!options.json) io.stdout.write(said(sentences, outcome, folder, io));
	}
	if (options.json) io.stdout.write(`${JSON.stringify(reports, null, 2)}\n`);
	return code;
}

/** What people are told of one target. */
function said(sentences: Sentences, outcome: Outcome, folder: string, { words }: CommandIo): string {
	const { target, fit: fitted } = outcome;
	const count = fitted.refused.length;
	const lines = [
		words.say("export.written", { target: target.name, folder }),
		count === 0 ? words.say("export.nothing") : words.say("export.keys", { count }),
		...sentences.notCarried(outcome).map((line) => `- ${line}`),
	];
	return `${lines.join("\n")}\n\n`;
}

export const command: Command = { name: "export", run };
