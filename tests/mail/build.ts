/** Before the first test in real Firefox: the command `countersign`, which several files install at the same time. */
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";

/** Builds it into dist-cli/, once for all files. Throws with what the build said when it fails. */
export function setup(): void {
	const root = resolve(import.meta.dirname, "../..");
	const { status, stderr } = spawnSync("npm", ["run", "--silent", "build:cli"], { cwd: root, encoding: "utf8" });
	if (status !== 0) throw new Error(stderr);
}
