/**
 * A real Postfix on loopback, with its own configuration and queue, that takes nobody's mail: for each chain SMTP and
 * submission with STARTTLS, and submission with TLS at once. It needs root: Postfix runs for nobody else.
 *
 * ```ts
 * const postfix = await Postfix.start([leaf, selfMade]);
 * postfix.ports[1].smtp; // where the second is shown
 * ```
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Identity } from "../lab/index.ts";
import { freePorts } from "../lab/ports.ts";

/** What it listens on for one chain, all on 127.0.0.1. */
export interface PostfixPorts {
	readonly smtp: number;
	readonly submission: number;
	readonly smtps: number;
	/** SMTP that offers no encryption. */
	readonly plain: number;
}

const MAIN = (folder: string): string => `
compatibility_level = 3.6
queue_directory = ${folder}/queue
data_directory = ${folder}/data
mail_owner = postfix
setgid_group = postdrop
maillog_file = ${folder}/mail.log
maillog_file_prefixes = ${folder}
local_recipient_maps =
alias_maps =
myhostname = mail.example-lab.com
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtpd_peername_lookup = no
smtpd_recipient_restrictions = reject
smtpd_relay_restrictions = reject
smtpd_client_connection_count_limit = 0
smtpd_tls_security_level = may
smtpd_tls_session_cache_database =
`;

function services(folder: string, ports: readonly PostfixPorts[]): string {
	const lines = ports.flatMap(({ smtp, submission, smtps, plain }, index) => {
		const service = (port: number, ...options: string[]): string =>
			[
				`127.0.0.1:${port} inet n - n - - smtpd`,
				`	-o smtpd_tls_chain_files=${folder}/chain-${index}.pem`,
				...options.map((option) => `	-o ${option}`),
			].join("\n");
		return [
			service(smtp),
			service(submission, "smtpd_tls_security_level=encrypt", "smtpd_sasl_auth_enable=no"),
			service(smtps, "smtpd_tls_wrappermode=yes"),
			service(plain, "smtpd_tls_security_level=none"),
		];
	});
	return `${lines.join("\n")}\ntlsmgr unix - - n 1000? 1 tlsmgr\nanvil unix - - n - 1 anvil\nrewrite unix - - n - - trivial-rewrite\npostlog unix-dgram n - n - 1 postlogd\n`;
}

const QUEUE = ["active", "deferred", "incoming", "maildrop", "pid", "private", "public"];

/** The numbers of a user of the system. */
function idOf(name: string): number {
	const { stdout } = spawnSync("id", ["-u", name], { encoding: "utf8" });
	return Number(stdout.trim());
}

/** Whether somebody listens at a port of loopback. */
function listens(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = connect(port, "127.0.0.1", () => {
			resolve(true);
			socket.destroy();
		});
		socket.on("error", () => resolve(false));
	});
}

/** A running Postfix. */
export class Postfix {
	/** For each chain, in the order in which they were given. */
	readonly ports: readonly PostfixPorts[];
	readonly #folder: string;
	readonly #process: ChildProcess;

	private constructor(folder: string, ports: readonly PostfixPorts[], process: ChildProcess) {
		this.#folder = folder;
		this.ports = ports;
		this.#process = process;
	}

	/**
	 * Starts one.
	 *
	 * @param identities chains and keys, each with ports of its own
	 * @throws when Postfix ends before it listens
	 */
	static async start(identities: readonly Identity[]): Promise<Postfix> {
		const folder = await mkdtemp(join(tmpdir(), "postfix-"));
		await chmod(folder, 0o755);
		const owner = idOf("postfix");
		for (const name of ["", ...QUEUE]) await mkdir(join(folder, "queue", name));
		await mkdir(join(folder, "data"));
		await chown(join(folder, "data"), owner, 0);
		for (const name of QUEUE) if (name !== "pid") await chown(join(folder, "queue", name), owner, 0);
		const free = await freePorts(identities.length * 4);
		const ports = identities.map((_, index): PostfixPorts => {
			const [smtp = 0, submission = 0, smtps = 0, plain = 0] = free.slice(index * 4);
			return { smtp, submission, smtps, plain };
		});
		await writeFile(join(folder, "main.cf"), MAIN(folder));
		await writeFile(join(folder, "master.cf"), services(folder, ports));
		for (const [index, identity] of identities.entries()) {
			const chain = typeof identity.chainPem === "string" ? identity.chainPem : identity.chainPem();
			// The order that Postfix wants: the key, then its chain.
			await writeFile(join(folder, `chain-${index}.pem`), `${identity.keyPem.trimEnd()}\n${chain}`, { mode: 0o600 });
		}
		// A session of its own: it ends its whole process group.
		const options = { detached: true, stdio: "ignore" } as const;
		const child = spawn("/usr/lib/postfix/sbin/master", ["-c", folder, "-d"], options);
		const postfix = new Postfix(folder, ports, child);
		const last = ports.at(-1)?.plain ?? 0;
		while (!(await listens(last))) {
			if (child.exitCode === null) continue;
			const log = await readFile(join(folder, "mail.log"), "utf8").catch(() => "it said nothing");
			await postfix.close();
			throw new Error(`Postfix ended with ${child.exitCode}: ${log}`);
		}
		return postfix;
	}

	/** Ends it, and takes away all that was its. */
	async close(): Promise<void> {
		if (this.#process.exitCode === null && this.#process.signalCode === null) {
			const exit = once(this.#process, "exit");
			this.#process.kill("SIGTERM");
			await exit;
		}
		await rm(this.#folder, { recursive: true, force: true });
	}
}
