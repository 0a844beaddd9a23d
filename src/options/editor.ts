import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { newRuleId } from "../core/ids.ts";
import type { Rule } from "../core/policy.ts";
import {
	checkRule,
	costRule,
	type Draft,
	emptyValue,
	type FieldErrors,
	fieldOf,
	type Kind,
	ruleOf,
	selectorDraft,
} from "./draft.ts";

export type SelectorList = "match" | "except";

/** A rule being edited. Nothing of it is in force before `save` answers. */
export interface Editor {
	readonly draft: ReadonlySignal<Draft>;
	/** What is wrong, by field; checked when saving, and from then on after every change. */
	readonly errors: ReadonlySignal<FieldErrors>;
	readonly saving: ReadonlySignal<boolean>;
	/** The rule to tell the cost of: one that is in force already has none, and one with errors none that is known. */
	readonly cost: ReadonlySignal<Rule | null>;
	set(change: Partial<Draft>): void;
	addSelector(list: SelectorList, kind: Kind): void;
	changeSelector(list: SelectorList, row: number, change: { kind: Kind; value: string }): void;
	removeSelector(list: SelectorList, row: number): void;
	/** Saves, or shows what is wrong. True: saved, and the editor is closed. */
	save(): Promise<boolean>;
	/** Closes it; what was changed is forgotten. */
	cancel(): void;
}

export interface EditorDeps {
	readonly draft: Draft;
	readonly knownAuthority: (id: string) => boolean;
	/** Ids of the rules there are. */
	readonly taken: () => readonly string[];
	/** Answers with an error, or null. */
	readonly save: (rule: Record<string, unknown>, isNew: boolean) => Promise<string | null>;
	readonly close: () => void;
}

const NO_ERRORS: FieldErrors = new Map();

/** The state of the rule editor. */
export function createEditor({ draft: first, knownAuthority, taken, save, close }: EditorDeps): Editor {
	const draft = signal(first);
	const errors = signal(NO_ERRORS);
	const saving = signal(false);
	/** Nobody wants to be told what is wrong with a field before having filled it in. */
	let tried = false;

	const rule = () => ruleOf(draft.value, first.id ?? newRuleId(draft.value.title, taken()));

	function set(change: Partial<Draft>): void {
		draft.value = { ...draft.value, ...change };
		if (tried) errors.value = checkRule(rule(), knownAuthority);
	}

	return {
		draft,
		errors,
		saving,
		cost: computed(() => (first.id !== null && first.enabled ? null : costRule(draft.value, knownAuthority))),
		set,
		addSelector: (list, kind) => set({ [list]: [...draft.value[list], selectorDraft(kind, emptyValue(kind))] }),
		changeSelector: (list, row, change) =>
			set({ [list]: draft.value[list].map((each) => (each.row === row ? { row, ...change } : each)) }),
		removeSelector: (list, row) => set({ [list]: draft.value[list].filter((each) => each.row !== row) }),
		async save() {
			if (saving.value) return false;
			tried = true;
			errors.value = checkRule(rule(), knownAuthority);
			if (errors.value.size > 0) return false;
			saving.value = true;
			const error = await save(rule(), first.id === null);
			saving.value = false;
			if (error === null) return true;
			const { field, message } = fieldOf(error);
			errors.value = new Map([[field, message]]);
			return false;
		},
		cancel: close,
	};
}
