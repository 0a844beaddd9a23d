import { type Explainer, time } from "./explanation.ts";
import { isAdded } from "./names.ts";

/** The page came without a connection, so the site was asked separately. */
export const probed: Explainer = {
	id: "probed",
	source: "docs/how-it-decides.md",
	says(facts) {
		if (facts.probed === null) return null;
		const { stopped, overridden, letThrough, notChecked } = facts;
		// The headline tells the time where nothing else is to be said.
		const isPlain =
			stopped === null && notChecked === null && overridden.length === 0 && letThrough.length === 0 && !isAdded(facts);
		return isPlain
			? { weight: "note", key: "popupProbedAccepted", args: [] }
			: { weight: "note", key: "popupProbedWhy", args: [time(facts.probed)] };
	},
};
