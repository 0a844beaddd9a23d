/** What was carried to a target and what was not: as data, and in plain words. */
import type { Authority, Rule, Selector } from "../../src/core/policy.ts";
import type { WordKey, Words } from "../words/words.ts";
import type { Fit, Missing } from "./fitting.ts";
import type { Known } from "./known.ts";
import type { Limit, Limited, Plan } from "./plan.ts";
import type { Step, Target } from "./targets/target.ts";

/** What `--json` says of a target: a public interface (docs/export.md). */
export interface Report {
	readonly target: string;
	/** The folder that was written, as it was named. */
	readonly folder: string;
	/** The files in it. */
	readonly files: readonly string[];
	/** All rules that are switched on are carried as they are written. */
	readonly complete: boolean;
	readonly refused: readonly {
		/** SHA-256 of the key, base64. */
		readonly spki: string;
		/** Id in the catalogue, or null. */
		readonly authority: string | null;
		/** SHA-256 of its certificates that are meant, lower-case hex. */
		readonly certificates: readonly string[];
		/** Ids of the rules. */
		readonly rules: readonly string[];
	}[];
	readonly leftOut: readonly { readonly rule: string; readonly limits: readonly Limit[] }[];
	readonly widened: readonly { readonly rule: string; readonly limits: readonly Limit[] }[];
	readonly lost: readonly { readonly rule: string; readonly selector: Selector; readonly why: string }[];
	/** Certificates that stay accepted. `certificate` null: only the key's hash is known. */
	readonly missing: readonly {
		readonly spki: string;
		readonly certificate: string | null;
		readonly rules: readonly string[];
	}[];
	/** Ids of rules that are carried as the keys known today. */
	readonly expanded: readonly string[];
	/** Certificates without an entry that need none. */
	readonly covered: number;
}

/** What was worked out for one target. */
export interface Outcome {
	readonly target: Target;
	readonly plan: Plan;
	readonly fit: Fit;
	readonly noWayThrough: boolean;
}

/** What stays without effect, where the person has not chosen that nobody clicks through anything any more. */
function lostIn({ target, plan, noWayThrough }: Outcome): Plan["lost"] {
	return plan.lost.filter(({ why }) => !(why === "overridden" && noWayThrough && isChromium(target)));
}

const isChromium = ({ matching }: Target): boolean => matching === "key";

/** Whether all rules that are switched on are carried as they are written. */
export function isComplete(outcome: Outcome): boolean {
	const { plan, fit } = outcome;
	return plan.leftOut.length + plan.widened.length + lostIn(outcome).length + fit.missing.length === 0;
}

const limited = ({ rule, limits }: Limited) => ({ rule: rule.id, limits });

/** Writes down what was carried. */
export function reportOf(outcome: Outcome, folder: string, files: readonly string[]): Report {
	const { target, plan, fit } = outcome;
	return {
		target: target.id,
		folder,
		files,
		complete: isComplete(outcome),
		refused: fit.refused.map(({ spki, authority, certificates, rules }) => ({
			spki,
			authority,
			certificates: certificates.map(({ sha256 }) => sha256),
			rules: [...rules],
		})),
		leftOut: plan.leftOut.map(limited),
		widened: plan.widened.map(limited),
		lost: lostIn(outcome).map(({ rule, selector, why }) => ({ rule: rule.id, selector, why })),
		missing: fit.missing.map(({ spki, certificate, rules }) => ({
			spki,
			certificate: certificate?.sha256 ?? null,
			rules: [...rules],
		})),
		expanded: plan.expanded.map(({ id }) => id),
		covered: fit.covered,
	};
}

/** Names that one line has. */
const NAMED = 3;

/** Text of others, in one line and without what steers a terminal or turns the direction of what follows. */
export function plain(text: string): string {
	return text
		.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ")
		.replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\u{e0000}-\u{e007f}]/gu, "");
}

const LIMITS: Readonly<Record<Limit, WordKey>> = {
	warn: "export.limitWarn",
	sites: "export.limitSites",
	acceptFor: "export.limitAcceptFor",
	issuedAfter: "export.limitIssuedAfter",
	except: "export.limitExcept",
	oneCertificate: "export.limitOneCertificate",
};

/** Writes what was worked out in a language. */
export class Sentences {
	readonly #words: Words;
	readonly #authority: (id: string) => Authority | undefined;

	constructor(words: Words, authority: (id: string) => Authority | undefined) {
		this.#words = words;
		this.#authority = authority;
	}

