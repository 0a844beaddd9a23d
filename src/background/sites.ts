/**
 * The record of which authorities vouched for which sites, for 90 days and on this device only: what refusing an
 * authority would cost is told from it (docs/how-it-decides.md, "What a rule would cost"). No verdict rests on it, and
 * nothing that goes wrong here reaches one.
 */
import type { Chain, Evidence, Position } from "../core/chain.ts";
import { messageOf } from "../core/error.ts";
import type { Judge } from "../core/judge.ts";
import type { Catalogue } from "../core/policy.ts";
import type { Changed, Impact, SitesView, Voucher } from "../protocol.ts";
import { isObject } from "../schema/say.ts";
import type { Judged } from "./guard.ts";
import { dayOf, KEPT_DAYS, PIECES, SiteRecord, STORED_VERSION, type StoredVersion, timeOf } from "./siteRecord.ts";
import { readTarget, type Target } from "./target.ts";
import { type Vouching, vouchingIn } from "./voucher.ts";

/** The key of what is stored besides the pieces: whether the record is on, and since when it is kept. */
const META = "sites";
/** Everything of the record in storage. */
export const SITES_STORED: readonly string[] = [META, ...PIECES];

/** Pages come first: what came with one is looked at so many milliseconds later. */
const LATER_MS = 1000;
/** What was noted is written so many milliseconds later. When Firefox is killed, no more than that is lost. */
const WRITE_MS = 30_000;
/** What waits to be looked at. Beyond that nothing is noted, and will be with the next answer. */
const MAX_PENDING = 5000;
/** So many are looked at before others have a turn: each is a question to Firefox. */
const PER_TURN = 100;
/** Names of sites in an answer, at most. */
const MAX_NAMES = 100;
/** Authorities that vouched for a site before, in an answer, at most. */
const MAX_BEFORE = 3;

export interface SitesDeps {
	readonly readStorage: (keys: readonly string[]) => Promise<Record<string, unknown>>;
	readonly writeStorage: (items: Record<string, unknown>) => Promise<void>;
	readonly removeStorage: (keys: readonly string[]) => Promise<void>;
	readonly catalogue: Catalogue;
	/** Milliseconds since 1970. */
	readonly now: () => number;
	/** The registrable domain of a host, in A-labels; the host itself where it has none. */
	readonly domainOf: (host: string) => string;
	/** A domain as the address bar writes it. */
	readonly displayDomain: (domain: string) => string;
	/** Whether Firefox says when history is removed. Where it does not, no record is kept. */
	readonly followsHistory: boolean;
	/** Whether the browser's history has anything in it. */
	readonly hasHistory: () => Promise<boolean>;
	/** The record is another than before, not only longer. */
	readonly onChange: () => void;
	readonly laterMs?: number;
	readonly writeMs?: number;
	/** Lets others have a turn. */
	readonly pause?: () => Promise<void>;
}

interface Pending {
	readonly host: string;
	readonly chain: Chain;
	readonly isPage: boolean;
	readonly day: number;
}

/** What was noted last of a target. */
type Noted = Pick<Pending, "chain" | "day">;

const isSame = (one: Chain, other: Chain): boolean =>
	one.length === other.length &&
	one.every(({ sha256, builtInRoot }, at) => sha256 === other[at]?.sha256 && builtInRoot === other[at].builtInRoot);

export class Sites {
	readonly #deps: SitesDeps;
	readonly #record = new SiteRecord();
	/** The person's choice. Null: not read yet. */
	#on: boolean | null = null;
	/** Storage failed: nothing is noted any more before Firefox is started anew, or the record switched on. */
	#failed: string | null = null;
	#isRead = false;
	#isThere = false;
	/** Something that is to be gone is still stored: all of it, or some of it. */
	#owesRemoval = false;
	#owesForgetting = false;
	/** The day from which on sites are known. */
	#since: number | null = null;
	/** The day on which what is too old was forgotten last. */
	#pruned: number | null = null;
	#pending: Pending[] = [];
	/** By kind. Targets are the same objects as long as they are known (target.ts). */
	#noted = { page: new WeakMap<Target, Noted>(), part: new WeakMap<Target, Noted>() };
	readonly #vouching = new WeakMap<Chain, Vouching>();
	#later: ReturnType<typeof setTimeout> | null = null;
	#writing: ReturnType<typeof setTimeout> | null = null;
	#started: Promise<void> | null = null;
	#work: Promise<unknown> = Promise.resolve();

