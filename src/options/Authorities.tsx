import type { ComponentChildren } from "preact";
import { useId, useMemo } from "preact/hooks";
import { formats, number, plural, t } from "../browser/i18n.ts";
import { Button } from "../ui/Button.tsx";
import { English } from "../ui/English.tsx";
import { Tag } from "../ui/Notice.tsx";
import { countryName, date } from "../ui/names.ts";
import { type Column, type Entry, STATUSES } from "./find.ts";
import { useFocus } from "./focus.ts";
import { PAGE_TOP, RULES } from "./places.ts";
import { authorityLink } from "./route.ts";
import { Section } from "./Section.tsx";
import { SitesBar } from "./SitesBar.tsx";
import { useOptions } from "./store.ts";
import { REFUSED_SHAPES, REFUSED_WORDS, STATUS_SHORT } from "./words.ts";

const COLUMNS: readonly { readonly column: Column; readonly words: string }[] = [
	{ column: "name", words: "optionsColumnName" },
	{ column: "country", words: "optionsColumnCountry" },
	{ column: "status", words: "optionsColumnStatus" },
	{ column: "sites", words: "optionsColumnSites" },
	{ column: "incidents", words: "optionsColumnIncidents" },
];

/** Everyone who can vouch for a website: a table to search, to order and to open. */
export function Authorities() {
	const { book, sites } = useOptions();
	const heading = useFocus<HTMLHeadingElement>(PAGE_TOP, RULES);
	const { found } = book;
	const { refused, others, total, more } = found.value;
	const since = sites.value?.since ?? null;
	return (
		<Section
			headingRef={heading}
			title={t("optionsAuthorities")}
			intro={
				<>
					{t("optionsAuthoritiesIntro")}
					{since !== null && ` ${t("optionsSitesSince", date(since))}`}
				</>
			}
		>
			<Loaded>
				<Finder />
				<p class="small soft" role="status">
					{plural("optionsFound", total)}
				</p>
				{total > 0 && (
					<div class="card options-table-card">
						<table class="options-table">
							<caption class="visually-hidden">{t("optionsAuthorities")}</caption>
							<Heads />
							<Rows
								words={others.length > 0 || refused.length > 0 ? t("optionsGroupRefused") : null}
								entries={refused}
							/>
							<Rows words={refused.length > 0 ? t("optionsGroupOthers") : null} entries={others} />
						</table>
					</div>
				)}
				{more > 0 && (
					<p>
						<Button onClick={() => book.showMore()}>{plural("optionsShowMore", more)}</Button>
					</p>
				)}
			</Loaded>
		</Section>
	);
}

/** What is shown once the authorities have been read, or why they could not be. */
export function Loaded({ children }: { children: ComponentChildren }) {
	const { book } = useOptions();
	if (book.failed.value !== null) {
		return (
			<div class="card stack-tight">
				<p>{t("optionsBookFailed")}</p>
				<p class="small soft">
					<English>{book.failed.value}</English>
				</p>
				<p>
					<Button onClick={() => void book.load()}>{t("uiTryAgain")}</Button>
				</p>
			</div>
		);
	}
	if (book.authorities.value === undefined) return <p class="soft">{t("optionsBookReading")}</p>;
	return <>{children}</>;
}

