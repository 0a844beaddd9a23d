/** The extension under test, as its own pages talk to it. */
import { join } from "node:path";
import type { Background } from "../../src/protocol.ts";
import type { Firefox, Tab } from "./harness/index.ts";

/** Ids of the rules of a fresh install, in their order. */
export const FIRST_RULES = [
	"cnnic",
	"kazakhstan",
	"interception-mcs-holdings",
	"interception-superfish",
	"clicked-through",
];

/** The test build: the release build with its fault points compiled in. COUNTERSIGN_BUILD names another. */
export const TEST_BUILD = process.env.COUNTERSIGN_BUILD ?? join(import.meta.dirname, "../../dist-test");

const BLOCK_PAGE = "src/blocked/index.html";

/** Whether an address is the block page's. */
export const isBlockPage = (url: string): boolean => url.includes(BLOCK_PAGE);

/**
 * A page of the extension through which a test asks the background what pages ask. One per Firefox.
 */
export class Countersign {
	readonly #firefox: Firefox;
	readonly #page: Tab;

	private constructor(firefox: Firefox, page: Tab) {
		this.#firefox = firefox;
		this.#page = page;
	}

	static async open(firefox: Firefox): Promise<Countersign> {
		return new Countersign(firefox, await firefox.openExtensionPage("src/welcome/index.html"));
	}

	/** Calls one function of `src/protocol.ts`. */
	async ask<Method extends keyof Background>(
		method: Method,
		...args: Parameters<Background[Method]>
	): Promise<Awaited<ReturnType<Background[Method]>>> {
		const text = await this.#page.evaluate(
			(message: string) =>
				// biome-ignore lint/suspicious/noExplicitAny: the extension's own global
				(globalThis as any).browser.runtime
					.sendMessage(JSON.parse(message))
					.then((answer: unknown) => JSON.stringify(answer ?? null)),
			JSON.stringify({ to: "background", method, args }),
		);
		return JSON.parse(await text);
	}

	/**
	 * Puts a policy document in force in place of the person's rules, and waits until open tabs have been told: a tab that a
	 * test moves while Firefox still hears of the change would be taken back. Throws when it is refused.
	 */
	async use(document: string): Promise<void> {
		const changed = await this.ask("importPolicy", { text: document, how: "replace", settings: true });
		if (!changed.ok) throw new Error(changed.error);
		await this.followed();
	}

	/** Waits until open tabs have been told what the last change of rules makes of them. */
	async followed(): Promise<void> {
		await this.#firefox.background(async () => {
			await (globalThis as unknown as { following: () => Promise<unknown> }).following();
		});
	}
}
