/**
 * What must be shown, written down as simply as can be, and independent of the extension's code: who
 * vouches for each host now, which rules and ways through are there, and who vouched for what Firefox
 * may have kept.
 */
import { ACTIONS, AUTHORITIES, HOSTS, type SCOPES, type SELECTORS } from "./steps.ts";

export interface Rule {
	readonly id: string;
	readonly authority: number;
	readonly selector: (typeof SELECTORS)[number];
	readonly action: (typeof ACTIONS)[number];
	readonly scope: (typeof SCOPES)[number];
	readonly host: number;
	readonly enabled: boolean;
}

/** A way through: one host, one rule, one key. */
export interface Exception {
	readonly host: number;
	readonly rule: string;
	/** Name of the key: see `keysOf`. */
	readonly key: string;
	readonly lasts: "session" | "always";
}

/** A chain is the authority's intermediate under its root. Names of the keys, lowest first. */
const keysOf = (authority: number, selector: Rule["selector"]): string[] =>
	(selector === "organization" ? (["intermediate", "root"] as const) : [selector]).map(
		(place) => `${place} ${authority}`,
	);

/** What a tab shows. */
export type Shown =
	| { readonly kind: "blank" }
	/** A page of a host, under the authority that vouched for it; `made`: by its service worker. */
	| {
			readonly kind: "page";
			readonly url: string;
			readonly host: number;
			readonly authority: number;
			readonly made: boolean;
			/** Who vouched for its parts, by host: the last one. */
			readonly parts: Map<number, number>;
			/** The extension saw the answer, and has not been started anew since. */
			readonly onRecord: boolean;
	  }
	/** The block page, and what it stands for; null when the extension has forgotten. */
	| {
			readonly kind: "block";
			readonly refused: { readonly url: string; readonly host: number; readonly authority: number } | null;
	  };

/** The page of these hosts may be shown; or the block page; or either. */
export interface Expected {
	/** Authorities under which the page may be shown. */
	readonly page: ReadonlySet<number>;
	readonly block: boolean;
}

export class Model {
	/** Authority that vouches for each host now. */
	readonly vouching: number[] = Array.from({ length: HOSTS }, (_, host) => host % AUTHORITIES);
	rules: readonly Rule[] = [];
	/** The rules before the last change, while it can be undone. */
	undo: readonly Rule[] | null = null;
	exceptions: readonly Exception[] = [];
	/** Under whom pages were shown that a cache may have kept, by address. */
	readonly kept = new Map<string, Set<number>>();
	/** Hosts with a service worker, and who vouched for its script. */
	readonly workers = new Map<number, number>();
	/** Whom the extension may have seen vouching for a host, last or about then. */
	readonly seen = new Map<number, Set<number>>();
	/** Hosts that may be trusted with cookies without another look: accepted lately, and nothing has changed since. */
	readonly trusted = new Set<number>();
	/** Under whom a host was refused last: the extension may remember it. */
	readonly #refusedLast = new Map<number, number>();

	/** The rule that decides about a host under an authority; null: it is accepted. */
	deciding(host: number, authority: number): Rule | null {
		const applying = this.rules.filter((rule) => this.#applies(rule, host, authority));
		// The most severe, then the first.
		applying.sort((a, b) => ACTIONS.indexOf(b.action) - ACTIONS.indexOf(a.action));
		return applying[0] ?? null;
	}

	refuses(host: number, authority: number): boolean {
		return this.deciding(host, authority) !== null;
	}

	#applies(rule: Rule, host: number, authority: number): boolean {
		if (!rule.enabled || rule.authority !== authority) return false;
		if (rule.scope === "sites" && rule.host !== host) return false;
		if (rule.scope === "acceptFor" && rule.host === host) return false;
		if (rule.action === "strict") return true;
		return keysOf(authority, rule.selector).some((key) => !this.#isExcepted(host, rule.id, key));
	}

	#isExcepted(host: number, rule: string, key: string): boolean {
		return this.exceptions.some((one) => one.host === host && one.rule === rule && one.key === key);
	}

	/** What an answer leads to if one of these authorities vouched for it. */
	expected(host: number, authorities: Iterable<number>): Expected {
		const page = new Set<number>();
		let block = this.isRemembered(host);
		for (const authority of authorities) {
			if (this.refuses(host, authority)) block = true;
			else page.add(authority);
		}
		return { page, block };
	}

	/** The way through of a block page: the exceptions it makes, or null where there is none. */
	wayThrough(host: number, authority: number, lasts: Exception["lasts"]): Exception[] | null {
		const rule = this.deciding(host, authority);
		if (rule === null) return [];
		if (rule.action === "strict") return null;
		return keysOf(authority, rule.selector).map((key) => ({ host, rule: rule.id, key, lasts }));
	}

	/** Puts other rules in force. Ways through go with their rule. */
	setRules(rules: readonly Rule[], undo: readonly Rule[] | null): void {
		this.rules = rules;
		this.undo = undo;
		const ids = new Set(rules.map(({ id }) => id));
		this.exceptions = this.exceptions.filter(({ rule }) => ids.has(rule));
		this.trusted.clear();
	}

	/** Makes ways through, in place of earlier ones for the same. */
	addExceptions(made: readonly Exception[]): void {
		const same = (a: Exception, b: Exception) => a.host === b.host && a.rule === b.rule && a.key === b.key;
		this.exceptions = [...this.exceptions.filter((old) => !made.some((one) => same(old, one))), ...made];
		this.trusted.clear();
	}

	/** The extension has asked who vouches for a host, and nothing more. */
	sawByProbe(host: number, authority: number): void {
		this.seen.set(host, new Set([authority]));
	}

	/** The extension has seen who vouches for a host. */
	sawAnswer(host: number, authority: number): void {
		this.seen.set(host, new Set([authority]));
		if (this.refuses(host, authority)) this.#refusedLast.set(host, authority);
		else {
			this.#refusedLast.delete(host);
			this.trusted.add(host);
		}
	}

	/** Longer than anything is remembered. */
	timePassed(): void {
		this.#refusedLast.clear();
		this.trusted.clear();
	}

	/** Whether the last answer of a host was refused, and would be now. */
	isRemembered(host: number): boolean {
		const authority = this.#refusedLast.get(host);
		return authority !== undefined && this.refuses(host, authority);
	}

	/** The extension was started anew: what it had in memory is gone. */
	forgotten(): void {
		this.exceptions = this.exceptions.filter(({ lasts }) => lasts === "always");
		this.seen.clear();
		this.trusted.clear();
		this.#refusedLast.clear();
	}
}
