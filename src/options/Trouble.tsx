import { t } from "../browser/i18n.ts";
import type { StorageTrouble } from "../protocol.ts";
import { Button } from "../ui/Button.tsx";
import { Disclosure } from "../ui/Disclosure.tsx";
import { Notice } from "../ui/Notice.tsx";
import { useOptions } from "./store.ts";

const WORDS = {
	"fell-back": { title: "optionsTroubleFellBack", what: "optionsTroubleFellBackWhat" },
	"first-rules": { title: "optionsTroubleFirstRules", what: "optionsTroubleFirstRulesWhat" },
	newer: { title: "optionsTroubleNewer", what: "optionsTroubleNewerWhat" },
} as const;

/** Something is wrong with what is stored: what is in force instead, and what can be saved. */
export function Trouble({ trouble }: { trouble: StorageTrouble }) {
	const store = useOptions();
	const words = WORDS[trouble.kind];
	return (
		<Notice state={trouble.kind === "fell-back" ? "warned" : "stopped"} live="polite">
			<p class="host">{t(words.title)}</p>
			<p>{t(words.what)}</p>
			<Disclosure summary={t("technicalTitle")}>
				<p class="mono" lang="en">
					{trouble.detail}
				</p>
			</Disclosure>
			<div class="row">
				<Button small onClick={() => void store.saveUnreadable()}>
					{t("optionsSaveUnreadable")}
				</Button>
				<Button small look="link" onClick={() => void store.dismissTrouble()}>
					{t("optionsDismiss")}
				</Button>
			</div>
		</Notice>
	);
}
