import { type ReadonlySignal, signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { messageOf } from "../core/error.ts";
import type { Rule } from "../core/policy.ts";
import type { Background, OptionsView } from "../protocol.ts";

/** How many steps there are. */
export const STEPS = 3;

/** The fragment that leads to a step: each is a place of its own, so that the browser's Back works. */
export const stepLink = (step: number): string => `#${step}`;

const readStep = (fragment: string): number => {
	const step = Number(fragment.slice(1));
	return Number.isInteger(step) && step >= 1 && step <= STEPS ? step : 1;
};

export interface WelcomeDeps {
	readonly background: Pick<Background, "options" | "saveRule" | "welcomed">;
	readonly openOptions: () => Promise<unknown>;
	/** Whether the button is on the toolbar; null: Firefox does not say. */
	readonly isOnToolbar: () => Promise<boolean | null>;
	/** The fragment of the page's own address, and a call back when it changes. */
	readonly fragment: () => string;
	readonly onFragment: (callback: () => void) => void;
}

export interface Welcome {
	/** Undefined while it is asked for. */
	readonly view: ReadonlySignal<OptionsView | undefined>;
	/** Whether the button is on the toolbar; null: not known. */
	readonly pinned: ReadonlySignal<boolean | null>;
	/** From 1 to `STEPS`. */
	readonly step: ReadonlySignal<number>;
	/** The person went to another step: its heading takes the focus. */
	readonly moved: ReadonlySignal<boolean>;
	/** What went wrong last, in words. */
	readonly error: ReadonlySignal<string | null>;
	/** Asks for everything anew. Never rejects. */
	refresh(): Promise<void>;
	/** Notes that the person has seen this page. Never rejects. */
	seen(): Promise<void>;
	switchRule(rule: Rule, enabled: boolean): Promise<void>;
	openOptions(): Promise<void>;
}

/** The state of the first-run page. */
export function createWelcome(deps: WelcomeDeps): Welcome {
	const { background, openOptions } = deps;
	const view = signal<OptionsView | undefined>(undefined);
	const pinned = signal<boolean | null>(null);
	const step = signal(readStep(deps.fragment()));
	const moved = signal(false);
	const error = signal<string | null>(null);

	deps.onFragment(() => {
		moved.value = true;
		step.value = readStep(deps.fragment());
	});

	const attempt = async (action: () => Promise<void>) => {
		try {
			await action();
		} catch (reason) {
			error.value = messageOf(reason);
		}
	};
	const refresh = () =>
		attempt(async () => {
			// Nothing hangs on the button: where Firefox does not say, the page tells both ways.
			const onToolbar = deps.isOnToolbar().catch(() => null);
			view.value = await background.options();
			pinned.value = await onToolbar;
		});

	return {
		view,
		pinned,
		step,
		moved,
		error,
		refresh,
		seen: () =>
			attempt(async () => {
				await background.welcomed();
			}),
		async switchRule(rule, enabled) {
			error.value = null;
			await attempt(async () => {
				const answer = await background.saveRule({ rule: { ...rule, enabled }, isNew: false });
				if (!answer.ok) error.value = answer.error;
			});
			await refresh();
		},
		openOptions: () =>
			attempt(async () => {
				await openOptions();
			}),
	};
}

export const WelcomeContext = createContext<Welcome | null>(null);

/** The store of the page that a component stands in. */
export function useWelcome(): Welcome {
	const store = useContext(WelcomeContext);
	if (store === null) throw new Error("No store for the first-run page");
	return store;
}
