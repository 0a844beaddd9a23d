/**
 * A real Firefox under a test's control.
 *
 * ```ts
 * await using firefox = await Firefox.start({ lab, roots: [root] });
 * await firefox.install("dist");
 * const tab = await firefox.open(good.url("/"));
 * await tab.waitForText("Good");
 * ```
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
// biome-ignore lint/style/noRestrictedImports: types only, of the `browser` that is in the page under test.
import type { Browser as WebExtension } from "webextension-polyfill";
import type { Lab } from "../../lab/index.ts";
import {
	createProfile,
	EXTENSION_ID,
	EXTENSION_UUID,
	type Profile,
	type ProfileOptions,
	putExtension,
	removeProfile,
	setManaged,
} from "./profile.ts";
import { type ChromeWindow, Remote, remoteBody } from "./remote.ts";
import { Tab, View } from "./view.ts";

/** How to start a Firefox. */
export interface FirefoxOptions extends ProfileOptions {
	/** The lab to send every name to. */
	lab?: Lab;
	/** Addresses on the command line: loaded at start-up, before a test can do anything. */
	urls?: string[];
	/** Stands for a user who clicks through every certificate error. */
	acceptInsecureCerts?: boolean;
	/** Size of the first window, in CSS pixels. */
	window?: { width: number; height: number };
	/** In a real window; otherwise, and by default unless COUNTERSIGN_HEADED is set, headless. */
	headed?: boolean;
	/** Extra environment of the process. */
	environment?: Record<string, string>;
	/** Another Firefox than the installed one: the path of its program. */
	program?: string;
}

/** A cookie as Firefox keeps it. */
export interface StoredCookie {
	host: string;
	name: string;
	value: string;
}

const START_PATIENCE = 60_000;
// Long enough for a busy machine: a killed Firefox may lose what a restart test looks for.
const END_PATIENCE = 40_000;

/** One running Firefox, and the profile it keeps when it is started again. */
export class Firefox {
	/** The profile's directories. */
	readonly profile: Profile;
	readonly #options: FirefoxOptions;
	#process: ChildProcess;
	#browser: Browser;
	#remote: Remote;

	private constructor(profile: Profile, options: FirefoxOptions, running: Running) {
		this.profile = profile;
		this.#options = options;
		this.#process = running.process;
		this.#browser = running.browser;
		this.#remote = running.remote;
	}

	/**
	 * Makes a profile and starts Firefox in it.
	 *
	 * @param options see {@link FirefoxOptions}
	 * @returns the running Firefox
	 * @throws when it cannot be started, with what it said
	 */
	static async start(options: FirefoxOptions = {}): Promise<Firefox> {
		const profile = await createProfile({
			...options,
			preferences: { ...options.lab?.preferences(), ...options.preferences },
		});
		try {
			return new Firefox(profile, options, await launch(profile, options));
		} catch (error) {
			await removeProfile(profile);
			throw error;
		}
	}

	/**
	 * Starts Firefox with an extension that has been there before: started once, closed, and started
	 * again, which is when its listeners hold pages from the very first.
	 *
	 * @param options `permanent` is needed; `urls` are loaded at the second start only;
	 *   `privateAllowed` lets the extension into private windows
	 * @returns the Firefox of the second start
	 */
	static async startPrimed(
		options: FirefoxOptions & { permanent: string; privateAllowed?: boolean },
	): Promise<Firefox> {
		const firefox = await Firefox.start({ ...options, urls: [] });
		try {
			await firefox.extensionRunning();
			if (options.privateAllowed) await firefox.allowInPrivate();
			await firefox.restart(options.urls ? { urls: options.urls } : {});
			if (options.privateAllowed) await firefox.isInPrivate();
		} catch (error) {
			await firefox.close();
			throw error;
		}
		return firefox;
	}

	/** Puppeteer's view of this Firefox, for whatever the harness has no word for. */
	get browser(): Browser {
		return this.#browser;
	}

	/** The connection, for BiDi commands of one's own. */
	get remote(): Remote {
		return this.#remote;
	}

	/** Process id of Firefox's main process. */
	get pid(): number {
		return this.#process.pid ?? -1;
	}

	// ── Life ──────────────────────────────────────────────────────────────────────────────────────

