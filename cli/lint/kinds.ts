/** Which of the documents that hold a policy a file is, and where in it the policy stands. */

import { listFaults } from "../../src/schema/list.ts";
import { type KnownAuthority, type Mode, managedFaults, policyFaults } from "../../src/schema/policy.ts";
import { type Fault, isObject } from "../../src/schema/say.ts";
import type { Path } from "./remark.ts";

/** As manifest.json has it. */
const EXTENSION = "countersign@webextension";

/**
 * `policy`: a policy document alone. `managed`: what an administrator deploys, `{"policy": …, "locked": …}`.
 * `policies`: Firefox's policies.json with that in it. `manifest`: the same in a native manifest for managed storage.
 * `list`: a refusal list.
 */
export type Kind = "policy" | "managed" | "policies" | "manifest" | "list";

export interface Document {
	readonly kind: Kind;
	/** Whose rules apply. */
	readonly mode: Mode;
	/** Where Countersign's own part starts. */
	readonly base: Path;
	/** Where the rules' document starts. */
	readonly policy: Path;
	/** All that is wrong with Countersign's part, paths from its start. */
	faults(known: KnownAuthority): readonly Fault[];
}

/** What stands at a path, or undefined. */
export function at(value: unknown, path: Path): unknown {
	let found = value;
	for (const key of path) {
		const inside = isObject(found) || Array.isArray(found) ? (found as Record<string | number, unknown>) : {};
		found = Object.hasOwn(inside, key) ? inside[key] : undefined;
	}
	return found;
}

function managed(kind: Kind, root: unknown, base: Path): Document {
	const value = at(root, base);
	return { kind, mode: "admin", base, policy: [...base, "policy"], faults: (known) => managedFaults(value, known) };
}

/**
 * Tells by its outermost names what a document is. What looks like none of the others is a policy document alone.
 *
 * @param mode of a policy document alone: whose it is to be
 */
export function documentOf(value: unknown, mode: Mode): Document {
	if (isObject(value)) {
		if (isObject(value.policies)) return managed("policies", value, ["policies", "3rdparty", "Extensions", EXTENSION]);
		if (value.type === "storage" && "data" in value) return managed("manifest", value, ["data"]);
		if ("list" in value && !("rules" in value)) {
			return { kind: "list", mode: "list", base: [], policy: ["policy"], faults: (known) => listFaults(value, known) };
		}
		if ("policy" in value && !("rules" in value)) return managed("managed", value, []);
	}
	return { kind: "policy", mode, base: [], policy: [], faults: (known) => policyFaults(value, mode, known) };
}
