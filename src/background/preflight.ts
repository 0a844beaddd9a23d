/**
 * Preflight: what would be lost if it fell into the wrong hands (cookies, passwords, what was typed)
 * does not leave for a site before it is known who vouches for it. By the time a certificate can be
 * seen, Firefox has sent the request; so a probe goes ahead of it.
 */
import type { BlockingResponse, RequestDetails } from "../browser/webRequest.ts";
import type { Connection } from "../core/judge.ts";
import type { Settings } from "../core/policy.ts";
import type { Batches } from "./batches.ts";
import { BoundedMap } from "./bounded.ts";
import type { Checked } from "./checked.ts";
import type { Credentialed } from "./credentialed.ts";
import { fault } from "./faults.ts";
import type { Hosts } from "./hosts.ts";
import { isLocalName, isPrivateAddress } from "./local.ts";
import { type Probed, type Probes, proxyOf } from "./probes.ts";
import { isSecure, readTarget, type Target } from "./target.ts";

export interface PreflightDeps {
	readonly probes: Probes;
	readonly checked: Checked;
	readonly credentialed: Credentialed;
	readonly hosts: Hosts;
	readonly batches: Batches;
	/** Resolves once rules are in force. */
	readonly ready: Promise<void>;
	readonly settings: () => Settings;
	/** Whether what a probe found is stopped by the rules in force, for the request that waits for it. */
	readonly isRefused: (connection: Connection, target: Target, details: RequestDetails) => boolean;
	/** As the guard's. */
	readonly memory: (details: RequestDetails) => Promise<void> | null;
	/** Stops a request that has not left, as what was found asks for. */
	readonly refuse: (details: RequestDetails, target: Target, connection: Connection) => Promise<BlockingResponse>;
	/** Stops a request that has not left, because the site did not answer. */
	readonly unanswered: (details: RequestDetails, target: Target) => Promise<BlockingResponse>;
	/** Stops a request of which nothing is known because something here is broken. */
	readonly broken: (details: RequestDetails) => Promise<BlockingResponse>;
	/** Sees to it that no cookie is taken from the answers of a host, from when this resolves on. */
	readonly dropCookiesOf: (target: Target) => Promise<void>;
}

const PASS: BlockingResponse = {};
const CANCEL: BlockingResponse = { cancel: true };
const PASSWORD = "authorization";
const CREDENTIALS = new Set(["cookie", PASSWORD]);
const BODY_METHODS = new Set(["POST", "PUT", "PATCH"]);
const hostKey = ({ name, port }: Target): string => `${name}:${port}`;
const MAX_STRIPPED = 1000;
const MAX_UNASKED = 1000;

/** What a request would take along. */
interface Load {
	/** Cookies or a password. */
	readonly credentials: boolean;
	readonly password: boolean;
	readonly body: boolean;
}

/** What a request would take along, as its headers tell. */
export function readLoad({ method, requestHeaders = [] }: RequestDetails): Load {
	let credentials = false;
	let password = false;
	let length: string | undefined;
	let chunked = false;
	for (const { name, value } of requestHeaders) {
		const lower = name.toLowerCase();
		if (lower === PASSWORD) password = true;
		if (CREDENTIALS.has(lower)) credentials = true;
		else if (lower === "content-length") length = value;
		else if (lower === "transfer-encoding") chunked = true;
	}
	const body = chunked || (length === undefined ? BODY_METHODS.has(method) : length !== "0");
	return { credentials, password, body };
}

/** An origin, by the way to it (`proxyOf`). */
export const originKey = ({ name, port }: Target, proxy: string): string => `${name}:${port} ${proxy}`;

/** Networks and rules that change so often while one request waits say nothing for sure. */
const MAX_PROBES = 3;

export class Preflight {
	readonly #deps: PreflightDeps;
	/** Requests that went on without credentials: for the first time, answered since, or once more. */
	readonly #stripped = new BoundedMap<string, "first" | "answered" | "again">(MAX_STRIPPED);
	/** Answers that are put off, by request and address: Firefox may ask twice. */
	readonly #held = new Map<string, Promise<BlockingResponse>>();
	/** Origins to which the person said to send anyway. */
	readonly #unasked = new BoundedMap<string, true>(MAX_UNASKED);
	#isReady = false;

	constructor(deps: PreflightDeps) {
		this.#deps = deps;
		deps.ready.then(
			() => {
				this.#isReady = true;
			},
			// Whoever waits for it finds out.
			() => undefined,
		);
	}

