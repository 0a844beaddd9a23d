/**
 * Takes steps in a real Firefox and compares what comes of them with the model. After each step
 * every tab must show what the model says; nothing that is refused may have reported that it ran.
 */
import { isDeepStrictEqual } from "node:util";
import { noteQuit, plainExceptions, typeAddress } from "../e2e/acts.ts";
import { Countersign, isBlockPage, TEST_BUILD } from "../e2e/countersign.ts";
import { type ChromeWindow, Firefox, type Tab } from "../e2e/harness/index.ts";
import { NO_RULES } from "../e2e/world.ts";
import type { LoggedRequest } from "../lab/index.ts";
import { type Ground, pathOf, readLabel } from "./ground.ts";
import type { Mistake } from "./mistakes.ts";
import { type Exception, type Expected, Model, type Rule, type Shown } from "./model.ts";
import { HOSTS, MAX_TABS, type Page, type PartKind, type Step } from "./steps.ts";

/** The walk and the model differ. */
export class Difference extends Error {
	override readonly name = "Difference";
}

/** Stands for the authority of a page that a service worker made up. */
const WORKER = -1;
/** How long Firefox may take to get where the model says. */
const PATIENCE_MS = 20_000;

/** What Firefox's main process knows of a tab. */
interface TabState {
	readonly id: string;
	readonly url: string;
	readonly title: string;
	/** Another number for every document. */
	readonly document: number;
	readonly loading: boolean;
	readonly entries: readonly string[];
	readonly index: number;
}

interface WalkTab {
	readonly tab: Tab;
	shown: Shown;
	/** The document that was there when the last step had settled. */
	document: number;
}

/** What a tab may come to show, or that it stays as it is. */
interface Want extends Expected {
	/** Address of the page, if it is shown. */
	readonly url: string;
	readonly hosts: ReadonlySet<number>;
	/** The document that is there may stay. */
	readonly stays?: boolean;
}

const NOTHING: Expected = { page: new Set(), block: false };

export interface WalkerOptions {
	readonly ground: Ground;
	readonly mistake?: Mistake | undefined;
}

export class Walker {
	readonly model = new Model();
	readonly #ground: Ground;
	readonly #firefox: Firefox;
	readonly #mistake: Mistake | undefined;
	#countersign: Countersign;
	#tabs: WalkTab[] = [];
	/** By document: the parts that are known to be in it. Pages out of memory have them still. */
	readonly #parts = new Map<number, Map<number, number>>();
	/**
	 * By the parts of a document: frames of it that were stopped. Once no rule stops their hosts, Firefox may load them
	 * after all, some seconds later.
	 */
	readonly #stoppedFrames = new WeakMap<Map<number, number>, { readonly host: number; readonly authority: number }[]>();
	/** By host: who vouched for it when Firefox asked for its icon. */
	readonly #icons = new Map<number, Set<number>>();
	/** Hosts of which the extension forgot, by the clock or by a crash, that they were refused. */
	readonly #outlived = new Set<number>();
	/** When the extension had ended and Firefox had not, the last time: milliseconds since 1970. */
	#ended: { readonly from: number; readonly to: number } | null = null;
	#frames = 0;
	/** How many requests were looked at. */
	#requests = 0;
	/** How many reports of the witness were looked at. */
	#reports = 0;
	/** Steps taken, and for each whether it had anything to act on. */
	readonly taken: { readonly step: Step; acted: boolean }[] = [];

	private constructor(firefox: Firefox, countersign: Countersign, { ground, mistake }: WalkerOptions) {
		this.#firefox = firefox;
		this.#countersign = countersign;
		this.#ground = ground;
		this.#mistake = mistake;
	}

	/** A Firefox with a fresh profile, and servers as they were at first. */
	static async start(options: WalkerOptions): Promise<Walker> {
		const { ground } = options;
		ground.reset();
		const firefox = await Firefox.startPrimed({
			lab: ground.lab,
			roots: [ground.witnessRoot, ...ground.authorities.map(({ root }) => root)],
			permanent: TEST_BUILD,
			preferences: {
				// Six crashes within 30 s would leave the extension dead until Firefox is started again.
				"extensions.webextensions.crash.threshold": 1000,
				// Whether a worker's script has changed is asked at once.
				"dom.serviceWorkers.update_delay": 0,
			},
		});
		try {
			const walker = new Walker(firefox, await Countersign.open(firefox), options);
			await noteStopped(firefox);
			await walker.#mistake?.plant(firefox);
			// Twice, so that what an undo brings back is no rules, and not the first ones.
			for (let times = 0; times < 2; times++) await walker.#countersign.use(NO_RULES);
			walker.model.undo = [];
			await walker.#findTabs();
			if (walker.#tabs.length === 0) await walker.#newTab();
			return walker;
		} catch (error) {
			await firefox.close();
			throw error;
		}
	}

	async close(): Promise<void> {
		await this.#firefox.close();
	}

	/** Takes a step. Throws a Difference when something is not as the model says. */
	async take(step: Step): Promise<void> {
		const entry = { step, acted: false };
		this.taken.push(entry);
		this.#noteUnasked();
		const refusedBefore = this.#refused();
		const trustedBefore = new Set(this.model.trusted);
		try {
			entry.acted = await this.#act(step);
			await this.#settleUnseen();
			if (step.kind !== "part") await this.#leaveFrames();
			this.#checkReports(refusedBefore);
			this.#checkSent(refusedBefore, trustedBefore);
		} catch (error) {
			const reason = `${error instanceof Error ? error.message : error}\n${this.#lastRequests()}`;
			throw new Difference(`step ${this.taken.length}, ${JSON.stringify(step)}: ${reason}`, { cause: error });
		}
	}

	#act(step: Step): Promise<boolean> {
		switch (step.kind) {
			case "navigate":
				return this.#navigate(this.#pick(step.tab), step.page, step.how);
			case "http":
				return this.#http(this.#pick(step.tab), step.host, step.how);
			case "redirect":
				return this.#redirect(this.#pick(step.tab), step.over, step.page);
			case "post":
				return this.#post(this.#pick(step.tab), step.host, step.page);
			case "traverse":
				return this.#traverse(this.#pick(step.tab), step.delta);
			case "reload":
				return this.#reload(this.#pick(step.tab), step.anew);
			case "part":
				return this.#part(this.#pick(step.tab), step.host, step.part, step.key);
			case "open":
				return this.#open(step.page);
			case "close":
				return this.#close(this.#pick(step.tab));
			case "register":
				return this.#register(this.#pick(step.tab));
			case "switch":
				return this.#switch(step.host, step.authority);
			case "rule":
				return this.#rule({ ...step, id: `rule-${step.id}`, enabled: true });
			case "remove":
				return this.#remove(step.rule);
			case "toggle":
				return this.#toggle(step.rule);
			case "undo":
				return this.#undo();
			case "except":
				return this.#except(this.#pick(step.tab), step.lasts);
			case "revoke":
				return this.#revoke(step.exception);
			case "clock":
				return this.#clock();
			case "network":
				return this.#network();
			case "restart":
				return this.#restart(step.killed, step.pages);
			case "crash":
				return this.#crash();
		}
	}

