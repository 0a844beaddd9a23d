import { knownAs } from "../name.ts";
import { type Explainer, host, who } from "./explanation.ts";
import type { Described } from "./facts.ts";
import { anchor, isAdded, lowest, shortName } from "./names.ts";

const named = (certificate: Described) => who(shortName(certificate), certificate.country);

/** Who vouches for the site, and who for that one where it is somebody else. */
export const vouched: Explainer = {
	id: "vouched",
	source: "RFC 5280 section 3.2",
	says(facts) {
		if (facts.stopped !== null || facts.notChecked !== null || facts.overridden.length > 0 || isAdded(facts))
			return null;
		const first = lowest(facts);
		const last = anchor(facts);
		const site = host(facts.host);
		if (first === undefined || last === undefined) return { weight: "note", key: "popupProtectedPlain", args: [site] };
		return knownAs(first) === knownAs(last)
			? { weight: "note", key: "popupProtectedBy", args: [named(last), site] }
			: { weight: "note", key: "popupProtectedByTwo", args: [named(first), site, named(last)] };
	},
};
