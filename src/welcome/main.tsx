import { render } from "preact";
import { prepareDocument } from "../browser/i18n.ts";
import { createBackground, onChanges } from "../browser/messages.ts";
import { isOnToolbar, openOptions } from "../browser/page.ts";
import { App } from "./App.tsx";
import { createWelcome } from "./store.ts";

prepareDocument(document);
const store = createWelcome({
	background: createBackground(),
	openOptions,
	isOnToolbar,
	fragment: () => location.hash,
	onFragment: (callback) => addEventListener("hashchange", callback),
});
onChanges(() => void store.refresh());
// The person comes back from Firefox's own settings.
addEventListener("focus", () => void store.refresh());
void store.refresh();
void store.seen();
render(<App store={store} />, document.body);
