import { type ReadonlySignal, signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { messageOf } from "../core/error.ts";
import type { Rule } from "../core/policy.ts";
import type { Background, OptionsView } from "../protocol.ts";

export interface WelcomeDeps {
	readonly background: Pick<Background, "options" | "saveRule" | "welcomed">;
	readonly openOptions: () => Promise<unknown>;
}

export interface Welcome {
	/** Undefined while it is asked for. */
	readonly view: ReadonlySignal<OptionsView | undefined>;
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
export function createWelcome({ background, openOptions }: WelcomeDeps): Welcome {
	const view = signal<OptionsView | undefined>(undefined);
	const error = signal<string | null>(null);

	const attempt = async (action: () => Promise<void>) => {
		try {
			await action();
		} catch (reason) {
			error.value = messageOf(reason);
		}
	};
	const refresh = () =>
		attempt(async () => {
			view.value = await background.options();
		});

	return {
		view,
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
