import { useMemo } from "preact/hooks";
import { formats, plural, t } from "../browser/i18n.ts";
import type { Preset } from "../catalogue/details.ts";
import type { OptionsView } from "../protocol.ts";
import { Button } from "../ui/Button.tsx";
import { Disclosure } from "../ui/Disclosure.tsx";
import { Tag } from "../ui/Notice.tsx";
import { countryName } from "../ui/names.ts";
import { Switch } from "../ui/Switch.tsx";
import { Loaded } from "./Authorities.tsx";
import { useFocus } from "./focus.ts";
import { Impact } from "./Impact.tsx";
import { PAGE_TOP, RULES } from "./places.ts";
import { RuleList } from "./RuleList.tsx";
import { RuleTag } from "./RuleRow.tsx";
import { Section } from "./Section.tsx";
import { countryRule, missingOf, ruleOfCountry, setName, setState, setWords } from "./sets.ts";
import { useOptions } from "./store.ts";

/** Ready-made sets of rules, and a rule for each country. */
export function Sets({ view }: { view: OptionsView }) {
	const { book } = useOptions();
	const heading = useFocus<HTMLHeadingElement>(PAGE_TOP, RULES);
	return (
		<div class="stack-loose">
			<Section headingRef={heading} title={t("optionsSets")} intro={t("optionsSetsIntro")}>
				<Loaded>
					<ul class="options-list">
						{book.presets.value?.map((preset) => (
							<li key={preset.id} class="options-item">
								<PresetRow preset={preset} view={view} />
							</li>
						))}
					</ul>
				</Loaded>
			</Section>
			<Section title={t("optionsCountries")} intro={t("optionsCountriesIntro")}>
				<Loaded>
					<Countries view={view} />
				</Loaded>
			</Section>
		</div>
	);
}

/** One set: what it is for, what it would cost, and each of its rules with the reason for it. */
function PresetRow({ preset, view }: { preset: Preset; view: OptionsView }) {
	const store = useOptions();
	const locked = store.locked.value;
	const state = setState(preset, view.rules);
	const name = setName(preset);
	const what = setWords(preset);
	const { rules } = preset.policy;
	const missing = missingOf(preset, view.rules);
	return (
		<div class="options-rule">
			<div class="options-rule-head">
				<Switch on={state === "on"} disabled={locked} onChange={(on) => void store.setPreset(preset, on)}>
					<span class="options-rule-title">{name}</span>
				</Switch>
				{state === "partly" && (
					<Tag state="warned">{plural("optionsSetPartly", rules.length, rules.length - missing.length)}</Tag>
				)}
			</div>
			<div class="stack-tight options-rule-words">
				{what !== null && <p class="small">{what}</p>}
				{missing.length > 0 && <Impact rules={missing} />}
				<Disclosure summary={<span class="small">{plural("optionsSetRules", rules.length)}</span>}>
					<RuleList rules={rules} authorities={view.authorities} />
				</Disclosure>
				{state === "partly" && (
					<p>
						<Button small label={t("optionsSetOffOf", name)} onClick={() => void store.setPreset(preset, false)}>
							{t("optionsSetOff")}
						</Button>
					</p>
				)}
			</div>
		</div>
	);
}

/** A switch for each country that owns keys: those that are refused first, then by name. */
function Countries({ view }: { view: OptionsView }) {
	const { book } = useOptions();
	const counts = book.countries.value;
	const countries = useMemo(() => {
		const order = new Intl.Collator(formats());
		return [...counts]
			.map(([code, count]) => ({ code, count, name: countryName(code) }))
			.sort((one, other) => order.compare(one.name, other.name));
	}, [counts]);
	return (
		<ul class="options-list">
			{countries.map(({ code, count, name }) => (
				<li key={code} class="options-item options-country">
					<CountryRow code={code} name={name} count={count} view={view} />
				</li>
			))}
		</ul>
	);
}

function CountryRow(props: { code: string; name: string; count: number; view: OptionsView }) {
	const { code, name, count, view } = props;
	const store = useOptions();
	const there = ruleOfCountry(code, view.rules);
	const on = there?.enabled === true;
	const nothing = store.sites.value?.total === 0;
	return (
		<div class="options-rule">
			<div class="options-rule-head">
				<Switch on={on} disabled={store.locked.value} onChange={(next) => void store.setCountry(code, next)}>
					<span class="options-rule-title">{name}</span>
				</Switch>
				{on && there !== undefined ? (
					<RuleTag rule={there} />
				) : (
					<span class="small soft">{plural("optionsCountryCount", count)}</span>
				)}
			</div>
			{/* Said once for all of them, above, where nothing is known. */}
			{!on && !nothing && (
				<div class="options-rule-words">
					<Impact brief rules={[{ ...(there ?? countryRule(code)), enabled: true }]} />
				</div>
			)}
		</div>
	);
}
