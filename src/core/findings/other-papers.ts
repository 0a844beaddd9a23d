import { knownAs } from "../name.ts";
import { otherPapers as papersOf } from "../papers.ts";
import { type Explainer, text } from "./explanation.ts";

/** The papers of an authority name somebody else than who owns its key: a "Starfield" root that is Amazon's. */
export const otherPapers: Explainer = {
	id: "other-papers",
	source: "the catalogue's owner of the key, docs/data.md",
	says({ chain }) {
		for (const certificate of chain.slice(1)) {
			const papers = papersOf(certificate);
			if (papers === null) continue;
			return { weight: "note", key: "foundOtherPapers", args: [text(papers), text(knownAs(certificate) ?? "")] };
		}
		return null;
	},
};
