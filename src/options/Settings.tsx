import { useId } from "preact/hooks";
import { t } from "../browser/i18n.ts";
import type { Settings as Values } from "../core/policy.ts";
import type { OptionsView } from "../protocol.ts";
import { Switch } from "../ui/Switch.tsx";
import { useFocus } from "./focus.ts";
import { SETTINGS } from "./places.ts";
import { Section } from "./Section.tsx";
import { SitesRecord } from "./SitesRecord.tsx";
import { useOptions } from "./store.ts";

interface Choice<Value> {
	readonly value: Value;
	readonly title: string;
	readonly hint: string;
}

const PREFLIGHT: readonly Choice<Values["preflight"]>[] = [
	{ value: "credentials", title: "optionsPreflightCredentials", hint: "optionsPreflightCredentialsHint" },
	{ value: "always", title: "optionsPreflightAlways", hint: "optionsPreflightAlwaysHint" },
	{ value: "off", title: "optionsPreflightOff", hint: "optionsPreflightOffHint" },
];

const UNVERIFIABLE: readonly Choice<Values["unverifiable"]>[] = [
	{ value: "block", title: "optionsUnverifiableBlock", hint: "optionsUnverifiableBlockHint" },
	{ value: "allow", title: "optionsUnverifiableAllow", hint: "optionsUnverifiableAllowHint" },
];

/** What is no rule. */
export function Settings({ view }: { view: OptionsView }) {
	const heading = useFocus<HTMLHeadingElement>(SETTINGS);
	return (
		<Section headingRef={heading} title={t("optionsSettings")}>
			<Setting
				view={view}
				setting="preflight"
				title={t("optionsPreflight")}
				hint={t("optionsPreflightHint")}
				choices={PREFLIGHT}
			/>
			<Setting
				view={view}
				setting="unverifiable"
				title={t("optionsUnverifiable")}
				hint={t("optionsUnverifiableHint")}
				choices={UNVERIFIABLE}
			/>
			<SitesRecord />
			<ChangedCountry view={view} />
		</Section>
	);
}

/** The one that rests on the record of sites. */
function ChangedCountry({ view }: { view: OptionsView }) {
	const store = useOptions();
	const fixed = view.settingsLocked.includes("changedCountry");
	const isOn = view.settingsInForce.changedCountry === "warn";
	return (
		<div class="card stack-tight">
			<Switch
				on={isOn}
				disabled={fixed}
				onChange={(on) => void store.setSetting("changedCountry", on ? "warn" : "off")}
			>
				<span class="label">{t("optionsChangedCountry")}</span>
			</Switch>
			<p class="small soft">{t("optionsChangedCountryHint")}</p>
			{isOn && store.sites.value?.on === false && <p class="small">{t("optionsChangedCountryNeeds")}</p>}
			{fixed && <p class="small">{t("optionsByAdmin")}</p>}
		</div>
	);
}

/** One setting: what it is about, and its values to choose from. */
function Setting<Name extends keyof Values>(props: {
	view: OptionsView;
	setting: Name;
	title: string;
	hint: string;
	choices: readonly Choice<Values[Name]>[];
}) {
	const { view, setting, title, hint, choices } = props;
	const store = useOptions();
	const name = useId();
	const fixed = view.settingsLocked.includes(setting);
	const inForce = view.settingsInForce[setting];
	return (
		<fieldset class="card stack-tight" disabled={fixed}>
			<legend class="visually-hidden">{title}</legend>
			<p class="label" aria-hidden="true">
				{title}
			</p>
			<p class="small soft">{hint}</p>
			{choices.map((choice) => (
				<label key={choice.value} class="options-choice">
					<input
						type="radio"
						name={name}
						value={choice.value}
						checked={inForce === choice.value}
						onChange={(event) => {
							// They show what is in force, not what was asked for: the answer moves them. The browser
							// has switched off the one that was on, so all of them are set right.
							const inputs = event.currentTarget.closest("fieldset")?.querySelectorAll("input") ?? [];
							for (const input of inputs) input.checked = input.value === inForce;
							void store.setSetting(setting, choice.value);
						}}
					/>
					<span>
						<span class="label">{t(choice.title)}</span>
						<span class="options-choice-hint">{t(choice.hint)}</span>
					</span>
				</label>
			))}
			{fixed && <p class="small">{t("optionsByAdmin")}</p>}
		</fieldset>
	);
}