	#pick(index: number): WalkTab {
		return this.#tabs[index % this.#tabs.length] as WalkTab;
	}

	#ask: Countersign["ask"] = (...args) => this.#countersign.ask(...args);

	// ── Pages ─────────────────────────────────────────────────────────────────────────────────────

	async #navigate(one: WalkTab, page: Page, how: "link" | "typed" | "script"): Promise<boolean> {
		const url = this.#ground.pageUrl(page);
		await this.#arrive(one, this.#wantPage(page, "link"), () => this.#go(one, url, how));
		return true;
	}

	async #go(one: WalkTab, url: string, how: "link" | "typed" | "script"): Promise<void> {
		if (how === "typed") await typeAddress(this.#firefox, one.tab, url);
		else if (how === "script" && one.shown.kind === "page") {
			await one.tab.evaluate((to) => {
				setTimeout(() => location.assign(to), 0);
			}, url);
		} else await one.tab.go(url);
	}

	/** What comes of asking for a page, `how`: a link may be answered by the cache, Back by more. */
	#wantPage(page: Page, how: "link" | "back" | "reload" | "reload anew"): Want {
		const { host, path } = page;
		const url = this.#ground.pageUrl(page);
		const hosts = new Set([host]);
		if (path === "made" && this.model.workers.has(host) && how !== "reload anew") {
			const made = this.#wantMade(host);
			if (how !== "back") return { url, hosts, ...made };
			// One that the server sent, before there was a worker, may still be in memory.
			const kept = this.model.expected(host, this.model.kept.get(url) ?? []);
			return { url, hosts, page: new Set([...made.page, ...kept.page]), block: made.block || kept.block };
		}
		const fromCache = how === "back" ? path !== "plain" : how === "link" && path === "kept";
		const authorities = [this.#vouching(host), ...(fromCache ? (this.model.kept.get(url) ?? []) : [])];
		const worker = how === "back" && path === "made" ? this.#wantMade(host) : NOTHING;
		const { page: fine, block } = this.model.expected(host, authorities);
		// What a cache kept and rules refuse now is asked of the server, unless that is refused as well.
		const isNowFine = !this.model.refuses(host, this.#vouching(host)) && !this.model.isRemembered(host);
		const mayBlock = how === "link" && isNowFine ? false : block;
		return { url, hosts, page: new Set([...fine, ...worker.page]), block: mayBlock || worker.block };
	}

	/** Nobody is asked for a page that a worker makes up. Who vouched for its host last decides, or who does now. */
	#wantMade(host: number): Expected {
		const now = this.#vouching(host);
		// Firefox asks for its script again, and then it shows who vouches now.
		const isRefused = this.model.refuses(host, now);
		const seen = isRefused ? [] : (this.model.seen.get(host) ?? []);
		const { page, block } = this.model.expected(host, [now, ...seen]);
		return { page: page.size > 0 ? new Set([WORKER]) : page, block };
	}

	#vouching(host: number): number {
		return this.model.vouching[host] as number;
	}

	async #http(one: WalkTab, host: number, how: "link" | "typed"): Promise<boolean> {
		const page: Page = { host, path: "plain", key: 0 };
		const url = this.#ground.url(host, pathOf(page), "http");
		// Whoever types the scheme as well gets no TLS; without it, Firefox tries that first.
		const address = how === "typed" ? url.replace("http://", "") : url;
		const { block, ...want } = this.#wantPage(page, "link");
		// Nothing leaves without TLS for a host that was refused last.
		const isStopped = block || this.model.isRemembered(host);
		await this.#arrive(one, { ...want, block: isStopped }, () => this.#go(one, address, how));
		const plain = await plainExceptions(this.#firefox);
		if (plain.length > 0) throw new Difference(`Firefox has given up on https for ${plain}`);
		return true;
	}

	async #redirect(one: WalkTab, over: readonly number[], page: Page): Promise<boolean> {
		const to = over.reduceRight(
			(next, host) => this.#ground.url(host, `/hop?to=${encodeURIComponent(next)}`),
			this.#ground.pageUrl(page),
		);
		await this.#arrive(one, this.#wantHops(over, page), () => one.tab.go(to));
		return true;
	}

	#wantHops(over: readonly number[], page: Page): Want {
		const want = this.#wantPage(page, "link");
		const hops = over.map((host) => this.model.expected(host, [this.#vouching(host)]));
		const goesOn = hops.every(({ page: fine }) => fine.size > 0);
		return {
			...want,
			hosts: new Set([...over, page.host]),
			page: goesOn ? want.page : new Set(),
			block: hops.some(({ block }) => block) || (goesOn && want.block),
		};
	}

	async #post(one: WalkTab, host: number, page: Page): Promise<boolean> {
		if (one.shown.kind !== "page") return false;
		const action = this.#ground.url(host, `/post?to=${encodeURIComponent(this.#ground.pageUrl(page))}`);
		await this.#arrive(one, this.#wantHops([host], page), () =>
			one.tab.evaluate((to) => {
				const form = document.createElement("form");
				form.method = "post";
				form.action = to;
				const field = document.createElement("input");
				field.name = "secret";
				field.value = "body";
				form.append(field);
				document.body.append(form);
				setTimeout(() => form.submit(), 0);
			}, action),
		);
		return true;
	}

	async #traverse(one: WalkTab, delta: -1 | 1): Promise<boolean> {
		const state = await this.#state(one);
		if (state.url !== "about:blank" && !isAtShown(state)) return false;
		const url = state.entries[state.index + delta];
		if (url === undefined) return false;
		const fire = () => one.tab.traverse(delta);
		if (isBlockPage(url)) await this.#arrive(one, { ...NOTHING, url, hosts: ALL_HOSTS, block: true }, fire);
		else if (url === "about:blank") await this.#arrive(one, { ...NOTHING, url, hosts: new Set() }, fire);
		else await this.#arrive(one, this.#wantPage(this.#pageAt(url), "back"), fire);
		return true;
	}

	#pageAt(url: string): Page {
		const host = this.#ground.hostOf(url);
		const [, path, key] = new URL(url).pathname.split("/");
		if (host === undefined) throw new Difference(`expected an address of the walk, got ${url}`);
		return { host, path: path as Page["path"], key: Number(key) };
	}

	async #reload(one: WalkTab, anew: boolean): Promise<boolean> {
		const { shown } = one;
		if (shown.kind === "blank" || !isAtShown(await this.#state(one))) return false;
		// A block page that no rule needs gives way.
		const { refused } = shown.kind === "block" ? shown : { refused: null };
		const isFree = refused !== null && !this.model.refuses(refused.host, refused.authority);
		const want = isFree
			? this.#wantUrl(refused.url)
			: shown.kind === "block"
				? { ...NOTHING, url: "", hosts: ALL_HOSTS, block: true }
				: this.#wantPage(this.#pageAt(shown.url), anew ? "reload anew" : "reload");
		await this.#arrive(one, want, async () => void (await one.tab.reload(anew)));
		return true;
	}

	/**
	 * When a page is loaded again, Firefox may load a frame that was stopped once more, into the page that goes; its answer
	 * comes when the next one is there, and counts as a part of that. Loaded once more, the page has no such frames, unless
	 * the same happens in that moment.
	 */
	async #leaveFrames(): Promise<void> {
		const isFrame = ({ url }: LoggedRequest) => new URL(url).pathname.startsWith("/frame/");
		if (!this.#ground.lab.log.all().slice(this.#requests).some(isFrame)) return;
		for (const one of this.#tabs) {
			if (one.shown.kind !== "page") continue;
			const frames = this.#stoppedFrames.get(one.shown.parts) ?? [];
			await this.#reload(one, false);
			if (one.shown.kind !== "page") continue;
			const now = frames.map(({ host }) => ({ host, authority: this.#vouching(host) }));
			this.#noteStoppedFrames(one.shown.parts, [...frames, ...now]);
		}
	}

	/** Frames that may yet become parts of the document that has these `parts`. */
	#noteStoppedFrames(parts: Map<number, number>, frames: readonly { host: number; authority: number }[]): void {
		this.#stoppedFrames.set(parts, [...(this.#stoppedFrames.get(parts) ?? []), ...frames]);
	}

	/** Sets a load off and waits until the tab has come to what is wanted. */
	async #arrive(one: WalkTab, want: Want, fire: () => Promise<unknown>): Promise<void> {
		one.document = (await this.#state(one)).document;
		await fire();
		await this.#settle(new Map([[one, want]]));
	}

	/** Waits until each tab shows what is wanted of it, and notes what that is. */
	async #settle(wants: ReadonlyMap<WalkTab, Want>): Promise<void> {
		let states = new Map<string, TabState>();
		await this.#firefox.remote.until(
			async () => {
				states = await this.#states();
				return [...wants].every(([one, want]) => this.#fits(one, states.get(one.tab.id), want)) || undefined;
			},
			PATIENCE_MS,
			() => this.#explain(wants, states),
		);
		for (const [one, want] of wants) {
			const state = states.get(one.tab.id) as TabState;
			const isSame = state.document === one.document;
			one.document = state.document;
			if (want.stays && isSame) continue;
			await this.#note(one, state, want);
		}
	}

	#fits(one: WalkTab, state: TabState | undefined, want: Want): boolean {
		if (!state || state.loading) return false;
		// Firefox may put another empty document into an empty tab.
		const isSame = state.document === one.document || (one.shown.kind === "blank" && state.url === "about:blank");
		if (isSame) return want.stays === true || (want.url === "about:blank" && state.url === want.url);
		if (isBlockPage(state.url)) return want.block;
		if (state.url === "about:blank") return want.url === "about:blank";
		const label = state.title.startsWith("ready ") ? readLabel(state.title) : null;
		if (!label || state.url !== want.url || this.#ground.hostOf(state.url) !== label.host) return false;
		const authority = label.authority === "worker" ? WORKER : label.authority;
		return authority !== "http" && want.page.has(authority);
	}

	#explain(wants: ReadonlyMap<WalkTab, Want>, states: ReadonlyMap<string, TabState>): string {
		const wrong = [...wants].filter(([one, want]) => !this.#fits(one, states.get(one.tab.id), want));
		return wrong
			.map(([one, { url, page, block, stays }]) => {
				const allowed = [
					...[...page].map((authority) => `${url} under ${authority}`),
					...(block ? ["the block page"] : []),
					...(stays ? ["what was there"] : []),
				];
				const { entries, ...state } = states.get(one.tab.id) ?? { entries: [], url: "(no such tab)" };
				return `tab ${this.#tabs.indexOf(one)} must show ${allowed.join(" or ")}; shows ${JSON.stringify(state)} (was ${JSON.stringify(one.shown)}, document ${one.document}; back and forward: ${entries.join(", ")})`;
			})
			.join("\n");
	}

	/** Writes down what a tab has come to show. */
	async #note(one: WalkTab, { url, title, document }: TabState, want: Want): Promise<void> {
		if (url === "about:blank") {
			one.shown = { kind: "blank" };
			return;
		}
		if (isBlockPage(url)) {
			one.shown = { kind: "block", refused: await this.#refusalAt(url, want) };
			return;
		}
		const label = readLabel(title);
		if (!label || label.authority === "http") throw new Difference(`expected a page with a label, got ${title}`);
		const { host } = label;
		const made = label.authority === "worker";
		const authority = label.authority === "worker" ? WORKER : label.authority;
		const parts = this.#parts.get(document) ?? new Map<number, number>();
		this.#parts.set(document, parts);
		one.shown = { kind: "page", url, host, authority, made, parts, onRecord: !made };
		for (const hop of want.hosts) if (hop !== host) this.model.sawAnswer(hop, this.#vouching(hop));
		if (made) {
			// Its script is asked for again some time.
			this.model.seen.set(host, new Set([...(this.model.seen.get(host) ?? []), this.#vouching(host)]));
			this.model.trusted.add(host);
			return;
		}
		// Out of a cache or out of memory, it says nothing about who would answer now.
		if (this.#isAsked(url)) this.model.sawAnswer(host, authority);
		else this.model.seen.set(host, new Set([...(this.model.seen.get(host) ?? []), authority]));
		this.#keep(url, authority);
	}

	/** Whether a server was asked for an address in this step. */
	#isAsked(url: string): boolean {
		return this.#ground.lab.log
			.all()
			.slice(this.#requests)
			.some((request) => request.url === url);
	}

	#keep(url: string, authority: number): void {
		const kept = this.model.kept.get(url) ?? new Set();
		this.model.kept.set(url, kept.add(authority));
	}

	/** What a block page says that it stands for; it must be something that the rules refuse. */
	async #refusalAt(blockPage: string, want: Want): Promise<(Shown & { kind: "block" })["refused"]> {
		const refusal = await this.#ask("refusal", new URL(blockPage).searchParams.get("id") ?? "");
		// Back and reload find block pages from before a restart, whose details are gone.
		if (refusal === null) return null;
		const host = this.#ground.hostOf(refusal.url) ?? -1;
		const authority = this.#ground.authorityNamed(refusal.chain[1]?.commonName);
		if (Number.isNaN(authority)) {
			throw new Difference(`the block page says ${refusal.outcome}, ${refusal.unreadable}: ${refusal.url}`);
		}
		if (want.url === blockPage || want.url === "") return { url: refusal.url, host, authority };
		// Where nothing may leave without TLS, the refusal that is shown may be of a part seen earlier.
		if (!want.hosts.has(host) || !refusal.page) {
			throw new Difference(`the block page is for ${refusal.url}, expected one of hosts ${[...want.hosts]}`);
		}
		if (!this.model.refuses(host, authority) && !this.model.isRemembered(host)) {
			throw new Difference(`the block page refuses authority ${authority} for host ${host}, which no rule does`);
		}
		let isBefore = true;
		for (const hop of want.hosts) {
			if (hop === host) isBefore = false;
			// It redirected to the one that is refused, and was accepted.
			else if (isBefore) this.model.sawAnswer(hop, this.#vouching(hop));
			else this.model.seen.set(hop, new Set([this.#vouching(hop)]));
		}
		this.model.sawAnswer(host, authority);
		return { url: refusal.url, host, authority };
	}

	// ── Parts ─────────────────────────────────────────────────────────────────────────────────────

	async #part(one: WalkTab, host: number, part: PartKind, key: number): Promise<boolean> {
		const { shown } = one;
		if (shown.kind !== "page") return false;
		const now = this.#vouching(host);
		const path = part === "socket" ? "/socket" : part === "frame" ? `/frame/${++this.#frames}` : `/${part}/${key}`;
		const url = this.#ground.url(host, path, part === "socket" ? "wss" : "https");
		const kept = part === "image-kept" ? [...(this.model.kept.get(url) ?? [])] : [];
		const { page, block } = this.model.expected(host, [now, ...kept]);
		const asked = () => this.#ground.lab.log.all((request) => request.url === url).length;
		const probes = () =>
			this.#ground.lab.log.all((request) => request.method === "HEAD" && this.#ground.hostOf(request.url) === host)
				.length;
		const before = asked();
		const probesBefore = probes();
		const start = Date.now();
		const loaded = part === "frame" ? await this.#loadFrame(one.tab, url) : await this.#load(one.tab, part, url);
		if (loaded ? page.size === 0 : !block) {
			const who = `${[now, ...kept].map((authority) => `authority ${authority}`).join(" or ")}`;
			const ends = (await stopped(this.#firefox, url)).map(({ error, time }) => `${error} after ${time - start} ms`);
			throw new Difference(
				`${url} by ${who} must ${loaded ? "not " : ""}load; after ${Date.now() - start} ms, stopped: ${ends.join(", ")}`,
			);
		}
		// A part that no server was asked for came from a cache, and under the one that vouched then.
		const authority = asked() > before ? now : (kept.at(-1) ?? now);
		if (asked() > before || loaded) this.model.sawAnswer(host, authority);
		// Refused by what a probe found, it was never asked for, and is remembered all the same.
		else if (probes() > probesBefore) this.model.sawAnswer(host, now);
		if (!loaded && part === "frame") {
			this.#noteStoppedFrames(shown.parts, [{ host, authority: now }]);
		}
		if (loaded) {
			shown.parts.set(host, authority);
			if (part === "image-kept" && asked() > before) this.model.kept.set(url, new Set([now]));
		}
		await this.#stays(one);
		return true;
	}

	/** Loads a part into a page, and tells whether that worked. */
	async #load(tab: Tab, part: PartKind, url: string): Promise<boolean> {
		return await tab.evaluate(
			(kind, src) => {
				const { promise, resolve } = Promise.withResolvers<boolean>();
				const element = (name: string, attributes: object) => {
					const one = Object.assign(document.createElement(name), attributes);
					one.onload = () => resolve(true);
					one.onerror = () => resolve(false);
					document.body.append(one);
				};
				if (kind === "image" || kind === "image-kept") element("img", { src });
				else if (kind === "script") element("script", { src });
				else if (kind === "style") element("link", { rel: "stylesheet", href: src });
				else if (kind === "socket") {
					const socket = new WebSocket(src);
					socket.onopen = () => {
						resolve(true);
						socket.close();
					};
					socket.onerror = () => resolve(false);
				} else {
					fetch(src).then(
						() => resolve(true),
						() => resolve(false),
					);
				}
				return promise;
			},
			part,
			url,
		);
	}

	/** The same for a frame, of whose end a page hears nothing when it was stopped. */
	async #loadFrame(tab: Tab, url: string): Promise<boolean> {
		let end: boolean | undefined;
		void tab
			.evaluate((src) => {
				const frame = document.createElement("iframe");
				frame.src = src;
				document.body.append(frame);
				return new Promise<void>((loaded) => {
					frame.onload = () => loaded();
				});
			}, url)
			.then(
				() => {
					end = true;
				},
				// The page has gone, which the caller finds out.
				() => null,
			);
		return await this.#firefox.remote.until(
			async () => {
				if ((await stopped(this.#firefox, url)).length > 0) end = false;
				return end;
			},
			PATIENCE_MS,
			() => `the end of ${url} did not come`,
		);
	}

	/** The tab shows what it did. */
	async #stays(one: WalkTab): Promise<void> {
		await this.#settle(new Map([[one, { ...NOTHING, url: "", hosts: new Set(), stays: true }]]));
	}

	async #register(one: WalkTab): Promise<boolean> {
		const { shown } = one;
		if (shown.kind !== "page") return false;
		const { host } = shown;
		const now = this.#vouching(host);
		const known = this.model.workers.has(host);
		const { page, block } = this.model.expected(host, [now]);
		const registered = await one.tab.evaluate(async () => {
			try {
				await navigator.serviceWorker.register("/worker.js");
				await navigator.serviceWorker.ready;
				return true;
			} catch {
				return false;
			}
		});
		if (!known && (registered ? page.size === 0 : !block)) {
			throw new Difference(`the worker of host ${host} by authority ${now} must ${registered ? "not " : ""}register`);
		}
		if (registered && !known) this.model.workers.set(host, now);
		if (!known) this.model.sawAnswer(host, now);
		await this.#settleAll();
		return true;
	}

	// ── Tabs ──────────────────────────────────────────────────────────────────────────────────────

	async #newTab(): Promise<WalkTab> {
		const one: WalkTab = { tab: await this.#firefox.open(), shown: { kind: "blank" }, document: -1 };
		this.#tabs.push(one);
		return one;
	}

	async #open(page: Page): Promise<boolean> {
		if (this.#tabs.length >= MAX_TABS) return false;
		return await this.#navigate(await this.#newTab(), page, "link");
	}

	async #close(one: WalkTab): Promise<boolean> {
		if (this.#tabs.length < 2) return false;
		this.#tabs = this.#tabs.filter((other) => other !== one);
		await one.tab.close();
		return true;
	}

	// ── Chains and rules ──────────────────────────────────────────────────────────────────────────

	async #switch(host: number, authority: number): Promise<boolean> {
		const before = this.#vouching(host);
		if (before === authority) return false;
		this.model.vouching[host] = authority;
		this.#ground.present(host, authority);
		// What is sent from now on needs a new handshake.
		await this.#firefox.chrome((window: ChromeWindow) =>
			window.Services.obs.notifyObservers(null, "net:prune-all-connections"),
		);
		// Until then Firefox may have asked over connections of before.
		this.#noteUnasked((other) => (other === host ? before : this.#vouching(other)));
		return true;
	}

	async #rule(rule: Rule): Promise<boolean> {
		const { rules } = this.model;
		const isNew = rules.every(({ id }) => id !== rule.id);
		const changed = await this.#ask("saveRule", { rule: this.#ruleDocument(rule), isNew });
		if (!changed.ok) throw new Difference(changed.error);
		await this.#rulesChanged(isNew ? [...rules, rule] : rules.map((old) => (old.id === rule.id ? rule : old)), rules);
		return true;
	}

	#ruleDocument({ id, authority, selector, action, scope, host, enabled }: Rule): Record<string, unknown> {
		const { root, intermediate } = this.#ground.authorities[authority] as Ground["authorities"][number];
		const name = (this.#ground.hosts[host] as { name: string }).name;
		return {
			id,
			title: `${selector} ${authority}`,
			match: [
				selector === "organization"
					? { organization: `Trust ${authority}` }
					: { spki: selector === "root" ? root.spki : intermediate.spki },
			],
			action,
			enabled,
			...(scope === "all" ? {} : { [scope]: [name] }),
		};
	}

	async #remove(which: number): Promise<boolean> {
		const { rules } = this.model;
		const rule = rules[which % rules.length];
		if (!rule) return false;
		const changed = await this.#ask("deleteRule", rule.id);
		if (!changed.ok) throw new Difference(changed.error);
		await this.#rulesChanged(
			rules.filter((other) => other !== rule),
			rules,
		);
		return true;
	}

	async #toggle(which: number): Promise<boolean> {
		const { rules } = this.model;
		const rule = rules[which % rules.length];
		if (!rule) return false;
		return await this.#rule({ ...rule, enabled: !rule.enabled });
	}

	async #undo(): Promise<boolean> {
		const { undo } = this.model;
		const offered = (await this.#ask("options")).undo;
		if ((offered === null) !== (undo === null)) throw new Difference(`expected undo ${undo}, got ${offered}`);
		if (undo === null || offered === null) return false;
		const changed = await this.#ask("undo", offered.id);
		if (!changed.ok) throw new Difference(changed.error);
		await this.#rulesChanged(undo, null);
		return true;
	}

	async #rulesChanged(rules: readonly Rule[], undo: readonly Rule[] | null): Promise<void> {
		this.model.setRules(rules, undo);
		await this.#checkStored();
		await this.#settleAll({ frees: true });
	}

	/** The rules and ways through in force are those of the model. */
	async #checkStored(): Promise<void> {
		const { rules, exceptions } = await this.#ask("options");
		const expected = this.model.rules.map((rule) => this.#ruleDocument(rule));
		if (!isDeepStrictEqual(rules.map(sorted), expected.map(sorted))) {
			throw new Difference(`expected rules ${JSON.stringify(expected)}, got ${JSON.stringify(rules)}`);
		}
		// A way through that is gone refuses more, never less; which ones go with a rule is its business.
		const there = exceptions.map(({ host, rule, key }) => `${host} ${rule} ${key}`);
		const known = this.model.exceptions.map((one) => [one, this.#exceptionText(one)] as const);
		const unknown = there.filter((text) => !known.some(([, other]) => other === text));
		if (unknown.length > 0) throw new Difference(`nobody let these through: ${unknown.join(", ")}`);
		const lost = known.filter(([{ lasts }, text]) => lasts === "always" && !there.includes(text));
		if (lost.length > 0)
			throw new Difference(`lasting exceptions are gone: ${lost.map(([, text]) => text).join(", ")}`);
		this.model.exceptions = known.filter(([, text]) => there.includes(text)).map(([one]) => one);
	}

	#exceptionText({ host, rule, key }: Exception): string {
		const [place, authority] = key.split(" ");
		const keys = this.#ground.authorities[Number(authority)];
		return `${this.#ground.hosts[host]?.name} ${rule} ${keys?.[place as "root" | "intermediate"].spki}`;
	}

	/** Waits until every tab shows what it must under the rules as they are now. */
	async #settleAll({ frees = false } = {}): Promise<void> {
		await this.#settle(new Map(this.#tabs.map((one) => [one, this.#wantStanding(one.shown, frees)])));
	}

	/** What nobody was asked for is replaced as soon as its host is found to be refused, by whatever request. */
	async #settleUnseen(): Promise<void> {
		const wants = new Map<WalkTab, Want>();
		for (const one of this.#tabs) {
			const { shown } = one;
			if (shown.kind !== "page" || shown.onRecord || !this.model.isRemembered(shown.host)) continue;
			wants.set(one, { ...NOTHING, url: shown.url, hosts: new Set([shown.host]), block: true });
		}
		if (wants.size > 0) await this.#settle(wants);
	}

	/** What comes of a page that is open when rules change. `frees`: block pages are left that no rule needs. */
	#wantStanding(shown: Shown, frees: boolean): Want {
		const stays: Want = { ...NOTHING, url: "", hosts: new Set(), stays: true };
		if (shown.kind === "blank") return stays;
		if (shown.kind === "block") {
			const { refused } = shown;
			if (!frees || !refused || this.model.refuses(refused.host, refused.authority)) return stays;
			return this.#wantUrl(refused.url);
		}
		const { host, url } = shown;
		const known = shown.onRecord ? [shown.authority] : [...(this.model.seen.get(host) ?? [])];
		const { page, block } = this.model.expected(host, known);
		if (known.length > 0 && page.size === 0) {
			return { ...NOTHING, url, hosts: new Set([host]), block };
		}
		const isPartRefused = [...shown.parts].some(([other, authority]) => this.model.refuses(other, authority));
		if (isPartRefused) return this.#wantPage(this.#pageAt(url), "reload");
		const asItIs = shown.onRecord ? stays : { ...stays, url, hosts: new Set([host]), block };
		// Whether its icon is one that was asked for then, and a frame was loaded after all, only Firefox knows.
		const perhaps = [
			...[...(this.#icons.get(host) ?? [])].map((authority) => [host, authority] as const),
			...(this.#stoppedFrames.get(shown.parts) ?? []).map((frame) => [frame.host, frame.authority] as const),
		];
		if (!perhaps.some(([other, authority]) => this.model.refuses(other, authority))) return asItIs;
		const anew = this.#wantPage(this.#pageAt(url), "reload");
		return { ...anew, block: anew.block || asItIs.block, stays: true };
	}

	/** What comes of loading an address, of a page or of a redirect on the way to one. */
	#wantUrl(url: string): Want {
		const over: number[] = [];
		for (let next = url; ; ) {
			const to = new URL(next).searchParams.get("to");
			if (to === null)
				return over.length > 0 ? this.#wantHops(over, this.#pageAt(next)) : this.#wantPage(this.#pageAt(next), "link");
			over.push(this.#ground.hostOf(next) as number);
			next = to;
		}
	}

	async #except(one: WalkTab, lasts: Exception["lasts"]): Promise<boolean> {
		const { shown } = one;
		if (shown.kind !== "block" || !shown.refused) return false;
		const { host, authority } = shown.refused;
		const id = new URL((await this.#state(one)).url).searchParams.get("id") ?? "";
		const typed = this.#ground.hosts[host]?.name ?? null;
		const answer = await this.#ask("letThrough", { refusal: id, lasts, typed });
		const made = this.model.wayThrough(host, authority, lasts);
		if (answer.ok !== (made !== null)) {
			throw new Difference(`a way through must ${made ? "" : "not "}be given: ${JSON.stringify(answer)}`);
		}
		if (!answer.ok || !made) return true;
		this.model.addExceptions(made);
		await this.#checkStored();
		await this.#settleAll();
		await this.#arrive(one, this.#wantUrl(answer.url), () => one.tab.go(answer.url));
		return true;
	}

	async #revoke(which: number): Promise<boolean> {
		const { exceptions } = this.model;
		const exception = exceptions[which % exceptions.length];
		if (!exception) return false;
		const text = this.#exceptionText(exception);
		const { exceptions: there } = await this.#ask("options");
		const id = there.find(({ host, rule, key }) => `${host} ${rule} ${key}` === text)?.id;
		const changed = await this.#ask("revokeException", id ?? "");
		if (!changed.ok) throw new Difference(changed.error);
		this.model.exceptions = exceptions.filter((other) => other !== exception);
		await this.#checkStored();
		await this.#settleAll();
		return true;
	}

	// ── Time and place ────────────────────────────────────────────────────────────────────────────

	async #clock(): Promise<boolean> {
		await this.#firefox.background(() => {
			const now = Date.now.bind(Date);
			Date.now = () => now() + 11 * 60_000;
		});
		this.#outlive();
		this.model.timePassed();
		return true;
	}

	/** The extension is about to forget which hosts it refused. */
	#outlive(): void {
		for (let host = 0; host < HOSTS; host++) if (this.model.isRemembered(host)) this.#outlived.add(host);
	}

	async #network(): Promise<boolean> {
		await this.#firefox.background(() => void dispatchEvent(new Event("online")));
		this.model.trusted.clear();
		return true;
	}

	// ── Starting anew ─────────────────────────────────────────────────────────────────────────────

	async #restart(killed: boolean, pages: readonly Page[]): Promise<boolean> {
		const readQuit = await noteQuit(this.#firefox);
		if (killed) await this.#firefox.kill();
		else await this.#firefox.quit();
		const quit = await readQuit();
		this.#ended = quit && { from: quit.extension, to: Date.now() };
		this.#forgotten();
		const urls = pages.map((page) => this.#ground.pageUrl(page));
		await this.#firefox.restart({ urls });
		await this.#background();
		await this.#findTabs();
		const wants = new Map<WalkTab, Want>();
		for (const [index, page] of pages.entries()) {
			const one = this.#tabs[index];
			if (!one) throw new Difference(`expected tabs for ${urls}, got ${this.#tabs.length}`);
			wants.set(one, this.#wantPage(page, "link"));
		}
		await this.#settle(wants);
		if (this.#tabs.length === 0) await this.#newTab();
		return true;
	}

	/** The extension was started anew, and knows nothing of what is open. */
	#forgotten(): void {
		this.model.forgotten();
		this.#parts.clear();
	}

	/** Waits for the extension, and for its rules. */
	async #background(): Promise<void> {
		await this.#firefox.extensionRunning();
		await noteStopped(this.#firefox);
		await this.#mistake?.plant(this.#firefox);
		this.#countersign = await Countersign.open(this.#firefox);
		await this.#checkStored();
	}

	async #findTabs(): Promise<void> {
		const own = this.#firefox.extensionUrl("src/welcome/index.html");
		const states = await this.#states();
		this.#tabs = (await this.#firefox.tabs())
			.filter(({ id }) => states.get(id)?.url !== own)
			.map((tab) => ({ tab, shown: { kind: "blank" }, document: -1 }));
	}

	async #crash(): Promise<boolean> {
		const before = await this.#firefox.extensionPid();
		const from = Date.now();
		process.kill(before, "SIGKILL");
		await this.#firefox.remote.until(
			async () => ((await this.#firefox.extensionPid()) === before ? undefined : true),
			PATIENCE_MS,
			() => "the extension did not come back",
		);
		this.#outlive();
		this.#forgotten();
		// What was of the extension shows Firefox's page about crashed tabs, or nothing.
		const own = (await this.#firefox.tabs()).filter(({ id }) => this.#tabs.every(({ tab }) => tab.id !== id));
		for (const tab of own) await tab.close();
		await this.#background();
		this.#ended = { from, to: Date.now() };
		for (const one of this.#tabs) {
			const { shown } = one;
			if (shown.kind === "page") {
				// It is looked into by a probe, which sees who vouches now.
				this.model.sawByProbe(shown.host, this.#vouching(shown.host));
				const parts = new Map<number, number>();
				this.#parts.set(one.document, parts);
				one.shown = { ...shown, onRecord: false, parts };
				// Its document is the one of before the crash: it may have been replaced by now.
				continue;
			}
			if (shown.kind === "block") one.shown = { kind: "blank" };
			one.document = (await this.#state(one)).document;
		}
		await this.#settleAll();
		return true;
	}

	/** What reached the servers last, for whoever has to find out. */
	#lastRequests(): string {
		const now = Date.now();
		return this.#ground.lab.log
			.all()
			.slice(-20)
			.map(({ method, url, time }) => `  ${((now - time) / 1000).toFixed(1)} s ago: ${method} ${url}`)
			.join("\n");
	}

	// ── Looking ───────────────────────────────────────────────────────────────────────────────────

	async #state(one: WalkTab): Promise<TabState> {
		const state = (await this.#states()).get(one.tab.id);
		if (!state) throw new Difference(`tab ${this.#tabs.indexOf(one)} is gone`);
		return state;
	}

	/** All tabs of all windows, by id. */
	async #states(): Promise<Map<string, TabState>> {
		const states = await this.#firefox.chrome((window: ChromeWindow): TabState[] => {
			const { NavigableManager } = window.ChromeUtils.importESModule(
				"chrome://remote/content/shared/NavigableManager.sys.mjs",
			);
			const found: TabState[] = [];
			for (const { gBrowser } of window.Services.wm.getEnumerator("navigator:browser")) {
				for (const { linkedBrowser } of gBrowser.tabs) {
					const context = linkedBrowser.browsingContext;
					const shown = context?.currentWindowGlobal;
					const history = context?.sessionHistory;
					const entries: string[] = [];
					for (let index = 0; index < (history?.count ?? 0); index++) {
						entries.push(history.getEntryAtIndex(index).URI.spec);
					}
					found.push({
						id: NavigableManager.getIdForBrowser(linkedBrowser),
						url: shown?.documentURI?.spec ?? "",
						title: shown?.documentTitle ?? "",
						document: shown?.innerWindowId ?? -1,
						loading: context?.webProgress?.isLoadingDocument ?? true,
						entries,
						index: history?.index ?? -1,
					});
				}
			}
			return found;
		});
		return new Map(states.map((state) => [state.id, state]));
	}

	/**
	 * What Firefox asks for when it likes, since it was looked last: the script of a service worker (what the extension saw of
	 * its host then spares a probe) and a page's icon (a part of it that the walk did not load).
	 */
	#noteUnasked(vouching = (host: number) => this.#vouching(host)): void {
		for (const { url } of this.#ground.lab.log.all().slice(this.#requests)) {
			const host = this.#ground.hostOf(url);
			if (host === undefined) continue;
			const path = new URL(url).pathname;
			if (path === "/worker.js" && !this.model.refuses(host, vouching(host))) this.model.trusted.add(host);
			if (path === "/favicon.ico") this.#icons.set(host, new Set([...(this.#icons.get(host) ?? []), vouching(host)]));
		}
	}

	/** What is refused now, as "host authority". */
	#refused(): Set<string> {
		const refused = new Set<string>();
		for (let host = 0; host < HOSTS; host++) {
			for (const authority of this.#ground.authorities.keys()) {
				if (this.model.refuses(host, authority)) refused.add(`${host} ${authority}`);
			}
		}
		return refused;
	}

	/** Nothing that was refused before this step and is after it has reported that it ran. */
	#checkReports(before: ReadonlySet<string>): void {
		const reports = this.#ground.witness.hits();
		const refused = this.#refused();
		for (const report of reports.slice(this.#reports)) {
			const label = readLabel(report);
			if (!label) throw new Difference(`the witness heard ${report}`);
			const { host, authority } = label;
			if (authority === "http") throw new Difference(`a page without TLS ran: ${report}`);
			if (before.has(`${host} ${authority}`) && refused.has(`${host} ${authority}`)) {
				throw new Difference(`what is refused has run: ${report}`);
			}
		}
		this.#reports = reports.length;
	}

	/** What must not leave for a refused host has not left: cookies, passwords, bodies, and anything without TLS. */
	#checkSent(refusedBefore: ReadonlySet<string>, trustedBefore: ReadonlySet<number>): void {
		this.#noteUnasked();
		const requests = this.#ground.lab.log.all();
		const fresh = requests.slice(this.#requests);
		this.#requests = requests.length;
		const refused = this.#refused();
		for (const { url, method, headers, bodyLength, time } of fresh) {
			const host = this.#ground.hostOf(url);
			if (host === undefined || trustedBefore.has(host)) continue;
			// What Firefox asks for by itself waits as anything else does; when the extension ends, it goes out (docs/limits.md).
			const isEnded = this.#ended !== null && time >= this.#ended.from && time <= this.#ended.to;
			if (isEnded && new URL(url).pathname === "/worker.js") continue;
			const now = `${host} ${this.#vouching(host)}`;
			if (!refusedBefore.has(now) || !refused.has(now)) continue;
			if (headers.cookie || headers.authorization || bodyLength > 0) {
				const what = headers.cookie ? "a cookie" : headers.authorization ? "a password" : "a body";
				throw new Difference(`a refused server was sent ${what}: ${method} ${url}`);
			}
		}
		// Where nobody is refused, Firefox may try what it likes: for a load that it had upgraded it asks over
		// http some seconds later, even when that load is over and the rule that stopped it is gone.
		const plain = fresh.filter(({ scheme, url }) => {
			const host = this.#ground.hostOf(url);
			if (scheme !== "http" || host === undefined) return scheme === "http";
			// What it asks of its own accord comes three seconds after a load that it had upgraded. By then the clock
			// may have made eleven minutes of them, or the extension crashed. No page of the walk has this path.
			if (this.#outlived.has(host) && new URL(url).pathname === "/") return false;
			const now = `${host} ${this.#vouching(host)}`;
			return refusedBefore.has(now) && refused.has(now);
		});
		if (plain.length > 0) throw new Difference(`sent without TLS: ${plain.map(({ url }) => url)}`);
	}
}

