import { type ReadonlySignal, signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Position } from "../core/chain.ts";
import { messageOf } from "../core/error.ts";
import { selectorOf } from "../core/policy.ts";
import type { Background, Impact, Refusal, TabReport } from "../protocol.ts";
import type { Clock } from "../ui/clock.ts";
import { createHeldBack, type HeldBack } from "../ui/heldBack.ts";
import { createSilence } from "../ui/silence.ts";
import type { Choice } from "../ui/WayThrough.tsx";

export interface PopupDeps {
	readonly background: Pick<
		Background,
		| "tab"
		| "chainOf"
		| "refusal"
		| "letThrough"
		| "tryAgain"
		| "sendAnyway"
		| "goBack"
		| "refuseKey"
		| "options"
		| "impact"
		| "undo"
		| "revokeException"
	>;
	readonly clock: Clock;
	/** The tab that the popup is about; null when there is none. */
	readonly tabId: number | null;
	/** What was asked of it already; without it, the store asks. */
	readonly first?: Promise<TabReport | null>;
	readonly reloadTab: (tabId: number) => Promise<unknown>;
	readonly loadInTab: (tabId: number, url: string) => Promise<unknown>;
	readonly openOptions: () => Promise<unknown>;
	/** Opens the options page at a part of it ("#authority/cnnic"). */
	readonly openOptionsAt: (fragment: string) => Promise<unknown>;
	readonly openHelp: () => Promise<unknown>;
	/** Closes the popup; where it is a page of its own, goes back to the tab. */
	readonly close: () => void;
}

/** What became of the authority at one key, as far as this popup did it. */
export type Refusing =
	/** Asks: are you sure? `impact`: what it would have stopped; null while that is not known. */
	| { readonly step: "asks"; readonly impact: Impact | null }
	| { readonly step: "works" }
	/** `undo` is null when it cannot be undone from here. `url` was shown before. */
	| { readonly step: "done"; readonly undo: string | null; readonly url: string | null };

export interface Popup {
	/** Undefined while it is asked for; null when it cannot be had. */
	readonly report: ReadonlySignal<TabReport | null | undefined>;
	/** Details of the refusal that fills the tab. */
	readonly refusal: ReadonlySignal<Refusal | null>;
	/** By public key of the authority. */
	readonly refusing: ReadonlySignal<ReadonlyMap<string, Refusing>>;
	/** Details of stopped parts, by id; null when they are gone. */
	readonly parts: ReadonlySignal<ReadonlyMap<string, Refusal | null>>;
	/** What can be done about a part that was held back, by id. The same one each time it is asked for. */
	held(id: string): HeldBack;
	/** What went wrong last, in words. */
	readonly error: ReadonlySignal<string | null>;
	/** Nobody answers: nothing is checked. */
	readonly silent: ReadonlySignal<boolean>;
	readonly clock: Clock;
	/** The certificates of what the tab shows, as they came. */
	chainBytes(): ReturnType<Background["chainOf"]>;
	/** Asks for everything anew. Never rejects. */
	refresh(): Promise<void>;
	reload(): Promise<void>;
	goBack(): Promise<void>;
	askToRefuse(spki: string): void;
	cancelRefuse(spki: string): void;
	refuse(spki: string, position: Position): Promise<void>;
	undoRefuse(spki: string): Promise<void>;
	loadPart(id: string): Promise<void>;
	letPartThrough(id: string, choice: Choice): Promise<string | null>;
	revoke(id: string): Promise<void>;
	openOptions(): Promise<void>;
	openHelp(): Promise<void>;
	/** Shows what is known of an authority. */
	openAuthority(id: string): Promise<void>;
}

