/**
 * One conversation with the host: who it is, what it found of some servers, and the end. Whatever the other side does,
 * it ends, and how it stands with the host is known then.
 */
import type { NativePort } from "../../browser/native.ts";
import { messageOf } from "../../core/error.ts";
import { MAIL_HOST, MAIL_PROTOCOL, type MailServer } from "../../core/mail.ts";
import { type FromMailHost, type MailAnswer, type MailHostState, readFromMailHost } from "../../schema/mail.ts";

/** How long it may take until the host says who it is: a program starts, on a computer that may be busy. */
const HELLO_MS = 30_000;
/** How long the host may take for all servers. It gives each of them 20 s, and asks many at once. */
const ASK_MS = 120_000;

export interface LinkDeps {
	/** Starts the host; as `connectNative` in src/browser/native.ts. */
	readonly connect: (
		name: string,
		on: { readonly message: (message: unknown) => void; readonly ended: (error: string | null) => void },
	) => NativePort;
	/** Milliseconds since 1970. */
	readonly now: () => number;
	/** The extension's own version. */
	readonly version: string;
	readonly helloMs?: number;
	readonly askMs?: number;
}

/** What Firefox says when no manifest names the program for this extension (NativeMessaging.sys.mjs). */
const MISSING = /no such native application/i;

/** A request's number is only there to be told apart from that of an earlier one: a connection has one. */
const ID = 1;

/**
 * Asks the host about servers, in a connection of its own. Never rejects.
 *
 * @param servers none: only who the host is
 * @param take called for each answer, as it comes, at most once for each server
 */
export function askHost(
	deps: LinkDeps,
	servers: readonly MailServer[],
	take: (server: MailServer, answer: MailAnswer) => void,
): Promise<MailHostState> {
	return new Promise((resolve) => converse(deps, servers, take, resolve));
}

function converse(
	deps: LinkDeps,
	servers: readonly MailServer[],
	take: (server: MailServer, answer: MailAnswer) => void,
	resolve: (host: MailHostState) => void,
): void {
	let port: NativePort | null = null;
	let version: string | null = null;
	let timer: ReturnType<typeof setTimeout> | undefined;
	let isOver = false;
	const waiting = new Set(servers.keys());

	const end = (state: MailHostState["state"], detail = ""): void => {
		if (isOver) return;
		isOver = true;
		clearTimeout(timer);
		try {
			port?.close();
		} catch {
			// It is closed already.
		}
		resolve({ state, time: deps.now(), version, detail: detail.slice(0, 500) });
	};
	const within = (ms: number): void => {
		clearTimeout(timer);
		timer = setTimeout(() => end("silent", `expected an answer within ${ms / 1000} s, got none`), ms);
	};
	type End = readonly [state: MailHostState["state"], detail?: string];
	/** Takes the greeting. What ends the conversation, or null. */
	const greeted = (hello: FromMailHost & { type: "hello" }): End | null => {
		if (version !== null) return ["garbled", "message.type: expected anything but a second hello"];
		version = hello.version;
		if (hello.protocol !== MAIL_PROTOCOL) {
			const detail = `message.protocol: expected ${MAIL_PROTOCOL}, got ${hello.protocol}`;
			return [hello.protocol < MAIL_PROTOCOL ? "too-old" : "too-new", detail];
		}
		if (servers.length === 0) return ["well"];
		within(deps.askMs ?? ASK_MS);
		port?.post({ type: "ask", id: ID, servers: servers.map(({ protocol, host, port }) => ({ protocol, host, port })) });
		return null;
	};
	const heard = (raw: unknown): End | null => {
		const message = readFromMailHost(raw);
		if (!message.ok) return ["garbled", message.error];
		const { value } = message;
		if (value.type === "hello") return greeted(value);
		if (value.type === "error") return [version === null ? "broken" : "crashed", `${value.why}: ${value.detail}`];
		if (version === null) return ["garbled", `message.type: expected "hello" first, got ${value.type}`];
		if (value.id !== ID) return ["garbled", `message.id: expected ${ID}, got ${value.id}`];
		if (value.type === "done") {
			return waiting.size === 0 ? ["well"] : ["garbled", `message: expected ${waiting.size} more answers, got none`];
		}
		const server = servers[value.index];
		if (!(server && waiting.delete(value.index))) {
			return ["garbled", `message.index: expected one that waits, got ${value.index}`];
		}
		take(server, value.answer);
		return null;
	};

	within(deps.helloMs ?? HELLO_MS);
	try {
		port = deps.connect(MAIL_HOST, {
			message: (raw) => {
				const over = isOver ? null : heard(raw);
				if (over) end(...over);
			},
			ended: (error) => {
				if (MISSING.test(error ?? "")) end("missing", error ?? "");
				else end(version === null ? "broken" : "crashed", error ?? "the program ended");
			},
		});
		port.post({ type: "hello", protocol: MAIL_PROTOCOL, version: deps.version });
	} catch (error) {
		end("not-allowed", messageOf(error));
	}
}
