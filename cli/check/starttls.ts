/**
 * Asks servers that speak in the clear first for TLS: IMAP (RFC 9051 section 6.2.1), POP3 (RFC 2595 section 4) and SMTP
 * (RFC 3207). Says nothing but that: no name of this computer, no credentials. Where the answer is not a clear yes,
 * it ends in "stripped", and nothing more is said.
 */
import { Ending } from "./ending.ts";
import type { Lines } from "./lines.ts";

/** Lines of one answer. Honest servers have a few dozen capabilities. */
const MAX_ANSWER = 200;

/** Speaks until the server has agreed to begin TLS. Throws Ending. */
type Dialog = (lines: Lines) => Promise<void>;

/** Reads up to the line that ends an answer, which comes last. */
async function answer(lines: Lines, isLast: (line: string) => boolean): Promise<string[]> {
	const all: string[] = [];
	for (;;) {
		const line = await lines.next();
		all.push(line);
		if (isLast(line)) return all;
		if (all.length > MAX_ANSWER) throw new Ending("garbage", line);
	}
}

const IMAP_LINE = /^(?:\*|\+|[\w.]+) /;

/** The answer to a command, whose last line is tagged. A goodbye in between ends it. */
async function imapAnswer(lines: Lines, tag: string): Promise<{ all: readonly string[]; ok: boolean; last: string }> {
	const all = await answer(lines, (line) => {
		if (!IMAP_LINE.test(line)) throw new Ending("garbage", line);
		if (/^\* BYE\b/i.test(line)) throw new Ending("turned-away", line);
		return line.startsWith(`${tag} `);
	});
	const last = all.at(-1) ?? "";
	const status = /^\S+ (OK|NO|BAD)\b/i.exec(last)?.[1]?.toUpperCase();
	if (status === undefined) throw new Ending("garbage", last);
	return { all, ok: status === "OK", last };
}

async function imap(lines: Lines): Promise<void> {
	const greeting = await lines.next();
	// Already authenticated: STARTTLS is not allowed any more, which is a way to strip it (RFC 9051 section 11.1).
	if (/^\* PREAUTH\b/i.test(greeting)) throw new Ending("stripped", greeting);
	if (/^\* BYE\b/i.test(greeting)) throw new Ending("turned-away", greeting);
	if (!/^\* OK\b/i.test(greeting)) throw new Ending("garbage", greeting);
	lines.say("a1 CAPABILITY");
	const capabilities = await imapAnswer(lines, "a1");
	const offered = capabilities.all.flatMap((line) => {
		const list = /^\* CAPABILITY (.*)$/i.exec(line)?.[1] ?? /\[CAPABILITY ([^\]]*)\]/i.exec(line)?.[1] ?? "";
		return list.toUpperCase().split(" ");
	});
	if (!capabilities.ok || !offered.includes("STARTTLS")) {
		throw new Ending("stripped", capabilities.all.join(" / "));
	}
	lines.say("a2 STARTTLS");
	const { ok, last } = await imapAnswer(lines, "a2");
	if (!ok) throw new Ending("stripped", last);
}

/** The status line of a POP3 answer: whether it is +OK. */
function isOk(line: string): boolean {
	if (/^\+OK\b/i.test(line)) return true;
	if (/^-ERR\b/i.test(line)) return false;
	throw new Ending("garbage", line);
}

async function pop3(lines: Lines): Promise<void> {
	const greeting = await lines.next();
	if (!isOk(greeting)) throw new Ending("turned-away", greeting);
	lines.say("CAPA");
	const status = await lines.next();
	// Servers older than CAPA (RFC 2449) answer with an error; they may know STLS all the same.
	if (isOk(status)) {
		const capabilities = await answer(lines, (line) => line === ".");
		if (!capabilities.some((line) => /^STLS\s*$/i.test(line))) {
			throw new Ending("stripped", capabilities.slice(0, -1).join(" / "));
		}
	}
	lines.say("STLS");
	const agreed = await lines.next();
	if (!isOk(agreed)) throw new Ending("stripped", agreed);
}

/** An answer of one code, with all its lines (RFC 5321 section 4.2). */
async function smtpAnswer(lines: Lines): Promise<{ code: number; texts: readonly string[]; all: string }> {
	const codes = new Set<string>();
	const all = await answer(lines, (line) => {
		const [, code, more] = /^([2-5]\d\d)([ -]|$)/.exec(line) ?? [];
		if (code === undefined || codes.add(code).size > 1) throw new Ending("garbage", line);
		return more !== "-";
	});
	return { code: Number([...codes][0]), texts: all.map((line) => line.slice(4)), all: all.join(" / ") };
}

async function smtp(lines: Lines): Promise<void> {
	const greeting = await smtpAnswer(lines);
	if (greeting.code >= 400) throw new Ending("turned-away", greeting.all);
	if (greeting.code !== 220) throw new Ending("garbage", greeting.all);
	// An address that says nothing of this computer, in the form of RFC 5321 section 4.1.3.
	lines.say("EHLO [127.0.0.1]");
	const hello = await smtpAnswer(lines);
	if (hello.code === 421) throw new Ending("turned-away", hello.all);
	if (hello.code !== 250 || !hello.texts.slice(1).some((text) => /^STARTTLS\s*$/i.test(text))) {
		throw new Ending("stripped", hello.all);
	}
	lines.say("STARTTLS");
	const agreed = await smtpAnswer(lines);
	if (agreed.code !== 220) throw new Ending("stripped", agreed.all);
}

/** How each protocol that begins in the clear comes to TLS. */
export const DIALOGS: Readonly<Record<"imap" | "pop3" | "submission" | "smtp", Dialog>> = {
	imap,
	pop3,
	submission: smtp,
	smtp,
};
