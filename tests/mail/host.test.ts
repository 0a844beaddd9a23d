/**
 * The extension's end and the installed program, without Firefox between them: started, spoken to and ended as Firefox does it
 * (toolkit/components/extensions/NativeMessaging.sys.mjs), with a real Dovecot at the other end.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Frames, frame } from "../../cli/host/frames.ts";
import { askHost, type LinkDeps } from "../../src/background/mail/link.ts";
import { MAIL_HOST, type MailServer } from "../../src/core/mail.ts";
import type { MailAnswer, MailHostState } from "../../src/schema/mail.ts";
import { freePorts } from "../lab/ports.ts";
import { Pki } from "../pki/index.ts";
import { Dovecot } from "./dovecot.ts";
import { dovecotMissing } from "./missing.ts";

const ROOT = join(import.meta.dirname, "../..");
// Where everything can be installed, nothing may be left out.
const mustRun = process.env.CI === "true" && process.getuid?.() === 0;
const missing = mustRun ? null : dovecotMissing();
if (missing !== null) console.warn(`Not tested: the program that Firefox starts. ${missing}`);

const EXTENSION = "countersign@webextension";

let home = "";
let pki: Pki;
let dovecot: Dovecot;
let leaf: () => Promise<Awaited<ReturnType<Pki["selfSignedLeaf"]>>>;
let started: ChildProcess[] = [];

function command(...args: readonly string[]): { code: number | null; text: string } {
	const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, "dist-cli/countersign.js"), ...args], {
		encoding: "utf8",
		env: { ...process.env, HOME: home, XDG_DATA_HOME: "", LC_ALL: "C" },
	});
	return { code: status, text: stdout + stderr };
}

/** Firefox's part: finds the manifest, starts what it names, and frames what both say. */
function connectAs(extension: string): LinkDeps["connect"] {
	return (name, on) => {
		const manifest = join(home, `.mozilla/native-messaging-hosts/${name}.json`);
		const child = spawn(starter, [manifest, extension], { stdio: ["pipe", "pipe", "ignore"] });
		started.push(child);
		const frames = new Frames(1 << 20);
		let isOpen = true;
		child.on("error", () => isOpen && on.ended("An unexpected error occurred"));
		child.on("close", () => isOpen && on.ended(null));
		child.stdin.on("error", () => undefined);
		child.stdout.on("data", (chunk: Buffer) => {
			for (const message of frames.take(chunk)) if (isOpen) on.message(message);
		});
		return {
			post: (message) => void child.stdin.write(frame(message)),
			close() {
				isOpen = false;
				child.stdin.end();
			},
		};
	};
}

let starter: string;
const server = (protocol: MailServer["protocol"], port: number): MailServer => ({
	id: `${protocol}`,
	protocol,
	host: "localhost",
	port,
});

async function ask(
	servers: readonly MailServer[],
	extension = EXTENSION,
): Promise<{ host: MailHostState; answers: ReadonlyMap<string, MailAnswer> }> {
	const answers = new Map<string, MailAnswer>();
	const deps = { connect: connectAs(extension), now: Date.now, version: "0.1.0" };
	const host = await askHost(deps, servers, ({ id }, answer) => answers.set(id, answer));
	return { host, answers };
}

beforeAll(async () => {
	if (missing !== null) return;
	home = await mkdtemp(join(tmpdir(), "countersign-home-"));
	pki = await Pki.create();
	const root = await pki.root({ name: "CN=Good Mail Root,O=Good Trust,C=US" });
	const ca = await root.intermediate({ name: "CN=Good Mail CA,O=Good Trust,C=US" });
	leaf = () => ca.leaf({ names: ["localhost"] });
	const file = join(home, "root.pem");
	await writeFile(file, root.pem);
	expect(command("host", "install", "--trust-store", file)).toMatchObject({ code: 0 });
	const manifest = join(home, `.mozilla/native-messaging-hosts/${MAIL_HOST}.json`);
	starter = (JSON.parse(await readFile(manifest, "utf8")) as { path: string }).path;
	dovecot = await Dovecot.start(await leaf());
});

afterAll(async () => {
	for (const child of started) if (child.exitCode === null && child.signalCode === null) child.kill();
	await dovecot?.close();
	if (home !== "") await rm(home, { recursive: true, force: true });
});

describe.skipIf(missing !== null)("the installed program", () => {
	it("is there, and says its version", async () => {
		expect(command("host", "status")).toMatchObject({ code: 0, text: expect.stringContaining("is there and runs") });
		const { version } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as { version: string };
		expect((await ask([])).host).toMatchObject({ state: "well", version });
	});

	it("tells what each server shows, on each kind of port, and ends when it is told no more", async () => {
		started = [];
		const { imap, imaps, pop3, pop3s } = dovecot.ports;
		const [nobody = 0] = await freePorts(1);
		const servers = [
			server("imap", imap),
			server("imaps", imaps),
			server("pop3", pop3),
			server("pop3s", pop3s),
			server("smtps", nobody),
		];
		const { host, answers } = await ask(servers);
		expect(host.state).toBe("well");
		for (const protocol of ["imap", "imaps", "pop3", "pop3s"]) {
			expect(answers.get(protocol), protocol).toMatchObject({ found: { kind: "verified" } });
		}
		const found = answers.get("imaps");
		const chain = found && "found" in found && found.found.kind === "verified" ? found.found.chain : [];
		expect(chain.map(({ subject }) => subject)).toEqual([
			"CN=localhost",
			"CN=Good Mail CA,O=Good Trust,C=US",
			"CN=Good Mail Root,O=Good Trust,C=US",
		]);
		expect(answers.get("smtps")).toMatchObject({ unreached: "unreachable" });
		const [child] = started;
		if (child && child.exitCode === null) await once(child, "exit");
		expect(child?.exitCode).toBe(0);
	});

	it("tells of the document that the server made itself, as in January 2015", async () => {
		await dovecot.present(await pki.selfSignedLeaf({ names: ["localhost"] }));
		const { answers } = await ask([server("imaps", dovecot.ports.imaps)]);
		expect(answers.get("imaps")).toMatchObject({ found: { kind: "unverified", why: ["self-signed"] } });
		await dovecot.present(await leaf());
	});

	it("tells of one that offers no encryption", async () => {
		const bare = await Dovecot.start(await leaf(), { tls: false });
		try {
			const { answers } = await ask([server("imap", bare.ports.imap), server("pop3", bare.ports.pop3)]);
			expect(answers.get("imap")).toEqual({ found: { kind: "stripped" }, documents: [] });
			expect(answers.get("pop3")).toEqual({ found: { kind: "stripped" }, documents: [] });
		} finally {
			await bare.close();
		}
	});

	it("does nothing for another extension", async () => {
		expect((await ask([], "other@extension")).host).toMatchObject({ state: "broken", version: null });
	});

	it("leaves nothing when it is taken away", async () => {
		expect(command("host", "uninstall")).toMatchObject({ code: 0 });
		expect(command("host", "status")).toMatchObject({ code: 1, text: expect.stringContaining("not installed") });
		expect((await ask([])).host.state).toBe("broken");
	});
});
