import type { Managed } from "../browser/storage.ts";
import { compile } from "../core/compile.ts";
import { messageOf } from "../core/error.ts";
import type { Judge, RuleInForce } from "../core/judge.ts";
import { type FollowedList, type ListLayer, MAX_LISTS, type RefusalList, rulesOf } from "../core/list.ts";
import type { Catalogue, ManagedPolicy, Policy, Rule, Settings } from "../core/policy.ts";
import { firstState, type OwnPolicy, type State, type StoredException, type Undo } from "../core/state.ts";
import type { Changed, StorageTrouble } from "../protocol.ts";
import { parseList } from "../schema/list.ts";
import { parseManaged, parsePolicy } from "../schema/policy.ts";
import { chooseState, readState } from "../schema/state.ts";
import { deadline } from "./deadline.ts";
import { exceptionKey } from "./exceptions.ts";
import { fault } from "./faults.ts";
import { mergeById } from "./ruleSets.ts";

/** The current state, the one before the last change, and what could not be read, for its owner. */
export const STORED = ["state", "previous", "unreadable"] as const;

/** How long an administrator's storage may take before the last accepted document is used. */
const MANAGED_MS = 2000;

export interface RulesDeps {
	readonly readStorage: (keys: readonly string[]) => Promise<Record<string, unknown>>;
	readonly writeStorage: (items: Record<string, unknown>) => Promise<void>;
	/** A copy of the last state, kept in another file: null where there is none. Must not throw. */
	readonly readCopy: () => unknown;
	/** Answers whether there is one now. Must not throw. */
	readonly writeCopy: (state: unknown) => boolean;
	readonly readManaged: () => Promise<Managed>;
	readonly catalogue: Catalogue;
	readonly firstRules: Policy;
	/** Called after every change of what is in force. `tightened`: something may now be refused. */
	readonly onChange: (change: { readonly tightened: boolean }) => void;
	readonly newId: () => string;
}

/** Fewer than the schema takes, so that a full list never makes the state unreadable. */
const MAX_EXCEPTIONS = 5000;

/** A list that is followed, and what its documents say. */
export interface ListInForce {
	readonly followed: FollowedList;
	readonly list: RefusalList;
	/** Selectors that match nothing here, one line each. */
	readonly reported: readonly string[];
	/** The document that waits, if one does. */
	readonly pending: RefusalList | null;
}

type ReadList = { readonly list: RefusalList; readonly reported: readonly string[] } | null;

/** What an undo can take back. */
export interface Edit {
	readonly what: Undo["what"];
	readonly title: string;
}

/**
 * The rules in force: reads what is stored, changes it one whole state at a time, and keeps the
 * judge that goes with it. Changes run one after the other; each is in force only once it is stored.
 */
export class Rules {
	readonly #deps: RulesDeps;
	#state: State;
	/** The documents of the lists in this state, by their text: each is read once. */
	#documents: ReadonlyMap<string, ReadList> = new Map();
	/** Null until somebody asks, or what is stored was read. */
	#judge: Judge | null = null;
	#admin: ManagedPolicy | null = null;
	/** What an administrator's storage gave at this start. */
	#managed: Managed = { kind: "none" };
	#reported: readonly string[] = [];
	#adminError: string | null = null;
	#trouble: StorageTrouble | null = null;
	#unreadable: unknown = null;
	#writable = false;
	#changes: Promise<unknown> = Promise.resolve();
	/** Resolves once rules are in force. Never rejects: whatever is stored, some are. */
	readonly ready: Promise<void>;
	fresh = false;

	constructor(deps: RulesDeps) {
		this.#deps = deps;
		this.#state = firstState(deps.firstRules);
		this.ready = this.#load();
	}

	get state(): State {
		return this.#state;
	}

	get judge(): Judge {
		this.#judge ??= this.#compile();
		return this.#judge;
	}

	get admin(): ManagedPolicy | null {
		return this.#admin;
	}

	get reported(): readonly string[] {
		return this.#reported;
	}

	get adminError(): string | null {
		return this.#adminError;
	}

	get trouble(): StorageTrouble | null {
		return this.#trouble;
	}

	/** What could not be read, for export. */
	get unreadable(): unknown {
		return this.#unreadable;
	}

	/** An administrator's lock: the person can add neither rules nor exceptions. */
	get locked(): boolean {
		return this.#admin?.locked === true;
	}

	/** The administrator's settings win over the person's. */
	get settings(): Settings {
		return { ...this.#state.policy.settings, ...this.#admin?.policy.settings };
	}

	ruleInForce(ref: string): RuleInForce | undefined {
		return this.judge.rules.find((rule) => rule.ref === ref);
	}

	knowsAuthority = (id: string): boolean => this.#deps.catalogue.byId(id) !== undefined;

	#compile(): Judge {
		this.#readDocuments();
		return this.#judgeOf(this.#state.policy.rules, this.#layers());
	}

