import { render, type VNode } from "preact";
import { App as BlockedApp } from "../../src/blocked/App.tsx";
import { practiceRefusal } from "../../src/blocked/practice.ts";
import { createBlocked } from "../../src/blocked/store.ts";
import { language, prepareDocument, t } from "../../src/browser/i18n.ts";
import { toBase64 } from "../../src/certificate/bytes.ts";
import { readCertificates } from "../../src/certificate/read.ts";
import { App as HelpApp } from "../../src/help/App.tsx";
import { helpLanguage } from "../../src/help/text.ts";
import { App as MailApp } from "../../src/mail/App.tsx";
import { createMailPage } from "../../src/mail/store.ts";
import { App as PopupApp } from "../../src/popup/App.tsx";
import { createPopup } from "../../src/popup/store.ts";
import type { CertificateView, TabReport } from "../../src/protocol.ts";
import { clock } from "../../src/ui/clock.ts";
import type { HeldBack } from "../../src/ui/heldBack.ts";
import { App as WelcomeApp } from "../../src/welcome/App.tsx";
import { createWelcome } from "../../src/welcome/store.ts";
import caPem from "../fixtures/chains/comodo-dv-ca.pem?raw";
import leafPem from "../fixtures/chains/comodo-leaf-xs4all.nl.pem?raw";
import rootPem from "../fixtures/chains/comodo-root.pem?raw";
import { optionsPage } from "./mountOptions.tsx";
import { hurried, nobody } from "./nobody.ts";
import { optionsStates } from "./optionsStates.ts";
import {
	cnnic,
	doneAboutHeld,
	heldRefusals,
	mailServers,
	mailView,
	NOW,
	refusals,
	reports,
	welcomes,
} from "./samples.ts";
import { settled } from "./settled.ts";

/** A state in which the certificates themselves are there, to be looked into: of a real chain. */
const LOOKED_INTO = "looked-into";

/** Names of all states, by page. */
export const STATES = {
	blocked: [
		...Object.keys(refusals),
		...Object.keys(doneAboutHeld).map((done) => `unanswered-${done}`),
		"gone",
		"practice",
	],
	popup: [
		...Object.keys(reports),
		LOOKED_INTO,
		...Object.keys(doneAboutHeld).map((done) => `held-${done}`),
		"refusing",
		"refused",
		"silent",
	],
	welcome: Object.keys(welcomes).flatMap((state) => [1, 2, 3].map((step) => `${state}-${step}`)),
	options: Object.keys(optionsStates),
	help: ["text"],
	mail: [...Object.keys(mailServers), "gone"],
} as const;

const nothing = () => Promise.resolve();

/** What "unanswered-still" or "held-sends" says was done. */
const doneIn = (state: string) => doneAboutHeld[state.replace(/^(?:unanswered|held)-/, "")];

/** A background that answers as the state says. */
const aboutHeld = (state: string) => ({
	tryAgain: () => {
		const done = doneIn(state) ?? "unanswered";
		return done === "never" || done === "send" ? new Promise<never>(() => undefined) : Promise.resolve(done);
	},
	sendAnyway: async () => ({ ok: true }) as const,
});

async function act(state: string, held: HeldBack): Promise<void> {
	const done = doneIn(state);
	if (done === "send") await held.sendAnyway();
	else if (done === "never") void held.tryAgain();
	else if (done !== undefined) await held.tryAgain();
}

/** The real chain, and its bytes. */
async function realChain(): Promise<{ chain: CertificateView[]; der: string[] }> {
	const read = await readCertificates([leafPem, caPem, rootPem].join("\n"));
	const chain = read.map(({ der: _, toPem: __, ...one }, at) => ({ ...one, builtInRoot: at === 2, authority: null }));
	return { chain, der: read.map(({ der }) => toBase64(der)) };
}

async function lookedInto(): Promise<TabReport> {
	return { ...(reports.protected as TabReport), host: "xs4all.nl", chain: (await realChain()).chain };
}

async function blocked(state: string): Promise<Shown> {
	await import("../../src/blocked/blocked.css");
	const store = createBlocked({
		background: {
			chainOf: async () => null,
			refusal: async () =>
				state === "practice"
					? practiceRefusal(NOW)
					: (refusals[doneIn(state) === undefined ? state : "unanswered"] ?? null),
			letThrough: async () => ({ ok: false, error: "This is only a picture." }),
			goBack: nothing,
			...aboutHeld(state),
		},
		clock,
		navigate: () => undefined,
		id: state,
		practice: state === "practice",
		reports: {
			versions: async () => ({ browser: "Firefox 153.0", extension: "0.1.0" }),
			saveFile: () => undefined,
		},
	});
	await store.load();
	await act(state, store.held);
	return () => <BlockedApp store={store} />;
}

