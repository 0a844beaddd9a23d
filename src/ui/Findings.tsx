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

/** A sentence with the shape for its weight before it. */
export function Finding({ explanation, now }: { explanation: Explanation; now: number }) {
	return (
		<span class="finding">
			<WeightIcon weight={explanation.weight} />
			<span>
				<Say what={sentenceOf(explanation, now)} />
			</span>
		</span>
	);
}

/** What is known, most important first. */
export function Findings({ explanations, now }: { explanations: readonly Explanation[]; now: number }) {
	return (
		<ul class="findings">
			{explanations.map((explanation) => (
				<li key={explanation.id}>
					<Finding explanation={explanation} now={now} />
				</li>
			))}
		</ul>
	);
}

/** On request, where each of them comes from. */
export function Sources({ explanations, now }: { explanations: readonly Explanation[]; now: number }) {
	return (
		<Disclosure summary={t("foundWhy")}>
			<dl class="finding-sources small">
				{explanations.map((explanation) => (
					<div key={explanation.id}>
						<dt>
							<Say what={sentenceOf(explanation, now)} />
						</dt>
						<dd class="soft">
							<bdi lang="en" dir="ltr">
								{explanation.source}
							</bdi>
						</dd>
					</div>
				))}
			</dl>
		</Disclosure>
	);
}
