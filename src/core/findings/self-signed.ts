import type { Explainer } from "./explanation.ts";
import { kindOf } from "./kind.ts";

/**
 * An error was clicked through, and the document names nobody but itself as who vouches for it. Whether its signature
 * fits its own key is known only where the whole document is at hand.
 */
export const selfSigned: Explainer = {
	id: "self-signed",
	source: "RFC 5280 section 3.2",
	says(facts) {
		if (facts.selfSigned === null || !facts.overridden.includes("trust")) return null;
		const weight = kindOf(facts) === "overridden" ? "refused" : "warning";
		const key = facts.selfSigned.fitsItsKey === false ? "foundSelfSignedMisfit" : "foundSelfSigned";
		return { weight, key, args: [] };
	},
};
