/**
 * January 2015: a mail server's document is swapped for one that it made itself, while the extension and its program run. In a
 * real Firefox, with a real Dovecot, and the program installed as a person installs it.
 */
import { spawnSync } from "node:child_process";
import { chmod, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Dovecot } from "../mail/dovecot.ts";
import { dovecotMissing } from "../mail/missing.ts";
import { Pki } from "../pki/index.ts";
import { setClock } from "./acts.ts";
import { Countersign, TEST_BUILD } from "./countersign.ts";
import { Firefox, type Tab } from "./harness/index.ts";
import { clickAlert, shownAlerts, standInForAlerts } from "./notifications.ts";
import { words } from "./pages.ts";
import { NO_RULES, refusing } from "./world.ts";

// Where everything can be installed, nothing may be left out.
const mustRun = process.env.CI === "true" && process.getuid?.() === 0;
const missing = mustRun ? null : dovecotMissing();
if (missing !== null) console.warn(`Not tested: mail servers in Firefox. ${missing}`);
const described = describe.skipIf(missing !== null);

const ROOT = join(import.meta.dirname, "../..");
/** As Firefox gets there: by a name that every computer has for itself. */
const HOST = "localhost";
const MINUTE = 60_000;
/** The background looks once a minute whether a server is due. */
const BEAT = 90_000;

let pki: Pki;
let dovecot: Dovecot;
let firefox: Firefox;
let countersign: Countersign;
let options: Tab;
let goodRoot: Awaited<ReturnType<Pki["root"]>>;
let rootFile: string;

/** Runs the command as a person does, with this Firefox's home. */
function command(...args: readonly string[]): { code: number | null; text: string } {
	const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, "dist-cli/countersign.js"), ...args], {
		encoding: "utf8",
		env: { ...process.env, HOME: firefox.profile.home, XDG_DATA_HOME: "", LC_ALL: "C" },
	});
	return { code: status, text: stdout + stderr };
}

const leafOf = async (authority: typeof goodRoot) =>
	await (await authority.intermediate({ name: "CN=Good Mail CA,O=Good Trust,C=US" })).leaf({ names: [HOST] });

const notices = () => shownAlerts(firefox);

const mail = () => countersign.ask("mail");
const onlyServer = async () => {
	const [server] = (await mail()).servers;
	if (!server) throw new Error("no server in the list");
	return server;
};

/** Presses a button or a switch of the options page. */
async function press(label: string): Promise<void> {
	const selector = await options.evaluate((wanted) => {
		const all = [...document.querySelectorAll<HTMLElement>("button, input[role=switch]")];
		const said = (one: HTMLElement) =>
			(one.getAttribute("aria-label") ?? one.closest("label")?.textContent ?? one.textContent)?.trim();
		const found = all.find((one) => said(one) === wanted);
		if (!found) throw new Error(`no ${wanted} among ${all.map(said).join(" | ")}`);
		found.id ||= `pressed-${Math.random().toString(36).slice(2)}`;
		return `#${found.id}`;
	}, label);
	// With the mouse: Firefox asks for permissions only when a person does something.
	await options.click(selector);
}

const until = (what: string, check: () => Promise<boolean>, ms = 30_000): Promise<void> =>
	firefox.remote
		.until(
			async () => (await check()) || undefined,
			ms,
			() => what,
		)
		.then(() => undefined);

beforeAll(async () => {
	if (missing !== null) return;
	pki = await Pki.create();
	goodRoot = await pki.root({ name: "CN=Good Mail Root,O=Good Trust,C=US" });
	dovecot = await Dovecot.start(await leafOf(goodRoot));
	firefox = await Firefox.start();
	rootFile = join(firefox.profile.base, "mail-root.pem");
	await writeFile(rootFile, goodRoot.pem);
	await standInForAlerts(firefox);
	await firefox.install(TEST_BUILD);
	countersign = await Countersign.open(firefox);
	await countersign.use(NO_RULES);
	options = await firefox.openExtensionPage("src/options/index.html#mail");
	await options.waitForText(words("mailSwitch"));
});

