/** Putting the program where Firefox finds it, in a home of its own, and taking it away. */
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { install, NotBuiltError, type Registry, status, uninstall } from "../../cli/host/install.ts";
import { manifestOf, type Places, placesOf, starterOf } from "../../cli/host/places.ts";
import { valueIn } from "../../cli/host/registry.ts";

let base: string;
let places: Places;
let root: URL;

beforeEach(async () => {
	base = await mkdtemp(join(tmpdir(), "countersign-host-"));
	places = placesOf("linux", {}, join(base, "it's a home")) as Places;
	root = pathToFileURL(`${base}/package/`);
	await mkdir(join(base, "package/dist-cli"), { recursive: true });
	await mkdir(join(base, "package/public/_locales/en"), { recursive: true });
	await writeFile(join(base, "package/package.json"), "{}");
	await writeFile(join(base, "package/public/_locales/en/messages.json"), "{}");
});
afterEach(() => rm(base, { recursive: true, force: true }));

/** A registry in memory. */
function fakeRegistry(): Registry & { readonly values: Map<string, string> } {
	const values = new Map<string, string>();
	return {
		values,
		set: async (key, value) => void values.set(key, value),
		remove: async (key) => void values.delete(key),
		get: async (key) => values.get(key) ?? null,
	};
}

/** A program that answers as the host does, or not. */
const program = (says: string) =>
	writeFile(join(base, "package/dist-cli/countersign.js"), `const say = (m) => { ${frameCode} }; ${says}`);
const frameCode =
	"const b = Buffer.from(JSON.stringify(m)); const h = Buffer.alloc(4); h.writeUInt32LE(b.length); process.stdout.write(Buffer.concat([h, b]));";
const HELLO = 'say({ type: "hello", protocol: 1, version: process.argv.slice(2, -2).join(" ") })';

const put = (registry: Registry = fakeRegistry()) =>
	install(places, { root, node: process.execPath, args: ["--trust-store", "it's mine.pem"], registry });

describe("places", () => {
	it("are the person's own, where Firefox looks", () => {
		expect(placesOf("linux", {}, "/home/u")).toEqual({
			system: "linux",
			folder: "/home/u/.local/share/countersign/host",
			starter: "/home/u/.local/share/countersign/host/start",
			manifest: "/home/u/.mozilla/native-messaging-hosts/countersign.json",
			registry: null,
		});
		expect(placesOf("darwin", {}, "/Users/u")).toMatchObject({
			folder: "/Users/u/Library/Application Support/Countersign/host",
			manifest: "/Users/u/Library/Application Support/Mozilla/NativeMessagingHosts/countersign.json",
		});
		expect(placesOf("win32", { LOCALAPPDATA: "D:\\U\\Local" }, "C:\\U")).toEqual({
			system: "win32",
			folder: "D:\\U\\Local\\Countersign\\host",
			starter: "D:\\U\\Local\\Countersign\\host\\start.bat",
			manifest: "D:\\U\\Local\\Countersign\\host\\countersign.json",
			registry: "HKCU\\Software\\Mozilla\\NativeMessagingHosts\\countersign",
		});
	});

	it("follow XDG_DATA_HOME where that is absolute", () => {
		expect(placesOf("linux", { XDG_DATA_HOME: "/data" }, "/home/u")?.folder).toBe("/data/countersign/host");
		expect(placesOf("linux", { XDG_DATA_HOME: "data" }, "/home/u")?.folder).toBe(
			"/home/u/.local/share/countersign/host",
		);
	});

	it("are not known on other systems, nor without a home", () => {
		expect(placesOf("freebsd", {}, "/home/u")).toBe(null);
		expect(placesOf("linux", {}, "")).toBe(null);
	});
});

describe("the manifest", () => {
	it("is for one extension, the one that this repository makes", async () => {
		const own = JSON.parse(await readFile(new URL("../../manifest.json", import.meta.url), "utf8"));
		const manifest = JSON.parse(manifestOf(places));
		expect(manifest).toEqual({
			name: "countersign",
			description: expect.any(String),
			path: places.starter,
			type: "stdio",
			allowed_extensions: [own.browser_specific_settings.gecko.id],
		});
		// Firefox takes no other names (toolkit/components/extensions/schemas/native_manifest.json).
		expect(manifest.name).toMatch(/^\w+(\.\w+)*$/);
	});
});

