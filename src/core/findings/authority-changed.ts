import { changeIn, isSteady } from "./changes.ts";
import { date, type Explainer, who } from "./explanation.ts";
import { short, shortName } from "./names.ts";

/**
 * Another authority vouches than on the last visit. Sites do change, so it is a note where both of them vouched before,
 * and else worth knowing.
 */
export const authorityChanged: Explainer = {
	id: "authority-changed",
	source: "the record of sites on this device",
	says(facts) {
		const change = changeIn(facts);
		if (change === null || isSteady(change, facts)) return null;
		const { then, now, isKnown } = change;
		return {
			weight: isKnown ? "note" : "notice",
			key: "foundAuthorityChanged",
			args: [date(then.last), who(short(then.name), then.country), who(shortName(now), now.country)],
		};
	},
};