afterAll(async () => {
	await firefox?.close();
	await dovecot?.close();
});

described("before mail servers are switched on", () => {
	it("Firefox was asked for nothing, and nothing of it runs", async () => {
		const has = await firefox.background((browser) =>
			browser.permissions.contains({ permissions: ["nativeMessaging", "notifications"] as never }),
		);
		expect(has).toBe(false);
		expect(await mail()).toMatchObject({ on: false, host: null, servers: [] });
	});
});

described("a program that is not there", () => {
	it("is said at once when they are switched on, with what to do", async () => {
		await press(words("mailSwitch"));
		const { text } = await options.waitForText(words("mailHostMissing"));
		expect(text).toContain("countersign host install");
		expect(await mail()).toMatchObject({ on: true, allowed: true, host: { state: "missing" } });
		expect(command("host", "status")).toMatchObject({ code: 1, text: expect.stringContaining("not installed") });
	});

	it("is found once it is installed", async () => {
		expect(command("host", "install", "--trust-store", rootFile)).toMatchObject({ code: 0 });
		expect(command("host", "status")).toMatchObject({ code: 0, text: expect.stringContaining("is there and runs") });
		await press(words("mailAsk"));
		const { version } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
		await options.waitForText(words("mailHostWell", version));
	});
});

described("January 2015", () => {
	it("begins well: the list says who vouches for the server", async () => {
		await options.evaluate(
			(host, port) => {
				const fill = (field: HTMLInputElement | undefined, value: string) => {
					if (!field) throw new Error("no field");
					field.value = value;
					field.dispatchEvent(new Event("input", { bubbles: true }));
				};
				const [name, number] = document.querySelectorAll<HTMLInputElement>("form input");
				fill(name, host);
				fill(number, String(port));
			},
			HOST,
			dovecot.ports.imaps,
		);
		await press(words("mailAdd"));
		const { text } = await options.waitForText(words("mailVouched"));
		expect(text).toContain("Good Trust (United States) vouches for it");
		const { vouchers, state } = await onlyServer();
		expect(state).toBe("vouched");
		expect(vouchers).toMatchObject([{ name: expect.stringContaining("Good"), country: "US" }]);
		expect(await notices()).toEqual([]);
	});

	it("is told of by the schedule, once, in plain words", async () => {
		await dovecot.present(await pki.selfSignedLeaf({ names: [HOST] }));
		await setClock(firefox, 16 * MINUTE);
		await until("no notification came", async () => (await notices()).length > 0, BEAT);
		const [notice, ...others] = await notices();
		expect(others).toEqual([]);
		expect(notice).toMatchObject({
			title: "Your mail",
			text: `Your mail server ${HOST} shows a document that nobody vouches for. If your mail app asks, do not press Continue.`,
		});
	});

	it("is shown in the options: since when, and who vouched before", async () => {
		const { text } = await options.waitForText(words("mailUnvouched"));
		expect(text).toContain("it shows a document that nobody vouches for");
		expect(text).toMatch(/Until .*, Good.* vouched for it/);
		expect(await onlyServer()).toMatchObject({ state: "unvouched", why: ["self-signed"] });
	});

	it("has a page behind the notification that says what to do", async () => {
		const [notice] = await notices();
		await clickAlert(firefox, notice?.name ?? "");
		const page = await firefox.findTab(firefox.extensionUrl("src/mail/index.html"));
		const { text } = await page.waitForText(words("mailPageUnvouched", HOST));
		expect(text).toContain(words("mailPageUnvouchedDo"));
		expect(text).toContain(words("mailPageAgain"));
		await page.close();
	});

	it("is no news in the next round", async () => {
		const before = await notices();
		expect(await countersign.ask("askMail")).toEqual({ ok: true });
		expect(await notices()).toEqual(before);
		expect((await onlyServer()).vouchers).toHaveLength(1);
	});

	it("ends: the server is well again, and the notification goes", async () => {
		await dovecot.present(await leafOf(goodRoot));
		await press(words("mailAsk"));
		await options.waitForText(words("mailVouched"));
		await until("the notification stays", async () => (await notices()).length === 0);
	});
});

