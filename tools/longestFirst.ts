/** The order in which the files of tests begin. */
import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Files of which each takes a minute or more, the longest first. Vitest knows how long files take only where they have run before,
 * and begins with the largest: one of these, begun last, keeps one worker busy while the others have nothing left to do.
 */
export const LONGEST: readonly string[] = [
	"e2e/access.test.ts",
	"e2e/preflight.test.ts",
	"e2e/pages-unanswered.test.ts",
	"e2e/faults-points.test.ts",
	"e2e/traffic-kinds.test.ts",
	"e2e/faults-storage.test.ts",
	"e2e/mail.test.ts",
	"e2e/languages.test.ts",
	"e2e/bench.test.ts",
];

function rank({ moduleId }: TestSpecification): number {
	const place = LONGEST.findIndex((name) => moduleId.endsWith(`/tests/${name}`));
	return place < 0 ? LONGEST.length : place;
}

/** Vitest's own order, but for the files that are known to be long: they come first, also where nothing has run yet. */
export class LongestFirst extends BaseSequencer {
	override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
		return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
	}
}
