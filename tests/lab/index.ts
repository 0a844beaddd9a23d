/**
 * Web servers on loopback for tests and for `npm start`: many hosts by name, each with a certificate
 * chain that can be switched while it runs, and a log of all that arrived.
 *
 * ```ts
 * const lab = await Lab.start();
 * const good = lab.host("good.example-lab.com", leaf, { "/": html("<h1>Good</h1>") });
 * await page.goto(good.url("/")); // in a Firefox that was started with lab.preferences()
 * await lab.log.waitFor("good.example-lab.com");
 * ```
 */

import { randomBytes } from "node:crypto";
import {
	createServer as createHttpServer,
	type Server as HttpServer,
	type IncomingMessage,
	type ServerResponse,
} from "node:http";
import {
	createSecureServer,
	type Http2SecureServer,
	type Http2ServerRequest,
	type Http2ServerResponse,
	type ServerHttp2Session,
} from "node:http2";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, isIP, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import {
	createSecureContext,
	type SecureContext,
	type SecureContextOptions,
	type TLSSocket,
	type Server as TlsServer,
} from "node:tls";
import { type WebSocket, WebSocketServer } from "ws";
import { type LoggedRequest, RequestLog } from "./log.ts";
import type { Reply, Route } from "./replies.ts";

export { type Handshake, type LoggedRequest, RequestLog } from "./log.ts";
export * from "./replies.ts";

/** What a server shows of itself: a `Certificate` of tests/pki fits, and so do two PEM files. */
export interface Identity {
	/** PKCS#8 PEM. */
	readonly keyPem: string;
	/** PEM, leaf first: what is sent, or a function that gives it. */
	readonly chainPem: string | (() => string);
}

/** A WebSocket route: what to do with a socket that has just opened. */
export type SocketRoute = (socket: WebSocket, request: LoggedRequest) => void;

/** How to start a lab. */
export interface LabOptions {
	/** Offer HTTP/2 next to HTTP/1.1. */
	http2?: boolean;
	/** Address to listen on; `127.0.0.1` by default. */
	address?: string;
	/** Port for https; a free one by default. 443 needs the right to bind it. */
	tlsPort?: number;
	/** Port for http; a free one by default. */
	httpPort?: number;
	/**
	 * Ports that addresses are written with. `"standard"` (the default) leaves them out, for a Firefox
	 * that was given {@link Lab.preferences}; `"real"` puts the listening port in.
	 */
	ports?: "standard" | "real";
	/** A log to share with another lab. */
	log?: RequestLog;
}

/** The paths of one host under one scheme. A path of `*` answers what no other one does. */
export class Routes {
	readonly #routes = new Map<string, Route>();
	readonly #sockets = new Map<string, SocketRoute>();

	/**
	 * Sets or replaces a route.
	 *
	 * @param path path without query, or `*`
	 * @param route fixed reply or handler
	 * @returns this, to go on
	 */
	route(path: string, route: Route): this {
		this.#routes.set(path, route);
		return this;
	}

	/**
	 * Sets or replaces a WebSocket endpoint.
	 *
	 * @param path path without query, or `*`
	 * @param onOpen what to do with each socket; echoes every message by default
	 * @returns this, to go on
	 */
	socket(path: string, onOpen: SocketRoute = echoMessages): this {
		this.#sockets.set(path, onOpen);
		return this;
	}

	/**
	 * Looks a route up.
	 *
	 * @param path path without query
	 * @returns the route, if there is one
	 */
	find(path: string): Route | undefined {
		return this.#routes.get(path) ?? this.#routes.get("*");
	}

	/**
	 * Looks a WebSocket endpoint up.
	 *
	 * @param path path without query
	 * @returns the endpoint, if there is one
	 */
	findSocket(path: string): SocketRoute | undefined {
		return this.#sockets.get(path) ?? this.#sockets.get("*");
	}
}

function echoMessages(socket: WebSocket): void {
	socket.on("message", (data, binary) => socket.send(data, { binary }));
}

/** One host of the lab. Its own routes are those of https; `plain` holds those of http. */
export class LabHost extends Routes {
	/** Lower case, without port. */
	readonly name: string;
	/** Routes of the host under plain http. None by default: 404. */
	readonly plain = new Routes();
	/**
	 * Other origins, with their real ports, for which it offers its HTTP/2 connections (ORIGIN frame). Clients
	 * take the offer up where the certificate has the name.
	 */
	readonly origins: string[] = [];
	#identity: Identity;
	#context: SecureContext;
	readonly #lab: Lab;

