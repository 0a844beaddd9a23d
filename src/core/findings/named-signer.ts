import { foundName } from "./decision.ts";
import { type Explainer, host, name } from "./explanation.ts";
import { kindOf } from "./kind.ts";

/** An error was clicked through, and the document says that a refused authority signed it. */
export const namedSigner: Explainer = {
	id: "named-signer",
	source: "RFC 5280 section 4.1.2.4",
	says(facts) {
		const kind = kindOf(facts);
		if (facts.overridden.length === 0 || kind === null || kind === "overridden" || kind === "document") return null;
		return { weight: "refused", key: "whyOverriddenNamed", args: [host(facts.host), name(foundName(facts))] };
	},
};
