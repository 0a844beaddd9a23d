/** What is measured inside Firefox: the extension's process, its start, and its popup. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { type ChromeWindow, EXTENSION_ID, Firefox } from "../../../tests/e2e/harness/index.ts";
import { PREFERENCES } from "./arena.ts";
import { type Contestant, writeContestant } from "./contestants.ts";
import type { Plan, Samples } from "./plan.ts";
import type { Sites } from "./sites.ts";

/**
 * Milliseconds from the start of the background's script to its end. Listeners are added in this one
 * turn, so they are ready then.
 */
export async function startUp(firefox: Firefox): Promise<number> {
	return await firefox.background(() => {
		const { benchStart, benchReady } = globalThis as unknown as { benchStart: number; benchReady: number };
		return benchReady - benchStart;
	});
}

/**
 * Opens the popup from the toolbar, and closes it again.
 *
 * @returns milliseconds from the click until what it says of the page was painted
 */
export async function openPopup(firefox: Firefox): Promise<number> {
	// The clock starts where Firefox starts: not with the command that comes over WebDriver.
	await firefox.chrome((window: ChromeWindow, id) => {
		const { ExtensionParent } = window.ChromeUtils.importESModule("resource://gre/modules/ExtensionParent.sys.mjs");
		const action = ExtensionParent.apiManager.global.browserActionFor(window.WebExtensionPolicy.getByID(id).extension);
		const { openPopup } = Object.getPrototypeOf(action);
		action.openPopup = (...args: unknown[]) => {
			window.benchAsked = window.performance.timeOrigin + window.performance.now();
			return openPopup.apply(action, args);
		};
	}, EXTENSION_ID);
	const popup = await firefox.openPopup();
	await popup.waitForSelector("h1");
	const painted = await popup.evaluate(
		() =>
			new Promise<number>((done) => {
				// Each entry is larger than the one before; the report is larger than the foot, which comes first.
				new PerformanceObserver((list) => {
					const last = list.getEntries().at(-1) as (PerformanceEntry & { element?: Element | null }) | undefined;
					if (last && !last.element?.closest("footer")) done(performance.timeOrigin + last.startTime);
				}).observe({ type: "largest-contentful-paint", buffered: true });
			}),
	);
	const asked = await firefox.chrome((window: ChromeWindow) => window.benchAsked as number);
	await popup.evaluate(() => window.close());
	return (await painted) - asked;
}

/** Megabytes that the process of the extensions has to itself, once Firefox has tidied up. */
async function memory(firefox: Firefox): Promise<number> {
	const read = () =>
		firefox.chrome(async (window: ChromeWindow) => {
			window.Services.obs.notifyObservers(null, "child-mmu-request");
			const { children } = await window.ChromeUtils.requestProcInfo();
			const [process] = children.filter(({ type }: { type: string }) => type === "extension");
			return (process?.memory ?? Number.NaN) / 1e6;
		});
	let last = await read();
	// Tidying goes in several turns, and nothing tells when the last one is over.
	for (let turn = 0; turn < 20; turn++) {
		await wait(500);
		const now = await read();
		if (turn > 2 && Math.abs(now - last) < last / 200) return now;
		last = now;
	}
	return last;
}

/** Starts Firefox with the extension installed, visits the pages, and notes what it takes. */
export async function measureMemory(sites: Sites, plan: Plan, contestant: Contestant, samples: Samples): Promise<void> {
	const folder = await mkdtemp(join(tmpdir(), "countersign-bench-"));
	const { lab, goodRoot } = sites.world;
	try {
		const permanent = await writeContestant({ ...contestant, id: EXTENSION_ID }, plan.build, folder);
		await using firefox = await Firefox.startPrimed({
			lab,
			builtInRoots: [goodRoot],
			permanent,
			preferences: { ...PREFERENCES, ...sites.preferences() },
		});
		await firefox.extensionRunning();
		if (contestant.preflight !== null) samples.add("start-up with Firefox", await startUp(firefox));
		const tab = await firefox.open();
		for (let turn = 0; turn <= plan.loads.warmUp; turn++) await sites.many(tab, plan.parts);
		await sites.spread(tab, plan.spread.parts);
		await tab.close();
		samples.add(contestant.preflight === null ? "memory empty" : "memory countersign", await memory(firefox));
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}
