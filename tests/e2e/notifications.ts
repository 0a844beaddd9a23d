/**
 * What Firefox hands to the system to be shown as a notification. The tests' computer has nothing that shows any, so the
 * system's part is played by a stand-in: the texts are those that Firefox passes on, and a click comes from it.
 */
import type { ChromeWindow, Firefox } from "./harness/index.ts";

/** A notification as the system is given it. */
export interface Shown {
	readonly name: string;
	readonly title: string;
	readonly text: string;
}

/** Puts the stand-in in the place of nsIAlertsService, for as long as this Firefox runs. */
export async function standInForAlerts(firefox: Firefox): Promise<void> {
	await firefox.chrome((window: ChromeWindow) => {
		const { Ci, Components, ChromeUtils, Services } = window;
		const shown = new Map<string, { title: string; text: string; listener: ChromeWindow }>();
		const service = {
			QueryInterface: ChromeUtils.generateQI(["nsIAlertsService"]),
			showAlert(alert: ChromeWindow, listener: ChromeWindow) {
				shown.set(alert.name, { title: alert.title, text: alert.text, listener });
				listener?.observe(null, "alertshow", alert.cookie);
			},
			closeAlert(name: string) {
				const alert = shown.get(name);
				shown.delete(name);
				alert?.listener?.observe(null, "alertfinished", "");
			},
		};
		const factory = {
			QueryInterface: ChromeUtils.generateQI(["nsIFactory"]),
			createInstance: (id: unknown) => service.QueryInterface(id),
		};
		const registrar = Components.manager.QueryInterface(Ci.nsIComponentRegistrar);
		const id = Services.uuid.generateUUID();
		registrar.registerFactory(id, "stand-in", "@mozilla.org/alerts-service;1", factory);
		// Where later calls find it: a window's own globals go with the window.
		const { NavigableManager } = ChromeUtils.importESModule("chrome://remote/content/shared/NavigableManager.sys.mjs");
		NavigableManager.countersignAlerts = shown;
	});
}

/** What is shown now, oldest first. */
export async function shownAlerts(firefox: Firefox): Promise<readonly Shown[]> {
	return await firefox.chrome((window: ChromeWindow) => {
		const { NavigableManager } = window.ChromeUtils.importESModule(
			"chrome://remote/content/shared/NavigableManager.sys.mjs",
		);
		const shown = NavigableManager.countersignAlerts as Map<string, { title: string; text: string }>;
		return [...shown].map(([name, { title, text }]) => ({ name, title, text }));
	});
}

/** Clicks on a notification. */
export async function clickAlert(firefox: Firefox, name: string): Promise<void> {
	await firefox.chrome((window: ChromeWindow, wanted) => {
		const { NavigableManager } = window.ChromeUtils.importESModule(
			"chrome://remote/content/shared/NavigableManager.sys.mjs",
		);
		NavigableManager.countersignAlerts.get(wanted).listener.observe(null, "alertclickcallback", "");
	}, name);
}
