import { render } from "preact";
import { prepareDocument } from "../browser/i18n.ts";
import { createBackground } from "../browser/messages.ts";
import { backInHistory } from "../browser/page.ts";
import { clock } from "../ui/clock.ts";
import { App } from "./App.tsx";
import { createBlocked } from "./store.ts";

prepareDocument(document);
const background = createBackground();
const store = createBlocked({
	background: {
		refusal: background.refusal,
		chainOf: background.chainOf,
		letThrough: background.letThrough,
		tryAgain: background.tryAgain,
		sendAnyway: background.sendAnyway,
		// Only this page can tell whether there is one before it.
		async goBack(request) {
			if (!(await backInHistory())) await background.goBack(request);
		},
	},
	clock,
	navigate: (url) => location.replace(url),
	id: new URLSearchParams(location.search).get("id") ?? "",
});
void store.load();
render(<App store={store} />, document.body);
