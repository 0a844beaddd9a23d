import { changeIn, isSteady } from "./changes.ts";
import { date, type Explainer, who } from "./explanation.ts";
import { short, shortName } from "./names.ts";

/** For months one authority vouched for this site, and no other. Now another does. */
export const newAuthority: Explainer = {
	id: "new-authority",
	source: "the record of sites on this device",
	says(facts) {
		const change = changeIn(facts);
		if (change === null || !isSteady(change, facts)) return null;
		const { then, now } = change;
		return {
			weight: "warning",
			key: "foundNewAuthority",
			args: [date(then.first), date(then.last), who(short(then.name), then.country), who(shortName(now), now.country)],
		};
	},
};
