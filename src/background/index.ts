/**
 * Wires the background to Firefox. Every listener is added synchronously, in this first script:
 * Firefox holds requests at start-up only for listeners that were there at once the last time.
 */
import { openPopup, setButton } from "../browser/button.ts";
import { cookieDomains, cookieStores, onCookieSet } from "../browser/cookies.ts";
import { fetchDocument } from "../browser/fetch.ts";
import { followsHistory, hasHistory, onHistoryRemoved } from "../browser/history.ts";
import { t } from "../browser/i18n.ts";
import { addMenu } from "../browser/menus.ts";
import { leavesPage, onAddressChanged, onCommitted } from "../browser/navigation.ts";
import { onNetworkChanged } from "../browser/network.ts";
import { displayDomain, domainOf } from "../browser/publicSuffix.ts";
import {
	broadcaster,
	holdUpdatesUntilRestart,
	isPrivateAllowed,
	onFirstInstall,
	onMessage,
	ownId,
	ownUrl,
} from "../browser/runtime.ts";
import { readCopy, readManaged, readStorage, removeStorage, writeCopy, writeStorage } from "../browser/storage.ts";
import {
	activateTab,
	allTabs,
	closeTab,
	emptyFrame,
	getTab,
	goBackInTab,
	isRestricted,
	loadInTab,
	onLastPrivateWindowClosed,
	onTabRemoved,
	openTab,
	reloadTab,
} from "../browser/tabs.ts";
import {
	forgetCaches,
	getSecurityInfo,
	isKeptAway,
	onBeforePlainRequest,
	onBeforeRequestTo,
	onBeforeSendHeaders,
	onHeadersReceived,
	onHeadersReceivedFrom,
	onPageHeadersReceived,
	onPageRequestEnd,
	onSendPageHeaders,
	sendProbe,
} from "../browser/webRequest.ts";
import { catalogue, firstRules } from "../catalogue/index.ts";
import { CHANGES_PORT } from "../protocol.ts";
import { createAnswer } from "./answer.ts";
import { App } from "./app.ts";
import { BEAT_MS } from "./checked.ts";
import { deadline } from "./deadline.ts";
import { LISTS_BEAT_MS } from "./lists.ts";
import { isSignedBy } from "./signature.ts";

declare const __TEST__: boolean;

/** How long Firefox may take to object to a filter; it took less than 0.1 s. */
const KEPT_AWAY_MS = 1000;

const app = new App({
	ask: getSecurityInfo,
	isKeptAway: (requestId) => isKeptAway(requestId, KEPT_AWAY_MS),
	readStorage,
	writeStorage,
	readCopy,
	writeCopy,
	readManaged,
	catalogue,
	firstRules,
	now: () => Date.now(),
	newId: () => crypto.randomUUID(),
	ownOrigin: ownUrl(""),
	blockPage: ownUrl("src/blocked/index.html"),
	getTab,
	loadInTab,
	reloadTab,
	setButton,
	broadcast: broadcaster(CHANGES_PORT),
	forgetCaches,
	sendProbe,
	watchHost: (host) => void refusedHosts.add(host),
	unwatchHost: (host) => refusedHosts.remove(host),
	dropCookiesOf: (host) => strippedHosts.add(host),
	sending: {
		all: () => sending.all(),
		none: () => sending.none(),
		only: (domains) => sending.only(domains),
		add: (domain) => sending.add(domain),
	},
	cookieStores,
	cookieDomains,
	emptyFrame,
	allTabs,
	fetchDocument,
	isSignedBy,
	removeStorage,
	domainOf,
	displayDomain,
	followsHistory,
	hasHistory,
	// A file of its own, for those who want it: nobody else's start waits for it.
	loadMail: () => import("countersign:mail"),
});

if (__TEST__) Object.assign(globalThis, { following: () => app.following });

const { guard, preflight, remembered } = app;
const refusedHosts = onBeforeRequestTo(remembered.onBeforeRequest);
const strippedHosts = onHeadersReceivedFrom(preflight.onStrippedResponse);
const sending = onBeforeSendHeaders(preflight.onBeforeSendHeaders);
// Before the guard: what is changed first is kept when the guard has the page loaded again.
onPageHeadersReceived(preflight.onStrippedResponse);
onHeadersReceived(guard.onHeadersReceived);
onBeforePlainRequest(guard.onBeforePlainRequest);
onSendPageHeaders((details) => app.pageSent(details));
onPageRequestEnd((details) => app.pageEnded(details));
onCommitted((navigation) => app.committed(navigation));
onAddressChanged((navigation) => app.documents.addressChanged(navigation));
setInterval(() => app.checked.beat(), BEAT_MS);
setInterval(() => void app.lists.updateDue(), LISTS_BEAT_MS);
holdUpdatesUntilRestart();
onFirstInstall(() => void openTab({ url: ownUrl("src/welcome/index.html") }));
onMessage(
	createAnswer(app, {
		ownId: ownId(),
		ownOrigin: ownUrl(""),
		isPrivateAllowed,
		isRestricted,
		goBack,
		leaveTab,
	}),
);

/** How long what no verdict needs may wait for the rules. */
const LATER_MS = 1000;

// Each of these makes Firefox set up another part of its interface: some 20 ms together, which no verdict waits for. Nothing is known
// yet of what they tell: cookies are looked at a second later, and there are no exceptions that could end with a window.
void deadline(app.rules.ready, LATER_MS, () => undefined).then(() => {
	onTabRemoved((tabId) => app.tabRemoved(tabId));
	onLastPrivateWindowClosed(() => app.privateWindowsClosed());
	onCookieSet((domain) => void app.credentialed.note(domain));
	onHistoryRemoved((removed) => void app.sites.historyRemoved(removed));
	onNetworkChanged(() => app.networkChanged());
	// The keyboard's way is Firefox's own: `commands` in the manifest.
	addMenu(t("menuVouches"), ({ id, active, index, windowId }) => {
		// Of a tab that is not in front, or where there is no button to open it from, it is a page of its own.
		(active ? openPopup() : Promise.reject()).catch(() =>
			openTab({ url: ownUrl(`src/popup/index.html?tab=${id}`), index: index + 1, windowId }),
		);
	});
});

/** How long Firefox may take to set about going back; it starts in the moment it is told to. */
const GO_BACK_MS = 1000;

/** Goes back in a tab's history, or leaves the tab where that has nothing before. */
async function goBack(tabId: number): Promise<void> {
	const leaves = leavesPage(tabId, GO_BACK_MS);
	await goBackInTab(tabId);
	if (!(await leaves)) await leaveTab(tabId);
}

/** Leaves a tab that has no page to go back to: to its opener, or to a new tab in its place. */
async function leaveTab(tabId: number): Promise<void> {
	const tab = await getTab(tabId);
	if (!tab) return;
	const { openerTabId, index, windowId } = tab;
	if (openerTabId !== null) await activateTab(openerTabId);
	else await openTab({ index, ...(windowId === null ? {} : { windowId }) });
	await closeTab(tabId);
}
