/** Comes to TLS with a server, by the road of its protocol, and takes what it shows. */
import { X509Certificate } from "node:crypto";
import { setMaxListeners } from "node:events";
import * as net from "node:net";
import * as tls from "node:tls";
import { Ending } from "./ending.ts";
import { Lines } from "./lines.ts";
import { lookup } from "./names.ts";
import type { Failure, Target } from "./outcome.ts";
import { sentIn, Tap } from "./sent.ts";
import { DIALOGS } from "./starttls.ts";
import type { TrustStore } from "./trust.ts";

/** What a server showed. */
export interface Presented {
	/** "TLSv1.3" */
	readonly protocol: string;
	readonly leaf: X509Certificate;
	/** What else it sent, as far as it leads up from the leaf, and the root above where the store has one. */
	readonly above: readonly X509Certificate[];
	/** OpenSSL's name for what is wrong with the chain; null where nothing is. Names are not looked at. */
	readonly error: string | null;
}

/** No honest chain is longer (as core has it). */
const MAX_SENT = 16;

const codeOf = (error: unknown): string =>
	error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : String(error);

/** Before there was a connection. */
function unreachable(error: unknown): Ending {
	// With several addresses Node gives one error for all; the last one's says most.
	const last = error instanceof AggregateError ? (error.errors.at(-1) as unknown) : error;
	const code = codeOf(last);
	// A reset can come before Node has told of the connection.
	const failure = code === "ETIMEDOUT" ? "timeout" : code === "ECONNRESET" ? "cut" : "unreachable";
	return new Ending(failure, code, { cause: error });
}

/** What OpenSSL says when what came is no TLS at all, or is TLS with nonsense in it, begins so. All else is a no. */
const NO_AGREEMENT =
	/ALERT|UNSUPPORTED_PROTOCOL|NO_PROTOCOLS|NO_CIPHER|NO_SHARED|TOO_SMALL|TOO_WEAK|UNSAFE_LEGACY|WRONG_SIGNATURE_TYPE|WRONG_CURVE|WRONG_CIPHER|BAD_ECPOINT|NO_APPLICATION_PROTOCOL|NO_RENEGOTIATION|UNKNOWN_CIPHER|LEGACY_SIGALG/;

function failureOfHandshake(code: string): Failure {
	if (/^E(?:CONNRESET|PIPE|CONNABORTED)$/.test(code)) return "cut";
	if (/^E(?:TIMEDOUT|HOSTUNREACH|NETUNREACH|NETDOWN)$/.test(code))
		return code === "ETIMEDOUT" ? "timeout" : "unreachable";
	return NO_AGREEMENT.test(code) ? "no-agreement" : "garbage";
}

function connectSocket({ host, port }: Target, timeoutMs: number, sockets: net.Socket[]): Promise<net.Socket> {
	return new Promise((resolve, reject) => {
		const socket = net.connect({
			host,
			port,
			lookup,
			// Node gives each address a quarter of a second, which is less than a round trip by satellite.
			autoSelectFamilyAttemptTimeout: Math.max(250, Math.round(timeoutMs / 4)),
		});
		sockets.push(socket);
		socket.once("connect", () => resolve(socket));
		// Stays for later: an error without a listener would end the program. `close` always follows it.
		socket.on("error", (error) => reject(unreachable(error)));
	});
}

/** The certificates that lead up from the leaf, as Node links them. */
function linked(socket: tls.TLSSocket): X509Certificate[] {
	const found: X509Certificate[] = [];
	const seen = new Set<string>();
	let at = socket.getPeerCertificate(true) as tls.DetailedPeerCertificate | undefined;
	while (at?.raw && !seen.has(at.fingerprint256) && found.length < MAX_SENT) {
		seen.add(at.fingerprint256);
		found.push(new X509Certificate(at.raw));
		at = at.issuerCertificate;
	}
	return found;
}

function handshake(socket: net.Socket, target: Target, trust: TrustStore, openly: boolean): Promise<Presented> {
	return new Promise((resolve, reject) => {
		const { host, protocol } = target;
		const tap = openly ? new Tap(socket) : null;
		const secure = tls.connect({
			socket: tap ?? socket,
			secureContext: openly ? trust.olderContext() : trust.context,
			// What is wrong is told, not acted upon: what is shown has to be seen. Nothing is ever sent over it.
			rejectUnauthorized: false,
			// The name is looked at by `check`, whatever else is wrong.
			checkServerIdentity: () => undefined,
			...(net.isIP(host) === 0 ? { servername: host } : {}),
			...(protocol === "https" ? { ALPNProtocols: ["h2", "http/1.1"] } : {}),
		});
		secure.on("error", (error) => {
			const code = codeOf(error);
			reject(new Ending(failureOfHandshake(code), code, { cause: error }));
		});
		secure.once("close", () => reject(new Ending("cut")));
		secure.once("secureConnect", () => {
			try {
				const [leaf, ...above] = linked(secure);
				if (tap) above.push(...sentIn(tap.heard).slice(1, MAX_SENT));
				if (!leaf) throw new Ending("garbage", "no certificate");
				const error = secure.authorized ? null : String(secure.authorizationError);
				resolve({ protocol: secure.getProtocol() ?? "", leaf, above, error });
			} catch (error) {
				reject(error instanceof Ending ? error : new Ending("garbage", codeOf(error), { cause: error }));
			} finally {
				// The server is told that it is over (close_notify), and nothing else.
				secure.end();
			}
		});
	});
}

/** How long a server is given to take in that it is over. */
const FAREWELL_MS = 250;

/** Lets what was written go out, and the connection end; does not keep the program from ending. */
function leave(socket: net.Socket): void {
	if (socket.destroyed) return;
	socket.resume();
	socket.end();
	socket.unref();
	setTimeout(() => socket.destroy(), FAREWELL_MS).unref();
}

/**
 * Connects, asks for TLS where the protocol begins in the clear, shakes hands, and ends the connection.
 *
 * @param timeoutMs for all of it
 * @param openly by TLS 1.2, so that all that is sent can be seen (sent.ts)
 * @param connected is told the address, once there is a connection
 * @throws Ending for everything that keeps it from seeing a certificate
 */
export async function present(
	target: Target,
	trust: TrustStore,
	timeoutMs: number,
	signal: AbortSignal | undefined,
	connected: (address: string | null) => void,
	openly = false,
): Promise<Presented> {
	const sockets: net.Socket[] = [];
	let timer: NodeJS.Timeout | undefined;
	let abort = (): void => undefined;
	const ended = new Promise<never>((_, reject) => {
		timer = setTimeout(() => reject(new Ending("timeout")), timeoutMs);
		abort = () => reject(new Ending("aborted"));
		// As many listeners as servers are looked at at a time: no leak, and no warning of one.
		if (signal) setMaxListeners(0, signal);
		signal?.addEventListener("abort", abort, { once: true });
		if (signal?.aborted) abort();
	});
	const go = async (): Promise<Presented> => {
		const socket = await connectSocket(target, timeoutMs, sockets);
		connected(socket.remoteAddress ?? null);
		const dialog = target.protocol in DIALOGS ? DIALOGS[target.protocol as keyof typeof DIALOGS] : null;
		if (dialog) {
			const lines = new Lines(socket);
			await dialog(lines);
			lines.release();
		}
		return handshake(socket, target, trust, openly);
	};
	try {
		return await Promise.race([ended, go()]);
	} finally {
		clearTimeout(timer);
		signal?.removeEventListener("abort", abort);
		for (const socket of sockets) leave(socket);
	}
}
