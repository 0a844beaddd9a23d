import "./setup.ts";

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SHAPES } from "../../src/ui/shapes.ts";
import { ROOT } from "./setup.ts";

test.each(Object.entries(SHAPES))("the toolbar's icon for %s has the pages' outline", (state, { body, sign }) => {
	const svg = readFileSync(join(ROOT, `public/icons/state-${state}.svg`), "utf8");
	expect([...svg.matchAll(/ d="([^"]+)"/g)].map(([, path]) => path)).toEqual([body, sign]);
});

test("each state has an outline of its own, and starts its sign anew", () => {
	expect(new Set(Object.values(SHAPES).map(({ body }) => body)).size).toBe(Object.keys(SHAPES).length);
	// Drawn as one path, a relative start would hang on where the body ended.
	for (const { sign } of Object.values(SHAPES)) expect(sign.startsWith("M")).toBe(true);
});
