import type { Explainer } from "./explanation.ts";
import { isShipped } from "./names.ts";

/**
 * The document does not stand in as many public logs as Firefox asks for. Firefox asks only of authorities that it
 * ships; of others it says that the question does not apply.
 */
export const notLogged: Explainer = {
	id: "not-logged",
	source: "RFC 6962, Firefox: SecurityInfo.certificateTransparencyStatus",
	says(facts) {
		const status = facts.connection?.transparency;
		if (!isShipped(facts) || (status !== "not-enough" && status !== "not-diverse")) return null;
		return { weight: "warning", key: "foundNotLogged", args: [] };
	},
};
