/** The command as people call it: words, JSON, exit codes, and its watch. */
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tls from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { memoryFile } from "../../../cli/check/memory.ts";
import type { CheckReport } from "../../../cli/check/report.ts";
import { readWatchMemory } from "../../../src/schema/watch.ts";
import type { Identity } from "../../lab/index.ts";
import { createMailWorld, type MailWorld } from "../../mail/world.ts";
import { command, start } from "./io.ts";
import { type Speaker, speaker } from "./speaker.ts";

let world: MailWorld;
let folder: string;
let stripped: Speaker;
let hung: Speaker;
const servers: tls.Server[] = [];
/** Servers by the chain that they show. */
const at: Record<string, string> = {};

async function serve(identity: Identity): Promise<string> {
	const cert = typeof identity.chainPem === "string" ? identity.chainPem : identity.chainPem();
	const server = tls.createServer({ key: identity.keyPem, cert });
	servers.push(server);
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return `tls://localhost:${(server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
	world = await createMailWorld();
	folder = await mkdtemp(join(tmpdir(), "check-"));
	for (const [name, identity] of Object.entries(world.chains)) at[name] = await serve(identity);
	const ca = await world.good.intermediate({ name: "CN=Evil\u001b[2J\u202eCA,O=Evil\u0007,C=US" });
	at.evil = await serve(await ca.leaf({ names: ["localhost"], name: "CN=\u001b]0;owned\u0007localhost" }));
	stripped = await speaker({ say: "220 hi\r\n" }, "line", { say: "250 \u001b[31mmail\r\n" }, "hang");
	hung = await speaker("hang");
});
afterAll(async () => {
	for (const server of servers) server.close();
	await Promise.all([stripped.close(), hung.close(), world.close(), rm(folder, { recursive: true })]);
});

const known = (): string[] => ["--trust-store", world.storeFile, "--policy", world.policyFile];

describe("countersign check", () => {
	it("tells of each in the order in which they were named, and ends with 1 where one is not accepted", async () => {
		const names = [at.good ?? "", at.refused ?? "", at["self-signed"] ?? "", `smtp://localhost:${stripped.port}`];
		const { code, stdout, stderr } = await command("check", ...known(), ...names);
		expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
		const headlines = stdout.split("\n").filter((line) => /^\w/.test(line));
		expect(headlines).toEqual([
			`${names[0]}: accepted. Good Trust (US) vouches for it.`,
			`${names[1]}: REFUSED. Refused Trust (CN) vouches for it.`,
			`${names[2]}: NOT VERIFIED. If your mail app or browser asks about it, do not press Continue.`,
			expect.stringContaining(`${names[3]}: NO ENCRYPTION.`),
		]);
		expect(stdout).toContain("  The rule “Refused Trust” refuses this.\n");
		expect(stdout).toContain("  Nobody vouches for localhost: it made its identity document itself.");
		// What was not verified is never called accepted.
		const [, selfMade = ""] = stdout.split(`${names[2]}:`);
		expect(selfMade.split(`${names[3]}:`)[0]).not.toMatch(/accept|No rule stops this/);
	});

	it("ends with 0 where all are accepted", async () => {
		expect(await command("check", ...known(), at.good ?? "")).toMatchObject({ code: 0, stderr: "" });
	});

	it("prints JSON", async () => {
		const { code, stdout } = await command(
			"check",
			"--json",
			...known(),
			at["cross-signed"] ?? "",
			at.expired ?? "",
			`imaps://localhost:${hung.port}`,
			"--timeout",
			"1",
		);
		expect(code).toBe(1);
		const [crossed, expired, hanging, ...rest] = JSON.parse(stdout) as Record<string, unknown>[];
		expect(rest).toEqual([]);
		expect(crossed).toMatchObject({
			server: at["cross-signed"],
			protocol: "tls",
			host: "localhost",
			outcome: "refuse",
			verified: true,
			why: [],
			detail: null,
			address: "127.0.0.1",
			tls: "TLSv1.3",
			voucher: { name: "Refused Trust", country: "CN" },
			verdict: "refuse",
			rule: { id: "refused", action: "block" },
			selector: { spki: world.refused.spki },
			chain: [{ subject: "CN=localhost" }, {}, { spki: world.refused.spki, notAfter: expect.stringMatching(/Z$/) }],
		});
		expect(expired).toMatchObject({
			outcome: "unverified",
			verified: false,
			why: ["expired"],
			verdict: "accept",
			rule: null,
		});
		expect(hanging).toMatchObject({
			outcome: "timeout",
			verified: false,
			voucher: null,
			verdict: null,
			chain: [],
			tls: null,
		});
	});

	it.each([[[]], [["--json"]]])("lets nothing through that a terminal would act on: %j", async (json) => {
		const smtp = `smtp://localhost:${stripped.port}`;
		const { stdout } = await command("check", ...json, ...known(), at.evil ?? "", smtp);
		expect(stdout).toContain("Evil");
		for (const line of stdout.split("\n")) expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
		if (json.length === 0) return;
		// Nothing is lost by it. (Controls are written so in a name, as Firefox writes them.)
		const [evil] = JSON.parse(stdout) as CheckReport[];
		expect(evil?.chain[1]?.subject).toBe("CN=Evil\\1b[2J\u202eCA,O=Evil\\07,C=US");
	});

	it("speaks the person's language", async () => {
		const { stdout } = await command("--language", "de", "check", ...known(), at.refused ?? "");
		expect(stdout).toContain("Die Regel „Refused Trust“");
	});

	it.each([
		[[], "no server was named"],
		[["example.com", "--timeout", "0"], "--timeout"],
		[["example.com", "--timeout", "1e9"], "--timeout"],
		[["example.com", "--watch", "9s"], "--watch"],
		[["example.com", "--watch", "15"], "--watch"],
		[["example.com", "--watch", "8d"], "--watch"],
		[["example.com", "--state", "x"], "--state is for --watch only"],
		[["example.com", "--protocol", "ftp"], "expected one of https"],
		[["example.com", "--what"], "--what"],
		[["example.com", "--policy", "/nowhere/policy.json"], "no such file"],
		[["example.com", "--trust-store", "/nowhere/roots.pem"], "cannot be read"],
		[["example.com", "--trust-store", "/dev/null"], "no certificate was found"],
	])("bad input is one line, and 2: %j", async (args, message) => {
		const { code, stdout, stderr } = await command("check", ...args);
		expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
		expect(stderr).toMatch(/^countersign: .*\n$/);
		expect(stderr).toContain(message);
	});

	it("--help says how", async () => {
		expect(await command("check", "--help")).toMatchObject({
			code: 0,
			stdout: expect.stringContaining("--trust-store"),
		});
	});

	it("goes by Mozilla's roots when nothing is said, and by the system's when asked to", async () => {
		for (const store of [[], ["--trust-store", "mozilla"], ["--trust-store", "system"]]) {
			const { code, stdout, stderr } = await command("check", "--json", ...store, at.good ?? "");
			expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
			expect(JSON.parse(stdout)).toMatchObject([{ outcome: "unverified", why: ["unknown-issuer"] }]);
		}
	});
});