	/** Everything that is not as the rules say, a sentence each; none: all of it is carried. */
	notCarried(outcome: Outcome): string[] {
		const { target, plan, fit } = outcome;
		const said = (limits: readonly Limit[]) => limits.map((limit) => this.#words.say(LIMITS[limit])).join("; ");
		const rule = ({ title }: Rule) => plain(title);
		return [
			...plan.leftOut.map((one) =>
				this.#words.say("export.leftOut", {
					rule: rule(one.rule),
					id: one.rule.id,
					target: target.name,
					limits: said(one.limits),
				}),
			),
			...plan.widened.map((one) =>
				this.#words.say("export.widened", { rule: rule(one.rule), limits: said(one.limits) }),
			),
			...lostIn(outcome).map(({ rule: one, selector, why }) => {
				const values = { rule: rule(one), selector: plain(JSON.stringify(selector)) };
				if (why === "root") return this.#words.say("export.lostRoot", values);
				if (why !== "overridden") return this.#words.say("export.lostNothing", values);
				return this.#words.say(isChromium(target) ? "export.lostOverriddenHere" : "export.lostOverridden", values);
			}),
			...this.#missing(outcome),
			...plan.expanded.map((one) => this.#words.say("export.expanded", { rule: rule(one) })),
			...(fit.covered > 0 ? [this.#words.say("export.covered", { count: fit.covered })] : []),
		];
	}

	/** What stays accepted, a sentence for each rule. */
	#missing({ target, plan, fit }: Outcome): string[] {
		const rules = new Map<string, Missing[]>();
		for (const one of fit.missing) {
			for (const id of one.rules) {
				const there = rules.get(id);
				if (there) there.push(one);
				else rules.set(id, [one]);
			}
		}
		const titles = new Map([...plan.refusing].map((rule) => [rule.id, plain(rule.title)] as const));
		const key = target.matching === "root" ? "export.missingMiddle" : "export.missing";
		return Array.from(rules, ([id, all]) => {
			const names = [...new Set(all.map((one) => this.#nameOfMissing(one)))];
			const shown = names.slice(0, NAMED).join("; ");
			return this.#words.say(key, {
				rule: titles.get(id) ?? id,
				count: all.length,
				names: names.length > NAMED ? `${shown}; …` : shown,
			});
		});
	}

	#nameOfMissing({ certificate, spki }: Missing): string {
		return certificate === null ? spki : this.nameOf(certificate);
	}

	/** What people would call a certificate, and whose it is. */
	nameOf({ name, organization, authority }: Known): string {
		const title = name ?? organization ?? this.#words.say("export.nameless");
		const owner = (authority === null ? undefined : this.#authority(authority)?.name) ?? organization;
		return plain(owner === null || owner === title ? title : `${title} (${owner})`);
	}

	/** README.txt of a target. */
	readme(outcome: Outcome): string {
		const { target, fit, noWayThrough } = outcome;
		const notCarried = this.notCarried(outcome);
		const say = (key: WordKey, values = {}) => this.#words.say(key, { target: target.name, ...values });
		const title = say("export.title");
		const sections = [
			[title, "=".repeat(title.length), "", ...wrap(say("export.what"))],
			this.#section(say("export.headApply"), this.#steps(target.apply({ noWayThrough }))),
			this.#section(say("export.headUndo"), this.#steps(target.undo({ noWayThrough }))),
			this.#section(say("export.headMissing"), items(notCarried.length === 0 ? [say("export.complete")] : notCarried)),
			this.#section(
				say("export.headNever"),
				items(target.never({ noWayThrough }).map((key) => say(`export.${key}` as WordKey))),
			),
			this.#section(say("export.headRefused"), this.#refused(fit)),
		];
		return `${sections.map((lines) => lines.join("\n")).join("\n\n")}\n`;
	}

	#section(title: string, lines: readonly string[]): string[] {
		return [title, "-".repeat(title.length), "", ...lines];
	}

	#steps(steps: readonly Step[]): string[] {
		return steps.flatMap((step) =>
			"run" in step
				? ["", `    ${step.run}`, ""]
				: items([this.#words.say(`export.${step.say}` as WordKey, step.values)]),
		);
	}

	/** Each certificate with its hash, so that it can be found again in the program. */
	#refused({ refused }: Fit): string[] {
		if (refused.length === 0) return wrap(this.#words.say("export.nothing"));
		return [
			...wrap(this.#words.say("export.keys", { count: refused.length })),
			...refused.flatMap(({ spki, certificates, rules }) => {
				const by = [...rules].join(", ");
				if (certificates.length === 0) return ["", `    ${spki}`, `    ${by}`];
				return certificates.flatMap((certificate) => [
					"",
					`    ${this.nameOf(certificate)}`,
					`    ${certificate.sha256}`,
					`    ${by}`,
				]);
			}),
		];
	}
}

/** Columns of README.txt. */
const WIDTH = 100;

function wrap(text: string, indent = ""): string[] {
	const lines: string[] = [];
	let line = "";
	for (const word of text.split(" ")) {
		if (line !== "" && line.length + 1 + word.length > WIDTH - indent.length) {
			lines.push(indent + line);
			line = word;
		} else {
			line = line === "" ? word : `${line} ${word}`;
		}
	}
	return [...lines, indent + line];
}

function items(texts: readonly string[]): string[] {
	return texts.flatMap((text) => {
		const [first = "", ...rest] = wrap(text, "  ");
		return [`- ${first.slice(2)}`, ...rest];
	});
}
