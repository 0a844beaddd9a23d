import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import { formats } from "../browser/i18n.ts";
import type { AuthorityDetails, Preset } from "../catalogue/details.ts";
import { messageOf } from "../core/error.ts";
import type { Rule } from "../core/policy.ts";
import type { OptionsView, SitesView } from "../protocol.ts";
import { countryName } from "../ui/names.ts";
import { type Column, createEntries, type Entry, findEntries, type Question } from "./find.ts";
import { type AboutAuthority, aboutAuthorities } from "./refused.ts";

/** Rows that each group of the table begins with, and that come with each "show more". */
export const PAGE = 50;

/** What was looked for, found and is shown, those that rules are about first. */
export interface Found {
	readonly refused: readonly Entry[];
	readonly others: readonly Entry[];
	readonly total: number;
	/** How many of these are not among the rows yet. */
	readonly more: number;
}

/** The authorities as the options page shows them: read once, when they are first looked at. */
export interface Book {
	/** Undefined until they have been read. */
	readonly authorities: ReadonlySignal<readonly AuthorityDetails[] | undefined>;
	/** Undefined until they have been read, together with the authorities. */
	readonly presets: ReadonlySignal<readonly Preset[] | undefined>;
	/** Why they could not be read; null when they could. */
	readonly failed: ReadonlySignal<string | null>;
	byId(id: string): AuthorityDetails | undefined;
	/** Codes of the countries that own keys, with how many authorities. */
	readonly countries: ReadonlySignal<ReadonlyMap<string, number>>;
	/** Which authorities' certificates stand under an authority, by its id; its own are not among them. */
	readonly backed: ReadonlySignal<ReadonlyMap<string, readonly AuthorityDetails[]>>;
	readonly question: ReadonlySignal<Question>;
	readonly found: ReadonlySignal<Found>;
	/** What rules in force, and those switched off, say about an authority. */
	readonly about: ReadonlySignal<(authority: AuthorityDetails) => AboutAuthority>;
	/** Sites of the person that an authority vouched for; 0 where nothing is known. */
	sitesOf(id: string): number;
	/** Reads them, unless that was done. Never rejects. */
	load(): Promise<void>;
	/** Changes what is looked for. */
	look(change: Partial<Question>): void;
	/** Orders by a column, or, where it is ordered by that already, the other way round. */
	order(column: Column): void;
	showMore(): void;
}

export interface BookDeps {
	readonly loadDetails: () => Promise<readonly AuthorityDetails[]>;
	readonly loadPresets: () => Promise<readonly Preset[]>;
	readonly view: ReadonlySignal<OptionsView | undefined>;
	readonly sites: ReadonlySignal<SitesView | undefined>;
}

/** All rules of an administrator, the person and lists, in the order in which they count. A list's that are off are not among them. */
export function rulesOf(view: OptionsView | undefined): readonly Rule[] {
	if (view === undefined) return [];
	const fromLists = view.lists.flatMap(({ rules }) => rules.filter(({ switchedOff }) => !switchedOff));
	return [...(view.admin?.policy.rules ?? []), ...view.rules, ...fromLists.map(({ rule }) => rule)];
}

/** The state of the table and of what is read for it. */
export function createBook({ loadDetails, loadPresets, view, sites }: BookDeps): Book {
	const authorities = signal<readonly AuthorityDetails[]>();
	const presets = signal<readonly Preset[]>();
	const failed = signal<string | null>(null);
	const asked = signal<Partial<Question>>({});
	const rows = signal(PAGE);
	let loading: Promise<void> | null = null;

	const ids = computed(() => new Map(authorities.value?.map((authority) => [authority.id, authority])));
	const entries = computed(() => createEntries(authorities.value ?? [], countryName, formats()));
	const sitesOf = (id: string): number => sites.value?.byAuthority[id] ?? 0;
	const question = computed<Question>(() => ({
		text: "",
		country: null,
		status: null,
		// Who vouches for one's own sites says more than the alphabet, once it is known.
		column: (sites.value?.total ?? 0) > 0 ? "sites" : "name",
		reversed: false,
		...asked.value,
	}));
	const about = computed(() => aboutAuthorities(rulesOf(view.value)));
	const groups = computed(() => {
		const refused: Entry[] = [];
		const others: Entry[] = [];
		for (const entry of findEntries(entries.value, question.value, sitesOf)) {
			(about.value(entry.authority).refused === null ? others : refused).push(entry);
		}
		return { refused, others };
	});

	async function read(): Promise<void> {
		try {
			const [details, sets] = await Promise.all([loadDetails(), loadPresets()]);
			batch(() => {
				authorities.value = details;
				presets.value = sets;
				failed.value = null;
			});
		} catch (error) {
			failed.value = messageOf(error);
			// The next look at them tries again.
			loading = null;
		}
	}

	return {
		authorities,
		presets,
		failed,
		byId: (id) => ids.value.get(id),
		countries: computed(() => {
			const counts = new Map<string, number>();
			for (const { country } of authorities.value ?? []) {
				if (country !== null) counts.set(country, (counts.get(country) ?? 0) + 1);
			}
			return counts;
		}),
		backed: computed(() => {
			const backed = new Map<string, Set<AuthorityDetails>>();
			for (const authority of authorities.value ?? []) {
				for (const { certificates } of authority.keys) {
					for (const { under } of certificates) {
						for (const id of under) {
							if (id !== authority.id) backed.set(id, (backed.get(id) ?? new Set()).add(authority));
						}
					}
				}
			}
			return new Map([...backed].map(([id, those]) => [id, [...those]]));
		}),
		question,
		found: computed(() => {
			const { refused, others } = groups.value;
			return {
				refused: refused.slice(0, rows.value),
				others: others.slice(0, rows.value),
				total: refused.length + others.length,
				more: Math.max(0, refused.length - rows.value) + Math.max(0, others.length - rows.value),
			};
		}),
		about,
		sitesOf,
		load() {
			loading ??= read();
			return loading;
		},
		look(change) {
			asked.value = { ...asked.value, ...change };
			rows.value = PAGE;
		},
		order(column) {
			const { column: now, reversed } = question.value;
			asked.value = { ...asked.value, column, reversed: now === column && !reversed };
			rows.value = PAGE;
		},
		showMore() {
			rows.value += PAGE;
		},
	};
}