	/** Ends Firefox the ordinary way and removes its profile. Never hangs: kills it in the end. */
	async close(): Promise<void> {
		await this.quit();
		await removeProfile(this.profile);
	}

	/** Same as {@link close}, for `await using`. */
	[Symbol.asyncDispose](): Promise<void> {
		return this.close();
	}

	/** Ends Firefox the ordinary way and keeps the profile. */
	async quit(): Promise<void> {
		const ended = hasEnded(this.#process);
		const timer = setTimeout(() => this.#process.kill("SIGKILL"), END_PATIENCE);
		await Promise.race([this.#browser.close().catch(() => undefined), ended]);
		await ended;
		clearTimeout(timer);
	}

	/** Settles when Firefox has ended, as when its last window was closed by hand. */
	ended(): Promise<void> {
		return hasEnded(this.#process);
	}

	/** Kills Firefox as a crash or a power cut would, and keeps the profile. */
	async kill(): Promise<void> {
		const ended = hasEnded(this.#process);
		this.#process.kill("SIGKILL");
		await ended;
		await this.#browser.disconnect().catch(() => undefined);
	}

	/**
	 * Starts Firefox again in the same profile, after ending it if it still runs.
	 *
	 * @param changes options that differ from now on; those of the profile are of no effect
	 */
	async restart(changes: Partial<FirefoxOptions> = {}): Promise<void> {
		if (this.#process.exitCode === null && this.#process.signalCode === null) await this.quit();
		const running = await launch(this.profile, {
			...this.#options,
			urls: [],
			...changes,
		});
		this.#process = running.process;
		this.#browser = running.browser;
		this.#remote = running.remote;
	}

	// ── Tabs ──────────────────────────────────────────────────────────────────────────────────────

	/**
	 * Opens a tab in front.
	 *
	 * @param url loaded without waiting for it; none leaves the tab blank
	 * @param options `container`: the id of a user context (see {@link newContainer}); `window`: in a
	 *   window of its own
	 * @returns the tab
	 */
	async open(url?: string, options: { container?: string; window?: boolean } = {}): Promise<Tab> {
		const { context } = await this.#remote.send<{ context: string }>("browsingContext.create", {
			type: options.window ? "window" : "tab",
			...(options.container ? { userContext: options.container } : {}),
		});
		const tab = new Tab(this.#remote, context);
		if (url !== undefined) await tab.go(url);
		return tab;
	}

	/**
	 * All tabs, in all windows.
	 *
	 * @returns oldest window first
	 */
	async tabs(): Promise<Tab[]> {
		const { contexts } = await this.#remote.send<{
			contexts: { context: string }[];
		}>("browsingContext.getTree", { maxDepth: 0 });
		return contexts.map(({ context }) => new Tab(this.#remote, context));
	}

	/**
	 * Waits for a tab that nobody opened by hand: a popup, a first-run page, one of the command line.
	 *
	 * @param predicate what its address is like
	 * @param ms how long
	 * @returns the tab
	 * @throws Error with all addresses when the time is up
	 */
	findTab(predicate: string | ((url: string) => boolean), ms = 20_000): Promise<Tab> {
		const fits = typeof predicate === "string" ? (url: string) => url.startsWith(predicate) : predicate;
		let seen: string[] = [];
		return this.#remote.until(
			async () => {
				const now: string[] = [];
				let found: Tab | undefined;
				for (const tab of await this.tabs()) {
					const url = await tab.state().then(
						(state) => state.url,
						() => "",
					);
					now.push(url);
					if (fits(url)) found ??= tab;
				}
				seen = now;
				return found;
			},
			ms,
			() => `no tab ${predicate}; there are ${JSON.stringify(seen)}`,
		);
	}

	/**
	 * Opens a private window.
	 *
	 * @param url loaded in its first tab without waiting for it
	 * @returns that tab
	 */
	async openPrivate(url = "about:blank"): Promise<Tab> {
		const id = await this.chrome(async (window: ChromeWindow) => {
			const opened = window.OpenBrowserWindow({ private: true });
			await new Promise<void>((done) => {
				window.Services.obs.addObserver(function ready(subject: unknown) {
					if (subject !== opened) return;
					window.Services.obs.removeObserver(ready, "browser-delayed-startup-finished");
					done();
				}, "browser-delayed-startup-finished");
			});
			const { NavigableManager } = window.ChromeUtils.importESModule(
				"chrome://remote/content/shared/NavigableManager.sys.mjs",
			);
			return NavigableManager.getIdForBrowser(opened.gBrowser.selectedBrowser) as string;
		});
		const tab = new Tab(this.#remote, id);
		if (url !== "about:blank") await tab.go(url);
		return tab;
	}

	/**
	 * Makes a container.
	 *
	 * @returns its id, for {@link open}
	 */
	async newContainer(): Promise<string> {
		const { userContext } = await this.#remote.send<{ userContext: string }>("browser.createUserContext", {});
		return userContext;
	}

	/**
	 * Puppeteer's page for a tab, for input that the harness has no word for. Its `url()` can be stale.
	 *
	 * @param tab the tab
	 * @returns the page
	 * @throws Error when puppeteer knows no such page
	 */
	async page(tab: Tab): Promise<Page> {
		for (const page of await this.#browser.pages())
			if ((page.mainFrame() as unknown as { _id: string })._id === tab.id) return page;
		throw new Error(`puppeteer has no page ${tab.id}`);
	}

	// ── The extension ─────────────────────────────────────────────────────────────────────────────

	/**
	 * Installs an unpacked extension for this run of Firefox, as about:debugging does, and waits until
	 * its background page runs.
	 *
	 * @param directory with a manifest.json
	 * @param options `privateAllowed` lets it into private windows
	 * @returns the extension's id
	 * @throws with Firefox's reason when it refuses the extension
	 */
	async install(directory: string, options: { privateAllowed?: boolean } = {}): Promise<string> {
		return this.#install("path", directory, false, options);
	}

	/**
	 * Installs an .xpi for good, as from a file, and waits until its background page runs.
	 *
	 * @param xpi the file
	 * @param options `privateAllowed` lets it into private windows
	 * @returns the extension's id
	 * @throws with Firefox's reason when it refuses the extension
	 */
	async installForGood(xpi: string, options: { privateAllowed?: boolean } = {}): Promise<string> {
		return this.#install("archivePath", xpi, true, options);
	}

	async #install(
		type: "path" | "archivePath",
		path: string,
		permanent: boolean,
		options: { privateAllowed?: boolean },
	): Promise<string> {
		const { extension } = await this.#remote.send<{ extension: string }>("webExtension.install", {
			extensionData: { type, path: resolve(path) },
			"moz:permanent": permanent,
			"moz:allowPrivateBrowsing": options.privateAllowed ?? false,
		});
		await this.extensionRunning(extension);
		return extension;
	}

	/**
	 * Puts an .xpi in the profile, over the one that is there; it counts from the next start on.
	 *
	 * @param source .xpi or unpacked extension
	 */
	putExtension(source: string): Promise<void> {
		return putExtension(this.profile, source);
	}

	/**
	 * Changes what `browser.storage.managed` gives; it counts from the next start on.
	 *
	 * @param data the new data; `null` for none
	 */
	setManaged(data: Record<string, unknown> | null): Promise<void> {
		return setManaged(this.profile, data);
	}

	/**
	 * The process that the extension runs in, for tests that kill it.
	 *
	 * @returns its id
	 */
	extensionPid(): Promise<number> {
		return this.chrome(
			(window: ChromeWindow, id) =>
				window.WebExtensionPolicy.getByID(id).extension.backgroundContext.xulBrowser.frameLoader.remoteTab
					.osPid as number,
			EXTENSION_ID,
		);
	}

	/**
	 * Waits until the extension's background page has run its first scripts.
	 *
	 * @param id the extension
	 * @param ms how long
	 * @throws Error with the extension's state when the time is up
	 */
	async extensionRunning(id = EXTENSION_ID, ms = 30_000): Promise<void> {
		let last: unknown;
		await this.#remote.until(
			async () => {
				last = await this.chrome((window: ChromeWindow, wanted) => {
					const extension = window.WebExtensionPolicy.getByID(wanted)?.extension;
					return extension?.backgroundState ?? null;
				}, id);
				return last === "running" || undefined;
			},
			ms,
			() => `the background of ${id} does not run: ${last}`,
		);
	}

	/** Lets the extension into private windows. It is started anew: without that, Firefox forgets the permission when it ends. */
	async allowInPrivate(): Promise<void> {
		await this.chrome(async (window: ChromeWindow, id) => {
			const { ExtensionPermissions } = window.ChromeUtils.importESModule(
				"resource://gre/modules/ExtensionPermissions.sys.mjs",
			);
			await ExtensionPermissions.add(id, {
				permissions: ["internal:privateBrowsingAllowed"],
				origins: [],
			});
			const addon = await window.AddonManager.getAddonByID(id);
			await addon.reload();
		}, EXTENSION_ID);
		await this.extensionRunning();
	}

	/** Makes sure that the extension is in private windows: what is shown there by its absence would prove nothing. */
	async isInPrivate(): Promise<void> {
		await this.extensionRunning();
		const isAllowed = await this.background(({ extension }) => extension.isAllowedIncognitoAccess());
		if (!isAllowed) throw new Error("the extension is not allowed in private windows");
	}

	/**
	 * The address of one of the extension's pages.
	 *
	 * @param path path in the extension, with or without a slash in front
	 * @returns absolute address
	 */
	extensionUrl(path = ""): string {
		return `moz-extension://${EXTENSION_UUID}/${path.replace(/^\//, "")}`;
	}

	/**
	 * Opens one of the extension's pages in a tab and waits until it has loaded.
	 *
	 * @param path path in the extension
	 * @returns the tab
	 */
	async openExtensionPage(path: string): Promise<Tab> {
		const tab = await this.open(this.extensionUrl(path));
		await tab.waitForUrl(this.extensionUrl(path));
		return tab;
	}

	/**
	 * Runs a function in the extension's background page.
	 *
	 * @param fn is given `browser` and then `args`; uses nothing from outside itself; may be async
	 * @param args go through JSON
	 * @returns what it gave back, out of JSON
	 * @throws RemoteError when it throws
	 */
	async background<Args extends unknown[], Result>(
		fn: (browser: WebExtension, ...args: Args) => Result | Promise<Result>,
		...args: Args
	): Promise<Result> {
		const view = await this.#hidden(
			`background ${EXTENSION_ID}`,
			"WebExtensionPolicy.getByID(id)?.extension?.backgroundContext?.xulBrowser?.browsingContext",
		);
		return this.#remote.call(view.id, remoteBody(fn, "globalThis.browser"), args);
	}

	/**
	 * Clicks the extension's toolbar button and waits until its popup is there.
	 *
	 * @returns the popup
	 */
	async openPopup(): Promise<View> {
		await this.chrome(async (window: ChromeWindow, id) => {
			const { ExtensionParent } = window.ChromeUtils.importESModule("resource://gre/modules/ExtensionParent.sys.mjs");
			const action = ExtensionParent.apiManager.global.browserActionFor(
				window.WebExtensionPolicy.getByID(id).extension,
			);
			await action.openPopup(window, true);
		}, EXTENSION_ID);
		return await this.popup();
	}

	/**
	 * Waits for the extension's popup, however it was opened.
	 *
	 * @returns the popup
	 */
	async popup(): Promise<View> {
		const popup = await this.#hidden(
			`popup ${EXTENSION_ID}`,
			`[...(WebExtensionPolicy.getByID(id)?.extension?.views ?? [])]
				.find((view) => view.viewType === "popup")?.xulBrowser?.browsingContext`,
		);
		await popup.waitFor((state) => state.complete, "the popup");
		return popup;
	}

	// BiDi knows tabs and browser windows only. Its own look-up is taught a few ids more.
	async #hidden(id: string, expression: string): Promise<View> {
		await this.#remote.until(
			async () =>
				(await this.chrome(
					(window: ChromeWindow, name, extension, source) => {
						const { NavigableManager } = window.ChromeUtils.importESModule(
							"chrome://remote/content/shared/NavigableManager.sys.mjs",
						);
						if (!NavigableManager.countersignHidden) {
							const lookUp = NavigableManager.getBrowsingContextById.bind(NavigableManager);
							const hidden = new Map<string, () => unknown>();
							NavigableManager.countersignHidden = hidden;
							NavigableManager.getBrowsingContextById = (wanted: string) =>
								hidden.has(wanted) ? (hidden.get(wanted)?.() ?? null) : lookUp(wanted);
						}
						const find = new window.Function("id", `return ${source}`);
						NavigableManager.countersignHidden.set(name, () => find(extension));
						return Boolean(find(extension));
					},
					id,
					EXTENSION_ID,
					expression,
				)) || undefined,
			20_000,
			() => `${id} is not there`,
		);
		return new View(this.#remote, id);
	}

	// ── Firefox's own inside ──────────────────────────────────────────────────────────────────────

	/**
	 * Runs a function with all of Firefox's rights in the first browser window.
	 *
	 * @param fn is given the window's global and then `args`; uses nothing from outside itself
	 * @param args go through JSON
	 * @returns what it gave back, out of JSON
	 * @throws RemoteError when it throws
	 */
	chrome<Args extends unknown[], Result>(
		fn: (window: ChromeWindow, ...args: Args) => Result | Promise<Result>,
		...args: Args
	): Promise<Result> {
		return this.#remote.chrome(fn, args);
	}

	/**
	 * The cookies Firefox keeps for a host and the names under it, in all containers.
	 *
	 * @param host host name
	 * @returns the cookies
	 */
	cookies(host: string): Promise<StoredCookie[]> {
		return this.chrome(
			(window: ChromeWindow, wanted) =>
				(window.Services.cookies.cookies as StoredCookie[])
					.filter((cookie) => `.${cookie.host}`.endsWith(`.${wanted}`))
					.map(({ host, name, value }) => ({ host, name, value })),
			host,
		);
	}

	/**
	 * Every address in the browsing history (not in bookmarks alone), oldest first.
	 *
	 * @returns absolute addresses
	 */
	history(): Promise<string[]> {
		return this.chrome(async (window: ChromeWindow) => {
			const database = await window.PlacesUtils.promiseDBConnection();
			const rows = await database.execute(
				"SELECT url FROM moz_places WHERE last_visit_date IS NOT NULL ORDER BY last_visit_date",
			);
			return rows.map((row: ChromeWindow) => row.getResultByName("url") as string);
		});
	}

	/**
	 * What Back and Forward of a tab would go through.
	 *
	 * @param tab the tab
	 * @returns addresses, oldest first, and the place of the present one
	 */
	entries(tab: Tab): Promise<{ urls: string[]; index: number }> {
		return this.chrome((window: ChromeWindow, id) => {
			const { NavigableManager } = window.ChromeUtils.importESModule(
				"chrome://remote/content/shared/NavigableManager.sys.mjs",
			);
			const history = NavigableManager.getBrowsingContextById(id).sessionHistory;
			const urls: string[] = [];
			for (let index = 0; index < (history?.count ?? 0); index++) urls.push(history.getEntryAtIndex(index).URI.spec);
			return { urls, index: history?.index ?? -1 };
		}, tab.id);
	}

	/**
	 * What the toolbar button says for the tab in front.
	 *
	 * @returns badge text, tooltip, and address of the icon
	 */
	badge(): Promise<{ text: string; title: string }> {
		return this.background(async (browser) => {
			const [tab] = await browser.tabs.query({
				active: true,
				lastFocusedWindow: true,
			});
			const of = tab?.id === undefined ? {} : { tabId: tab.id };
			return {
				text: await browser.browserAction.getBadgeText(of),
				title: await browser.browserAction.getTitle(of),
			};
		});
	}

	/**
	 * The error that an error page shows.
	 *
	 * @param tab the tab
	 * @returns `null` for an ordinary page; for a certificate error its code, such as
	 *   `SEC_ERROR_UNKNOWN_ISSUER`; for another its short name, such as `connectionFailure`
	 */
	async errorPage(tab: Tab): Promise<string | null> {
		const { documentUri } = await tab.state();
		if (!/^about:(neterror|certerror|httpsonlyerror)/.test(documentUri)) return null;
		return tab.evaluate(() => {
			const { getFailedCertSecurityInfo } = document as Document & {
				getFailedCertSecurityInfo?: () => { errorCodeString: string };
			};
			try {
				const info = getFailedCertSecurityInfo?.call(document);
				if (info?.errorCodeString) return info.errorCodeString;
			} catch {
				// Not a certificate's error.
			}
			return new URL(document.documentURI).searchParams.get("e") ?? "unknown";
		});
	}
}

interface Running {
	process: ChildProcess;
	browser: Browser;
	remote: Remote;
}

// Without a PKCS#11 module to hold them, roots are called built in by the code that tells extensions.
function poseAsBuiltIn(remote: Remote, fingerprints: string[]): Promise<void> {
	return remote.chrome(
		(window: ChromeWindow, known) => {
			const { SecurityInfo } = window.ChromeUtils.importESModule("resource://gre/modules/SecurityInfo.sys.mjs");
			const original = SecurityInfo.getCertificateChain;
			SecurityInfo.getCertificateChain = function (
				chain: { sha256Fingerprint: string }[],
				isBuiltIn: boolean,
				options: unknown,
			) {
				const root = chain.at(-1)?.sha256Fingerprint ?? "";
				return original.call(this, chain, isBuiltIn || known.includes(root), options);
			};
		},
		[fingerprints],
	);
}

async function launch(profile: Profile, options: FirefoxOptions): Promise<Running> {
	const headed = options.headed ?? Boolean(process.env.COUNTERSIGN_HEADED);
	const { width, height } = options.window ?? { width: 1280, height: 900 };
	const args = [
		"--no-remote",
		...["--profile", profile.directory],
		...["--remote-debugging-port", "0"],
		"--remote-allow-system-access",
		...(headed ? [] : ["--headless"]),
		...["--width", String(width), "--height", String(height)],
		...(options.urls ?? []),
	];
	const child = spawn(options.program ?? process.env.COUNTERSIGN_FIREFOX ?? "firefox-esr", args, {
		stdio: ["ignore", "pipe", "pipe"],
		env: {
			...process.env,
			// Native manifests, caches and desktop settings of the real user stay out of it.
			HOME: profile.home,
			XDG_CONFIG_HOME: `${profile.home}/.config`,
			XDG_CACHE_HOME: `${profile.home}/.cache`,
			XDG_DATA_HOME: `${profile.home}/.local/share`,
			MOZ_CRASHREPORTER_DISABLE: "1",
			MOZ_HEADLESS_WIDTH: String(width),
			MOZ_HEADLESS_HEIGHT: String(height),
			// Without this, releases do not look at services.settings.server.
			MOZ_REMOTE_SETTINGS_DEVTOOLS: "1",
			...options.environment,
		},
	});
	// A test run that is broken off must not leave its browsers behind.
	const endWithUs = () => child.kill("SIGKILL");
	process.once("exit", endWithUs);
	child.once("exit", () => process.off("exit", endWithUs));
	try {
		const endpoint = await findEndpoint(child);
		const browser = await puppeteer.connect({
			browserWSEndpoint: `${endpoint}/session`,
			protocol: "webDriverBiDi",
			acceptInsecureCerts: options.acceptInsecureCerts ?? false,
			defaultViewport: null,
		});
		const remote = new Remote(browser);
		if (profile.posing.length > 0) await poseAsBuiltIn(remote, profile.posing);
		return { process: child, browser, remote };
	} catch (error) {
		child.kill("SIGKILL");
		throw error;
	}
}

function findEndpoint(child: ChildProcess): Promise<string> {
	return new Promise((done, fail) => {
		let said = "";
		const give = (error: Error) => {
			clearTimeout(timer);
			fail(error);
		};
		const timer = setTimeout(() => give(new Error(`Firefox did not start:\n${said}`)), START_PATIENCE);
		child.once("error", (error) => give(new Error(`Firefox cannot be started: ${error.message}`)));
		child.once("exit", (code, signal) => give(new Error(`Firefox ended (${code ?? signal}):\n${said}`)));
		child.stdout?.resume();
		child.stderr?.setEncoding("utf8");
		child.stderr?.on("data", (text: string) => {
			if (said.length < 10_000) said += text;
			const found = /WebDriver BiDi listening on (ws:\/\/\S+)/.exec(said);
			if (!found?.[1]) return;
			clearTimeout(timer);
			done(found[1]);
		});
	});
}

async function hasEnded(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	await once(child, "exit");
}
