/**
 * The framing of native messaging: four bytes of length in the computer's own byte order, then so many bytes of JSON in
 * UTF-8 (developer.mozilla.org, "Native messaging"; toolkit/components/extensions/NativeMessaging.sys.mjs).
 */
import { endianness } from "node:os";

const HEADER = 4;
const isLittle = endianness() === "LE";

/** A message as it goes over the wire. */
export function frame(message: unknown): Buffer {
	const body = Buffer.from(JSON.stringify(message), "utf8");
	const header = Buffer.alloc(HEADER);
	if (isLittle) header.writeUInt32LE(body.length);
	else header.writeUInt32BE(body.length);
	return Buffer.concat([header, body]);
}

/** What cannot be a message. `why` as the host's own errors are named. */
export class FrameError extends Error {
	readonly why: "malformed" | "too-large";

	constructor(message: string, options: ErrorOptions & { readonly why: FrameError["why"] }) {
		super(message, options);
		this.why = options.why;
	}
}

/**
 * Cuts a stream of bytes into messages. Keeps no more than one message that is not whole yet, and never more than `most`
 * bytes of one: a length above that is refused before a byte of it is kept.
 */
export class Frames {
	readonly #most: number;
	#parts: Buffer[] = [];
	#held = 0;
	/** Of the message that comes now; null while its header is not there. */
	#length: number | null = null;

	/** @param most bytes that a message may have */
	constructor(most: number) {
		this.#most = most;
	}

	/** Whether a message has begun that is not whole. */
	get isCut(): boolean {
		return this.#length !== null || this.#held > 0;
	}

	/**
	 * Takes bytes, and gives the messages that are whole then, as parsed JSON.
	 *
	 * @throws FrameError on a length above the limit or of nothing, bytes that are no UTF-8, and text that is no JSON
	 */
	*take(bytes: Buffer): Generator<unknown> {
		let rest = bytes;
		while (true) {
			const wanted = this.#length ?? HEADER;
			const missing = wanted - this.#held;
			if (rest.length < missing) {
				if (rest.length > 0) this.#parts.push(rest);
				this.#held += rest.length;
				return;
			}
			const whole = Buffer.concat([...this.#parts, rest.subarray(0, missing)]);
			rest = rest.subarray(missing);
			this.#parts = [];
			this.#held = 0;
			if (this.#length !== null) {
				this.#length = null;
				yield parse(whole);
				continue;
			}
			const length = isLittle ? whole.readUInt32LE() : whole.readUInt32BE();
			if (length > this.#most) {
				throw new FrameError(`message: expected at most ${this.#most} bytes, got ${length}`, { why: "too-large" });
			}
			if (length === 0) throw new FrameError("message: expected JSON, got nothing", { why: "malformed" });
			this.#length = length;
		}
	}
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function parse(bytes: Buffer): unknown {
	try {
		return JSON.parse(decoder.decode(bytes));
	} catch (error) {
		throw new FrameError("message: expected JSON in UTF-8, got something else", { why: "malformed", cause: error });
	}
}
