/**
 * Refusal lists that the person follows (docs/lists.md): fetched when the person asks, or once a day where they
 * switched that on. Whatever a server shows, the rules in force stay until a document was taken whole: signed by the
 * key that was pinned, of the right list, newer than all before, and stored.
 */
import type { FetchError } from "../browser/fetch.ts";
import { messageOf } from "../core/error.ts";
import type { Judge } from "../core/judge.ts";
import {
	type FollowedList,
	MAX_LISTS,
	MAX_LISTS_TEXT,
	MAX_SIGNATURE_FILE,
	newness,
	type RefusalList,
	rulesOf,
} from "../core/list.ts";
import { MAX_DOCUMENT } from "../core/policy.ts";
import type { State } from "../core/state.ts";
import type {
	Background,
	Changed,
	Impact,
	ListFailure,
	ListHead,
	ListPreview,
	ListUpdate,
	ListView,
} from "../protocol.ts";
import { parseList, parseListUrl, parsePublicKey, parseSignature, signatureUrl, textOf } from "../schema/list.ts";
import { isObject } from "../schema/say.ts";
import { deadline } from "./deadline.ts";
import { compareRules } from "./ruleSets.ts";
import type { ListInForce, Rules } from "./rules.ts";

/** What was seen of the lists' servers. Lost, they are only asked once more. */
export const CHECKS = "listChecks";

const FETCH_MS = 30_000;
const IMPACT_MS = 5000;
const DAY_MS = 24 * 60 * 60 * 1000;
/** How often it is looked whether a list is due. */
export const LISTS_BEAT_MS = 60 * 60 * 1000;

export interface ListsDeps {
	readonly rules: Rules;
	readonly fetchDocument: (url: string, most: number, signal: AbortSignal) => Promise<Uint8Array<ArrayBuffer>>;
	readonly isSignedBy: (
		key: Uint8Array<ArrayBuffer>,
		signature: Uint8Array<ArrayBuffer>,
		bytes: Uint8Array<ArrayBuffer>,
	) => Promise<boolean>;
	/** What one judge would have stopped that the other does not. */
	readonly impact: (now: Judge, then: Judge) => Promise<Impact>;
	readonly readStorage: (keys: readonly string[]) => Promise<Record<string, unknown>>;
	readonly writeStorage: (items: Record<string, unknown>) => Promise<void>;
	/** Milliseconds since 1970. */
	readonly now: () => number;
	readonly newId: () => string;
	/** What pages show of lists has changed. */
	readonly onChange: () => void;
	readonly fetchMs?: number;
}

/** Of one list. Times in milliseconds since 1970; 0 for never. */
interface Check {
	readonly asked: number;
	readonly good: number;
	readonly failure: ListFailure | null;
}

const NO_CHECK: Check = { asked: 0, good: 0, failure: null };

interface Fetched {
	readonly ok: true;
	readonly text: string;
	readonly list: RefusalList;
	readonly reported: readonly string[];
}

interface Failed {
	readonly ok: false;
	readonly why: ListFailure["why"];
	readonly error: string;
}

type Updated = Awaited<ReturnType<Background["updateList"]>>;

const failed = (why: ListFailure["why"], error: string): Failed => ({ ok: false, why, error });
const refused = (error: string) => ({ ok: false as const, error, why: null });
const LOCKED = "lists: locked by the administrator";
const notFollowed = (id: string) => `list: expected one that is followed, got ${JSON.stringify(id)}`;

export class Lists {
	readonly #deps: ListsDeps;
	#checks: Readonly<Record<string, Check>> = {};
	#reading: Promise<void> | null = null;
	/** What was shown last and can be followed. */
	#preview: { readonly id: string; readonly url: string; readonly key: string; readonly fetched: Fetched } | null =
		null;
	/** One update at a time for each list. */
	readonly #updating = new Map<string, Promise<Updated>>();
	/** What documents that wait would stop, by their text. */
	readonly #impacts = new Map<string, Impact | null>();

