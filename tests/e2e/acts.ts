/** What a person does with a browser, and what a test may ask of it afterwards. */
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { TabReport } from "../../src/protocol.ts";
import type { Countersign } from "./countersign.ts";
import { type ChromeWindow, EXTENSION_ID, type Firefox, type Tab } from "./harness/index.ts";
import { NO_RULES } from "./world.ts";

/** Types into the address bar of a tab and presses Enter: without a scheme, Firefox adds one. */
export async function typeAddress(firefox: Firefox, tab: Tab, text: string): Promise<void> {
	await tab.activate();
	await firefox.chrome((window: ChromeWindow, typed) => {
		window.gURLBar.focus();
		window.gURLBar.value = typed;
		window.gURLBar.handleCommand();
	}, text);
}

/**
 * Makes Countersign forget which hosts it refused: until then nothing is sent to them, and no test could
 * see a request arrive. Only rules that go do that, so they go and come again.
 */
export async function forgetRefused(countersign: Countersign): Promise<void> {
	const rules = await countersign.ask("exportPolicy");
	await countersign.use(NO_RULES);
	await countersign.use(rules);
}

/** Sets the background's clock to so many milliseconds from what it is. */
export async function setClock(firefox: Firefox, ms: number): Promise<void> {
	await firefox.background((_, offset) => {
		const store = globalThis as unknown as { realNow?: () => number };
		store.realNow ??= Date.now;
		const { realNow } = store;
		Date.now = () => realNow() + offset;
	}, ms);
}

/**
 * Waits until a page has the three answers that a witness's markup asks for. One that still waits for some is not kept
 * in memory, and what comes late is judged by what holds then.
 */
export async function atRest(firefox: Firefox, tab: Tab): Promise<void> {
	await until(firefox, "a page at rest", async () => {
		const ended = await tab.evaluate(() => performance.getEntriesByType("resource").length);
		return ended >= 3 || undefined;
	});
}

/** As when the computer comes to another network. */
export async function changeNetwork(firefox: Firefox): Promise<void> {
	await firefox.background(() => {
		dispatchEvent(new Event("online"));
	});
}

/** The number that extensions know a tab by. */
export function tabIdOf(firefox: Firefox, tab: Tab): Promise<number> {
	return firefox.chrome((window: ChromeWindow, id) => {
		const { NavigableManager } = window.ChromeUtils.importESModule(
			"chrome://remote/content/shared/NavigableManager.sys.mjs",
		);
		const { ExtensionParent } = window.ChromeUtils.importESModule("resource://gre/modules/ExtensionParent.sys.mjs");
		const { embedderElement } = NavigableManager.getBrowsingContextById(id);
		return ExtensionParent.apiManager.global.tabTracker.getBrowserData(embedderElement).tabId as number;
	}, tab.id);
}

/** What the popup would be told of a tab. */
export async function reportOf(firefox: Firefox, countersign: Countersign, tab: Tab): Promise<TabReport> {
	return await countersign.ask("tab", await tabIdOf(firefox, tab));
}

/** Asks until the answer is another than undefined, for at most ten seconds. */
export function until<Answer>(firefox: Firefox, what: string, ask: () => Promise<Answer | undefined>): Promise<Answer> {
	return firefox.remote.until(ask, 10_000, () => `${what} did not come`);
}

/** Waits until the toolbar button of the tab in front has what fits: it is set a moment after a page is there. */
export async function buttonSays(
	firefox: Firefox,
	fits: (button: { text: string; title: string }) => boolean,
): Promise<void> {
	let last: unknown;
	await firefox.remote.until(
		async () => {
			const button = await firefox.badge();
			last = button;
			return fits(button) || undefined;
		},
		10_000,
		() => `the button says ${JSON.stringify(last)}`,
	);
}

/** Waits until a tab's report fits. */
export function reported(
	firefox: Firefox,
	countersign: Countersign,
	tab: Tab,
	what: string,
	fits: (report: TabReport) => boolean,
): Promise<TabReport> {
	let last: TabReport | undefined;
	return firefox.remote.until(
		async () => {
			last = await reportOf(firefox, countersign, tab);
			return fits(last) ? last : undefined;
		},
		10_000,
		() => `${what} did not come; last: ${JSON.stringify(last)}`,
	);
}

