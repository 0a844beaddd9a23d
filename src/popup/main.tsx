import { render } from "preact";
import { prepareDocument } from "../browser/i18n.ts";
import { openHelp, openOptions, openOptionsAt, reloadTab } from "../browser/page.ts";
import { activateTab, loadInTab } from "../browser/tabs.ts";
import { clock } from "../ui/clock.ts";
import { App } from "./App.tsx";
import { asked, background, followChanges, isPage, report, tabId } from "./ask.ts";
import { createPopup } from "./store.ts";

/** How long the popup waits for the background's answer before it shows what it has without. */
const PATIENCE_MS = 150;

prepareDocument(document);
document.body.classList.add((await isPage) ? "as-page" : "as-popup");
const store = createPopup({
	background,
	clock,
	tabId: await tabId,
	first: report,
	reloadTab,
	loadInTab: (tabId, url) => loadInTab(tabId, url, false),
	openOptions,
	openOptionsAt,
	openHelp,
	close: () => {
		if (asked === null) window.close();
		else void activateTab(Number(asked));
	},
});
const draw = () => render(<App store={store} />, document.body);
// The answer is there sooner: what is drawn before it would be drawn twice, and the popup grow before the person's eyes.
setTimeout(draw, PATIENCE_MS);
void store.refresh().then(draw);
followChanges(() => void store.refresh());
