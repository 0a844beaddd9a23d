/**
 * npm run bench: how fast it is. `npm run bench -- node` measures decisions alone, `npm run bench --
 * firefox` pages in a real Firefox; without a name both. Exit code 1 when a target is missed beyond
 * doubt. `--rounds N` measures longer or shorter.
 */
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({ options: { rounds: { type: "string" } }, allowPositionals: true });

/** Each answers with the number of targets that it missed. */
const PARTS: Readonly<Record<string, (rounds: number | undefined) => Promise<number>>> = {
	async node(rounds = 201) {
		const { benchNode } = await import("./bench/node.ts");
		return benchNode(rounds);
	},
	async firefox(rounds = 24) {
		const { benchFirefox } = await import("./bench/firefox.ts");
		return await benchFirefox(rounds);
	},
};

const unknown = positionals.find((name) => !Object.hasOwn(PARTS, name));
const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
if (unknown !== undefined) throw new Error(`no bench ${unknown}; there are ${Object.keys(PARTS).join(", ")}`);
if (rounds !== undefined && !(rounds >= 1)) throw new Error(`--rounds: expected a number, got ${values.rounds}`);

let missed = 0;
for (const [name, bench] of Object.entries(PARTS)) {
	if (positionals.length > 0 && !positionals.includes(name)) continue;
	missed += await bench(rounds);
	console.log();
}
console.log(missed === 0 ? "All targets met." : `${missed} targets missed.`);
process.exitCode = missed === 0 ? 0 : 1;
