/**
 * Mail servers, which no browser extension can see: a program beside Firefox (the native messaging host) asks them who
 * vouches for them, and says so. What both ends have to know of each other stands here.
 */
/** The host's name in Firefox's registry of native programs: word characters and dots only. */
export const MAIL_HOST = "countersign";

/** What the two ends speak. Raised with every change that an older end would not understand. */
export const MAIL_PROTOCOL = 1;

/** Bytes of JSON that the host takes at once. All the servers that there may be come to a tenth of it. */
export const MAX_MAIL_REQUEST = 64 * 1024;

/** Bytes of JSON that the host sends at once. Firefox ends the connection above 1 MiB. */
export const MAX_MAIL_ANSWER = 512 * 1024;

/** Mail servers in the list of one person. */
export const MAX_MAIL_SERVERS = 50;

/** Certificates of one answer: as many as core takes of Firefox (chain.ts). */
export const MAX_MAIL_CHAIN = 16;

/**
 * How a mail app reaches a server. Those that end in "s" speak TLS at once; the others begin in plain text, and change
 * to TLS by STARTTLS (RFC 3207, RFC 2595).
 */
export type MailProtocol = "imaps" | "imap" | "pop3s" | "pop3" | "smtps" | "submission";

/** The port of each, as RFC 8314 section 7 and the IANA registry have them. */
export const MAIL_PORTS: Readonly<Record<MailProtocol, number>> = {
	imaps: 993,
	imap: 143,
	pop3s: 995,
	pop3: 110,
	smtps: 465,
	submission: 587,
};

/** Where a mail app connects. */
export interface MailTarget {
	readonly protocol: MailProtocol;
	/** Canonical host (see host.ts), as text: A-labels, no brackets. */
	readonly host: string;
	readonly port: number;
}

/** A server in the person's list. */
export interface MailServer extends MailTarget {
	readonly id: string;
}

/** Why a document was not accepted as anybody's word for the server. */
export const UNTRUSTED = [
	/** The server made its document itself. */
	"self-signed",
	/** It ends in a self-signed root that nobody here trusts. */
	"unknown-root",
	/** Who signed it is neither sent along nor known. */
	"unknown-issuer",
	"expired",
	"not-yet-valid",
	/** It is for other names. */
	"name",
	"weak",
	"invalid",
	/** It was made for something else than servers. */
	"purpose",
	/** Nothing is taken from this root any more that was issued after a date, and this was. */
	"issued-too-late",
	/** The way up to a root could not be followed. */
	"no-path",
] as const;
export type Untrusted = (typeof UNTRUSTED)[number];

/** Why nothing could be learnt of a server. What "stripped" is, is a finding: the server offers no encryption. */
export const UNREACHED = ["unreachable", "timeout", "garbage", "cut", "turned-away", "no-agreement"] as const;
export type Unreached = (typeof UNREACHED)[number];

/** Characters of a certificate's DER in base64: 18 kB of it, which no honest one of a server has. */
export const MAX_MAIL_DOCUMENT = 24_000;

/** Tells servers apart: the same text for the same one. */
export const mailKey = ({ protocol, host, port }: MailTarget): string => `${protocol}://${host}:${port}`;
