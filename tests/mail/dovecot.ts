/**
 * A real Dovecot on loopback, with its own configuration and nobody's mail: IMAP and POP3, each at once with TLS and in
 * the clear with STARTTLS. Its chain can be switched while it runs.
 *
 * ```ts
 * const dovecot = await Dovecot.start(leaf);
 * await dovecot.present(selfMade);
 * ```
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { connect } from "node:tls";
import type { Identity } from "../lab/index.ts";
import { freePorts } from "../lab/ports.ts";

/** What it listens on, all on 127.0.0.1. */
export interface DovecotPorts {
	readonly imap: number;
	readonly imaps: number;
	readonly pop3: number;
	readonly pop3s: number;
}

function configuration(folder: string, ports: DovecotPorts, tls: boolean): string {
	const { username, uid } = userInfo();
	// Started by root it changes to its own users; else it stays whoever started it.
	const group = spawnSync("id", ["-gn"], { encoding: "utf8" }).stdout.trim();
	const own = { default_internal_user: username, default_internal_group: group, default_login_user: username };
	const users =
		uid === 0
			? ""
			: Object.entries(own)
					.map(([name, value]) => `${name} = ${value}\n`)
					.join("");
	const login = (name: "imap" | "pop3", plain: number, secure: number): string => `
service ${name}-login {
	chroot =
	inet_listener ${name} {
		address = 127.0.0.1
		port = ${plain}
	}
	inet_listener ${name}s {
		address = 127.0.0.1
		port = ${tls ? secure : 0}
		ssl = yes
	}
}`;
	return `
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = /dev/stderr
protocols = imap pop3
${users}mail_location = maildir:${folder}/mail/%u
ssl = ${tls ? "required" : "no"}
ssl_cert = <${folder}/chain.pem
ssl_key = <${folder}/key.pem
auth_mechanisms = plain
passdb {
	driver = static
	args = password=nobody-logs-in
}
userdb {
	driver = static
	args = uid=${uid === 0 ? "nobody" : username} gid=nogroup home=${folder}/mail
}
service anvil {
	chroot =
}
${login("imap", ports.imap, ports.imaps)}
${login("pop3", ports.pop3, ports.pop3s)}
`;
}

/** A running Dovecot. */
export class Dovecot {
	readonly ports: DovecotPorts;
	/** What it has said so far, line by line. */
	readonly log: string[] = [];
	readonly #folder: string;
	readonly #process: ChildProcess;
	readonly #waiting = new Set<() => void>();
	#ended = false;

	private constructor(folder: string, ports: DovecotPorts) {
		this.#folder = folder;
		this.ports = ports;
		this.#process = spawn("dovecot", ["-F", "-c", join(folder, "dovecot.conf")], {
			stdio: ["ignore", "ignore", "pipe"],
		});
		this.#process.on("error", (error) => this.#end(String(error)));
		this.#process.on("exit", (code) => this.#end(`ended with ${code}`));
		if (this.#process.stderr) {
			createInterface({ input: this.#process.stderr }).on("line", (line) => this.#add(line));
		}
	}

	#add(line: string): void {
		this.log.push(line);
		for (const wake of this.#waiting) wake();
	}

	#end(why: string): void {
		this.#ended = true;
		this.#add(why);
	}

	/**
	 * Starts one.
	 *
	 * @param identity chain and key, e.g. a leaf of tests/pki
	 * @param options `tls: false`: it offers no encryption at all
	 * @throws when Dovecot ends before it listens, with what it said
	 */
	static async start(identity: Identity, { tls = true } = {}): Promise<Dovecot> {
		const folder = await mkdtemp(join(tmpdir(), "dovecot-"));
		// Its login processes run as a user of their own, and look for their sockets in here.
		await chmod(folder, 0o755);
		await mkdir(join(folder, "mail"));
		const [imap = 0, imaps = 0, pop3 = 0, pop3s = 0] = await freePorts(4);
		const ports = { imap, imaps, pop3, pop3s };
		await writeFile(join(folder, "dovecot.conf"), configuration(folder, ports, tls));
		await write(folder, identity);
		const dovecot = new Dovecot(folder, ports);
		try {
			await dovecot.says(/starting up/);
		} catch (error) {
			await dovecot.close();
			throw error;
		}
		return dovecot;
	}

	/**
	 * Waits for a line of the log.
	 *
	 * @param from where to begin to look
	 * @throws when Dovecot ends before
	 */
	async says(pattern: RegExp, from = 0): Promise<void> {
		while (!this.log.slice(from).some((line) => pattern.test(line))) {
			if (this.#ended) throw new Error(`Dovecot: ${this.log.join("\n")}`);
			await new Promise<void>((resolve) => {
				const wake = (): void => {
					this.#waiting.delete(wake);
					resolve();
				};
				this.#waiting.add(wake);
			});
		}
	}

	/**
	 * Shows another chain from now on: settled once a new connection is shown it.
	 *
	 * @param identity the new chain and key
	 */
	async present(identity: Identity): Promise<void> {
		const from = this.log.length;
		await write(this.#folder, identity);
		this.#process.kill("SIGHUP");
		await this.says(/SIGHUP received/, from);
		const wanted = new X509Certificate(chainOf(identity)).fingerprint256;
		// A login process of before may take one more connection.
		while ((await shownAt(this.ports.imaps)) !== wanted) {
			if (this.#ended) throw new Error(`Dovecot: ${this.log.join("\n")}`);
		}
	}

	/** Ends it, and takes away all that was its. */
	async close(): Promise<void> {
		if (!this.#ended) {
			const exit = once(this.#process, "exit");
			this.#process.kill("SIGTERM");
			await exit;
		}
		await rm(this.#folder, { recursive: true, force: true });
	}
}

// Called as a method: a certificate of tests/pki has it so.
const chainOf = (identity: Identity): string =>
	typeof identity.chainPem === "string" ? identity.chainPem : identity.chainPem();

async function write(folder: string, identity: Identity): Promise<void> {
	await writeFile(join(folder, "chain.pem"), chainOf(identity));
	await writeFile(join(folder, "key.pem"), identity.keyPem, { mode: 0o600 });
}

/** The fingerprint of what is shown at a port; null where the connection fails. */
function shownAt(port: number): Promise<string | null> {
	return new Promise((resolve) => {
		const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false }, () => {
			resolve(socket.getPeerCertificate().fingerprint256 ?? null);
			socket.destroy();
		});
		socket.on("error", () => resolve(null));
	});
}