/** The state of one popup. */
export function createPopup(deps: PopupDeps): Popup {
	const { background, clock, tabId } = deps;
	const report = signal<TabReport | null | undefined>(undefined);
	const refusal = signal<Refusal | null>(null);
	const refusing = signal<ReadonlyMap<string, Refusing>>(new Map());
	const parts = signal<ReadonlyMap<string, Refusal | null>>(new Map());
	const error = signal<string | null>(null);
	const held = new Map<string, HeldBack>();
	/** Answers can overtake each other; only the newest question's counts. */
	let asked = 0;

	const setRefusing = (spki: string, value: Refusing | null) => {
		const next = new Map(refusing.value);
		if (value === null) next.delete(spki);
		else next.set(spki, value);
		refusing.value = next;
	};

	/** Does something that can fail, and says so where it does. */
	const attempt = async (action: () => Promise<unknown>) => {
		error.value = null;
		try {
			await action();
		} catch (reason) {
			error.value = messageOf(reason);
		}
	};

	const refresh = async () => {
		const question = ++asked;
		try {
			const isFirst = question === 1 && deps.first !== undefined;
			const next = isFirst ? await deps.first : tabId === null ? null : await background.tab(tabId);
			const why = next?.refusal == null ? null : await background.refusal(next.refusal);
			if (question !== asked) return;
			silence.answered();
			report.value = next;
			refusal.value = why;
		} catch (reason) {
			if (question !== asked || silence.failed(reason)) return;
			report.value = null;
			error.value = messageOf(reason);
		}
	};
	const silence = createSilence(clock, () => void refresh());

	/** What refusing an authority would have stopped. Null: that cannot be told, and the question stands without it. */
	const cost = async (spki: string): Promise<Impact | null> => {
		const authority = report.value?.chain.find((certificate) => certificate.spki === spki)?.authority ?? null;
		const match = [selectorOf({ spki, authority })];
		try {
			const answer = await background.impact([{ id: "asked", title: "asked", match, action: "block", enabled: true }]);
			return answer.ok ? answer.impact : null;
		} catch {
			return null;
		}
	};

	return {
		report,
		refusal,
		refusing,
		parts,
		held(id) {
			const known = held.get(id) ?? createHeldBack({ background, clock, id });
			held.set(id, known);
			return known;
		},
		error,
		silent: silence.told,
		clock,
		chainBytes: async () => (tabId === null ? null : await background.chainOf({ tabId })),
		refresh,
		reload: () =>
			attempt(async () => {
				if (tabId === null) return;
				await deps.reloadTab(tabId);
				deps.close();
			}),
		goBack: () =>
			attempt(async () => {
				await background.goBack({ tabId });
				deps.close();
			}),
		askToRefuse(spki) {
			setRefusing(spki, { step: "asks", impact: null });
			void cost(spki).then((impact) => {
				if (refusing.value.get(spki)?.step === "asks") setRefusing(spki, { step: "asks", impact });
			});
		},
		cancelRefuse: (spki) => setRefusing(spki, null),
		async refuse(spki, position) {
			if (tabId === null) return;
			setRefusing(spki, { step: "works" });
			error.value = null;
			try {
				const url = report.value?.url ?? null;
				const before = await background.options();
				const answer = await background.refuseKey({ tabId, position });
				if (!answer.ok) throw new Error(answer.error);
				// The newest change is this one, unless such a rule was there already: then nothing changed,
				// and undoing would take back something else.
				const { undo } = await background.options();
				const isOurs = undo !== null && undo.id !== before.undo?.id;
				setRefusing(spki, { step: "done", undo: isOurs ? undo.id : null, url });
			} catch (reason) {
				setRefusing(spki, null);
				error.value = messageOf(reason);
			}
			await refresh();
		},
		async undoRefuse(spki) {
			const done = refusing.value.get(spki);
			if (done?.step !== "done" || done.undo === null) return;
			const { undo, url } = done;
			await attempt(async () => {
				const answer = await background.undo(undo);
				if (!answer.ok) throw new Error(answer.error);
				setRefusing(spki, null);
				// The block page took the page's place when it was refused: bring it back.
				if (tabId !== null && url !== null && report.value?.state === "stopped") await deps.loadInTab(tabId, url);
			});
			await refresh();
		},
		async loadPart(id) {
			if (parts.value.has(id)) return;
			let part: Refusal | null = null;
			try {
				part = await background.refusal(id);
			} catch (reason) {
				error.value = messageOf(reason);
			}
			parts.value = new Map(parts.value).set(id, part);
		},
		async letPartThrough(id, { lasts, typed }) {
			try {
				const answer = await background.letThrough({ refusal: id, lasts, typed });
				if (!answer.ok) return answer.error;
				// The page asked for this part already: it asks again when it is loaded again.
				if (tabId !== null) await deps.reloadTab(tabId);
				deps.close();
				return null;
			} catch (reason) {
				return messageOf(reason);
			}
		},
		async revoke(id) {
			await attempt(async () => {
				const answer = await background.revokeException(id);
				if (!answer.ok) throw new Error(answer.error);
			});
			await refresh();
		},
		openAuthority: (id) =>
			attempt(async () => {
				await deps.openOptionsAt(`#authority/${id}`);
				deps.close();
			}),
		openHelp: () =>
			attempt(async () => {
				await deps.openHelp();
				deps.close();
			}),
		openOptions: () =>
			attempt(async () => {
				await deps.openOptions();
				deps.close();
			}),
	};
}

export const PopupContext = createContext<Popup | null>(null);

/** The store of the popup that a component stands in. */
export function usePopup(): Popup {
	const store = useContext(PopupContext);
	if (store === null) throw new Error("No store for the popup");
	return store;
}
