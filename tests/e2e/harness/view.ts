/** A document of Firefox: a tab, the popup's panel, or the background page. */

import { writeFile } from "node:fs/promises";
import { type ChromeWindow, type Remote, remoteBody } from "./remote.ts";

const PATIENCE = 20_000;

/** Where a document stands. */
export interface ViewState {
	/** Address in the location bar; for an error page, the address that failed. */
	url: string;
	/** What is really shown: `about:neterror?…` or `about:certerror?…` for error pages. */
	documentUri: string;
	title: string;
	/** Visible text. */
	text: string;
	complete: boolean;
	/** An id that no other document has: it changes with every load. */
	document: string;
}

const READ_STATE = remoteBody(
	() => ({
		url: location.href,
		documentUri: document.documentURI,
		title: document.title,
		// Not textContent: hidden text is not what a person sees.
		text: document.body?.innerText ?? "",
		// Firefox's error pages stay "interactive".
		complete:
			document.readyState === "complete" ||
			(document.readyState === "interactive" && document.documentURI.startsWith("about:")),
	}),
	null,
);

/** A document that scripts can run in. Survives navigation: it is whatever is there now. */
export class View {
	/** BiDi id of its browsing context. */
	readonly id: string;
	protected readonly remote: Remote;

	/**
	 * Views come from `Firefox`; tests have no reason to call this.
	 *
	 * @param remote connection to the Firefox
	 * @param id BiDi id of the browsing context
	 */
	constructor(remote: Remote, id: string) {
		this.remote = remote;
		this.id = id;
	}

	/**
	 * Runs a function in the document, as the document.
	 *
	 * @param fn uses nothing from outside itself; may be async
	 * @param args what it is called with; goes through JSON
	 * @returns what it gave back, out of JSON
	 * @throws RemoteError when it throws
	 */
	evaluate<Args extends unknown[], Result>(fn: (...args: Args) => Result, ...args: Args): Promise<Result> {
		return this.remote.call(this.id, remoteBody(fn, null), args);
	}

	/**
	 * What is there now. Asked of the document itself, so never stale.
	 *
	 * @returns the state
	 */
	async state(): Promise<ViewState> {
		const { result, document } = await this.remote.callIn<Omit<ViewState, "document">>(this.id, READ_STATE, []);
		return { ...result, document };
	}

	/**
	 * Waits for a state.
	 *
	 * @param predicate when to stop waiting
	 * @param what what is waited for, in words, for the error
	 * @param ms how long
	 * @returns the state that fits
	 * @throws Error with the last state when the time is up
	 */
	waitFor(predicate: (state: ViewState) => boolean, what: string, ms = PATIENCE): Promise<ViewState> {
		let last: ViewState | undefined;
		return this.remote.until(
			async () => {
				last = await this.state();
				return predicate(last) ? last : undefined;
			},
			ms,
			() => `${what} did not come; last seen: ${JSON.stringify(last)}`,
		);
	}

	/**
	 * Waits until the document at an address has loaded.
	 *
	 * @param predicate the address, its beginning followed by `*`, or a test of it
	 * @param ms how long
	 * @returns the state then
	 * @throws Error with the last state when the time is up
	 */
	waitForUrl(predicate: string | ((url: string) => boolean), ms = PATIENCE): Promise<ViewState> {
		const fits =
			typeof predicate === "function"
				? predicate
				: predicate.endsWith("*")
					? (url: string) => url.startsWith(predicate.slice(0, -1))
					: (url: string) => url === predicate;
		return this.waitFor((state) => state.complete && fits(state.url), `address ${predicate}`, ms);
	}

	/**
	 * Waits for text that a person would see.
	 *
	 * @param wanted part of the text, or a pattern
	 * @param ms how long
	 * @returns the state then
	 * @throws Error with the last state when the time is up
	 */
	waitForText(wanted: string | RegExp, ms = PATIENCE): Promise<ViewState> {
		return this.waitFor(
			(state) => (typeof wanted === "string" ? state.text.includes(wanted) : wanted.test(state.text)),
			`text ${wanted}`,
			ms,
		);
	}

	/**
	 * Waits until something matches a selector.
	 *
	 * @param selector CSS
	 * @param ms how long
	 * @throws Error with the last state when the time is up
	 */
	async waitForSelector(selector: string, ms = PATIENCE): Promise<void> {
		await this.remote.until(
			async () => (await this.evaluate((wanted) => document.querySelector(wanted) !== null, selector)) || undefined,
			ms,
			async () => `${selector} did not come; last seen: ${JSON.stringify(await this.state())}`,
		);
	}

	/**
	 * Clicks an element as soon as it is there, through its own `click()`, with user activation.
	 *
	 * @param selector CSS of the element
	 */
	async press(selector: string): Promise<void> {
		await this.waitForSelector(selector);
		await this.evaluate((wanted) => document.querySelector<HTMLElement>(wanted)?.click(), selector);
	}

	/**
	 * Saves what a person sees as a PNG file.
	 *
	 * @param file where to
	 * @param whole the whole document instead of the part in the window
	 */
	async screenshot(file: string, whole = false): Promise<void> {
		const { data } = await this.remote.send<{ data: string }>("browsingContext.captureScreenshot", {
			context: this.id,
			origin: whole ? "document" : "viewport",
		});
		await writeFile(file, Buffer.from(data, "base64"));
	}
}

