import { readBytes as read, UnreadError, type WhyUnread } from "../../cli/input.ts";
import type { ParsedCertificate } from "../../src/certificate/parse.ts";
import { CertificateError } from "../../src/certificate/problem.ts";
import { readCertificates } from "../../src/certificate/read.ts";
import { MAX_DOCUMENT, type Policy } from "../../src/core/policy.ts";
import { type KnownAuthority, parsePolicy } from "../../src/schema/policy.ts";
import { InputError } from "./options.ts";

/** One byte more than `readCertificates` takes, so that it is the one to say "too large". */
const MAX_CERTIFICATES = 8 * 1024 * 1024 + 1;

const REASONS: Readonly<Record<Exclude<WhyUnread, "other">, string>> = {
	missing: "no such file",
	folder: "this is a folder, not a file",
	forbidden: "it may not be read",
	loop: "too many symbolic links",
	longName: "the name is too long",
};

/** Reads at most `limit` bytes. Throws InputError. */
async function readBytes(name: string, limit: number): Promise<Uint8Array> {
	try {
		return await read(name, limit, process.stdin);
	} catch (error) {
		if (!(error instanceof UnreadError)) throw error;
		const why = error.why === "other" ? `it cannot be read (${error.code})` : REASONS[error.why];
		throw new InputError(`${nameOf(name)}: ${why}`, { cause: error });
	}
}

const nameOf = (name: string): string => (name === "-" ? "standard input" : name);

/** Reads all certificates out of some files, in order. Throws InputError for the first that gives none. */
export async function readChainFiles(files: readonly string[]): Promise<ParsedCertificate[]> {
	const certificates: ParsedCertificate[] = [];
	for (const file of files) {
		const bytes = await readBytes(file, MAX_CERTIFICATES);
		try {
			certificates.push(...(await readCertificates(bytes, nameOf(file))));
		} catch (error) {
			if (error instanceof CertificateError) throw new InputError(error.message, { cause: error });
			throw error;
		}
	}
	return certificates;
}

/** Reads a policy document, as the options page's import does. Throws InputError with the field error. */
export async function readPolicyFile(file: string, known: KnownAuthority): Promise<Policy> {
	// A byte order mark comes on top of the document's own limit.
	const bytes = await readBytes(file, MAX_DOCUMENT + 4);
	let text: string;
	try {
		text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
	} catch (error) {
		throw new InputError(`${nameOf(file)}: document: expected text in UTF-8`, { cause: error });
	}
	const parsed = parsePolicy(text, "person", known);
	if (!parsed.ok) throw new InputError(`${nameOf(file)}: ${parsed.error.replace(/\s+/g, " ")}`);
	return parsed.policy;
}
