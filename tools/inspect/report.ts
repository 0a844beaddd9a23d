import { readFile } from "node:fs/promises";
import type { Judged } from "../../cli/chain/judge.ts";
import { type ReportedCertificate, reportCertificate } from "../../cli/chain/report.ts";
import type { Arg, Weight } from "../../src/core/findings/explanation.ts";
import type { Facts } from "../../src/core/findings/facts.ts";
import { explain } from "../../src/core/findings/index.ts";
import type { Catalogue, Rule, Selector } from "../../src/core/policy.ts";
import { chainLines, type Line, type LineKey, titleOf, verdictLines } from "../../src/core/words.ts";

/** What the command prints: a public interface (docs/inspect.md). */
export interface Report {
	readonly outcome: "accept" | "warn" | "refuse" | "unverifiable";
	/** The rule that decided, as in a policy document. */
	readonly rule: Rule | null;
	/** Index into `chain`. */
	readonly position: number | null;
	readonly selector: Selector | null;
	/** Leaf first. */
	readonly chain: readonly ReportedCertificate[];
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
		chain: chain.map((certificate) => reportCertificate(certificate, catalogue)),
		lines: linesOf(judged, catalogue).map(write),
		findings: explain(facts).map(({ id, weight, key, args, source }) => ({
			id,
			weight,
			text: write({ key, args: args.map(wordsOf) }),
			source,
		})),
	};
}
