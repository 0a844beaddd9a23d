/**
 * What is stored: one object with a version. Older versions are brought up to date by an ordered
 * table of steps; a newer one is left alone. Its shape is checked by `schema/state.ts` after that.
 */
import { messageOf } from "./error.ts";
import type { Bound } from "./judge.ts";
import type { FollowedList } from "./list.ts";
import { DEFAULT_SETTINGS, type Policy, type Rule, type Settings } from "./policy.ts";

export const STATE_VERSION = 3;

/** The person's own policy, with every setting filled in. */
export interface OwnPolicy {
	readonly rules: readonly Rule[];
	readonly settings: Settings;
}

/** A way through that outlives the session. Those of private windows and of a session are never stored. */
export interface StoredException {
	readonly id: string;
	/** Canonical host (see host.ts), as text. */
	readonly host: string;
	readonly port: number;
	/** Public name of the rule: `id`, `admin/id`, or `list/<list>/id`. */
	readonly rule: string;
	readonly bound: Bound;
	/** Name of what was found, for people. */
	readonly found: string;
	readonly lasts: "hour" | "day" | "always";
	/** Milliseconds since 1970; null for always. */
	readonly until: number | null;
	/** Milliseconds since 1970. */
	readonly created: number;
}

/** What the last change replaced. */
export interface Undo {
	readonly id: string;
	readonly what: "delete" | "edit" | "add" | "import" | "order" | "leave";
	/** Of the rule that was changed, or the list that was left, for people. */
	readonly title: string;
	/** The policy to go back to. */
	readonly policy: OwnPolicy;
	/** The list to follow again. */
	readonly list?: FollowedList;
}

export interface State {
	readonly version: typeof STATE_VERSION;
	readonly policy: OwnPolicy;
	readonly exceptions: readonly StoredException[];
	/**
	 * The last managed storage that was accepted, as it was deployed: `{"policy": …, "locked": …}`.
	 * Kept unread, so that a newer Countersign finds the selectors an older one did not know.
	 */
	readonly admin: unknown;
	/** In the order in which the person began to follow them. Ids are unique. */
	readonly lists: readonly FollowedList[];
	/** The first-run page was seen. */
	readonly welcomed: boolean;
	readonly undo: Undo | null;
}

/** What a fresh install stores. */
export function firstState(firstRules: Policy): State {
	return {
		version: STATE_VERSION,
		policy: { rules: firstRules.rules, settings: { ...DEFAULT_SETTINGS, ...firstRules.settings } },
		exceptions: [],
		admin: null,
		lists: [],
		welcomed: false,
		undo: null,
	};
}

/**
 * Brings a state to the next version. It gets what is stored unchecked, may throw on what it cannot
 * read, and must not change its argument.
 */
export type Migration = (state: Readonly<Record<string, unknown>>) => Record<string, unknown>;

/** At index n: from version n + 1 to version n + 2. Steps are only ever added at the end. */
export const MIGRATIONS: readonly Migration[] = [
	// Lists came with version 2.
	(state) => ({ ...state, lists: [] }),
	// The setting `changedCountry` came with version 3. It is off unless somebody asks for it.
	(state) => ({ ...state, policy: withChangedCountry(state.policy), undo: inUndo(state.undo) }),
];

/** What is none is left as it is, for the check of its shape to say so. */
function withChangedCountry(policy: unknown): unknown {
	const settings = (policy as OwnPolicy | null | undefined)?.settings;
	if (settings === undefined) return policy;
	return {
		...(policy as OwnPolicy),
		settings: { changedCountry: DEFAULT_SETTINGS.changedCountry, ...(settings as object) },
	};
}

function inUndo(undo: unknown): unknown {
	const policy = (undo as Undo | null | undefined)?.policy;
	return policy === undefined ? undo : { ...(undo as Undo), policy: withChangedCountry(policy) };
}

export type Migrated =
	/** In the newest shape, not yet checked. */
	| { readonly kind: "migrated"; readonly state: unknown }
	/** Written by a newer Countersign: reading it as ours would lose what it added. */
	| { readonly kind: "newer"; readonly version: number }
	| { readonly kind: "unreadable"; readonly detail: string };

/**
 * Brings what is stored to the newest version, one step at a time. Pure; never throws.
 *
 * @param migrations the steps, of which there is one fewer than versions
 */
export function migrate(stored: unknown, migrations: readonly Migration[] = MIGRATIONS): Migrated {
	if (typeof stored !== "object" || stored === null || Array.isArray(stored)) {
		return { kind: "unreadable", detail: "not an object" };
	}
	let state = stored as Record<string, unknown>;
	const newest = migrations.length + 1;
	const { version } = state;
	if (typeof version !== "number" || !Number.isInteger(version) || version < 1) {
		return { kind: "unreadable", detail: "no version" };
	}
	if (version > newest) return { kind: "newer", version };
	for (const [index, step] of migrations.entries()) {
		if (index + 1 < version) continue;
		try {
			state = { ...step(state), version: index + 2 };
		} catch (error) {
			const detail = messageOf(error);
			return { kind: "unreadable", detail: `version ${index + 1} could not be migrated: ${detail}` };
		}
	}
	return { kind: "migrated", state };
}
