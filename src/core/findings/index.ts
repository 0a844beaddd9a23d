/**
 * All that can be said of a connection, most important first. Each finding has a file of its own, named as its id: when it
 * applies, what it says, and where that comes from.
 */
import { acceptedError } from "./accepted-error.ts";
import { addedRefused } from "./added-refused.ts";
import { addedRoot } from "./added-root.ts";
import { addedRootHides } from "./added-root-hides.ts";
import { addedRootMeans } from "./added-root-means.ts";
import { authorityChanged } from "./authority-changed.ts";
import { byCountry } from "./by-country.ts";
import { byDate } from "./by-date.ts";
import { byName } from "./by-name.ts";
import { clickedDomain } from "./clicked-domain.ts";
import { clickedTime } from "./clicked-time.ts";
import { clickedTrust } from "./clicked-trust.ts";
import { crossSigned } from "./cross-signed.ts";
import { decision } from "./decision.ts";
import { type Explainer, type Explanation, explanationOf, type Weight } from "./explanation.ts";
import type { Facts } from "./facts.ts";
import { foreignAuthority } from "./foreign-authority.ts";
import { justIssued } from "./just-issued.ts";
import { knownIncident } from "./known-incident.ts";
import { letThrough } from "./let-through.ts";
import { longLived } from "./long-lived.ts";
import { namedSigner } from "./named-signer.ts";
import { newAuthority } from "./new-authority.ts";
import { notChecked } from "./not-checked.ts";
import { notLogged } from "./not-logged.ts";
import { oneDocument } from "./one-document.ts";
import { otherPapers } from "./other-papers.ts";
import { plainHttp } from "./plain-http.ts";
import { probed } from "./probed.ts";
import { proxied } from "./proxied.ts";
import { refusedAuthority } from "./refused-authority.ts";
import { selfSigned } from "./self-signed.ts";
import { unanswered } from "./unanswered.ts";
import { unreadable } from "./unreadable.ts";
import { vouched } from "./vouched.ts";
import { weakEncryption } from "./weak-encryption.ts";

/** What was found where something was stopped; the first that applies says most. */
const FOUND: readonly Explainer[] = [
	unanswered,
	unreadable,
	oneDocument,
	namedSigner,
	clickedTrust,
	clickedDomain,
	clickedTime,
	addedRefused,
	refusedAuthority,
	crossSigned,
];

/** In order of importance among those of the same weight. */
export const EXPLAINERS: readonly Explainer[] = [
	decision,
	letThrough,
	plainHttp,
	acceptedError,
	...FOUND,
	selfSigned,
	byCountry,
	byName,
	byDate,
	addedRoot,
	newAuthority,
	notLogged,
	weakEncryption,
	vouched,
	authorityChanged,
	knownIncident,
	longLived,
	addedRootMeans,
	addedRootHides,
	notChecked,
	probed,
	otherPapers,
	justIssued,
	foreignAuthority,
	proxied,
];

const WEIGHTS: readonly Weight[] = ["refused", "warning", "notice", "note"];

const allOf = (explainers: readonly Explainer[], facts: Facts): Explanation[] =>
	explainers.map((explainer) => explanationOf(explainer, facts)).filter((explanation) => explanation !== null);

/** All that can be said, most important first: by weight, then in the order of `EXPLAINERS`. Never throws. */
export function explain(facts: Facts): readonly Explanation[] {
	const said = allOf(EXPLAINERS, facts);
	return WEIGHTS.flatMap((weight) => said.filter((explanation) => explanation.weight === weight));
}

/** Who decided to stop it; null where that was nobody. */
export const whoDecided = (facts: Facts): Explanation | null => explanationOf(decision, facts);

/** What was found that had it stopped; null where it was not. */
export const whatWasFound = (facts: Facts): Explanation | null =>
	facts.stopped === null ? null : (allOf(FOUND, facts)[0] ?? null);
