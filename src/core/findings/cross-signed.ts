import { type Explainer, host, name } from "./explanation.ts";
import { refusedIn } from "./refused.ts";

/** The refused authority's key stands under another authority, which Firefox trusts. That changes nothing. */
export const crossSigned: Explainer = {
	id: "cross-signed",
	source: "RFC 5280 section 3.2 (cross-certificates)",
	says(facts) {
		const refused = refusedIn(facts);
		if (refused === null || refused.lower !== null || refused.anchor === null) return null;
		const args = [host(facts.host), name(refused.name), name(refused.anchor)];
		return { weight: "refused", key: "whyCrossSigned", args };
	},
};
