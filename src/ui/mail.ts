/** What is said of a mail server, in the list and on its own page. */
import { t } from "../browser/i18n.ts";
import { short } from "../core/findings/names.ts";
import { knownAs } from "../core/name.ts";
import { vouching } from "../core/voucher.ts";
import type { MailServerView, Voucher } from "../protocol.ts";
import { ownWords } from "./builtIn.ts";
import { date, dateTime, nameOf, nameWithCountry } from "./names.ts";
import type { StateShape } from "./shapes.ts";
import { type Sentence, say } from "./Text.tsx";

/** A label and its shape. */
export interface MailTag {
	readonly shape: StateShape;
	/** Key of the words. */
	readonly words: string;
}

const TAGS: Readonly<Record<MailServerView["state"], MailTag>> = {
	vouched: { shape: "protected", words: "mailVouched" },
	refused: { shape: "stopped", words: "mailRefused" },
	warned: { shape: "warned", words: "mailWarned" },
	unvouched: { shape: "stopped", words: "mailUnvouched" },
	stripped: { shape: "stopped", words: "mailStripped" },
	unasked: { shape: "not-checked", words: "mailUnasked" },
};

/** The label of a server. One that was well and cannot be reached now is neither well nor wrong. */
export function mailTag({ state, unreached }: MailServerView): MailTag {
	const isQuiet = state === "vouched" || state === "unasked";
	return isQuiet && unreached !== null ? { shape: "unanswered", words: "mailUnreached" } : TAGS[state];
}

const named = ({ name, country }: Pick<Voucher, "name" | "country">): string =>
	nameWithCountry(short(name) || t("uiNameless"), country);

/** Who vouches for a server now, for people; "" where nobody does. */
export function mailVoucher({ chain, position, state }: MailServerView): string {
	const found = position === null ? vouching(chain) : chain[position];
	if (found === undefined || state === "unvouched") return "";
	return nameWithCountry(short(knownAs(found) ?? "") || nameOf(found), found.country);
}

/** What there is to say of a server, most important first. */
export function mailSentences(server: MailServerView): readonly Sentence[] {
	const { state, since, unreached, vouchers, rule, asked } = server;
	const said: Sentence[] = [];
	const [latest, earlier] = vouchers;
	const before = state === "vouched" ? earlier : latest;
	if (unreached !== null) said.push(say("mailUnreachedSince", dateTime(unreached.since)));
	if (since !== null) {
		if (state === "vouched" && latest) said.push(say("mailVouchedSince", named(latest), date(latest.first)));
		if (state === "unvouched") said.push(say("mailUnvouchedSince", dateTime(since)));
		if (state === "stripped") said.push(say("mailStrippedSince", dateTime(since)));
	}
	if (rule !== null) said.push(say("mailRefusedBy", mailVoucher(server), ownWords(rule.title)));
	if (before) said.push(say("mailBefore", date(before.last), named(before)));
	if (asked !== null) said.push(say("mailLast", dateTime(asked)));
	return said;
}

/** How a mail app calls it. These words are the same in all languages. */
export const MAIL_KINDS = {
	imaps: "IMAP, TLS",
	imap: "IMAP, STARTTLS",
	pop3s: "POP3, TLS",
	pop3: "POP3, STARTTLS",
	smtps: "SMTP, TLS",
	submission: "SMTP, STARTTLS",
} as const satisfies Readonly<Record<MailServerView["protocol"], string>>;
