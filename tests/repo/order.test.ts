/** Files of tests that begin first. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { LONGEST } from "../../tools/longestFirst.ts";
import { root } from "./copy.ts";

it.each(LONGEST)("%s is there, so it does begin first", (name) => {
	expect(existsSync(join(root, "tests", name))).toBe(true);
});