async function popup(state: string): Promise<Shown> {
	await import("../../src/popup/popup.css");
	// As main.tsx does: on a phone the popup is a page of its own.
	document.body.classList.add(innerWidth < 360 ? "as-page" : "as-popup");
	const report =
		(state === LOOKED_INTO ? await lookedInto() : reports[state]) ??
		(doneIn(state) === undefined ? reports.protected : reports.held);
	if (report === undefined) throw new Error(`No such state: ${state}`);
	let undo: { id: string; what: "add"; title: string } | null = null;
	const store = createPopup({
		background: {
			tab: async () => (state === "silent" ? nobody() : report),
			chainOf: async () => (state === LOOKED_INTO ? { der: (await realChain()).der } : null),
			refusal: async (id) => heldRefusals[id] ?? refusals[id] ?? cnnic,
			letThrough: async () => ({ ok: false, error: "This is only a picture." }),
			goBack: nothing,
			...aboutHeld(state),
			impact: async () => ({
				ok: true,
				impact: { since: 0, total: 812, stopped: 3, sites: ["a.example", "b.example", "c.example"], parts: 0 },
			}),
			refuseKey: async () => {
				undo = { id: "u1", what: "add", title: "DigiCert" };
				return { ok: true, rule: "digicert" };
			},
			options: async () => ({ ...(welcomes["private-no"] as (typeof welcomes)[string]), undo }),
			undo: async () => ({ ok: true }),
			revokeException: async () => ({ ok: true }),
		},
		clock: state === "silent" ? hurried : clock,
		tabId: 1,
		reloadTab: nothing,
		loadInTab: nothing,
		openOptions: nothing,
		openOptionsAt: nothing,
		openHelp: nothing,
		close: () => undefined,
	});
	await store.refresh();
	if (state === "silent") await store.refresh();
	const last = report.chain.length - 1;
	const spki = report.chain[last]?.spki ?? "";
	await act(state, store.held("held-api"));
	if (state === "refusing") store.askToRefuse(spki);
	if (state === "refused") await store.refuse(spki, last);
	return () => <PopupApp store={store} />;
}

async function welcome(state: string): Promise<Shown> {
	await import("../../src/welcome/welcome.css");
	const [, name = state, step = "1"] = /^(.*)-(\d)$/.exec(state) ?? [];
	const view = welcomes[name];
	if (view === undefined) throw new Error(`No such state: ${state}`);
	const store = createWelcome({
		background: {
			options: async () => view,
			saveRule: async () => ({ ok: true }),
			welcomed: async () => ({ ok: true }),
		},
		openOptions: nothing,
		isOnToolbar: async () => view.privateAllowed,
		fragment: () => `#${step}`,
		onFragment: () => undefined,
	});
	await store.refresh();
	return () => <WelcomeApp store={store} />;
}

async function help(): Promise<Shown> {
	await import("../../src/help/help.css");
	const languages = (await import("countersign:help")).help;
	const key = helpLanguage(languages, language());
	const text = (await languages[key]?.())?.text;
	if (text === undefined) throw new Error("No help");
	return () => <HelpApp text={text} english={key === "en" && language() !== "en"} />;
}

async function mail(state: string): Promise<Shown> {
	await import("../../src/mail/mail.css");
	const store = createMailPage({
		background: { mail: async () => mailView, askMail: async () => ({ ok: true }), chainOf: async () => null },
		id: mailServers[state]?.id ?? "",
	});
	await store.load();
	return () => <MailApp store={store} />;
}

async function options(state: string): Promise<Shown> {
	await import("../../src/options/options.css");
	const wanted = optionsStates[state];
	if (wanted === undefined) throw new Error(`No such state: ${state}`);
	document.title = t("optionsPageTitle");
	return optionsPage(wanted);
}

/** Renders a page: called once more, it renders the same state in other words. */
export type Shown = () => VNode;

const PAGES: Readonly<Record<string, (state: string) => Promise<Shown>>> = {
	blocked,
	popup,
	welcome,
	options,
	help,
	mail,
};

let shown: Shown | null = null;
let unfolded = false;
/** How many documents are there to be looked into. */
let realShown = 0;

async function unfold(): Promise<void> {
	const fold = () => [...document.querySelectorAll("details")].filter((details) => !details.open);
	for (let folded = fold(); folded.length > 0; folded = fold()) {
		for (const details of folded) details.open = true;
		await settled();
	}
	// The library that reads certificates comes late, and takes its time.
	while (realShown && document.querySelectorAll(".chain-details .button").length < realShown) await settled();
}

/** Renders what is there once more, from nothing: in other words. */
export async function again(): Promise<void> {
	if (shown === null) return;
	prepareDocument(document);
	render(null, document.body);
	render(shown(), document.body);
	await settled();
	if (unfolded) await unfold();
}

/** The same at once, for what needs no effects: to be measured. */
export function againAtOnce(): void {
	if (shown === null) return;
	prepareDocument(document);
	render(null, document.body);
	render(shown(), document.body);
	if (unfolded) for (const details of document.querySelectorAll("details")) details.open = true;
}

/** Renders a page in a state; `open` unfolds everything that folds. */
export async function show(page: string, state: string, open: boolean): Promise<void> {
	render(null, document.body);
	document.body.className = "";
	prepareDocument(document);
	const make = PAGES[page];
	if (make === undefined) throw new Error(`No such page: ${page}`);
	shown = await make(state);
	realShown = state === LOOKED_INTO ? 3 : 0;
	unfolded = open || (page === "options" && optionsStates[state]?.open === true);
	// The options page is there already: what is done on it needs it.
	if (page !== "options") render(shown(), document.body);
	await settled();
	if (unfolded) await unfold();
}

/** Links to all states. */
export function list(): void {
	render(
		<main class="page stack">
			{Object.entries(STATES).map(([page, states]) => (
				<section key={page} class="stack-tight">
					<h2>{page}</h2>
					<ul>
						{states.map((state) => (
							<li key={state}>
								<a href={`?page=${page}&state=${state}`}>{state}</a>{" "}
								<a href={`?page=${page}&state=${state}&open`}>open</a>{" "}
								<a href={`?page=${page}&state=${state}&open&language=fa`}>right to left</a>
							</li>
						))}
					</ul>
				</section>
			))}
		</main>,
		document.body,
	);
}
