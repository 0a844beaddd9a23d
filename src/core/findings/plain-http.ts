import type { Explainer } from "./explanation.ts";

/** Nobody vouches for what comes over http, and anybody on the way can read it. */
export const plainHttp: Explainer = {
	id: "plain-http",
	source: "RFC 9110 section 4.2.1",
	says: ({ notChecked }) => (notChecked === "http" ? { weight: "warning", key: "popupHttp", args: [] } : null),
};
