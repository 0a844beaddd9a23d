import { render } from "preact";
import { App as BlockedApp } from "../../src/blocked/App.tsx";
import { createBlocked } from "../../src/blocked/store.ts";
import { prepareDocument } from "../../src/browser/i18n.ts";
import { App as PopupApp } from "../../src/popup/App.tsx";
import { createPopup } from "../../src/popup/store.ts";
import { clock } from "../../src/ui/clock.ts";
import { App as WelcomeApp } from "../../src/welcome/App.tsx";
import { createWelcome } from "../../src/welcome/store.ts";
import { cnnic, refusals, reports, welcomes } from "./samples.ts";

/** Names of all states, by page. */
export const STATES = {
	blocked: [...Object.keys(refusals), "gone"],
	popup: [...Object.keys(reports), "refusing", "refused"],
	welcome: Object.keys(welcomes),
} as const;

const nothing = () => Promise.resolve();

async function blocked(state: string): Promise<void> {
	await import("../../src/blocked/blocked.css");
	const store = createBlocked({
		background: {
			refusal: async () => refusals[state] ?? null,
			letThrough: async () => ({ ok: false, error: "This is only a picture." }),
			goBack: nothing,
		},
		clock,
		navigate: () => undefined,
		id: state,
	});
	await store.load();
	render(<BlockedApp store={store} />, document.body);
}

async function popup(state: string): Promise<void> {
	await import("../../src/popup/popup.css");
	// As main.tsx does: on a phone the popup is a page of its own.
	document.body.classList.add(innerWidth < 360 ? "as-page" : "as-popup");
	const report = reports[state] ?? reports.protected;
	if (report === undefined) return;
	let undo: { id: string; what: "add"; title: string } | null = null;
	const store = createPopup({
		background: {
			tab: async () => report,
			refusal: async (id) => refusals[id] ?? cnnic,
			letThrough: async () => ({ ok: false, error: "This is only a picture." }),
			goBack: nothing,
			refuseKey: async () => {
				undo = { id: "u1", what: "add", title: "DigiCert" };
				return { ok: true, rule: "digicert" };
			},
			options: async () => ({ ...(welcomes["private-no"] as (typeof welcomes)[string]), undo }),
			undo: async () => ({ ok: true }),
			revokeException: async () => ({ ok: true }),
		},
		clock,
		tabId: 1,
		reloadTab: nothing,
		loadInTab: nothing,
		openOptions: nothing,
		close: () => undefined,
	});
	await store.refresh();
	const last = report.chain.length - 1;
	const spki = report.chain[last]?.spki ?? "";
	if (state === "refusing") store.askToRefuse(spki);
	if (state === "refused") await store.refuse(spki, last);
	render(<PopupApp store={store} />, document.body);
}

async function welcome(state: string): Promise<void> {
	await import("../../src/welcome/welcome.css");
	const view = welcomes[state];
	if (view === undefined) return;
	const store = createWelcome({
		background: {
			options: async () => view,
			saveRule: async () => ({ ok: true }),
			welcomed: async () => ({ ok: true }),
		},
		openOptions: nothing,
	});
	await store.refresh();
	render(<WelcomeApp store={store} />, document.body);
}

const PAGES: Readonly<Record<string, (state: string) => Promise<void>>> = { blocked, popup, welcome };

/** Renders a page in a state; `open` unfolds everything that folds. */
export async function mount(page: string, state: string, open: boolean): Promise<void> {
	prepareDocument(document);
	await PAGES[page]?.(state);
	if (!open) return;
	for (const details of document.querySelectorAll("details")) details.open = true;
	// Details of stopped parts come by message once they are asked for.
	await new Promise((resolve) => setTimeout(resolve, 100));
	for (const details of document.querySelectorAll("details")) details.open = true;
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
								<a href={`?page=${page}&state=${state}&open&rtl`}>right to left</a>
							</li>
						))}
					</ul>
				</section>
			))}
		</main>,
		document.body,
	);
}
