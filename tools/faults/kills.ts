/** Kills Firefox while it saves rules, and looks what is left of them. */
import fc from "fast-check";
import { Countersign, TEST_BUILD } from "../../tests/e2e/countersign.ts";
import { Firefox } from "../../tests/e2e/harness/index.ts";

export interface KillOptions {
	readonly kills: number;
	/** The moments are drawn from it, in units of the time that saving one rule takes. */
	readonly seed: number;
	/** Is given a line for each kill. */
	readonly say: (line: string) => void;
}

/** What came of one kill. */
export interface Kill {
	/** Milliseconds after the first confirmation. */
	readonly after: number;
	/** Rules whose saving was confirmed before the kill. */
	readonly confirmed: readonly string[];
	/** The rule whose saving was asked for and not confirmed, if any. */
	readonly pending: string | null;
	/** What was there when Firefox had started again. */
	readonly found: readonly string[];
	/** What the options page complains of; null: of nothing. */
	readonly trouble: string | null;
}

/** Enough text that a write takes its time. */
const BALLAST = 300;
/** Moments lie within the time that this many rules take to be saved, however slow the machine is. */
const SAVES = 5;

const numbered = (id: string) => ({ id, title: id, match: [{ country: "ZZ" }], action: "block", enabled: true });

const ballast = JSON.stringify({
	version: 1,
	rules: Array.from({ length: BALLAST }, (_, n) => ({ ...numbered(`ballast-${n}`), reason: "x".repeat(600) })),
});

/**
 * Saves one rule after the other, kills Firefox in the middle of it, starts it again in the same
 * profile, and goes on.
 */
export async function killWhileSaving({ kills, seed, say }: KillOptions): Promise<Kill[]> {
	const moments = fc.sample(fc.integer({ min: 0, max: 1000 * SAVES }), { seed, numRuns: kills });
	const done: Kill[] = [];
	await using firefox = await Firefox.start({ permanent: TEST_BUILD });
	await firefox.extensionRunning();
	let countersign = await Countersign.open(firefox);
	await countersign.use(ballast);
	for (const [index, moment] of moments.entries()) {
		const { after, confirmed, pending } = await saveUntilKilled(firefox, countersign, moment / 1000);
		await firefox.restart();
		await firefox.extensionRunning();
		countersign = await Countersign.open(firefox);
		const { rules, trouble } = await countersign.ask("options");
		const found = rules.map(({ id }) => id).filter((id) => !id.startsWith("ballast-"));
		const kill: Kill = { after, confirmed, pending, found, trouble: trouble?.detail ?? null };
		done.push(kill);
		const last =
			pending === null ? "none under way" : `the one under way ${found.includes(pending) ? "kept" : "not kept"}`;
		const lost = lostIn(kill);
		say(
			`kill ${index + 1} of ${kills}, ${after} ms after the first confirmation: ${confirmed.length} confirmed, ` +
				`${lost.length === 0 ? "all there" : `LOST: ${lost.join(", ")}`}; ${last}`,
		);
		await countersign.use(ballast);
	}
	return done;
}

/** Rules that were confirmed and are not there, and rules that nobody asked for. */
export function lostIn({ confirmed, pending, found }: Kill): string[] {
	const asked = pending === null ? confirmed : [...confirmed, pending];
	return [...confirmed.filter((id) => !found.includes(id)), ...found.filter((id) => !asked.includes(id))];
}

/** Kills Firefox after as much time as `saves` rules take to be saved, the first of them not counted. */
async function saveUntilKilled(
	firefox: Firefox,
	countersign: Countersign,
	saves: number,
): Promise<Pick<Kill, "after" | "confirmed" | "pending">> {
	const confirmed: string[] = [];
	let pending: string | null = null;
	const save = async (): Promise<void> => {
		pending = `rule-${confirmed.length + 1}`;
		// The page shows a rule as saved when this answer is there, and no sooner.
		const changed = await countersign.ask("saveRule", { rule: numbered(pending), isNew: true });
		if (!changed.ok) throw new Error(changed.error);
		confirmed.push(pending);
		pending = null;
	};
	const start = performance.now();
	await save();
	const after = Math.round((performance.now() - start) * saves);
	let isKilled = false;
	const killing = new Promise<void>((resolve) => setTimeout(resolve, after)).then(() => {
		isKilled = true;
		return firefox.kill();
	});
	try {
		while (!isKilled) await save();
	} catch (error) {
		if (!isKilled) throw error;
	}
	await killing;
	return { after, confirmed, pending };
}