/**
 * The addresses that Firefox's history shows. A source of a redirect, such as the http address that
 * HTTPS-First upgraded, is written down but hidden from people.
 */
export function shownHistory(firefox: Firefox): Promise<string[]> {
	return firefox.chrome(async (window: ChromeWindow) => {
		const database = await window.PlacesUtils.promiseDBConnection();
		const rows = await database.execute(
			"SELECT url FROM moz_places WHERE last_visit_date IS NOT NULL AND hidden = 0 ORDER BY last_visit_date",
		);
		return rows.map((row: ChromeWindow) => row.getResultByName("url") as string);
	});
}

/** Origins for which Firefox has given up on https, for seven days or longer. */
export function plainExceptions(firefox: Firefox): Promise<string[]> {
	return firefox.chrome((window: ChromeWindow) =>
		window.Services.perms.all
			.filter(({ type }: { type: string }) => type === "https-only-load-insecure")
			.map(({ principal }: ChromeWindow) => principal.origin as string),
	);
}

/** Sets a preference of the running Firefox; null takes it back. */
export function setPreference(firefox: Firefox, name: string, value: string | number | boolean | null): Promise<void> {
	return firefox.chrome(
		(window: ChromeWindow, key, to) => {
			const { prefs } = window.Services;
			if (to === null) prefs.clearUserPref(key);
			else if (typeof to === "string") prefs.setStringPref(key, to);
			else if (typeof to === "number") prefs.setIntPref(key, to);
			else prefs.setBoolPref(key, to);
		},
		name,
		value,
	);
}

/** What Firefox answers when it is asked who vouched for a response. */
export type Answers =
	| "as it does"
	/** Waits for {@link letAnswersGo}. */
	| "later"
	| "never"
	| "with an error"
	/** Not a rejection: the function itself throws. */
	| "by throwing"
	| { readonly value: unknown }
	| "with undefined";

interface AskGlobal {
	ask?: unknown;
	letGo?: () => void;
}

/** Makes Firefox answer the extension in another way, until it is told to answer "as it does". */
export async function answerSecurityInfo(firefox: Firefox, answers: Answers): Promise<void> {
	await firefox.background(({ webRequest }, how) => {
		const global = globalThis as unknown as AskGlobal;
		const api = webRequest as unknown as { getSecurityInfo: (...args: unknown[]) => unknown };
		global.ask ??= api.getSecurityInfo;
		const ask = global.ask as typeof api.getSecurityInfo;
		if (how === "as it does") api.getSecurityInfo = ask;
		else if (how === "never") api.getSecurityInfo = () => new Promise(() => undefined);
		else if (how === "with undefined") api.getSecurityInfo = () => Promise.resolve(undefined);
		else if (how === "with an error") api.getSecurityInfo = () => Promise.reject(new Error("no channel"));
		else if (how === "later") {
			const { promise, resolve } = Promise.withResolvers<void>();
			global.letGo = resolve;
			api.getSecurityInfo = (...args) => promise.then(() => ask.apply(webRequest, args));
		} else if (how === "by throwing") {
			api.getSecurityInfo = () => {
				throw new Error("no such function");
			};
		} else api.getSecurityInfo = () => Promise.resolve(how.value);
	}, answers);
}

/** Gives the answers that were held, and answers as it does from now on. */
export async function letAnswersGo(firefox: Firefox): Promise<void> {
	await answerSecurityInfo(firefox, "as it does");
	await firefox.background(() => (globalThis as unknown as AskGlobal).letGo?.());
}

/** Notes from now on how requests end. */
export async function noteEnds(firefox: Firefox): Promise<void> {
	await firefox.background(({ webRequest }) => {
		const ends: string[] = [];
		Object.assign(globalThis, { ends });
		const all = { urls: ["<all_urls>", "wss://*/*"] };
		webRequest.onErrorOccurred.addListener(({ url, error }) => void ends.push(`${error} ${url}`), all);
		webRequest.onCompleted.addListener(({ url }) => void ends.push(`completed ${url}`), all);
	});
}

