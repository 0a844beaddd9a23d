import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { language, t } from "../browser/i18n.ts";
import { loadPresets } from "../catalogue/load.ts";
import { ownWords } from "./builtIn.ts";

/** Whether the page's words are in another language than English. */
export const isElsewhere = (): boolean => language().split("-")[0] !== "en";

/** Reasons that the ready-made sets come with. Asked for only where it matters which they are. */
const ready = signal<ReadonlySet<string>>(new Set());
let asked = false;

function askForReady(): void {
	if (asked || !isElsewhere()) return;
	asked = true;
	loadPresets().then(
		(presets) => {
			ready.value = new Set(presets.flatMap(({ policy }) => policy.rules.flatMap(({ reason }) => reason ?? [])));
		},
		// Only the mark is missing then.
		() => {
			asked = false;
		},
	);
}

/** Words that are in English whatever the page is in, and marked so: for screen readers, and on the page. */
export function English({ children }: { children: string }) {
	return (
		<>
			<bdi lang="en" dir="ltr">
				{children}
			</bdi>
			{isElsewhere() && <span class="in-english"> ({t("uiInEnglish")})</span>}
		</>
	);
}

/**
 * Why a rule is there, as whoever made it wrote it. Countersign's own reasons are shown in the person's
 * language, and those of the ready-made sets, which are in English only, are marked.
 */
export function Reason({ text }: { text: string }) {
	useEffect(askForReady, []);
	const words = ownWords(text);
	return words === text && ready.value.has(text) ? <English>{text}</English> : <bdi>{words}</bdi>;
}