describe("countersign check --watch", () => {
	it("tells how it is, goes on, and stops cleanly", async () => {
		const file = join(folder, "state", "watch.json");
		const args = ["check", ...known(), "--watch", "10s", "--state", file, at.good ?? ""];
		const running = start(args);
		await running.printed("accepted. Good Trust (US)");
		running.stop();
		expect(await running.ended).toMatchObject({ code: 0, stderr: "", stdout: expect.stringMatching(/Stopped\.\n$/) });
		const read = readWatchMemory(await readFile(file, "utf8"));
		expect(read).toMatchObject({
			ok: true,
			memory: { servers: { [at.good ?? ""]: { authorities: [{ name: "Good Trust" }] } } },
		});
		// Where a person has their mail is nobody else's business.
		expect((await stat(file)).mode & 0o777).toBe(0o600);
		expect(await readdir(join(folder, "state"))).toEqual(["watch.json"]);

		const again = start(args);
		await again.printed("has vouched for it since");
		again.stop();
		expect(await again.ended).toMatchObject({ code: 0 });
	});

	it("tells of a change since the last watch, as JSON too", async () => {
		const file = join(folder, "changed.json");
		const name = at.refused ?? "";
		const voucher = "Old Trust (US)";
		const seen = { key: voucher, name: "Old Trust", country: "US", first: 1, last: 2 };
		const server = { told: "accept|||x", shown: "accept|||x", voucher, authorities: [seen] };
		await writeFile(file, JSON.stringify({ version: 1, servers: { [name]: server } }));
		const running = start(["check", "--json", ...known(), "--watch", "10s", "--state", file, name]);
		await running.printed("\n");
		running.stop();
		const { code, stdout } = await running.ended;
		expect(code).toBe(1);
		expect(
			stdout
				.trim()
				.split("\n")
				.map((line) => JSON.parse(line) as unknown),
		).toMatchObject([
			{
				event: "changed",
				back: false,
				outcome: "refuse",
				server: name,
				before: { name: "Old Trust", country: "US", first: "1970-01-01T00:00:00.001Z" },
				authorities: [{ name: "Old Trust" }, { name: "Refused Trust" }],
			},
		]);
	});

	it("is stopped in the middle of a look, and tells nothing of it", async () => {
		const file = join(folder, "stopped.json");
		const running = start(["check", "--watch", "10s", "--state", file, `imaps://localhost:${hung.port}`]);
		await running.printed("Watching");
		running.stop();
		expect(await running.ended).toMatchObject({ code: 1, stdout: "Watching. Ctrl+C stops it.\nStopped.\n" });
		expect(existsSync(file)).toBe(false);
	});

	it("what earlier watches saw is never overwritten where it cannot be read", async () => {
		const file = join(folder, "broken.json");
		await writeFile(file, "{");
		const running = start(["check", ...known(), "--watch", "10s", "--state", file, at.good ?? ""]);
		await running.printed("accepted");
		running.stop();
		expect(await running.ended).toMatchObject({ code: 0, stderr: expect.stringContaining(`${file}.broken`) });
		expect(await readFile(`${file}.broken`, "utf8")).toBe("{");

		const newer = join(folder, "newer.json");
		await writeFile(newer, '{"version": 2, "more": 1}');
		const { code, stderr } = await command("check", "--watch", "10s", "--state", newer, "example.com");
		expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("newer Countersign") });
		expect(await readFile(newer, "utf8")).toBe('{"version": 2, "more": 1}');
	});

	it("goes on where nothing can be kept, and says so", async () => {
		const file = join(folder, "changed.json", "not-a-folder", "watch.json");
		const running = start(["check", ...known(), "--watch", "10s", "--state", file, at.good ?? ""]);
		const { code, stderr } = await running.ended;
		// A file stands where a folder should be: it cannot even be read.
		expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining("cannot be read") });
	});

	it("keeps it where each system wants it", () => {
		expect(memoryFile({ HOME: "/home/me" }, "linux")).toBe("/home/me/.local/state/countersign/watch.json");
		expect(memoryFile({ HOME: "/home/me", XDG_STATE_HOME: "/s" }, "linux")).toBe("/s/countersign/watch.json");
		expect(memoryFile({ HOME: "/Users/me" }, "darwin")).toBe(
			"/Users/me/Library/Application Support/countersign/watch.json",
		);
		expect(memoryFile({ LOCALAPPDATA: "C:/Local" }, "win32")).toBe("C:/Local/countersign/watch.json");
	});
});
