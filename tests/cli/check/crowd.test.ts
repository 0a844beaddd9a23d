/** Two hundred servers at once: good ones, refused ones, and those that hang, cut, strip and talk nonsense. */
import { execFile } from "node:child_process";
import { type AddressInfo, createServer, type Server } from "node:net";
import { join } from "node:path";
import * as tls from "node:tls";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { CheckReport } from "../../../cli/check/report.ts";
import { createMailWorld, type MailWorld } from "../../mail/world.ts";
import { type Speaker, type Step, speaker } from "./speaker.ts";

const ROOT = join(import.meta.dirname, "../../..");
const SERVERS = 200;

let world: MailWorld;
const servers: Server[] = [];
const speakers: Speaker[] = [];
beforeAll(async () => {
	world = await createMailWorld();
});
afterAll(async () => {
	for (const server of servers) server.close();
	await Promise.all(speakers.map((one) => one.close()));
	await world.close();
});

async function listen(server: Server): Promise<number> {
	servers.push(server);
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return (server.address() as AddressInfo).port;
}

async function shows(chain: "good" | "refused" | "self-signed" | "expired"): Promise<string> {
	const { keyPem, chainPem } = world.chains[chain];
	const port = await listen(tls.createServer({ key: keyPem, cert: chainPem as string }));
	return `imaps://localhost:${port}`;
}

async function says(protocol: string, ...script: Step[]): Promise<string> {
	const server = await speaker(...script);
	speakers.push(server);
	return `${protocol}://localhost:${server.port}`;
}

/** Kinds of servers, by what has to come out of them. */
const KINDS: readonly (readonly [outcome: string, make: () => Promise<string>])[] = [
	["accept", () => shows("good")],
	["refuse", () => shows("refused")],
	["unverified", () => shows("self-signed")],
	["unverified", () => shows("expired")],
	["timeout", () => says("imap", "hang")],
	["timeout", () => says("imaps", "hang")],
	["stripped", () => says("smtp", { say: "220 hi\r\n" }, "line", { say: "250 hi\r\n" }, "hang")],
	["garbage", () => says("pop3", { say: "SSH-2.0-OpenSSH\r\n" }, "hang")],
	["garbage", async () => `submission://localhost:${await listen(createServer((socket) => flood(socket)))}`],
	["cut", () => says("smtps", "end")],
];

/** Writes without end, as fast as it is read. */
function flood(socket: import("node:net").Socket): void {
	const chunk = Buffer.alloc(64 * 1024, "220-x\r\n");
	const more = (): void => {
		while (socket.writable && socket.write(chunk));
	};
	socket.on("drain", more);
	socket.on("error", () => undefined);
	more();
}

it("are looked at within 30 seconds and 200 MB", async () => {
	const wanted: string[] = [];
	const names: string[] = [];
	for (let at = 0; at < SERVERS; at++) {
		const [outcome, make] = KINDS[at % KINDS.length] ?? ["", async () => ""];
		wanted.push(outcome);
		names.push(await make());
	}
	const start = performance.now();
	const { stdout, stderr } = await new Promise<{ stdout: string; stderr: string }>((resolve, reject) => {
		const args = ["check", "--json", "--timeout", "8", "--trust-store", world.storeFile, "--policy", world.policyFile];
		execFile(
			process.execPath,
			["--import", "tsx", "tests/cli/check/crowd.ts", ...args, ...names],
			{ cwd: ROOT, maxBuffer: 64 * 1024 * 1024 },
			// Not all are accepted, so the exit code is 1.
			(error, out, err) => (error && error.code !== 1 ? reject(error) : resolve({ stdout: out, stderr: err })),
		);
	});
	const seconds = (performance.now() - start) / 1000;
	const megabytes = Number(stderr) / 1024;
	console.log(`${SERVERS} servers: ${seconds.toFixed(1)} s, ${megabytes.toFixed(0)} MB`);
	const reports = JSON.parse(stdout) as CheckReport[];
	expect(reports.map(({ server }) => server)).toEqual(names);
	expect(reports.map(({ outcome }) => outcome)).toEqual(wanted);
	expect(seconds).toBeLessThan(30);
	expect(megabytes).toBeGreaterThan(20);
	expect(megabytes).toBeLessThan(200);
});
