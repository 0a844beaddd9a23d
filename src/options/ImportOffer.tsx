import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { plural, t } from "../browser/i18n.ts";
import type { Rule, Settings } from "../core/policy.ts";
import { Button } from "../ui/Button.tsx";
import { ownWords } from "../ui/builtIn.ts";
import { isolate, list } from "../ui/names.ts";
import { RuleTag, RuleWords } from "./RuleRow.tsx";
import { useOptions } from "./store.ts";
import type { Offer } from "./transfer.ts";
import { type Authorities, changedFields } from "./words.ts";

/** What an import would change, and the choice between merging and replacing. */
export function ImportOffer(props: { offer: Offer; settings: Settings; authorities: Authorities }) {
	const { offer, settings, authorities } = props;
	const { transfer } = useOptions();
	const heading = useRef<HTMLHeadingElement>(null);
	const { added, changed, same, missing } = offer.preview;
	const changesNothing = added.length + changed.length + missing.length === 0;

	useEffect(() => heading.current?.focus(), []);

	return (
		<div class="stack options-offer">
			<h3 ref={heading} tabIndex={-1}>
				{t("optionsPreviewOf", isolate(offer.name))}
			</h3>
			<Group words={plural("optionsPreviewAdded", added.length)} count={added.length}>
				{added.map((rule) => (
					<RuleLine key={rule.id} rule={rule} authorities={authorities} />
				))}
			</Group>
			<Group words={plural("optionsPreviewChanged", changed.length)} count={changed.length}>
				{changed.map(({ before, after }) => (
					<RuleLine key={after.id} rule={after} authorities={authorities}>
						<p class="small">{t("optionsPreviewFields", list(changedFields(before, after)))}</p>
					</RuleLine>
				))}
			</Group>
			<Group words={plural("optionsPreviewMissing", missing.length)} count={missing.length}>
				{missing.map((rule) => (
					<RuleLine key={rule.id} rule={rule} authorities={authorities} />
				))}
			</Group>
			{same.length > 0 && <p class="small soft">{plural("optionsPreviewSame", same.length)}</p>}
			{changesNothing && <p>{t("optionsPreviewNothing")}</p>}
			<SettingsQuestion wanted={offer.preview.settings} settings={settings} />
			<div class="row">
				<Button onClick={() => void transfer.take("merge")}>{t("optionsMerge")}</Button>
				{missing.length > 0 && (
					<Button look="danger" onClick={() => void transfer.take("replace")}>
						{plural("optionsReplace", missing.length)}
					</Button>
				)}
				<Button look="link" onClick={() => transfer.cancel()}>
					{t("optionsCancel")}
				</Button>
			</div>
		</div>
	);
}

function Group({ words, count, children }: { words: string; count: number; children: ComponentChildren }) {
	if (count === 0) return null;
	return (
		<div class="stack-tight">
			<p class="label">{words}</p>
			<ul class="options-preview">{children}</ul>
		</div>
	);
}

function RuleLine(props: { rule: Rule; authorities: Authorities; children?: ComponentChildren }) {
	const { rule, authorities, children } = props;
	return (
		<li class="stack-tight">
			<div class="row row-spread">
				<bdi class="host">{ownWords(rule.title)}</bdi>
				<RuleTag rule={rule} />
			</div>
			{children}
			<RuleWords rule={rule} authorities={authorities} />
		</li>
	);
}

const SETTING_WORDS = {
	unverifiable: { block: "optionsUnverifiableBlock", allow: "optionsUnverifiableAllow" },
	preflight: {
		off: "optionsPreflightOff",
		credentials: "optionsPreflightCredentials",
		always: "optionsPreflightAlways",
	},
	changedCountry: { off: "optionsChangedCountryOff", warn: "optionsChangedCountry" },
} as const;

function settingWords({ unverifiable, preflight, changedCountry }: Partial<Settings>): string[] {
	return [
		unverifiable && `${t("optionsUnverifiable")}: ${t(SETTING_WORDS.unverifiable[unverifiable])}`,
		preflight && t(SETTING_WORDS.preflight[preflight]),
		changedCountry && t(SETTING_WORDS.changedCountry[changedCountry]),
	].filter((words) => typeof words === "string");
}

/** A document's settings are taken only when they are asked for separately. */
function SettingsQuestion({ wanted, settings }: { wanted: Partial<Settings> | null; settings: Settings }) {
	const { transfer } = useOptions();
	const different = Object.entries(wanted ?? {}).filter(([key, value]) => settings[key as keyof Settings] !== value);
	if (different.length === 0) return null;
	return (
		<label class="options-choice">
			<input
				type="checkbox"
				checked={transfer.withSettings.value}
				onChange={(event) => transfer.setWithSettings(event.currentTarget.checked)}
			/>
			<span>
				<span class="label">{t("optionsTakeSettings")}</span>
				{settingWords(Object.fromEntries(different)).map((words) => (
					<span key={words} class="options-choice-hint">
						{words}
					</span>
				))}
			</span>
		</label>
	);
}
