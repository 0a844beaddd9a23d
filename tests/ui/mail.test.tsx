/** The page behind a notification about a mail server, and what is said of one. */
import "./setup.ts";
import { fleschKincaid } from "flesch-kincaid";
import { render } from "preact";
import { syllable } from "syllable";
import { afterEach, describe, expect, it } from "vitest";
import { App } from "../../src/mail/App.tsx";
import { createMailPage, type MailPage } from "../../src/mail/store.ts";
import type { MailView } from "../../src/protocol.ts";
import { mailServers, mailView } from "../gallery/samples.ts";
import { settle } from "./helpers.ts";
import { messages } from "./setup.ts";

afterEach(() => render(null, document.body));

const clean = (text: string | null | undefined): string =>
	(text ?? "")
		.replace(/[\u2068\u2069]/g, "")
		.replace(/\s+/g, " ")
		.trim();

interface Shown {
	readonly store: MailPage;
	readonly asked: () => number;
	view: MailView;
}

async function show(state: string, view: MailView = mailView): Promise<Shown> {
	let asked = 0;
	const shown: Shown = { store: undefined as unknown as MailPage, asked: () => asked, view };
	const store = createMailPage({
		background: {
			mail: async () => shown.view,
			chainOf: async () => null,
			askMail: async () => {
				asked += 1;
				return { ok: true };
			},
		},
		id: mailServers[state]?.id ?? "nobody",
	});
	await store.load();
	render(<App store={store} />, document.body);
	await settle();
	return Object.assign(shown, { store });
}

const above = (): string =>
	[...document.querySelectorAll("#message > *")].map(({ textContent }) => clean(textContent)).join(" ");
const WRONG = ["unvouched", "refused", "warned", "stripped"];
/** Words that stand only inside Advanced (docs of the block page's words). */
const TECHNICAL = /\b(?:certificates?|TLS|SSL|roots?|chains?|CAs?|issuers?|IMAP|SMTP|STARTTLS)\b/i;

describe("the page about a mail server", () => {
	it.each(WRONG)("says of one that is %s what to do before anything else, and is short and plain", async (state) => {
		await show(state);
		const [label, headline, todo] = [...document.querySelectorAll("#message > *")].map((one) => clean(one.textContent));
		expect(label).not.toBe("");
		expect(headline).toContain(mailServers[state]?.host);
		expect(todo).toMatch(/Press Cancel|Close it before it sends your password/);
		const text = above().replaceAll(mailServers[state]?.host ?? "", "host");
		expect(text).not.toMatch(TECHNICAL);
		// Never that it is an attack: nobody knows that.
		expect(text).not.toMatch(/attack|hack|criminal|danger/i);
		const sentences = text.match(/[^.!?]+[.!?]/g) ?? [];
		const words = text.split(" ");
		expect(words.length).toBeLessThanOrEqual(60);
		const grade = fleschKincaid({
			sentence: sentences.length,
			word: words.length,
			syllable: syllable(text),
		});
		expect(grade).toBeLessThanOrEqual(7);
	});

	it("has one filled button, with the focus, which asks again and goes on asking for nothing else", async () => {
		const { asked, store } = await show("unvouched");
		const filled = [...document.querySelectorAll<HTMLElement>(".button-primary")];
		expect(filled.map((one) => clean(one.textContent))).toEqual([messages.mailPageAgain?.message]);
		expect(document.activeElement).toBe(filled[0]);
		filled[0]?.click();
		filled[0]?.click();
		await settle();
		expect(asked()).toBe(1);
		expect(store.asking.value).toBe(false);
		// There is no way to trust what is shown, nor to send something on.
		expect(document.querySelectorAll("input, .button-danger")).toHaveLength(0);
	});

	it("says why, who is in the chain, and who vouched before, in Advanced", async () => {
		await show("unvouched");
		const advanced = clean(document.querySelector("details")?.textContent);
		expect(advanced).toContain("The server made the document itself.");
		expect(advanced).toContain("It is made out to another name.");
		expect(advanced).toMatch(/Until .*2026, DigiCert \(United States\) vouched for it\./);
	});

	it("says when all is well again", async () => {
		const shown = await show("unvouched");
		const server = { ...mailServers.vouched, id: mailServers.unvouched?.id } as (typeof mailView.servers)[number];
		shown.view = { ...mailView, servers: [server] };
		await shown.store.again();
		await settle();
		expect(above()).toContain("All is well with imap.outlook.example. DigiCert (United States) vouches for it.");
		expect(document.querySelector(".mail-state")?.className).toContain("state-protected");
	});

	it("says when the server is on the list no more", async () => {
		await show("gone");
		expect(clean(document.body.textContent)).toContain("not on your list any more");
	});
});
