/** What pages know of a connection, as facts that findings are told from. */
import { type Facts, NO_FACTS } from "../core/findings/facts.ts";
import type { CertificateView, Refusal, RuleView, TabReport } from "../protocol.ts";
import { ownWords } from "./builtIn.ts";

/** Whether a document names nobody but itself. That its signature fits its own key is told by its bytes alone. */
function selfSigned(chain: readonly CertificateView[]): Facts["selfSigned"] {
	const [leaf] = chain;
	return leaf !== undefined && leaf.subject !== "" && leaf.subject === leaf.issuer ? { fitsItsKey: null } : null;
}

function ruling(rule: RuleView | null): Facts["rule"] {
	if (rule === null) return null;
	const { ref, source, action, title, list, issuedAfter } = rule;
	return {
		ref,
		source,
		action,
		title: ownWords(title),
		list: list?.title ?? null,
		issuedAfter: issuedAfter === undefined ? null : Date.parse(issuedAfter),
	};
}

/** Of what was stopped. */
export function factsOfRefusal(refusal: Refusal): Facts {
	const { host, time, outcome, rule, selector, position, chain, overridden, unreadable, connection, before } = refusal;
	return {
		...NO_FACTS,
		host,
		now: time,
		stopped: outcome,
		rule: ruling(rule),
		selector,
		position,
		chain,
		overridden,
		unreadable,
		connection,
		before,
		selfSigned: selfSigned(chain),
	};
}

/** What was let through; the page itself where its exceptions have ended since. */
function hostsOf({ exceptions, host }: TabReport): readonly string[] {
	return exceptions.length > 0 ? exceptions.map((exception) => exception.host) : [host ?? ""];
}

/**
 * Of what a tab shows; of a page that was stopped and whose details are still known, what was found then.
 *
 * @param refusal the one that fills the tab
 * @param now milliseconds since 1970
 */
export function factsOfReport(report: TabReport, refusal: Refusal | null, now: number): Facts {
	const { host, why, probed, chain, overridden, connection, before } = report;
	if (refusal !== null) return { ...factsOfRefusal(refusal), now, probed };
	return {
		...NO_FACTS,
		host: host ?? "",
		now,
		chain,
		overridden,
		notChecked: report.state === "not-checked" ? (why ?? "empty") : null,
		letThrough: report.state === "warned" ? hostsOf(report) : [],
		probed,
		connection,
		before,
		selfSigned: selfSigned(chain),
	};
}
