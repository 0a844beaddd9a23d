/** `npm start` without a display: goes to every site and compares what happens with what should. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type Countersign, isBlockPage } from "../../tests/e2e/countersign.ts";
import type { Firefox, Tab } from "../../tests/e2e/harness/index.ts";
import type { LoggedRequest } from "../../tests/lab/index.ts";
import type { Demo } from "./lab.ts";
import type { Happened, Site } from "./sites.ts";

/** One line of the table. */
export interface Visit {
	readonly site: Site;
	readonly happened: Happened;
	/** Requests that reached the site's servers. */
	readonly reached: readonly LoggedRequest[];
	/** What was stopped, for people. */
	readonly stopped: string;
	/** What is not as it should be; empty when all is well. */
	readonly wrong: readonly string[];
}

/** Goes to one site in a tab of its own, and takes a picture of it. */
export async function visit(
	site: Site,
	{ demo, firefox, countersign, folder }: { demo: Demo; firefox: Firefox; countersign: Countersign; folder: string },
): Promise<Visit> {
	const tab = await firefox.open();
	await tab.go(site.url);
	const { expected, hosts } = site;
	// A site that never gets there is one more thing to report, and no reason to leave out the others.
	const unsettled = await settled(tab, site);
	const tabId = await firefox.background(async (browser) => {
		const [active] = await browser.tabs.query({ active: true, lastFocusedWindow: true });
		return active?.id ?? -1;
	});
	const report = await countersign.ask("tab", tabId);
	const refusal = report.refusal === null ? null : await countersign.ask("refusal", report.refusal);
	const happened: Happened = {
		outcome: refusal === null ? "shown" : refusal.outcome === "warn" ? "warned" : "stopped",
		parts: report.partsCount,
		state: report.state as Happened["state"],
		way: (refusal?.wayThrough ?? "none") as Happened["way"],
	};
	await tab.screenshot(join(folder, `${site.id}.png`));
	const reached = demo.lab.log.all(({ host }) => hosts.includes(host));
	const wrong = [
		...unsettled,
		...Object.entries(expected)
			.filter(([name, value]) => happened[name as keyof Happened] !== value)
			.map(([name, value]) => `${name}: expected ${value}, got ${happened[name as keyof Happened]}`),
		...demo.trap.requests().map(({ path }) => `a stopped page ran: it asked for ${path}`),
		...(await readdir(firefox.profile.downloads)).map((file) => `a file was saved: ${file}`),
		...reached
			.filter(({ scheme }) => scheme === "http" || scheme === "ws")
			.map(({ url }) => `sent unprotected: ${url}`),
	];
	const parts = report.parts.flatMap(({ hosts: from }) => from.flatMap(({ types }) => types));
	const stopped = refusal === null ? parts.join(", ") : "the page";
	await tab.close();
	return { site, happened, reached, stopped, wrong };
}

/** Waits until there is nothing left to come. Answers with what did not come. */
async function settled(tab: Tab, { settled: words }: Site): Promise<string[]> {
	try {
		await tab.waitFor(
			({ url, text, complete }) => complete && (isBlockPage(url) ? text.includes("Go back") : text.includes(words)),
			`the block page, or "${words}"`,
		);
		return [];
	} catch {
		return [`neither the block page nor "${words}" came`];
	}
}

const COLUMNS = ["Site", "Expected", "What happened", "Requests that reached the server", "Stopped"] as const;

const words = ({ outcome, parts, way }: Happened): string =>
	[
		outcome,
		parts > 0 ? `${parts} part${parts === 1 ? "" : "s"} stopped` : "",
		outcome !== "shown" && way !== "type-name" ? `way through: ${way}` : "",
	]
		.filter((word) => word !== "")
		.join(", ");

const requests = (reached: readonly LoggedRequest[]): string =>
	reached.length === 0
		? "none"
		: `${reached.length}: ${[...new Set(reached.map(({ method, scheme, path }) => `${scheme === "https" ? method : scheme} ${path}`))].join(", ")}`;

/** The table, with what went wrong under its lines. */
export function table(visits: readonly Visit[]): string {
	const rows = visits.map(({ site, happened, reached, stopped }) => [
		site.id,
		words(site.expected),
		words(happened),
		requests(reached),
		stopped || "nothing",
	]);
	const widths = COLUMNS.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
	const line = (cells: readonly string[]) =>
		cells
			.map((cell, column) => cell.padEnd(widths[column] ?? 0))
			.join("  ")
			.trimEnd();
	return [
		line(COLUMNS),
		line(widths.map((width) => "─".repeat(width))),
		...rows.flatMap((row, index) => [line(row), ...(visits[index]?.wrong.map((wrong) => `  ✗ ${wrong}`) ?? [])]),
	].join("\n");
}
