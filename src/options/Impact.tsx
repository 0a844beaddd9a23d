import { useEffect } from "preact/hooks";
import { number, plural, t } from "../browser/i18n.ts";
import type { Rule } from "../core/policy.ts";
import type { Impact as Known } from "../protocol.ts";
import { Disclosure } from "../ui/Disclosure.tsx";
import { English } from "../ui/English.tsx";
import { Name } from "../ui/Name.tsx";
import { Text } from "../ui/Text.tsx";
import { useOptions } from "./store.ts";
import { namesAndMore } from "./words.ts";

/** Sites that are named in the sentence; the others are below it. */
const NAMED = 5;

/**
 * What rules that are not in force would have stopped, before they are switched on. `brief` where many stand
 * below each other: most of these would have stopped nothing.
 */
export function Impact({ rules, brief = false }: { rules: readonly Rule[]; brief?: boolean }) {
	const { impacts, sites } = useOptions();
	const key = impacts.keyOf(rules);
	const answer = impacts.answers.value.get(key);
	const known = sites.value;
	const nothing = known !== undefined && known.total === 0;
	useEffect(() => {
		if (answer !== undefined || nothing) return undefined;
		return impacts.ask(rules);
	}, [key, answer === undefined, nothing]);

	if (nothing) return <p class="small soft">{t(known.on ? "optionsImpactNothing" : "optionsImpactOff")}</p>;
	if (answer === undefined) return <p class="small soft">{t("optionsImpactAsked")}</p>;
	if (!answer.ok)
		return (
			<p class="small soft">
				<Text of="optionsImpactFailed" args={[<English key="error">{answer.error}</English>]} />
			</p>
		);
	if (brief && answer.impact.stopped + answer.impact.parts === 0) {
		return <p class="small soft">{t("optionsImpactBrief")}</p>;
	}
	return <Told impact={answer.impact} />;
}

/** The same of what is known already. */
export function Told({ impact: { total, stopped, sites, parts } }: { impact: Known }) {
	if (total === 0) return <p class="small soft">{t("optionsImpactNothing")}</p>;
	const named = stopped > NAMED + 1 ? sites.slice(0, NAMED) : sites;
	const rest = sites.slice(named.length);
	const beyond = stopped - sites.length;
	return (
		<div class="stack-tight options-impact">
			<p class="small">
				{stopped === 0
					? plural("optionsImpactNone", total)
					: plural("optionsImpactSome", total, number(stopped), namesAndMore(named, stopped - named.length))}
				{parts > 0 && ` ${plural("optionsImpactParts", parts)}`}
			</p>
			{rest.length > 0 && (
				<Disclosure summary={<span class="small">{t("optionsImpactAll")}</span>}>
					<ul class="options-sites small">
						{sites.map((site) => (
							<li key={site}>
								<Name of={site} />
							</li>
						))}
						{beyond > 0 && <li class="soft">{plural("optionsMore", beyond)}</li>}
					</ul>
				</Disclosure>
			)}
		</div>
	);
}
