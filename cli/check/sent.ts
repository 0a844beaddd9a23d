/**
 * All certificates that a server sent. Node gives those that lead up from the leaf by name, of two with one name the
 * first; where a server sends several ways up, the one that OpenSSL took may be missing. TLS 1.2 sends them in the
 * clear (RFC 5246 section 7.4.2), so that they can be read beside Node.
 */
import { X509Certificate } from "node:crypto";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";

/** As much as OpenSSL takes of a chain (SSL_CTX_set_max_cert_list: 100 kB), and the messages around it. */
const MAX_HEARD = 128 * 1024;

const HANDSHAKE = 22;
const CERTIFICATE = 11;

/** The certificates in what a server of TLS 1.2 said; none where there are none, or where it cannot be read. */
export function sentIn(heard: Buffer): X509Certificate[] {
	try {
		return read(heard);
	} catch {
		// Cut short, or no certificates: then nothing is known beside what Node gives.
		return [];
	}
}

function read(heard: Buffer): X509Certificate[] {
	const parts: Buffer[] = [];
	// Records (section 6.2.1): type, version, length. What comes after the handshake's own is encrypted.
	for (let at = 0; heard[at] === HANDSHAKE; ) {
		const length = heard.readUInt16BE(at + 3);
		parts.push(heard.subarray(at + 5, at + 5 + length));
		at += 5 + length;
	}
	const messages = Buffer.concat(parts);
	const found: X509Certificate[] = [];
	for (let at = 0; at < messages.length; at += 4 + messages.readUIntBE(at + 1, 3)) {
		if (messages[at] !== CERTIFICATE) continue;
		const end = at + 7 + messages.readUIntBE(at + 4, 3);
		for (let place = at + 7; place < end; place += 3 + messages.readUIntBE(place, 3)) {
			const length = messages.readUIntBE(place, 3);
			found.push(new X509Certificate(messages.subarray(place + 3, place + 3 + length)));
		}
		return found;
	}
	return found;
}

/** A socket that keeps what it hears. */
export class Tap extends Duplex {
	readonly #socket: Socket;
	readonly #parts: Buffer[] = [];
	#length = 0;

	constructor(socket: Socket) {
		super();
		this.#socket = socket;
		socket.on("data", (chunk) => {
			if (this.#length < MAX_HEARD) this.#parts.push(chunk);
			this.#length += chunk.length;
			if (!this.push(chunk)) socket.pause();
		});
		socket.on("end", () => this.push(null));
		socket.on("error", (error) => this.destroy(error));
		socket.on("close", () => this.destroy());
	}

	/** What was heard so far, as much as is kept. */
	get heard(): Buffer {
		return Buffer.concat(this.#parts);
	}

	override _read(): void {
		this.#socket.resume();
	}

	override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
		this.#socket.write(chunk, done);
	}

	override _final(done: () => void): void {
		this.#socket.end(done);
	}
}
