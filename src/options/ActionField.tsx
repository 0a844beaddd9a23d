import { useId } from "preact/hooks";
import { t } from "../browser/i18n.ts";
import type { Action } from "../core/policy.ts";
import { FieldError } from "../ui/Field.tsx";
import { ACTION_HINTS, ACTION_WORDS, ACTIONS } from "./words.ts";

/** What happens to a page: warn, stop, or stop without a way through. */
export function ActionField(props: { action: Action; error: string | null; onChange: (action: Action) => void }) {
	const { action, error, onChange } = props;
	const name = useId();
	return (
		<fieldset class="stack-tight">
			<legend class="label">{t("optionsAction")}</legend>
			{ACTIONS.map((each) => (
				<label key={each} class="options-choice">
					<input
						type="radio"
						name={name}
						checked={each === action}
						aria-invalid={error === null ? undefined : "true"}
						onChange={() => onChange(each)}
					/>
					<span>
						<span class="label">{t(ACTION_WORDS[each])}</span>
						<span class="options-choice-hint">{t(ACTION_HINTS[each])}</span>
					</span>
				</label>
			))}
			{error !== null && <FieldError>{error}</FieldError>}
		</fieldset>
	);
}