function Finder() {
	const { book } = useOptions();
	const id = useId();
	const { text, country, status } = book.question.value;
	const codes = book.countries.value;
	const countries = useMemo(() => {
		const order = new Intl.Collator(formats());
		return [...codes.keys()]
			.map((code) => ({ code, name: countryName(code) }))
			.sort((one, other) => order.compare(one.name, other.name));
	}, [codes]);
	return (
		<search class="options-finder">
			<div class="field options-finder-text">
				<label for={`${id}-text`}>{t("optionsSearch")}</label>
				<input
					id={`${id}-text`}
					class="input"
					type="search"
					autocomplete="off"
					spellcheck={false}
					placeholder={t("optionsSearchHint")}
					value={text}
					onInput={(event) => book.look({ text: event.currentTarget.value })}
				/>
			</div>
			<div class="field">
				<label for={`${id}-country`}>{t("optionsColumnCountry")}</label>
				<select
					id={`${id}-country`}
					class="select"
					value={country ?? ""}
					onChange={(event) => book.look({ country: event.currentTarget.value || null })}
				>
					<option value="">{t("optionsEveryCountry")}</option>
					{countries.map(({ code, name }) => (
						<option key={code} value={code}>
							{name}
						</option>
					))}
				</select>
			</div>
			<div class="field">
				<label for={`${id}-status`}>{t("optionsColumnStatus")}</label>
				<select
					id={`${id}-status`}
					class="select"
					value={status ?? ""}
					onChange={(event) =>
						book.look({ status: STATUSES.find((each) => each === event.currentTarget.value) ?? null })
					}
				>
					<option value="">{t("optionsEveryStatus")}</option>
					{STATUSES.map((each) => (
						<option key={each} value={each}>
							{t(STATUS_SHORT[each])}
						</option>
					))}
				</select>
			</div>
		</search>
	);
}

function Heads() {
	const { book } = useOptions();
	const { column: now, reversed } = book.question.value;
	// Numbers begin with the largest.
	const direction = (column: Column) =>
		(column === "sites" || column === "incidents") === reversed ? "ascending" : "descending";
	return (
		<thead>
			<tr>
				{COLUMNS.map(({ column, words }) => (
					<th
						key={column}
						scope="col"
						class={`options-column-${column}`}
						aria-sort={column === now ? direction(column) : undefined}
					>
						<button type="button" class="options-sort" onClick={() => book.order(column)}>
							{t(words)}
							<svg class="options-sort-mark" viewBox="0 0 12 12" aria-hidden="true" focusable="false">
								<path d={column === now && direction(column) === "ascending" ? "m6 3 4 6H2z" : "m6 9 4-6H2z"} />
							</svg>
						</button>
					</th>
				))}
			</tr>
		</thead>
	);
}

/** A group of rows under its name. */
function Rows({ words, entries }: { words: string | null; entries: readonly Entry[] }) {
	const { sites } = useOptions();
	const counts = sites.value?.byAuthority;
	const longest = useMemo(() => Math.max(0, ...Object.values(counts ?? {})), [counts]);
	if (entries.length === 0) return null;
	return (
		<tbody>
			{words !== null && (
				<tr class="options-group">
					<th scope="rowgroup" colSpan={COLUMNS.length}>
						{words}
					</th>
				</tr>
			)}
			{entries.map((entry) => (
				<Row key={entry.authority.id} entry={entry} longest={longest} />
			))}
		</tbody>
	);
}

function Row({ entry, longest }: { entry: Entry; longest: number }) {
	const { book } = useOptions();
	const { authority, countryName: country } = entry;
	const { refused } = book.about.value(authority);
	const link = useFocus<HTMLAnchorElement>(authority.id);
	const incidents = authority.incidents.length;
	const status = t(STATUS_SHORT[authority.status]);
	return (
		<tr>
			<th scope="row" class="options-column-name">
				<span class="options-name">
					<a ref={link} href={authorityLink(authority.id)}>
						<bdi>{authority.name}</bdi>
					</a>
					{refused !== null && <Tag state={REFUSED_SHAPES[refused]}>{t(REFUSED_WORDS[refused])}</Tag>}
				</span>
				{/* On narrow pages, in place of the columns. */}
				<span class="options-narrow small soft">
					{[country, status, incidents > 0 && plural("optionsIncidentCount", incidents)].filter(Boolean).join(" · ")}
				</span>
			</th>
			<td class="options-column-country">{country ?? "–"}</td>
			<td class="options-column-status">{status}</td>
			<td class="options-column-sites">
				<SitesBar sites={book.sitesOf(authority.id)} longest={longest} />
			</td>
			<td class="options-column-incidents">{incidents === 0 ? "–" : number(incidents)}</td>
		</tr>
	);
}
