/** What a judge says. The judge itself is made by `compile.ts`. */
import type { Channel, Evidence, Position, Unreadable } from "./chain.ts";
import type { Host } from "./host.ts";
import type { Rule, Selector, Source } from "./policy.ts";

/** A rule in force, with its public name. */
export interface RuleInForce {
	/** `id`, `admin/id`, or `list/<list>/id`. Unique among the rules in force. */
	readonly ref: string;
	readonly source: Source;
	/** The list that it came from, if it did. */
	readonly list?: { readonly id: string; readonly title: string };
	readonly rule: Rule;
	/** Whether a person may make an exception: never for `strict`, nor for an administrator's `block`. */
	readonly exceptable: boolean;
}

/**
 * What an exception is bound to: the key that was found, the leaf that was clicked through, or, for
 * a connection nothing could be read of, nothing but the host.
 */
export type Bound =
	| { readonly kind: "key"; readonly spki: string }
	| { readonly kind: "leaf"; readonly sha256: string }
	| { readonly kind: "host" };

/** What was found, and where. */
export interface Finding {
	readonly rule: RuleInForce;
	readonly selector: Selector;
	/** Position in the chain of the certificate that matched; 0 (the leaf) when clicked through. */
	readonly position: Position;
	readonly bound: Bound;
}

export interface Connection {
	/** Canonical host (see host.ts). */
	readonly host: Host;
	readonly evidence: Evidence;
	/** Decides nothing. Absent where Firefox said nothing. */
	readonly channel?: Channel;
}

export type Verdict =
	| { readonly outcome: "accept"; readonly excepted: readonly Finding[] }
	| {
			readonly outcome: "warn" | "refuse";
			readonly finding: Finding;
			readonly excepted: readonly Finding[];
	  }
	| { readonly outcome: "unverifiable"; readonly why: Unreadable };

/**
 * Whether the person let this finding through. Asked only for findings that decide, so it costs
 * nothing on ordinary connections.
 */
export type IsExcepted = (finding: Finding) => boolean;

/** Judges connections under one policy. Immutable: a changed policy is another judge. */
export interface Judge {
	readonly rules: readonly RuleInForce[];
	/** Never throws. */
	judge(connection: Connection, isExcepted?: IsExcepted): Verdict;
}
