import { defineConfig } from "vitest/config";
import { help } from "./tools/help.ts";
import { LongestFirst } from "./tools/longestFirst.ts";

/** Everything that runs in Node alone. */
const UNIT = ["core", "schema", "catalogue", "certificate", "background", "cli", "tools", "pki"];

export default defineConfig({
	define: { __TEST__: "true" },
	plugins: [help(import.meta.dirname)],
	oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
	test: {
		// A test that needs luck is no proof: nothing is tried twice.
		retry: 0,
		sequence: { sequencer: LongestFirst },
		projects: [
			{
				extends: true,
				test: {
					name: "unit",
					environment: "node",
					include: UNIT.map((folder) => `tests/${folder}/**/*.test.{ts,tsx}`),
					testTimeout: 60_000,
				},
			},
			{
				extends: true,
				test: {
					name: "ui",
					environment: "happy-dom",
					include: ["tests/{ui,options,popup,blocked,welcome,help}/**/*.test.{ts,tsx}"],
					testTimeout: 20_000,
				},
			},
			{
				extends: true,
				test: {
					// The repository about itself. They build, lint and read dist/, one file after the other.
					name: "repo",
					environment: "node",
					include: ["tests/repo/**/*.test.ts"],
					fileParallelism: false,
					testTimeout: 240_000,
					hookTimeout: 240_000,
				},
			},
			{
				extends: true,
				test: {
					// Real servers, mail servers too, and a real Firefox. Mostly they wait: two files at a time, and time enough for a busy machine.
					name: "e2e",
					environment: "node",
					include: ["tests/{lab,mail,e2e}/**/*.test.ts"],
					maxWorkers: 2,
					globalSetup: ["tests/mail/build.ts"],
					testTimeout: 120_000,
					hookTimeout: 180_000,
				},
			},
		],
	},
});
