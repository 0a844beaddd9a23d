import { t } from "../browser/i18n.ts";
import { Notice } from "../ui/Notice.tsx";

/** How to let Countersign into private windows. No extension may open that page or do it by itself. */
export function PrivateWindows() {
	return (
		<Notice state="not-checked">
			<p class="host">{t("optionsPrivateTitle")}</p>
			<p>{t("optionsPrivateWhat")}</p>
			<ol class="options-steps">
				<li>{t("optionsPrivateStep1")}</li>
				<li>{t("optionsPrivateStep2")}</li>
				<li>{t("optionsPrivateStep3")}</li>
			</ol>
		</Notice>
	);
}
