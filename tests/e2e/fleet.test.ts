/**
 * docs/administrators.md in a real Firefox: the file of policies that it shows, and the same as texts, in which the
 * Windows registry gives them.
 */
import { execFileSync } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LabHost } from "../lab/index.ts";
import { Countersign, TEST_BUILD } from "./countersign.ts";
import { type ChromeWindow, EXTENSION_ID, Firefox, zipDirectory } from "./harness/index.ts";
import { goBlocked, openAdvanced, WAY, words } from "./pages.ts";
import { createWorld, type World } from "./world.ts";

interface Policies {
	readonly policies: {
		readonly ExtensionSettings: Readonly<Record<string, Record<string, unknown>>>;
		readonly "3rdparty": { readonly Extensions: Readonly<Record<string, { policy: { rules: object[] } }>> };
	};
}

const SHOWN = join(import.meta.dirname, "../../docs/administrators/policies.json");

let world: World;
let refused: LabHost;
let folder: string;
let program: string;
let shownPolicies: Policies;

/** The policies as the document shows them, with this test's package, and the lab's authority beside the document's. */
function ours(): Policies {
	const policies = structuredClone(shownPolicies);
	const settings = policies.policies.ExtensionSettings[EXTENSION_ID];
	const [rule] = policies.policies["3rdparty"].Extensions[EXTENSION_ID]?.policy.rules ?? [];
	if (!settings || !rule) throw new Error("the document's policies are not what they were");
	settings.install_url = pathToFileURL(join(folder, "countersign.xpi")).href;
	(rule as { match: object[] }).match.push({ spki: world.refusedRoot.spki });
	return policies;
}

/** The same as the registry gives it: what belongs to an extension, and their settings, as JSON in a text. */
function asTexts({ policies: { ExtensionSettings, "3rdparty": others } }: Policies): object {
	return {
		policies: {
			ExtensionSettings: JSON.stringify(ExtensionSettings),
			"3rdparty": { Extensions: { [EXTENSION_ID]: JSON.stringify(others.Extensions[EXTENSION_ID]) } },
		},
	};
}

async function deploy(content: object | string): Promise<void> {
	const text = typeof content === "string" ? content : JSON.stringify(content);
	await writeFile(join(dirname(program), "distribution/policies.json"), text);
}

/**
 * The installed Firefox with a `distribution` folder of its own, where it looks for policies: the program copied, because
 * it looks beside itself, all else linked. The machine's own is not touched.
 */
async function ownFirefox(target: string): Promise<string> {
	const which = execFileSync("which", [process.env.COUNTERSIGN_FIREFOX ?? "firefox-esr"], { encoding: "utf8" });
	const installed = await realpath(which.trim());
	const own = join(target, basename(installed));
	await mkdir(join(target, "distribution"), { recursive: true });
	for (const name of await readdir(dirname(installed))) {
		if (name === basename(installed)) await copyFile(installed, own);
		else if (name !== "distribution") await symlink(join(dirname(installed), name), join(target, name));
	}
	return own;
}

const start = (): Promise<Firefox> =>
	Firefox.start({
		lab: world.lab,
		roots: [world.goodRoot, world.refusedRoot],
		program,
	});

beforeAll(async () => {
	world = await createWorld();
	refused = await world.host("refused", world.refusedCa);
	folder = await mkdtemp(join(tmpdir(), "countersign-fleet-"));
	program = await ownFirefox(join(folder, "firefox"));
	await writeFile(join(folder, "countersign.xpi"), await zipDirectory(TEST_BUILD));
	shownPolicies = JSON.parse(await readFile(SHOWN, "utf8")) as Policies;
});

afterAll(async () => {
	await world?.close();
	if (folder) await rm(folder, { recursive: true, force: true });
});

/** What Firefox lets the person do with the extension. */
const fate = (firefox: Firefox): Promise<unknown> =>
	firefox.chrome(async (window: ChromeWindow, id) => {
		const { AddonManager } = window;
		const addon = await AddonManager.getAddonByID(id);
		return {
			active: addon.isActive as boolean,
			uninstall: (addon.permissions & AddonManager.PERM_CAN_UNINSTALL) !== 0,
			disable: (addon.permissions & AddonManager.PERM_CAN_DISABLE) !== 0,
		};
	}, EXTENSION_ID);

