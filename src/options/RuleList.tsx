import type { Rule } from "../core/policy.ts";
import { ownWords } from "../ui/builtIn.ts";
import { RuleTag, RuleWords } from "./RuleRow.tsx";
import type { Authorities } from "./words.ts";

/** Rules that are only shown: what a set or a list would bring, or brings. */
export function RuleList({ rules, authorities }: { rules: readonly Rule[]; authorities: Authorities }) {
	return (
		<ul class="options-preview">
			{rules.map((rule) => (
				<li key={rule.id} class="stack-tight">
					<div class="row row-spread">
						<bdi class="host">{ownWords(rule.title)}</bdi>
						<RuleTag rule={rule} />
					</div>
					<RuleWords rule={rule} authorities={authorities} />
				</li>
			))}
		</ul>
	);
}
