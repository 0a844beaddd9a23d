import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { number, plural, t } from "../browser/i18n.ts";
import type { AuthorityDetails, Incident } from "../catalogue/details.ts";
import type { Rule } from "../core/policy.ts";
import type { OptionsView } from "../protocol.ts";
import { Button } from "../ui/Button.tsx";
import { isElsewhere, ownWords } from "../ui/builtIn.ts";
import { Name } from "../ui/Name.tsx";
import { Tag } from "../ui/Notice.tsx";
import { countryName, isolate, nameWithCountry } from "../ui/names.ts";
import { Loaded } from "./Authorities.tsx";
import { useFocus } from "./focus.ts";
import { Impact } from "./Impact.tsx";
import { Keys } from "./Keys.tsx";
import { ADD, PAGE_TOP, RULES } from "./places.ts";
import { RuleEditor } from "./RuleEditor.tsx";
import { RuleRow, RuleTag, RuleWords } from "./RuleRow.tsx";
import { authorityLink } from "./route.ts";
import { Section } from "./Section.tsx";
import { SitesBar } from "./SitesBar.tsx";
import { useOptions } from "./store.ts";
import {
	dayWords,
	INCIDENT_WORDS,
	namesAndMore,
	REFUSED_SHAPES,
	REFUSED_WORDS,
	STATUS_WORDS,
	WHO_WORDS,
} from "./words.ts";

/** Everything that is known of one authority, and what can be done about it. */
export function AuthorityPage({ id, view }: { id: string; view: OptionsView }) {
	const { book } = useOptions();
	const heading = useFocus<HTMLHeadingElement>(PAGE_TOP, RULES);
	const authority = book.byId(id);
	return (
		<div class="stack-loose">
			<p class="options-back">
				<a href="#authorities">{t("optionsAllAuthorities")}</a>
			</p>
			{authority === undefined ? (
				<Section headingRef={heading} title={t("optionsAuthorities")}>
					<Loaded>
						<p class="card">{t("optionsUnknownAuthority", id)}</p>
					</Loaded>
				</Section>
			) : (
				<>
					<Section
						headingRef={heading}
						title={<bdi>{authority.name}</bdi>}
						intro={<Who authority={authority} />}
						aside={<State authority={authority} />}
					>
						<Refuse authority={authority} view={view} />
					</Section>
					<Incidents incidents={authority.incidents} />
					<CrossSigns authority={authority} />
					<Keys authority={authority} />
				</>
			)}
		</div>
	);
}

function State({ authority }: { authority: AuthorityDetails }) {
	const { book } = useOptions();
	const { refused } = book.about.value(authority);
	if (refused === null) return null;
	return <Tag state={REFUSED_SHAPES[refused]}>{t(REFUSED_WORDS[refused])}</Tag>;
}

/** Legal name, country, standing and who controls it, as far as that is known. */
function Who({ authority }: { authority: AuthorityDetails }) {
	const { name, legalName, country, status, controlledBy } = authority;
	const parts = [
		legalName === name ? null : legalName,
		country === null ? null : countryName(country),
		t(STATUS_WORDS[status]),
	].filter((part) => part !== null);
	const who = controlledBy === null ? undefined : WHO_WORDS[controlledBy.who];
	return (
		<>
			{parts.map((part, index) => (
				<span key={part}>
					{index > 0 && " · "}
					<bdi>{part}</bdi>
				</span>
			))}
			{controlledBy !== null && who !== undefined && (
				<>
					{" · "}
					{t(who)} (<Source address={controlledBy.source} />)
				</>
			)}
		</>
	);
}

/** A source, by the name of its site. */
function Source({ address }: { address: string }) {
	const host = URL.parse(address)?.hostname.replace(/^www\./, "") ?? address;
	return (
		<a href={address} target="_blank" rel="noreferrer">
			<Name of={host} />
		</a>
	);
}

