/**
 * The background as a whole, without the browser: what is known of tabs, what is stopped, and what
 * follows when rules change. `index.ts` wires it to Firefox.
 */
import type { ButtonFace } from "../browser/button.ts";
import type { Navigation } from "../browser/navigation.ts";
import type { Tab } from "../browser/tabs.ts";
import type { RequestDetails } from "../browser/webRequest.ts";
import type { Connection, Finding, Verdict } from "../core/judge.ts";
import type { Refusal } from "../protocol.ts";
import { Arrivals } from "./arrivals.ts";
import { deadline } from "./deadline.ts";
import { Documents, type TabDocument } from "./documents.ts";
import { type Exception, Exceptions } from "./exceptions.ts";
import { face } from "./face.ts";
import { Guard, type Judged, stops } from "./guard.ts";
import { Hosts, type RefusedHost } from "./hosts.ts";
import { Refusals } from "./refusals.ts";
import { Rules, type RulesDeps } from "./rules.ts";
import { SentLog } from "./sent.ts";
import { isSecure, readTarget, type Target } from "./target.ts";
import { isSuspended, viewRefusal } from "./views.ts";

/** A verdict that has not come by then is `unverifiable`. Long enough for a slow start of Firefox. */
const VERDICT_MS = 8000;
/** How long a tab may take to show the block page; 0.1 s is usual, 0.7 s were seen on a busy machine. */
const BLOCK_PAGE_MS = 10_000;

export interface AppDeps extends Omit<RulesDeps, "onChange"> {
	readonly ask: ConstructorParameters<typeof Guard>[0]["ask"];
	readonly isKeptAway: ConstructorParameters<typeof Guard>[0]["isKeptAway"];
	/** Milliseconds since 1970. */
	readonly now: () => number;
	/** Address under which the extension's own pages stand. */
	readonly ownOrigin: string;
	/** Address of the block page, without its query. */
	readonly blockPage: string;
	readonly getTab: (tabId: number) => Promise<Tab | null>;
	readonly loadInTab: (tabId: number, url: string, replace: boolean) => Promise<boolean>;
	readonly reloadTab: (tabId: number) => Promise<void>;
	readonly setButton: (tabId: number, face: ButtonFace) => Promise<void>;
	/** Tells pages that what they show has changed. */
	readonly broadcast: () => void;
	/** Empties Firefox's in-memory caches, whose contents no listener sees. */
	readonly forgetMemoryCaches: () => Promise<void>;
	readonly verdictMs?: number;
}

export class App {
	readonly deps: AppDeps;
	readonly rules: Rules;
	readonly exceptions: Exceptions;
	readonly refusals = new Refusals();
	readonly documents: Documents;
	readonly hosts: Hosts;
	readonly guard: Guard;
	readonly sent = new SentLog();
	readonly #arrivals = new Arrivals();
	#broadcasting = false;

