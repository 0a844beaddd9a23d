import { useId, useState } from "preact/hooks";
import { t } from "../browser/i18n.ts";
import { FieldError } from "../ui/Field.tsx";
import { HALF_FILLED } from "./draft.ts";
import type { Editor } from "./editor.ts";

function read(input: HTMLInputElement): string {
	return input.validity.badInput ? HALF_FILLED : input.value;
}

/** From which day on certificates are meant; a time of day for those who need it. */
export function IssuedAfterField({ editor }: { editor: Editor }) {
	const id = useId();
	const draft = editor.draft.value;
	// The fields keep their own text: writing a half-filled date back into one would empty it.
	const [first] = useState(draft);
	const wrong = editor.errors.value.get("issuedAfter");
	const half = isHalfFilled(draft);
	const error = wrong !== undefined && half ? t("optionsHalfFilled") : wrong;
	const control = {
		"aria-invalid": error === undefined ? undefined : ("true" as const),
		"aria-describedby": error === undefined ? `${id}-hint` : `${id}-error ${id}-hint`,
	};
	return (
		<fieldset class="stack-tight">
			<legend class="label">{t("optionsIssuedAfter")}</legend>
			<div class="row">
				<label class="options-inline">
					<span>{t("optionsDay")}</span>
					<input
						{...control}
						class="input"
						type="date"
						defaultValue={first.issuedDay}
						onInput={(event) => editor.set({ issuedDay: read(event.currentTarget) })}
					/>
				</label>
				<label class="options-inline">
					<span>{t("optionsTime")}</span>
					<input
						{...control}
						class="input"
						type="time"
						step="1"
						defaultValue={first.issuedTime}
						onInput={(event) => editor.set({ issuedTime: read(event.currentTarget) })}
					/>
				</label>
			</div>
			{error !== undefined && (
				<FieldError id={`${id}-error`} own={half}>
					{error}
				</FieldError>
			)}
			<p class="field-hint" id={`${id}-hint`}>
				{t("optionsIssuedAfterHint")}
			</p>
		</fieldset>
	);
}

function isHalfFilled({ issuedDay, issuedTime }: { issuedDay: string; issuedTime: string }): boolean {
	return issuedDay === HALF_FILLED || issuedTime === HALF_FILLED || (issuedDay === "" && issuedTime !== "");
}
