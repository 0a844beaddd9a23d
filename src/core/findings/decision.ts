import type { Action, Source } from "../policy.ts";
import { type Arg, country, type Explainer, name, text } from "./explanation.ts";
import type { Facts } from "./facts.ts";
import { type Kind, kindOf } from "./kind.ts";
import { shortName, signerNamed } from "./names.ts";

const WHO: Readonly<Record<Source, Readonly<Record<Kind, Readonly<Record<Action, string>>>>>> = {
	person: {
		authority: { block: "whoAuthority", strict: "whoAuthorityStrict", warn: "whoAuthorityWarn" },
		country: { block: "whoCountry", strict: "whoCountryStrict", warn: "whoCountryWarn" },
		changed: { block: "whoChanged", strict: "whoChanged", warn: "whoChanged" },
		document: { block: "whoDocument", strict: "whoDocumentStrict", warn: "whoDocumentWarn" },
		added: { block: "whoAdded", strict: "whoAdded", warn: "whoAddedWarn" },
		overridden: { block: "whoOverridden", strict: "whoOverriddenStrict", warn: "whoOverriddenWarn" },
	},
	admin: {
		authority: { block: "whoAdminAuthority", strict: "whoAdminAuthority", warn: "whoAdminAuthorityWarn" },
		country: { block: "whoAdminCountry", strict: "whoAdminCountry", warn: "whoAdminCountryWarn" },
		changed: { block: "whoAdminChanged", strict: "whoAdminChanged", warn: "whoAdminChanged" },
		document: { block: "whoAdminDocument", strict: "whoAdminDocument", warn: "whoAdminDocumentWarn" },
		added: { block: "whoAdminAdded", strict: "whoAdminAdded", warn: "whoAdminAddedWarn" },
		overridden: {
			block: "whoAdminOverridden",
			strict: "whoAdminOverridden",
			warn: "whoAdminOverriddenWarn",
		},
	},
	// A list's strict acts as block.
	list: {
		authority: { block: "whoListAuthority", strict: "whoListAuthority", warn: "whoListAuthorityWarn" },
		country: { block: "whoListCountry", strict: "whoListCountry", warn: "whoListCountryWarn" },
		changed: { block: "whoChanged", strict: "whoChanged", warn: "whoChanged" },
		document: { block: "whoListDocument", strict: "whoListDocument", warn: "whoListDocumentWarn" },
		added: { block: "whoListAdded", strict: "whoListAdded", warn: "whoListAddedWarn" },
		overridden: { block: "whoListOverridden", strict: "whoListOverridden", warn: "whoListOverriddenWarn" },
	},
};

const MOST_OF_TITLE = 30;

/** A list's title up to some 30 characters. All of it stands inside Advanced. */
function shortTitle(title: string): string {
	const characters = Array.from(title);
	return characters.length <= MOST_OF_TITLE ? title : `${characters.slice(0, MOST_OF_TITLE).join("").trim()}…`;
}

/** Name of the authority that was found; of a clicked-through leaf, of who it says signed it. "" where there is none. */
export function foundName({ chain, position, overridden, host, rule }: Facts): string {
	const found = chain[position];
	if (found === undefined) return rule?.title ?? host;
	return overridden.length === 0 ? shortName(found) : (signerNamed(found) ?? rule?.title ?? "");
}

function argsOf(kind: Kind, facts: Facts): readonly Arg[] {
	if (kind === "authority") return [name(foundName(facts))];
	if (kind !== "country") return [];
	const { selector, chain, position } = facts;
	const code = selector !== null && "country" in selector ? selector.country : chain[position]?.country;
	return [country(code ?? "")];
}

/** Who decided to stop it: the person, an administrator, or a list that the person follows. */
export const decision: Explainer = {
	id: "decision",
	source: "docs/how-it-decides.md",
	says(facts) {
		if (facts.stopped === "unverifiable") return { weight: "refused", key: "whoUnverifiable", args: [] };
		const kind = kindOf(facts);
		if (kind === null || facts.rule === null) return null;
		const { source, action, list } = facts.rule;
		const args = [...(list === null ? [] : [text(shortTitle(list))]), ...argsOf(kind, facts)];
		return { weight: "refused", key: WHO[source][kind][action], args };
	},
};
