import { clickedWeight } from "./clicked.ts";
import { type Explainer, host } from "./explanation.ts";

/** The document is another site's, and Firefox's warning was clicked away. */
export const clickedDomain: Explainer = {
	id: "clicked-domain",
	source: "RFC 9525 section 6",
	says(facts) {
		const weight = clickedWeight(facts, "domain");
		return weight && { weight, key: "whyOverriddenDomain", args: [host(facts.host)] };
	},
};
