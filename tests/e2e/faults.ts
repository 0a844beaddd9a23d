/** Faults that tests inject into the background, and the places that it has for them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Firefox } from "./harness/index.ts";

const SOURCE = join(import.meta.dirname, "../../src");

/** The names of all fault points in the source, in order. */
export function faultPoints(): string[] {
	const points = new Set<string>();
	for (const name of readdirSync(SOURCE, { recursive: true, encoding: "utf8" })) {
		if (!/\.tsx?$/.test(name)) continue;
		const source = readFileSync(join(SOURCE, name), "utf8");
		for (const [, point] of source.matchAll(/\bfault\(\s*"([^"]+)"/g)) if (point) points.add(point);
	}
	return [...points].toSorted();
}

interface FaultGlobal {
	faults: Map<string, () => unknown>;
	reached: number;
}

/** Makes a point of the background throw each time it is reached. */
export async function arm(firefox: Firefox, point: string): Promise<void> {
	await firefox.background((_, name) => {
		const global = globalThis as unknown as FaultGlobal;
		global.reached = 0;
		global.faults.set(name, () => {
			global.reached++;
			throw new Error(`fault at ${name}`);
		});
	}, point);
}

/** Waits until the point that was armed last is reached. */
export async function reached(firefox: Firefox): Promise<void> {
	await firefox.remote.until(
		async () => {
			const times = await firefox.background(() => (globalThis as unknown as FaultGlobal).reached);
			return times > 0 || undefined;
		},
		10_000,
		() => "the fault was not reached",
	);
}

/** Takes all faults back. Answers how often the last one armed was reached. */
export function disarm(firefox: Firefox): Promise<number> {
	return firefox.background(() => {
		const global = globalThis as unknown as FaultGlobal;
		global.faults.clear();
		return global.reached ?? 0;
	});
}
