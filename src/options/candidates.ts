/** Certificates out of files, on their way into a rule. */

import type { ParsedCertificate } from "../certificate/parse.ts";
import { CertificateError } from "../certificate/problem.ts";
import { messageOf } from "../core/error.ts";
import { plainFingerprint } from "../core/key.ts";
import type { Rule, Selector } from "../core/policy.ts";
import { ownWords } from "../ui/builtIn.ts";

/** By what a certificate is refused: its key, wherever it stands, or just these bytes. */
export type By = "key" | "certificate";

export interface Candidate {
	readonly certificate: ParsedCertificate;
	readonly chosen: boolean;
	readonly by: By;
}

export interface ReadFiles {
	readonly candidates: readonly Candidate[];
	/** One line for each input that could not be read. */
	readonly errors: readonly string[];
}

/** What a drop or a file field gives; pasted text comes as a string. */
export interface Input {
	readonly name: string;
	/** Rejects when the file cannot be read (it was removed, or is a folder). */
	content(): Promise<Uint8Array | string>;
}

async function readInput(input: Input): Promise<ParsedCertificate[] | string> {
	try {
		// Loaded when needed: with the libraries that it takes it is more than the rest of the page.
		const { readCertificates } = await import("../certificate/read.ts");
		return await readCertificates(await input.content(), input.name);
	} catch (error) {
		if (error instanceof CertificateError) return error.message;
		return `${input.name}: ${messageOf(error)}`;
	}
}

/**
 * Reads all inputs and adds what they hold to `before`, each certificate once. Authorities are
 * chosen, by their key; a site's own certificate only where nothing else came along.
 */
export async function readFiles(inputs: readonly Input[], before: readonly Candidate[]): Promise<ReadFiles> {
	const results = await Promise.all(inputs.map(readInput));
	const errors = results.filter((result) => typeof result === "string");
	const certificates = results.filter((result) => typeof result !== "string").flat();
	const known = new Map(before.map((candidate) => [candidate.certificate.sha256, candidate]));
	const anyAuthority = before.length > 0 || certificates.some(({ ca }) => ca);
	for (const certificate of certificates) {
		if (known.has(certificate.sha256)) continue;
		known.set(certificate.sha256, { certificate, chosen: certificate.ca || !anyAuthority, by: "key" });
	}
	return { candidates: [...known.values()], errors };
}

/** The selectors for what is chosen, each once: several certificates can have one key. */
export function selectorsOf(candidates: readonly Candidate[]): Selector[] {
	const selectors = candidates
		.filter(({ chosen }) => chosen)
		.map(({ certificate, by }): Selector => {
			if (by === "key") return { spki: certificate.spki };
			return { certificate: plainFingerprint(certificate.sha256) ?? certificate.sha256 };
		});
	return [...new Map(selectors.map((selector) => [JSON.stringify(selector), selector])).values()];
}

/** A title for the rule: who the first chosen certificate belongs to. */
export function titleOf(candidates: readonly Candidate[]): string {
	const certificate = candidates.find(({ chosen }) => chosen)?.certificate;
	const title = certificate?.organization || certificate?.commonName || certificate?.subject || "";
	return Array.from(title).slice(0, 120).join("");
}

/** Title of the enabled rule that refuses this certificate by its key or fingerprint already. */
export function refusedBy(certificate: ParsedCertificate, rules: readonly Rule[]): string | null {
	const plain = plainFingerprint(certificate.sha256);
	const rule = rules.find(
		({ enabled, match }) =>
			enabled &&
			match.some(
				(selector) =>
					("spki" in selector && selector.spki === certificate.spki) ||
					("certificate" in selector && selector.certificate === plain),
			),
	);
	return rule === undefined ? null : ownWords(rule.title);
}
