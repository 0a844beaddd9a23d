/** Whether a certificate names somebody else than who owns its key. */
import { fold } from "./name.ts";

/** "The Go Daddy Group" as "thegodaddygroup": one word to look for. */
const squashed = (text: string): string => fold(text).replace(/[^\p{Letter}\p{Number}]/gu, "");

/** "Internet Security Research Group" as "isrg". */
const initials = (text: string): string =>
	Array.from(fold(text).matchAll(/[\p{Letter}\p{Number}']+/gu), ([word]) => word.charAt(0)).join("");

/** Words that say nothing about whose name it is. */
const COMMON = new Set(
	(
		"and authority ca certificate certification company corp corporation digital gmbh group holdings inc international " +
		"limited llc ltd network networks online pki public root secure security services signature solutions systems " +
		"technologies technology the trust trusted"
	).split(" "),
);

/** Words that tell whose name it is. */
const telling = (text: string): string[] =>
	Array.from(fold(text).matchAll(/[\p{Letter}\p{Number}]{3,}/gu), ([word]) => word).filter((word) => !COMMON.has(word));

/** What a certificate says of its holder, and who owns its key. */
interface Papers {
	readonly authority: { readonly name: string } | null;
	readonly organization: string | null;
	readonly commonName: string | null;
}

/**
 * The organisation that a certificate names, where it is somebody else than who owns its key: a "Starfield" root
 * that is Amazon's. Null where both may be the same in other words, where no owner is known, or none is named.
 */
export function otherPapers({ authority, organization, commonName }: Papers): string | null {
	if (authority === null || organization === null) return null;
	const owner = squashed(authority.name);
	const papers = squashed(`${organization} ${commonName ?? ""}`);
	const short = initials(organization);
	const isSame =
		papers.includes(owner) ||
		owner.includes(squashed(organization)) ||
		telling(organization).some((word) => owner.includes(word)) ||
		telling(authority.name).some((word) => papers.includes(word)) ||
		(short.length >= 3 && owner.includes(short));
	return isSame ? null : organization;
}
