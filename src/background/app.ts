/**
 * The background as a whole, without the browser: what is known of tabs, what is stopped, and what
 * follows when rules change. `index.ts` wires it to Firefox.
 */
import type { ButtonFace } from "../browser/button.ts";
import { t } from "../browser/i18n.ts";
import type { Navigation } from "../browser/navigation.ts";
import type { Tab } from "../browser/tabs.ts";
import type { BlockingResponse, RequestDetails } from "../browser/webRequest.ts";
import type { Chain, Position } from "../core/chain.ts";
import type { Connection, Finding, Verdict } from "../core/judge.ts";
import { CHANGED_COUNTRY } from "../core/policy.ts";
import type { Refusal, TriedAgain } from "../protocol.ts";
import { Arrivals } from "./arrivals.ts";
import { AsBefore } from "./asBefore.ts";
import { Batches } from "./batches.ts";
import { CertificateBytes } from "./bytes.ts";
import { Checked } from "./checked.ts";
import { Credentialed, type CredentialedDeps } from "./credentialed.ts";
import { deadline } from "./deadline.ts";
import { Documents, type TabDocument } from "./documents.ts";
import { type Exception, Exceptions } from "./exceptions.ts";
import { face } from "./face.ts";
import { Guard, type Judged, stops, unknownRefusal } from "./guard.ts";
import { Hosts, type RefusedHost } from "./hosts.ts";
import { Lists, type ListsDeps } from "./lists.ts";
import { MailGate, type MailGateDeps } from "./mailGate.ts";
import { originKey, Preflight } from "./preflight.ts";
import { Probes, proxyOf } from "./probes.ts";
import { type KeptRefusal, Refusals } from "./refusals.ts";
import { Remembered } from "./remembered.ts";
import { Rules, type RulesDeps } from "./rules.ts";
import { SentLog } from "./sent.ts";
import { Sites, type SitesDeps } from "./sites.ts";
import { isSecure, readTarget, type Target } from "./target.ts";
import { isSuspended, nothingSent, viewRefusal, viewUnanswered } from "./views.ts";
import { Watchdog } from "./watchdog.ts";

/** A verdict that has not come by then is `unverifiable`. Long enough for a slow start of Firefox. */
const VERDICT_MS = 8000;
/** How long a tab may take to show the block page; 0.1 s is usual, 0.7 s were seen on a busy machine. */
const BLOCK_PAGE_MS = 10_000;
/** How long a site may take to answer a probe. */
const PROBE_MS = 10_000;
/** How long a page waits for the record of sites where the person asked to be warned by it. After that it has no say. */
const MEMORY_MS = 1000;
/** What Firefox asks about is made less so long after the start: it is a look at all cookies, and can wait. */
const NARROW_MS = 1000;

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
	/** Empties Firefox's caches, in memory and on disk. Resolves whether it worked or not. */
	readonly forgetCaches: () => Promise<void>;
	/** Sends a request without credentials, of which nothing but its chain is wanted. */
	readonly sendProbe: (url: string, signal: AbortSignal) => Promise<void>;
	/** Has requests to a host asked about before they leave (`remembered.onBeforeRequest`), or not any more. */
	readonly watchHost: (host: string) => void;
	readonly unwatchHost: (host: string) => void;
	/** Has cookies in a host's answers dropped where a request is stripped (`onStrippedResponse`). */
	readonly dropCookiesOf: (host: string) => Promise<void>;
	/** What Firefox asks about before it sends a request, and for whom it has cookies. */
	readonly sending: CredentialedDeps["sending"];
	readonly cookieStores: CredentialedDeps["cookieStores"];
	readonly cookieDomains: CredentialedDeps["cookieDomains"];
	readonly emptyFrame: (tabId: number, frameId: number) => Promise<boolean>;
	readonly allTabs: () => Promise<readonly Tab[]>;
	readonly fetchDocument: ListsDeps["fetchDocument"];
	readonly isSignedBy: ListsDeps["isSignedBy"];
	readonly removeStorage: SitesDeps["removeStorage"];
	readonly domainOf: SitesDeps["domainOf"];
	readonly displayDomain: SitesDeps["displayDomain"];
	readonly followsHistory: SitesDeps["followsHistory"];
	readonly hasHistory: SitesDeps["hasHistory"];
	readonly loadMail: MailGateDeps["loadMail"];
	readonly verdictMs?: number;
	readonly narrowMs?: number;
	readonly probeMs?: number;
	readonly fetchMs?: number;
}