/** The rules about it; without one in force, what refusing it would cost, and the buttons that do. */
function Refuse({ authority, view }: { authority: AuthorityDetails; view: OptionsView }) {
	const store = useOptions();
	const { book, sites } = store;
	const customize = useFocus<HTMLButtonElement>(ADD);
	const { refused, rules } = book.about.value(authority);
	const own = rules.filter((rule) => view.rules.includes(rule));
	const others = rules.filter((rule) => !view.rules.includes(rule));
	const editor = store.editor.value;
	const edited = editor?.draft.value.id ?? null;
	const locked = store.locked.value;
	const total = sites.value?.total ?? 0;
	const vouched = book.sitesOf(authority.id);
	return (
		<div class="stack">
			{total > 0 && (
				<div class="card stack-tight">
					<p>{plural("optionsVouchesFor", total, number(vouched))}</p>
					<SitesBar sites={vouched} longest={total} bare />
				</div>
			)}
			{rules.length > 0 && (
				<ul class="options-list">
					{others.map((rule) => (
						<li key={`${whoseWords(rule, view)}/${rule.id}`} class="options-item stack-tight">
							<div class="row row-spread">
								<bdi class="host">{ownWords(rule.title)}</bdi>
								<RuleTag rule={rule} />
							</div>
							<RuleWords rule={rule} authorities={view.authorities} />
							<p class="small soft">{whoseWords(rule, view)}</p>
						</li>
					))}
					{own.map((rule) => (
						<li key={rule.id} class="options-item">
							{editor !== null && edited === rule.id ? (
								<RuleEditor editor={editor} authorities={view.authorities} />
							) : (
								<RuleRow rule={rule} index={0} count={1} authorities={view.authorities} />
							)}
						</li>
					))}
				</ul>
			)}
			{editor !== null && edited === null ? (
				<div class="card">
					<RuleEditor editor={editor} authorities={view.authorities} />
				</div>
			) : (
				refused !== "refused" && (
					<div class="card stack-tight">
						<h3>{t("optionsCost")}</h3>
						<Impact rules={[wholeRule(authority)]} />
						{locked ? (
							<p class="small soft">{t("optionsLockedRules")}</p>
						) : (
							<p class="row">
								<Button look="danger" onClick={() => void store.refuse(authority)}>
									{t("optionsRefuse", isolate(authority.name))}
								</Button>
								<Button look="link" buttonRef={customize} onClick={() => store.customize(authority)}>
									{t("optionsRefuseOptions")}
								</Button>
							</p>
						)}
					</div>
				)
			)}
		</div>
	);
}

/** Whose rule it is that cannot be changed here. */
function whoseWords(rule: Rule, { lists }: OptionsView): string {
	const list = lists.find(({ rules }) => rules.some((each) => each.rule === rule));
	return list === undefined ? t("optionsByAdmin") : t("blockedRuleByList", isolate(list.title));
}

/** The rule that the button would add, for asking what it would cost. */
function wholeRule({ id, name }: AuthorityDetails): Rule {
	return {
		id: "asked",
		title: Array.from(name).slice(0, 120).join(""),
		match: [{ authority: id }],
		action: "block",
		enabled: true,
	};
}

/** What happened, newest first. */
function Incidents({ incidents }: { incidents: readonly Incident[] }) {
	return (
		<Section
			title={t("optionsIncidents")}
			intro={t("optionsIncidentsIntro") + (isElsewhere() ? ` ${t("optionsIncidentsEnglish")}` : "")}
		>
			{incidents.length === 0 ? (
				<p class="card soft">{t("optionsNoIncidents")}</p>
			) : (
				<ol class="card options-timeline">
					{incidents.map((incident) => (
						<IncidentRow key={`${incident.date} ${incident.summary}`} incident={incident} />
					))}
				</ol>
			)}
		</Section>
	);
}

