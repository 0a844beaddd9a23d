import { type Explainer, host } from "./explanation.ts";

/** What carries data was held back: its site did not answer when asked who vouches for it. Nothing is known against it. */
export const unanswered: Explainer = {
	id: "unanswered",
	source: "docs/how-it-decides.md",
	says: (facts) =>
		facts.stopped === "unanswered" ? { weight: "notice", key: "whyUnanswered", args: [host(facts.host)] } : null,
};
