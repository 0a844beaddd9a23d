/** Reads which servers a command line names. */
import { mailProviders } from "../../src/catalogue/mailProviders.ts";
import { MAIL_PORTS } from "../../src/core/mail.ts";
import { canonicalHost } from "../../src/schema/names.ts";
import { InputError } from "../io.ts";
import type { WordKey, Words } from "../words/words.ts";
import type { Protocol, Target } from "./outcome.ts";

/** Where each protocol is by default (RFC 8314 section 7; RFC 5321). `tls` says nothing of a port. */
const PORTS: Readonly<Record<Exclude<Protocol, "tls">, number>> = {
	https: 443,
	...MAIL_PORTS,
	smtp: 25,
};

const PROTOCOLS: readonly string[] = [...Object.keys(PORTS), "tls"];

/** No command line names more in earnest. */
const MAX_TARGETS = 1000;

/** Whether it is the name of a protocol. */
export function isProtocol(text: string): text is Protocol {
	return PROTOCOLS.includes(text);
}

const protocolAt = (port: number): Protocol =>
	(Object.entries(PORTS) as [Protocol, number][]).find(([, known]) => known === port)?.[0] ?? "tls";

/** A target as people write it, and the same for the same one: `imaps://mail.example:993`. */
export const nameOf = ({ protocol, host, port }: Target): string =>
	`${protocol}://${host.includes(":") ? `[${host}]` : host}:${port}`;

/** A host and a port, apart. IPv6 has brackets, unless it comes without a port. */
function split(text: string): { host: string; port: string | null } {
	const [, bracketed, after] = /^(\[[^\]]*\])(?::(.*))?$/.exec(text) ?? [];
	if (bracketed !== undefined) return { host: bracketed, port: after ?? null };
	const colon = text.lastIndexOf(":");
	if (colon < 0 || text.indexOf(":") !== colon) return { host: text, port: null };
	return { host: text.slice(0, colon), port: text.slice(colon + 1) };
}

function readTarget(text: string, wanted: Protocol | null, words: Words): Target {
	const fail = (key: WordKey, more: Record<string, string> = {}): never => {
		// A name and a password that somebody put there have no place in a terminal.
		const shown = text.replace(/^.*@/s, "…@").slice(0, 80);
		throw new InputError(words.say(key, { text: JSON.stringify(shown), ...more }));
	};
	if (text.includes("@")) return fail("check.bad-server");
	const [, scheme, rest = text] = /^([a-z0-9+.-]+):\/\/(.*?)\/?$/i.exec(text) ?? [];
	const named = scheme?.toLowerCase() ?? wanted;
	if (named !== null && !isProtocol(named)) return fail("check.bad-protocol", { protocols: PROTOCOLS.join(", ") });
	const { host, port: digits } = split(rest);
	const canonical = canonicalHost(host);
	if (!("name" in canonical)) return fail("check.bad-server");
	if (digits !== null && !/^[1-9]\d{0,4}$/.test(digits)) return fail("check.bad-port");
	const port = digits === null ? null : Number(digits);
	if (port !== null && port > 65_535) return fail("check.bad-port");
	const protocol = named ?? (port === null ? "https" : protocolAt(port));
	if (protocol === "tls" && port === null) return fail("check.no-port");
	return { protocol, host: canonical.name, port: port ?? PORTS[protocol as keyof typeof PORTS] };
}

/**
 * Reads servers: `HOST[:PORT]`, `PROTOCOL://HOST[:PORT]`, or the name of a provider for all of its own. Each comes once.
 *
 * Without a protocol the port says it, and without either it is https.
 *
 * @param wanted the protocol of those that name none
 * @throws InputError for what cannot be read, none, or too many
 */
export function readTargets(args: readonly string[], wanted: Protocol | null, words: Words): readonly Target[] {
	const found = new Map<string, Target>();
	for (const arg of args) {
		const provider = mailProviders.find(({ id }) => id === arg.toLowerCase());
		for (const target of provider?.servers ?? [readTarget(arg, wanted, words)]) found.set(nameOf(target), target);
	}
	if (found.size === 0) throw new InputError(words.say("check.no-servers"));
	if (found.size > MAX_TARGETS) throw new InputError(words.say("check.too-many", { most: MAX_TARGETS }));
	return [...found.values()];
}
