/** Debian's list of roots and p11-kit's blocklist, in a copy of the system of their own: curl, and what p11-kit makes. */
import { appendFile, chmod, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createWorld, exportTo, HOSTS, type Host, type World } from "./exporting.ts";
import { findTrustModule, missingFor, PrivateSystem } from "./harness/index.ts";

const withoutDebian = missingFor("update-ca-certificates", "openssl", "curl");
const module = await findTrustModule();
const withoutP11Kit = module === null ? "p11-kit-modules is missing" : missingFor("trust", "curl");
for (const missing of new Set([withoutDebian, withoutP11Kit])) {
	if (missing !== null) console.warn(`Not tested: lists for the system. ${missing}`);
}

let world: World;
beforeAll(async () => {
	world = await createWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

/** Exit code of curl when it does not take a server's certificates (CURLE_PEER_FAILED_VERIFICATION). */
const NOT_VERIFIED = 60;

/** What curl, as Debian has it, says of each server; the text of the page where it came to that. */
async function curl(system: PrivateSystem, ...more: readonly string[]): Promise<Record<Host, string | number>> {
	const answers: Partial<Record<Host, string | number>> = {};
	for (const name of HOSTS) {
		const address = new URL(world.hosts[name].url("/"));
		const resolve = `${address.hostname}:${address.port}:127.0.0.1`;
		const options = ["--silent", "--noproxy", "*", "--resolve", resolve];
		const { code, stdout } = await system.run("curl", ...options, ...more, address.href);
		answers[name] = code === 0 ? stdout : code;
	}
	return answers as Record<Host, string | number>;
}

/**
 * OpenSSL follows one way up, the one that was sent first: where that is refused, it does not come to the other one.
 * (README.txt says so: `neverOneWay`.)
 */
const REFUSED = { refused: NOT_VERIFIED, twoways: NOT_VERIFIED };

const page = (name: Host) => expect.stringContaining(`This is ${name}`);
const ALL = { good: page("good"), refused: page("refused"), crossed: page("crossed"), twoways: page("twoways") };

describe.skipIf(withoutDebian !== null)("Debian's list of roots", () => {
	let system: PrivateSystem;
	const CONF = "/etc/ca-certificates.conf";
	const conf = () => readFile(system.path(CONF), "utf8");

	/** Runs a program that has to succeed. */
	async function must(...command: readonly [string, ...string[]]): Promise<string> {
		const { code, stdout, stderr } = await system.run(...command);
		expect(code, `${stdout}${stderr}`).toBe(0);
		return stdout;
	}

	beforeEach(async () => {
		system = await PrivateSystem.create(["/etc", "/usr/share/ca-certificates", "/usr/local/share"], ["/var/lib"]);
		const lab = system.path("/usr/share/ca-certificates/lab");
		await mkdir(lab);
		await writeFile(join(lab, "Bad Root (of 'the' lab).crt"), world.bad.pem);
		await writeFile(join(lab, "Good_Root.crt"), world.good.pem);
		// A list like Debian's, but short: each root in it takes openssl three calls.
		const shipped = (await conf()).split("\n").filter((line) => line.startsWith("mozilla/"));
		expect(shipped.length).toBeGreaterThan(50);
		const kept = shipped.filter((_, index) => index % 20 === 0);
		await writeFile(system.path(CONF), `# A comment, and a line that others have marked:\n!${kept.join("\n")}\n\n`);
		await appendFile(system.path(CONF), "lab/Bad Root (of 'the' lab).crt\nlab/Good_Root.crt\n");
		// What else on this machine wants to know of changes is not part of this.
		await rm(system.path("/etc/ca-certificates/update.d"), { recursive: true });
		await must("update-ca-certificates");
	});
	afterEach(() => system[Symbol.asyncDispose]());

	it("loses the refused root, and gets it back", async () => {
		const before = await conf();
		expect(await curl(system)).toEqual(ALL);
		await using exported = await exportTo("debian", world);
		const script = join(exported.folder, "countersign-debian.sh");
		expect(await must("sh", script, "apply")).toContain("1 roots were taken out of the list");
		expect(await conf()).toBe(before.replace("lab/Bad Root", "!lab/Bad Root"));
		// What a list of roots cannot hold stays accepted, and the export had said so.
		expect(await curl(system)).toEqual({ ...ALL, ...REFUSED });
		expect(exported.report.complete).toBe(false);
		expect(exported.report.missing.map(({ certificate }) => certificate)).toEqual([world.crossed.sha256]);
		// An update of the package's own makes the list anew.
		await must("update-ca-certificates", "--fresh");
		expect(await curl(system)).toEqual({ ...ALL, ...REFUSED });
		expect(await must("sh", script, "status")).toContain("0 of the refused keys");

		expect(await must("sh", script, "undo")).toContain("All is as before");
		expect(await conf()).toBe(before);
		expect(await curl(system)).toEqual(ALL);
		await must("sh", script, "undo");
		expect(await conf()).toBe(before);
	});

	it("stays as it is where somebody else has marked the root, when ours is undone", async () => {
		const marked = (await conf()).replace("lab/Bad Root", "!lab/Bad Root");
		await writeFile(system.path(CONF), marked);
		await must("update-ca-certificates");
		await using exported = await exportTo("debian", world);
		const script = join(exported.folder, "countersign-debian.sh");
		await must("sh", script, "apply");
		await must("sh", script, "undo");
		expect(await conf()).toBe(marked);
	});

	it("follows a newer list, and says what was added on the computer itself", async () => {
		const before = await conf();
		await using older = await exportTo("debian", world);
		await must("sh", join(older.folder, "countersign-debian.sh"), "apply");
		const added = system.path("/usr/local/share/ca-certificates/office.crt");
		await mkdir(dirname(added), { recursive: true });
		await writeFile(added, world.good.pem);
		await using newer = await exportTo("debian", world, {
			rule: { match: [{ certificate: world.good.sha256 }] },
			known: [world.good],
		});
		const script = join(newer.folder, "countersign-debian.sh");
		const { code, stdout } = await system.run("sh", script, "apply");
		// Roots in /usr/local are always taken in by update-ca-certificates: it is not kept quiet.
		expect(code).toBe(1);
		expect(stdout).toContain(
			"Still accepted, since it was added on this computer: /usr/local/share/ca-certificates/office.crt",
		);
		expect(stdout).toContain("1 of the refused keys are in");
		expect(await conf()).toBe(before.replace("lab/Good_Root", "!lab/Good_Root"));
		await rm(added);
		await must("sh", script, "apply");
		expect(await curl(system)).toEqual({
			good: NOT_VERIFIED,
			refused: page("refused"),
			crossed: page("crossed"),
			twoways: page("twoways"),
		});
		await must("sh", script, "undo");
		expect(await conf()).toBe(before);
	});

	it("is not touched without the right to", async () => {
		await using exported = await exportTo("debian", world);
		await chmod(system.path(CONF), 0o444);
		const before = await conf();
		const script = join(exported.folder, "countersign-debian.sh");
		const { code, stderr } = await system.run(
			"setpriv",
			"--bounding-set=-all",
			"--inh-caps=-all",
			"sh",
			script,
			"apply",
		);
		expect([code, stderr]).toEqual([1, expect.stringContaining("administrator")]);
		expect(await conf()).toBe(before);
	});
});

describe.skipIf(withoutP11Kit !== null)("p11-kit's blocklist", () => {
	it("keeps a root out of the list that is made of it, however it came in, and lets it in again", async () => {
		await using system = await PrivateSystem.create(["/usr/share/p11-kit"]);
		const store = join(system.base, "store");
		const blocklist = join(store, "blocklist");
		await mkdir(blocklist, { recursive: true });
		await mkdir(join(store, "anchors"));
		// The store has the root, and a second certificate for its key that the person's file did not have.
		const again = await world.bad.reissue();
		for (const [index, { pem }] of [world.bad, again, world.good].entries())
			await writeFile(join(store, "anchors", `${index}.crt`), pem);
		await writeFile(
			system.path("/usr/share/p11-kit/modules/p11-kit-trust.module"),
			`module: p11-kit-trust.so\npriority: 1\ntrust-policy: yes\nx-init-reserved: paths=${store}\n`,
		);
		const bundle = join(system.base, "bundle.pem");
		const asked = async () => {
			const extract = ["extract", "--format=pem-bundle", "--filter=ca-anchors", "--purpose=server-auth", "--overwrite"];
			expect(await system.run("trust", ...extract, bundle)).toMatchObject({ code: 0 });
			return await curl(system, "--cacert", bundle, "--capath", store);
		};
		expect(await asked()).toEqual(ALL);

		await using exported = await exportTo("p11-kit", world);
		const script = join(exported.folder, "countersign-p11-kit.sh");
		expect(await system.run("sh", script, "apply", blocklist)).toMatchObject({ code: 0 });
		expect((await readdir(blocklist)).toSorted()).toEqual(
			[
				...[world.bad, world.crossed].map(({ sha256 }) => `countersign-${sha256}.crt`),
				`countersign-key-${Buffer.from(world.bad.spki, "base64").toString("hex")}.p11-kit`,
			].toSorted(),
		);
		expect(await asked()).toEqual({ ...ALL, ...REFUSED });
		const { stdout } = await system.run("trust", "list");
		expect(stdout).toMatch(/label: Bad Root\n\s+trust: distrusted/);

		await writeFile(join(blocklist, "of-others.crt"), again.pem);
		expect(await system.run("sh", script, "undo", blocklist)).toMatchObject({ code: 0 });
		expect(await readdir(blocklist)).toEqual(["of-others.crt"]);
		await rm(join(blocklist, "of-others.crt"));
		expect(await asked()).toEqual(ALL);
	});
});