	constructor(deps: SitesDeps) {
		this.#deps = deps;
	}

	/** Reads what is stored, once. Never rejects. */
	start(): Promise<void> {
		if (!this.#started) {
			this.#started = this.#read();
			this.#work = this.#started;
		}
		return this.#started;
	}

	/** One thing after the other. What throws is a mistake of ours, and ends the record for this session. */
	async #enqueue<Answer>(run: () => Promise<Answer>): Promise<Answer> {
		void this.start();
		const running = this.#work.then(run);
		this.#work = running.catch((error: unknown) => this.#fail(error));
		return await running;
	}

	#fail(error: unknown): void {
		this.#failed = messageOf(error);
		this.#pending = [];
		this.#deps.onChange();
	}

	/** Notes who vouched for an answer that was accepted. Quick: all else is done later. Never throws. */
	note(judged: Judged): void {
		try {
			this.#note(judged);
		} catch {
			// A count is one too small; the answer that is counted goes its way.
		}
	}

	#note({ details, target, connection: { evidence } }: Judged): void {
		// What comes out of a cache says nothing of who vouches now; private windows leave no trace.
		if (details.incognito === true || details.fromCache === true || evidence.kind !== "chain") return;
		if (this.#on === false || this.#failed !== null || !this.#deps.followsHistory) return;
		const isPage = details.type === "main_frame";
		const noted = isPage ? this.#noted.page : this.#noted.part;
		const { chain } = evidence;
		const day = dayOf(this.#deps.now());
		const last = noted.get(target);
		if (last?.day === day && isSame(last.chain, chain)) return;
		if (this.#pending.length >= MAX_PENDING) return;
		noted.set(target, { chain, day });
		this.#pending.push({ host: target.name, chain, isPage, day });
		this.#later ??= setTimeout(() => {
			this.#later = null;
			void this.#enqueue(() => this.#takePending()).catch(() => undefined);
		}, this.#deps.laterMs ?? LATER_MS);
	}

	/** Puts what waits into the record. */
	async #takePending(): Promise<void> {
		const pending = this.#pending;
		this.#pending = [];
		if (this.#on !== true || this.#failed !== null) return;
		this.#prune();
		let count = 0;
		for (const { host, chain, isPage, day } of pending) {
			if (++count % PER_TURN === 0) await this.#pause();
			this.#since ??= day;
			this.#record.note(this.#deps.domainOf(host), chain, isPage, day);
		}
		this.#scheduleWrite();
	}

	#pause(): Promise<void> {
		return this.#deps.pause?.() ?? new Promise((resolve) => setTimeout(resolve, 0));
	}

	/** Forgets what is too old, once a day. Answers with today. */
	#prune(): number {
		const today = dayOf(this.#deps.now());
		if (today !== this.#pruned) this.#record.prune(today);
		this.#pruned = today;
		return today;
	}

	#scheduleWrite(): void {
		if (!this.#record.isDirty && !this.#owesRemoval) return;
		this.#writing ??= setTimeout(() => {
			this.#writing = null;
			void this.#enqueue(() => this.#write()).catch(() => undefined);
		}, this.#deps.writeMs ?? WRITE_MS);
	}

	/** Writes what changed; with what is to be gone before it. Where that fails, nothing more is noted. */
	async #write(): Promise<void> {
		if (this.#owesRemoval && (await this.#remove()) !== null) {
			this.#scheduleWrite();
			return;
		}
		if (this.#on !== true || !this.#record.isDirty) return;
		if (this.#failed !== null && !this.#owesForgetting) return;
		this.#prune();
		try {
			await this.#store();
			this.#owesForgetting = false;
		} catch (error) {
			this.#fail(error);
			if (this.#owesForgetting) this.#scheduleWrite();
		}
	}

	async #store(): Promise<void> {
		const items = this.#record.takeDirty();
		try {
			await this.#deps.writeStorage({
				...items,
				[META]: { version: STORED_VERSION, on: this.#on, since: this.#since },
			});
		} catch (error) {
			this.#record.markDirty(Object.keys(items));
			throw error;
		}
	}

	/** Removes what is stored, but for the choice whether it is on. Answers with an error, and tries again later. */
	async #remove(): Promise<string | null> {
		try {
			await this.#deps.removeStorage(PIECES);
			this.#owesRemoval = false;
			return null;
		} catch (error) {
			this.#owesRemoval = true;
			this.#scheduleWrite();
			return messageOf(error);
		}
	}

	async #read(): Promise<void> {
		try {
			const items = await this.#deps.readStorage(SITES_STORED);
			this.#isRead = true;
			await this.#take(items);
		} catch (error) {
			this.#on ??= true;
			this.#fail(error);
		}
		this.#isThere = true;
	}

	async #take(items: Readonly<Record<string, unknown>>): Promise<void> {
		const meta = readMeta(items[META]);
		this.#on = meta?.on ?? true;
		const isThere = PIECES.some((piece) => items[piece] !== undefined);
		// Pieces without their head are of nobody knows when; and what is off has none.
		if (items[META] === undefined || !meta?.on) {
			if (isThere) await this.#remove();
			return;
		}
		const today = dayOf(this.#deps.now());
		await this.#record.read(items, () => this.#pause(), meta.version);
		await this.#pause();
		this.#prune();
		this.#since = meta.since === null ? null : Math.min(meta.since, today);
		// It was removed while Firefox went down, or while Countersign did not run.
		const hasHistory = this.#record.isEmpty || (await this.#deps.hasHistory().catch(() => true));
		if (!hasHistory) await this.#empty();
		this.#scheduleWrite();
	}

	/** Forgets all, in memory and in storage. */
	async #empty(): Promise<string | null> {
		this.#record.clear();
		this.#since = null;
		const error = await this.#remove();
		this.#deps.onChange();
		return error;
	}

	/** What is noted again from here on counts as new. */
	#forgetNoted(): void {
		this.#noted = { page: new WeakMap(), part: new WeakMap() };
	}

	/** Firefox's history was removed: all of it, or everything of these addresses. Never rejects. */
	async historyRemoved({ all, urls }: { readonly all: boolean; readonly urls: readonly string[] }): Promise<void> {
		if (all) await this.clear().catch(() => undefined);
		else await this.#enqueue(() => this.#forget(urls)).catch(() => undefined);
	}

	async #forget(urls: readonly string[]): Promise<void> {
		await this.#takePending();
		const hosts = new Set<string>();
		const domains = new Set<string>();
		let count = 0;
		for (const url of urls) {
			if (++count % PER_TURN === 0) await this.#pause();
			const target = readTarget(url);
			if (!target || hosts.has(target.name)) continue;
			hosts.add(target.name);
			domains.add(this.#deps.domainOf(target.name));
		}
		this.#record.forget(domains);
		// What came meanwhile is noted again.
		this.#forgetNoted();
		// At once: it would be there again if Firefox were killed now.
		this.#owesForgetting = this.#record.isDirty;
		await this.#write();
		this.#deps.onChange();
	}

	/** Forgets which sites were visited, durably. An error: it is gone from memory, and its removal is tried again. */
	async clear(): Promise<Changed> {
		// What came before this must not come after it.
		this.#pending = [];
		this.#forgetNoted();
		return await this.#enqueue(async () => changed(await this.#empty()));
	}

	/** Switches the record on or off; off clears it. */
	async keep(on: boolean): Promise<Changed> {
		if (on && !this.#deps.followsHistory) return changed("Firefox does not tell here when history is removed");
		if (!on) {
			this.#pending = [];
			this.#forgetNoted();
		}
		return await this.#enqueue(async () => {
			if (on && !this.#isRead) {
				this.#failed = null;
				await this.#read();
				if (this.#failed !== null) return changed(this.#failed);
			}
			const before = this.#on;
			this.#on = on;
			if (!on) {
				this.#record.clear();
				this.#since = null;
			} else {
				await this.#takePending();
				// What came while it was off is noted when it comes again.
				this.#forgetNoted();
			}
			try {
				if (on && this.#owesRemoval) await this.#deps.removeStorage(PIECES);
				await this.#store();
				this.#failed = null;
			} catch (error) {
				// Off is off for this session at least; on does not come.
				if (on) this.#on = before;
				else this.#owesRemoval = true;
				this.#fail(error);
				this.#scheduleWrite();
				return changed(messageOf(error));
			}
			this.#owesRemoval = false;
			const error = on ? null : await this.#remove();
			this.#deps.onChange();
			return changed(error);
		});
	}

	get #isOn(): boolean {
		return this.#on === true && this.#failed === null && this.#deps.followsHistory;
	}

	/** Brings the record up to now. Answers with the time since when it is known, null where nothing is. */
	async #current(): Promise<number | null> {
		await this.#takePending();
		const today = this.#prune();
		this.#scheduleWrite();
		if (this.#record.isEmpty || this.#since === null) return null;
		return timeOf(Math.max(Math.min(this.#since, today), today - KEPT_DAYS + 1));
	}

	/** What is known, for pages. */
	async view(): Promise<SitesView> {
		return await this.#enqueue(async () => {
			const since = await this.#current();
			return { on: this.#isOn, since, ...this.#record.count(this.#deps.catalogue) };
		});
	}

	/**
	 * Who vouched for pages of a host's domain before this visit, which `evidence` is of: seen last first. Today's first
	 * pages of the authority that vouches now count as this visit's, since the record knows days and no hours.
	 */
	async before({ name }: Target, evidence: Evidence | null): Promise<readonly Voucher[]> {
		return await this.#enqueue(async () => {
			await this.#takePending();
			const today = this.#prune();
			const now = evidence?.kind === "chain" ? this.#voucher(evidence.chain).key : null;
			const known = new Map<string, Voucher>();
			for (const { chain, first, last: newest, earlier } of this.#record.visited(this.#deps.domainOf(name))) {
				const { key, voucher } = this.#voucher(chain);
				if (key === now && first === today) continue;
				const last = key === now && newest === today ? earlier || newest : newest;
				const { first: from = Infinity, last: to = 0 } = known.get(key) ?? {};
				known.set(key, { ...voucher, first: Math.min(from, timeOf(first)), last: Math.max(to, timeOf(last)) });
			}
			return [...known.values()].sort((a, b) => b.last - a.last).slice(0, MAX_BEFORE);
		});
	}

	/** Whether all that is stored was read, as far as it could be. */
	get isThere(): boolean {
		return this.#isThere;
	}

	/**
	 * The country of the authority that vouches for a page, where none of that country vouched for one of its domain
	 * before, and others did: with its place in the chain. Null: nothing is to be said. Says nothing of countries that
	 * are not known, and of what is not read yet.
	 */
	changedCountry({ name }: Target, chain: Chain): { readonly country: string; readonly position: Position } | null {
		if (this.#on !== true || !this.#isThere) return null;
		this.#prune();
		const known = this.#record.visited(this.#deps.domainOf(name));
		if (known.length === 0) return null;
		const countries = new Set(known.map((one) => this.#voucher(one.chain).voucher.country));
		countries.delete(null);
		const { voucher, position } = this.#voucher(chain);
		const { country } = voucher;
		return country === null || countries.size === 0 || countries.has(country) ? null : { country, position };
	}

	/**
	 * Notes at once that a page of a host came so: the person wants it, though it was stopped. Also where nothing can be
	 * written, lest it is stopped again and again. Never rejects.
	 */
	async visited({ name }: Target, chain: Chain): Promise<void> {
		const note = async () => {
			if (this.#on) this.#record.note(this.#deps.domainOf(name), chain, true, this.#prune());
			this.#scheduleWrite();
		};
		await this.#enqueue(note).catch(() => undefined);
	}

	#voucher(chain: Chain): Vouching {
		const known = this.#vouching.get(chain);
		if (known) return known;
		const vouching = vouchingIn(chain, this.#deps.catalogue);
		this.#vouching.set(chain, vouching);
		return vouching;
	}

	/** What would have been stopped by one judge that the other does not stop (`SiteRecord.compare`). */
	async impact(now: Judge, then: Judge): Promise<Impact> {
		return await this.#enqueue(async () => {
			const since = await this.#current();
			await this.#pause();
			const { total } = this.#record.count(this.#deps.catalogue);
			await this.#pause();
			const { sites, parts } = await this.#record.compare(now, then, () => this.#pause());
			const names = sites.slice(0, MAX_NAMES).map((domain) => this.#deps.displayDomain(domain));
			return { since, total, stopped: sites.length, sites: names, parts };
		});
	}
}

const changed = (error: string | null): Changed =>
	error === null ? { ok: true } : { ok: false, error: `storage: expected to be written, got ${error}` };

interface Meta {
	readonly version: StoredVersion;
	readonly on: boolean;
	readonly since: number | null;
}

/** What stands beside the pieces. Unreadable, nobody knows what the person chose: then it is off. */
function readMeta(value: unknown): Meta | null {
	if (value === undefined) return null;
	const { version, on, since } = isObject(value) ? value : {};
	if ((version !== 1 && version !== STORED_VERSION) || typeof on !== "boolean") {
		return { version: STORED_VERSION, on: false, since: null };
	}
	return { version, on, since: typeof since === "number" && Number.isSafeInteger(since) && since > 0 ? since : null };
}
