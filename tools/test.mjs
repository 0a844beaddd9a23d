// npm test: sets up what is missing, then runs every check there is, in an order that finds the
// cheap mistakes first, and stops at the first step that fails. `npm test -- types unit` runs only
// the steps named. The last line is "N passed, N failed".
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { installPackages, installSystem, root } from "./setup.mjs";

/** @typedef {{name: string, what: string, run: () => boolean}} Step */

const counts = { passed: 0, failed: 0 };

/**
 * Runs a command of node_modules. Says whether it succeeded.
 * @param {string} command
 * @param {...string} args
 */
function tool(command, ...args) {
	const path = join(root, "node_modules/.bin", command);
	return spawnSync(path, args, { cwd: root, stdio: "inherit" }).status === 0;
}

/**
 * Runs projects of vitest.config.ts and adds up their tests.
 * @param {string[]} projects
 * @param {string[]} options more for vitest
 */
function vitest(projects, ...options) {
	const report = join(root, "out/test", `${projects.join("-")}.json`);
	rmSync(report, { force: true });
	const ok = tool(
		"vitest",
		"run",
		...projects.flatMap((name) => ["--project", name]),
		...options,
		"--reporter=default",
		"--reporter=json",
		`--outputFile.json=${report}`,
	);
	const { numPassedTests: passed = 0, numFailedTests: failed = 0 } = readReport(report);
	counts.passed += passed;
	counts.failed += failed;
	// A file that cannot even be loaded has no tests to count.
	return ok || failed > 0 ? ok : fail();
}

/**
 * @param {string} file
 * @returns {{numPassedTests?: number, numFailedTests?: number}}
 */
function readReport(file) {
	try {
		return JSON.parse(readFileSync(file, "utf8"));
	} catch {
		return {};
	}
}

/** Counts a failure that is no single test. */
function fail() {
	counts.failed += 1;
	return false;
}

/**
 * @param {() => void} install
 */
function setUp(install) {
	try {
		install();
		return true;
	} catch (error) {
		console.error(error instanceof Error ? error.message : error);
		return fail();
	}
}

/** @type {readonly Step[]} */
const STEPS = [
	{ name: "packages", what: "Node and npm packages", run: () => setUp(installPackages) },
	{ name: "system", what: "Firefox, certutil and mail servers", run: () => setUp(installSystem) },
	{ name: "types", what: "types and layers (tsc -b)", run: () => tool("tsc", "-b") || fail() },
	{
		name: "lint",
		what: "lint, layers and format (biome)",
		run: () => tool("biome", "ci", "--error-on-warnings") || fail(),
	},
	{ name: "build", what: "build: release", run: () => tool("vite", "build", "--logLevel", "warn") || fail() },
	{
		name: "build-test",
		what: "build: with fault points",
		run: () => tool("vite", "build", "--mode", "test", "--logLevel", "warn") || fail(),
	},
	{ name: "unit", what: "unit, property and UI tests", run: () => vitest(["unit", "ui"], "--maxWorkers=100%") },
	{ name: "repo", what: "the repository about itself", run: () => vitest(["repo"]) },
	{ name: "e2e", what: "in real Firefox, and real mail servers", run: () => vitest(["e2e"]) },
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !STEPS.some((step) => step.name === name));
if (unknown.length > 0) {
	console.error(`No such step: ${unknown.join(", ")} (there are ${STEPS.map(({ name }) => name).join(", ")})`);
	process.exit(2);
}

mkdirSync(join(root, "out/test"), { recursive: true });
/** @type {string[]} */
const summary = [];
let ok = true;
for (const { name, what, run } of STEPS) {
	if (wanted.length > 0 && !wanted.includes(name)) continue;
	console.log(`\n=== ${name}: ${what}`);
	const start = performance.now();
	ok = run();
	const line = `${ok ? "ok    " : "FAILED"} ${((performance.now() - start) / 1000).toFixed(1).padStart(7)} s  ${name}: ${what}`;
	console.log(line);
	summary.push(line);
	if (!ok) break;
}
console.log(`\n${summary.join("\n")}\n`);
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = ok ? 0 : 1;