	constructor(deps: ListsDeps) {
		this.#deps = deps;
	}

	/** What is known of the servers, read when it is first needed: not while Firefox starts. Never rejects. */
	#read(): Promise<void> {
		this.#reading ??= this.#readChecks();
		return this.#reading;
	}

	async #readChecks(): Promise<void> {
		try {
			const { [CHECKS]: stored } = await this.#deps.readStorage([CHECKS]);
			this.#checks = readChecks(stored);
		} catch {
			// Nothing is known of the servers. The lists themselves are stored with the rules.
		}
	}

	async #note(id: string, check: Partial<Check>): Promise<void> {
		await this.#read();
		const followed = new Set(this.#deps.rules.lists.map((list) => list.followed.id));
		const known = Object.entries({ ...this.#checks, [id]: { ...this.#check(id), ...check } });
		this.#checks = Object.fromEntries(known.filter(([list]) => followed.has(list)));
		this.#deps.onChange();
		try {
			await this.#deps.writeStorage({ [CHECKS]: this.#checks });
		} catch {
			// It stays known until the end of this session.
		}
	}

	#check(id: string): Check {
		return (Object.hasOwn(this.#checks, id) ? this.#checks[id] : undefined) ?? NO_CHECK;
	}

	#find(id: string): ListInForce | undefined {
		return this.#deps.rules.lists.find(({ followed }) => followed.id === id);
	}

	/** Asks the servers of the lists that are due. Never rejects. */
	async updateDue(): Promise<void> {
		await Promise.all([this.#deps.rules.ready, this.#read()]);
		const now = this.#deps.now();
		for (const { followed } of this.#deps.rules.lists) {
			const { asked } = this.#check(followed.id);
			// A clock that was set back must not keep a list from being asked for.
			const isDue = now - asked >= DAY_MS || asked > now;
			if (followed.automatic && isDue && !this.#deps.rules.locked) await this.#update(followed.id, false);
		}
	}

	/** Fetches a document and its signature, and takes nothing that is not rightly signed. Never rejects. */
	async #fetch(url: string, key: Uint8Array<ArrayBuffer>): Promise<Fetched | Failed> {
		const abort = new AbortController();
		const load = async (): Promise<Fetched | Failed> => {
			const [bytes, signed] = await Promise.all([
				this.#deps.fetchDocument(url, MAX_DOCUMENT, abort.signal),
				this.#deps.fetchDocument(signatureUrl(url), MAX_SIGNATURE_FILE, abort.signal),
			]);
			const signature = parseSignature(textOf(signed) ?? "");
			if (!signature) return failed("signature", "signature: expected 88 base64 characters, got something else");
			if (!(await this.#deps.isSignedBy(key, signature, bytes))) {
				return failed("signature", "signature: expected one of this document by this key, got another");
			}
			const text = textOf(bytes);
			if (text === null) return failed("malformed", "document: expected UTF-8, got other bytes");
			const parsed = parseList(text, this.#deps.rules.knowsAuthority);
			return parsed.ok ? { ...parsed, text } : failed("malformed", parsed.error);
		};
		const late = () => failed("unreachable", "document: expected an answer in time, got none");
		try {
			return await deadline(load(), this.#deps.fetchMs ?? FETCH_MS, late);
		} catch (error) {
			return failed((error as Partial<FetchError> | null)?.why ?? "unreachable", `document: ${messageOf(error)}`);
		} finally {
			abort.abort();
		}
	}

	/** What a list would stop with these rules, and the rules in force do not. Null: it cannot be told. */
	async #impactOf(list: RefusalList, off: readonly string[]): Promise<Impact | null> {
		const { rules } = this.#deps;
		const then = rules.judgeWithList({ id: list.id, title: list.title, rules: rulesOf(list, off) });
		const asked = Promise.resolve()
			.then(() => this.#deps.impact(rules.judge, then))
			.catch(() => null);
		return await deadline<Impact | null>(asked, IMPACT_MS, () => null);
	}

	async preview(request: { url: string; key: string }): ReturnType<Background["previewList"]> {
		if (this.#deps.rules.locked) return refused(LOCKED);
		const address = parseListUrl(request.url);
		if (!address.ok) return refused(address.error);
		const key = parsePublicKey(request.key);
		if (!key) return refused("key: expected a public key: 44 base64 characters, got something else");
		const fetched = await this.#fetch(address.url, key.bytes);
		if (!fetched.ok) return fetched;
		const { list, reported } = fetched;
		if (this.#find(list.id)) return refused(`list.id: expected one that is not followed yet, got ${list.id}`);
		const preview: ListPreview = {
			...this.#head(list, reported),
			preview: this.#deps.newId(),
			url: address.url,
			key: key.key,
			rules: list.policy.rules,
			impact: await this.#impactOf(list, []),
		};
		this.#preview = { id: preview.preview, url: address.url, key: key.key, fetched };
		return { ok: true, preview };
	}

	async follow({ preview: id, automatic }: { preview: string; automatic: boolean }): Promise<Changed> {
		if (this.#deps.rules.locked) return refused(LOCKED);
		const preview = this.#preview;
		if (preview?.id !== id) return refused("preview: expected the last one, got an older one");
		const { url, key, fetched } = preview;
		const followed: FollowedList = {
			id: fetched.list.id,
			url,
			key,
			text: fetched.text,
			pending: null,
			declined: 0,
			off: [],
			automatic,
			updated: this.#deps.now(),
		};
		const changed = await this.#change((state) => {
			if (state.lists.some((list) => list.id === followed.id)) {
				return `list.id: expected one that is not followed yet, got ${followed.id}`;
			}
			return { ...state, lists: [...state.lists, followed] };
		});
		if (!changed.ok) return changed;
		this.#preview = null;
		const now = this.#deps.now();
		await this.#note(followed.id, { asked: now, good: now, failure: null });
		return changed;
	}

	/** Fetches a list's document because the person wants it now. Never rejects. */
	async update(id: string): Promise<Updated> {
		if (this.#deps.rules.locked) return refused(LOCKED);
		if (!this.#find(id)) return refused(notFollowed(id));
		return await this.#update(id, true);
	}

	async #update(id: string, byPerson: boolean): Promise<Updated> {
		const running = this.#updating.get(id) ?? this.#load(id, byPerson).finally(() => this.#updating.delete(id));
		this.#updating.set(id, running);
		return await running;
	}

	async #load(id: string, byPerson: boolean): Promise<Updated> {
		const before = this.#find(id);
		const key = before && parsePublicKey(before.followed.key);
		if (!key) return refused(notFollowed(id));
		// Written before it is asked, so that a Firefox that is started often does not ask more often.
		await this.#note(id, { asked: this.#deps.now() });
		const fetched = await this.#fetch(before.followed.url, key.bytes);
		const answer = fetched.ok ? await this.#take(id, fetched, byPerson) : fetched;
		const time = this.#deps.now();
		if (answer.ok) await this.#note(id, { good: time, failure: null });
		else if (answer.why) await this.#note(id, { failure: { time, why: answer.why, detail: answer.error } });
		return answer;
	}

	/** Takes a document that is rightly signed, if it is what this list waits for. */
	async #take(id: string, { list, text }: Fetched, byPerson: boolean): Promise<Updated> {
		if (list.id !== id) return failed("other-list", `list.id: expected ${id}, got ${list.id}`);
		const now = this.#find(id);
		if (!now) return refused(notFollowed(id));
		const { followed } = now;
		const seen = [
			{ text: followed.text, sequence: now.list.sequence },
			...(followed.pending === null || !now.pending
				? []
				: [{ text: followed.pending, sequence: now.pending.sequence }]),
		];
		const newest = Math.max(...seen.map(({ sequence }) => sequence), followed.declined);
		const kind = newness(seen, followed.declined, { text, sequence: list.sequence });
		if (kind === "older") return failed("older", `list.sequence: expected at least ${newest}, got ${list.sequence}`);
		if (kind === "reused") {
			return failed("reused", `list.sequence: expected a new one for a new document, got ${list.sequence} again`);
		}
		if (kind === "same") return { ok: true, outcome: followed.pending === null ? "same" : "asks" };
		if (kind === "declined" && !byPerson) return { ok: true, outcome: "same" };
		const impact = await this.#impactOf(list, followed.off);
		const asks = mustAsk(now, list, impact);
		const changed = await this.#replace(id, (stored) => {
			// Something else was decided while the impact was counted: the next time is soon enough.
			if (stored.text !== followed.text || stored.pending !== followed.pending) return "list: changed meanwhile";
			if (asks) return { ...stored, pending: text };
			return { ...stored, ...this.#inForce(text) };
		});
		if (!changed.ok) return failed("storage", changed.error);
		if (asks) this.#impacts.set(text, impact);
		return { ok: true, outcome: asks ? "asks" : "updated" };
	}

	/** What a list becomes with a document in force. */
	#inForce(text: string) {
		return { text, pending: null, updated: this.#deps.now() };
	}

	async accept({ list: id, sequence }: { list: string; sequence: number }): Promise<Changed> {
		if (this.#deps.rules.locked) return refused(LOCKED);
		return await this.#answerPending(id, sequence, (stored, pending) => ({ ...stored, ...this.#inForce(pending) }));
	}

	async decline({ list: id, sequence }: { list: string; sequence: number }): Promise<Changed> {
		return await this.#answerPending(id, sequence, (stored) => ({ ...stored, pending: null, declined: sequence }));
	}

	async #answerPending(
		id: string,
		sequence: number,
		update: (stored: FollowedList, pending: string) => FollowedList,
	): Promise<Changed> {
		return await this.#replace(id, (stored) => {
			const isThis = this.#find(id)?.pending?.sequence === sequence;
			if (stored.pending === null || !isThis)
				return `sequence: expected that of a document that waits, got ${sequence}`;
			return update(stored, stored.pending);
		});
	}

	async setRule({ list, rule, enabled }: { list: string; rule: string; enabled: boolean }): Promise<Changed> {
		if (this.#deps.rules.locked) return refused(LOCKED);
		return await this.#replace(list, (stored) => {
			const isThere = this.#find(list)?.list.policy.rules.some(({ id }) => id === rule);
			if (!isThere) return `rule: expected one of this list, got ${JSON.stringify(rule)}`;
			const others = stored.off.filter((id) => id !== rule);
			return { ...stored, off: enabled ? others : [...others, rule] };
		});
	}

	async setAutomatic({ list, on }: { list: string; on: boolean }): Promise<Changed> {
		return await this.#replace(list, (stored) => ({ ...stored, automatic: on }));
	}

	async leave(id: string): Promise<Changed> {
		const title = this.#find(id)?.list.title ?? id;
		return await this.#change((state) => {
			const list = state.lists.find((one) => one.id === id);
			if (!list) return notFollowed(id);
			return {
				...state,
				lists: state.lists.filter((one) => one !== list),
				undo: { id: this.#deps.newId(), what: "leave", title, policy: state.policy, list },
			};
		});
	}

	async #replace(id: string, update: (list: FollowedList) => FollowedList | string): Promise<Changed> {
		return await this.#change((state) => {
			const index = state.lists.findIndex((list) => list.id === id);
			const before = state.lists[index];
			if (!before) return notFollowed(id);
			const next = update(before);
			return typeof next === "string" ? next : { ...state, lists: state.lists.with(index, next) };
		});
	}

	async #change(update: (state: State) => State | string): Promise<Changed> {
		return await this.#deps.rules.change(
			(state) => {
				const next = update(state);
				if (typeof next === "string") return next;
				if (next.lists.length > MAX_LISTS) return `lists: expected at most ${MAX_LISTS}, got ${next.lists.length}`;
				const size = next.lists.reduce((sum, { text, pending }) => sum + text.length + (pending?.length ?? 0), 0);
				if (size > MAX_LISTS_TEXT && next.lists.length >= state.lists.length) {
					return `lists: expected at most ${MAX_LISTS_TEXT} characters together, got ${size}`;
				}
				return withoutStrays(next);
			},
			{ tightened: true },
		);
	}

	#head({ id, title, description, sequence, expires }: RefusalList, reported: readonly string[]): ListHead {
		const end = Date.parse(expires);
		return {
			id,
			title,
			description: description ?? null,
			sequence,
			expires: end,
			expired: end <= this.#deps.now(),
			reported,
		};
	}

	/** All that the options page shows of lists. Never rejects. */
	async views(): Promise<readonly ListView[]> {
		await this.#read();
		return await Promise.all(this.#deps.rules.lists.map((list) => this.#view(list)));
	}

	async #view(inForce: ListInForce): Promise<ListView> {
		const { followed, list, reported } = inForce;
		const { good, failure } = this.#check(followed.id);
		const off = new Set(followed.off);
		return {
			...this.#head(list, reported),
			url: followed.url,
			key: followed.key,
			rules: list.policy.rules.map((rule) => ({ rule, switchedOff: off.has(rule.id) })),
			automatic: followed.automatic,
			updated: followed.updated,
			good: Math.max(good, followed.updated),
			failure,
			pending: await this.#viewPending(inForce),
		};
	}

	async #viewPending({ followed, list, pending }: ListInForce): Promise<ListUpdate | null> {
		if (!pending || followed.pending === null) return null;
		let impact = this.#impacts.get(followed.pending);
		if (impact === undefined) {
			impact = await this.#impactOf(pending, followed.off);
			this.#impacts.clear();
			this.#impacts.set(followed.pending, impact);
		}
		const { added, changed, missing } = compareRules(list.policy.rules, pending.policy.rules);
		const { sequence } = pending;
		return { sequence, added, changed: changed.map(({ after }) => after), removed: missing, impact };
	}
}

