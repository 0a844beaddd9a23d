/**
 * Checks servers again and again, and tells what changed, once. Pure but for what it is given: the clock, the checks and
 * where the memory goes.
 */
import type { Catalogue } from "../../src/core/policy.ts";
import {
	MAX_WATCHED,
	MAX_WATCHED_AUTHORITIES,
	WATCH_VERSION,
	type WatchedAuthority,
	type WatchedServer,
	type WatchMemory,
} from "../../src/schema/watch.ts";
import type { Checked, Target } from "./outcome.ts";
import { isShown, type Vouching, vouchingOf } from "./report.ts";
import { nameOf } from "./target.ts";

/** What is told while watching. */
export type WatchEvent =
	/** A server that was never looked at before; or `again`: that was, by an earlier watch, and is as it was. */
	| { readonly kind: "first"; readonly checked: Checked; readonly again: boolean; readonly server: WatchedServer }
	/** It is not as it was when it was last told of. `before`: who vouched until now, where that changed. */
	| {
			readonly kind: "changed";
			readonly checked: Checked;
			readonly before: WatchedAuthority | null;
			/** It could not be looked at for a while, and is as it was before that. */
			readonly back: boolean;
			readonly server: WatchedServer;
	  }
	/** No server could be reached: there is no network. Nothing is held against the servers. */
	| { readonly kind: "offline"; readonly at: number }
	| { readonly kind: "online"; readonly at: number };

