/**
 * Why something was stopped, in sentences. Rules 2–4 of warnings.md: who decided and why comes first,
 * nothing is claimed that is not known, and none of the technical words is used. What was decided and found is told by
 * the findings.
 */

import { t } from "../browser/i18n.ts";
import { foundName as nameFound } from "../core/findings/decision.ts";
import { whoDecided as decision, whatWasFound as found } from "../core/findings/index.ts";
import { kindOf } from "../core/findings/kind.ts";
import { short } from "../core/findings/names.ts";
import { vouching } from "../core/voucher.ts";
import type { Refusal, Sent } from "../protocol.ts";
import { whatChanged, whatWasBefore } from "./before.ts";
import { sentenceOf } from "./explain.ts";
import { factsOfRefusal } from "./facts.ts";
import { list, nameOf } from "./names.ts";
import { type Sentence, say } from "./Text.tsx";

/** Name of the authority that was found; of a clicked-through leaf, of who it says signed it. */
export const foundName = (refusal: Refusal): string => nameFound(factsOfRefusal(refusal)) || t("uiNameless");

/** Who decided: the first sentence. */
export function whoDecided(refusal: Refusal): Sentence {
	const decided = decision(factsOfRefusal(refusal));
	return decided === null ? say("whoUnanswered") : sentenceOf(decided);
}

/** What was found: the second sentence. Where it is who vouches, and was another before, that says both. */
export function whatWasFound(refusal: Refusal): Sentence {
	const facts = factsOfRefusal(refusal);
	const kind = kindOf(facts);
	const isNamed = kind === "authority" || kind === "country" || kind === "changed";
	const changed = isNamed && isVouching(refusal) ? whatChanged(refusal, isLong(refusal.sent)) : null;
	if (changed !== null) return changed;
	const explanation = found(facts);
	return explanation === null ? say("whyUnverifiable", refusal.host) : sentenceOf(explanation);
}

/** Whether what is found is who vouches, as people would say. */
function isVouching(refusal: Refusal): boolean {
	const current = vouching(refusal.chain);
	return current !== undefined && short(nameOf(current)) === foundName(refusal);
}

/**
 * What was before, where the second sentence does not say it and it is another. Where something was sent there is no
 * room for it: what to do about that matters more.
 */
export function whatElse(refusal: Refusal): Sentence | null {
	const { outcome, sent } = refusal;
	if (outcome === "unanswered" || isLong(sent)) return null;
	if (whatWasFound(refusal).key.startsWith("whyChanged")) return null;
	return kindOf(factsOfRefusal(refusal)) === "document" ? null : whatWasBefore(refusal);
}

/** What could happen: concrete nouns, and no claim that it does. */
export function whatCouldHappen(refusal: Refusal): Sentence {
	if (refusal.outcome === "unanswered") return say("couldUnanswered");
	if (refusal.rule === null) return say("couldMayNotBe");
	const facts = factsOfRefusal(refusal);
	const kind = kindOf(facts);
	if (kind === "overridden" || refusal.overridden.length > 0) return say("couldMayNotBe");
	const isChanged = whatWasFound(refusal).key.startsWith("whyChanged");
	if (isChanged && isLong(refusal.sent)) return say("couldRead");
	if (kind === "changed") return say("couldChanged");
	if (kind === "document") return say("couldDocument");
	if (kind === "added") return say("couldAdded");
	return found(facts)?.key === "whyOnlyThrough"
		? say("couldAuthority")
		: say("couldAuthorityNamed", foundName(refusal));
}

/** Whether it takes many words to say what was sent. */
const isLong = (sent: Sent | null): boolean => whatWasSent(sent)[0]?.key === "sentThings";

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
