import { type Explainer, text } from "./explanation.ts";

/** A rule refuses whoever bears a name. */
export const byName: Explainer = {
	id: "by-name",
	source: "RFC 5280 section 4.1.2.6 (subject: O)",
	says: ({ selector }) =>
		selector !== null && "organization" in selector
			? { weight: "refused", key: "foundByName", args: [text(selector.organization)] }
			: null,
};