	constructor(deps: AppDeps) {
		this.deps = deps;
		this.exceptions = new Exceptions(deps.now);
		this.documents = new Documents(deps.blockPage);
		this.hosts = new Hosts(deps.now);
		this.rules = new Rules({ ...deps, onChange: ({ tightened }) => this.#rulesChanged(tightened) });
		this.guard = new Guard({
			ask: deps.ask,
			isKeptAway: deps.isKeptAway,
			ready: this.rules.ready.then(() => this.exceptions.setStored(this.rules.state.exceptions)),
			verdict: (connection, target, isPrivate) => this.verdict(connection, target, isPrivate),
			settings: () => this.rules.settings,
			isUnreadableExcepted: (target, isPrivate) => this.#exception(target, isPrivate, null) !== null,
			hosts: this.hosts,
			accepted: (judged) => this.#accepted(judged),
			stopped: (judged) => this.#stopped(judged),
			showBlockPage: (tabId, refusal, load) => this.showBlockPage(tabId, refusal, load),
			now: deps.now,
			deadlineMs: deps.verdictMs ?? VERDICT_MS,
		});
	}

	/** The verdict under the rules and exceptions in force. */
	verdict(connection: Connection, target: Target, isPrivate: boolean): Verdict {
		return this.rules.judge.judge(connection, (finding) => this.#exception(target, isPrivate, finding) !== null);
	}

	#exception(target: Target, isPrivate: boolean, finding: Finding | null): Exception | null {
		const rule = finding?.rule;
		if (isSuspended(rule?.ref ?? null, rule, this.rules.locked)) return null;
		return this.exceptions.find(target, isPrivate, finding);
	}

	/** The exceptions that a verdict rests on. */
	#used({ verdict, target, details }: Judged): Exception[] {
		const isPrivate = details.incognito === true;
		const findings: (Finding | null)[] =
			verdict.outcome === "accept" ? [...verdict.excepted] : verdict.outcome === "unverifiable" ? [null] : [];
		return findings
			.map((finding) => this.#exception(target, isPrivate, finding))
			.filter((exception) => exception !== null);
	}

	#accepted(judged: Judged): void {
		const { details } = judged;
		if (details.type === "main_frame") {
			if (details.tabId >= 0) this.documents.pageAccepted(judged, this.#used(judged));
			return;
		}
		const used = judged.verdict.outcome === "accept" && judged.verdict.excepted.length === 0 ? [] : this.#used(judged);
		this.documents.partAccepted(judged, used);
	}

	#stopped(judged: Judged): string {
		const { details, connection, target } = judged;
		const refusal = this.#keep(judged);
		if (details.type !== "main_frame") {
			for (const tabId of this.documents.partStopped(judged, refusal)) this.showFace(tabId);
			this.changed();
		}
		this.refusals.add({ refusal, connection, target, tabId: details.tabId });
		// A service worker may have shown a page of this host without asking it. Now it did ask.
		for (const [tabId, document] of this.documents.all()) {
			if (document.connection === null && document.target?.name === target.name) void this.#rejudge(tabId, document);
		}
		return refusal.id;
	}

	#keep(judged: Judged): Refusal {
		return viewRefusal(judged, {
			id: this.deps.newId(),
			time: this.deps.now(),
			sent: this.sent.of(judged.details),
			locked: this.rules.locked,
			catalogue: this.deps.catalogue,
		});
	}

	/**
	 * Puts the block page into a tab. Settles when it is safe to cancel the load that it takes the
	 * place of: one that HTTPS-First had upgraded is tried again over plain http if it is cancelled
	 * before Firefox has given up the browsing context it was for, aborted or not. A tab gets another
	 * context between pages of the web and of an extension, so it is safe once the block page is in
	 * place; and in a tab that showed a page of ours before, once it has left them. Until then such a
	 * load keeps others of the same address from the cache, so nothing else waits as long
	 * (docs/how-it-decides.md, "HTTPS-First").
	 */
	async showBlockPage(tabId: number, refusal: string, { upgraded = false, replace = false } = {}): Promise<void> {
		const tab = await deadline(this.deps.getTab(tabId), BLOCK_PAGE_MS, () => null);
		const isOurs = (url: string) => url.startsWith(this.deps.ownOrigin);
		const url = `${this.deps.blockPage}?id=${encodeURIComponent(refusal)}`;
		const safe =
			upgraded && isOurs(tab?.url ?? "")
				? this.#arrivals.wait(tabId, (shown) => !isOurs(shown))
				: this.#arrivals.wait(tabId, (shown) => shown === url, BLOCK_PAGE_MS);
		// A block page that is checked again gives its place in the history to the next one.
		const isBlockPage = tab?.url?.startsWith(this.deps.blockPage) === true;
		const sent = this.deps.loadInTab(tabId, url, replace || isBlockPage);
		if (await deadline(sent, BLOCK_PAGE_MS, () => true)) await safe;
	}

	/** For `webNavigation.onCommitted`. */
	committed(navigation: Navigation): void {
		this.#arrivals.committed(navigation);
		const document = this.documents.committed(navigation);
		if (!document) return;
		this.showFace(navigation.tabId);
		this.changed();
		// Back and forward show documents that were judged under earlier rules.
		void this.#rejudge(navigation.tabId, document);
	}

	/** Sets the toolbar button of a tab. */
	showFace(tabId: number): void {
		const document = this.documents.current(tabId);
		if (document) void this.deps.setButton(tabId, face(document));
	}

