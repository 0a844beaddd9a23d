import { type Explainer, text } from "./explanation.ts";

/** What the catalogue knows of who vouches: the newest of what happened. */
export const knownIncident: Explainer = {
	id: "known-incident",
	source: "docs/data.md",
	says({ incidents }) {
		const [newest] = incidents;
		if (newest === undefined) return null;
		const { name, date, summary, source } = newest;
		return { weight: "notice", key: "foundIncident", args: [text(name), text(date), text(summary)], source };
	},
};
