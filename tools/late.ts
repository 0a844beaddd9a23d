/**
 * npm run late: the tests in real Firefox, with an extension whose questions to Firefox are asked and answered late, each
 * time by another stretch (tests/late/api.ts). Finds what rests on an answer that came in time by luck, in the extension
 * and in the tests. What takes part of the name of a file runs that one: `npm run late -- traffic`.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";

const root = join(import.meta.dirname, "..");

/** Runs a tool of node_modules, and ends with it where it fails. */
function tool(name: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): void {
	const { status } = spawnSync(join(root, "node_modules/.bin", name), args, { cwd: root, stdio: "inherit", env });
	if (status !== 0) process.exit(status ?? 1);
}

// Some files want the release as well.
for (const mode of ["production", "test", "late"]) tool("vite", ["build", "--mode", mode]);
tool("vitest", ["run", "--project", "e2e", ...process.argv.slice(2)], {
	...process.env,
	COUNTERSIGN_BUILD: join(root, "dist-late"),
});
