import { t } from "../browser/i18n.ts";
import type { Route } from "./route.ts";

const PAGES: readonly { readonly page: Route["page"]; readonly link: string; readonly words: string }[] = [
	{ page: "rules", link: "#rules", words: "optionsNavRules" },
	{ page: "authorities", link: "#authorities", words: "optionsNavAuthorities" },
	{ page: "sets", link: "#sets", words: "optionsNavSets" },
	{ page: "lists", link: "#lists", words: "optionsNavLists" },
	{ page: "mail", link: "#mail", words: "mailTitle" },
	{ page: "check", link: "#check", words: "checkTitle" },
];

/** The parts of the page. They are links, so that the browser's Back and bookmarks work. */
export function Nav({ route }: { route: Route }) {
	const now = route.page === "authority" ? "authorities" : route.page;
	return (
		<nav class="options-nav" aria-label={t("optionsNav")}>
			<ul>
				{PAGES.map(({ page, link, words }) => (
					<li key={page}>
						<a href={link} aria-current={page === now ? (route.page === now ? "page" : "true") : undefined}>
							{t(words)}
						</a>
					</li>
				))}
			</ul>
		</nav>
	);
}
