import { readFile } from "node:fs/promises";
import type { ParsedCertificate } from "../../src/certificate/parse.ts";
import type { Arg, Weight } from "../../src/core/findings/explanation.ts";
import type { Facts } from "../../src/core/findings/facts.ts";
import { explain } from "../../src/core/findings/index.ts";
import { plainFingerprint } from "../../src/core/key.ts";
import type { Catalogue, Rule, Selector } from "../../src/core/policy.ts";
import { chainLines, type Line, type LineKey, titleOf, verdictLines } from "../../src/core/words.ts";
import type { Judged } from "../../cli/chain/judge.ts";

/** What the command prints: a public interface (docs/inspect.md). */
export interface Report {
	readonly outcome: "accept" | "warn" | "refuse" | "unverifiable";
	/** The rule that decided, as in a policy document. */
	readonly rule: Rule | null;
	/** Index into `chain`. */
	readonly position: number | null;
	readonly selector: Selector | null;
	/** Leaf first. */
	readonly chain: readonly {
		readonly subject: string;
		readonly issuer: string;
		/** Of the key's owner in the catalogue, else the subject's C; null where neither says. */
		readonly country: string | null;
		/** The key's owner in the catalogue. */
		readonly authority: { readonly id: string; readonly name: string; readonly country: string | null } | null;
		/** ISO date-time, UTC. */
		readonly notBefore: string;
		readonly notAfter: string;
		/** Lower-case hex. */
		readonly sha256: string;
		/** Base64. */
		readonly spki: string;
	}[];
	/** In plain words. */
	readonly lines: readonly string[];
	/** What the extension would say of it, most important first. */
	readonly findings: readonly {
		/** Names the finding: `src/core/findings/<id>.ts`. */
		readonly id: string;
		readonly weight: Weight;
		readonly text: string;
		/** Where it comes from; null where nothing is to be named. */
		readonly source: string | null;
	}[];
}

type ToolLine = Line<LineKey | "lineLeftOut" | "lineNoHost">;

const iso = (milliseconds: number): string => new Date(milliseconds).toISOString().replace(".000Z", "Z");

function linesOf(judged: Judged, catalogue: Catalogue): ToolLine[] {
	const { leftOut, verdict, selfMade, bySigner, hostMatters } = judged;
	const lines: ToolLine[] = chainLines(judged.judged, catalogue, selfMade);
	if (leftOut.length > 0) {
		const names = [...new Set(leftOut.map((certificate) => titleOf(certificate, catalogue)))];
		lines.push({ key: "lineLeftOut", args: [String(leftOut.length), names.join("; ")] });
	}
	if (hostMatters) lines.push({ key: "lineNoHost", args: [] });
	return [...lines, ...verdictLines(verdict, judged.judged, catalogue, bySigner)];
}

interface Message {
	readonly message: string;
	readonly placeholders?: Readonly<Record<string, { readonly content: string }>>;
}

/**
 * Reads the English texts that the extension itself uses (chrome.i18n's format), and gives a function
 * that writes a line with them. Throws when the file cannot be read; a missing text is shown by key.
 */
export async function readTexts(): Promise<(line: Line<string>) => string> {
	const file = new URL("../../public/_locales/en/messages.json", import.meta.url);
	const messages = JSON.parse(await readFile(file, "utf8")) as Record<string, Message>;
	return ({ key, args }) => {
		const { message, placeholders = {} } = messages[key] ?? { message: key };
		return message.replace(/\$(\w+)\$/g, (whole, name: string) => {
			const content = placeholders[name.toLowerCase()]?.content;
			return content?.replace(/\$(\d)/g, (_, index: string) => args[Number(index) - 1] ?? "") ?? whole;
		});
	};
}

function certificateOf(certificate: ParsedCertificate, catalogue: Catalogue): Report["chain"][number] {
	const { subject, issuer, notBefore, notAfter, sha256, spki, country } = certificate;
	const owner = catalogue.ownerOf(spki);
	return {
		subject,
		issuer,
		country: owner?.country ?? country?.toUpperCase() ?? null,
		authority: owner ? { id: owner.id, name: owner.name, country: owner.country } : null,
		notBefore: iso(notBefore),
		notAfter: iso(notAfter),
		sha256: plainFingerprint(sha256) ?? "",
		spki,
	};
}

const day = new Intl.DateTimeFormat("en", { dateStyle: "long", timeZone: "UTC" });
const regions = new Intl.DisplayNames(["en"], { type: "region" });

/** A country's name; a code that is none as it stands. */
function countryName(code: string): string {
	try {
		return regions.of(code) ?? code;
	} catch {
		return code;
	}
}

function wordsOf(arg: Arg): string {
	switch (arg.kind) {
		case "date":
		case "time":
			return day.format(arg.value);
		case "list":
			return arg.value.join(", ");
		case "country":
			return countryName(arg.value);
		case "who":
			return arg.country === null ? arg.value : `${arg.value} (${countryName(arg.country)})`;
		default:
			return String(arg.value);
	}
}

/** Writes down what was judged. `facts`: of the same. */
export async function reportOf(judged: Judged, facts: Facts, catalogue: Catalogue): Promise<Report> {
	const { verdict, chain } = judged;
	const finding = "finding" in verdict ? verdict.finding : null;
	const write = await readTexts();
	return {
		outcome: verdict.outcome,
		rule: finding?.rule.rule ?? null,
		position: finding?.position ?? null,
		selector: finding?.selector ?? null,
		chain: chain.map((certificate) => certificateOf(certificate, catalogue)),
		lines: linesOf(judged, catalogue).map(write),
		findings: explain(facts).map(({ id, weight, key, args, source }) => ({
			id,
			weight,
			text: write({ key, args: args.map(wordsOf) }),
			source,
		})),
	};
}