	/** Tells pages, at most once per turn of the event loop. */
	changed(): void {
		if (this.#broadcasting) return;
		this.#broadcasting = true;
		setTimeout(() => {
			this.#broadcasting = false;
			this.deps.broadcast();
		}, 0);
	}

	#rulesChanged(tightened: boolean): void {
		for (const { rule } of this.exceptions.all()) {
			if (rule !== null && !this.rules.ruleInForce(rule)) this.exceptions.forgetRule(rule);
		}
		this.#newVerdicts();
		if (tightened) void this.applyToOpenTabs().then(() => this.#free());
	}

	/** An exception was made or taken back. */
	async exceptionsChanged(): Promise<void> {
		this.#newVerdicts();
		await this.applyToOpenTabs();
	}

	/** Verdicts may differ from now on: keeps from plain http only the hosts that would be refused now as well. */
	#newVerdicts(): void {
		this.exceptions.setStored(this.rules.state.exceptions);
		this.changed();
		this.hosts.review(({ target, private: isPrivate, connection }: RefusedHost) =>
			connection === null ? true : this.#isStopped(this.verdict(connection, target, isPrivate), target, isPrivate),
		);
	}

	/** Judges again what is open, from what is on record of it. */
	async applyToOpenTabs(): Promise<void> {
		await this.deps.forgetMemoryCaches();
		await Promise.all([...this.documents.all()].map(([tabId, document]) => this.#rejudge(tabId, document)));
	}

	async #rejudge(tabId: number, document: TabDocument): Promise<void> {
		const { target, private: isPrivate } = document;
		const connection = target && this.#connectionOf(document, target);
		if (connection) {
			const verdict = this.verdict(connection, target, isPrivate);
			if (this.#isStopped(verdict, target, isPrivate)) {
				const details = { ...NO_REQUEST, url: document.url, tabId, incognito: isPrivate };
				const refusal = this.#keep({ details, target, connection, verdict });
				this.refusals.add({ refusal, connection, target, tabId });
				this.hosts.refuse({ target, private: isPrivate, connection, refusal: refusal.id });
				// What is refused here is what the tab shows, so the block page takes its place in the history.
				if (await this.#shows(tabId, (url) => readTarget(url)?.name === target.name)) {
					await this.showBlockPage(tabId, refusal.id, { replace: true });
				}
				return;
			}
		}
		// A part that already ran cannot be taken back; loading the page again leaves it out.
		for (const part of document.parts.values()) {
			const verdict = this.verdict(part.connection, part.target, document.private);
			if (!this.#isStopped(verdict, part.target, document.private)) continue;
			await this.deps.reloadTab(tabId);
			return;
		}
	}

	/** Whether the tab still shows such an address; when in doubt, it does. */
	async #shows(tabId: number, fits: (url: string) => boolean): Promise<boolean> {
		const tab = await deadline(this.deps.getTab(tabId), BLOCK_PAGE_MS, () => null);
		return !tab?.url || fits(tab.url);
	}

	/** Who vouched for a document, or, where it came without a connection, for its host last. */
	#connectionOf({ connection, why, url, private: isPrivate }: TabDocument, target: Target): Connection | null {
		const isUnseen = why === "no-connection" || why === "before-start";
		return connection ?? (isUnseen && isSecure(url) ? this.hosts.lastOf(target, isPrivate) : null);
	}

	/** Loads the pages behind block pages that no rule stops any more. */
	async #free(): Promise<void> {
		const freed = [...this.documents.all()].map(async ([tabId, { refusal: id }]) => {
			const kept = id === null ? null : this.refusals.get(id);
			if (!kept?.refusal.page) return;
			const { refusal, connection, target } = kept;
			if (this.#isStopped(this.verdict(connection, target, refusal.private), target, refusal.private)) return;
			if (!(await this.#shows(tabId, (url) => url.startsWith(this.deps.blockPage)))) return;
			await this.deps.loadInTab(tabId, refusal.url, true);
		});
		await Promise.all(freed);
	}

	#isStopped(verdict: Verdict, target: Target, isPrivate: boolean): boolean {
		return stops(verdict, this.rules.settings, () => this.#exception(target, isPrivate, null) !== null);
	}

	privateWindowsClosed(): void {
		this.exceptions.forgetPrivate();
		this.refusals.forgetPrivate();
		this.hosts.forgetPrivate();
		this.changed();
	}

	tabRemoved(tabId: number): void {
		this.#arrivals.removed(tabId);
		this.documents.removed(tabId);
	}
}

/** Stands for the request of a document that is open already. */
const NO_REQUEST: Omit<RequestDetails, "url" | "tabId"> = {
	requestId: "",
	method: "GET",
	frameId: 0,
	type: "main_frame",
};
