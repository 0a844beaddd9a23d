/**
 * The short way: a part whose host showed the very same chain a moment ago, to the same page and under the same
 * rules. Firefox is asked for the whole chain of every response all the same (docs/decisions/0010); what is spared is
 * judging it and noting it once more.
 */
import type { RequestDetails, SecurityInfo } from "../browser/webRequest.ts";
import { type Chain, isChain } from "../core/chain.ts";
import type { Judge } from "../core/judge.ts";
import { BoundedMap } from "./bounded.ts";
import type { Checked } from "./checked.ts";
import { counterOf, type Documents, type PartsCounter, type TabDocument } from "./documents.ts";
import { isOverridden } from "./evidence.ts";
import { fault } from "./faults.ts";
import type { Judged } from "./guard.ts";
import type { Hosts, LastConnection } from "./hosts.ts";
import { proxyOf } from "./probes.ts";
import type { Target } from "./target.ts";

/** What is noted of a host grows old after so many milliseconds, and is then noted anew. */
const SAME_MS = 10_000;
const MAX_TARGETS = 500;

/** Everything that an accepted response was judged by, or left a note in. */
interface Before {
	readonly chain: Chain;
	readonly judge: Judge;
	readonly document: TabDocument | null;
	/** Where it was counted. */
	readonly counter: PartsCounter | null;
	readonly private: boolean;
	readonly proxy: string;
	/** What was noted of the host. */
	readonly last: LastConnection | null;
	/** Of `Hosts` and `Checked`: another number when they may not know any more what they were told. */
	readonly refusals: number;
	readonly generation: number;
	/** It spares its origin probes. */
	readonly isChecked: boolean;
	/** Milliseconds since 1970. */
	readonly time: number;
}

export interface AsBeforeDeps {
	readonly judge: () => Judge;
	readonly documents: Documents;
	readonly hosts: Hosts;
	readonly checked: Checked;
	/** Milliseconds since 1970. */
	readonly now: () => number;
}

export class AsBefore {
	readonly #deps: AsBeforeDeps;
	/** Targets are the same objects as long as they are known (target.ts). */
	readonly #before = new BoundedMap<Target, Before>(MAX_TARGETS);

	constructor(deps: AsBeforeDeps) {
		this.#deps = deps;
	}

	/** Notes an accepted part. Only one in which no rule found anything: there no exception has a say. */
	note({ details, target, connection: { evidence }, verdict }: Judged): void {
		this.#before.delete(target);
		if (verdict.outcome !== "accept" || verdict.excepted.length > 0 || evidence.kind !== "chain") return;
		if (details.fromCache === true) return;
		const { judge, documents, hosts, checked, now } = this.#deps;
		const document = documents.documentOf(details);
		this.#before.set(target, {
			chain: evidence.chain,
			judge: judge(),
			document,
			counter: document && counterOf(document, evidence),
			private: details.incognito === true,
			proxy: proxyOf(details),
			last: hosts.lastOf(target, details.incognito === true),
			refusals: hosts.refusals,
			generation: checked.generation,
			isChecked: checked.isOfNow(details.requestId),
			time: now(),
		});
	}

	/**
	 * Whether a part's response, with what Firefox says of it, is one that would be accepted and noted as the last one was.
	 * If so, it is counted.
	 */
	fits(details: RequestDetails, target: Target, info: SecurityInfo | undefined): boolean {
		try {
			fault("as-before");
			const before = this.#before.get(target);
			if (!before || !info || details.fromCache === true || details.type === "main_frame") return false;
			const { judge, documents, hosts, checked, now } = this.#deps;
			const age = now() - before.time;
			const isAsBefore =
				age >= 0 &&
				age < SAME_MS &&
				before.judge === judge() &&
				before.private === (details.incognito === true) &&
				before.refusals === hosts.refusals &&
				before.generation === checked.generation &&
				(before.isChecked || !checked.isOfNow(details.requestId)) &&
				before.proxy === proxyOf(details) &&
				before.document === documents.documentOf(details) &&
				before.last === hosts.lastOf(target, before.private) &&
				!isOverridden(info) &&
				isChain(info.certificates, before.chain);
			if (isAsBefore && before.counter) before.counter.count++;
			return isAsBefore;
		} catch {
			// The long way decides.
			return false;
		}
	}
}
