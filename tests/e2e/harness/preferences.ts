/** What the test Firefox is told to do, and above all not to do. */

/** A Firefox preference. */
export type Preference = string | number | boolean;

// Nothing listens there: what still asks gets a refusal at once instead of an answer from outside.
const NOWHERE = "http://127.0.0.1:9";

/** Switches off every request that Firefox makes of its own accord. */
export const QUIET: Readonly<Record<string, Preference>> = {
	"app.normandy.api_url": "",
	"app.normandy.enabled": false,
	"app.shield.optoutstudies.enabled": false,
	"app.update.auto": false,
	"app.update.background.enabled": false,
	"app.update.disabledForTesting": true,
	"browser.contentblocking.report.monitor.enabled": false,
	"browser.discovery.enabled": false,
	"browser.ml.enable": false,
	"browser.newtabpage.enabled": false,
	"browser.newtabpage.activity-stream.feeds.system.topstories": false,
	"browser.newtabpage.activity-stream.showSponsored": false,
	"browser.newtabpage.activity-stream.showSponsoredTopSites": false,
	"browser.newtabpage.activity-stream.testing.shouldInitializeFeeds": false,
	"browser.pagethumbnails.capturing_disabled": true,
	"browser.ping-centre.telemetry": false,
	"browser.region.network.url": "",
	"browser.region.update.enabled": false,
	"browser.safebrowsing.blockedURIs.enabled": false,
	"browser.safebrowsing.downloads.enabled": false,
	"browser.safebrowsing.downloads.remote.enabled": false,
	"browser.safebrowsing.malware.enabled": false,
	"browser.safebrowsing.phishing.enabled": false,
	"browser.safebrowsing.provider.google.updateURL": "",
	"browser.safebrowsing.provider.google4.updateURL": "",
	"browser.safebrowsing.provider.google5.updateURL": "",
	"browser.safebrowsing.provider.mozilla.updateURL": "",
	"browser.search.suggest.enabled": false,
	"browser.search.update": false,
	"browser.topsites.contile.enabled": false,
	"browser.translations.enable": false,
	"browser.urlbar.merino.endpointURL": "",
	"browser.urlbar.quicksuggest.enabled": false,
	"browser.urlbar.suggest.searches": false,
	"datareporting.healthreport.uploadEnabled": false,
	"datareporting.policy.dataSubmissionEnabled": false,
	"datareporting.policy.dataSubmissionPolicyBypassNotification": true,
	"datareporting.usage.uploadEnabled": false,
	"dom.push.connection.enabled": false,
	"dom.push.enabled": false,
	"extensions.getAddons.cache.enabled": false,
	"extensions.getAddons.discovery.api_url": "data:,",
	"extensions.systemAddon.update.enabled": false,
	"extensions.systemAddon.update.url": "",
	"extensions.update.enabled": false,
	"geo.provider.network.url": "",
	"geo.wifi.scan": false,
	"identity.fxaccounts.enabled": false,
	"media.gmp-manager.updateEnabled": false,
	"media.gmp-manager.url": `${NOWHERE}/gmp`,
	"network.captive-portal-service.enabled": false,
	"network.connectivity-service.enabled": false,
	"network.dns.disablePrefetch": true,
	"network.prefetch-next": true,
	"network.sntp.pools": "",
	// Off by choice (5): names must come from forceResolve and never from a resolver outside.
	"network.trr.mode": 5,
	"nimbus.rollouts.enabled": false,
	"places.semanticHistory.featureGate": false,
	"privacy.query_stripping.enabled": false,
	"security.certerrors.mitm.priming.enabled": false,
	"security.OCSP.enabled": 0,
	"security.remote_settings.crlite_filters.enabled": false,
	"security.remote_settings.intermediates.enabled": false,
	// Only looked at because firefox.ts sets MOZ_REMOTE_SETTINGS_DEVTOOLS.
	"services.settings.server": `${NOWHERE}/v1`,
	"signon.management.page.breach-alerts.enabled": false,
	"telemetry.fog.test.localhost_port": -1,
	"toolkit.telemetry.enabled": false,
	"toolkit.telemetry.server": "",
	"toolkit.telemetry.unified": false,
};

/** Keeps windows, dialogs and first-run pages out of the way. */
export const CALM: Readonly<Record<string, Preference>> = {
	"app.update.checkInstallTime": false,
	"browser.aboutConfig.showWarning": false,
	"browser.aboutwelcome.enabled": false,
	"browser.backup.enabled": false,
	"browser.download.panel.shown": true,
	"browser.messaging-system.whatsNewPanel.enabled": false,
	"browser.sessionstore.resume_from_crash": false,
	"browser.shell.checkDefaultBrowser": false,
	"browser.startup.couldRestoreSession.count": -1,
	"browser.startup.homepage": "about:blank",
	"browser.startup.homepage_override.mstone": "ignore",
	"browser.startup.page": 0,
	"browser.tabs.closeWindowWithLastTab": false,
	"browser.tabs.unloadOnLowMemory": false,
	"browser.tabs.warnOnClose": false,
	"browser.toolbars.bookmarks.visibility": "never",
	"browser.uitour.enabled": false,
	"browser.warnOnQuit": false,
	"dom.disable_open_during_load": false,
	"dom.input_events.security.minNumTicks": 0,
	"dom.input_events.security.minTimeElapsedInMS": 0,
	"dom.ipc.reportProcessHangs": false,
	"dom.max_chrome_script_run_time": 0,
	"dom.max_script_run_time": 0,
	"dom.successive_dialog_time_limit": 0,
	"focusmanager.testmode": true,
	"hangmonitor.timeout": 0,
	"media.sanity-test.disabled": true,
	"network.manage-offline-status": false,
	// A socket to a host where one has failed would have to wait for up to a minute.
	"network.websocket.delay-failed-reconnects": false,
	// A certificate from the machine's own store would make a test's chain depend on the machine.
	"security.enterprise_roots.enabled": false,
	"security.notification_enable_delay": 0,
	"signon.rememberSignons": false,
	"startup.homepage_welcome_url": "about:blank",
	"startup.homepage_welcome_url.additional": "",
	"termsofuse.bypassNotification": true,
	"toolkit.cosmeticAnimations.enabled": false,
	"toolkit.startup.max_resumed_crashes": -1,
	"trailhead.firstrun.didSeeAboutWelcome": true,
};

/** Lets an unsigned .xpi that lies in the profile be installed, and stay enabled, without a question. */
export const PERMANENT: Readonly<Record<string, Preference>> = {
	"extensions.autoDisableScopes": 0,
	"extensions.startupScanScopes": 15,
	"xpinstall.signatures.required": false,
};

/**
 * The text of a `user.js`.
 *
 * @param preferences names and values
 * @returns one `user_pref` a line
 */
export function userJs(preferences: Readonly<Record<string, Preference>>): string {
	return Object.entries(preferences)
		.map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`)
		.join("");
}
