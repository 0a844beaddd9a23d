import { render } from "preact";
import { prepareDocument } from "../browser/i18n.ts";
import { createBackground } from "../browser/messages.ts";
import { backInHistory, versions } from "../browser/page.ts";
import { clock } from "../ui/clock.ts";
import { saveFile } from "../ui/saveFile.ts";
import { App } from "./App.tsx";
import { practiceBackground } from "./practice.ts";
import { createBlocked } from "./store.ts";

prepareDocument(document);
const background = createBackground();
const address = new URLSearchParams(location.search);
const id = address.get("id") ?? "";
// "?practice" with no refusal: a page to practise on, which asks the background for nothing but to leave.
const practice = id === "" && address.has("practice");
const { refusal, chainOf, letThrough, tryAgain, sendAnyway } = practice ? practiceBackground(clock.now) : background;
const store = createBlocked({
	background: {
		refusal,
		chainOf,
		letThrough,
		tryAgain,
		sendAnyway,
		// Only this page can tell whether there is one before it.
		async goBack(request) {
			if (!(await backInHistory())) await background.goBack(request);
		},
	},
	clock,
	navigate: (url) => location.replace(url),
	id,
	practice,
	reports: { versions, saveFile },
});
void store.load();
render(<App store={store} />, document.body);
