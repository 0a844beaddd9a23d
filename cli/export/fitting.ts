/** What of a plan one kind of program can hold, and what is missing there. */
import type { Known, KnownKey } from "./known.ts";
import type { Plan, Refused } from "./plan.ts";

/**
 * How a program finds what it is told to refuse.
 *
 * `key`: by the key of a certificate that it is shown. `certificate`: that one certificate, wherever it stands in a chain.
 * `root`: a list of roots, out of which roots are taken by the hash of their key; what stands in the middle of a chain is
 * not looked at.
 */
export type Matching = "key" | "certificate" | "root";

/** A certificate that the program goes on to accept. */
export interface Missing {
	readonly spki: string;
	/** Null: nothing but the key's hash is known. */
	readonly certificate: Known | null;
	/** Ids of the rules that refuse it. */
	readonly rules: ReadonlySet<string>;
}

export interface Fit {
	/** Only what is carried. With `key` each has a bearer, with `certificate` every certificate its bytes. */
	readonly refused: readonly Refused[];
	readonly missing: readonly Missing[];
	/** Certificates that have no entry and need none: all roots known to stand above them are refused. */
	readonly covered: number;
}

/** A root of these is accepted by somebody: those that Firefox ships, else all keys of the authority. */
function rootsOf(keys: ReadonlyMap<string, KnownKey>): ReadonlyMap<string, readonly string[]> {
	const roots = new Map<string, string[]>();
	const others = new Map<string, string[]>();
	for (const { spki, authority, certificates } of keys.values()) {
		if (authority === null) continue;
		const to = certificates.some(({ builtIn }) => builtIn) ? roots : others;
		const there = to.get(authority);
		if (there) there.push(spki);
		else to.set(authority, [spki]);
	}
	return new Map([...others, ...roots]);
}

/** Whether a program that matches so is told of all roots for this key that are known. */
function holdsRoots(
	{ spki, bearer, certificates }: Refused,
	keys: ReadonlyMap<string, KnownKey>,
	how: Matching,
): boolean {
	if (how === "root") return true;
	if (how === "key") return bearer !== null;
	const told = new Set(certificates.filter(({ der }) => der !== null).map(({ sha256 }) => sha256));
	return (keys.get(spki)?.certificates ?? []).every(({ kind, sha256 }) => kind !== "root" || told.has(sha256));
}

/**
 * Fits a plan to a kind of program.
 *
 * @param keys all that are known, refused or not
 */
export function fitTo({ refused }: Plan, keys: ReadonlyMap<string, KnownKey>, how: Matching): Fit {
	const roots = rootsOf(keys);
	const held = new Set<string>();
	for (const one of refused.values()) if (holdsRoots(one, keys, how)) held.add(one.spki);
	const isCovered = ({ kind, under }: Known): boolean =>
		kind === "intermediate" &&
		under.length > 0 &&
		under.every((id) => {
			const above = roots.get(id) ?? [];
			return above.length > 0 && above.every((spki) => held.has(spki));
		});

	const carried: Refused[] = [];
	const missing: Missing[] = [];
	let covered = 0;
	for (const one of refused.values()) {
		const { spki, certificates, bearer, rules } = one;
		const has = (certificate: Known): boolean => {
			if (how === "root") return certificate.kind === "root";
			return how === "key" ? bearer !== null : certificate.der !== null;
		};
		const there = how === "certificate" ? certificates.filter(has) : certificates;
		if (how === "root" || (how === "key" ? bearer !== null : there.length > 0)) {
			carried.push({ ...one, certificates: there });
		}
		const left = certificates.filter((certificate) => !has(certificate));
		const open = left.filter((certificate) => !isCovered(certificate));
		covered += left.length - open.length;
		missing.push(...open.map((certificate) => ({ spki, certificate, rules })));
		// A list of roots is searched by the hash alone.
		if (certificates.length === 0 && how !== "root" && bearer === null)
			missing.push({ spki, certificate: null, rules });
	}
	return { refused: carried, missing, covered };
}
