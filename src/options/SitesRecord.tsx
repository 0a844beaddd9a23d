import { plural, t } from "../browser/i18n.ts";
import { Button } from "../ui/Button.tsx";
import { date } from "../ui/names.ts";
import { Switch } from "../ui/Switch.tsx";
import { useOptions } from "./store.ts";

/** Whether it is kept which authorities vouched for which sites; and forgetting it. */
export function SitesRecord() {
	const store = useOptions();
	const sites = store.sites.value;
	if (sites === undefined) return null;
	return (
		<div class="card stack-tight">
			<Switch on={sites.on} onChange={(on) => void store.keepSites(on)}>
				<span class="label">{t("optionsKeepSites")}</span>
			</Switch>
			<p class="small soft">{t("optionsKeepSitesHint")}</p>
			{sites.total > 0 && (
				<p class="row">
					<span class="small">
						{sites.since === null
							? plural("optionsSitesKnown", sites.total)
							: plural("optionsSitesKnownSince", sites.total, date(sites.since))}
					</span>
					<Button small onClick={() => void store.clearSites()}>
						{t("optionsClearSites")}
					</Button>
				</p>
			)}
		</div>
	);
}
