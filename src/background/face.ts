import type { ButtonFace } from "../browser/button.ts";
import { plural, t } from "../browser/i18n.ts";
import type { Refusal, TabState } from "../protocol.ts";
import type { TabDocument } from "./documents.ts";

/** What a document's tab is called in one word. */
export function stateOf(document: TabDocument): TabState {
	if (document.refusal !== null) return "stopped";
	if (document.connection === null) return "not-checked";
	if (document.used.size > 0) return "warned";
	const { evidence } = document.connection;
	if (evidence.kind === "chain" && evidence.chain.at(-1)?.builtInRoot === false) return "local-root";
	return "protected";
}

/** Whether anybody vouched: not where a clicked-through error is accepted, as for a router at home. */
const isVouched = (document: TabDocument): boolean =>
	document.connection?.evidence.kind !== "overridden" || document.used.size > 0;

const TITLES: Readonly<Record<TabState | "unanswered", string>> = {
	protected: "buttonProtected",
	stopped: "buttonStopped",
	warned: "buttonWarned",
	"local-root": "buttonLocalRoot",
	"not-checked": "buttonNotChecked",
	unanswered: "buttonUnanswered",
};

/**
 * The toolbar button for a document: a shape for the state, a number for stopped parts, and a title that says all of it in words,
 * a line each. `refusal`: the one whose block page the document is; of one that is unanswered nothing is known against the site.
 */
export function face(document: TabDocument, refusal: Refusal | null = null): ButtonFace {
	const isHeld = refusal?.outcome === "unanswered";
	const state = isHeld ? "unanswered" : isVouched(document) ? stateOf(document) : "not-checked";
	const host = refusal?.host ?? document.target?.name;
	const count = document.stoppedCount;
	return {
		icon: `icons/state-${state}.svg`,
		title: [t(TITLES[state]), ...(host ? [host] : []), ...(count > 0 ? [plural("popupParts", count)] : [])].join("\n"),
		badge: count === 0 ? "" : count > 999 ? "999+" : String(count),
	};
}
