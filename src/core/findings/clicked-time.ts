import { clickedWeight } from "./clicked.ts";
import { type Explainer, host } from "./explanation.ts";

/** The document was not valid on that day, and Firefox's warning was clicked away. */
export const clickedTime: Explainer = {
	id: "clicked-time",
	source: "RFC 5280 section 4.1.2.5",
	says(facts) {
		const weight = clickedWeight(facts, "time");
		return weight && { weight, key: "whyOverriddenTime", args: [host(facts.host)] };
	},
};
