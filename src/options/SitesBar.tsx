import { number } from "../browser/i18n.ts";

/** A number of sites, and a bar for it: so much of the longest one. `bare`: without the number, which stands beside it. */
export function SitesBar({ sites, longest, bare = false }: { sites: number; longest: number; bare?: boolean }) {
	const share = longest === 0 ? 0 : Math.max(sites === 0 ? 0 : 2, (100 * sites) / longest);
	return (
		<span class="options-bar">
			{!bare && <span class="options-bar-number">{number(sites)}</span>}
			<span class="options-bar-line" aria-hidden="true">
				<span style={{ inlineSize: `${share}%` }} />
			</span>
		</span>
	);
}
