import { type Explainer, host } from "./explanation.ts";

/** An error was clicked through, and the rules accept that here: a router, a printer. */
export const acceptedError: Explainer = {
	id: "accepted-error",
	source: "docs/policy.md",
	says: ({ stopped, overridden, letThrough, host: site }) =>
		stopped === null && overridden.length > 0 && letThrough.length === 0
			? { weight: "warning", key: "popupUnvouchedWhy", args: [host(site)] }
			: null,
};
