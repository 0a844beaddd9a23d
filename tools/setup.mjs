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

const NO_MAIL = "not all real mail servers are checked";
const NOT_TRIED = "not every list that is exported is tried";

/**
 * Debian packages that are only nice to have: what is left out without them, the service that installing them would
 * start, and a file that keeps them from being installed.
 * @type {Readonly<Record<string, {without: string, service?: string, unless?: string}>>}
 */
const OPTIONAL = {
	// With its module the lab's roots count as built into Firefox. Without it the tests put their word in Firefox's place.
	"p11-kit-modules": { without: "the tests stand in for built-in roots" },
	// The one server in Debian that speaks HTTP/3.
	caddy: { without: "HTTP/3 is not tested", service: "caddy" },
	// Small, and with Chinese signs, which a fresh Debian has not.
	"fonts-droid-fallback": { without: "Chinese may be measured and pictured as empty boxes" },
	"dovecot-imapd": { without: NO_MAIL, service: "dovecot" },
	"dovecot-pop3d": { without: NO_MAIL, service: "dovecot" },
	// Debian has one mail server that sends: installing another would take away the one that somebody uses.
	postfix: { without: NO_MAIL, service: "postfix", unless: "/usr/sbin/sendmail" },
	chromium: { without: NOT_TRIED },
	curl: { without: NOT_TRIED },
	openssl: { without: NOT_TRIED },
	"p11-kit": { without: NOT_TRIED },
};
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

/**
 * The words to put before apt-get where it may be used, or null.
 * @returns {readonly string[] | null}
 */
function aptRights() {
	if (ask("which", ["apt-get"]) === null) return null;
	if (process.getuid?.() === 0) return ["env"];
	return ask("sudo", ["-n", "true"]) === null ? null : ["sudo", "-n", "env"];
}

/** @param {readonly string[]} packages */
const installCommand = (packages) => `apt-get install --yes --no-install-recommends ${packages.join(" ")}`;

/** Whether a Debian package is installed, or there is no Debian to ask. */
const isThere = (/** @type {string} */ name) =>
	ask("which", ["dpkg"]) === null || /^Status: install ok installed$/m.test(ask("dpkg", ["--status", name]) ?? "");

/**
 * Keeps a package that is about to be installed from being started as a service, now and when the
 * computer starts: the tests run it themselves. `systemctl unmask` takes it back.
 * @param {string} name
 * @param {readonly string[]} rights
 */
function keepFromStarting(name, rights) {
	if (!existsSync("/run/systemd/system")) return;
	const [command = "", ...rest] = [...rights, "systemctl", "mask", `${name}.service`];
	run(command, rest);
}

/** Makes sure that Firefox and certutil are there; installs them on Debian where it may. */
export function installSystem() {
	const missing = Object.entries(SYSTEM)
		.filter(([command]) => ask("which", [command]) === null)
		.map(([, name]) => name);
	const rights = aptRights();
	if (missing.length > 0 && rights === null) {
		throw new Error(`Missing: ${missing.join(", ")}. On Debian: sudo ${installCommand(missing)}`);
	}
	const optional = Object.entries(OPTIONAL).filter(([name]) => !isThere(name));
	const possible = rights === null ? [] : optional.filter(([, { unless }]) => !(unless && existsSync(unless)));
	const wanted = [...missing, ...possible.map(([name]) => name)];
	if (wanted.length > 0 && rights !== null) {
		say(`Installing ${wanted.join(", ")}`);
		try {
			for (const service of new Set(possible.map((one) => one[1].service))) {
				if (service) keepFromStarting(service, rights);
			}
			for (const args of ["apt-get update", installCommand(wanted)]) {
				const [command = "", ...rest] = [...rights, "DEBIAN_FRONTEND=noninteractive", ...args.split(" ")];
				run(command, rest);
			}
		} catch (error) {
			// What is only nice to have must not keep anybody from the rest.
			if (missing.length > 0) throw error;
			say(`Not installed: ${error instanceof Error ? error.message : error}`);
		}
	}
	for (const [name, { without }] of optional) if (!isThere(name)) say(`Without ${name} (optional): ${without}`);
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
