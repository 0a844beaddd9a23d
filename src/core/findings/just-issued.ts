import type { Explainer } from "./explanation.ts";
import { isShipped } from "./names.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** The document was made within a day. New sites have such ones, and each site has now and then. */
export const justIssued: Explainer = {
	id: "just-issued",
	source: "RFC 5280 section 4.1.2.5 (notBefore)",
	says(facts) {
		const [leaf] = facts.chain;
		// Those that add a root make a document for each visit.
		if (leaf === undefined || !isShipped(facts)) return null;
		const age = facts.now - leaf.notBefore;
		return age >= 0 && age < DAY_MS ? { weight: "note", key: "foundJustIssued", args: [] } : null;
	},
};
