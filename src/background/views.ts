/** Turns what the background knows into what pages show (src/protocol.ts). */

import type { RequestDetails } from "../browser/webRequest.ts";
import type { Certificate, Evidence } from "../core/chain.ts";
import type { Bound, Finding, RuleInForce, Verdict } from "../core/judge.ts";
import { plainFingerprint } from "../core/key.ts";
import { knownAs, readName } from "../core/name.ts";
import type { Catalogue, Settings } from "../core/policy.ts";
import type { CertificateView, ExceptionView, Refusal, RuleView, StoppedParts } from "../protocol.ts";
import type { TabDocument } from "./documents.ts";
import type { Exception } from "./exceptions.ts";
import type { Judged } from "./guard.ts";
import type { Rules } from "./rules.ts";
import type { Target } from "./target.ts";

export function viewCertificate(certificate: Certificate, catalogue: Catalogue): CertificateView {
	const { commonName, organization, country } = readName(certificate.subject);
	const owner = catalogue.ownerOf(certificate.spki);
	return {
		...certificate,
		commonName,
		organization,
		country: owner?.country ?? country,
		authority: owner ? { id: owner.id, name: owner.name, country: owner.country } : null,
	};
}

/** All certificates that are known of a connection, leaf first. */
export function certificatesOf(evidence: Evidence): readonly Certificate[] {
	if (evidence.kind === "chain") return evidence.chain;
	if (evidence.kind === "overridden" && evidence.overridden.leaf) return [evidence.overridden.leaf];
	return [];
}

export function viewRule({ ref, source, list, rule, exceptable }: RuleInForce): RuleView {
	return {
		ref,
		source,
		...(list && { list }),
		title: rule.title,
		reason: rule.reason ?? null,
		action: rule.action,
		exceptable,
		...(rule.issuedAfter !== undefined && { issuedAfter: rule.issuedAfter }),
	};
}

/** Whether a way through exists, and what it asks for. */
export function wayThrough(rule: RuleInForce | null, locked: boolean): Refusal["wayThrough"] {
	if (rule && !rule.exceptable) return rule.rule.action === "strict" ? "none-strict" : "none-admin";
	// An administrator's warning keeps its one click, also under a lock (docs/policy.md).
	if (rule?.source === "admin") return "click";
	if (locked) return "none-locked";
	return rule?.rule.action === "warn" ? "click" : "type-name";
}

/** The finding that decided, if any did. */
export function findingOf(verdict: Verdict): Finding | null {
	return verdict.outcome === "warn" || verdict.outcome === "refuse" ? verdict.finding : null;
}

export interface RefusalFacts {
	readonly id: string;
	/** Milliseconds since 1970. */
	readonly time: number;
	readonly sent: Refusal["sent"];
	readonly locked: boolean;
	readonly catalogue: Catalogue;
}

/** Everything the block page shows. The verdict must not be "accept". */
export function viewRefusal(judged: Judged, facts: RefusalFacts): Refusal {
	const { details, target, connection, verdict } = judged;
	const { evidence } = connection;
	const finding = findingOf(verdict);
	return {
		id: facts.id,
		time: facts.time,
		url: details.url,
		host: target.name,
		port: target.port,
		page: details.type === "main_frame",
		private: details.incognito === true,
		outcome: verdict.outcome === "accept" ? "unverifiable" : verdict.outcome,
		rule: finding ? viewRule(finding.rule) : null,
		selector: finding?.selector ?? null,
		position: finding?.position ?? 0,
		chain: certificatesOf(evidence).map((certificate) => viewCertificate(certificate, facts.catalogue)),
		overridden: evidence.kind === "overridden" ? evidence.overridden.kinds : [],
		unreadable: verdict.outcome === "unverifiable" ? verdict.why : null,
		connection: connection.channel ?? null,
		before: [],
		sent: facts.sent,
		wayThrough: wayThrough(finding?.rule ?? null, facts.locked),
	};
}

/** What the block page shows when a site did not answer: nothing was sent, nothing is known. */
export function viewUnanswered(
	details: RequestDetails,
	target: Target,
	{ id, time }: Pick<RefusalFacts, "id" | "time">,
): Refusal {
	return {
		id,
		time,
		url: details.url,
		host: target.name,
		port: target.port,
		page: details.type === "main_frame",
		private: false,
		outcome: "unanswered",
		rule: null,
		selector: null,
		position: 0,
		chain: [],
		overridden: [],
		unreadable: null,
		connection: null,
		before: [],
		sent: nothingSent(details),
		wayThrough: "send-anyway",
	};
}

/** Of a request that did not leave. */
export const nothingSent = ({ method }: RequestDetails): NonNullable<Refusal["sent"]> => ({
	method,
	cookies: false,
	authorization: false,
	body: false,
});

/** Name of what was found, for people; of what has none, the site's. */
export function foundName({ chain, position, host }: Refusal): string {
	const certificate = chain[position];
	return (certificate && knownAs(certificate)) ?? host;
}

const keyOf = (bound: Bound): string | null => (bound.kind === "key" ? bound.spki : null);
const leafOf = (bound: Bound): string | null => (bound.kind === "leaf" ? plainFingerprint(bound.sha256) : null);

export function viewException(exception: Exception, rules: Rules): ExceptionView {
	const { id, host, port, rule, bound, found, lasts, until, created } = exception;
	const inForce = rule === null ? undefined : rules.ruleInForce(rule);
	return {
		id,
		host,
		port,
		rule,
		ruleTitle: inForce?.rule.title ?? null,
		key: keyOf(bound),
		leaf: leafOf(bound),
		found,
		lasts,
		until,
		created,
		private: exception.private,
		suspended: isSuspended(rule, inForce, rules.locked),
	};
}

/** Whether an administrator's lock, a rule's severity or its absence keeps an exception from working. */
export function isSuspended(rule: string | null, inForce: RuleInForce | undefined, locked: boolean): boolean {
	if (rule === null) return locked;
	if (!inForce?.exceptable) return true;
	return locked && inForce.source !== "admin";
}

/** What was stopped on a page, by authority and rule, most first. */
export function viewParts(document: TabDocument): StoppedParts[] {
	const groups = new Map<string, { group: StoppedParts; hosts: StoppedParts["hosts"][number][] }>();
	for (const { refusal, count, types } of document.stopped.values()) {
		const authority = foundName(refusal);
		const key = `${refusal.outcome === "unanswered"} ${refusal.rule?.ref ?? ""} ${authority}`;
		const hosts = groups.get(key)?.hosts ?? [];
		hosts.unshift({ host: refusal.host, port: refusal.port, count, types: [...types], refusal: refusal.id });
		const unanswered = refusal.outcome === "unanswered";
		groups.set(key, { group: { authority, rule: refusal.rule, unanswered, hosts }, hosts });
	}
	const total = ({ hosts }: StoppedParts) => hosts.reduce((sum, { count }) => sum + count, 0);
	return [...groups.values()].map(({ group }) => group).sort((a, b) => total(b) - total(a));
}

/** The settings that an administrator's document names. */
export function lockedSettings(settings: Partial<Settings> | undefined): (keyof Settings)[] {
	return Object.keys(settings ?? {}) as (keyof Settings)[];
}
