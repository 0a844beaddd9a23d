import { render } from "preact";
import { prepareDocument, t } from "../browser/i18n.ts";
import { createBackground, onChanges } from "../browser/messages.ts";
import { dropMailPermissions, requestMailPermissions } from "../browser/native.ts";
import { isOnToolbar, maySeeAllSites } from "../browser/page.ts";
import { readCopy, readStorage } from "../browser/storage.ts";
import { clock } from "../ui/clock.ts";
import { saveFile } from "../ui/saveFile.ts";
import { App } from "./App.tsx";
import { createOptions } from "./store.ts";

prepareDocument(document);
document.title = t("optionsPageTitle");
const store = createOptions({
	background: createBackground(),
	onChanges,
	check: { readStorage, readCopy, maySeeAllSites, isOnToolbar },
	mail: { requestPermissions: requestMailPermissions, dropPermissions: dropMailPermissions },
	clock,
	saveFile,
	// A megabyte that the page of the rules does without.
	loadDetails: async () => (await import("../catalogue/load.ts")).loadDetails(),
	loadPresets: async () => (await import("../catalogue/load.ts")).loadPresets(),
	fragment: () => location.hash,
	onFragment(callback) {
		addEventListener("hashchange", callback);
		return () => removeEventListener("hashchange", callback);
	},
});
store.start();
render(<App store={store} />, document.body);
