/** Firefox without the extension, with the exported script run on its profile: what it refuses, and that undoing it restores it. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createWorld, exportTo, HOSTS, type Host, type World } from "./exporting.ts";
import { Firefox } from "./harness/index.ts";

const execute = promisify(execFile);

let world: World;
beforeAll(async () => {
	world = await createWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

/** What Firefox says of each server: the page's heading, or the error. */
async function visited(firefox: Firefox): Promise<Record<Host, string>> {
	const answers: Partial<Record<Host, string>> = {};
	for (const name of HOSTS) {
		const tab = await firefox.open(world.hosts[name].url("/"));
		await tab.waitFor((state) => state.complete && state.url === world.hosts[name].url("/"), name);
		answers[name] =
			(await firefox.errorPage(tab)) ?? (await tab.evaluate(() => document.querySelector("h1")?.textContent ?? ""));
		await tab.close();
	}
	return answers as Record<Host, string>;
}

const page = (name: Host) => `This is ${name}`;
const ALL = { good: page("good"), refused: page("refused"), crossed: page("crossed"), twoways: page("twoways") };

const requests = (name: Host): number => world.lab.log.all(world.hosts[name].name).length;

describe("Firefox without the extension", () => {
	it.each(["builtInRoots", "roots"] as const)(
		"refuses with the script, and accepts again without it: %s",
		async (kind) => {
			await using firefox = await Firefox.start({ [kind]: [world.bad, world.good] });
			expect(await visited(firefox)).toEqual(ALL);
			await using exported = await exportTo("nss", world);
			expect(exported.report.complete).toBe(true);
			const script = join(exported.folder, "countersign-nss.sh");
			const { directory } = firefox.profile;

			// A Firefox that runs would not see it: the script does not touch its profile.
			await expect(execute("sh", [script, "apply", directory])).rejects.toThrow("close the program first");
			await firefox.quit();
			await execute("sh", [script, "apply", directory]);
			await firefox.restart();
			const before = { refused: requests("refused"), crossed: requests("crossed") };
			const refused = await visited(firefox);
			expect(refused).toEqual({
				...ALL,
				refused: expect.stringMatching(/^SEC_ERROR_UN/),
				crossed: expect.stringMatching(/^SEC_ERROR_UN/),
			});
			expect({ refused: requests("refused"), crossed: requests("crossed") }).toEqual(before);

			await firefox.quit();
			await execute("sh", [script, "undo", directory]);
			await firefox.restart();
			expect(await visited(firefox)).toEqual(ALL);
		},
		300_000,
	);

	it("goes on to accept a copy that the script does not have, as its README.txt says", async () => {
		await using firefox = await Firefox.start({ roots: [world.bad, world.good] });
		await using exported = await exportTo("nss", world, { known: [world.bad] });
		await firefox.quit();
		await execute("sh", [join(exported.folder, "countersign-nss.sh"), "apply", firefox.profile.directory]);
		await firefox.restart();
		const { good, refused, crossed } = await visited(firefox);
		expect({ good, crossed }).toEqual({ good: page("good"), crossed: page("crossed") });
		expect(refused).toMatch(/^SEC_ERROR_UN/);
	}, 200_000);
});
