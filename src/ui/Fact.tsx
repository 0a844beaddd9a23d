import type { ComponentChildren } from "preact";

/** A name and its value, in a list of them (`<dl>`). `mono`: the value is for machines, and read letter by letter. */
export function Fact({ name, mono = false, children }: { name: string; mono?: boolean; children: ComponentChildren }) {
	return (
		<>
			<dt>{name}</dt>
			<dd class={mono ? "mono" : undefined}>{children}</dd>
		</>
	);
}
