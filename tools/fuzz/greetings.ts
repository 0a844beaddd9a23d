/**
 * Servers that say nearly what they should: each protocol's greeting and answers, and TLS's first messages, with a few
 * bytes changed. Whatever comes, a check ends in time in an outcome, says no more than its commands, and takes nobody's
 * word who has shown nothing.
 */
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { check } from "../../cli/check/check.ts";
import { createJudging } from "../../cli/check/judging.ts";
import type { Checked, Protocol } from "../../cli/check/outcome.ts";
import { trustStore } from "../../cli/check/trust.ts";
import { catalogue, firstRules } from "../../src/catalogue/index.ts";
import { flightOf } from "./flight.ts";
import type { Fuzzer } from "./fuzzer.ts";
import { type Chance, mutate } from "./random.ts";

/** What a good server says, step by step; it waits for the client before each but the first. */
const DIALOGS: Readonly<Partial<Record<Protocol, readonly string[]>>> = {
	imap: [
		"* OK [CAPABILITY IMAP4rev1 SASL-IR STARTTLS LOGINDISABLED] ready\r\n",
		"* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\na1 OK completed\r\n",
		"a2 OK begin TLS\r\n",
	],
	pop3: ["+OK ready\r\n", "+OK\r\nCAPA\r\nTOP\r\nUIDL\r\nSTLS\r\nUSER\r\n.\r\n", "+OK begin TLS\r\n"],
	submission: [
		"220 mail.example ESMTP\r\n",
		"250-mail.example\r\n250-PIPELINING\r\n250-STARTTLS\r\n250 8BITMIME\r\n",
		"220 2.0.0 ready\r\n",
	],
};

/** Words of the protocols, to be put where they do not belong. */
const WORDS = [
	"* BYE",
	"* PREAUTH",
	"a1 OK",
	"a2 OK",
	"a2 NO",
	"+OK\r\n",
	"-ERR",
	"220 ",
	"250-",
	"421 ",
	"STARTTLS",
	"STLS\r\n.\r\n",
];

/** What the client may say in the clear; after the last one TLS begins, whose first byte is 22 (a handshake). */
const COMMANDS: Readonly<Partial<Record<Protocol, readonly string[]>>> = {
	imap: ["a1 CAPABILITY\r\n", "a2 STARTTLS\r\n"],
	pop3: ["CAPA\r\n", "STLS\r\n"],
	submission: ["EHLO [127.0.0.1]\r\n", "STARTTLS\r\n"],
};

const TIMEOUT_MS = 200;
/** How much later than it should a check may end on a busy machine before that is called a hang. */
const HANG_MS = 20_000;

/** Whether the client said no more than it may. */
export function isAllowed(heard: Buffer, protocol: Protocol): boolean {
	let rest = heard.toString("latin1");
	for (const command of COMMANDS[protocol] ?? []) {
		if (rest.length <= command.length) return command.startsWith(rest);
		if (!rest.startsWith(command)) return false;
		rest = rest.slice(command.length);
	}
	return rest === "" || rest.startsWith("\x16");
}

/** How long a server waits for the client before it goes on all the same. */
const PATIENCE_MS = 15;

/** Says its parts, each when the client has said something or has been quiet for a while; then it ends as it should. */
function speak(socket: Socket, parts: readonly Buffer[], end: "end" | "reset" | "hang", heard: Buffer[]): void {
	let at = 0;
	let timer: NodeJS.Timeout | undefined;
	const next = (): void => {
		clearTimeout(timer);
		const part = parts[at++];
		if (part) {
			socket.write(part);
			timer = setTimeout(next, PATIENCE_MS);
		} else if (end === "end") socket.end();
		else if (end === "reset") socket.resetAndDestroy();
	};
	socket.on("error", () => undefined);
	socket.on("close", () => clearTimeout(timer));
	socket.on("data", (chunk) => {
		heard.push(chunk);
		next();
	});
	next();
}

function cut(bytes: Buffer, by: Chance): Buffer[] {
	const at = by.below(bytes.length + 1);
	return by.oneIn(2) ? [bytes] : [bytes.subarray(0, at), bytes.subarray(at)];
}

/** Makes a fuzzer of the greetings of one protocol. */
function greetings(protocol: Protocol): Fuzzer {
	return {
		name: protocol,
		async prepare() {
			const judging = createJudging({ admin: null, person: firstRules }, catalogue);
			const trust = await trustStore("mozilla");
			const flight = await flightOf();
			const dialog = DIALOGS[protocol]?.map((text) => Buffer.from(text, "latin1"));
			return async (by) => {
				const mutated = by.below(dialog?.length ?? 1);
				// One part is changed, what follows it is as it should be, up to the messages of TLS.
				const good = [...(dialog ?? []), flight];
				const parts = good.map((part, at) => (at === mutated || by.oneIn(10) ? mutate(part, by, WORDS) : part));
				const sent = parts.flatMap((part) => (by.oneIn(5) ? cut(part, by) : [part]));
				// TLS waits for the client to begin; the others greet.
				if (!dialog) sent.unshift(Buffer.alloc(0));
				const heard: Buffer[] = [];
				const end = by.oneIn(50) ? "hang" : by.oneIn(4) ? "reset" : "end";
				const server = createServer((socket) => speak(socket, sent, end, heard));
				server.listen(0, "127.0.0.1");
				await once(server, "listening");
				const { port } = server.address() as AddressInfo;
				const options = { judging, trust, timeoutMs: TIMEOUT_MS, now: Date.now };
				const checked = await check({ protocol, host: "127.0.0.1", port }, options);
				server.close();
				complain(checked, Buffer.concat(heard), protocol);
				return checked.outcome;
			};
		},
	};
}

/** Throws where a check did what it must never do. */
function complain(checked: Checked, heard: Buffer, protocol: Protocol): void {
	// No key of the flight is known to the server, so no handshake can have been finished.
	if (checked.verified || "chain" in checked) throw new Error(`took a word that nobody gave: ${checked.outcome}`);
	if (!isAllowed(heard, protocol))
		throw new Error(`said what it must not: ${JSON.stringify(heard.toString("latin1"))}`);
	if (checked.took > HANG_MS) throw new Error(`took ${checked.took} ms`);
	if (!/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{0,200}$/u.test(checked.detail)) throw new Error(`detail: ${checked.detail}`);
}

/** The greetings of every protocol. `smtp` says what `submission` says, and all that begin with TLS are alike. */
export const greetingFuzzers: readonly Fuzzer[] = [
	greetings("imap"),
	greetings("pop3"),
	greetings("submission"),
	greetings("imaps"),
];
