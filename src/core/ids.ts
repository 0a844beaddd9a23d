/** Longest id that a policy allows, less room for a number behind it. */
const MAX_BASE = 56;

/**
 * Makes an id for a new rule from its title ("DigiNotar B.V." → "diginotar-b-v"), unlike all that are
 * taken. A title without any Latin letter or digit gives "rule".
 */
export function newRuleId(title: string, taken: Iterable<string>): string {
	const base =
		title
			.normalize("NFKD")
			.replace(/\p{Mark}/gu, "")
			.toLowerCase()
			.replace(/[^a-z0-9]+/g, "-")
			.replace(/^-+/, "")
			.slice(0, MAX_BASE)
			.replace(/-+$/, "") || "rule";
	const ids = new Set(taken);
	let id = base;
	for (let number = 2; ids.has(id); number++) id = `${base}-${number}`;
	return id;
}
