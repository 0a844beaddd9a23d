/** `npm run list`: keys, signatures, and what it refuses to sign. */
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { run } from "../../tools/list/run.ts";
import { Publisher } from "../publisher.ts";

const NOW = Date.parse("2026-11-24T12:00:00Z");
const scratch = await mkdtemp(join(tmpdir(), "list-"));
afterAll(() => rm(scratch, { recursive: true }));

const publisher = new Publisher();
const RULE = { id: "one", title: "One", match: [{ country: "XX" }] };
let count = 0;
let folder: string;
let list: string;
let keyFile: string;
let key: string;

const at = (name: string) => join(folder, name);
const list1 = (more: Parameters<Publisher["document"]>[0] = {}) => publisher.document({ rules: [RULE], ...more });
const command = (...args: string[]) => run(args, NOW);

beforeEach(async () => {
	count += 1;
	folder = await mkdtemp(join(scratch, `${count}-`));
	list = at("careful.json");
	keyFile = at("key.pem");
	key = (await command("keygen", keyFile)).stdout.trim();
	await writeFile(list, list1());
});

describe("keygen", () => {
	it("writes a private key that only its owner can read, and prints the public one", async () => {
		expect(key).toMatch(/^[A-Za-z0-9+/]{43}=$/);
		expect(await readFile(keyFile, "utf8")).toMatch(/^-----BEGIN PRIVATE KEY-----/);
		expect((await stat(keyFile)).mode & 0o777).toBe(0o600);
	});

	it("never writes over a file", async () => {
		const before = await readFile(keyFile, "utf8");
		expect(await command("keygen", keyFile)).toMatchObject({ code: 2, stdout: "" });
		expect(await readFile(keyFile, "utf8")).toBe(before);
	});
});

describe("sign and verify", () => {
	it("agree, and say what was signed", async () => {
		const signed = await command("sign", "--key", keyFile, list);
		expect(signed).toMatchObject({ code: 0, stderr: "" });
		expect(signed.stdout).toContain("Careful People (careful), number 1, 1 rules");
		expect(signed.stdout).toContain(`public key: ${key}`);
		expect(await readFile(`${list}.sig`, "utf8")).toMatch(/^[A-Za-z0-9+/]{86}==\n$/);
		const verified = await command("verify", "--key", key, list);
		expect(verified).toMatchObject({ code: 0, stdout: expect.stringContaining("the signature is right") });
	});

	it.each<[string, () => Promise<unknown>, string]>([
		["a space that was added", () => writeFile(list, `${list1()} `), "signature: expected one of this document"],
		["a missing signature", () => rm(`${list}.sig`), "ENOENT"],
		["a broken signature", () => writeFile(`${list}.sig`, "AAAA"), "signature: expected 88 base64 characters"],
	])("see %s", async (_, spoil, error) => {
		await command("sign", "--key", keyFile, list);
		await spoil();
		const { code, stderr } = await command("verify", "--key", key, list);
		expect(code).toBeGreaterThan(0);
		expect(stderr).toContain(error);
	});

	it("see another key", async () => {
		await command("sign", "--key", keyFile, list);
		expect(await command("verify", "--key", publisher.key, list)).toMatchObject({ code: 1, stdout: "" });
	});

	it.each([
		[
			"settings",
			() => list1({ more: { policy: { version: 1, rules: [], settings: {} } } }),
			"policy.settings: expected none",
		],
		["no sequence number", () => list1({ head: { sequence: undefined } }), "list.sequence: expected a whole number"],
		[
			"an expiry that is past",
			() => list1({ head: { expires: "2026-11-24T11:00:00Z" } }),
			"list.expires: expected a time to come",
		],
		["a rule that matches nothing", () => list1({ rules: [{ ...RULE, match: [] }] }), "policy.rules[0].match"],
		["more than a megabyte", () => `${list1()}${" ".repeat(1024 * 1024)}`, "expected at most 1048576 bytes"],
		["no JSON", () => "{", "document: expected JSON"],
	])("sign nothing with %s", async (_, text, error) => {
		await writeFile(list, text());
		expect(await command("sign", "--key", keyFile, list)).toMatchObject({
			code: 1,
			stdout: "",
			stderr: expect.stringContaining(error),
		});
		await expect(stat(`${list}.sig`)).rejects.toThrow("ENOENT");
	});

	it("hold a list to the one before it", async () => {
		const old = at("old.json");
		await writeFile(old, list1({ sequence: 4 }));
		const signAfter = async (text: string) => {
			await writeFile(list, text);
			return (await command("sign", "--key", keyFile, "--after", old, list)).code;
		};
		expect(await signAfter(list1({ sequence: 5 }))).toBe(0);
		expect(await signAfter(list1({ sequence: 4 }))).toBe(0);
		expect(await signAfter(list1({ sequence: 4, rules: [] }))).toBe(1);
		expect(await signAfter(list1({ sequence: 3 }))).toBe(1);
		expect(await signAfter(list1({ sequence: 5, head: { id: "other" } }))).toBe(1);
	});

	it("tell what matches nothing in this version, and sign it all the same", async () => {
		await writeFile(list, list1({ rules: [{ ...RULE, match: [{ authority: "nobody-knows-it" }] }] }));
		const { code, stdout } = await command("sign", "--key", keyFile, list);
		expect(code).toBe(0);
		expect(stdout).toContain("policy.rules[0].match[0]");
	});

	it("show an expired list as what it is", async () => {
		await command("sign", "--key", keyFile, list);
		const { stdout } = await run(["verify", "--key", key, list], Date.parse("2100-01-01T00:00:00Z"));
		expect(stdout).toContain("out of date");
	});
});

describe("the command line", () => {
	it.each([
		[[]],
		[["frobnicate", "x"]],
		[["keygen"]],
		[["sign", "x.json"]],
		[["sign", "--key", "nowhere.pem", "x.json"]],
		[["verify", "--key", "short", "x.json"]],
		[["sign", "--colour", "x"]],
		[["keygen", "a", "b"]],
	])("refuses %j in one line", async (args) => {
		const { code, stdout, stderr } = await command(...args);
		expect([code, stdout]).toEqual([2, ""]);
		expect(stderr).toMatch(/^list: [^\n]+\n$/);
	});

	it("takes no other key for one of its own", async () => {
		await writeFile(at("other.pem"), "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n");
		expect(await command("sign", "--key", at("other.pem"), list)).toMatchObject({ code: 2 });
	});

	it("helps", async () => expect((await command("--help")).stdout).toContain("Usage:"));
});
