import { t } from "../browser/i18n.ts";
import type { AdminView } from "../protocol.ts";
import { ownWords } from "../ui/builtIn.ts";
import { English } from "../ui/English.tsx";
import { Notice } from "../ui/Notice.tsx";
import { Reported } from "./Reported.tsx";
import { RuleTag, RuleWords } from "./RuleRow.tsx";
import { Section } from "./Section.tsx";
import type { Authorities } from "./words.ts";

/** What an administrator set: shown, and not to be changed here. */
export function Admin({ admin, authorities }: { admin: AdminView; authorities: Authorities }) {
	const { policy, locked, reported, error } = admin;
	return (
		<Section title={t("optionsAdmin")} intro={t(locked ? "optionsAdminLocked" : "optionsAdminIntro")}>
			{error !== null && (
				<Notice state="warned">
					<p class="host">{t("optionsAdminError")}</p>
					<p>
						<English>{error}</English>
					</p>
				</Notice>
			)}
			{policy.rules.length > 0 && (
				<ul class="options-list">
					{policy.rules.map((rule) => (
						<li key={rule.id} class="options-item options-rule">
							<div class="options-rule-head">
								<bdi class="options-rule-title">{ownWords(rule.title)}</bdi>
								<RuleTag rule={rule} />
							</div>
							<RuleWords rule={rule} authorities={authorities} />
						</li>
					))}
				</ul>
			)}
			<Reported reported={reported} />
		</Section>
	);
}
