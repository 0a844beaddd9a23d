import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { isSignedBy } from "../../src/background/signature.ts";
import { catalogue } from "../../src/catalogue/index.ts";
import { messageOf } from "../../src/core/error.ts";
import { newness, type RefusalList } from "../../src/core/list.ts";
import { MAX_DOCUMENT } from "../../src/core/policy.ts";
import { parseList, parsePublicKey, parseSignature, textOf } from "../../src/schema/list.ts";

export interface Result {
	/** 0 done, or all is well; 1 the list is not fit to be published, or not rightly signed; 2 bad input. */
	readonly code: 0 | 1 | 2;
	readonly stdout: string;
	readonly stderr: string;
}

const HELP = `Usage: npm run --silent list -- COMMAND ...

  keygen KEYFILE                       makes a key: the private one goes into KEYFILE, which must
                                       not exist yet, the public one is printed
  sign --key KEYFILE LIST              checks a list and writes its signature beside it (LIST.sig)
  verify --key PUBLICKEY LIST          checks a list and the signature beside it as Countersign does

  --after OLDLIST   for sign and verify: the list is also to be newer than this one
  --help            this text

Exit code: 0 all is well; 1 the list is not fit to be published, or not rightly signed, with one line on
the standard error; 2 bad input. docs/lists.md says more.
`;

/** Bad input. Exit code 2. */
class InputError extends Error {}
/** A list that followers would not take. Exit code 1. */
class ListError extends Error {}

interface Document {
	readonly file: string;
	readonly bytes: Uint8Array<ArrayBuffer>;
	readonly text: string;
	readonly list: RefusalList;
	readonly reported: readonly string[];
}

async function read(file: string): Promise<Uint8Array<ArrayBuffer>> {
	try {
		return Uint8Array.from(await readFile(file));
	} catch (error) {
		throw new InputError(messageOf(error), { cause: error });
	}
}

async function readDocument(file: string): Promise<Document> {
	const bytes = await read(file);
	// A byte order mark counts: the extension counts what comes over the wire.
	if (bytes.length > MAX_DOCUMENT) {
		throw new ListError(`document: expected at most ${MAX_DOCUMENT} bytes, got ${bytes.length}`);
	}
	const text = textOf(bytes);
	if (text === null) throw new ListError("document: expected UTF-8, got other bytes");
	const parsed = parseList(text, (id) => catalogue.byId(id) !== undefined);
	if (!parsed.ok) throw new ListError(parsed.error);
	return { file, bytes, text, list: parsed.list, reported: parsed.reported };
}

/** Holds a list to the one that its followers have. */
async function checkAfter({ text, list }: Document, file: string | undefined): Promise<void> {
	if (file === undefined) return;
	const before = await readDocument(file);
	if (before.list.id !== list.id) throw new ListError(`list.id: expected ${before.list.id}, got ${list.id}`);
	const seen = { text: before.text, sequence: before.list.sequence };
	const kind = newness([seen], 0, { text, sequence: list.sequence });
	if (kind === "newer" || kind === "same") return;
	throw new ListError(`list.sequence: expected more than ${before.list.sequence}, got ${list.sequence}`);
}

const publicKeyOf = (key: KeyObject): string =>
	createPublicKey(key).export({ type: "spki", format: "der" }).subarray(-32).toString("base64");

/** What is worth knowing of a list that is fit, one line each. */
function linesOf({ file, list, reported }: Document, now: number): string[] {
	const isExpired = Date.parse(list.expires) <= now;
	return [
		`${file}: ${list.title} (${list.id}), number ${list.sequence}, ${list.policy.rules.length} rules`,
		`expires ${list.expires}${isExpired ? ": out of date" : ""}`,
		...reported,
	];
}

