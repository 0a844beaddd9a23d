import type { Unreadable } from "../chain.ts";
import { type Explainer, host } from "./explanation.ts";

const KEYS: Readonly<Record<Unreadable, string>> = {
	"no-information": "whyUnverifiable",
	"no-chain": "whyUnverifiable",
	"missing-field": "whyUnverifiableDocument",
	"too-long": "whyUnverifiableDocument",
	timeout: "whyUnverifiableTime",
	failed: "whyUnverifiable",
};

/** Nothing could be read of who vouches, so it was stopped. */
export const unreadable: Explainer = {
	id: "unreadable",
	source: "Firefox: webRequest.getSecurityInfo",
	says: (facts) =>
		facts.stopped === "unverifiable"
			? { weight: "refused", key: KEYS[facts.unreadable ?? "no-information"], args: [host(facts.host)] }
			: null,
};
