/** Debian's Chromium with the exported policy, in a copy of /etc of its own: what it refuses, and what reaches a server. */
import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import puppeteer, { type Browser } from "puppeteer-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createWorld, exportTo, HOSTS, type Host, type World } from "./exporting.ts";
import { missingFor, PrivateSystem } from "./harness/index.ts";

const execute = promisify(execFile);

const POLICIES = "/etc/chromium/policies/managed";
const NOT_ACCEPTED = "net::ERR_CERT_AUTHORITY_INVALID";

const missing = missingFor("chromium", "certutil");
if (missing !== null) console.warn(`Not tested: Chromium. ${missing}`);

let world: World;
let system: PrivateSystem;
beforeAll(async () => {
	world = await createWorld();
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(async () => {
	system = await PrivateSystem.create(["/etc"]);
	await mkdir(system.path(POLICIES), { recursive: true });
	// Roots that a person has added, as Chromium on Linux keeps them.
	const database = join(system.base, "home/.pki/nssdb");
	await mkdir(database, { recursive: true });
	await execute("certutil", ["-N", "-d", `sql:${database}`, "--empty-password"]);
	for (const [name, { pem }] of Object.entries({ bad: world.bad, good: world.good })) {
		const file = join(system.base, `${name}.pem`);
		await writeFile(file, pem);
		await execute("certutil", ["-A", "-d", `sql:${database}`, "-n", name, "-t", "C,,", "-i", file]);
	}
});
afterEach(() => system[Symbol.asyncDispose]());

async function chromium(): Promise<Browser> {
	const home = join(system.base, "home");
	return await puppeteer.launch({
		executablePath: await system.wrapped("chromium"),
		userDataDir: join(system.base, "profile"),
		headless: true,
		env: {
			...process.env,
			HOME: home,
			XDG_DATA_HOME: join(home, ".local/share"),
			XDG_CONFIG_HOME: join(home, ".config"),
		},
		args: [
			"--no-sandbox",
			"--disable-gpu",
			"--disable-dev-shm-usage",
			"--no-proxy-server",
			// Names never leave the machine.
			"--host-resolver-rules=MAP * 127.0.0.1",
		],
		timeout: 90_000,
	});
}

/** What Chromium says of each server, in a fresh start: the page's heading, or the error. */
async function visited(): Promise<Record<Host, string>> {
	const browser = await chromium();
	try {
		const answers: Partial<Record<Host, string>> = {};
		for (const name of HOSTS) {
			const page = await browser.newPage();
			const address = world.hosts[name].url("/");
			answers[name] = await page.goto(address, { timeout: 60_000 }).then(
				async () => (await page.$eval("h1", ({ textContent }) => textContent)) ?? "",
				(error: Error) => /net::\w+/.exec(error.message)?.[0] ?? error.message,
			);
			await page.close();
		}
		return answers as Record<Host, string>;
	} finally {
		await browser.close();
	}
}

const page = (name: Host) => `This is ${name}`;
const ALL = { good: page("good"), refused: page("refused"), crossed: page("crossed"), twoways: page("twoways") };

/** Requests that have reached a server, of any kind. */
const requests = (name: Host): number => world.lab.log.all(world.hosts[name].name).length;

describe.skipIf(missing !== null)("Chromium with the exported policy", () => {
	it("sends the refused server no request, nor the cross-signed one; another way up is taken; all is undone by taking the file away", async () => {
		expect(await visited()).toEqual(ALL);
		const before = { refused: requests("refused"), crossed: requests("crossed") };
		expect(before.refused).toBeGreaterThan(0);

		// The file has no bytes of the cross-signed copy: it is refused by its key.
		await using exported = await exportTo("chromium", world, { known: [world.bad] });
		expect(exported.report.complete).toBe(true);
		const file = join(system.path(POLICIES), "countersign.json");
		await execute("install", ["-D", "-m", "644", join(exported.folder, "countersign.json"), file]);
		expect(await visited()).toEqual({ ...ALL, refused: NOT_ACCEPTED, crossed: NOT_ACCEPTED });
		expect({ refused: requests("refused"), crossed: requests("crossed") }).toEqual(before);

		await rm(file);
		expect(await visited()).toEqual(ALL);
	}, 300_000);

	it("offers a way past its warning, and none with --no-way-through", async () => {
		for (const args of [[], ["--no-way-through"]]) {
			await using exported = await exportTo("chromium", world, { args });
			await execute("install", [
				"-D",
				"-m",
				"644",
				join(exported.folder, "countersign.json"),
				join(system.path(POLICIES), "countersign.json"),
			]);
			const browser = await chromium();
			try {
				const tab = await browser.newPage();
				await expect(tab.goto(world.hosts.refused.url("/"))).rejects.toThrow(NOT_ACCEPTED);
				await tab.waitForSelector("#primary-button, #details-button");
				// The link is in the page either way, and hidden where nobody may go on.
				const way = await tab.evaluate(() => {
					document.querySelector<HTMLElement>("#details-button")?.click();
					const link = document.querySelector<HTMLElement>("#proceed-link");
					return link !== null && link.getClientRects().length > 0;
				});
				expect(way).toBe(args.length === 0);
			} finally {
				await browser.close();
			}
		}
	}, 300_000);

	it("says on its own page that the policy is in force", async () => {
		await using exported = await exportTo("chromium", world, { args: ["--no-way-through"] });
		await execute("install", [
			"-D",
			"-m",
			"644",
			join(exported.folder, "countersign.json"),
			join(system.path(POLICIES), "countersign.json"),
		]);
		const browser = await chromium();
		try {
			const tab = await browser.newPage();
			await tab.goto("chrome://policy");
			await tab.waitForSelector(">>> ::-p-text(CADistrustedCertificates)");
			const rows = await Promise.all(
				(await tab.$$(">>> policy-row")).map((row) =>
					row.evaluate((element) => {
						const part = (name: string) => element.shadowRoot?.querySelector(name)?.textContent?.trim() ?? "";
						return `${part(".name")}: ${part(".messages")}`;
					}),
				),
			);
			// It lists all that there are; a value that it does not understand would be an error.
			for (const name of ["CADistrustedCertificates", "SSLErrorOverrideAllowed"]) expect(rows).toContain(`${name}: OK`);
		} finally {
			await browser.close();
		}
	}, 120_000);
});

describe.skipIf(missing !== null)("Chromium's certificate manager, without an administrator's rights", () => {
	it("has the place that README.txt names, with a button to import", async () => {
		// What the button opens is the system's own dialog, which no test can answer.
		await using exported = await exportTo("chromium", world, { known: [world.bad] });
		expect(await readdir(join(exported.folder, "certificates"))).toEqual([`${world.bad.sha256}.crt`]);
		const readme = await readFile(join(exported.folder, "README.txt"), "utf8");
		expect(readme.replace(/\s+/g, " ")).toContain("open chrome://certificate-manager/localcerts/usercerts");
		const browser = await chromium();
		try {
			const tab = await browser.newPage();
			await tab.goto("chrome://certificate-manager/localcerts/usercerts");
			expect(await tab.waitForSelector(">>> ::-p-text(Distrusted Certificates)")).not.toBeNull();
		} finally {
			await browser.close();
		}
	}, 180_000);
});
