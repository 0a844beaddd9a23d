import { type Explainer, list } from "./explanation.ts";

/** Shown because the person let it, or parts of it, through. */
export const letThrough: Explainer = {
	id: "let-through",
	source: "docs/how-it-decides.md",
	says({ stopped, letThrough: hosts, host }) {
		const different = [...new Set(hosts)];
		if (stopped !== null || different.length === 0) return null;
		// What was let through can be the page itself or only what it shows from elsewhere.
		return {
			weight: "warning",
			key: "popupWarnedWhy",
			args: [list(different.includes(host) ? [host] : different)],
		};
	},
};
