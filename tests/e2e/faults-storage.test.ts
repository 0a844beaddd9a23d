/** Storage at its limits, in real Firefox: full, short of space, damaged on disk, and filled with the largest policy. */
import { execFileSync } from "node:child_process";
import { appendFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { html, image, type LabHost } from "../lab/index.ts";
import { until } from "./acts.ts";
import { Countersign, isBlockPage, TEST_BUILD } from "./countersign.ts";
import { EXTENSION_UUID, Firefox, type FirefoxOptions } from "./harness/index.ts";
import { blocked } from "./pages.ts";
import { createWorld, refusing, type World } from "./world.ts";

/** Kilobytes that all sites and extensions together may store; Firefox's own measure is the disk's size. */
const LIMIT = "dom.quotaManager.temporaryStorage.fixedLimit";
const MIB = 1024 * 1024;

let world: World;
let firefox: Firefox;
let countersign: Countersign;
let good: LabHost;
let count = 0;

beforeAll(async () => {
	world = await createWorld();
	good = await world.host("good");
	good.route("/picture", image({ "cache-control": "no-store" }));
});

afterAll(async () => {
	await world?.close();
});

const options = (): FirefoxOptions & { permanent: string } => ({
	lab: world.lab,
	roots: [world.goodRoot, world.refusedRoot],
	permanent: TEST_BUILD,
});

async function refusedHost(): Promise<LabHost> {
	const host = await world.host(`refused-${++count}`, world.refusedCa);
	return host.route("/", html(`<h1>content of ${host.name}</h1>${world.witness.markup(host.name)}`));
}

const reportsOf = ({ name }: LabHost): string[] => world.witness.hits().filter((path) => path.startsWith(`/${name}/`));

async function again(changes: Partial<FirefoxOptions> = {}): Promise<void> {
	await firefox.restart(changes);
	await firefox.extensionRunning();
	countersign = await Countersign.open(firefox);
}

const rules = async (): Promise<string[]> => (await countersign.ask("options")).rules.map(({ id }) => id);

/** A refused page is stopped, and nothing of it ran. */
async function expectGuarded(): Promise<void> {
	const host = await refusedHost();
	const tab = await firefox.open();
	await tab.go(host.url());
	await blocked(tab, host.name);
	await tab.close();
	expect(reportsOf(host)).toEqual([]);
}

/** A policy document of that many bytes, in the form in which it is kept. Its last rule refuses the refused authority. */
function largePolicy(bytes: number): string {
	const common = { action: "block", enabled: true };
	const ballast = Array.from({ length: 999 }, (_, n) => ({
		...{ id: `ballast-${n}`, title: `Ballast ${n}`, reason: "x".repeat(600) },
		...{ match: [{ organization: `Nobody ${n}` }], ...common },
	}));
	const settings = { preflight: "off", unverifiable: "block", changedCountry: "off" };
	const text = (names: number, padding: number): string => {
		const match = [
			...Array.from({ length: names }, (_, n) => ({ organization: `Nobody of the name ${n}` })),
			{ spki: world.refusedRoot.spki },
		];
		const last = { id: "refused", title: "Refused Trust", reason: "x".repeat(padding), match, ...common };
		return JSON.stringify({ version: 1, rules: [...ballast, last], settings });
	};
	let names = 9999;
	while (text(names, 1).length > bytes) names -= 10;
	return text(names, 1 + bytes - text(names, 1).length);
}

describe("a policy of 1 MiB", () => {
	let text: string;

	beforeAll(async () => {
		text = largePolicy(MIB);
		firefox = await Firefox.startPrimed(options());
		await firefox.extensionRunning();
		countersign = await Countersign.open(firefox);
	});

	afterAll(async () => {
		await firefox?.close();
	});

	it("takes effect, and one byte more does not", async () => {
		expect(text.length).toBe(MIB);
		const start = performance.now();
		await countersign.use(text);
		console.log(`a policy of 1 MiB: in force after ${Math.round(performance.now() - start)} ms`);
		await expect(countersign.use(`${text} `)).rejects.toThrow();
		expect(await rules()).toHaveLength(1000);
		await expectGuarded();
	});

	it("is in force again when Firefox starts, before anything is shown", async () => {
		const one = await refusedHost();
		const two = await refusedHost();
		await again({ urls: [one.url(), two.url(), good.url()] });
		await until(firefox, "two block pages", async () => {
			const states = await Promise.all((await firefox.tabs()).map((tab) => tab.state()));
			return states.filter(({ url, complete }) => complete && isBlockPage(url)).length === 2 || undefined;
		});
		expect(await rules()).toHaveLength(1000);
		expect([...reportsOf(one), ...reportsOf(two)]).toEqual([]);
	});

	it("costs a decision next to nothing", async () => {
		const tab = await firefox.open();
		await tab.load(good.url());
		const load = async (): Promise<number> =>
			await tab.evaluate(async (url) => {
				const start = performance.now();
				await Promise.all(
					Array.from({ length: 100 }, async (_, n) => {
						const picture = new Image();
						picture.src = `${url}?${n}-${start}`;
						await picture.decode();
					}),
				);
				return performance.now() - start;
			}, good.url("/picture"));
		const small = JSON.stringify({
			...JSON.parse(refusing([world.refusedRoot.spki])),
			settings: { preflight: "off", unverifiable: "block" },
		});
		const times: Record<string, number[]> = { small: [], large: [] };
		for (let round = 0; round < 2; round++) {
			for (const [name, policy] of Object.entries({ small, large: text })) {
				await countersign.use(policy);
				await tab.load(good.url());
				// The first after a change pays for the change.
				await load();
				for (let n = 0; n < 4; n++) times[name]?.push(await load());
			}
		}
		const median = (name: string): number => times[name]?.toSorted((a, b) => a - b)[4] ?? 0;
		const ratio = median("large") / median("small");
		console.log(
			`a page with 100 pictures: one rule ${median("small").toFixed(0)} ms, 1 MiB of rules ` +
				`${median("large").toFixed(0)} ms, ratio ${ratio.toFixed(2)}`,
		);
		// A decision that read the whole policy would take a hundred times as long.
		expect(ratio).toBeLessThan(3);
	});
});

describe("little space left", () => {
	beforeAll(async () => {
		firefox = await Firefox.start({ ...options(), preferences: { [LIMIT]: 15_000 } });
		await firefox.extensionRunning();
		countersign = await Countersign.open(firefox);
		await countersign.use(refusing([world.refusedRoot.spki]));
	});

	afterAll(async () => {
		await firefox?.close();
	});

	it("Firefox throws away what was stored and not used for longest: the rules stay", async () => {
		await fill(good);
		await firefox.quit();
		// Less than what is stored now: Firefox clears at its start what was not used for longest.
		await appendFile(join(firefox.profile.directory, "user.js"), `user_pref(${JSON.stringify(LIMIT)}, 40);\n`);
		await again();
		expect(await rules()).toEqual(["refused"]);
		await expectGuarded();
	});
});

/** Stores as much as a site may. */
async function fill(host: LabHost): Promise<void> {
	const tab = await firefox.open();
	await tab.load(host.url());
	await tab.evaluate(async () => {
		const request = indexedDB.open("much", 1);
		await new Promise((done) => {
			request.onupgradeneeded = () => request.result.createObjectStore("store", { autoIncrement: true });
			request.onsuccess = done;
		});
		for (let isFull = false; !isFull; ) {
			const transaction = request.result.transaction("store", "readwrite");
			transaction.objectStore("store").add(crypto.getRandomValues(new Uint8Array(65_536)));
			isFull = await new Promise<boolean>((done) => {
				transaction.oncomplete = () => done(false);
				transaction.onabort = () => done(true);
			});
		}
		request.result.close();
	});
	await tab.close();
}

/** Whether this user may mount a file system. */
function mayMount(): boolean {
	try {
		execFileSync("unshare", ["--mount", "true"], { stdio: "ignore" });
		return process.getuid?.() === 0;
	} catch {
		return false;
	}
}

describe.skipIf(!mayMount())("a disk that is really full", () => {
	let disk: string;

	beforeAll(async () => {
		firefox = await Firefox.startPrimed(options());
		await firefox.extensionRunning();
		countersign = await Countersign.open(firefox);
		await firefox.quit();
		// The folder of all sites' and extensions' storage, on a disk of its own.
		disk = join(firefox.profile.directory, "storage");
		const aside = `${disk}.aside`;
		execFileSync("mv", [disk, aside]);
		execFileSync("mkdir", [disk]);
		execFileSync("mount", ["-t", "tmpfs", "-o", "size=6m", "tmpfs", disk]);
		execFileSync("cp", ["-a", `${aside}/.`, disk]);
		await again();
		await countersign.use(refusing([world.refusedRoot.spki]));
	});

	afterAll(async () => {
		await firefox?.quit();
		if (disk) execFileSync("umount", [disk]);
		await firefox?.close();
	});

	it("the change is refused and says so, what was in force stays, and the next start finds it", async () => {
		await writeFile(join(disk, "ballast"), Buffer.alloc(8 * MIB)).catch(() => undefined);
		await expect(countersign.use(largePolicy(MIB))).rejects.toThrow(/storage: expected to be written/);
		expect(await rules()).toEqual(["refused"]);
		await expectGuarded();
		// It starts with the disk still full.
		const host = await refusedHost();
		await again({ urls: [host.url()] });
		await blocked(await firefox.findTab(isBlockPage), host.name);
		expect(await rules()).toEqual(["refused"]);
		execFileSync("rm", [join(disk, "ballast")]);
		await countersign.use(refusing([world.refusedRoot.spki], { title: "Another title" }));
		expect((await countersign.ask("options")).rules).toMatchObject([{ title: "Another title" }]);
		expect(reportsOf(host)).toEqual([]);
	});
});

describe("a database that is damaged on disk", () => {
	beforeAll(async () => {
		firefox = await Firefox.startPrimed(options());
		await firefox.extensionRunning();
		countersign = await Countersign.open(firefox);
	});

	afterAll(async () => {
		await firefox?.close();
	});

	/** The files of the extension's storage.local. */
	async function databases(): Promise<string[]> {
		const folder = join(firefox.profile.directory, "storage/default");
		const own = (await readdir(folder)).find((name) => name.startsWith(`moz-extension+++${EXTENSION_UUID}^`)) ?? "";
		const files = await readdir(join(folder, own, "idb"));
		return files.filter((name) => /\.sqlite(-wal)?$/.test(name)).map((name) => join(folder, own, "idb", name));
	}

	it("is replaced by Firefox with an empty one: the rules come back from their copy, and the options say so", async () => {
		await countersign.use(refusing([world.refusedRoot.spki]));
		await firefox.quit();
		for (const file of await databases()) await writeFile(file, Buffer.alloc(50_000, 0xa5));
		await again();
		const view = await countersign.ask("options");
		expect(view.rules.map(({ id }) => id)).toEqual(["refused"]);
		expect(view.trouble).toMatchObject({ kind: "fell-back" });
		await expectGuarded();
		// And it can be written to.
		await countersign.use(refusing([world.refusedRoot.spki]));
		await expectGuarded();
	});
});
