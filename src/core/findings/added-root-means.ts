import type { Explainer } from "./explanation.ts";
import { kindOf } from "./kind.ts";
import { isAdded } from "./names.ts";

/** What an authority that was added can be there for. Which of these it is, nobody can tell from its name. */
export const addedRootMeans: Explainer = {
	id: "added-root-means",
	source: "https://support.mozilla.org/kb/setting-certificate-authorities-firefox",
	says: (facts) =>
		// It follows on what says that there is one.
		isAdded(facts) && (facts.stopped === null || kindOf(facts) === "added")
			? { weight: "notice", key: "foundAddedRootMeans", args: [] }
			: null,
};
