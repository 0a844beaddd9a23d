/**
 * npm run faults -- [--kills N] [--seed S]: kills Firefox N times (50) while it saves rules, at moments
 * drawn from the seed, and prints each. Exit code 1 when a rule that was confirmed is gone.
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { build } from "vite";
import { killWhileSaving, lostIn } from "./faults/kills.ts";

const { values } = parseArgs({
	options: {
		kills: { type: "string", default: "50" },
		seed: { type: "string", default: String(Date.now() % 2 ** 31) },
	},
});
const kills = Number(values.kills);
const seed = Number(values.seed);
if (!Number.isInteger(kills) || kills < 1 || !Number.isInteger(seed)) {
	console.error("--kills: expected a whole number above 0; --seed: expected a whole number");
	process.exit(2);
}

await build({ mode: "test", logLevel: "warn" });
console.log(`seed ${seed}`);
const done = await killWhileSaving({ kills, seed, say: (line) => console.log(line) });
const bad = done.filter((kill) => kill.trouble !== null || lostIn(kill).length > 0);
const midway = done.filter(({ pending }) => pending !== null);
const kept = midway.filter(({ pending, found }) => found.includes(pending ?? ""));
console.log(
	`${done.length} kills, ${midway.length} in the middle of saving (${kept.length} of these rules kept), ` +
		`${done.reduce((sum, { confirmed }) => sum + confirmed.length, 0)} rules confirmed, ${bad.length} kills with a loss`,
);
process.exitCode = bad.length === 0 ? 0 : 1;
