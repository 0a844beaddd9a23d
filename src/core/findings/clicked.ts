/** What the findings of clicked-through errors share: how much they weigh. */
import type { OverriddenKind } from "../chain.ts";
import type { Weight } from "./explanation.ts";
import type { Facts } from "./facts.ts";
import { kindOf } from "./kind.ts";

/** Null: there was no such error. */
export function clickedWeight(facts: Facts, kind: OverriddenKind): Weight | null {
	if (!facts.overridden.includes(kind)) return null;
	return kindOf(facts) === "overridden" ? "refused" : "warning";
}
