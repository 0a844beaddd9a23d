/**
 * Keeps a way through from being taken by accident or by a script: not in the first second after it
 * came into view, not by a key held down, not by an event that no person made.
 */
import type { Clock } from "./clock.ts";

/** How long a way through must have been in view. */
export const FIRST_SECOND = 1000;

type Key = Pick<KeyboardEvent, "key" | "repeat">;

export interface Guard {
	/** It can be seen now. The second starts anew only if it could not be seen before. */
	shown(): void;
	/** It can not be seen any more: scrolled away, folded up, another tab or window in front. */
	hidden(): void;
	/** A key went down on it. False: it is held down, and the event must be prevented. */
	keyDown(event: Key): boolean;
	/** A key was let go. */
	keyUp(): void;
	/** Whether this event may take the way through. */
	allows(event: Pick<Event, "isTrusted">): boolean;
}

/** Makes a guard; nothing is in view yet. */
export function createGuard(clock: Clock): Guard {
	let since: number | null = null;
	let held = false;
	return {
		shown() {
			since ??= clock.now();
		},
		hidden() {
			since = null;
		},
		keyDown({ repeat }) {
			// A key that went down on another page and is still down arrives here as a repeat.
			held = repeat;
			return !repeat;
		},
		keyUp() {
			held = false;
		},
		allows({ isTrusted }) {
			return isTrusted && !held && since !== null && clock.now() - since >= FIRST_SECOND;
		},
	};
}
