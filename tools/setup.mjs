// What the commands need before they can run: packages, and for the tests Firefox and certutil.
// Plain JavaScript without a dependency, because it is what installs the dependencies.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Debian packages by the command that shows they are there. */
const SYSTEM = { "firefox-esr": "firefox-esr", certutil: "libnss3-tools" };
const OLDEST_FIREFOX = 153;

/**
 * Prints one line about what is being done.
 * @param {string} text
 */
export function say(text) {
	console.log(`· ${text}`);
}

/**
 * Runs a command with its output shown. Throws when it fails.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
function run(command, args, env = process.env) {
	say([command, ...args].join(" "));
	const { status, error } = spawnSync(command, args, { cwd: root, stdio: "inherit", env });
	if (error !== undefined) throw error;
	if (status !== 0) throw new Error(`${command} ended with ${status}`);
}

/**
 * The output of a command, or null when it is not there or fails.
 * @param {string} command
 * @param {readonly string[]} args
 */
function ask(command, args) {
	const { status, stdout } = spawnSync(command, args, { encoding: "utf8" });
	return status === 0 ? stdout.trim() : null;
}

/**
 * The packages that a lock file names, by folder.
 * @param {string} file
 * @returns {Record<string, {version?: string, optional?: boolean, devOptional?: boolean}>}
 */
function locked(file) {
	return JSON.parse(readFileSync(join(root, file), "utf8")).packages;
}

/** Why `npm ci` has to run, or null when what is installed is what package-lock.json asks for. */
function stale() {
	if (!existsSync(join(root, "node_modules/.package-lock.json"))) return "node_modules is missing";
	const installed = locked("node_modules/.package-lock.json");
	for (const [folder, wanted] of Object.entries(locked("package-lock.json"))) {
		const found = installed[folder];
		// Optional packages are mostly builds for other machines.
		if (folder === "" || (found === undefined && (wanted.optional || wanted.devOptional))) continue;
		if (found?.version !== wanted.version) return `${folder} is ${found?.version ?? "missing"}, not ${wanted.version}`;
	}
	return null;
}

/** Makes node_modules what package-lock.json says. Quiet and quick when it already is. */
export function installPackages() {
	const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
	if (major < 20 || (major === 20 && minor < 19)) {
		throw new Error(`Node 20.19 or newer is needed, this is ${process.versions.node}`);
	}
	const why = stale();
	if (why === null) return;
	say(`Installing packages: ${why}`);
	run("npm", ["ci", "--no-fund", "--no-audit"]);
}

/** Makes sure that Firefox and certutil are there; installs them on Debian where it may. */
export function installSystem() {
	const missing = Object.entries(SYSTEM).filter(([command]) => ask("which", [command]) === null);
	if (missing.length > 0) {
		const packages = missing.map(([, name]) => name);
		const install = `apt-get install --yes --no-install-recommends ${packages.join(" ")}`;
		const isRoot = process.getuid?.() === 0;
		if (ask("which", ["apt-get"]) === null || (!isRoot && ask("sudo", ["-n", "true"]) === null)) {
			throw new Error(`Missing: ${packages.join(", ")}. On Debian: sudo ${install}`);
		}
		say(`Installing ${packages.join(", ")}`);
		const before = isRoot ? ["env"] : ["sudo", "-n", "env"];
		for (const args of ["apt-get update", install]) {
			const [command = "", ...rest] = [...before, "DEBIAN_FRONTEND=noninteractive", ...args.split(" ")];
			run(command, rest);
		}
	}
	const version = ask("firefox-esr", ["--version"]) ?? "";
	const major = Number(/ (\d+)\./.exec(version)?.[1]);
	if (!(major >= OLDEST_FIREFOX)) throw new Error(`Firefox ${OLDEST_FIREFOX} or newer is needed, this is "${version}"`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	try {
		installPackages();
		if (!process.argv.includes("--no-system")) installSystem();
	} catch (error) {
		console.error(error instanceof Error ? error.message : error);
		process.exitCode = 1;
	}
}
