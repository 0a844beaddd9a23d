/**
 * Servers that speak HTTP/3, which Node does not: Debian's caddy, with certificates of the lab's own.
 *
 * ```ts
 * await using server = await Http3.start([{ name: "good.example-lab.com", identity: leaf, routes: { "/": html("good") } }]);
 * const firefox = await Firefox.start({ preferences: server.preferences() });
 * await server.waitFor(({ path }) => path === "/");
 * ```
 */

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Identity } from "./index.ts";
import { freePorts } from "./ports.ts";
import type { Reply } from "./replies.ts";

/** A host with what it answers by path; `*` answers what no other path does. */
export interface Http3Host {
	readonly name: string;
	readonly identity: Identity;
	readonly routes: Readonly<Record<string, Reply>>;
}

/** A request as caddy's access log has it. Written down when it was answered, or given up. */
export interface Http3Request {
	readonly host: string;
	readonly method: string;
	/** Path and query. */
	readonly path: string;
	/** `HTTP/3.0`, `HTTP/2.0` or `HTTP/1.1`. */
	readonly proto: string;
	/** Values by lower-case name. Caddy writes "REDACTED" for those of credentials. */
	readonly headers: Readonly<Record<string, readonly string[]>>;
}

const START_MS = 20_000;
const WAIT_MS = 20_000;

/** Why there can be no server here, or null when there can. */
export function http3Missing(): string | null {
	const { status, error } = spawnSync("caddy", ["version"]);
	return error || status !== 0 ? "caddy is missing (Debian: apt install caddy)" : null;
}

/** One caddy with its hosts, on loopback. */
export class Http3 {
	/** What it answers on, over UDP and TCP alike. */
	readonly port: number;
	readonly #hosts: readonly Http3Host[];
	readonly #directory: string;
	readonly #process: ChildProcess;
	readonly #requests: Http3Request[] = [];
	readonly #watchers = new Set<() => void>();

	private constructor(port: number, hosts: readonly Http3Host[], directory: string, process: ChildProcess) {
		this.port = port;
		this.#hosts = hosts;
		this.#directory = directory;
		this.#process = process;
	}

	/**
	 * Starts caddy and waits until it listens.
	 *
	 * @param hosts at least one; their names are told apart by SNI
	 * @returns the running server
	 * @throws Error with what caddy said when it does not start
	 */
	static async start(hosts: readonly Http3Host[]): Promise<Http3> {
		const directory = await mkdtemp(join(tmpdir(), "countersign-http3-"));
		try {
			const [port = 0] = await freePorts(1);
			const file = join(directory, "caddy.json");
			await writeFile(file, JSON.stringify(configuration(port, hosts, directory)), { mode: 0o600 });
			// It ends with whoever holds its input open: with this process, however that ends.
			const child = spawn(
				"sh",
				["-c", `exec 3<&0; { cat <&3; kill $$; } > /dev/null 2>&1 & exec caddy run --config "$1" 3<&-`, "sh", file],
				{
					stdio: ["pipe", "ignore", "pipe"],
					env: { ...process.env, HOME: directory, XDG_CONFIG_HOME: directory, XDG_DATA_HOME: directory },
				},
			);
			const server = new Http3(port, hosts, directory, child);
			try {
				await server.#listening(child.stderr);
			} catch (error) {
				child.kill();
				throw error;
			}
			return server;
		} catch (error) {
			await rm(directory, { recursive: true, force: true });
			throw error;
		}
	}

