/** The real catalogue: what its index costs to load, and what refusing all of it costs. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { catalogue } from "../../src/catalogue/index.ts";
import { compile } from "../../src/core/compile.ts";
import type { Judge } from "../../src/core/judge.ts";
import type { Policy } from "../../src/core/policy.ts";
import type { Response } from "./world.ts";

/** What one load took, in a process of its own, where nothing has been compiled yet. */
export interface Load {
	readonly milliseconds: number;
	/** Megabytes (1,000,000 bytes) of heap that stay taken. */
	readonly megabytes: number;
}

/** Loads the index as the background does, so many times, each in a fresh process. Throws when one fails. */
export function loads(count: number): Load[] {
	const script = fileURLToPath(new URL("load.ts", import.meta.url));
	return Array.from({ length: count }, () => {
		const { stdout, stderr, status } = spawnSync(process.execPath, ["--expose-gc", "--import", "tsx", script], {
			encoding: "utf8",
		});
		if (status !== 0) throw new Error(`the index did not load: ${stderr}`);
		return JSON.parse(stdout) as Load;
	});
}

/** Refuses every authority, by so many rules: one for each, or fewer that name many. */
export function refusing(rules: number): Policy {
	const { authorities } = catalogue;
	const count = Math.min(rules, authorities.length);
	return {
		version: 1,
		rules: Array.from({ length: count }, (_, number) => ({
			id: `rule-${number}`,
			title: `Rule ${number}`,
			match: authorities.filter((_, at) => at % count === number).map(({ id }) => ({ authority: id })),
			action: "block",
			enabled: true,
		})),
	};
}

/** A judge that refuses every authority by so many rules. */
export const judgeRefusing = (rules: number): Judge => compile({ admin: null, person: refusing(rules) }, catalogue);

const KEYS = catalogue.authorities.flatMap(({ keys }) => keys);

interface Reported {
	fingerprint: { sha256: string };
	subjectPublicKeyInfoDigest: { sha256: string };
}

/** The same response under a root of the catalogue: which one, its fingerprint says. */
export function underCatalogue(response: Response): Response {
	const certificates = response.certificates as readonly Reported[];
	const root = certificates.at(-1);
	if (!root) return response;
	const sha256 = KEYS[Number.parseInt(root.fingerprint.sha256.replaceAll(":", "").slice(0, 8), 16) % KEYS.length] ?? "";
	return { ...response, certificates: certificates.with(-1, { ...root, subjectPublicKeyInfoDigest: { sha256 } }) };
}
