import type { ComponentChildren, Ref } from "preact";

/**
 * `primary` is the filled one: at most one on a page, and it is the safe thing to do. `link` looks
 * like text, for what should not attract.
 */
export type ButtonLook = "plain" | "primary" | "danger" | "link";

export interface ButtonProps {
	children: ComponentChildren;
	onClick: (event: MouseEvent) => void;
	look?: ButtonLook;
	small?: boolean;
	disabled?: boolean;
	/** At work: it stays where it is and keeps the focus, but a further click does nothing. */
	busy?: boolean;
	/** For screen readers, where the words on the button do not say enough. */
	label?: string | undefined;
	describedBy?: string | undefined;
	expanded?: boolean | undefined;
	buttonRef?: Ref<HTMLButtonElement>;
}

const LOOKS: Readonly<Record<ButtonLook, string>> = {
	plain: "button",
	primary: "button button-primary",
	danger: "button button-danger",
	link: "button-link",
};

/** A button. Never submits a form. */
export function Button(props: ButtonProps) {
	const { children, onClick, look = "plain", small = false, disabled = false, busy = false, buttonRef = null } = props;
	return (
		<button
			type="button"
			class={small ? `${LOOKS[look]} button-small` : LOOKS[look]}
			onClick={busy ? undefined : onClick}
			disabled={disabled}
			aria-disabled={busy ? true : undefined}
			aria-label={props.label}
			aria-describedby={props.describedBy}
			aria-expanded={props.expanded}
			ref={buttonRef}
		>
			{/* One box: a flex container would set each piece of a sentence as a column of its own. */}
			<span>{children}</span>
		</button>
	);
}
