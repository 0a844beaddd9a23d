import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../browser/i18n.ts";
import { Button } from "../ui/Button.tsx";
import { English } from "../ui/English.tsx";
import { Field } from "../ui/Field.tsx";
import { Notice } from "../ui/Notice.tsx";
import { Switch } from "../ui/Switch.tsx";
import { ActionField } from "./ActionField.tsx";
import type { Editor } from "./editor.ts";
import { HostsField } from "./HostsField.tsx";
import { Impact } from "./Impact.tsx";
import { IssuedAfterField } from "./IssuedAfterField.tsx";
import { SelectorsField } from "./SelectorsField.tsx";
import type { Authorities } from "./words.ts";

/** Every field of one rule. The exact error stands beside the field it is about. */
export function RuleEditor({ editor, authorities }: { editor: Editor; authorities: Authorities }) {
	const form = useRef<HTMLFormElement>(null);
	const draft = editor.draft.value;
	const errors = editor.errors.value;
	const whole = errors.get("");

	useEffect(() => form.current?.querySelector<HTMLElement>("input")?.focus(), []);

	// The first field with an error, in reading order; its error is read out with it.
	const [failures, setFailures] = useState(0);
	useEffect(() => {
		if (failures > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
	}, [failures]);

	async function save() {
		if (!(await editor.save())) setFailures((count) => count + 1);
	}

	return (
		<form
			ref={form}
			class="stack options-editor"
			aria-label={draft.id === null ? t("optionsNewRule") : t("optionsEditOf", draft.title)}
			noValidate
			onSubmit={(event) => {
				event.preventDefault();
				void save();
			}}
			onKeyDown={(event) => {
				if (event.key === "Escape" && !event.isComposing) editor.cancel();
			}}
		>
			<h3>{draft.id === null ? t("optionsNewRule") : t("optionsEditRule")}</h3>
			{whole !== undefined && (
				<Notice state="stopped" live="assertive">
					<English>{whole}</English>
				</Notice>
			)}
			<Field label={t("optionsTitle")} error={errors.get("title") ?? null}>
				{(control) => (
					<input
						{...control}
						class="input"
						type="text"
						required
						value={draft.title}
						onInput={(event) => editor.set({ title: event.currentTarget.value })}
					/>
				)}
			</Field>
			<ActionField
				action={draft.action}
				error={errors.get("action") ?? null}
				onChange={(action) => editor.set({ action })}
			/>
			<SelectorsField editor={editor} list="match" authorities={authorities} />
			<HostsField editor={editor} name="acceptFor" label={t("optionsAcceptFor")} hint={t("optionsAcceptForHint")} />
			<HostsField editor={editor} name="sites" label={t("optionsSites")} hint={t("optionsSitesHint")} />
			<IssuedAfterField editor={editor} />
			<SelectorsField editor={editor} list="except" authorities={authorities} />
			<Field label={t("optionsReason")} hint={t("optionsReasonHint")} error={errors.get("reason") ?? null}>
				{(control) => (
					<textarea
						{...control}
						class="input"
						rows={2}
						value={draft.reason}
						onInput={(event) => editor.set({ reason: event.currentTarget.value })}
					/>
				)}
			</Field>
			<Switch on={draft.enabled} onChange={(enabled) => editor.set({ enabled })}>
				{t("optionsEnabled")}
			</Switch>
			{editor.cost.value !== null && <Impact rules={[editor.cost.value]} />}
			<div class="row">
				<button type="submit" class="button button-primary" disabled={editor.saving.value}>
					{t("optionsSave")}
				</button>
				<Button onClick={() => editor.cancel()}>{t("optionsCancel")}</Button>
			</div>
		</form>
	);
}
