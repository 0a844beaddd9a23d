/** How the installed Firefox differs from what the catalogue was made from. */
import { readCertificates } from "../../src/certificate/read.ts";
import type { Catalogue } from "../../src/core/policy.ts";
import type { InstalledFirefox } from "./firefox.ts";
import { type Inputs, revocationOf } from "./inputs.ts";
import type { Ownership } from "./owners.ts";

const missingFrom = (one: Iterable<string>, other: ReadonlySet<string>): string[] =>
	[...one].filter((value) => !other.has(value));

/** One plain line for each difference; none when there is none. Long lists end in a number. */
export function driftOf(inputs: Inputs, { owners }: Ownership, firefox: InstalledFirefox): string[] {
	const lines: string[] = [];
	const say = (what: string, values: readonly string[]): void => {
		for (const value of values.slice(0, 20)) lines.push(`${what}: ${value}`);
		if (values.length > 20) lines.push(`${what}: ${values.length - 20} more`);
	};
	const owned = new Set(owners.flatMap(({ keys }) => [...keys.values()].flat().map(({ sha256 }) => sha256)));
	const has = new Map(firefox.roots.map((root) => [root.sha256, root]));
	const had = new Map(inputs.builtIn.map((root) => [root.sha256, root]));
	say("a root that Firefox has and the catalogue has not", missingFrom(has.keys(), new Set(had.keys())));
	say("a root that the catalogue has and Firefox has no longer", missingFrom(had.keys(), new Set(has.keys())));
	const otherwise = firefox.roots.filter((root) => {
		const known = had.get(root.sha256);
		return known && (known.tls !== root.tls || known.email !== root.email);
	});
	say(
		"a root that Firefox trusts for other uses than the catalogue says",
		otherwise.map(({ sha256 }) => sha256),
	);
	const trusted = firefox.roots.filter(({ tls }) => tls).map(({ sha256 }) => sha256);
	say("a root that Firefox trusts for TLS servers and nobody owns", missingFrom(trusted, owned));
	const shipped = new Set(inputs.shipped);
	const ships = new Set(firefox.intermediates);
	say("an intermediate that Firefox ships and the catalogue has not", missingFrom(ships, shipped));
	say("an intermediate that the catalogue has and Firefox no longer ships", missingFrom(shipped, ships));
	const revoked = new Set(firefox.revocations.map(revocationOf));
	say("a revocation that Firefox has and the catalogue has not", missingFrom(revoked, inputs.revocations));
	say("a revocation that the catalogue has and Firefox has no longer", missingFrom(inputs.revocations, revoked));
	return lines;
}

/** SHA-256 of the roots that Firefox trusts for TLS servers and that nobody owns by their key. */
export async function unownedRoots(firefox: InstalledFirefox, ownerOf: Catalogue["ownerOf"]): Promise<string[]> {
	const unowned: string[] = [];
	for (const { der, tls, sha256 } of firefox.roots) {
		if (!tls) continue;
		const [certificate] = await readCertificates(Buffer.from(der, "base64"), sha256);
		if (!certificate || !ownerOf(certificate.spki)) unowned.push(sha256);
	}
	return unowned;
}
