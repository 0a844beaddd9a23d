import type { Socket } from "node:net";
import { Ending } from "./ending.ts";

/** RFC 5321 allows 512 octets, RFC 1939 the same; IMAP says nothing, and its capabilities are long at times. */
const MAX_LINE = 8 * 1024;
/** All that a server may say before TLS. Honest ones need a few hundred bytes. */
const MAX_TOTAL = 64 * 1024;

/** The lines of a server that speaks in the clear at first. Bounded, since nothing is known of who speaks. */
export class Lines {
	readonly #socket: Socket;
	#rest = Buffer.alloc(0);
	#total = 0;
	#ended = false;
	#wake: (() => void) | null = null;

	constructor(socket: Socket) {
		this.#socket = socket;
		socket.on("data", this.#onData);
		socket.on("close", this.#onEnd);
		socket.on("end", this.#onEnd);
	}

	readonly #onData = (chunk: Buffer): void => {
		this.#total += chunk.length;
		// What is over the limit is not even kept; `next` says so.
		if (this.#total <= MAX_TOTAL) this.#rest = Buffer.concat([this.#rest, chunk]);
		else this.#socket.pause();
		this.#wake?.();
	};

	readonly #onEnd = (): void => {
		this.#ended = true;
		this.#wake?.();
	};

	/**
	 * The next line, without its end. UTF-8, with a replacement character for what is none.
	 *
	 * @throws Ending "garbage" when it is too long, or all is too much; "cut" when the server ends before a line does
	 */
	async next(): Promise<string> {
		for (;;) {
			const end = this.#rest.indexOf(0x0a);
			if (end > MAX_LINE || (end < 0 && this.#rest.length > MAX_LINE)) throw new Ending("garbage", this.#shown());
			if (end >= 0) {
				const line = this.#rest.subarray(0, end);
				this.#rest = this.#rest.subarray(end + 1);
				return line.toString("utf8").replace(/\r+$/, "");
			}
			if (this.#total > MAX_TOTAL) throw new Ending("garbage", this.#shown());
			if (this.#ended) throw new Ending("cut", this.#shown());
			await new Promise<void>((resolve) => {
				this.#wake = resolve;
			});
		}
	}

	#shown(): string {
		return this.#rest.subarray(0, 200).toString("utf8");
	}

	/** Writes a command. What cannot be written shows as the connection's end. */
	say(command: string): void {
		this.#socket.write(`${command}\r\n`);
	}

	/**
	 * Lets go of the socket, for TLS to take over.
	 *
	 * @throws Ending "garbage" when something was said in the clear after the server had agreed to TLS: whoever sits in
	 *   between could have put it there (RFC 3207 section 6; CVE-2011-0411, CVE-2021-38084)
	 */
	release(): void {
		this.#socket.off("data", this.#onData);
		this.#socket.off("close", this.#onEnd);
		this.#socket.off("end", this.#onEnd);
		this.#socket.pause();
		if (this.#rest.length > 0) throw new Ending("garbage", this.#shown());
	}
}
