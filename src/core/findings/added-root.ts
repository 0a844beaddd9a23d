import { type Explainer, host, name } from "./explanation.ts";
import { anchor, isAdded, shortName } from "./names.ts";

/** The site rests on an authority that Firefox does not ship. */
export const addedRoot: Explainer = {
	id: "added-root",
	source: "Firefox: CertificateInfo.isBuiltInRoot",
	says(facts) {
		const last = anchor(facts);
		if (!isAdded(facts) || last === undefined || facts.stopped !== null) return null;
		return { weight: "warning", key: "foundAddedRoot", args: [name(shortName(last)), host(facts.host)] };
	},
};
