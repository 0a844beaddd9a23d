import { useId } from "preact/hooks";
import { t } from "../browser/i18n.ts";
import type { OptionsView } from "../protocol.ts";
import { Section } from "./Section.tsx";
import { useOptions } from "./store.ts";

const CHOICES = [
	{ value: "block", title: "optionsUnverifiableBlock", hint: "optionsUnverifiableBlockHint" },
	{ value: "allow", title: "optionsUnverifiableAllow", hint: "optionsUnverifiableAllowHint" },
] as const;

/**
 * What is no rule. `preflight` belongs here as well, but nothing acts on it yet, and a switch that
 * does nothing would be a lie; it is kept as it is.
 */
export function Settings({ view }: { view: OptionsView }) {
	const store = useOptions();
	const name = useId();
	const fixed = view.settingsLocked.includes("unverifiable");
	return (
		<Section title={t("optionsSettings")}>
			<fieldset class="card stack-tight" disabled={fixed}>
				<legend class="visually-hidden">{t("optionsUnverifiable")}</legend>
				<p class="label" aria-hidden="true">
					{t("optionsUnverifiable")}
				</p>
				<p class="small soft">{t("optionsUnverifiableHint")}</p>
				{CHOICES.map(({ value, title, hint }) => (
					<label key={value} class="options-choice">
						<input
							type="radio"
							name={name}
							checked={view.settingsInForce.unverifiable === value}
							onChange={(event) => {
								// It shows what is in force, not what was asked for: the answer moves it.
								event.currentTarget.checked = view.settingsInForce.unverifiable === value;
								void store.setUnverifiable(value);
							}}
						/>
						<span>
							<span class="label">{t(title)}</span>
							<span class="options-choice-hint">{t(hint)}</span>
						</span>
					</label>
				))}
				{fixed && <p class="small">{t("optionsByAdmin")}</p>}
			</fieldset>
		</Section>
	);
}