async function keygen(file: string): Promise<string[]> {
	const { privateKey } = generateKeyPairSync("ed25519");
	const pem = privateKey.export({ type: "pkcs8", format: "pem" });
	try {
		// Never over a key that is there already: whoever follows by it could not be reached again.
		await writeFile(file, pem, { mode: 0o600, flag: "wx" });
	} catch (error) {
		throw new InputError(messageOf(error), { cause: error });
	}
	return [publicKeyOf(privateKey)];
}

async function signList(file: string, keyFile: string, after: string | undefined, now: number): Promise<string[]> {
	const key = readPrivateKey(await read(keyFile), keyFile);
	const document = await readDocument(file);
	await checkAfter(document, after);
	if (Date.parse(document.list.expires) <= now) {
		throw new ListError(`list.expires: expected a time to come, got ${document.list.expires}`);
	}
	const signature = sign(null, document.bytes, key).toString("base64");
	await writeFile(`${file}.sig`, `${signature}\n`).catch((error: unknown) => {
		throw new InputError(messageOf(error), { cause: error });
	});
	return [...linesOf(document, now), `signed: ${file}.sig`, `public key: ${publicKeyOf(key)}`];
}

function readPrivateKey(pem: Uint8Array, file: string): KeyObject {
	try {
		const key = createPrivateKey(Buffer.from(pem));
		if (key.asymmetricKeyType === "ed25519") return key;
	} catch {
		// The same fault for people: what is there is no such key.
	}
	throw new InputError(`${file}: expected an Ed25519 private key (PEM), got something else`);
}

async function verifyList(file: string, publicKey: string, after: string | undefined, now: number): Promise<string[]> {
	const key = parsePublicKey(publicKey);
	if (!key) throw new InputError("--key: expected a public key: 44 base64 characters, got something else");
	const bytes = await read(file);
	const signature = parseSignature(textOf(await read(`${file}.sig`)) ?? "");
	if (!signature) throw new ListError("signature: expected 88 base64 characters, got something else");
	if (!(await isSignedBy(key.bytes, signature, bytes))) {
		throw new ListError("signature: expected one of this document by this key, got another");
	}
	const document = await readDocument(file);
	await checkAfter(document, after);
	return [...linesOf(document, now), "the signature is right"];
}

function readArguments(args: readonly string[]) {
	try {
		return parseArgs({
			args: [...args],
			allowPositionals: true,
			options: {
				key: { type: "string" },
				after: { type: "string" },
				help: { type: "boolean", short: "h" },
			},
		});
	} catch (error) {
		throw new InputError(messageOf(error), { cause: error });
	}
}

async function act(args: readonly string[], now: number): Promise<readonly string[]> {
	const { values, positionals } = readArguments(args);
	if (values.help) return [HELP.trimEnd()];
	const [command, file, ...others] = positionals;
	const isKnown = command === "keygen" || command === "sign" || command === "verify";
	if (!isKnown) throw new InputError(`expected keygen, sign or verify, got ${command ?? "nothing"}`);
	if (file === undefined || others.length > 0) {
		throw new InputError(`${command}: expected one file, got ${positionals.length - 1}`);
	}
	if (command === "keygen") return await keygen(file);
	if (values.key === undefined) throw new InputError(`${command}: expected --key, got nothing`);
	const act = command === "sign" ? signList : verifyList;
	return await act(file, values.key, values.after, now);
}

/**
 * Does what the command does, with what it prints as its result. Never throws.
 *
 * @param now milliseconds since 1970
 */
export async function run(args: readonly string[], now = Date.now()): Promise<Result> {
	try {
		const lines = await act(args, now);
		return { code: 0, stdout: `${lines.join("\n")}\n`, stderr: "" };
	} catch (error) {
		const message = messageOf(error).replace(/\s+/g, " ");
		if (error instanceof ListError) return { code: 1, stdout: "", stderr: `list: ${message}\n` };
		const hint = error instanceof InputError ? " (--help says how)" : "";
		return { code: 2, stdout: "", stderr: `list: ${message}${hint}\n` };
	}
}
