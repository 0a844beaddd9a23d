/** `npm start` on a machine without a display: the lab that newcomers see first must not be wrong. */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { expect, it } from "vitest";
import { TEST_BUILD } from "./countersign.ts";

const root = join(import.meta.dirname, "../..");

it("goes to every site of the lab, finds all as it should be, and keeps a picture of each", () => {
	const { DISPLAY, WAYLAND_DISPLAY, ...environment } = process.env;
	const { status, stdout, stderr } = spawnSync(join(root, "node_modules/.bin/tsx"), ["tools/start.ts", "--headless"], {
		cwd: root,
		encoding: "utf8",
		env: { ...environment, COUNTERSIGN_BUILD: TEST_BUILD },
	});
	expect(stdout + stderr).toMatch(/All \d+ sites as expected\./);
	expect(status).toBe(0);
	const sites = stdout.split("\n").filter((line) => /^[\w-]+ +(shown|stopped|warned)/.test(line));
	expect(sites.length).toBeGreaterThanOrEqual(8);
	const pictures = readdirSync(join(root, "out/start"));
	for (const [id] of sites.map((line) => line.split(" "))) expect(pictures).toContain(`${id}.png`);
	expect(pictures).toContain("landing.png");
}, 180_000);
