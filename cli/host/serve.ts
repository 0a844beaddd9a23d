/**
 * The program that Firefox starts for the extension: says who it is, asks the servers that it is told, and ends when
 * Firefox does. It takes nothing on trust: every message is bounded, checked, and counted, and what is wrong ends it
 * with a word about why. It reads no file for the extension, and writes none.
 */
import type { Readable, Writable } from "node:stream";
import { messageOf } from "../../src/core/error.ts";
import { MAIL_PROTOCOL, MAX_MAIL_ANSWER, MAX_MAIL_REQUEST, type MailTarget } from "../../src/core/mail.ts";
import { type FromMailHost, type MailAnswer, readFromMailHost, readToMailHost } from "../../src/schema/mail.ts";
import { FrameError, Frames, frame } from "./frames.ts";

/** No more messages than so many within so many milliseconds. The extension sends two in each of its connections. */
export const MAX_MESSAGES = 20;
export const MESSAGES_MS = 60_000;

export interface ServeDeps {
	readonly stdin: Readable;
	readonly stdout: Writable;
	/** The program's own version. */
	readonly version: string;
	/** Asks one server who vouches for it. What it rejects with is a fault of ours, and becomes an answer that says so. */
	readonly ask: (target: MailTarget, signal: AbortSignal) => Promise<MailAnswer>;
	/** Ends it from outside. */
	readonly signal: AbortSignal;
	/** Milliseconds of any clock that only goes forward. */
	readonly now: () => number;
}

type HostError = FromMailHost & { type: "error" };

/** What ends the conversation. */
class Refused extends Error {
	readonly why: HostError["why"];

	constructor(why: HostError["why"], detail: string) {
		super(detail);
		this.why = why;
	}
}

/**
 * Serves one connection. Never rejects.
 *
 * @returns true when it ended as it should: the other side closed it between two messages
 */
export async function serve(deps: ServeDeps): Promise<boolean> {
	const { stdin, stdout } = deps;
	const ending = new AbortController();
	const stop = () => ending.abort();
	const end = () => stdin.destroy();
	ending.signal.addEventListener("abort", end, { once: true });
	deps.signal.addEventListener("abort", stop, { once: true });
	if (deps.signal.aborted) stop();
	// Firefox is gone: there is nobody to tell.
	stdout.on("error", stop);

	const send = async (message: FromMailHost): Promise<void> => {
		if (ending.signal.aborted || !stdout.writable) return;
		if (stdout.write(frame(message))) return;
		await new Promise<void>((resolve) => {
			const go = () => {
				stdout.off("drain", go);
				stdout.off("close", go);
				ending.signal.removeEventListener("abort", go);
				resolve();
			};
			stdout.on("drain", go);
			stdout.on("close", go);
			ending.signal.addEventListener("abort", go);
		});
	};
	const session = new Session(deps, send, ending.signal);
	const frames = new Frames(MAX_MAIL_REQUEST);
	try {
		for await (const chunk of stdin) {
			for (const raw of frames.take(chunk as Buffer)) session.heard(raw);
			if (ending.signal.aborted) break;
		}
		if (ending.signal.aborted) return deps.signal.aborted;
		if (frames.isCut) throw new Refused("malformed", "message: expected all of it, got the end");
		return true;
	} catch (error) {
		if (ending.signal.aborted) return deps.signal.aborted;
		const why = error instanceof Refused || error instanceof FrameError ? error.why : "failed";
		await send({ type: "error", why, detail: messageOf(error).slice(0, 500) });
		return false;
	} finally {
		stop();
		deps.signal.removeEventListener("abort", stop);
		await session.ended();
	}
}

class Session {
	readonly #deps: ServeDeps;
	readonly #send: (message: FromMailHost) => Promise<void>;
	readonly #signal: AbortSignal;
	readonly #times: number[] = [];
	#isKnown = false;
	#asking: Promise<void> | null = null;

	constructor(deps: ServeDeps, send: (message: FromMailHost) => Promise<void>, signal: AbortSignal) {
		this.#deps = deps;
		this.#send = send;
		this.#signal = signal;
	}

	/** @throws Refused on whatever may not be said now */
	heard(raw: unknown): void {
		const now = this.#deps.now();
		while (this.#times[0] !== undefined && now - this.#times[0] >= MESSAGES_MS) this.#times.shift();
		if (this.#times.length >= MAX_MESSAGES) {
			throw new Refused("too-fast", `messages: expected at most ${MAX_MESSAGES} in ${MESSAGES_MS / 1000} s, got more`);
		}
		this.#times.push(now);
		const message = readToMailHost(raw);
		if (!message.ok) {
			// An extension that speaks another protocol is told which one this is.
			if (!this.#isKnown) void this.#greet();
			throw new Refused("malformed", message.error);
		}
		const { value } = message;
		if (value.type === "hello") {
			if (this.#isKnown) throw new Refused("order", "message.type: expected anything but a second hello");
			this.#isKnown = true;
			void this.#greet();
			if (value.protocol !== MAIL_PROTOCOL) {
				throw new Refused("order", `message.protocol: expected ${MAIL_PROTOCOL}, got ${value.protocol}`);
			}
			return;
		}
		if (!this.#isKnown) throw new Refused("order", 'message.type: expected "hello" first');
		if (this.#asking) throw new Refused("order", "message: expected nothing before all servers have answered");
		this.#asking = this.#ask(value.id, value.servers).finally(() => {
			this.#asking = null;
		});
	}

	async #greet(): Promise<void> {
		await this.#send({ type: "hello", protocol: MAIL_PROTOCOL, version: this.#deps.version });
	}

	async #ask(id: number, servers: readonly MailTarget[]): Promise<void> {
		await Promise.all(
			servers.map(async (target, index) => {
				const answer = await this.#deps
					.ask(target, this.#signal)
					.catch((error: unknown): MailAnswer => ({ unreached: "garbage", detail: messageOf(error).slice(0, 300) }));
				await this.#send(bounded({ type: "answer", id, index, answer }));
			}),
		);
		await this.#send({ type: "done", id });
	}

	/** Settles when nothing is asked any more. Never rejects. */
	async ended(): Promise<void> {
		await this.#asking;
	}
}

const fits = (message: FromMailHost): boolean =>
	readFromMailHost(message).ok && Buffer.byteLength(JSON.stringify(message)) <= MAX_MAIL_ANSWER;

/**
 * A server can show what no honest one does: then its documents are left out, or if that is not enough it is passed over, and
 * all others are told of.
 */
function bounded(message: FromMailHost & { type: "answer" }): FromMailHost {
	if (fits(message)) return message;
	const { answer } = message;
	const bare: FromMailHost = "found" in answer ? { ...message, answer: { ...answer, documents: [] } } : message;
	if (fits(bare)) return bare;
	const read = readFromMailHost(bare);
	const detail = (read.ok ? "more than one message holds" : read.error).slice(0, 300);
	return { ...message, answer: { unreached: "garbage", detail } };
}
