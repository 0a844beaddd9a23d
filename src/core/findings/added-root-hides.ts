import type { Explainer } from "./explanation.ts";
import { isAdded } from "./names.ts";

/** Whoever signs for all sites hides who really vouches for them. */
export const addedRootHides: Explainer = {
	id: "added-root-hides",
	source: "docs/limits.md",
	says: (facts) =>
		isAdded(facts) && facts.stopped === null ? { weight: "notice", key: "popupLocalRootWhy", args: [] } : null,
};