/** Time, as a watch needs it. */
export interface Clock {
	/** Milliseconds since 1970. */
	now(): number;
	/** Ends after so many milliseconds, or when the signal says so. Never rejects. */
	wait(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export interface WatchOptions {
	readonly targets: readonly Target[];
	readonly intervalMs: number;
	readonly catalogue: Catalogue;
	readonly clock: Clock;
	readonly signal: AbortSignal;
	/** Looks at all servers, each in its place. Never rejects. */
	readonly look: (targets: readonly Target[]) => Promise<readonly Checked[]>;
	readonly memory: WatchMemory;
	readonly tell: (event: WatchEvent) => void;
	/** Writes the memory down. Never rejects. */
	readonly keep: (memory: WatchMemory) => Promise<void>;
}

/** How often the clock is looked at: timers stand still while a computer sleeps, the clock does not. */
const LOOK_AT_CLOCK_MS = 30_000;

/** How soon to try again without a network. */
const OFFLINE_RETRY_MS = 30_000;

/** How a server is, in a text that is the same for the same. A new document of the same authority is no change. */
function stateOf(checked: Checked, voucher: Vouching | null): string {
	if (!isShown(checked)) return checked.outcome;
	const { verdict } = checked;
	const rule = "finding" in verdict ? verdict.finding.rule.ref : "";
	const why = checked.verified ? "" : checked.why.join("+");
	return [checked.outcome, why, rule, voucher?.key ?? ""].join("|").slice(0, 500);
}

const clip = (text: string): string => text.slice(0, 500);

function remember(
	authorities: readonly WatchedAuthority[],
	{ key, name, country }: Vouching,
	at: number,
): WatchedAuthority[] {
	const known = authorities.find((one) => one.key === clip(key));
	const others = authorities.filter((one) => one !== known);
	const seen = {
		key: clip(key),
		name: clip(name),
		country: country && clip(country),
		first: known?.first ?? at,
		last: at,
	};
	return [...others, seen].slice(-MAX_WATCHED_AUTHORITIES);
}

const NOBODY: WatchedServer = { told: null, shown: null, voucher: null, authorities: [] };

/** What one more look at a server adds: what to remember of it, and what to tell, if anything. */
export function compare(
	checked: Checked,
	known: WatchedServer | undefined,
	catalogue: Catalogue,
	isFirst: boolean,
): { readonly server: WatchedServer; readonly event: WatchEvent | null } {
	const before = known ?? NOBODY;
	const voucher = isShown(checked) ? vouchingOf(checked, catalogue) : null;
	const state = stateOf(checked, voucher);
	const server: WatchedServer = {
		told: state,
		shown: voucher ? state : before.shown,
		voucher: voucher ? clip(voucher.key) : before.voucher,
		authorities: voucher ? remember(before.authorities, voucher, checked.at) : before.authorities,
	};
	const isSame = before.told === state;
	if (before.told === null || (isFirst && isSame)) {
		return { server, event: { kind: "first", checked, again: before.told !== null, server } };
	}
	if (isSame) return { server, event: null };
	const back = voucher !== null && before.shown === state;
	const changed = voucher !== null && before.voucher !== null && before.voucher !== clip(voucher.key);
	const former = changed ? (before.authorities.find(({ key }) => key === before.voucher) ?? null) : null;
	return { server, event: { kind: "changed", checked, before: former, back, server } };
}

/** The servers that are watched, and of the others as many as may be remembered, the last ones that were added. */
function bounded(servers: Readonly<Record<string, WatchedServer>>, watched: ReadonlySet<string>) {
	const all = Object.entries(servers);
	if (all.length <= MAX_WATCHED) return servers;
	const others = all.filter(([name]) => !watched.has(name));
	const ours = all.filter(([name]) => watched.has(name));
	return Object.fromEntries([...others.slice(all.length - MAX_WATCHED), ...ours]);
}

/** Whether all that is known is that nothing could be reached. One server alone may be down by itself. */
const isOffline = (round: readonly Checked[]): boolean =>
	round.every(({ outcome }) => outcome === "unreachable" || outcome === "timeout");

/** What a busy server or a bad moment does to an honest connection. */
const PASSING: readonly Checked["outcome"][] = ["unreachable", "timeout", "cut", "turned-away"];

/**
 * A look that looks once more, at once, at what may have failed by chance, so that a bad moment is not told of as a change.
 * Where nothing at all was reached there is no network, and once is enough.
 */
export const steadily =
	(look: WatchOptions["look"]): WatchOptions["look"] =>
	async (targets) => {
		const round = await look(targets);
		const failed = round.filter(({ outcome }) => PASSING.includes(outcome));
		if (failed.length === 0 || isOffline(round)) return round;
		const again = new Map((await look(failed.map(({ target }) => target))).map((checked) => [checked.target, checked]));
		return round.map((checked) => again.get(checked.target) ?? checked);
	};

/**
 * Watches until the signal says to stop.
 *
 * @returns the last whole round; empty where there was none
 */
export async function watch(options: WatchOptions): Promise<readonly Checked[]> {
	const { targets, intervalMs, catalogue, clock, signal, look, tell, keep } = options;
	const servers: Record<string, WatchedServer> = { ...options.memory.servers };
	const seen = new Set<string>();
	let offline = false;
	let last: readonly Checked[] = [];
	while (!signal.aborted) {
		const start = clock.now();
		const round = await look(targets);
		if (signal.aborted) break;
		last = round;
		const nothing = isOffline(round);
		if (nothing !== offline) tell({ kind: nothing ? "offline" : "online", at: clock.now() });
		offline = nothing;
		if (!nothing) {
			for (const checked of round) {
				const name = nameOf(checked.target);
				const { server, event } = compare(checked, servers[name], catalogue, !seen.has(name));
				seen.add(name);
				servers[name] = server;
				if (event) tell(event);
			}
			await keep({ version: WATCH_VERSION, servers: bounded(servers, seen) });
		}
		const pause = nothing ? Math.min(intervalMs, OFFLINE_RETRY_MS) : intervalMs;
		await until(start + pause, pause, clock, signal);
	}
	return last;
}

/** Waits for a time of the clock; never longer than `longest`, also where the clock was set back. */
async function until(time: number, longest: number, clock: Clock, signal: AbortSignal): Promise<void> {
	let waited = 0;
	while (!signal.aborted) {
		const left = Math.min(time - clock.now(), longest - waited);
		if (left <= 0) return;
		const step = Math.min(left, LOOK_AT_CLOCK_MS);
		await clock.wait(step, signal);
		waited += step;
	}
}
