import { computed, type ReadonlySignal, signal } from "@preact/signals";
import firstRules from "../catalogue/first-rules.json" with { type: "json" };
import { newRuleId } from "../core/ids.ts";
import type { Rule, Selector } from "../core/policy.ts";
import type { OptionsView } from "../protocol.ts";
import { type By, type Candidate, type Input, readFiles, selectorsOf, titleOf } from "./candidates.ts";
import { checkRule, costRule, type Draft, emptyValue, fieldOf, type Kind, newDraft, ruleOf } from "./draft.ts";
import { titleFor } from "./words.ts";

/**
 * Names and addresses where nobody could vouch: routers, printers, one's own machines. A rule about
 * clicked-through errors begins with them, as the one among the first rules does.
 */
const LOCAL = firstRules.rules.find(({ match }) => match.some((selector) => "overridden" in selector))?.acceptFor ?? [];

/** What a new rule can be made from. */
export type Way = "files" | Kind;

/** Adding a rule: choose a way, give one thing, and either add it at once or open the editor. */
export interface Add {
	/** Null: not adding. */
	readonly way: ReadonlySignal<Way | null>;
	/** What was typed or chosen, for every way but files. */
	readonly value: ReadonlySignal<string>;
	/** What was pasted. */
	readonly pasted: ReadonlySignal<string>;
	readonly candidates: ReadonlySignal<readonly Candidate[]>;
	/** One line for each file that could not be read. */
	readonly fileErrors: ReadonlySignal<readonly string[]>;
	/** The error beside the one field, or about what is chosen. */
	readonly error: ReadonlySignal<string | null>;
	readonly busy: ReadonlySignal<boolean>;
	/** The rule to tell the cost of; null while there is none, or nothing can be known of it. */
	readonly cost: ReadonlySignal<Rule | null>;
	/** Whether there is anything to add yet. */
	readonly ready: ReadonlySignal<boolean>;
	open(): void;
	close(): void;
	choose(way: Way): void;
	setValue(value: string): void;
	setPasted(text: string): void;
	/** Reads what was pasted. */
	readPasted(name: string): Promise<void>;
	/** Reads files and adds their certificates to those that are there. */
	read(inputs: readonly Input[]): Promise<void>;
	setChosen(sha256: string, chosen: boolean): void;
	setBy(sha256: string, by: By): void;
	/** Adds the rule as it is. */
	add(): Promise<void>;
	/** Opens the editor on it instead. */
	customize(): void;
}

export interface AddDeps {
	readonly view: ReadonlySignal<OptionsView | undefined>;
	readonly knownAuthority: (id: string) => boolean;
	/** Answers with an error, or null. */
	readonly save: (rule: Record<string, unknown>, isNew: boolean) => Promise<string | null>;
	readonly editNew: (draft: Draft) => void;
	/** Called when it is closed without adding anything. */
	readonly cancelled: () => void;
}

/** The state of adding a rule. */
export function createAdd({ view, knownAuthority, save, editNew, cancelled }: AddDeps): Add {
	const way = signal<Way | null>(null);
	const value = signal("");
	const pasted = signal("");
	const candidates = signal<readonly Candidate[]>([]);
	const fileErrors = signal<readonly string[]>([]);
	const error = signal<string | null>(null);
	const busy = signal(false);

	function clear(next: Way | null): void {
		way.value = next;
		value.value = next === null || next === "files" ? "" : emptyValue(next);
		pasted.value = "";
		candidates.value = [];
		fileErrors.value = [];
		error.value = null;
	}

	function draft(): Draft {
		if (way.value === "files" || way.value === null) {
			const selectors = selectorsOf(candidates.value);
			const title = titleOf(candidates.value) || (selectors[0] ? titleFor(selectors[0], []) : "");
			return newDraft(title, selectors);
		}
		const selector = { [way.value]: value.value.trim() } as unknown as Selector;
		const title = titleFor(selector, view.value?.authorities ?? []);
		const made = newDraft(Array.from(title).slice(0, 120).join(""), [selector]);
		return way.value === "overridden" ? { ...made, acceptFor: LOCAL.join("\n") } : made;
	}

	async function read(inputs: readonly Input[]): Promise<void> {
		if (inputs.length === 0) return;
		busy.value = true;
		error.value = null;
		const result = await readFiles(inputs, candidates.value);
		candidates.value = result.candidates;
		fileErrors.value = result.errors;
		busy.value = false;
	}

	function change(sha256: string, update: Partial<Candidate>): void {
		error.value = null;
		candidates.value = candidates.value.map((candidate) =>
			candidate.certificate.sha256 === sha256 ? { ...candidate, ...update } : candidate,
		);
	}

	return {
		way,
		value,
		pasted,
		candidates,
		fileErrors,
		error,
		busy,
		cost: computed(() => costRule(draft(), knownAuthority)),
		ready: computed(() =>
			way.value === "files" ? candidates.value.some(({ chosen }) => chosen) : value.value.trim() !== "",
		),
		open: () => clear("files"),
		close() {
			clear(null);
			cancelled();
		},
		choose: (next) => clear(next),
		setValue(next) {
			value.value = next;
			error.value = null;
		},
		setPasted(text) {
			pasted.value = text;
		},
		async readPasted(name) {
			const text = pasted.value;
			await read([{ name, content: async () => text }]);
			// What could not be read stays, to be put right.
			if (fileErrors.value.length === 0) pasted.value = "";
		},
		read,
		setChosen: (sha256, chosen) => change(sha256, { chosen }),
		setBy: (sha256, by) => change(sha256, { by }),
		async add() {
			if (busy.value) return;
			const made = draft();
			const rule = ruleOf(made, newRuleId(made.title, view.value?.rules.map(({ id }) => id) ?? []));
			const [wrong] = checkRule(rule, knownAuthority).values();
			if (wrong !== undefined) {
				error.value = wrong;
				return;
			}
			busy.value = true;
			const refused = await save(rule, true);
			busy.value = false;
			if (refused === null) clear(null);
			else error.value = fieldOf(refused).message;
		},
		customize() {
			const made = draft();
			clear(null);
			editNew(made);
		},
	};
}
