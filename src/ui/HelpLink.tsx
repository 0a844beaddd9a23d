import { t } from "../browser/i18n.ts";

/** A link to the help, in a tab of its own. `at`: a part of it, by the id that its English title gives (docs/help.md). */
export function HelpLink({ at }: { at?: string }) {
	return (
		<a href={`/src/help/index.html${at === undefined ? "" : `#${at}`}`} target="_blank" rel="noreferrer">
			{t("helpTitle")}
		</a>
	);
}
