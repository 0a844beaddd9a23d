/** Loads the index once, as the background does at its start, and says what it took. For tools/bench/catalogue.ts. */
import { readFileSync } from "node:fs";
import { createCatalogue, type IndexRow, readIndex } from "../../src/catalogue/rows.ts";

// Firefox has the text in memory with the rest of the script; here it is read before.
const text = readFileSync(new URL("../../src/catalogue/index.json", import.meta.url), "utf8");
const collect = globalThis.gc ?? (() => undefined);
collect();
const before = process.memoryUsage().heapUsed;
const start = performance.now();
const catalogue = createCatalogue(readIndex(JSON.parse(text) as readonly IndexRow[]));
const milliseconds = performance.now() - start;
collect();
const megabytes = (process.memoryUsage().heapUsed - before) / 1e6;
// Used, so that it is still there when memory is counted.
if (catalogue.authorities.length === 0) throw new Error("an empty index");
process.stdout.write(JSON.stringify({ milliseconds, megabytes }));
