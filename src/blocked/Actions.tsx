import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Button } from "../ui/Button.tsx";

/**
 * The first button, usually the one filled one, and beside it whatever else there is. It has the
 * focus from the start, and is read with the message above it.
 */
export function Actions(props: {
	label: string;
	onClick: () => void;
	look?: "primary" | "plain";
	busy?: boolean;
	children?: ComponentChildren;
}) {
	const { label, onClick, look = "primary", busy = false, children } = props;
	const button = useRef<HTMLButtonElement>(null);
	// Without scrolling: in a small or enlarged window, who decided is what must be seen first.
	// Before the first picture of it: whoever presses Enter as soon as they can read it gets the safe way.
	useLayoutEffect(() => button.current?.focus({ preventScroll: true }), []);
	// Enter still held down from the address bar must not take the person away before they could read.
	const onKeyDown = (event: KeyboardEvent) => {
		if (event.repeat && event.key !== "Tab") event.preventDefault();
	};
	return (
		<p class="blocked-actions" onKeyDown={onKeyDown}>
			<Button look={look} busy={busy} buttonRef={button} describedBy="message" onClick={onClick}>
				{label}
			</Button>
			{children}
		</p>
	);
}
