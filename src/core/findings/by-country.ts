import { foundName } from "./decision.ts";
import { country, type Explainer, name } from "./explanation.ts";

/** A rule refuses a country's authorities, and this one is from there. */
export const byCountry: Explainer = {
	id: "by-country",
	source: "RFC 5280 section 4.1.2.6 (subject: C), or the catalogue's owner of the key",
	says(facts) {
		const { selector, overridden } = facts;
		if (selector === null || !("country" in selector) || overridden.length > 0) return null;
		return { weight: "refused", key: "foundByCountry", args: [name(foundName(facts)), country(selector.country)] };
	},
};
