import { type Explainer, host } from "./explanation.ts";
import { kindOf } from "./kind.ts";

/** The site's own document or key is what a rule names. */
export const oneDocument: Explainer = {
	id: "one-document",
	source: "docs/policy.md",
	says: (facts) =>
		kindOf(facts) === "document" ? { weight: "refused", key: "whyDocument", args: [host(facts.host)] } : null,
};