	/** For `webRequest.onBeforeSendHeaders`, blocking, with the headers. Never throws, never rejects. */
	onBeforeSendHeaders = (details: RequestDetails): BlockingResponse | Promise<BlockingResponse> => {
		try {
			const { probes } = this.#deps;
			if (probes.isProbe(details)) {
				if (!probes.setOut(details)) return CANCEL;
				return probes.asked(details).then((mayLeave) => (mayLeave ? PASS : CANCEL));
			}
			if (this.#isReady) return this.#decide(details);
			return this.#deps.ready.then(() => this.#decide(details)).catch(() => this.#deps.broken(details));
		} catch {
			return this.#deps.broken(details);
		}
	};

	/** Without a turn of the event loop where nothing has to be waited for. */
	#decide(details: RequestDetails): BlockingResponse | Promise<BlockingResponse> {
		fault("preflight");
		const { preflight } = this.#deps.settings();
		if (preflight === "off" || details.incognito === true || !isSecure(details.url)) return PASS;
		const { credentialed, batches, checked } = this.#deps;
		checked.leaves(details.requestId);
		const { cookieStoreId: store } = details;
		if (store !== undefined && !credentialed.knows(store)) {
			// A container that was not open before. Parts of this page are not asked about until it is known.
			const learnt = credentialed.learn(store).then(() => this.#decide(details));
			return batches.putOff(learnt.catch(() => this.#deps.broken(details)));
		}
		const load = readLoad(details);
		if (preflight === "credentials" && !load.credentials && !load.body) return PASS;
		const target = readTarget(details.url);
		if (!target) return PASS;
		// Firefox brings it along from now on.
		if (load.password) void credentialed.note(target.name);
		const origin = originKey(target, proxyOf(details));
		if (checked.has(origin) || this.#unasked.get(hostKey(target)) === true) return PASS;
		if (isPrivateAddress(target.host) || knocksFromOutside(details, target)) return PASS;
		const key = `${details.requestId} ${details.url}`;
		const known = this.#held.get(key);
		if (known) return batches.putOff(known);
		const held = this.#hold(details, target, origin, load)
			.catch(() => this.#deps.broken(details))
			.finally(() => this.#held.delete(key));
		this.#held.set(key, held);
		this.#deps.hosts.hold(target.name, false, held);
		return batches.putOff(held);
	}

	async #hold(details: RequestDetails, target: Target, origin: string, load: Load): Promise<BlockingResponse> {
		const { checked } = this.#deps;
		let probed: Probed = { kind: "failed" };
		for (let tries = 0; tries < MAX_PROBES; tries++) {
			const { generation } = checked;
			probed = await this.#deps.probes.probe(target, proxyOf(details));
			fault("preflight-answer");
			if (probed.kind !== "answered" || generation === checked.generation) break;
			// The network or the rules changed meanwhile: what was found may be of the one before.
			probed = { kind: "failed" };
		}
		return await this.#after(probed, details, target, origin, load);
	}

	async #after(
		probed: Probed,
		details: RequestDetails,
		target: Target,
		origin: string,
		load: Load,
	): Promise<BlockingResponse> {
		if (probed.kind === "elsewhere") return PASS;
		if (probed.kind === "answered") {
			const { connection, keptAway } = probed;
			await this.#deps.memory(details);
			if (!keptAway && this.#deps.isRefused(connection, target, details)) {
				return await this.#deps.refuse(details, target, connection);
			}
			this.#deps.checked.note(origin);
			return PASS;
		}
		if (load.body) return await this.#deps.unanswered(details, target);
		return await this.#strip(details, target, load);
	}

	/** Lets a request go on without what must not leave. */
	async #strip(details: RequestDetails, target: Target, { credentials }: Load): Promise<BlockingResponse> {
		if (!credentials) return PASS;
		await this.#deps.dropCookiesOf(target);
		const { requestId, requestHeaders = [] } = details;
		this.#stripped.set(requestId, this.#stripped.get(requestId) === undefined ? "first" : "again");
		return { requestHeaders: requestHeaders.filter(({ name }) => !CREDENTIALS.has(name.toLowerCase())) };
	}

	/**
	 * For `webRequest.onHeadersReceived`, blocking, with the headers: whoever was not shown a sign-in may
	 * think that there is none, and must not end it by a cookie. Never throws.
	 */
	onStrippedResponse = ({ requestId, responseHeaders }: RequestDetails): BlockingResponse => {
		const stripped = this.#stripped.get(requestId);
		if (stripped === undefined || stripped === "answered" || !responseHeaders) return PASS;
		return { responseHeaders: responseHeaders.filter(({ name }) => name.toLowerCase() !== "set-cookie") };
	};

	/**
	 * What to answer to the accepted response of a page: one that was asked for without credentials is asked
	 * for once more, with them, before anything of it is shown. Once only: who never answers probes and
	 * whose memory is forgotten all the time must not go round in circles.
	 */
	accepted({ requestId, url, type }: RequestDetails): BlockingResponse {
		if (type !== "main_frame" || this.#stripped.get(requestId) !== "first") return PASS;
		this.#stripped.set(requestId, "answered");
		return { redirectUrl: url };
	}

	/** From now on requests to this host leave without a probe. */
	sendUnasked(target: Target): void {
		this.#unasked.set(hostKey(target), true);
	}
}

/**
 * Whether a page of another site asks for a local name: Firefox asks the person before it lets such
 * a page in, and no page may get round that by having a probe knock.
 */
function knocksFromOutside({ originUrl, documentUrl }: RequestDetails, { host, name }: Target): boolean {
	const from = documentUrl ?? originUrl;
	if (from === undefined || !isLocalName(host)) return false;
	return readTarget(from)?.name !== name;
}
