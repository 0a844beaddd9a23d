import type { SendingListener } from "../browser/webRequest.ts";
import type { Settings } from "../core/policy.ts";
import { deadline } from "./deadline.ts";
import { fault } from "./faults.ts";

/** Firefox compares each address with one domain after the other: the list must not grow without an end. */
const MAX_DOMAINS = 2000;
/** How long a page in a container waits for the container's cookies to be looked at, in milliseconds. */
const LEARN_MS = 2000;

export interface CredentialedDeps {
	/** What Firefox asks about before it sends a request, besides what may bring a body. Everything, at first. */
	readonly sending: SendingListener;
	/** Ids of the stores that open tabs keep cookies in. */
	readonly cookieStores: () => Promise<readonly string[]>;
	/** Domains with cookies in a store; with a dot before those whose cookies go to the names below as well. */
	readonly cookieDomains: (store: string) => Promise<readonly string[]>;
}

/**
 * For whom Firefox has credentials. To be asked about a request before it leaves makes a page of many parts a third
 * slower (docs/speed.md), and what cannot carry a body and has no cookie need not be asked about. When in doubt,
 * everything is.
 */
export class Credentialed {
	readonly #deps: CredentialedDeps;
	readonly #domains = new Set<string>();
	/** By store: settles when its domains are asked about. */
	readonly #stores = new Map<string, Promise<void>>();
	/** Firefox asks about less than everything. */
	#isNarrow = false;
	/** There is a reason to ask about everything, and it stays. */
	#isWide = false;
	#setting: Settings["preflight"] | null = null;

	constructor(deps: CredentialedDeps) {
		this.#deps = deps;
	}

	/** Asks about what a setting needs to be asked about. */
	apply(setting: Settings["preflight"]): void {
		if (setting === this.#setting) return;
		this.#setting = setting;
		this.#isNarrow = false;
		if (setting === "off") this.#deps.sending.none();
		else this.#deps.sending.all();
	}

	/** Asks about less, where the setting allows it. Costs a look at all cookies, so it need not be at once. Never rejects. */
	async narrow(): Promise<void> {
		if (this.#setting !== "credentials" || this.#isWide || this.#isNarrow) return;
		try {
			fault("narrow");
			for (const store of await this.#deps.cookieStores()) this.#stores.set(store, this.#read(store));
			await Promise.all(this.#stores.values());
			if (this.#setting !== "credentials" || this.#isWide) return;
			this.#isNarrow = true;
			await this.#deps.sending.only(this.#domains);
		} catch {
			this.#widen();
		}
	}

	async #read(store: string): Promise<void> {
		const domains = await this.#deps.cookieDomains(store);
		await Promise.all(domains.map((domain) => this.note(domain)));
	}

	/** Whether requests with the cookies of a store are asked about. */
	knows(store: string | undefined): boolean {
		return !this.#isNarrow || store === undefined || this.#stores.has(store);
	}

	/** Resolves when requests with the cookies of a store are asked about. Never rejects, and comes in time. */
	async learn(store: string): Promise<void> {
		const learning = this.#stores.get(store) ?? this.#read(store);
		this.#stores.set(store, learning);
		try {
			await deadline(learning, LEARN_MS, () => this.#widen());
		} catch {
			this.#widen();
		}
	}

	/** A domain has cookies, or asks for passwords. Resolves when requests to it are asked about. Never rejects. */
	async note(domain: string): Promise<void> {
		// Cookies of files have no domain.
		if (domain === "" || this.#isWide || this.#domains.has(domain)) return;
		this.#domains.add(domain);
		if (this.#domains.size > MAX_DOMAINS) this.#widen();
		else if (this.#isNarrow) {
			try {
				await this.#deps.sending.add(domain);
			} catch {
				this.#widen();
			}
		}
	}

	#widen(): void {
		this.#isWide = true;
		this.#isNarrow = false;
		if (this.#setting !== "off") this.#deps.sending.all();
	}
}
