import { type ReadonlySignal, signal } from "@preact/signals";
import type { Background, MailServerView } from "../protocol.ts";

export interface MailPageDeps {
	readonly background: Pick<Background, "mail" | "askMail" | "chainOf">;
	/** Id of the server, as the page's address gives it. */
	readonly id: string;
}

export interface MailPage {
	/** Undefined while it is asked for; null when it is on the list no more, or nobody can tell. */
	readonly server: ReadonlySignal<MailServerView | null | undefined>;
	readonly asking: ReadonlySignal<boolean>;
	/** The certificates of what it showed. */
	chainBytes(): ReturnType<Background["chainOf"]>;
	/** Reads it anew. Never rejects. */
	load(): Promise<void>;
	/** Has the servers asked once more. Never rejects. */
	again(): Promise<void>;
}

/** The state of one page about a mail server. */
export function createMailPage({ background, id }: MailPageDeps): MailPage {
	const server = signal<MailServerView | null | undefined>(undefined);
	const asking = signal(false);
	let loads = 0;

	async function load(): Promise<void> {
		loads += 1;
		const question = loads;
		const view = await background.mail().catch(() => null);
		// A slow answer must not put an older state back on the screen.
		if (question === loads) server.value = view?.servers.find((one) => one.id === id) ?? null;
	}

	return {
		server,
		asking,
		chainBytes: () => background.chainOf({ mail: id }),
		load,
		async again() {
			if (asking.value) return;
			asking.value = true;
			try {
				await background.askMail();
			} catch {
				// What is shown stays; when it was asked last is said with it.
			}
			await load();
			asking.value = false;
		},
	};
}
