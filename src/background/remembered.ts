/**
 * The memory of refused hosts, put to use: what was refused a moment ago is not sent to at all, so
 * that a refused server gets no more than one request's worth.
 */
import type { BlockingResponse, RequestDetails } from "../browser/webRequest.ts";
import type { Connection } from "../core/judge.ts";
import type { Batches } from "./batches.ts";
import { BoundedMap } from "./bounded.ts";
import { fault } from "./faults.ts";
import type { Hosts, RememberedHost } from "./hosts.ts";
import { isPrivateAddress } from "./local.ts";
import { type Probes, proxyOf } from "./probes.ts";
import { readTarget, type Target } from "./target.ts";

/** A host may be another's again; it is asked at most this often. */
const ASK_AGAIN_MS = 30_000;
const MAX_ASKED = 1000;

export interface RememberedDeps {
	readonly hosts: Hosts;
	readonly probes: Probes;
	readonly batches: Batches;
	/** Milliseconds since 1970. */
	readonly now: () => number;
	readonly isRefused: (connection: Connection, target: Target, isPrivate: boolean) => boolean;
	/** Stops a request that has not left, as what was found asks for. `fresh`: it was found just now. */
	readonly refuse: (
		details: RequestDetails,
		target: Target,
		connection: Connection,
		fresh: boolean,
	) => Promise<BlockingResponse>;
	readonly broken: (details: RequestDetails) => Promise<BlockingResponse>;
	/** Requests to this host need not be asked about any more. */
	readonly unwatch: (host: string) => void;
}

const PASS: BlockingResponse = {};
const CANCEL: BlockingResponse = { cancel: true };

export class Remembered {
	readonly #deps: RememberedDeps;
	readonly #asked = new BoundedMap<string, number>(MAX_ASKED);

	constructor(deps: RememberedDeps) {
		this.#deps = deps;
	}

	/** For `webRequest.onBeforeRequest` of hosts that were refused, blocking. Never throws, never rejects. */
	onBeforeRequest = (details: RequestDetails): BlockingResponse | Promise<BlockingResponse> => {
		try {
			fault("remembered");
			if (this.#deps.probes.isProbe(details)) {
				return this.#deps.probes.asked(details).then((mayLeave) => (mayLeave ? PASS : CANCEL));
			}
			const target = readTarget(details.url);
			if (!target) return PASS;
			const isPrivate = details.incognito === true;
			const known = this.#deps.hosts.remembered(target, isPrivate);
			if (!known?.connection) {
				if (!this.#deps.hosts.isWatched(target.name)) this.#deps.unwatch(target.name);
				// It is judged when it answers.
				return PASS;
			}
			const held = this.#decide(details, target, known, known.connection).catch(() => this.#deps.broken(details));
			this.#deps.hosts.hold(target.name, isPrivate, held);
			return this.#deps.batches.putOff(held);
		} catch {
			return this.#deps.broken(details);
		}
	};

	async #decide(
		details: RequestDetails,
		target: Target,
		known: RememberedHost,
		connection: Connection,
	): Promise<BlockingResponse> {
		const now = await this.#ask(details, target, known);
		fault("remembered-answer");
		if (now !== null && !this.#deps.isRefused(now, target, known.private)) {
			this.#deps.hosts.accept(target, known.private);
			return PASS;
		}
		return await this.#deps.refuse(details, target, now ?? connection, now !== null);
	}

	/** Who vouches for the host now, if it was time to ask and somebody answered. */
	async #ask(
		details: RequestDetails,
		target: Target,
		{ private: isPrivate, since }: RememberedHost,
	): Promise<Connection | null> {
		const now = this.#deps.now();
		const key = `${target.name}:${target.port}`;
		const asked = Math.max(since, this.#asked.get(key) ?? since);
		// A probe would tell the network at hand what a private window is after.
		if (isPrivate || isPrivateAddress(target.host) || (now >= asked && now - asked < ASK_AGAIN_MS)) return null;
		this.#asked.set(key, now);
		const probed = await this.#deps.probes.probe(target, proxyOf(details));
		return probed.kind === "answered" ? probed.connection : null;
	}
}
