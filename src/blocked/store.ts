import { type ReadonlySignal, signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { messageOf } from "../core/error.ts";
import type { Background, Refusal } from "../protocol.ts";
import type { Clock } from "../ui/clock.ts";
import { createHeldBack, type HeldBack } from "../ui/heldBack.ts";
import type { Choice } from "../ui/WayThrough.tsx";
import { pemsOf } from "./pem.ts";
import { type Include, type ReportFacts, reportFile, reportName, type Versions } from "./report.tsx";

/** What reports need besides the refusal. */
export interface ReportDeps {
	readonly versions: () => Promise<Versions>;
	readonly saveFile: (name: string, text: string, type: string) => void;
}

export interface BlockedDeps {
	readonly background: Pick<Background, "refusal" | "chainOf" | "letThrough" | "goBack" | "tryAgain" | "sendAnyway">;
	readonly clock: Clock;
	/** Loads an address in this tab, in place of the block page. */
	readonly navigate: (url: string) => void;
	/** Id of the refusal, as the page's address gives it. */
	readonly id: string;
	/** The page is there to practise on: `background` has made it up, and nothing is to be loaded. */
	readonly practice?: boolean;
	/** For reports. */
	readonly reports: ReportDeps;
}

/** What was done on a page to practise on: nothing yet, went through it, had it checked again. */
export type PractiseStep = "nothing" | "through" | "again";

export interface Blocked {
	/** Undefined while it is asked for; null when its details are gone. */
	readonly refusal: ReadonlySignal<Refusal | null | undefined>;
	readonly clock: Clock;
	/** What can be done about a refusal that is "unanswered". */
	readonly held: HeldBack;
	/** The certificates of what was stopped, as they came. */
	chainBytes(): ReturnType<Background["chainOf"]>;
	/** Null: this is no practice. */
	readonly practised: ReadonlySignal<PractiseStep | null>;
	/** Asks for the details. Never rejects. */
	load(): Promise<void>;
	/** Leaves for the page before this one, or for a blank one. Never rejects. */
	goBack(): Promise<void>;
	/** Loads the address again, to be judged anew. */
	checkAgain(): void;
	/** Makes a way through and takes it. Answers with an error, or null. */
	letThrough(choice: Choice): Promise<string | null>;
	/** Practises once more. */
	practiseAgain(): void;
	/** All that a report of this stop can say. Null: the details are gone. Rejects when it cannot be put together. */
	reportFacts(): Promise<ReportFacts | null>;
	/** Hands a report to the person as a file. Answers with the file's name. */
	saveReport(facts: ReportFacts, include: Include): string;
}

/** The state of one block page. */
export function createBlocked(deps: BlockedDeps): Blocked {
	const { background, clock, navigate, id, practice = false, reports } = deps;
	const refusal = signal<Refusal | null | undefined>(undefined);
	const practised = signal<PractiseStep | null>(practice ? "nothing" : null);
	/** Leaves for a page of the web; on a page to practise on, says that it would. */
	const leave = (url: string, what: PractiseStep) => {
		if (practice) practised.value = what;
		else navigate(url);
	};
	return {
		refusal,
		clock,
		held: createHeldBack({ background, clock, id }),
		chainBytes: () => background.chainOf({ refusal: id }),
		practised,
		async load() {
			try {
				refusal.value = id === "" && !practice ? null : await background.refusal(id);
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
			if (refusal.value) leave(refusal.value.url, "again");
		},
		async letThrough({ lasts, typed }) {
			try {
				const answer = await background.letThrough({ refusal: id, lasts, typed });
				if (!answer.ok) return answer.error;
				leave(answer.url, "through");
				return null;
			} catch (error) {
				return messageOf(error);
			}
		},
		practiseAgain() {
			practised.value = "nothing";
		},
		async reportFacts() {
			const about = refusal.value;
			if (!about) return null;
			const [versions, known] = await Promise.all([reports.versions(), background.chainOf({ refusal: id })]);
			return { refusal: about, pems: await pemsOf(about.chain, known?.der ?? []), practice, versions };
		},
		saveReport(facts, include) {
			const name = reportName(facts.refusal);
			reports.saveFile(name, reportFile(facts, include), "text/html");
			return name;
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
