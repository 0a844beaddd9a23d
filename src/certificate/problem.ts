/** What a file turned out to be instead of certificates. */
export type Problem =
	| "empty"
	| "too-large"
	| "truncated"
	| "damaged"
	| "private-key"
	| "public-key"
	| "request"
	| "revocation-list"
	| "pkcs12"
	| "encrypted"
	| "key-store"
	| "pgp"
	| "no-certificates"
	| "not-certificates";

/**
 * Why a file gave no certificates. The message is one plain line that names the file, what is wrong
 * and, where it helps, what to do. It never repeats any of the file's content.
 */
export class CertificateError extends Error {
	override readonly name = "CertificateError";
	readonly problem: Problem;
	/** As given to readCertificates; "input" without one. */
	readonly fileName: string;
	constructor(what: string, { problem, fileName, cause }: { problem: Problem; fileName: string; cause?: unknown }) {
		super(`${fileName}: ${what}`, { cause });
		this.problem = problem;
		this.fileName = fileName;
	}
}
