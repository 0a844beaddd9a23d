/** How what was found is written down: for people, and for programs. */
import { styleText } from "node:util";
import { pathOf } from "../../src/schema/say.ts";
import type { Words } from "../words/words.ts";
import type { Linted } from "./lint.ts";
import type { Remark, Severity } from "./remark.ts";
import type { Position, Source, Span } from "./source.ts";

/** A file, and what was found in it. */
export interface FileReport extends Linted {
	readonly file: string;
}

export interface Look {
	/** Whether the terminal shows colours. */
	readonly colours: boolean;
	/** Columns of the terminal; lines of the document are cut to that. */
	readonly width: number;
}

const COLOUR: Readonly<Record<Severity, "red" | "yellow">> = { error: "red", warning: "yellow" };

/** East Asian characters take two columns of a terminal (Unicode's wide and fullwidth blocks, roughly). */
const WIDE =
	/[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}]/u;
const columnsOf = (text: string): number => [...text].reduce((sum, one) => sum + (WIDE.test(one) ? 2 : 1), 0);

/** A tab as two spaces; what would move the terminal's cursor, or hide, as a replacement character. */
const shown = (text: string): string =>
	text.replaceAll("\t", "  ").replace(/[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu, "\u{fffd}");

/** Cuts a line so that what is marked in it can be seen. */
function cut([before = "", marked = "", after = ""]: readonly string[], width: number): [string, string, string] {
	const room = Math.max(20, width);
	const keep = Math.floor(room / 3);
	const start = columnsOf(before) > keep && columnsOf(before + marked + after) > room;
	const head = start ? `…${[...before].slice(1 - keep).join("")}` : before;
	const left = Math.max(8, room - columnsOf(head));
	const middle = columnsOf(marked) > left ? `${[...marked].slice(0, left - 1).join("")}…` : marked;
	if (middle !== marked) return [head, middle, ""];
	const rest = Math.max(0, left - columnsOf(middle));
	const tail = columnsOf(after) > rest ? `${[...after].slice(0, Math.max(0, rest - 1)).join("")}…` : after;
	return [head, middle, tail];
}

/** The line of a place, with the place marked below it. */
function excerpt(source: Source, span: Span, look: Look, colour: "red" | "yellow" | "blue"): string {
	const { line } = source.position(span.offset);
	const gutter = `  ${String(line).padStart(4)} │ `;
	// No line of a terminal shows more.
	const [before, marked, after] = cut(source.around(span, 2000).map(shown), look.width - gutter.length);
	const paint = (text: string) => (look.colours ? styleText(colour, text) : text);
	const dim = (text: string) => (look.colours ? styleText("dim", text) : text);
	const under = `${" ".repeat(columnsOf(before))}${paint("^".repeat(Math.max(1, columnsOf(marked))))}`;
	return `${dim(gutter)}${before}${marked}${after}\n${dim(`${" ".repeat(gutter.length - 2)}│ `)}${under}`;
}

const place = (file: string, { line, column }: Position): string => `${file}:${line}:${column}`;

function written({ file, source }: FileReport, remark: Remark, words: Words, look: Look): string {
	const colour = COLOUR[remark.severity];
	const severity = words.say(remark.severity === "error" ? "lint.error" : "lint.warning");
	const label = look.colours ? styleText(["bold", colour], severity) : severity;
	const code = look.colours ? styleText("dim", `[${remark.code}]`) : `[${remark.code}]`;
	const lines = [
		`${place(file, source.position(remark.span.offset))}: ${label}: ${remark.text} ${code}`,
		excerpt(source, remark.span, look, colour),
		...remark.related.flatMap(({ span, text }) => [
			`  ${place(file, source.position(span.offset))}: ${text}`,
			excerpt(source, span, look, "blue"),
		]),
		...(remark.help === null ? [] : [`  ${words.say("lint.helpLabel", { help: remark.help })}`]),
	];
	return `${lines.join("\n")}\n`;
}

/** How many there are of each severity. */
export function countOf(reports: readonly Linted[]): Readonly<Record<Severity, number>> {
	const all = reports.flatMap(({ remarks }) => remarks);
	const errors = all.filter(({ severity }) => severity === "error").length;
	return { error: errors, warning: all.length - errors };
}

const KINDS = {
	policy: "lint.kindPolicy",
	managed: "lint.kindManaged",
	policies: "lint.kindPolicies",
	manifest: "lint.kindManifest",
	list: "lint.kindList",
} as const;

/** All that was found, one remark after another, and a last line that counts. */
export function forPeople(reports: readonly FileReport[], words: Words, look: Look): string {
	const parts = reports.flatMap((report) => {
		if (report.remarks.length > 0) return report.remarks.map((remark) => written(report, remark, words, look));
		const kind = report.kind === null ? "" : words.say(KINDS[report.kind]);
		const rules = words.say("lint.rules", { count: report.rules });
		return [`${words.say("lint.clean", { file: report.file, kind, rules })}\n`];
	});
	const { error, warning } = countOf(reports);
	if (error + warning === 0) return parts.join("");
	const counts = [words.say("lint.errors", { count: error }), words.say("lint.warnings", { count: warning })];
	const all = new Intl.ListFormat(words.locale, { type: "conjunction" }).format(counts);
	return `${parts.join("\n")}\n${all}\n`;
}

function spanOf(source: Source, { offset, length }: Span): object {
	const start = source.position(offset);
	const end = source.position(offset + length);
	return { line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
}

/** The same as JSON: a public interface (docs/lint.md). */
export function forPrograms(reports: readonly FileReport[]): string {
	const { error, warning } = countOf(reports);
	const files = reports.map(({ file, source, kind, rules, remarks }) => ({
		file,
		kind,
		rules,
		remarks: remarks.map(({ severity, code, path, span, text, help, related }) => ({
			severity,
			code,
			path: pathOf(path),
			...spanOf(source, span),
			text,
			help,
			related: related.map((one) => ({ path: pathOf(one.path), ...spanOf(source, one.span), text: one.text })),
		})),
	}));
	return `${JSON.stringify({ errors: error, warnings: warning, files }, null, 2)}\n`;
}
