import { t } from "../browser/i18n.ts";
import { isElsewhere } from "./builtIn.ts";

/** Words that are in English whatever the page is in, and marked so: for screen readers, and on the page. */
export function English({ children }: { children: string }) {
	return (
		<>
			<bdi lang="en" dir="ltr">
				{children}
			</bdi>
			{isElsewhere() && <> ({t("uiInEnglish")})</>}
		</>
	);
}
