import { type ReadonlySignal, signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { messageOf } from "../core/error.ts";
import type { Background, Refusal } from "../protocol.ts";
import type { Clock } from "../ui/clock.ts";
import { createHeldBack, type HeldBack } from "../ui/heldBack.ts";
import type { Choice } from "../ui/WayThrough.tsx";

export interface BlockedDeps {
	readonly background: Pick<Background, "refusal" | "chainOf" | "letThrough" | "goBack" | "tryAgain" | "sendAnyway">;
	readonly clock: Clock;
	/** Loads an address in this tab, in place of the block page. */
	readonly navigate: (url: string) => void;
	/** Id of the refusal, as the page's address gives it. */
	readonly id: string;
}

export interface Blocked {
	/** Undefined while it is asked for; null when its details are gone. */
	readonly refusal: ReadonlySignal<Refusal | null | undefined>;
	readonly clock: Clock;
	/** What can be done about a refusal that is "unanswered". */
	readonly held: HeldBack;
	/** The certificates of what was stopped, as they came. */
	chainBytes(): ReturnType<Background["chainOf"]>;
	/** Asks for the details. Never rejects. */
	load(): Promise<void>;
	/** Leaves for the page before this one, or for a blank one. Never rejects. */
	goBack(): Promise<void>;
	/** Loads the address again, to be judged anew. */
	checkAgain(): void;
	/** Makes a way through and takes it. Answers with an error, or null. */
	letThrough(choice: Choice): Promise<string | null>;
}

/** The state of one block page. */
export function createBlocked({ background, clock, navigate, id }: BlockedDeps): Blocked {
	const refusal = signal<Refusal | null | undefined>(undefined);
	return {
		refusal,
		clock,
		held: createHeldBack({ background, clock, id }),
		chainBytes: () => background.chainOf({ refusal: id }),
		async load() {
			try {
				refusal.value = id === "" ? null : await background.refusal(id);
			} catch {
				refusal.value = null;
			}
		},
		async goBack() {
			try {
				await background.goBack({ tabId: null });
			} catch {
				// The button must work even if the background does not.
				navigate("about:blank");
			}
		},
		checkAgain() {
			if (refusal.value) navigate(refusal.value.url);
		},
		async letThrough({ lasts, typed }) {
			try {
				const answer = await background.letThrough({ refusal: id, lasts, typed });
				if (!answer.ok) return answer.error;
				navigate(answer.url);
				return null;
			} catch (error) {
				return messageOf(error);
			}
		},
	};
}

export const BlockedContext = createContext<Blocked | null>(null);

/** The store of the page that a component stands in. */
export function useBlocked(): Blocked {
	const store = useContext(BlockedContext);
	if (store === null) throw new Error("No store for the block page");
	return store;
}