/** Whether a newer document needs the person's word: it would stop sites that they visit, or nobody can tell. */
function mustAsk({ list, followed }: ListInForce, next: RefusalList, impact: Impact | null): boolean {
	if (impact !== null && impact.since !== null) return impact.stopped + impact.parts > 0;
	const { added, changed } = compareRules(rulesOf(list, followed.off), rulesOf(next, followed.off));
	return [...added, ...changed.map(({ after }) => after)].some(({ enabled }) => enabled);
}

/** The state without exceptions from rules of lists that are gone, lest a later rule of the same name finds them. */
function withoutStrays(state: State): State {
	const refs = new Set(
		state.lists.flatMap(({ id, text }) => {
			const parsed = parseList(text, () => true);
			return parsed.ok ? parsed.list.policy.rules.map((rule) => `list/${id}/${rule.id}`) : [];
		}),
	);
	const exceptions = state.exceptions.filter(({ rule }) => !rule.startsWith("list/") || refs.has(rule));
	return { ...state, exceptions };
}

const FAILURES: readonly string[] = [
	"unreachable",
	"too-large",
	"signature",
	"malformed",
	"other-list",
	"older",
	"reused",
	"storage",
] satisfies ListFailure["why"][];

const timeIn = (value: unknown): number => (typeof value === "number" && Number.isFinite(value) ? value : 0);

/** What is stored of the servers, as far as it can be read. */
function readChecks(stored: unknown): Record<string, Check> {
	if (!isObject(stored)) return {};
	return Object.fromEntries(
		Object.entries(stored).flatMap(([id, check]) => {
			if (!isObject(check)) return [];
			return [[id, { asked: timeIn(check.asked), good: timeIn(check.good), failure: readFailure(check.failure) }]];
		}),
	);
}

function readFailure(stored: unknown): ListFailure | null {
	if (!isObject(stored) || typeof stored.detail !== "string" || typeof stored.why !== "string") return null;
	if (!FAILURES.includes(stored.why)) return null;
	return { time: timeIn(stored.time), why: stored.why as ListFailure["why"], detail: stored.detail };
}