export class App {
	readonly deps: AppDeps;
	/** Milliseconds since 1970. */
	readonly started: number;
	readonly rules: Rules;
	readonly exceptions: Exceptions;
	readonly refusals = new Refusals();
	readonly bytes: CertificateBytes;
	readonly documents: Documents;
	readonly hosts: Hosts;
	readonly guard: Guard;
	readonly sent = new SentLog();
	readonly checked: Checked;
	readonly credentialed: Credentialed;
	readonly probes: Probes;
	readonly preflight: Preflight;
	readonly remembered: Remembered;
	readonly watchdog: Watchdog;
	readonly asBefore: AsBefore;
	readonly sites: Sites;
	readonly lists: Lists;
	readonly mail: MailGate;
	#following: Promise<unknown> = DONE;
	#forgetting: Promise<void> | null = null;
	readonly #arrivals = new Arrivals();
	#broadcasting = false;

	constructor(deps: AppDeps) {
		this.deps = deps;
		this.started = deps.now();
		this.exceptions = new Exceptions(deps.now);
		this.documents = new Documents(deps.blockPage);
		this.bytes = new CertificateBytes(deps.ask);
		this.hosts = new Hosts(deps.now, deps.watchHost);
		this.checked = new Checked(deps.now);
		this.credentialed = new Credentialed(deps);
		this.sites = new Sites({ ...deps, onChange: () => this.changed() });
		const batches = new Batches();
		this.probes = new Probes({
			batches,
			send: deps.sendProbe,
			ownOrigin: deps.ownOrigin,
			deadlineMs: deps.probeMs ?? PROBE_MS,
		});
		this.rules = new Rules({ ...deps, onChange: ({ tightened }) => this.#rulesChanged(tightened) });
		this.lists = new Lists({
			...deps,
			rules: this.rules,
			impact: (now, then) => this.sites.impact(now, then),
			onChange: () => this.changed(),
		});
		this.mail = new MailGate({ ...deps, judge: () => this.rules.judge, onChange: () => this.changed() });
		const ready = this.rules.ready.then(() => this.exceptions.setStored(this.rules.state.exceptions));
		const isRefused = (connection: Connection, target: Target, isPrivate: boolean, isPage = false) =>
			this.#isStopped(this.verdict(connection, target, isPrivate, isPage), target, isPrivate);
		const memory = (details: RequestDetails) => this.#memory(details);
		this.asBefore = new AsBefore({
			judge: () => this.rules.judge,
			documents: this.documents,
			hosts: this.hosts,
			checked: this.checked,
			now: deps.now,
		});
		this.guard = new Guard({
			isAsBefore: (details, target, info) => this.asBefore.fits(details, target, info),
			ask: deps.ask,
			isKeptAway: deps.isKeptAway,
			batches,
			ready,
			probes: this.probes,
			forgetCaches: () => this.#forgetCaches(),
			memory,
			verdict: (connection, target, isPrivate, isPage) => this.verdict(connection, target, isPrivate, isPage),
			settings: () => this.rules.settings,
			isUnreadableExcepted: (target, isPrivate) => this.#exception(target, isPrivate, null) !== null,
			hosts: this.hosts,
			asksForPassword: ({ name }) => void this.credentialed.note(name),
			accepted: (judged) => this.#accepted(judged),
			stopped: (judged) => this.#stopped(judged),
			stoppedPlain: (details, known) => this.#stoppedPlain(details, known),
			showBlockPage: (tabId, refusal, load) => this.showBlockPage(tabId, refusal, load),
			now: deps.now,
			deadlineMs: deps.verdictMs ?? VERDICT_MS,
		});
		this.preflight = new Preflight({
			batches,
			probes: this.probes,
			checked: this.checked,
			credentialed: this.credentialed,
			hosts: this.hosts,
			ready,
			settings: () => this.rules.settings,
			isRefused: (connection, target, details) => isRefused(connection, target, false, isPage(details)),
			memory,
			refuse: (details, target, connection) => this.#refuseUnsent(details, target, connection, true),
			unanswered: (details, target) => this.#unanswered(details, target),
			broken: this.guard.stopBroken,
			dropCookiesOf: ({ name }) => deps.dropCookiesOf(name),
		});
		this.remembered = new Remembered({
			batches,
			hosts: this.hosts,
			probes: this.probes,
			now: deps.now,
			isRefused,
			refuse: (details, target, connection, fresh) => this.#refuseUnsent(details, target, connection, fresh),
			broken: this.guard.stopBroken,
			unwatch: deps.unwatchHost,
		});
		this.watchdog = new Watchdog({
			documents: this.documents,
			hosts: this.hosts,
			probes: this.probes,
			now: deps.now,
			isRefused,
			replace: (tabId, document, target, connection) => this.#replace(tabId, document, target, connection),
			broken: (tabId) => this.#replaceBroken(tabId),
			emptyFrame: deps.emptyFrame,
			frameStopped: ({ tabId, frameId, url }, target, connection, incognito) => {
				const details = { ...NO_REQUEST, url, tabId, frameId, incognito, type: "sub_frame" };
				const verdict = this.verdict(connection, target, incognito);
				return this.#stopped({ details, target, connection, verdict, unsent: true });
			},
			show: (tabId, refusal) => this.showBlockPage(tabId, refusal, { replace: true }),
			changed: (tabId) => {
				this.showFace(tabId);
				this.changed();
			},
			allTabs: deps.allTabs,
		});
		void ready.then(() => {
			this.#setPreflight();
			// No verdict needs these, so they can wait.
			setTimeout(() => {
				void this.sites.start();
				void this.lists.updateDue();
				void this.mail.start();
			}, deps.narrowMs ?? NARROW_MS);
			return this.watchdog.sweep();
		});
	}

	/** The verdict under the rules and exceptions in force; of a page's load, with what is remembered of its site. */
	verdict(connection: Connection, target: Target, isPrivate: boolean, isPage = false): Verdict {
		const isExcepted = (finding: Finding) => this.#exception(target, isPrivate, finding) !== null;
		const verdict = this.rules.judge.judge(connection, isExcepted);
		const { evidence } = connection;
		if (!isPage || isPrivate || verdict.outcome !== "accept" || evidence.kind !== "chain") return verdict;
		if (this.rules.settings.changedCountry !== "warn") return verdict;
		const found = this.sites.changedCountry(target, evidence.chain);
		return found ? { ...verdict, outcome: "warn", finding: this.#changedCountry(evidence.chain, found) } : verdict;
	}

	/** What the setting finds, as if it were a rule that names the new country. */
	#changedCountry(chain: Chain, { country, position }: { country: string; position: Position }): Finding {
		const isAdmins = this.rules.admin?.policy.settings?.changedCountry !== undefined;
		const selector = { country };
		const title = t("optionsChangedCountry");
		return {
			rule: {
				ref: CHANGED_COUNTRY,
				source: isAdmins ? "admin" : "person",
				rule: { id: "", title, match: [selector], action: "warn", enabled: true },
				exceptable: true,
			},
			selector,
			position,
			bound: { kind: "key", spki: chain[position]?.spki ?? "" },
		};
	}

	/** Settles when what is remembered of sites is there. Null: it is, or it has no say in this request. */
	#memory(details: RequestDetails): Promise<void> | null {
		if (!isPage(details) || details.incognito === true || this.rules.settings.changedCountry !== "warn") return null;
		return this.sites.isThere ? null : deadline(this.sites.start(), MEMORY_MS, () => undefined);
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

	#accepted(judged: Judged): BlockingResponse {
		const { details, target, connection } = judged;
		const isOfNow = details.fromCache !== true && this.checked.isOfNow(details.requestId);
		if (isOfNow && connection.evidence.kind !== "unreadable") this.checked.note(originKey(target, proxyOf(details)));
		this.sites.note(judged);
		if (details.type === "main_frame") {
			this.bytes.note(details, connection.evidence);
			const answer = this.preflight.accepted(details);
			if (!answer.redirectUrl && details.tabId >= 0) this.documents.pageAccepted(judged, this.#used(judged));
			return answer;
		}
		const used = judged.verdict.outcome === "accept" && judged.verdict.excepted.length === 0 ? [] : this.#used(judged);
		this.documents.partAccepted(judged, used);
		this.asBefore.note(judged);
		return PASS;
	}

	#stopped(judged: Judged): string {
		const { details, connection, target } = judged;
		if (!judged.unsent) this.bytes.note(details, connection.evidence);
		const refusal = this.#keep(judged);
		if (details.type !== "main_frame") {
			for (const tabId of this.documents.partStopped(judged, refusal)) this.showFace(tabId);
			this.changed();
		}
		this.refusals.add({ refusal, connection, target, tabId: details.tabId });
		// A service worker may have shown a page of this host without asking it. Now it did ask.
		for (const [tabId, document] of this.documents.all()) {
			const isUnseen = document.connection === null || document.probed !== null;
			if (isUnseen && document.target?.name === target.name) void this.#rejudge(tabId, document);
		}
		return refusal.id;
	}

	/** The way through it is one for the host over TLS: that is where it was found. */
	#stoppedPlain(details: RequestDetails, { connection, target, refusal }: RefusedHost): string {
		if (!connection) return refusal;
		const isPrivate = details.incognito === true;
		const verdict = this.verdict(connection, target, isPrivate, isPage(details));
		if (!this.#isStopped(verdict, target, isPrivate)) return refusal;
		return this.#stopped({ details, target, connection, verdict, unsent: true });
	}

	#keep(judged: Judged): Refusal {
		return viewRefusal(judged, {
			id: this.deps.newId(),
			time: this.deps.now(),
			sent: judged.unsent ? nothingSent(judged.details) : this.sent.of(judged.details),
			locked: this.rules.locked,
			catalogue: this.deps.catalogue,
		});
	}

