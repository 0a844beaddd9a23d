import { date, type Explainer } from "./explanation.ts";

/** A rule goes only for documents that were made after a day. */
export const byDate: Explainer = {
	id: "by-date",
	source: "RFC 5280 section 4.1.2.5 (notBefore), docs/policy.md",
	says({ rule, chain }) {
		const [leaf] = chain;
		if (rule === null || rule.issuedAfter === null || leaf === undefined) return null;
		return { weight: "refused", key: "foundByDate", args: [date(rule.issuedAfter), date(leaf.notBefore)] };
	},
};
