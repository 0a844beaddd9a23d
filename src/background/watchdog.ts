/**
 * The watchdog: what is shown without a response having passed the guard is looked into afterwards.
 * A service worker answers pages itself, the back/forward cache brings them back, and tabs were open
 * before the extension started.
 */
import type { Navigation } from "../browser/navigation.ts";
import type { Tab } from "../browser/tabs.ts";
import type { Connection } from "../core/judge.ts";
import type { Documents, TabDocument } from "./documents.ts";
import { fault } from "./faults.ts";
import type { Hosts } from "./hosts.ts";
import { isPrivateAddress } from "./local.ts";
import type { Probes } from "./probes.ts";
import { isSecure, readTarget, type Target } from "./target.ts";

/** A connection to the same site stands for one of a document for so long. */
const FRESH_MS = 10 * 60 * 1000;
/** How many open tabs are looked into at once, so that a hundred of them do not fall on the network together. */
const AT_ONCE = 6;

export interface WatchdogDeps {
	readonly documents: Documents;
	readonly hosts: Hosts;
	readonly probes: Probes;
	/** Milliseconds since 1970. */
	readonly now: () => number;
	readonly isRefused: (connection: Connection, target: Target, isPrivate: boolean) => boolean;
	/** Puts the block page in the place of a document. */
	readonly replace: (tabId: number, document: TabDocument, target: Target, connection: Connection) => Promise<void>;
	/** Takes a frame's content away. False: it could not be. */
	readonly emptyFrame: (tabId: number, frameId: number) => Promise<boolean>;
	/** Something here is broken: a block page without details takes the place of what is shown. Never rejects. */
	readonly broken: (tabId: number) => Promise<void>;
	/** Notes a frame whose site is refused. Answers with the id of the refusal. */
	readonly frameStopped: (frame: Navigation, target: Target, connection: Connection, isPrivate: boolean) => string;
	/** Puts the block page of a refusal in the place of a whole tab. */
	readonly show: (tabId: number, refusal: string) => Promise<void>;
	/** What is known of a tab has changed. */
	readonly changed: (tabId: number) => void;
	readonly allTabs: () => Promise<readonly Tab[]>;
}

interface Found {
	readonly connection: Connection;
	/** Milliseconds since 1970. */
	readonly time: number;
}

export class Watchdog {
	readonly #deps: WatchdogDeps;

	constructor(deps: WatchdogDeps) {
		this.#deps = deps;
	}

	/** Looks into a document that came without a connection. Never rejects. */
	async look(tabId: number, document: TabDocument): Promise<void> {
		const { target, url, why, private: isPrivate } = document;
		if (why !== "no-connection" && why !== "before-start") return;
		if (!target || !isSecure(url)) return;
		try {
			fault("watchdog");
			const found = await this.#find(target, isPrivate);
			// The person went on meanwhile; or it is shown once more, and looked into for that.
			if (!found || this.#deps.documents.current(tabId) !== document || document.why !== why) return;
			if (this.#deps.isRefused(found.connection, target, isPrivate)) {
				await this.#deps.replace(tabId, document, target, found.connection);
				return;
			}
			document.connection = found.connection;
			document.probed = found.time;
			document.why = null;
			this.#deps.changed(tabId);
		} catch {
			await this.#deps.broken(tabId);
		}
	}

	/** Who vouches for a site: as seen a short while ago, else as a probe sees it. */
	async #find(target: Target, isPrivate: boolean): Promise<Found | null> {
		const last = this.#deps.hosts.lastOf(target, isPrivate);
		if (last) {
			const age = this.#deps.now() - last.time;
			const isFresh = age >= 0 && age < FRESH_MS;
			if (isFresh || this.#deps.isRefused(last.connection, target, isPrivate)) return last;
		}
		// A probe would tell the network at hand what a private window shows.
		if (isPrivate || isPrivateAddress(target.host)) return null;
		const probed = await this.#deps.probes.probe(target, null);
		return probed.kind === "answered" && !probed.keptAway ? probed : null;
	}

	/** For `webNavigation.onCommitted` of frames. Never rejects. */
	async lookIntoFrame(frame: Navigation): Promise<void> {
		const { tabId, frameId, url } = frame;
		if (frameId === 0 || !isSecure(url) || this.#deps.documents.isJudgedFrame(frame)) return;
		try {
			fault("watchdog-frame");
			const target = readTarget(url);
			const isPrivate = this.#deps.documents.current(tabId)?.private ?? false;
			const found = target && (await this.#find(target, isPrivate));
			if (!target || !found || !this.#deps.isRefused(found.connection, target, isPrivate)) return;
			const refusal = this.#deps.frameStopped(frame, target, found.connection, isPrivate);
			if (!(await this.#deps.emptyFrame(tabId, frameId))) await this.#deps.show(tabId, refusal);
		} catch {
			await this.#deps.broken(tabId);
		}
	}

	/** Looks into the tabs that were open before the extension started. Never rejects. */
	async sweep(): Promise<void> {
		try {
			const found: [tabId: number, document: TabDocument][] = [];
			for (const { id, url, private: isPrivate, discarded } of await this.#deps.allTabs()) {
				// A tab that Firefox has put to sleep loads anew, through the guard.
				if (url === null || !isSecure(url) || discarded) continue;
				const document = this.#deps.documents.adopt(id, url, isPrivate);
				if (document) found.push([id, document]);
			}
			const next = async (): Promise<void> => {
				for (let one = found.pop(); one; one = found.pop()) await this.look(...one);
			};
			await Promise.all(Array.from({ length: AT_ONCE }, next));
		} catch {
			// They stay "not checked".
		}
	}
}
