/** Following lists: the form, and what can be done with those that are followed. */

import { type ReadonlySignal, signal } from "@preact/signals";
import { messageOf } from "../core/error.ts";
import type { Background, Changed, ListFailure, ListPreview, ListView } from "../protocol.ts";
import { ownWords } from "../ui/builtIn.ts";
import { type Sentence, say } from "../ui/Text.tsx";
import { LISTS, UNDO } from "./places.ts";

export interface ListsDeps {
	readonly background: Pick<
		Background,
		| "previewList"
		| "followList"
		| "updateList"
		| "acceptUpdate"
		| "declineUpdate"
		| "setListRule"
		| "setListAutomatic"
		| "leaveList"
	>;
	/** Asks for a change and says what came of it. */
	readonly attempt: (ask: () => Promise<Changed>, done: Sentence | null, place?: string | null) => Promise<void>;
	readonly tell: (news: Sentence | null) => void;
	readonly reload: () => Promise<void>;
	readonly focus: (place: string) => void;
}

/** What is being filled in to follow a list. */
export interface ListForm {
	readonly url: string;
	readonly key: string;
	readonly automatic: boolean;
	readonly looking: boolean;
	/** Why it could not be shown. */
	readonly error: { readonly why: ListFailure["why"] | null; readonly detail: string } | null;
	readonly preview: ListPreview | null;
}

const EMPTY: ListForm = { url: "", key: "", automatic: false, looking: false, error: null, preview: null };

export interface Lists {
	/** Null while it is closed. */
	readonly form: ReadonlySignal<ListForm | null>;
	/** Ids of the lists that are being fetched. */
	readonly updating: ReadonlySignal<ReadonlySet<string>>;
	open(): void;
	close(): void;
	/** Changes what is filled in. Another address or key is another list: what was shown goes. */
	set(change: Partial<Pick<ListForm, "url" | "key" | "automatic">>): void;
	/** Fetches the list and shows it. */
	look(): Promise<void>;
	follow(): Promise<void>;
	update(list: ListView): Promise<void>;
	accept(list: ListView): Promise<void>;
	decline(list: ListView): Promise<void>;
	setRule(list: ListView, rule: { readonly id: string; readonly title: string }, enabled: boolean): Promise<void>;
	setAutomatic(list: ListView, on: boolean): Promise<void>;
	leave(list: ListView): Promise<void>;
}

const OUTCOMES = { updated: "optionsListUpdated", same: "optionsListSame", asks: "optionsListAsks" } as const;

/** The part of the options page's store that is about lists. */
export function createLists({ background, attempt, tell, reload, focus }: ListsDeps): Lists {
	const form = signal<ListForm | null>(null);
	const updating = signal<ReadonlySet<string>>(new Set());
	let looks = 0;

	return {
		form,
		updating,
		open() {
			form.value ??= EMPTY;
		},
		close() {
			looks += 1;
			form.value = null;
			focus(LISTS);
		},
		set(change) {
			if (!form.value) return;
			const isOther = "url" in change || "key" in change;
			if (isOther) looks += 1;
			form.value = { ...form.value, ...change, ...(isOther ? { preview: null, error: null, looking: false } : {}) };
		},
		async look() {
			const { value } = form;
			if (!value || value.looking) return;
			looks += 1;
			const look = looks;
			form.value = { ...value, looking: true, error: null, preview: null };
			const answer = await background
				.previewList({ url: value.url, key: value.key })
				.catch((error: unknown) => ({ ok: false as const, why: null, error: messageOf(error) }));
			// The person has filled in something else meanwhile, or closed the form.
			if (look !== looks || !form.value) return;
			const { value: now } = form;
			form.value = answer.ok
				? { ...now, looking: false, preview: answer.preview }
				: { ...now, looking: false, error: { why: answer.why, detail: answer.error } };
		},
		async follow() {
			const preview = form.value?.preview;
			if (!preview) return;
			const { automatic } = form.value ?? EMPTY;
			await attempt(
				async () => {
					const changed = await background.followList({ preview: preview.preview, automatic });
					if (changed.ok) form.value = null;
					return changed;
				},
				say("optionsListFollowed", preview.title),
				LISTS,
			);
		},
		async update({ id, title }) {
			if (updating.value.has(id)) return;
			updating.value = new Set([...updating.value, id]);
			const answer = await background.updateList(id).catch((error: unknown) => {
				// It is shown with the list where it is known there; this one is not.
				return { ok: false as const, why: null, error: messageOf(error) };
			});
			updating.value = new Set([...updating.value].filter((other) => other !== id));
			await reload();
			if (!answer.ok && answer.why === null) await attempt(async () => answer, null);
			else tell(say(answer.ok ? OUTCOMES[answer.outcome] : "optionsListFailed", title));
		},
		accept: ({ id, title, pending }) =>
			attempt(
				() => background.acceptUpdate({ list: id, sequence: pending?.sequence ?? 0 }),
				say("optionsListUpdated", title),
				LISTS,
			),
		decline: ({ id, title, pending }) =>
			attempt(
				() => background.declineUpdate({ list: id, sequence: pending?.sequence ?? 0 }),
				say("optionsListDeclined", title),
				LISTS,
			),
		setRule: ({ id }, rule, enabled) =>
			attempt(
				() => background.setListRule({ list: id, rule: rule.id, enabled }),
				say(enabled ? "optionsSwitchedOn" : "optionsSwitchedOff", ownWords(rule.title)),
			),
		setAutomatic: ({ id, title }, on) =>
			attempt(
				() => background.setListAutomatic({ list: id, on }),
				say(on ? "optionsListAutomaticOn" : "optionsListAutomaticOff", title),
			),
		leave: ({ id, title }) => attempt(() => background.leaveList(id), say("optionsLeft", title), UNDO),
	};
}
