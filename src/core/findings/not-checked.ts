import type { Explainer } from "./explanation.ts";
import type { NotChecked } from "./facts.ts";

const KEYS: Readonly<Record<Exclude<NotChecked, "http">, string>> = {
	"before-start": "popupBeforeStart",
	restricted: "popupRestricted",
	"not-web": "popupNotWeb",
	private: "popupPrivate",
	"no-connection": "popupNoConnection",
	unreadable: "popupUnreadable",
	empty: "popupEmpty",
};

/** The page was not judged, and why. */
export const notChecked: Explainer = {
	id: "not-checked",
	source: "docs/limits.md",
	says: ({ notChecked: why }) => (why === null || why === "http" ? null : { weight: "note", key: KEYS[why], args: [] }),
};
