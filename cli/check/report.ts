/** Tells what was seen of a server: in plain words, and as JSON. */
import { describe } from "../../src/core/findings/facts.ts";
import { knownAs } from "../../src/core/name.ts";
import type { Catalogue, Rule, Selector } from "../../src/core/policy.ts";
import { voucherKey, vouching } from "../../src/core/voucher.ts";
import { chainLines, type Line, verdictLines } from "../../src/core/words.ts";
import { iso, type ReportedCertificate, reportCertificate } from "../chain/report.ts";
import type { Words } from "../words/words.ts";
import { printable } from "./ending.ts";
import type { Checked, Unverified, Verified } from "./outcome.ts";
import { nameOf } from "./target.ts";

/** What is printed of a server as JSON: a public interface (docs/check.md). */
export interface CheckReport {
	readonly server: string;
	readonly protocol: string;
	readonly host: string;
	readonly port: number;
	readonly outcome: Checked["outcome"];
	readonly verified: boolean;
	/** Why it is not verified, where something was shown. */
	readonly why: readonly string[];
	/** Why nothing was shown, for people who look closer. */
	readonly detail: string | null;
	/** ISO date-time, UTC. */
	readonly at: string;
	/** Milliseconds. */
	readonly took: number;
	readonly address: string | null;
	/** "TLSv1.3" */
	readonly tls: string | null;
	/** Who vouches, in one name. */
	readonly voucher: Vouching | null;
	/** What the policy says of it. Of what is not verified: what it would say, were the error clicked through. */
	readonly verdict: "accept" | "warn" | "refuse" | null;
	readonly rule: Rule | null;
	readonly selector: Selector | null;
	readonly position: number | null;
	/** Leaf first. */
	readonly chain: readonly ReportedCertificate[];
	/** In plain words. */
	readonly lines: readonly string[];
}

/** The authority that a person would name (core/voucher.ts). */
export interface Vouching {
	/** The same for the same authority. */
	readonly key: string;
	readonly name: string;
	/** ISO 3166-1 alpha-2, or what stands there instead; null where nothing does. */
	readonly country: string | null;
}

type Shown = Verified | Unverified;

/** Whether something was shown, whatever it was worth. */
export const isShown = (checked: Checked): checked is Shown => "chain" in checked;

/** Who vouches for what was shown. Of a document that the server made itself: the server. */
export function vouchingOf({ chain }: Shown, catalogue: Catalogue): Vouching {
	const described = chain.map((certificate) => describe(certificate, catalogue.ownerOf(certificate.spki) ?? null));
	const found = vouching(described) ?? described[0];
	if (!found) return { key: "", name: "", country: null };
	const name = printable(found.authority?.name ?? knownAs(found) ?? found.subject, 100);
	return { key: voucherKey(found, name), name, country: found.authority?.country ?? found.country };
}

/** A voucher for people: "DigiCert (US)". */
export const nameOfVoucher = ({ name, country }: Pick<Vouching, "name" | "country">): string =>
	country === null ? name : `${name} (${printable(country, 20)})`;

function linesOf(checked: Shown, catalogue: Catalogue, words: Words): string[] {
	const { judged, verdict, bySigner } = checked;
	const selfMade = !checked.verified && checked.why.includes("self-signed");
	const lines: Line<string>[] = [
		...chainLines(judged, catalogue, selfMade),
		// What nobody verified is not "accepted" by a policy that says nothing of it.
		...(checked.verified || verdict.outcome !== "accept" ? verdictLines(verdict, judged, catalogue, bySigner) : []),
	];
	// The chain's own line says what is self-made.
	const reasons = checked.verified ? [] : checked.why.filter((reason) => reason !== "self-signed");
	const why = reasons.map((reason) => words.say(`check.why-${reason}`));
	return [...why, ...lines.map((line) => words.line(line))].map((line) => printable(line));
}

/** One line: what became of a server. */
export function headlineOf(checked: Checked, catalogue: Catalogue, words: Words): string {
	const server = nameOf(checked.target);
	if (!isShown(checked)) return words.say(`check.${checked.outcome}`, { server });
	return words.say(`check.${checked.outcome}`, { server, voucher: nameOfVoucher(vouchingOf(checked, catalogue)) });
}

/** All that is said of a server in plain words, the headline first; each is fit for a terminal. */
export function textOf(checked: Checked, catalogue: Catalogue, words: Words): string[] {
	const headline = headlineOf(checked, catalogue, words);
	if (isShown(checked)) return [headline, ...linesOf(checked, catalogue, words)];
	return checked.detail === "" ? [headline] : [headline, words.say("check.detail", { text: checked.detail })];
}

/** The same as JSON. */
export function reportOf(checked: Checked, catalogue: Catalogue, words: Words): CheckReport {
	const { target, outcome, verified, at, took, address } = checked;
	const shown = isShown(checked) ? checked : null;
	const verdict = shown?.verdict;
	const finding = verdict && "finding" in verdict ? verdict.finding : null;
	return {
		server: nameOf(target),
		...target,
		outcome,
		verified,
		why: shown && !shown.verified ? shown.why : [],
		detail: isShown(checked) ? null : checked.detail,
		at: iso(at),
		took,
		address,
		tls: shown?.tls ?? null,
		voucher: shown && vouchingOf(shown, catalogue),
		verdict: verdict === undefined ? null : verdict.outcome === "unverifiable" ? "refuse" : verdict.outcome,
		rule: finding?.rule.rule ?? null,
		selector: finding?.selector ?? null,
		position: finding?.position ?? null,
		chain: shown?.chain.map((certificate) => reportCertificate(certificate, catalogue)) ?? [],
		lines: textOf(checked, catalogue, words),
	};
}
