import { t } from "../browser/i18n.ts";
import type { Explanation, Weight } from "../core/findings/explanation.ts";
import { Disclosure } from "./Disclosure.tsx";
import { sentenceOf } from "./explain.ts";
import { StateIcon } from "./StateIcon.tsx";
import { Say } from "./Text.tsx";

/** A shape for each weight, so that it can be told without colour. Decoration: the sentence says the same. */
function WeightIcon({ weight }: { weight: Weight }) {
	if (weight === "refused") return <StateIcon state="stopped" />;
	if (weight === "warning") return <StateIcon state="warned" />;
	return (
		<svg
			class={weight === "notice" ? "icon state-unanswered" : "icon soft"}
			viewBox="0 0 24 24"
			aria-hidden="true"
			focusable="false"
		>
			{weight === "notice" ? (
				// A lower-case i in a disc.
				<path
					fill-rule="evenodd"
					d="M12 1.5a10.5 10.5 0 1 0 0 21 10.5 10.5 0 0 0 0-21zM10.6 10h2.8v8h-2.8zM12 5.3a1.7 1.7 0 1 1 0 3.4 1.7 1.7 0 0 1 0-3.4z"
				/>
			) : (
				<circle cx="12" cy="12" r="4" />
			)}
		</svg>
	);
}

/** What else is known, most important first, and on request where each of it, and of `lead`, comes from. */
export function Findings(props: { lead: Explanation | null; more: readonly Explanation[]; now: number }) {
	const { lead, more, now } = props;
	const all = lead === null ? more : [lead, ...more];
	return (
		<div class="stack-tight">
			{more.length > 0 && (
				<ul class="findings">
					{more.map((explanation) => (
						<li key={explanation.id} class={`finding finding-${explanation.weight}`}>
							<WeightIcon weight={explanation.weight} />
							<span>
								<Say what={sentenceOf(explanation, now)} />
							</span>
						</li>
					))}
				</ul>
			)}
			<Disclosure summary={t("foundWhy")}>
				<dl class="finding-sources small">
					{all.map((explanation) => (
						<div key={explanation.id}>
							<dt>
								<Say what={sentenceOf(explanation, now)} />
							</dt>
							<dd class="soft">
								<bdi>{explanation.source}</bdi>
							</dd>
						</div>
					))}
				</dl>
			</Disclosure>
		</div>
	);
}
