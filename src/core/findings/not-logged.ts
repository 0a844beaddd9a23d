import type { Explainer } from "./explanation.ts";
import { isAdded } from "./names.ts";

/**
 * The document does not stand in as many public logs as Firefox asks for. Firefox asks only of authorities that it ships,
 * and by itself makes it an error; so this is told of one that was clicked through, or where Firefox is set to report
 * only (tests/e2e/findings.test.ts).
 */
export const notLogged: Explainer = {
	id: "not-logged",
	source: "RFC 6962, Firefox: SecurityInfo.certificateTransparencyStatus",
	says(facts) {
		const status = facts.connection?.transparency;
		if (isAdded(facts) || (status !== "not-enough" && status !== "not-diverse")) return null;
		return { weight: "warning", key: "foundNotLogged", args: [] };
	},
};
