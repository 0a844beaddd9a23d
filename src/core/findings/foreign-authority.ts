import { readHost } from "../host.ts";
import { countryOf } from "./countries.ts";
import { country, type Explainer, who } from "./explanation.ts";
import { isAdded, shortName } from "./names.ts";

/** The authority is of another country than the site's address. Most are: it is told, and means nothing by itself. */
export const foreignAuthority: Explainer = {
	id: "foreign-authority",
	source: "RFC 1591 section 2, ISO 3166-1",
	says(facts) {
		const [, first] = facts.chain;
		if (first === undefined || first.country === null || facts.overridden.length > 0 || isAdded(facts)) return null;
		const own = countryOf(readHost(facts.host));
		if (own === null || own.country === first.country) return null;
		return {
			weight: "note",
			key: "foundForeign",
			args: [country(own.country), who(shortName(first), first.country)],
		};
	},
};
