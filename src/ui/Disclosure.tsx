import type { ComponentChildren } from "preact";

/** Something that opens when asked for: the browser's own <details>, which needs no script. */
export function Disclosure(props: {
	summary: ComponentChildren;
	/** For screen readers, where the words of several are the same. */
	label?: string;
	children: ComponentChildren;
	open?: boolean;
	onToggle?: (open: boolean) => void;
}) {
	const { summary, label, children, open = false, onToggle } = props;
	return (
		<details class="disclosure" open={open} onToggle={(event) => onToggle?.(event.currentTarget.open)}>
			<summary aria-label={label}>{summary}</summary>
			{children}
		</details>
	);
}
