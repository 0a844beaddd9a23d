/** What Countersign costs in a real Firefox, beside extensions that do less. */
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { build } from "vite";
import { countersign, EMPTY_LISTENER, EMPTY_TWIN, LEAF_ONLY, NAIVE_LISTENER } from "./firefox/contestants.ts";
import { judgeFirefox } from "./firefox/limits.ts";
import type { Plan } from "./firefox/plan.ts";
import { measureFirefox } from "./firefox/rounds.ts";
import { line, outcome } from "./report.ts";

const ROOT = join(import.meta.dirname, "../..");

/** Who is compared. */
export const CONTESTANTS: Plan["contestants"] = [
	null,
	EMPTY_LISTENER,
	EMPTY_TWIN,
	LEAF_ONLY,
	NAIVE_LISTENER,
	countersign("off"),
	countersign("credentials"),
	countersign("always"),
];

/** Measures and reports. Answers with the number of limits that were missed. */
export async function benchFirefox(rounds: number): Promise<number> {
	await build({ root: ROOT, mode: "production", logLevel: "warn" });
	const plan: Plan = {
		rounds,
		contestants: CONTESTANTS,
		build: join(ROOT, "dist"),
		parts: 300,
		spread: { parts: 100, hosts: 25 },
		settleMs: 1500,
		loads: { warmUp: 2, many: 3, spread: 2, visits: 2 },
		roundTripMs: 50,
		starts: Math.max(1, Math.round(rounds / 4)),
	};
	console.log(
		`Pages in Firefox (${cpus().length} × ${cpus()[0]?.model ?? "unknown"}). ${rounds} rounds, all in turns.`,
	);
	const { samples, browser } = await measureFirefox(plan);
	const findings = judgeFirefox(samples, plan);
	console.log(`Firefox ${browser}.`);
	for (const [title, lines] of findings) {
		console.log(`\n${title}`);
		for (const finding of lines) console.log(line(finding));
	}
	const [load = 0] = loadavg();
	if (load > cpus().length + 1)
		console.log(`\nThe machine is busy (load ${load.toFixed(1)}, ${cpus().length} processors): ratios scatter more.`);
	return findings.flatMap(([, lines]) => lines).filter((finding) => outcome(finding) === "MISSED").length;
}
