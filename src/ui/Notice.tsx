import type { ComponentChildren } from "preact";
import { StateIcon } from "./StateIcon.tsx";
import type { StateShape } from "./shapes.ts";

/**
 * A message that stands out. `live` reads it to screen-reader users when it appears: "assertive"
 * interrupts them and is for errors.
 */
export function Notice(props: { state: StateShape; children: ComponentChildren; live?: "polite" | "assertive" }) {
	const { state, children, live } = props;
	return (
		<div
			class={`notice state-${state}`}
			role={live === undefined ? undefined : live === "assertive" ? "alert" : "status"}
		>
			<StateIcon state={state} />
			<div class="notice-body">{children}</div>
		</div>
	);
}

/** A short label with the state's icon. */
export function Tag({ state, children }: { state: StateShape; children: ComponentChildren }) {
	return (
		<span class={`tag state-${state}`}>
			<StateIcon state={state} />
			{children}
		</span>
	);
}
