import { clickedWeight } from "./clicked.ts";
import { type Explainer, host } from "./explanation.ts";

/** Firefox found nobody it trusts who vouches, and its warning was clicked away. */
export const clickedTrust: Explainer = {
	id: "clicked-trust",
	source: "RFC 5280 section 6.1",
	says(facts) {
		const weight = clickedWeight(facts, "trust");
		return weight && { weight, key: "whyOverriddenTrust", args: [host(facts.host)] };
	},
};
