import { render } from "preact";
import { prepareDocument } from "../browser/i18n.ts";
import { createBackground, onChanges } from "../browser/messages.ts";
import { App } from "./App.tsx";
import { createMailPage } from "./store.ts";

prepareDocument(document);
const store = createMailPage({
	background: createBackground(),
	id: new URLSearchParams(location.search).get("server") ?? "",
});
onChanges(() => void store.load());
void store.load();
render(<App store={store} />, document.body);
