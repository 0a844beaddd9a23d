import { useEffect, useRef } from "preact/hooks";
import { useOptions } from "./store.ts";

/**
 * For an element that takes the focus when what had it has gone: a form was closed, a rule deleted.
 * Done after rendering, when the element is there. `name` is the id of a rule or one of
 * places.ts. With several names it answers to each.
 */
export function useFocus<E extends HTMLElement>(...names: readonly string[]) {
	const store = useOptions();
	const element = useRef<E>(null);
	const wanted = store.focus.value;
	useEffect(() => {
		if (wanted === null || !names.includes(wanted) || element.current === null) return;
		element.current.focus();
		store.focused();
	});
	return element;
}
