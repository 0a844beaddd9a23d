import { t } from "../browser/i18n.ts";
import type { OptionsView } from "../protocol.ts";
import { Button } from "../ui/Button.tsx";
import { AddRule } from "./AddRule.tsx";
import { useFocus } from "./focus.ts";
import { ADD, PAGE_TOP, RULES } from "./places.ts";
import { RuleEditor } from "./RuleEditor.tsx";
import { RuleRow } from "./RuleRow.tsx";
import { Section } from "./Section.tsx";
import { useOptions } from "./store.ts";

/** The person's rules, in the order in which they count. */
export function Rules({ view }: { view: OptionsView }) {
	const store = useOptions();
	const { rules, authorities } = view;
	const locked = store.locked.value;
	const editor = store.editor.value;
	const edited = editor?.draft.value.id ?? null;
	const adding = store.add.way.value !== null;
	const addButton = useFocus<HTMLButtonElement>(ADD);
	const heading = useFocus<HTMLHeadingElement>(RULES, PAGE_TOP);
	return (
		<Section
			headingRef={heading}
			title={t("optionsRules")}
			intro={t("optionsRulesIntro")}
			aside={
				!adding && (
					<Button look="primary" buttonRef={addButton} disabled={locked} onClick={() => store.add.open()}>
						{t("optionsAddRule")}
					</Button>
				)
			}
		>
			{locked && <p class="small soft">{t("optionsLockedRules")}</p>}
			{adding && <AddRule view={view} />}
			{editor !== null && edited === null && (
				<div class="card">
					<RuleEditor editor={editor} authorities={authorities} />
				</div>
			)}
			{rules.length === 0 && <p class="card soft">{t("optionsNoRules")}</p>}
			{rules.length > 0 && (
				<ol class="options-list">
					{rules.map((rule, index) => (
						<li key={rule.id} class="options-item">
							{editor !== null && edited === rule.id ? (
								<RuleEditor editor={editor} authorities={authorities} />
							) : (
								<RuleRow rule={rule} index={index} count={rules.length} authorities={authorities} />
							)}
						</li>
					))}
				</ol>
			)}
		</Section>
	);
}
