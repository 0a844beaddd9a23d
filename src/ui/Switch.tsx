import type { ComponentChildren } from "preact";

/** On or off, at once. `children` is its label. */
export function Switch(props: {
	on: boolean;
	onChange: (on: boolean) => void;
	children: ComponentChildren;
	disabled?: boolean;
}) {
	const { on, onChange, children, disabled = false } = props;
	return (
		<label class="switch">
			<input
				type="checkbox"
				role="switch"
				aria-checked={on}
				checked={on}
				disabled={disabled}
				onChange={(event) => {
					const { checked } = event.currentTarget;
					// It shows what is in force, not what was asked for: the answer moves it.
					event.currentTarget.checked = on;
					onChange(checked);
				}}
			/>
			<span class="switch-words">{children}</span>
		</label>
	);
}