/** Forgets how requests ended so far. */
export async function forgetEnds(firefox: Firefox): Promise<void> {
	await firefox.background(() => {
		(globalThis as unknown as { ends: string[] }).ends.length = 0;
	});
}

/** How the request of an address ended: "completed", or Firefox's name of the error. */
export function endOf(firefox: Firefox, url: string): Promise<string> {
	return until(firefox, `the end of ${url}`, async () => {
		const ends = await firefox.background(() => (globalThis as unknown as { ends: string[] }).ends);
		return ends.find((end) => end.endsWith(` ${url}`))?.split(" ")[0];
	});
}

/** Notes from now on of which domains the background hears that they have cookies. */
export async function noteCookies(firefox: Firefox): Promise<void> {
	await firefox.background(({ cookies }) => {
		const domains: string[] = [];
		Object.assign(globalThis, { domains });
		cookies.onChanged.addListener(({ removed, cookie }) => void (removed || domains.push(cookie.domain)));
	});
}

/**
 * Waits until the background has heard that a domain has cookies, and Firefox has taken in what it asked for then: that
 * takes some milliseconds, in which parts are not asked about (docs/limits.md).
 */
export async function cookiesKnown(firefox: Firefox, domain: string): Promise<void> {
	await until(firefox, `the cookies of ${domain} to be known`, async () => {
		return await firefox.background(async ({ runtime }, name) => {
			await runtime.getPlatformInfo();
			return (globalThis as unknown as { domains: string[] }).domains.includes(name) || undefined;
		}, domain);
	});
}

/** Closes the windows that are private and waits until the extension must have been told. */
export async function closePrivateWindows(firefox: Firefox): Promise<void> {
	await firefox.chrome(async (window: ChromeWindow) => {
		const { PrivateBrowsingUtils, Services } = window;
		for (const one of [...Services.wm.getEnumerator("navigator:browser")]) {
			if (!PrivateBrowsingUtils.isWindowPrivate(one)) continue;
			const closed = new Promise((done) => one.addEventListener("unload", done, { once: true }));
			one.close();
			await closed;
		}
	});
}

/** When, as Firefox ends the ordinary way, what ended: in milliseconds since 1970. */
export interface QuitTimes {
	/** The extension: it hears of no request from now on. */
	readonly extension: number;
	/** Connections to the network: nothing leaves from now on. */
	readonly network: number;
}

/**
 * Has Firefox write down, as it ends, when the extension ended and when the network did.
 *
 * @returns reads what was written, once Firefox has ended; null where it did not come to an ordinary end
 */
export async function noteQuit(firefox: Firefox): Promise<() => Promise<QuitTimes | null>> {
	const path = join(firefox.profile.base, "quit.txt");
	await rm(path, { force: true });
	await firefox.chrome(
		(window: ChromeWindow, id, to) => {
			const { classes, interfaces } = window.Components;
			const note = (what: string) => {
				const file = classes["@mozilla.org/file/local;1"].createInstance(interfaces.nsIFile);
				file.initWithPath(to);
				const stream = classes["@mozilla.org/network/file-output-stream;1"].createInstance(
					interfaces.nsIFileOutputStream,
				);
				// Written at once, at the file's end: promises of a Firefox that ends may never be kept.
				const [WRITE, CREATE, APPEND] = [0x02, 0x08, 0x10];
				stream.init(file, WRITE | CREATE | APPEND, 0o600, 0);
				const line = `${what} ${Date.now()}\n`;
				stream.write(line, line.length);
				stream.close();
			};
			const { extension } = window.WebExtensionPolicy.getByID(id);
			const shutdown = extension.shutdown.bind(extension);
			extension.shutdown = (reason: string) => {
				note("extension");
				return shutdown(reason);
			};
			window.Services.obs.addObserver({ observe: () => note("network") }, "profile-change-net-teardown");
		},
		EXTENSION_ID,
		path,
	);
	return async () => {
		const text = await readFile(path, "utf8").catch(() => "");
		const times = Object.fromEntries([...text.matchAll(/^(\w+) (\d+)$/gm)].map(([, what, at]) => [what, Number(at)]));
		const { extension, network } = times;
		return extension === undefined || network === undefined ? null : { extension, network };
	};
}
