import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { English } from "./English.tsx";
import { StateIcon } from "./StateIcon.tsx";

/** What a control inside a `Field` must carry, so that label, hint and error belong to it. */
export interface FieldControl {
	readonly id: string;
	readonly "aria-describedby": string | undefined;
	readonly "aria-invalid": "true" | undefined;
}

/**
 * The exact error, beside the field it is about. What is wrong with a policy is said in English in every
 * language, and marked so; `own`: these words are of the page's language.
 */
export function FieldError({ id, own = false, children }: { id?: string; own?: boolean; children: string }) {
	return (
		<p class="field-error" id={id} role="alert">
			<StateIcon state="stopped" />
			<span>{own ? children : <English>{children}</English>}</span>
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
