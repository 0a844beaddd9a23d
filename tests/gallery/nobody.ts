/** A background that is gone. */
import { type Clock, clock } from "../../src/ui/clock.ts";

/** What comes of a question: Firefox's own words. */
export const nobody = (): Promise<never> =>
	Promise.reject(new Error("Could not establish connection. Receiving end does not exist."));

let looks = 0;
/** On which a minute passes each time that somebody looks, and nobody is called back. */
export const hurried: Clock = {
	now() {
		looks += 1;
		return clock.now() + 60_000 * looks;
	},
	after: () => () => undefined,
};