/**
 * After a load that was stopped, Firefox may take another entry of its history for the one that is shown: where it would
 * go from there, and what it loads anew, is its own affair.
 */
function isAtShown({ url, entries, index }: TabState): boolean {
	return entries[index] === url;
}

/** A request that Firefox gave up. */
interface Stopped {
	readonly url: string;
	/** Firefox's name of why: what the extension cancels is NS_ERROR_ABORT. */
	readonly error: string;
	/** Milliseconds since 1970. */
	readonly time: number;
}

/** Notes from now on which frames and sockets were stopped, and why. */
async function noteStopped(firefox: Firefox): Promise<void> {
	await firefox.background(({ webRequest }) => {
		const list: Stopped[] = [];
		Object.assign(globalThis, { stopped: list });
		webRequest.onErrorOccurred.addListener(
			// The real time: the walk sets the clock of this page.
			({ url, error, timeStamp: time }) => void list.push({ url, error, time }),
			{ urls: ["https://*/*", "wss://*/*"], types: ["sub_frame", "websocket"] },
		);
	});
}

/** How often, and why, the request of an address was stopped. */
async function stopped(firefox: Firefox, url: string): Promise<Stopped[]> {
	return await firefox.background(
		(_, address) => (globalThis as unknown as { stopped: Stopped[] }).stopped.filter((one) => one.url === address),
		url,
	);
}

const ALL_HOSTS: ReadonlySet<number> = new Set(Array.from({ length: HOSTS }, (_, host) => host));

const sorted = (rule: object): unknown => Object.fromEntries(Object.entries(rule).sort(([a], [b]) => (a < b ? -1 : 1)));
