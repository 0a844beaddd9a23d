import { render } from "preact";
import { prepareDocument } from "../browser/i18n.ts";
import { createBackground } from "../browser/messages.ts";
import { clock } from "../ui/clock.ts";
import { App } from "./App.tsx";
import { createBlocked } from "./store.ts";

prepareDocument(document);
const store = createBlocked({
	background: createBackground(),
	clock,
	navigate: (url) => location.replace(url),
	id: new URLSearchParams(location.search).get("id") ?? "",
});
void store.load();
render(<App store={store} />, document.body);
