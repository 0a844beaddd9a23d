import { chromium } from "./targets/chromium.ts";
import { scripts } from "./targets/scripts.ts";
import type { Target } from "./targets/target.ts";

/** All that a policy can be carried to, in the order in which they are listed. */
export const TARGETS: readonly Target[] = [...chromium, ...scripts];
