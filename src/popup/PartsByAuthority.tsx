import { plural, t } from "../browser/i18n.ts";
import type { AcceptedParts, StoppedParts } from "../protocol.ts";
import { Tag } from "../ui/Notice.tsx";
import { nameOf, nameWithCountry } from "../ui/names.ts";

/** Parts of the page that one authority vouched for. */
interface Share {
	readonly name: string;
	readonly count: number;
	readonly isStopped: boolean;
}

/** Those that came by most are named; more could not be told apart in the bar. */
const NAMED = 5;

/** What came, by who vouches for it, most first, and then what was stopped. An authority with several keys is one. */
function sharesOf(accepted: readonly AcceptedParts[], stopped: readonly StoppedParts[]): Share[] {
	const counts = new Map<string, number>();
	for (const { by, count } of accepted) {
		const name = by === null ? t("popupByNobody") : nameWithCountry(nameOf(by), by.country);
		counts.set(name, (counts.get(name) ?? 0) + count);
	}
	const came = [...counts].sort(([, a], [, b]) => b - a);
	const others = came.splice(came.length > NAMED + 1 ? NAMED : came.length).reduce((sum, [, count]) => sum + count, 0);
	if (others > 0) came.push([t("popupByOthers"), others]);
	return [
		...came.map(([name, count]) => ({ name, count, isStopped: false })),
		...stopped
			.filter(({ unanswered }) => !unanswered)
			.map(({ authority, hosts }) => ({
				name: authority,
				count: hosts.reduce((sum, { count }) => sum + count, 0),
				isStopped: true,
			})),
	];
}

const pieceClass = (index: number, { isStopped }: Share): string =>
	isStopped ? "bar-piece bar-stopped" : `bar-piece bar-${index}`;

/** Who vouches for the parts of a page, as a bar with its legend. What a screen reader reads is the legend. */
export function PartsByAuthority(props: { accepted: readonly AcceptedParts[]; stopped: readonly StoppedParts[] }) {
	const { accepted, stopped } = props;
	if (accepted.length === 0) return null;
	const shares = sharesOf(accepted, stopped);
	return (
		<section class="popup-part stack-tight">
			<h2>{t("popupByTitle")}</h2>
			<div class="bar" aria-hidden="true">
				{shares.map((share, index) => (
					<span
						key={`${share.isStopped} ${share.name}`}
						class={pieceClass(index, share)}
						style={{ flexGrow: share.count }}
					/>
				))}
			</div>
			<ul class="bar-legend">
				{shares.map((share, index) => (
					<li key={`${share.isStopped} ${share.name}`}>
						<span class={pieceClass(index, share)} aria-hidden="true" />
						<bdi>{share.name}</bdi>{" "}
						<span class="bar-count">
							{share.isStopped ? (
								<Tag state="stopped">{plural("popupByStopped", share.count)}</Tag>
							) : (
								plural("popupBy", share.count)
							)}
						</span>
					</li>
				))}
			</ul>
		</section>
	);
}