	/**
	 * Hosts come from {@link Lab.host}.
	 *
	 * @param lab the lab it lives in
	 * @param name host name or IP address
	 * @param identity chain and key
	 */
	constructor(lab: Lab, name: string, identity: Identity) {
		super();
		this.#lab = lab;
		this.name = name.toLowerCase();
		this.#identity = identity;
		this.#context = createSecureContext(contextOptions(identity));
	}

	/** The chain and key shown at present. */
	get identity(): Identity {
		return this.#identity;
	}

	/** The same as Node's TLS takes it. */
	get context(): SecureContext {
		return this.#context;
	}

	/**
	 * Shows another chain from now on. Idle connections are closed and session tickets made void, so
	 * that the next request comes with a full handshake.
	 *
	 * @param identity the new chain and key
	 */
	present(identity: Identity): void {
		this.#context = createSecureContext(contextOptions(identity));
		this.#identity = identity;
		this.#lab.forget(this);
	}

	/**
	 * The same, settled only once no connection of before is left: whatever is asked then is asked under
	 * the new chain.
	 *
	 * @param identity the new chain and key
	 */
	async presentAnew(identity: Identity): Promise<void> {
		this.present(identity);
		await this.#lab.disconnect(this);
	}

	/**
	 * An address on this host.
	 *
	 * @param path path and query
	 * @param scheme https by default
	 * @returns the absolute address
	 */
	url(path = "/", scheme: LoggedRequest["scheme"] = "https"): string {
		return `${scheme}://${this.name}${this.#lab.portSuffix(scheme)}${path}`;
	}

	/**
	 * What reached this host.
	 *
	 * @returns oldest first
	 */
	requests(): LoggedRequest[] {
		return this.#lab.log.all(this.name);
	}
}

/** A host on its own, to which pages under test report that they ran. */
export class Beacon extends LabHost {
	/**
	 * The reports so far.
	 *
	 * @returns path and query of each, oldest first
	 */
	hits(): string[] {
		return this.requests().map((request) => request.path);
	}

	/**
	 * Markup that reports by script, by image and by style sheet as soon as it is shown.
	 *
	 * @param label tells one page's reports from another's; letters, digits and dashes
	 * @returns HTML
	 */
	markup(label: string): string {
		return [
			`<link rel="stylesheet" href="${this.url(`/${label}/style`)}">`,
			`<img alt="" src="${this.url(`/${label}/image`)}">`,
			`<script>fetch(${JSON.stringify(this.url(`/${label}/script`))}, { mode: "no-cors" })</script>`,
		].join("");
	}
}

function contextOptions(identity: Identity): SecureContextOptions {
	return {
		key: identity.keyPem,
		cert: typeof identity.chainPem === "string" ? identity.chainPem : identity.chainPem(),
		minVersion: "TLSv1.2",
	};
}

type AnyRequest = IncomingMessage | Http2ServerRequest;
type AnyResponse = ServerResponse | Http2ServerResponse;
type Draft = { -readonly [field in keyof LoggedRequest]: LoggedRequest[field] };

/** The servers of a lab: one for https and wss, one for http and ws. */
export class Lab {
	/** Everything that arrived. */
	readonly log: RequestLog;
	/** Address the servers listen on. */
	readonly address: string;
	readonly #hosts = new Map<string, LabHost>();
	readonly #sockets = new Set<Socket>();
	/** Connections that are through with their handshake, and the name each was made for. */
	readonly #secured = new Map<TLSSocket, string>();
	readonly #sessions = new Map<ServerHttp2Session, string>();
	readonly #webSockets = new WebSocketServer({ noServer: true });
	readonly #tls: TlsServer & { closeIdleConnections?: () => void };
	readonly #http: HttpServer;
	readonly #ports: "standard" | "real";
	#tlsPort = 0;
	#httpPort = 0;

