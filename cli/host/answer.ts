/** What was seen of a server, as the extension is told of it. */
import type { MailAnswer } from "../../src/schema/mail.ts";
import type { Checked } from "../check/check.ts";

/** No verdict is sent along: the extension judges, by the rules that are in force there. */
export function answerOf(checked: Checked): MailAnswer {
	const documents = "chain" in checked ? checked.chain.map(({ der }) => Buffer.from(der).toString("base64")) : [];
	if (checked.outcome === "unverified") {
		return { found: { kind: "unverified", why: checked.why, chain: checked.judged }, documents };
	}
	if (checked.verified) return { found: { kind: "verified", chain: checked.judged }, documents };
	if (checked.outcome === "stripped") return { found: { kind: "stripped" }, documents };
	const { outcome, detail } = checked;
	return { unreached: outcome === "aborted" ? "unreachable" : outcome, detail: detail.slice(0, 300) };
}