described("a rule", () => {
	it("refuses the authority of a mail server as it refuses that of a site", async () => {
		await countersign.use(refusing([goodRoot.spki]));
		const { text } = await options.waitForText(words("mailRefused"));
		expect(text).toContain("there is a rule here against that: Refused Trust");
		await countersign.ask("askMail");
		await until("no notification came", async () => (await notices()).length > 0);
		const [notice] = await notices();
		expect(notice?.text).toContain("there is a rule here against that");
		await countersign.use(NO_RULES);
		await countersign.ask("askMail");
		await until("the notification stays", async () => (await notices()).length === 0);
	});
});

described("a program that fails", () => {
	const starter = () => join(firefox.profile.home, ".local/share/countersign/host/start");
	let whole: string;

	it.each([
		[
			"crashes in the middle",
			"#!/bin/sh\nexec node -e '" +
				'const say = (m) => { const b = Buffer.from(JSON.stringify(m)); const h = Buffer.alloc(4); h.writeUInt32LE(b.length); process.stdout.write(Buffer.concat([h, b])); }; say({ type: "hello", protocol: 1, version: "0.0.1" }); let heard = ""; process.stdin.on("data", (some) => { heard += some; if (heard.includes("\\"ask\\"")) process.exit(1); });' +
				"'\n",
			"mailHostCrashed",
			"crashed",
		],
		["does not start", "#!/bin/sh\nexit 1\n", "mailHostBroken", "broken"],
		[
			"is of another version",
			"#!/bin/sh\nexec node -e '" +
				'const b = Buffer.from(JSON.stringify({ type: "hello", protocol: 2, version: "9.0.0" })); const h = Buffer.alloc(4); h.writeUInt32LE(b.length); process.stdout.write(Buffer.concat([h, b])); setInterval(() => {}, 1000);' +
				"'\n",
			"mailHostTooNew",
			"too-new",
		],
		[
			"says what it may not",
			"#!/bin/sh\nexec node -e '" +
				'const b = Buffer.from(JSON.stringify({ type: "hello", protocol: 1, version: "1", run: "sh" })); const h = Buffer.alloc(4); h.writeUInt32LE(b.length); process.stdout.write(Buffer.concat([h, b])); setInterval(() => {}, 1000);' +
				"'\n",
			"mailHostGarbled",
			"garbled",
		],
	])("and %s is shown", async (_, script, key, state) => {
		whole ??= await readFile(starter(), "utf8");
		await writeFile(starter(), script);
		await chmod(starter(), 0o755);
		await countersign.ask("askMail");
		await options.waitForText(words(key));
		expect((await mail()).host).toMatchObject({ state });
		// What was known stays, and is not said to be of now.
		expect((await onlyServer()).state).toBe("vouched");
	});

	it("and was told of by one notification, which goes when it works again", async () => {
		expect((await notices()).map(({ text }) => text)).toEqual([words("mailNoticeHost")]);
		await writeFile(starter(), whole);
		await countersign.ask("askMail");
		expect((await mail()).host).toMatchObject({ state: "well" });
		await until("the notification stays", async () => (await notices()).length === 0);
	});

	it("and is taken away is said to be missing", async () => {
		expect(command("host", "uninstall")).toMatchObject({ code: 0 });
		await countersign.ask("askMail");
		await options.waitForText(words("mailHostMissing"));
		await rm(join(firefox.profile.home, ".local"), { recursive: true, force: true });
	});
});

described("switched off", () => {
	it("gives both permissions back, and asks nobody any more", async () => {
		await press(words("mailSwitch"));
		await until("it stays on", async () => !(await mail()).on);
		const has = await firefox.background((browser) =>
			browser.permissions.contains({ permissions: ["nativeMessaging"] as never }),
		);
		expect(has).toBe(false);
		expect(await countersign.ask("askMail")).toMatchObject({ ok: false });
	});
});
