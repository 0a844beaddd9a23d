import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { StateIcon } from "./StateIcon.tsx";

/** What a control inside a `Field` must carry, so that label, hint and error belong to it. */
export interface FieldControl {
	readonly id: string;
	readonly "aria-describedby": string | undefined;
	readonly "aria-invalid": "true" | undefined;
}

/**
 * The exact error, beside the field it is about. Errors are in English in every language, so their
 * direction is their own: in a right-to-left page a full stop or a quotation mark would else wander.
 */
export function FieldError({ id, children }: { id?: string; children: ComponentChildren }) {
	return (
		<p class="field-error" id={id} role="alert">
			<StateIcon state="stopped" />
			<bdi>{children}</bdi>
		</p>
	);
}

/** A labelled control with a hint and an error, all tied together for screen readers. */
export function Field(props: {
	label: ComponentChildren;
	hint?: ComponentChildren;
	error?: string | null;
	children: (control: FieldControl) => ComponentChildren;
}) {
	const { label, hint, error = null, children } = props;
	const id = useId();
	const described = [error === null ? "" : `${id}-error`, hint === undefined ? "" : `${id}-hint`].filter(Boolean);
	return (
		<div class="field">
			<label for={id}>{label}</label>
			{children({
				id,
				"aria-describedby": described.length === 0 ? undefined : described.join(" "),
				"aria-invalid": error === null ? undefined : "true",
			})}
			{error !== null && <FieldError id={`${id}-error`}>{error}</FieldError>}
			{hint !== undefined && (
				<p class="field-hint" id={`${id}-hint`}>
					{hint}
				</p>
			)}
		</div>
	);
}