	private constructor(options: LabOptions) {
		this.log = options.log ?? new RequestLog();
		this.address = options.address ?? "127.0.0.1";
		this.#ports = options.ports ?? "standard";
		const settings = {
			SNICallback: (name: string, done: (error: Error | null, context?: SecureContext) => void) => {
				const host = this.#hosts.get(name.toLowerCase());
				if (host) return done(null, host.context);
				this.log.strangers.push(name);
				done(new Error(`the lab has no host ${name}`));
			},
		};
		this.#tls = options.http2
			? this.#createHttp2(settings)
			: createHttpsServer(settings, (request, response) => this.#answer(request, response, true));
		this.#http = createHttpServer((request, response) => this.#answer(request, response, false));
		for (const server of [this.#tls, this.#http]) {
			server.on("connection", (socket: Socket) => {
				this.#sockets.add(socket);
				socket.on("close", () => this.#sockets.delete(socket));
				// A browser that is killed resets its connections.
				socket.on("error", () => undefined);
			});
			server.on("tlsClientError", () => undefined);
			server.on("clientError", (_error: Error, socket: Duplex) => socket.destroy());
			server.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head, server === this.#tls));
		}
		this.#tls.on("secureConnection", (socket: TLSSocket) => {
			const host = serverName(socket);
			this.#secured.set(socket, host);
			socket.on("close", () => this.#secured.delete(socket));
			this.log.handshakes.push({
				host,
				resumed: socket.isSessionReused(),
				time: Date.now(),
			});
		});
	}

	/**
	 * Starts the servers.
	 *
	 * @param options where and how to listen
	 * @returns the lab, listening
	 * @throws the system's error when an address or port cannot be bound
	 */
	static async start(options: LabOptions = {}): Promise<Lab> {
		const lab = new Lab(options);
		try {
			lab.#tlsPort = await listen(lab.#tls, options.tlsPort ?? 0, lab.address);
			lab.#httpPort = await listen(lab.#http, options.httpPort ?? 0, lab.address);
		} catch (error) {
			await lab.close();
			throw error;
		}
		return lab;
	}

	/** Port of https and wss. */
	get tlsPort(): number {
		return this.#tlsPort;
	}

	/** Port of http and ws. */
	get httpPort(): number {
		return this.#httpPort;
	}

	/**
	 * Firefox preferences that send every name, and the ports 443 and 80, to this lab.
	 *
	 * @returns preference names and values
	 */
	preferences(): Record<string, string> {
		return {
			"network.dns.forceResolve": this.address,
			"network.socket.forcePort": `443=${this.tlsPort};80=${this.httpPort}`,
		};
	}

	/**
	 * Adds a host, or replaces one.
	 *
	 * @param name host name (A-labels) or IP address
	 * @param identity chain and key, e.g. a leaf of tests/pki
	 * @param routes its first https routes by path
	 * @returns the host
	 * @throws when key and chain do not belong together
	 */
	host(name: string, identity: Identity, routes: Record<string, Route> = {}): LabHost {
		return this.#add(new LabHost(this, name, identity), routes);
	}

	/**
	 * Adds a host that answers everything with an image (or, for scripts and styles, nothing) and is
	 * only there to be hit.
	 *
	 * @param name host name, of another site than the pages that report to it
	 * @param identity chain and key
	 * @returns the host
	 */
	beacon(name: string, identity: Identity): Beacon {
		const reply: Reply = {
			headers: {
				"access-control-allow-origin": "*",
				"cache-control": "no-store",
				"content-type": "text/css",
			},
		};
		return this.#add(new Beacon(this, name, identity), { "*": reply });
	}

	#add<Host extends LabHost>(host: Host, routes: Record<string, Route>): Host {
		for (const [path, route] of Object.entries(routes)) host.route(path, route);
		this.#hosts.set(host.name, host);
		this.#setDefault(host);
		return host;
	}

	// A client that asks for an IP address sends no server name and gets the default chain.
	#setDefault(host: LabHost): void {
		if (isIP(host.name)) this.#tls.setSecureContext(contextOptions(host.identity));
	}

