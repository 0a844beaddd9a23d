import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "./copy.ts";

interface Message {
	readonly code: string;
	readonly message: string;
	readonly file?: string;
}

describe("web-ext lint", () => {
	const { stdout, stderr } = spawnSync(
		join(root, "node_modules/.bin/web-ext"),
		["lint", "--no-config-discovery", "--no-input", "--output=json", `--source-dir=${join(root, "dist")}`],
		{ cwd: root, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 },
	);
	const report = (): { errors: readonly Message[]; warnings: readonly Message[]; notices: readonly Message[] } => {
		if (!stdout.startsWith("{")) throw new Error(stderr);
		return JSON.parse(stdout);
	};

	it("finds no errors and has nothing to remark", () => {
		expect(report().errors).toEqual([]);
		expect(report().notices).toEqual([]);
	});

	it("warns of nothing that docs/decisions/ does not name with its reason", () => {
		const decisions = join(root, "docs/decisions");
		const named = readdirSync(decisions)
			.map((file) => readFileSync(join(decisions, file), "utf8"))
			.join("\n");
		for (const { code, message, file } of report().warnings) {
			expect(named, `${code} in ${file}`).toContain(`\`${code}\` (${message})`);
		}
	});
});
