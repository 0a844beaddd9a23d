/**
 * npm run walk: thousands of random steps in a real Firefox, compared with a model (tests/walk).
 *
 * --steps N      how many (default 1000)
 * --seed N       repeats a walk; random by default
 * --replay FILE  takes the steps of a file instead
 * --break NAME   with a mistake planted, which the walk must find; without a NAME that exists, lists them
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { MISTAKES } from "../tests/walk/mistakes.ts";
import type { Step } from "../tests/walk/steps.ts";
import { replay, walk } from "../tests/walk/walk.ts";

const FOLDER = join(import.meta.dirname, "../out/walk");

const { values: options } = parseArgs({
	options: {
		steps: { type: "string", default: "1000" },
		seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
		leg: { type: "string", default: "250" },
		replay: { type: "string" },
		break: { type: "string" },
		"shrink-minutes": { type: "string", default: "10" },
	},
});

const say = (line: string) => console.log(line);
const mistake = options.break === undefined ? undefined : MISTAKES[options.break];
if (options.break !== undefined && !mistake) {
	say(`No mistake "${options.break}". There are:`);
	for (const [name, { what }] of Object.entries(MISTAKES)) say(`  ${name.padEnd(20)} ${what}`);
	process.exit(2);
}

if (options.replay !== undefined) {
	const { steps } = JSON.parse(await readFile(options.replay, "utf8")) as { steps: Step[] };
	const wrong = await replay(steps, mistake, say);
	say(wrong === null ? `${steps.length} steps without a difference.` : `A difference: ${wrong}`);
	process.exitCode = wrong === null ? 0 : 1;
} else {
	const seed = Number(options.seed);
	say(`Seed ${seed}, ${options.steps} steps`);
	const result = await walk({
		seed,
		steps: Number(options.steps),
		leg: Number(options.leg),
		mistake,
		shrinkMs: Number(options["shrink-minutes"]) * 60_000,
		say,
	});
	const seconds = result.ms / 1000;
	say(`\n${result.steps} steps in ${seconds.toFixed(0)} s, ${(result.steps / seconds).toFixed(1)} a second`);
	for (const [kind, { acted, skipped }] of Object.entries(result.counts)) {
		say(
			`  ${kind.padEnd(10)} ${String(acted).padStart(5)}${skipped > 0 ? ` (and ${skipped} with nothing to act on)` : ""}`,
		);
	}
	const { failure } = result;
	if (failure) {
		await mkdir(FOLDER, { recursive: true });
		const file = join(FOLDER, `seed-${seed}.json`);
		await writeFile(file, `${JSON.stringify({ seed, message: failure.message, steps: failure.steps }, null, "\t")}\n`);
		say(`\nA difference after ${failure.after} steps. Seed ${seed}; shortened to ${failure.steps.length}:`);
		for (const one of failure.steps) say(`  ${JSON.stringify(one)}`);
		say(failure.message);
		say(`npm run walk -- --replay ${file}${options.break === undefined ? "" : ` --break ${options.break}`}`);
		process.exitCode = 1;
	} else say(`\nNo difference. Seed ${seed}.`);
}