	/** Stops a request that has not left, as what was found asks for. `fresh`: it was found just now. */
	async #refuseUnsent(
		details: RequestDetails,
		target: Target,
		connection: Connection,
		fresh: boolean,
	): Promise<BlockingResponse> {
		const isPrivate = details.incognito === true;
		const verdict = this.verdict(connection, target, isPrivate, isPage(details));
		// Rules or exceptions changed meanwhile. It is judged when it answers.
		if (!this.#isStopped(verdict, target, isPrivate)) return PASS;
		const refusal = this.#stopped({ details, target, connection, verdict, unsent: true });
		if (fresh) this.hosts.refuse({ target, private: isPrivate, connection, refusal });
		return await this.guard.stop(details, refusal);
	}

	/** Stops a request with a body that has not left, because its site did not answer a probe. */
	async #unanswered(details: RequestDetails, target: Target): Promise<BlockingResponse> {
		const refusal = viewUnanswered(details, target, { id: this.deps.newId(), time: this.deps.now() });
		this.refusals.add({ refusal, connection: null, target, tabId: details.tabId });
		if (!refusal.page) {
			for (const tabId of this.documents.partStopped({ details, target }, refusal)) this.showFace(tabId);
			this.changed();
		}
		return await this.guard.stop(details, refusal.id);
	}

	/** Asks the site of an unanswered refusal once more. `tabId`: of the block page, if one asks. Never rejects. */
	async tryAgain({ refusal, target }: KeptRefusal, tabId: number | null): Promise<TriedAgain> {
		const { generation } = this.checked;
		const probed = await this.probes.probe(target, null);
		if (probed.kind !== "answered") return "unanswered";
		const { connection, keptAway, proxy } = probed;
		const verdict = this.verdict(connection, target, false);
		if (keptAway || !this.#isStopped(verdict, target, false)) {
			// Of another network or other rules, it lets the person try; the request is probed for once more.
			if (generation === this.checked.generation) this.checked.note(originKey(target, proxy));
			return "accepted";
		}
		const type = refusal.page ? "main_frame" : "other";
		const details = { ...NO_REQUEST, url: refusal.url, tabId: tabId ?? -1, type };
		const id = this.#stopped({ details, target, connection, verdict, unsent: true });
		this.hosts.refuse({ target, private: false, connection, refusal: id });
		if (refusal.page && tabId !== null) await this.showBlockPage(tabId, id);
		return "refused";
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
				? this.#arrivals.wait(tabId, { fits: (shown) => !isOurs(shown) })
				: // A load that set out over TLS is not tried again. Wherever the tab comes to, it has left that one.
					this.#arrivals.wait(tabId, { fits: (shown) => !upgraded || shown === url, sentTo: url }, BLOCK_PAGE_MS);
		// A block page that is checked again gives its place in the history to the next one.
		const isBlockPage = tab?.url?.startsWith(this.deps.blockPage) === true;
		const sent = this.deps.loadInTab(tabId, url, replace || isBlockPage);
		if (await deadline(sent, BLOCK_PAGE_MS, () => true)) await safe;
	}

	/** For `webRequest.onSendHeaders` of pages. */
	pageSent(details: RequestDetails): void {
		this.sent.note(details);
		this.documents.pageSent(details);
	}

	/** For pages' requests that ended. */
	pageEnded(details: RequestDetails): void {
		this.sent.forget(details);
		this.documents.pageEnded(details);
	}

	/** For `webNavigation.onCommitted`. */
	committed(navigation: Navigation): void {
		this.#arrivals.committed(navigation);
		const document = this.documents.committed(navigation);
		if (!document) {
			void this.watchdog.lookIntoFrame(navigation);
			return;
		}
		this.showFace(navigation.tabId);
		this.changed();
		// Back and forward show documents that were judged under earlier rules.
		void this.#rejudge(navigation.tabId, document);
		// Where a page took the place of a block page after going back, Firefox may keep that in its history, and load it
		// when the person loads the page anew.
		if (navigation.transitionType === "reload") void this.#freeTab(navigation.tabId, document);
	}

	/** Sets the toolbar button of a tab. */
	showFace(tabId: number): void {
		const document = this.documents.current(tabId);
		if (!document) return;
		const kept = document.refusal === null ? null : this.refusals.get(document.refusal);
		void this.deps.setButton(tabId, face(document, kept?.refusal));
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
		this.#setPreflight();
		if (!tightened) return;
		this.#following = Promise.allSettled([this.applyToOpenTabs(), this.#free()]);
	}

	/** What preflight has no say in need not wait for it to say so. */
	#setPreflight(): void {
		this.credentialed.apply(this.rules.settings.preflight);
		setTimeout(() => void this.credentialed.narrow(), this.deps.narrowMs ?? NARROW_MS);
	}

	/** Settles when open tabs have been told what the last change of rules makes of them. Tests wait for it before they move a tab. */
	get following(): Promise<unknown> {
		return this.#following;
	}

	/** An exception was made, or (`tightened`) taken back. */
	async exceptionsChanged({ tightened }: { readonly tightened: boolean }): Promise<void> {
		this.#newVerdicts();
		if (tightened) await this.applyToOpenTabs();
	}

	/** Verdicts may differ from now on. */
	#newVerdicts(): void {
		this.exceptions.setStored(this.rules.state.exceptions);
		this.checked.forget();
		this.changed();
		this.hosts.review(({ target, private: isPrivate, connection }: RefusedHost) =>
			connection === null ? true : this.#isStopped(this.verdict(connection, target, isPrivate), target, isPrivate),
		);
	}

	/** The network is, or may be, another: what was learnt of sites before does not count. */
	networkChanged(): void {
		this.checked.forget();
	}

	/** What waits at the same time is served by one emptying. */
	async #forgetCaches(): Promise<void> {
		this.#forgetting ??= this.deps.forgetCaches().finally(() => {
			this.#forgetting = null;
		});
		await this.#forgetting;
	}

	/** Judges again what is open, from what is on record of it or by a probe. */
	async applyToOpenTabs(): Promise<void> {
		const forgotten = this.#forgetCaches();
		await Promise.all([...this.documents.all()].map(([tabId, document]) => this.#rejudge(tabId, document, forgotten)));
		await forgotten;
	}

	async #rejudge(tabId: number, document: TabDocument, cachesForgotten: Promise<void> = DONE): Promise<void> {
		const { target, private: isPrivate } = document;
		const connection = target && this.#connectionOf(document, target);
		if (connection) {
			if (this.#isStopped(this.verdict(connection, target, isPrivate), target, isPrivate)) {
				await this.#replace(tabId, document, target, connection);
				return;
			}
		}
		void this.watchdog.look(tabId, document);
		// A part that already ran cannot be taken back; loading the page again leaves it out.
		for (const part of document.parts.values()) {
			const verdict = this.verdict(part.connection, part.target, document.private);
			if (!this.#isStopped(verdict, part.target, document.private)) continue;
			await cachesForgotten;
			// Whoever went on meanwhile keeps the page they went to: it was judged by the new rules.
			if (this.documents.current(tabId) === document) await this.deps.reloadTab(tabId);
			return;
		}
	}

	/** Puts the block page in the place of a document whose site is refused. */
	async #replace(tabId: number, document: TabDocument, target: Target, connection: Connection): Promise<void> {
		const { private: isPrivate, url } = document;
		const verdict = this.verdict(connection, target, isPrivate);
		const details = { ...NO_REQUEST, url, tabId, incognito: isPrivate };
		const refusal = this.#keep({ details, target, connection, verdict });
		this.refusals.add({ refusal, connection, target, tabId });
		this.hosts.refuse({ target, private: isPrivate, connection, refusal: refusal.id });
		// What is refused here is what the tab shows, so the block page takes its place in the history.
		if (await this.#shows(tabId, document, (shown) => readTarget(shown)?.name === target.name)) {
			await this.showBlockPage(tabId, refusal.id, { replace: true });
		}
	}

	/** Puts a block page without details in the place of what could not be looked into. Never rejects. */
	async #replaceBroken(tabId: number): Promise<void> {
		try {
			await this.showBlockPage(tabId, unknownRefusal(), { replace: true });
		} catch {
			// The tab is gone, or Firefox is going.
		}
	}

	/**
	 * Whether the tab still shows such an address. Where Firefox does not say, as of an empty tab, it does unless it is known that
	 * another document was put in place.
	 */
	async #shows(tabId: number, document: TabDocument, fits: (url: string) => boolean): Promise<boolean> {
		const url = await this.#addressIn(tabId);
		return url ? fits(url) : this.documents.current(tabId) === document;
	}

	/** The address in a tab; null where Firefox does not say. */
	async #addressIn(tabId: number): Promise<string | null> {
		const tab = await deadline(this.deps.getTab(tabId), BLOCK_PAGE_MS, () => null);
		return tab?.url ?? null;
	}

	/** Who vouched for a document, or, where it came without a connection, for its host last. */
	#connectionOf({ connection, probed, url, private: isPrivate, why }: TabDocument, target: Target): Connection | null {
		if (connection && probed === null) return connection;
		const isUnseen = probed !== null || why === "no-connection" || why === "before-start";
		return isUnseen && isSecure(url) ? (this.hosts.lastOf(target, isPrivate)?.connection ?? connection) : null;
	}

	/** Loads the pages behind block pages that no rule stops any more. */
	async #free(): Promise<void> {
		await Promise.all([...this.documents.all()].map(([tabId, document]) => this.#freeTab(tabId, document)));
	}

	async #freeTab(tabId: number, { refusal: id }: TabDocument): Promise<void> {
		const kept = id === null ? null : this.refusals.get(id);
		if (!kept?.refusal.page) return;
		const { refusal, connection, target } = kept;
		if (!connection) return;
		if (this.#isStopped(this.verdict(connection, target, refusal.private, true), target, refusal.private)) return;
		// Only where the block page stands for sure: Firefox tells no address of an empty tab, and the person
		// may have left the block page for one a moment ago.
		if (!(await this.#addressIn(tabId))?.startsWith(this.deps.blockPage)) return;
		await this.deps.loadInTab(tabId, refusal.url, true);
	}

	#isStopped(verdict: Verdict, target: Target, isPrivate: boolean): boolean {
		return stops(
			verdict,
			() => this.rules.settings,
			() => this.#exception(target, isPrivate, null) !== null,
		);
	}

	privateWindowsClosed(): void {
		this.exceptions.forgetPrivate();
		this.refusals.forgetPrivate();
		this.bytes.forgetPrivate();
		this.hosts.forgetPrivate();
		this.changed();
	}

	tabRemoved(tabId: number): void {
		this.#arrivals.removed(tabId);
		this.documents.removed(tabId);
	}
}

const isPage = ({ type }: RequestDetails): boolean => type === "main_frame";

const PASS: BlockingResponse = {};
const DONE: Promise<void> = Promise.resolve();

/** Stands for the request of a document that is open already. */
const NO_REQUEST: Omit<RequestDetails, "url" | "tabId"> = {
	requestId: "",
	method: "GET",
	frameId: 0,
	type: "main_frame",
};