describe("install", () => {
	it("copies the program, and what it starts says who it is; twice is as good as once", async () => {
		await program(HELLO);
		const registry = fakeRegistry();
		expect(await status(places, registry)).toEqual({ kind: "missing" });
		await put(registry);
		await writeFile(join(places.folder, "left-over"), "of an older version");
		await put(registry);
		expect((await readdir(places.folder)).toSorted()).toEqual(["dist-cli", "package.json", "public", "start"]);
		expect((await stat(places.starter)).mode & 0o777).toBe(0o755);
		// With an apostrophe in the folder and in an argument.
		expect(await status(places, registry)).toEqual({
			kind: "well",
			version: "host run --trust-store it's mine.pem --",
		});
		expect(registry.values.size).toBe(0);
	});

	it("needs the built program", async () => {
		await expect(put()).rejects.toThrow(NotBuiltError);
		expect(await readdir(base)).toEqual(["package"]);
	});

	it("can be done by the installed program itself", async () => {
		await program(HELLO);
		await put();
		root = pathToFileURL(`${places.folder}/`);
		await put();
		expect((await status(places, fakeRegistry())).kind).toBe("well");
	});
});

describe("uninstall", () => {
	it("leaves nothing, and says when there was nothing", async () => {
		await program(HELLO);
		await put();
		expect(await uninstall(places, fakeRegistry())).toBe(true);
		expect(await status(places, fakeRegistry())).toEqual({ kind: "missing" });
		expect(await readdir(join(base, "it's a home"))).toEqual([".local"]);
		expect(await uninstall(places, fakeRegistry())).toBe(false);
	});

	it("leaves what others have beside it", async () => {
		await program(HELLO);
		await put();
		const other = join(base, "it's a home/.mozilla/native-messaging-hosts/other.json");
		await writeFile(other, "{}");
		await uninstall(places, fakeRegistry());
		expect(await readFile(other, "utf8")).toBe("{}");
	});
});

describe("status", () => {
	it("tells what is not as it was installed", async () => {
		await program(HELLO);
		await put();
		await chmod(places.starter, 0o644);
		expect(await status(places, fakeRegistry())).toEqual({ kind: "changed", what: places.starter });
		await rm(places.starter);
		expect(await status(places, fakeRegistry())).toEqual({ kind: "changed", what: places.starter });
		await put();
		await writeFile(places.manifest, manifestOf({ ...places, starter: "/bin/sh" }));
		expect(await status(places, fakeRegistry())).toEqual({ kind: "changed", what: places.manifest });
	});

	it.each([
		["ends at once", "process.exit(3)", "it ended with code 3"],
		["says why it does not run", 'process.stderr.write("no such file"); process.exit(2)', "no such file"],
		["says something else", "process.stdout.write('hello, world')", "expected at most"],
		["is of another protocol", HELLO.replace("protocol: 1", "protocol: 2"), "expected 1, got 2"],
		["says what is not its part", 'say({ type: "done", id: 1 })', "got done"],
	])("tells of a program that %s", async (_, says, detail) => {
		await program(says);
		await put();
		const found = await status(places, fakeRegistry());
		expect(found.kind).toBe("broken");
		expect(found.kind === "broken" && found.detail).toContain(detail);
	});

	it("does not wait for ever", async () => {
		await program("setInterval(() => undefined, 1000)");
		await put();
		expect(await status(places, fakeRegistry(), 50)).toEqual({
			kind: "broken",
			detail: "expected an answer within 0.05 s, got none",
		});
	});
});

describe("on Windows", () => {
	const windows = placesOf("win32", { LOCALAPPDATA: "C:\\U s\\100%" }, "C:\\U") as Places;

	it("a batch file starts the program, whatever stands in its path", () =>
		expect(starterOf(windows, "C:\\node.exe", "C:\\U s\\100%\\x.js", ["host", "run"])).toBe(
			[
				"@echo off",
				'if exist "C:\\node.exe" ("C:\\node.exe" "C:\\U s\\100%%\\x.js" "host" "run" %*) else (node "C:\\U s\\100%%\\x.js" "host" "run" %*)',
				"",
			].join("\r\n"),
		));

	it("the registry leads to the manifest", async () => {
		const registry = fakeRegistry();
		expect(await status(windows, registry)).toEqual({ kind: "missing" });
		await registry.set(windows.registry as string, "C:\\elsewhere.json");
		expect(await status(windows, registry)).toEqual({ kind: "changed", what: windows.registry });
	});

	it.each([
		["\r\nHKEY_CURRENT_USER\\Software\\…\r\n    (Default)    REG_SZ    C:\\U s\\countersign.json\r\n\r\n"],
		["\r\nHKEY_CURRENT_USER\\Software\\…\r\n    (Standard)    REG_SZ    C:\\U s\\countersign.json\r\n\r\n"],
	])("what reg.exe writes is read, in whatever language", (output) =>
		expect(valueIn(output)).toBe("C:\\U s\\countersign.json"),
	);

	it("and so is that there is nothing", () => expect(valueIn("\r\n")).toBe(null));
});