/** A tab. */
export class Tab extends View {
	/**
	 * Starts loading an address, as a bookmark would, and does not wait for anything.
	 *
	 * @param url absolute address
	 */
	async go(url: string): Promise<void> {
		// BiDi's own command counts as typed with its scheme, which HTTPS-First leaves alone.
		await this.remote.chrome(
			(window: ChromeWindow, id, address) => {
				const { NavigableManager } = window.ChromeUtils.importESModule(
					"chrome://remote/content/shared/NavigableManager.sys.mjs",
				);
				NavigableManager.getBrowsingContextById(id).loadURI(window.Services.io.newURI(address), {
					loadFlags: window.Ci.nsIWebNavigation.LOAD_FLAGS_IS_LINK,
					hasValidUserGestureActivation: true,
					triggeringPrincipal: window.Services.scriptSecurityManager.getSystemPrincipal(),
				});
			},
			[this.id, url],
		);
	}

	/**
	 * Loads an address and waits until it, or its error page, is there.
	 *
	 * @param url absolute address; the one that is shown in the end may have a slash or fragment more
	 * @param ms how long
	 * @returns the state then
	 * @throws Error with the last state when the time is up, as when the extension shows something else
	 */
	async load(url: string, ms = PATIENCE): Promise<ViewState> {
		const before = await this.#document();
		await this.go(url);
		const { href } = new URL(url);
		return this.waitFor(
			(state) => state.complete && state.url === href && state.document !== before,
			`address ${href}`,
			ms,
		);
	}

	// Empty when the document that is there cannot answer.
	async #document(): Promise<string> {
		return this.state().then(
			({ document }) => document,
			() => "",
		);
	}

	/**
	 * Loads the page again and waits until another document is there, whatever it is.
	 *
	 * @param ignoreCache ask every server again
	 * @returns the state then
	 */
	async reload(ignoreCache = false): Promise<ViewState> {
		const before = await this.#document();
		// BiDi's own command cannot go past the cache.
		await this.remote.chrome(
			(window: ChromeWindow, id, afresh) => {
				const { NavigableManager } = window.ChromeUtils.importESModule(
					"chrome://remote/content/shared/NavigableManager.sys.mjs",
				);
				const flags = window.Ci.nsIWebNavigation;
				NavigableManager.getBrowsingContextById(id).sessionHistory.reload(
					afresh ? flags.LOAD_FLAGS_BYPASS_CACHE | flags.LOAD_FLAGS_BYPASS_PROXY : flags.LOAD_FLAGS_NONE,
				);
			},
			[this.id, ignoreCache],
		);
		return this.waitFor((state) => state.complete && state.document !== before, "the page, loaded again");
	}

	/**
	 * Goes back or forward in the tab's history, as the toolbar's buttons do.
	 *
	 * @param delta -1 is back, 1 is forward
	 */
	async traverse(delta: number): Promise<void> {
		await this.remote.send("browsingContext.traverseHistory", {
			context: this.id,
			delta,
		});
	}

	/**
	 * Clicks the middle of an element with the mouse, as soon as it is there.
	 *
	 * @param selector CSS of the element
	 */
	async click(selector: string): Promise<void> {
		await this.waitForSelector(selector);
		// A page that is still being laid out moves what is aimed at.
		const { x, y } = await this.evaluate(async (wanted) => {
			const middle = () => {
				const element = document.querySelector(wanted);
				element?.scrollIntoView({ block: "center", behavior: "instant" });
				const box = element?.getBoundingClientRect();
				return box ? { x: box.x + box.width / 2, y: box.y + box.height / 2 } : { x: 0, y: 0 };
			};
			for (let before = middle(), turns = 0; ; turns++) {
				await new Promise((next) => setTimeout(next, 20));
				const now = middle();
				if ((now.x === before.x && now.y === before.y) || turns > 100) return now;
				before = now;
			}
		}, selector);
		await this.#act("pointer", [
			{ type: "pointerMove", x: Math.round(x), y: Math.round(y) },
			{ type: "pointerDown", button: 0 },
			{ type: "pointerUp", button: 0 },
		]);
	}

	/**
	 * Types with the keyboard into whatever has the focus.
	 *
	 * @param text characters, or WebDriver's codes for other keys (`\uE004` is Tab, `\uE007` Enter)
	 */
	async type(text: string): Promise<void> {
		await this.#act(
			"key",
			[...text].flatMap((value) => [
				{ type: "keyDown", value },
				{ type: "keyUp", value },
			]),
		);
	}

	async #act(type: "pointer" | "key", actions: object[]): Promise<void> {
		await this.remote.send("input.performActions", {
			context: this.id,
			actions: [{ type, id: type, actions }],
		});
	}

	/** Brings the tab, and its window, to the front. */
	async activate(): Promise<void> {
		await this.remote.send("browsingContext.activate", { context: this.id });
	}

	/** Closes the tab. */
	async close(): Promise<void> {
		await this.remote.send("browsingContext.close", { context: this.id });
	}
}