	#judgeOf(rules: readonly Rule[], lists: readonly ListLayer[]): Judge {
		return compile({ admin: this.#admin, person: { version: 1, rules }, lists }, this.#deps.catalogue);
	}

	/** The judge that would be if these were among the person's rules, one of the same id in place of what is there. */
	judgeWith(rules: readonly Rule[]): Judge {
		return this.#judgeOf(mergeById(this.#state.policy.rules, rules), this.#layers());
	}

	/** The judge there would be if a list had these rules, or were followed. Changes nothing. */
	judgeWithList(list: ListLayer): Judge {
		return this.#judgeOf(this.#state.policy.rules, mergeById(this.#layers(), [list]));
	}

	/** The lists that are followed, in the order in which the person began to. */
	get lists(): readonly ListInForce[] {
		return this.#state.lists.flatMap((followed) => {
			const read = this.#documents.get(followed.text);
			const pending = followed.pending === null ? null : this.#documents.get(followed.pending);
			return read ? [{ followed, ...read, pending: pending?.list ?? null }] : [];
		});
	}

	#layers(): readonly ListLayer[] {
		return this.lists.map(({ followed, list }) => ({
			id: list.id,
			title: list.title,
			rules: rulesOf(list, followed.off),
		}));
	}

	#readDocuments(): void {
		const texts = this.#state.lists.flatMap(({ text, pending }) => (pending === null ? [text] : [text, pending]));
		this.#documents = new Map(texts.map((text) => [text, this.#documents.get(text) ?? this.#readDocument(text)]));
	}

	#readDocument(text: string): ReadList {
		const parsed = parseList(text, this.knowsAuthority);
		return parsed.ok ? { list: parsed.list, reported: parsed.reported } : null;
	}

	async #load(): Promise<void> {
		const asked = Promise.resolve()
			.then(() => this.#deps.readManaged())
			.catch((error): Managed => ({ kind: "failed", detail: messageOf(error) }));
		let isLate = false;
		const managed = deadline(asked, MANAGED_MS, (): Managed => {
			isLate = true;
			return { kind: "failed", detail: "no answer" };
		});
		await this.#loadStored();
		this.#managed = await managed;
		await this.#takeManaged(this.#managed);
		this.#judge = this.#compile();
		if (isLate) void asked.then((late) => this.#takeLate(late));
	}

	/** What came after the deadline counts from now on. */
	async #takeLate(managed: Managed): Promise<void> {
		this.#managed = managed;
		await this.#enqueue(async () => {
			await this.#takeManaged(managed);
			this.#changed(true);
		});
	}

	/** Reads storage anew after it could not be read. What was deployed meanwhile stays in force. */
	async #loadAgain(): Promise<void> {
		await this.#loadStored();
		if (!this.#writable) return;
		await this.#takeManaged(this.#managed);
		this.#changed(true);
	}

	#changed(tightened: boolean): void {
		this.#judge = this.#compile();
		this.#deps.onChange({ tightened });
	}

	async #enqueue<Answer>(run: () => Promise<Answer>): Promise<Answer> {
		const running = this.#changes.then(run);
		this.#changes = running.catch(() => null);
		return await running;
	}

	/** Reads storage. What cannot be read is never written over before it was put aside. */
	async #loadStored(): Promise<void> {
		try {
			await fault("storage");
			const stored = await this.#readStored();
			const chosen = chooseState(stored.state, stored.previous, this.#deps.firstRules);
			this.#state = chosen.state;
			this.#writable = chosen.writable;
			this.#trouble = chosen.trouble;
			this.fresh = chosen.fresh;
			this.#unreadable = chosen.trouble
				? { state: stored.state, previous: stored.previous }
				: (stored.unreadable ?? null);
		} catch (error) {
			this.#writable = false;
			this.#trouble = { kind: "first-rules", detail: messageOf(error) };
		}
		this.#useAdmin(this.#state.admin);
	}

	/** What is stored. A database that was damaged Firefox replaces by an empty one, without a word. */
	async #readStored(): Promise<Record<string, unknown>> {
		const stored = await this.#deps.readStorage(STORED);
		if (STORED.some((key) => stored[key] !== undefined)) return stored;
		const copy = this.#deps.readCopy();
		return copy === null ? stored : { state: null, previous: copy };
	}

	/** Puts the stored administrator's document in force. */
	#useAdmin(stored: unknown): void {
		this.#admin = null;
		this.#reported = [];
		if (stored === null) return;
		const parsed = parseManaged(stored, this.knowsAuthority);
		if (!parsed.ok) {
			this.#adminError = parsed.error;
			return;
		}
		this.#admin = parsed.managed;
		this.#reported = parsed.reported;
	}

	/** Takes what is deployed now: another document, none any more, or keeps the last accepted one. */
	async #takeManaged(managed: Managed): Promise<void> {
		if (managed.kind === "failed") {
			if (this.#state.admin !== null) this.#adminError = managed.detail;
			return;
		}
		const value = managed.kind === "none" ? null : managed.value;
		if (value !== null) {
			const parsed = parseManaged(value, this.knowsAuthority);
			if (!parsed.ok) {
				this.#adminError = parsed.error;
				return;
			}
		}
		this.#adminError = null;
		if (JSON.stringify(value) === JSON.stringify(this.#state.admin)) return;
		const next = { ...this.#state, admin: value };
		try {
			if (this.#writable && !(this.fresh && value === null)) await this.#write(next);
		} catch (error) {
			// In force all the same: it is read anew at the next start.
			this.#adminError = messageOf(error);
		}
		this.#state = next;
		this.#useAdmin(value);
	}

	async #write(next: State): Promise<void> {
		// What the next start could not read must never take the place of what it can.
		const check = readState(next);
		if (check.kind !== "state") throw new Error(check.detail);
		await this.#deps.writeStorage({
			state: next,
			previous: this.fresh ? next : this.#state,
			...(this.#unreadable === null ? {} : { unreadable: this.#unreadable }),
		});
		// Lists can be fetched again; what the person wrote cannot.
		if (!this.#deps.writeCopy(next)) this.#deps.writeCopy({ ...next, lists: [], undo: null });
		this.fresh = false;
	}

	/**
	 * Changes the state: one write, then in force. Resolves when it is stored, so what is confirmed on
	 * screen is never lost. Answers with an error, and leaves all as it was, when it cannot be stored.
	 */
	async change(
		update: (state: State) => State | string,
		{ tightened }: { readonly tightened: boolean },
	): Promise<Changed> {
		return await this.#enqueue(() => this.#change(update, tightened));
	}

	async #change(update: (state: State) => State | string, tightened: boolean): Promise<Changed> {
		await this.ready;
		if (!this.#writable && this.#trouble?.kind === "first-rules") await this.#loadAgain();
		if (!this.#writable) {
			return {
				ok: false,
				error: `storage: expected to be writable, got ${this.#trouble?.detail ?? "an error"}`,
			};
		}
		const next = update(this.#state);
		if (typeof next === "string") return { ok: false, error: next };
		try {
			await this.#write(next);
		} catch (error) {
			return { ok: false, error: `storage: expected to be written, got ${messageOf(error)}` };
		}
		this.#state = next;
		this.#changed(tightened);
		return { ok: true };
	}

	/** Replaces the person's policy, checked as a whole, and keeps what it was for an undo. */
	async edit(
		update: (policy: OwnPolicy) => { readonly rules: readonly unknown[]; readonly settings?: Settings } | string,
		edit: Edit,
	): Promise<Changed> {
		if (this.locked && edit.what !== "delete" && edit.what !== "order") {
			return { ok: false, error: "rules: locked by the administrator" };
		}
		return await this.change(
			(state) => {
				const changed = update(state.policy);
				if (typeof changed === "string") return changed;
				const { rules, settings = state.policy.settings } = changed;
				const parsed = parsePolicy({ version: 1, rules, settings }, "person", this.knowsAuthority);
				if (!parsed.ok) return parsed.error;
				return {
					...withPolicy(state, { rules: parsed.policy.rules, settings }),
					undo: { id: this.#deps.newId(), ...edit, policy: state.policy },
				};
			},
			{ tightened: true },
		);
	}

	/**
	 * Stores a lasting exception, in place of an older one for the same finding. Those that `isAlive`
	 * denies go, and so do the oldest when there are too many.
	 */
	async addException(exception: StoredException, isAlive: (exception: StoredException) => boolean): Promise<Changed> {
		const key = exceptionKey(exception);
		return await this.change(
			(state) => ({
				...state,
				exceptions: [
					...state.exceptions.filter((other) => exceptionKey(other) !== key && isAlive(other)),
					exception,
				].slice(-MAX_EXCEPTIONS),
			}),
			{ tightened: false },
		);
	}

	/** Goes back to the policy before the last edit. */
	async undo(id: string): Promise<Changed> {
		return await this.change(
			(state) =>
				state.undo?.id === id
					? withList({ ...withPolicy(state, state.undo.policy), undo: null }, state.undo.list)
					: "undo: expected the last change, got an older one",
			{ tightened: true },
		);
	}

	/** The trouble was read by the person; what could not be read stays exportable. */
	dismissTrouble(): void {
		if (this.#writable) this.#trouble = null;
	}
}

/** The state under another policy. Ways through go with their rule, lest one of the same name finds them. */
function withPolicy(state: State, policy: OwnPolicy): State {
	const refs = new Set(policy.rules.map(({ id }) => id));
	const isOther = (rule: string) => rule.startsWith("admin/") || rule.startsWith("list/");
	const exceptions = state.exceptions.filter(({ rule }) => isOther(rule) || refs.has(rule));
	return { ...state, policy, exceptions };
}

/** The state with a list that was left, unless it is followed again already. */
function withList(state: State, list: FollowedList | undefined): State {
	if (!list || state.lists.some(({ id }) => id === list.id) || state.lists.length >= MAX_LISTS) return state;
	return { ...state, lists: [...state.lists, list] };
}
