/** The WebDriver BiDi connection, with what puppeteer leaves out of its own interface. */

import type { Browser } from "puppeteer-core";

interface Connection {
	send(method: string, params: object, timeout?: number): Promise<{ result: unknown }>;
	on(event: string, listener: (params: unknown) => void): unknown;
	off(event: string, listener: (params: unknown) => void): unknown;
	readonly closed: boolean;
}

type RemoteValue = { type: "string"; value: string } | { type: "undefined" | "null" };

interface ScriptResult {
	type: "success" | "exception";
	realm: string;
	result: RemoteValue;
	exceptionDetails?: { text: string; stackTrace?: unknown };
}

const MOVES = [
	"browsingContext.contextCreated",
	"browsingContext.contextDestroyed",
	"browsingContext.navigationStarted",
	"browsingContext.navigationCommitted",
	"browsingContext.navigationFailed",
	"browsingContext.navigationAborted",
	"browsingContext.fragmentNavigated",
	"browsingContext.historyUpdated",
	"browsingContext.domContentLoaded",
	"browsingContext.load",
	"script.realmCreated",
] as const;

/** The browser window's global, for {@link Remote.chrome}: `Services`, `gBrowser` and all the rest. */
// biome-ignore lint/suspicious/noExplicitAny: Firefox's own inside has no types here.
export type ChromeWindow = any;

/** A script in a Firefox that ran and threw. */
export class RemoteError extends Error {
	override readonly name = "RemoteError";
}

/** Sends BiDi commands and tells when any tab has moved. */
export class Remote {
	readonly #connection: Connection;
	readonly #watchers = new Set<() => void>();

	/**
	 * Takes the connection of a puppeteer browser.
	 *
	 * @param browser connected through WebDriver BiDi
	 */
	constructor(browser: Browser) {
		this.#connection = (browser as unknown as { connection: Connection }).connection;
		const wake = () => {
			for (const watcher of [...this.#watchers]) watcher();
		};
		for (const event of MOVES) this.#connection.on(event, wake);
	}

	/**
	 * Sends one command.
	 *
	 * @param method BiDi method
	 * @param params its parameters
	 * @returns its result
	 * @throws with Firefox's message when the command fails or the browser is gone
	 */
	async send<Result>(method: string, params: object): Promise<Result> {
		const { result } = await this.#connection.send(method, params);
		return result as Result;
	}

	/**
	 * Calls a function in a document of Firefox.
	 *
	 * @param context BiDi id of the browsing context
	 * @param body source of an async function of one string (JSON) that gives back JSON or nothing
	 * @param input what it is called with; goes through JSON
	 * @returns what it gave back, out of JSON
	 * @throws RemoteError when the function throws
	 */
	async call<Result>(context: string, body: string, input: unknown): Promise<Result> {
		return (await this.callIn<Result>(context, body, input)).result;
	}

	/**
	 * Same as {@link call}, and tells in which document it was.
	 *
	 * @param context BiDi id of the browsing context
	 * @param body as for {@link call}
	 * @param input as for {@link call}
	 * @returns what it gave back, and an id that no other document has
	 * @throws RemoteError when the function throws
	 */
	async callIn<Result>(context: string, body: string, input: unknown): Promise<{ result: Result; document: string }> {
		const answer = await this.send<ScriptResult>("script.callFunction", {
			functionDeclaration: body,
			awaitPromise: true,
			target: { context },
			arguments: [{ type: "string", value: JSON.stringify(input) }],
			userActivation: true,
		});
		if (answer.type === "exception") throw new RemoteError(answer.exceptionDetails?.text ?? "unknown error");
		return {
			result: (answer.result.type === "string" ? JSON.parse(answer.result.value) : undefined) as Result,
			document: answer.realm,
		};
	}

	/**
	 * Calls a function with all of Firefox's rights in the first browser window.
	 *
	 * @param fn is given the window's global and then `args`; uses nothing from outside itself
	 * @param args go through JSON
	 * @returns what it gave back, out of JSON
	 * @throws RemoteError when it throws; Error when there is no window
	 */
	async chrome<Args extends unknown[], Result>(
		fn: (window: ChromeWindow, ...args: Args) => Result | Promise<Result>,
		args: Args,
	): Promise<Result> {
		const { contexts } = await this.send<{ contexts: { context: string; url: string }[] }>("browsingContext.getTree", {
			"moz:scope": "chrome",
			maxDepth: 0,
		});
		const window = contexts.find(({ url }) => url.endsWith("browser.xhtml"));
		if (!window) throw new Error("Firefox has no browser window");
		return this.call(window.context, remoteBody(fn, "globalThis"), args);
	}

	/**
	 * Asks again and again until there is an answer: each time a tab of Firefox moves, and at least
	 * twenty times a second.
	 *
	 * @param ask gives `undefined` for "not yet"; a throw counts as that as well
	 * @param ms how long to go on
	 * @param explain what to say of the last state when the time is up
	 * @returns the first answer
	 * @throws Error with the explanation when the time is up
	 */
	async until<Answer>(
		ask: () => Promise<Answer | undefined>,
		ms: number,
		explain: () => Promise<string> | string,
	): Promise<Answer> {
		const end = Date.now() + ms;
		let lastError: unknown;
		for (;;) {
			try {
				const answer = await ask();
				if (answer !== undefined) return answer;
				lastError = undefined;
			} catch (error) {
				// A document on its way out answers with an error; the next one will answer properly.
				lastError = error;
			}
			if (this.#connection.closed) throw new Error("Firefox is gone");
			if (Date.now() > end)
				throw new Error(`${await explain()} (waited ${ms} ms)${lastError ? `; last error: ${lastError}` : ""}`);
			await this.#move(50);
		}
	}

	#move(ms: number): Promise<void> {
		return new Promise((resolve) => {
			const done = () => {
				clearTimeout(timer);
				this.#watchers.delete(done);
				resolve();
			};
			const timer = setTimeout(done, ms);
			this.#watchers.add(done);
		});
	}
}

/**
 * Source of a function for {@link Remote.call}: it calls `fn` with `first` and the given arguments.
 *
 * @param fn a function that uses nothing from outside itself
 * @param first source of an expression for its first argument, or `null` for none
 * @returns the source
 */
export function remoteBody(
	// biome-ignore lint/complexity/noBannedTypes: only its text is used.
	fn: Function,
	first: string | null,
): string {
	// esbuild marks functions with a helper of this name, which Firefox does not have.
	return `async (json) => {
		const __name = (target) => target;
		const fn = ${fn.toString()};
		const args = JSON.parse(json);
		const result = await fn(${first === null ? "" : `${first}, `}...args);
		return JSON.stringify(result);
	}`;
}