	/**
	 * Drops what lets a client go on with a host without a full handshake: idle connections and
	 * session tickets.
	 *
	 * @param host whose connections to close
	 */
	forget(host: LabHost): void {
		this.#setDefault(host);
		this.#tls.setTicketKeys(randomBytes(48));
		this.#tls.closeIdleConnections?.();
		for (const [session, name] of this.#sessions) if (name === host.name) session.close();
	}

	/**
	 * Cuts every connection to a host, and leaves its session tickets good: the next one is resumed.
	 *
	 * @param host whose connections to cut
	 */
	async disconnect(host: LabHost): Promise<void> {
		const cut = [...this.#secured].filter(([, name]) => name === host.name);
		await Promise.all(
			cut.map(([socket]) => new Promise<void>((resolve) => socket.once("close", () => resolve()).destroy())),
		);
	}

	/**
	 * What an address of the lab has after its host name.
	 *
	 * @param scheme the scheme of the address
	 * @returns a colon and a port, or nothing
	 */
	portSuffix(scheme: LoggedRequest["scheme"]): string {
		if (this.#ports === "standard") return "";
		const secure = scheme === "https" || scheme === "wss";
		return `:${secure ? this.tlsPort : this.httpPort}`;
	}

	/** Stops the servers and cuts every connection. Never waits for a client. */
	async close(): Promise<void> {
		const closed = [this.#tls, this.#http].map(
			(server) =>
				new Promise<void>((resolve) => {
					server.close(() => resolve());
				}),
		);
		for (const socket of this.#sockets) socket.destroy();
		await Promise.all(closed);
	}

	/** Same as {@link close}, for `await using`. */
	[Symbol.asyncDispose](): Promise<void> {
		return this.close();
	}

	#createHttp2(settings: object): Http2SecureServer {
		const server = createSecureServer({ ...settings, allowHTTP1: true }, (request, response) =>
			this.#answer(request, response, true),
		);
		server.on("session", (session) => {
			const name = serverName(session.socket as TLSSocket);
			this.#sessions.set(session, name);
			const origins = this.#hosts.get(name)?.origins ?? [];
			if (origins.length > 0) session.origin(...origins);
			session.on("close", () => this.#sessions.delete(session));
			session.on("error", () => undefined);
		});
		return server;
	}

	#draft(request: AnyRequest, secure: boolean, socket: boolean): Draft {
		const authority = (request.headers[":authority"] as string | undefined) ?? request.headers.host ?? "";
		const scheme = socket ? (secure ? "wss" : "ws") : secure ? "https" : "http";
		const host = authority.replace(/:\d+$/, "").toLowerCase();
		const path = request.url ?? "/";
		return {
			host,
			port: secure ? this.tlsPort : this.httpPort,
			scheme,
			method: request.method ?? "GET",
			path,
			url: `${scheme}://${host}${path}`,
			headers: request.headers,
			bodyLength: 0,
			complete: false,
			resumed: secure && isResumed(request),
			protocol: request.httpVersionMajor === 2 ? "h2" : "http/1.1",
			time: Date.now(),
		};
	}

	async #answer(request: AnyRequest, response: AnyResponse, secure: boolean): Promise<void> {
		const entry = this.#draft(request, secure, false);
		this.log.note(entry);
		const parts: Uint8Array[] = [];
		try {
			for await (const part of request as AsyncIterable<Uint8Array>) {
				parts.push(part);
				entry.bodyLength += part.length;
			}
		} catch {
			// The client went away in the middle of its body; what came is in the log.
			return;
		}
		entry.complete = true;
		this.log.note(entry);
		const host = this.#hosts.get(entry.host);
		const routes = secure ? host : host?.plain;
		const route = routes?.find(new URL(entry.path, "https://x").pathname);
		const reply = await replyTo(route, entry, Buffer.concat(parts));
		const head = response as ServerResponse;
		if (reply.earlyHints) {
			head.writeEarlyHints({ link: reply.earlyHints });
			await reply.afterHints?.();
		}
		head.statusCode = reply.status ?? 200;
		for (const [name, value] of Object.entries(reply.headers ?? {})) head.setHeader(name, value);
		head.end(reply.body);
	}

	#upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, secure: boolean): void {
		const entry = this.#draft(request, secure, true);
		entry.complete = true;
		this.log.note(entry);
		const host = this.#hosts.get(entry.host);
		const onOpen = (secure ? host : host?.plain)?.findSocket(new URL(entry.path, "https://x").pathname);
		if (!onOpen) {
			socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n");
			return;
		}
		this.#webSockets.handleUpgrade(request, socket, head, (opened) => {
			opened.on("error", () => undefined);
			onOpen(opened, entry);
		});
	}
}

async function replyTo(route: Route | undefined, entry: LoggedRequest, body: Uint8Array): Promise<Reply> {
	if (!route) return { status: 404, body: `no page ${entry.url} in the lab\n` };
	if (typeof route !== "function") return route;
	try {
		return await route({ ...entry, body });
	} catch (error) {
		return { status: 500, body: `${error}\n` };
	}
}

function serverName(socket: TLSSocket): string {
	const { servername } = socket as TLSSocket & { servername?: string | false };
	return servername ? servername.toLowerCase() : "";
}

function isResumed(request: AnyRequest): boolean {
	const socket = "stream" in request ? request.stream.session?.socket : request.socket;
	return (socket as TLSSocket | undefined)?.isSessionReused?.() ?? false;
}

function listen(server: TlsServer | HttpServer, port: number, address: string): Promise<number> {
	return new Promise((resolve, reject) => {
		server.once("error", reject);
		server.listen(port, address, () => {
			server.off("error", reject);
			resolve((server.address() as AddressInfo).port);
		});
	});
}