function IncidentRow({ incident: { date, kind, summary, vendorActions, sources } }: { incident: Incident }) {
	const words = INCIDENT_WORDS[kind];
	return (
		<li class="stack-tight options-incident">
			<p class="row">
				<span class="label">{dayWords(date)}</span>
				{words !== undefined && <span class="tag">{t(words)}</span>}
			</p>
			{/* The catalogue is in English, whatever the page is in. */}
			<p lang="en" dir="ltr">
				{summary}
			</p>
			{vendorActions.length > 0 && (
				<ul class="options-actions small">
					{vendorActions.map(({ vendor, date: day, what }) => (
						<li key={`${vendor} ${day} ${what}`}>
							<bdi class="host">{vendor}</bdi>
							{day !== null && ` · ${dayWords(day)}`}
							<span class="options-action" lang="en" dir="ltr">
								{what}
							</span>
						</li>
					))}
				</ul>
			)}
			<p class="small soft options-sources">
				{plural("optionsSources", sources.length)}{" "}
				{sources.map((address, index) => (
					<span key={address}>
						{index > 0 && " · "}
						<Source address={address} />
					</span>
				))}
			</p>
		</li>
	);
}

/** Certificates that a drawing names. */
const NAMED = 3;

/** How many of a long list are drawn before the rest is asked for. */
const DRAWN = 8;

/** Under whom its keys stand beside itself, and whose keys stand under it. */
function CrossSigns({ authority }: { authority: AuthorityDetails }) {
	const { book } = useOptions();
	const above = new Map<string, Set<string>>();
	for (const { certificates } of authority.keys) {
		for (const { under, name, sha256 } of certificates) {
			for (const id of under) {
				if (id !== authority.id) above.set(id, (above.get(id) ?? new Set()).add(name ?? sha256.slice(0, 16)));
			}
		}
	}
	const below = book.backed.value.get(authority.id) ?? [];
	if (above.size === 0 && below.length === 0) return null;
	return (
		<Section title={t("optionsCrossSigns")} intro={t("optionsCrossSignsIntro")}>
			<div class="card stack">
				<Many
					items={[...above]}
					more={(count) => plural("optionsShowMore", count)}
					row={([id, names]) => {
						const other = book.byId(id);
						const title = other?.name ?? id;
						return (
							<li key={id} class="options-cross">
								<p class="small">{plural("optionsAlsoUnder", authority.keys.length === 1 ? 1 : 2, isolate(title))}</p>
								<div class="options-cross-drawing">
									<a class="options-cross-node" href={authorityLink(id)}>
										<bdi>{title}</bdi>
									</a>
									<Arrow />
									<span class="options-cross-node">
										{namesAndMore([...names].slice(0, NAMED), Math.max(0, names.size - NAMED))}
									</span>
								</div>
							</li>
						);
					}}
				/>
				{below.length > 0 && (
					<div class="stack-tight">
						<p class="small">{plural("optionsBacks", below.length)}</p>
						<Many
							look="options-backed"
							items={below}
							more={(count) => plural("optionsShowMore", count)}
							row={(other) => (
								<li key={other.id}>
									<a href={authorityLink(other.id)}>
										<bdi>{nameWithCountry(other.name, other.country)}</bdi>
									</a>
								</li>
							)}
						/>
					</div>
				)}
			</div>
		</Section>
	);
}

/** A list that shows its first entries, and all of them when asked to. */
function Many<Item>(props: {
	items: readonly Item[];
	row: (item: Item) => ComponentChildren;
	more: (count: number) => string;
	look?: string;
}) {
	const { items, row, more, look = "stack" } = props;
	const [all, setAll] = useState(items.length <= DRAWN + 1);
	if (items.length === 0) return null;
	return (
		<>
			<ul class={look}>{(all ? items : items.slice(0, DRAWN)).map(row)}</ul>
			{!all && (
				<p>
					<Button small onClick={() => setAll(true)}>
						{more(items.length - DRAWN)}
					</Button>
				</p>
			)}
		</>
	);
}

/** From who vouches to what is vouched for; it follows the direction of the text. */
function Arrow() {
	return (
		<svg class="options-arrow" viewBox="0 0 48 12" aria-hidden="true" focusable="false">
			<path d="M0 5h40V1l8 5-8 5V7H0z" />
		</svg>
	);
}
