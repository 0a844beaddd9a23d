import { render } from "preact";
import { prepareDocument } from "../browser/i18n.ts";
import { createBackground, onChanges } from "../browser/messages.ts";
import { currentTabId, isPhone, openHelp, openOptions, openOptionsAt, reloadTab } from "../browser/page.ts";
import { activateTab, loadInTab } from "../browser/tabs.ts";
import { clock } from "../ui/clock.ts";
import { App } from "./App.tsx";
import { createPopup } from "./store.ts";

prepareDocument(document);
// Where no popup can be opened it is a page of its own, and its address says which tab it is about.
const asked = new URLSearchParams(location.search).get("tab");
// A phone's fills the screen.
const isPage = asked !== null || (await isPhone());
document.body.classList.add(isPage ? "as-page" : "as-popup");
const store = createPopup({
	background: createBackground(),
	clock,
	tabId: asked === null ? await currentTabId() : Number(asked),
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
onChanges(() => void store.refresh());
void store.refresh();
render(<App store={store} />, document.body);
