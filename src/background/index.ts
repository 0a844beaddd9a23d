/**
 * Wires the background to Firefox. Every listener is added synchronously, in this first script:
 * Firefox holds requests at start-up only for listeners that were there at once the last time.
 */
import { setButton } from "../browser/button.ts";
import { onAddressChanged, onCommitted, onLoadFailed } from "../browser/navigation.ts";
import {
	broadcaster,
	holdUpdatesUntilRestart,
	isPrivateAllowed,
	onFirstInstall,
	onMessage,
	ownId,
	ownUrl,
} from "../browser/runtime.ts";
import { readManaged, readStorage, writeStorage } from "../browser/storage.ts";
import {
	closeTab,
	getTab,
	loadInTab,
	onLastPrivateWindowClosed,
	onTabRemoved,
	openTab,
	reloadTab,
} from "../browser/tabs.ts";
import {
	forgetMemoryCaches,
	getSecurityInfo,
	onBeforePlainRequest,
	onHeadersReceived,
	onPageRequestEnd,
	onSendPageHeaders,
} from "../browser/webRequest.ts";
import { catalogue, firstRules } from "../catalogue/index.ts";
import { CHANGES_PORT } from "../protocol.ts";
import { createAnswer } from "./answer.ts";
import { App } from "./app.ts";

const app = new App({
	ask: getSecurityInfo,
	readStorage,
	writeStorage,
	readManaged,
	catalogue,
	firstRules,
	now: Date.now,
	newId: () => crypto.randomUUID(),
	blockPage: ownUrl("src/blocked/index.html"),
	getTab,
	loadInTab,
	reloadTab,
	setButton,
	broadcast: broadcaster(CHANGES_PORT),
	forgetMemoryCaches,
});

onHeadersReceived(app.guard.onHeadersReceived);
onBeforePlainRequest(app.guard.onBeforePlainRequest);
onSendPageHeaders((details) => app.sent.note(details));
onPageRequestEnd((details) => app.sent.forget(details));
onCommitted((navigation) => app.committed(navigation));
onAddressChanged((navigation) => app.documents.addressChanged(navigation));
onLoadFailed((navigation) => app.loadFailed(navigation));
onTabRemoved((tabId) => app.tabRemoved(tabId));
onLastPrivateWindowClosed(() => app.privateWindowsClosed());
holdUpdatesUntilRestart();
onFirstInstall(() => void openTab({ url: ownUrl("src/welcome/index.html") }));
onMessage(
	createAnswer(app, {
		ownId: ownId(),
		ownOrigin: ownUrl(""),
		isPrivateAllowed,
		leaveTab,
	}),
);

/** Leaves a tab that has no page to go back to: to its opener, or to a new tab in its place. */
async function leaveTab(tabId: number): Promise<void> {
	const tab = await getTab(tabId);
	if (!tab) return;
	if (tab.openerTabId === null) await openTab({ index: tab.index });
	await closeTab(tabId);
}