	#listening(output: Readable): Promise<void> {
		return new Promise((resolve, reject) => {
			const said: string[] = [];
			const fail = (why: string) => () => reject(new Error(`caddy ${why}:\n${said.join("\n")}`));
			const timer = setTimeout(fail("did not start"), START_MS);
			this.#process.once("exit", () => clearTimeout(timer)).once("exit", fail("ended"));
			createInterface({ input: output }).on("line", (line) => {
				if (said.length < 200) said.push(line);
				const entry = parse(line);
				if (entry?.request) this.#note(entry.request);
				if (entry?.msg !== "serving initial configuration") return;
				clearTimeout(timer);
				resolve();
			});
		});
	}

	#note({ host, method, uri, proto, headers }: AccessEntry): void {
		this.#requests.push({
			host: host.replace(/:\d+$/, ""),
			method,
			path: uri,
			proto,
			headers: Object.fromEntries(Object.entries(headers).map(([name, values]) => [name.toLowerCase(), values])),
		});
		for (const watcher of [...this.#watchers]) watcher();
	}

	/** What was answered so far, oldest first. */
	requests(): readonly Http3Request[] {
		return this.#requests;
	}

	/**
	 * The first request that fits, now or as soon as it is in the log.
	 *
	 * @throws Error naming what did arrive, when the time is up
	 */
	waitFor(fits: (request: Http3Request) => boolean): Promise<Http3Request> {
		return new Promise((resolve, reject) => {
			const timer = setTimeout(() => {
				this.#watchers.delete(look);
				const seen = this.#requests.map(({ proto, method, host, path }) => `${proto} ${method} ${host}${path}`);
				reject(new Error(`no such request within ${WAIT_MS} ms; seen:\n${seen.join("\n") || "(none)"}`));
			}, WAIT_MS);
			const look = () => {
				const found = this.#requests.find(fits);
				if (!found) return;
				clearTimeout(timer);
				this.#watchers.delete(look);
				resolve(found);
			};
			this.#watchers.add(look);
			look();
		});
	}

	/**
	 * Firefox preferences that make its hosts be asked over HTTP/3 from the first request on, although
	 * the lab's roots are none of Firefox's own.
	 *
	 * @returns preference names and values
	 */
	preferences(): Record<string, string | number | boolean> {
		return {
			"network.http.http3.enable": true,
			"network.http.http3.disable_when_third_party_roots_found": false,
			"network.http.http3.force-use-alt-svc-mapping-for-testing": true,
			// No second attempt over TCP beside the first, which nobody would answer.
			"network.http.http3.backup_timeout_ms": 60_000,
			"network.dns.httpssvc.http3_fast_fallback_timeout": 0,
			"network.http.http3.alt-svc-mapping-for-testing": this.#hosts
				.map(({ name }) => `${name};h3=:${this.port}`)
				.join(","),
		};
	}

	/** Ends caddy and removes what it wrote. */
	async close(): Promise<void> {
		const child = this.#process;
		if (child.exitCode === null && child.signalCode === null) {
			const ended = once(child, "exit");
			child.kill();
			await ended;
		}
		await rm(this.#directory, { recursive: true, force: true });
	}

	/** Same as {@link close}, for `await using`. */
	[Symbol.asyncDispose](): Promise<void> {
		return this.close();
	}
}

interface AccessEntry {
	readonly host: string;
	readonly method: string;
	readonly uri: string;
	readonly proto: string;
	readonly headers: Readonly<Record<string, readonly string[]>>;
}

function parse(line: string): { msg?: string; request?: AccessEntry } | null {
	try {
		return JSON.parse(line);
	} catch {
		return null;
	}
}

/** Caddy's own JSON: no administration, no certificates of its own, nothing kept outside of `directory`. */
function configuration(port: number, hosts: readonly Http3Host[], directory: string): object {
	// In the spelling of Go, or caddy finds no type there and adds "text/plain" beside the one that is.
	const spelled = (name: string) => name.replace(/(?<=^|-)[a-z]/g, (letter) => letter.toUpperCase());
	const values = (headers: Reply["headers"] = {}) =>
		Object.fromEntries(Object.entries(headers).map(([name, value]) => [spelled(name), [value].flat()]));
	return {
		admin: { disabled: true, config: { persist: false } },
		storage: { module: "file_system", root: directory },
		apps: {
			http: {
				servers: {
					lab: {
						listen: [`127.0.0.1:${port}`],
						protocols: ["h1", "h2", "h3"],
						automatic_https: { disable: true },
						tls_connection_policies: [{}],
						logs: {},
						routes: hosts.flatMap(({ name, routes }) =>
							Object.entries(routes).map(([path, reply]) => ({
								match: [{ host: [name], ...(path === "*" ? {} : { path: [path] }) }],
								handle: [
									{
										handler: "static_response",
										status_code: reply.status ?? 200,
										headers: values(reply.headers),
										body: Buffer.from(reply.body ?? "").toString("utf8"),
									},
								],
								terminal: true,
							})),
						),
					},
				},
			},
			tls: {
				certificates: {
					load_pem: hosts.map(({ identity }) => ({
						certificate: typeof identity.chainPem === "string" ? identity.chainPem : identity.chainPem(),
						key: identity.keyPem,
					})),
				},
			},
		},
	};
}