describe.each([
	["as the document shows them", (policies: Policies): object => policies],
	["as texts, in which the registry gives them", asTexts],
])("policies, %s", (_, written) => {
	let firefox: Firefox;
	let countersign: Countersign;

	beforeAll(async () => {
		await deploy(written(ours()));
		firefox = await start();
		await firefox.extensionRunning();
		countersign = await Countersign.open(firefox);
	});
	afterAll(async () => await firefox?.close());

	it("install Countersign, so that it can be neither removed nor switched off", async () => {
		expect(await fate(firefox)).toEqual({ active: true, uninstall: false, disable: false });
	});

	it("put its rules in force, locked", async () => {
		expect((await countersign.ask("options")).admin).toMatchObject({
			locked: true,
			error: null,
			reported: [],
			rules: [{ ref: "admin/cnnic" }, { ref: "admin/clicked-through", action: "strict" }],
		});
		const rule = { id: "mine", title: "Mine", match: [{ country: "NL" }], action: "block", enabled: true };
		expect(await countersign.ask("saveRule", { rule, isNew: true })).toEqual({
			ok: false,
			error: "rules: locked by the administrator",
		});
	});

	it("stop a page, with no way through, in private windows too", async () => {
		const tab = await firefox.open();
		await goBlocked(tab, refused.url());
		await openAdvanced(tab);
		const { text } = await tab.waitForText(words("wayNoneAdmin"));
		expect(text).toContain("Decided by the security office, extension 4711.");
		expect(await tab.evaluate((way) => document.querySelector(way), WAY)).toBe(null);
		await tab.close();
		await firefox.isInPrivate();
		const hidden = await firefox.openPrivate();
		await goBlocked(hidden, refused.url());
		await hidden.close();
	});

	it("can be read in about:policies, and in the options", async () => {
		const about = await firefox.open("about:policies");
		const { text } = await about.waitForText("ExtensionSettings");
		for (const part of ["3rdparty", EXTENSION_ID, "force_installed"]) expect(text).toContain(part);
		await about.close();
		const errors = await firefox.chrome(
			(window: ChromeWindow) => window.Services.policies.status === window.Ci.nsIEnterprisePolicies.ACTIVE,
		);
		expect(errors).toBe(true);
		const options = await firefox.openExtensionPage("src/options/index.html");
		const shown = await options.waitForText(words("optionsAdminLocked"));
		expect(shown.text).toContain("Certificate errors that were clicked through");
		await options.close();
	});
});

describe("changed policies", () => {
	let firefox: Firefox;
	const admin = async () => (await (await Countersign.open(firefox)).ask("options")).admin;

	beforeAll(async () => {
		await deploy(ours());
		firefox = await start();
		await firefox.extensionRunning();
	});
	afterAll(async () => await firefox?.close());

	it("are in force from the next start on", async () => {
		const policies = ours();
		policies.policies["3rdparty"].Extensions[EXTENSION_ID]?.policy.rules.pop();
		await deploy(policies);
		expect((await admin())?.rules).toHaveLength(2);
		await firefox.restart();
		await firefox.extensionRunning();
		expect((await admin())?.rules).toHaveLength(1);
	});

	it("with a document that cannot be taken leave the last one in force, and say why", async () => {
		const policies = ours();
		policies.policies["3rdparty"].Extensions[EXTENSION_ID]?.policy.rules.push({ id: "no title" });
		await deploy(policies);
		await firefox.restart();
		await firefox.extensionRunning();
		const view = await admin();
		expect(view?.rules).toHaveLength(1);
		expect(view?.error).toContain("policy.rules[2].id");
	});

	it("that are no JSON are as good as none: Firefox reads nothing of them", async () => {
		await deploy("{");
		await firefox.restart();
		await firefox.extensionRunning();
		expect(await fate(firefox)).toMatchObject({ active: true, uninstall: true, disable: true });
		expect(await admin()).toBe(null);
	});
});
