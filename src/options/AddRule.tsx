import { useEffect, useId, useRef } from "preact/hooks";
import { t } from "../browser/i18n.ts";
import type { OptionsView } from "../protocol.ts";
import { Button } from "../ui/Button.tsx";
import { Field, FieldError } from "../ui/Field.tsx";
import { AddFiles } from "./AddFiles.tsx";
import type { Way } from "./add.ts";
import { Impact } from "./Impact.tsx";
import { SelectorInput } from "./SelectorInput.tsx";
import { useOptions } from "./store.ts";

const WAYS: Readonly<Record<Way, { readonly title: string; readonly label: string; readonly hint: string }>> = {
	files: { title: "optionsWayFiles", label: "", hint: "" },
	authority: { title: "optionsWayAuthority", label: "optionsKindAuthority", hint: "optionsHintAuthority" },
	country: { title: "optionsWayCountry", label: "optionsKindCountry", hint: "optionsHintCountry" },
	organization: { title: "optionsWayOrganization", label: "optionsKindOrganization", hint: "optionsHintOrganization" },
	spki: { title: "optionsWaySpki", label: "optionsKindSpki", hint: "optionsHintSpki" },
	certificate: { title: "optionsWayCertificate", label: "optionsKindCertificate", hint: "optionsHintCertificate" },
	overridden: { title: "optionsWayOverridden", label: "optionsKindOverridden", hint: "optionsHintOverridden" },
	root: { title: "optionsWayRoot", label: "optionsKindRoot", hint: "optionsHintRoot" },
};

/** Adding a rule: first what to refuse, then which one. */
export function AddRule({ view }: { view: OptionsView }) {
	const { add } = useOptions();
	const name = useId();
	const panel = useRef<HTMLFormElement>(null);
	const way = add.way.value;

	useEffect(() => panel.current?.querySelector<HTMLElement>("input")?.focus(), []);

	if (way === null) return null;
	return (
		<form
			ref={panel}
			class="card options-add"
			aria-label={t("optionsNewRule")}
			noValidate
			onSubmit={(event) => {
				event.preventDefault();
				if (add.ready.value) void add.add();
			}}
			onKeyDown={(event) => {
				if (event.key === "Escape" && !event.isComposing) add.close();
			}}
		>
			<fieldset class="options-ways">
				<legend class="label">{t("optionsWhat")}</legend>
				{(Object.keys(WAYS) as Way[]).map((each) => (
					<label key={each} class="options-way">
						<input type="radio" name={name} checked={each === way} onChange={() => add.choose(each)} />
						<span>{t(WAYS[each].title)}</span>
					</label>
				))}
			</fieldset>
			<div class="stack options-which">
				{way === "files" ? <AddFiles rules={view.rules} /> : <AddOne key={way} way={way} view={view} />}
				{add.cost.value !== null && <Impact rules={[add.cost.value]} />}
				<div class="row">
					<button type="submit" class="button button-primary" disabled={!add.ready.value || add.busy.value}>
						{t("optionsAddNow")}
					</button>
					<Button disabled={!add.ready.value || add.busy.value} onClick={() => add.customize()}>
						{t("optionsCustomize")}
					</Button>
					<Button look="link" onClick={() => add.close()}>
						{t("optionsCancel")}
					</Button>
				</div>
			</div>
		</form>
	);
}

function AddOne({ way, view }: { way: Exclude<Way, "files">; view: OptionsView }) {
	const { add } = useOptions();
	const words = WAYS[way];
	const error = add.error.value;
	if (way === "root") {
		return (
			<>
				<p>{t(words.hint)}</p>
				{error !== null && <FieldError>{error}</FieldError>}
			</>
		);
	}
	return (
		<Field label={t(words.label)} hint={t(words.hint)} error={error}>
			{(control) => (
				<SelectorInput
					id={control.id}
					kind={way}
					value={add.value.value}
					authorities={view.authorities}
					invalid={error !== null}
					describedBy={control["aria-describedby"]}
					onChange={add.setValue}
				/>
			)}
		</Field>
	);
}
