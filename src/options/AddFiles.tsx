import { plural, t } from "../browser/i18n.ts";
import type { Rule } from "../core/policy.ts";
import { Button } from "../ui/Button.tsx";
import { English } from "../ui/English.tsx";
import { Field, FieldError } from "../ui/Field.tsx";
import { Notice } from "../ui/Notice.tsx";
import { CandidateRow } from "./CandidateRow.tsx";
import { toInput } from "./drop.ts";
import { useOptions } from "./store.ts";

/** Certificates out of files or pasted text. Dropping works on the whole page (App.tsx). */
export function AddFiles({ rules }: { rules: readonly Rule[] }) {
	const store = useOptions();
	const { add } = store;
	const error = add.error.value;
	const candidates = add.candidates.value;
	return (
		<>
			<div class={store.dragging.value ? "options-drop options-drop-over" : "options-drop"}>
				<label class="button options-file">
					<input
						class="visually-hidden"
						type="file"
						multiple
						onChange={(event) => {
							const input = event.currentTarget;
							void add.read(Array.from(input.files ?? [], toInput)).then(() => {
								// So that the same file can be chosen again once it was put right.
								input.value = "";
							});
						}}
					/>
					{t("optionsChooseFiles")}
				</label>
				<p class="small soft">{t("optionsDropHint")}</p>
			</div>
			<Field label={t("optionsPaste")}>
				{(control) => (
					<textarea
						{...control}
						class="input mono"
						rows={3}
						spellcheck={false}
						autocomplete="off"
						placeholder="-----BEGIN CERTIFICATE-----"
						value={add.pasted.value}
						onInput={(event) => add.setPasted(event.currentTarget.value)}
					/>
				)}
			</Field>
			{add.pasted.value.trim() !== "" && (
				<p>
					<Button small disabled={add.busy.value} onClick={() => void add.readPasted(t("optionsPastedName"))}>
						{t("optionsReadPasted")}
					</Button>
				</p>
			)}
			{add.fileErrors.value.length > 0 && (
				<Notice state="stopped" live="assertive">
					{add.fileErrors.value.map((line) => (
						<p key={line}>
							<English>{line}</English>
						</p>
					))}
				</Notice>
			)}
			{candidates.length > 0 && (
				<fieldset class="stack-tight">
					<legend class="label">{plural("optionsRead", candidates.length)}</legend>
					<p class="field-hint">{t("optionsReadHint")}</p>
					<ul class="options-candidates">
						{candidates.map((candidate) => (
							<CandidateRow key={candidate.certificate.sha256} candidate={candidate} rules={rules} />
						))}
					</ul>
				</fieldset>
			)}
			{error !== null && <FieldError>{error}</FieldError>}
		</>
	);
}
