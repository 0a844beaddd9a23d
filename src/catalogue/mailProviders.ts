/** Where the mail apps of well-known providers connect, as each provider's own help says; `source` is its address. */
import type { MailTarget } from "../core/mail.ts";
import providers from "./mail-providers.json" with { type: "json" };

export interface MailProvider {
	/** What the command line takes it by: lower-case letters and digits. */
	readonly id: string;
	/** As it calls itself. */
	readonly name: string;
	readonly servers: readonly MailTarget[];
	/** The provider's own page about it. */
	readonly source: string;
	/** The day on which that was looked up, as YYYY-MM-DD. */
	readonly date: string;
}

/** TypeScript widens the strings of a JSON file; a test brings the servers through the door of the list. */
export const mailProviders = providers as unknown as readonly MailProvider[];
