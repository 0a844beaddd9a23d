/**
 * Why something was stopped, in sentences. Rules 2–4 of warnings.md: who decided and why comes first,
 * nothing is claimed that is not known, and none of the technical words is used. What was decided and found is told by
 * the findings.
 */

import { t } from "../browser/i18n.ts";
import { foundName as nameFound } from "../core/findings/decision.ts";
import { whoDecided as decision, whatWasFound as found } from "../core/findings/index.ts";
import { kindOf } from "../core/findings/kind.ts";
import type { Refusal, Sent } from "../protocol.ts";
import { sentenceOf } from "./explain.ts";
import { factsOfRefusal } from "./facts.ts";
import { list } from "./names.ts";
import { type Sentence, say } from "./Text.tsx";

/** Name of the authority that was found; of a clicked-through leaf, of who it says signed it. */
export const foundName = (refusal: Refusal): string => nameFound(factsOfRefusal(refusal)) || t("uiNameless");

/** Who decided: the first sentence. */
export function whoDecided(refusal: Refusal): Sentence {
	const decided = decision(factsOfRefusal(refusal));
	return decided === null ? say("whoUnanswered") : sentenceOf(decided);
}

/** What was found: the second sentence. */
export function whatWasFound(refusal: Refusal): Sentence {
	const explanation = found(factsOfRefusal(refusal));
	return explanation === null ? say("whyUnverifiable", refusal.host) : sentenceOf(explanation);
}

/** What could happen: concrete nouns, and no claim that it does. */
export function whatCouldHappen(refusal: Refusal): Sentence {
	if (refusal.outcome === "unanswered") return say("couldUnanswered");
	if (refusal.rule === null) return say("couldMayNotBe");
	const facts = factsOfRefusal(refusal);
	const kind = kindOf(facts);
	if (kind === "overridden" || refusal.overridden.length > 0) return say("couldMayNotBe");
	if (kind === "document") return say("couldDocument");
	if (kind === "added") return say("couldAdded");
	return found(facts)?.key === "whyOnlyThrough"
		? say("couldAuthority")
		: say("couldAuthorityNamed", foundName(refusal));
}

/** What had already left before it could be judged. */
export function whatWasSent(sent: Sent | null): readonly Sentence[] {
	if (sent === null) return [say("sentUnknown")];
	const { cookies, authorization, body } = sent;
	const things = [
		// A sign-in in a header says all that cookies would.
		authorization === true && t("sentAuthorization"),
		authorization !== true && cookies === true && t("sentCookies"),
		authorization !== true && cookies === null && t("sentPerhapsCookies"),
		body && t("sentBody"),
	].filter((thing) => thing !== false);
	if (things.length === 0) return [say("sentNothing")];
	const sentence = say("sentThings", list([t("sentAddress"), ...things]));
	if (body) return [sentence, say("sentChangePassword")];
	return authorization === true ? [sentence, say("sentChangeSignIn")] : [sentence];
}
