import { useEffect, useRef } from "preact/hooks";
import { useOptions } from "./store.ts";

/** Id of the heading over the rules, for what disappears together with the focus. */
export const RULES_HEADING = "rules-heading";

/** A button that takes the focus when a form that was opened from it closes. */
export function useReturn(name: string) {
	const store = useOptions();
	const button = useRef<HTMLButtonElement>(null);
	const wanted = store.focus.value;
	useEffect(() => {
		if (wanted !== name) return;
		button.current?.focus();
		store.focused();
	}, [store, wanted, name]);
	return button;
}

/** Puts the focus where people expect it after something else has disappeared. */
export function focusOn(selector: string): void {
	document.querySelector<HTMLElement>(selector)?.focus();
}
