/**
 * Looks names up, so that one that hangs holds up no other. Node asks the system two names at a time (libuv's "slow"
 * work), for as long as the system likes; where both places are taken by names that hang, DNS servers are asked
 * directly.
 */

import type { LookupAddress, LookupOptions } from "node:dns";
import * as dns from "node:dns";

/** How many names the system is asked at a time. */
const PLACES = 2;

/** How long a name waits for a place before DNS servers are asked. */
const PATIENCE_MS = 1000;

/** The ways to ask. */
export interface Ways {
	/** As all programs ask: files, DNS, and whatever else the system is set to. Rejects with the system's error. */
	readonly system: (name: string) => Promise<readonly LookupAddress[]>;
	/** DNS alone. Rejects with an error that has a code. */
	readonly direct: (name: string) => Promise<readonly LookupAddress[]>;
}

const system: Ways["system"] = (name) => dns.promises.lookup(name, { all: true });

const direct: Ways["direct"] = async (name) => {
	const resolver = new dns.promises.Resolver({ timeout: 3000, tries: 2 });
	const [four, six] = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
	const found: LookupAddress[] = [
		...(four.status === "fulfilled" ? four.value.map((address) => ({ address, family: 4 })) : []),
		...(six.status === "fulfilled" ? six.value.map((address) => ({ address, family: 6 })) : []),
	];
	if (found.length === 0 && four.status === "rejected") throw four.reason;
	return found;
};

type Done = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void;
/** As `net.connect` takes it. */
export type Lookup = (name: string, options: LookupOptions, done: Done) => void;

/** Makes a look-up. Names that are asked for at the same time are asked once. */
export function createLookup(ways: Ways = { system, direct }, patienceMs = PATIENCE_MS): Lookup {
	const waiting: (() => void)[] = [];
	const asked = new Map<string, Promise<readonly LookupAddress[]>>();
	let taken = 0;

	const leave = (): void => {
		taken--;
		waiting.shift()?.();
	};
	/** Whether there is a place, at once or in a while. */
	const place = (): Promise<boolean> => {
		if (taken < PLACES) {
			taken++;
			return Promise.resolve(true);
		}
		return new Promise((resolve) => {
			const enter = (): void => {
				clearTimeout(timer);
				taken++;
				resolve(true);
			};
			const timer = setTimeout(() => {
				waiting.splice(waiting.indexOf(enter), 1);
				resolve(false);
			}, patienceMs);
			waiting.push(enter);
		});
	};
	const ask = async (name: string): Promise<readonly LookupAddress[]> =>
		(await place()) ? ways.system(name).finally(leave) : ways.direct(name);

	return (name, _options, done) => {
		let asking = asked.get(name);
		if (!asking) {
			asking = ask(name).finally(() => asked.delete(name));
			asked.set(name, asking);
		}
		asking.then(
			(addresses) => done(null, [...addresses]),
			(error: NodeJS.ErrnoException) => done(error, []),
		);
	};
}

/** The one of this process: the places are the process's. */
export const lookup = createLookup();
