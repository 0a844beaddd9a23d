/** Which part of the options page is shown: the fragment of its address, so that each can be linked to. */

export type Route =
	| { readonly page: "rules" }
	| { readonly page: "authorities" }
	| { readonly page: "sets" }
	| { readonly page: "lists" }
	| { readonly page: "mail" }
	| { readonly page: "check" }
	| { readonly page: "authority"; readonly id: string };

const AUTHORITY = /^#authority\/([a-z0-9][a-z0-9-]{0,99})$/;

/** Reads a fragment ("#authority/cnnic"). Whatever it does not know is the page of the rules. */
export function readRoute(fragment: string): Route {
	if (fragment === "#authorities") return { page: "authorities" };
	if (fragment === "#sets") return { page: "sets" };
	if (fragment === "#lists") return { page: "lists" };
	if (fragment === "#mail") return { page: "mail" };
	if (fragment === "#check") return { page: "check" };
	const [, id] = AUTHORITY.exec(fragment) ?? [];
	return id === undefined ? { page: "rules" } : { page: "authority", id };
}

/** The fragment that leads to an authority. */
export const authorityLink = (id: string): string => `#authority/${id}`;
