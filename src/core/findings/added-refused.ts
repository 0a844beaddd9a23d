import { foundName } from "./decision.ts";
import { type Explainer, host, name } from "./explanation.ts";
import { kindOf } from "./kind.ts";

/** A rule refuses what does not come with Firefox, and the site rests on such an authority. */
export const addedRefused: Explainer = {
	id: "added-refused",
	source: "Firefox: CertificateInfo.isBuiltInRoot",
	says: (facts) =>
		kindOf(facts) === "added" && facts.overridden.length === 0
			? { weight: "refused", key: "whyAdded", args: [host(facts.host), name(foundName(facts))] }
			: null,
};
