/** The way to what is done about mail servers, which is loaded only where somebody wants it. */
import type { Mail, MailBase } from "./mail/mail.ts";

export interface MailGateDeps extends MailBase {
	/** Loads src/background/mail/index.ts. */
	readonly loadMail: () => Promise<{ readonly createMail: (base: MailBase) => Mail }>;
}

export class MailGate {
	readonly #deps: MailGateDeps;
	#mail: Promise<Mail> | null = null;

	constructor(deps: MailGateDeps) {
		this.#deps = deps;
	}

	/** Loads it. Rejects where that fails; the next call tries again. */
	get(): Promise<Mail> {
		this.#mail ??= this.#deps.loadMail().then(
			({ createMail }) => createMail(this.#deps),
			(error: unknown) => {
				this.#mail = null;
				throw error;
			},
		);
		return this.#mail;
	}

	/** Loads it where it was switched on. Never rejects. */
	async start(): Promise<void> {
		try {
			const { mail } = await this.#deps.readStorage(["mail"]);
			if (mail !== undefined) await this.get();
		} catch {
			// Whoever looks at the list is told: it cannot be loaded then either.
		}
	}
}
