import { type Explainer, host, name } from "./explanation.ts";
import { refusedIn } from "./refused.ts";

/** A refused authority vouches for the site, by itself or through somebody that it vouches for. */
export const refusedAuthority: Explainer = {
	id: "refused-authority",
	source: "RFC 5280 section 3.2",
	says(facts) {
		const refused = refusedIn(facts);
		// `cross-signed` says it then.
		if (refused === null || (refused.lower === null && refused.anchor !== null)) return null;
		const { lower } = refused;
		return lower === null
			? { weight: "refused", key: "whyOnlyThrough", args: [host(facts.host), name(refused.name)] }
			: { weight: "refused", key: "whyThroughOther", args: [host(facts.host), name(lower), name(refused.name)] };
	},
};
