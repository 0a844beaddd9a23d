import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { AuthorityDetails, Preset } from "../catalogue/details.ts";
import { messageOf } from "../core/error.ts";
import { newRuleId } from "../core/ids.ts";
import type { Rule, Settings } from "../core/policy.ts";
import type { Background, Changed, OptionsView, SitesView } from "../protocol.ts";
import { ownWords } from "../ui/builtIn.ts";
import type { Clock } from "../ui/clock.ts";
import { createSilence } from "../ui/silence.ts";
import { type Sentence, say } from "../ui/Text.tsx";
import { type Add, createAdd } from "./add.ts";
import { type Book, createBook, rulesOf } from "./book.ts";
import { type Check, type CheckDeps, createCheck } from "./check.ts";
import { type Draft, draftOf, newDraft } from "./draft.ts";
import { createEditor, type Editor } from "./editor.ts";
import { createImpacts, type Impacts } from "./impacts.ts";
import { createLists, type Lists, type ListsDeps } from "./lists.ts";
import { createMail, type Mail, type MailDeps } from "./mail.ts";
import { ADD, EXCEPTIONS, PAGE_TOP, RULES, SETTINGS, TRANSFER, UNDO } from "./places.ts";
import { type Route, readRoute } from "./route.ts";
import { countryRule, missingOf, ruleOfCountry, setName } from "./sets.ts";
import { createTransfer, type Transfer } from "./transfer.ts";

/** What the options page asks of the background. */
export type OptionsBackground = Pick<
	Background,
	| "options"
	| "saveRule"
	| "deleteRule"
	| "moveRule"
	| "undo"
	| "saveSettings"
	| "revokeException"
	| "previewImport"
	| "importPolicy"
	| "exportPolicy"
	| "heldCertificates"
	| "exportUnreadable"
	| "dismissTrouble"
	| "saveRules"
	| "deleteRules"
	| "sites"
	| "impact"
	| "keepSites"
	| "clearSites"
	| "selfCheck"
> &
	ListsDeps["background"] &
	MailDeps["background"];

export interface OptionsDeps {
	readonly background: OptionsBackground;
	/** Calls back when something that is shown may have changed; returns what ends that. */
	readonly onChanges: (callback: () => void) => () => void;
	/** Hands a text file to the person. */
	readonly saveFile: (name: string, text: string, type?: string) => void;
	/** What Firefox says of the extension, for "Is it working?". */
	readonly check: CheckDeps;
	/** Asks for, and gives back, what Firefox needs for mail servers. */
	readonly mail: Pick<MailDeps, "requestPermissions" | "dropPermissions">;
	readonly clock: Clock;
	/** Reads all that is known of the authorities. */
	readonly loadDetails: () => Promise<readonly AuthorityDetails[]>;
	/** Reads the ready-made sets. */
	readonly loadPresets: () => Promise<readonly Preset[]>;
	/** The fragment of the page's own address, and a call back when it changes. */
	readonly fragment: () => string;
	readonly onFragment: (callback: () => void) => () => void;
}

export interface Options {
	/** Undefined until the background has answered once. */
	readonly view: ReadonlySignal<OptionsView | undefined>;
	/** Why the last thing that was asked for did not happen; null when it did. */
	readonly problem: ReadonlySignal<string | null>;
	/** Nobody answers: nothing is checked. */
	readonly silent: ReadonlySignal<boolean>;
	/** What has just happened, for screen readers and the eye. */
	readonly news: ReadonlySignal<Sentence | null>;
	/** A change that was made while this page is open and can be undone. */
	readonly undoable: ReadonlySignal<OptionsView["undo"]>;
	/** An administrator's lock. */
	readonly locked: ReadonlySignal<boolean>;
	/** Files are being dragged over the page. */
	readonly dragging: ReadonlySignal<boolean>;
	setDragging(dragging: boolean): void;
	/**
	 * Where the focus belongs now that what had it is gone: the id of a rule, or one of
	 * places.ts. Whoever takes it says so with `focused`.
	 */
	readonly focus: ReadonlySignal<string | null>;
	focused(): void;
	/** The rule that is being edited, or null. */
	readonly editor: ReadonlySignal<Editor | null>;
	readonly add: Add;
	readonly transfer: Transfer;
	readonly lists: Lists;
	readonly mail: Mail;
	readonly check: Check;
	readonly route: ReadonlySignal<Route>;
	readonly book: Book;
	readonly impacts: Impacts;
	/** Which authorities vouched for which sites; undefined while that is not known. */
	readonly sites: ReadonlySignal<SitesView | undefined>;
	/** Reads everything and stays up to date; returns what ends that. */
	start(): () => void;
	setEnabled(rule: Rule, enabled: boolean): Promise<void>;
	remove(rule: Rule): Promise<void>;
	/** Moves a rule by so many places; -1 is one up. */
	move(rule: Rule, by: number): Promise<void>;
	undo(): Promise<void>;
	/** The undo bar is in the way. */
	hideUndo(): void;
	/** Opens a rule in the editor, in place of any other. */
	edit(rule: Rule): void;
	/** Opens the editor on a new rule. */
	editNew(draft: Draft): void;
	/** Changes one setting; the others stay as they are. */
	setSetting<Name extends keyof Settings>(name: Name, value: Settings[Name]): Promise<void>;
	revoke(id: string, host: string): Promise<void>;
	/** Refuses an authority at once, with all of its keys. */
	refuse(authority: Pick<AuthorityDetails, "id" | "name">): Promise<void>;
	/** Opens the editor on a new rule about an authority. */
	customize(authority: Pick<AuthorityDetails, "id" | "name">): void;
	/** Adds the rules of a set that are not in force, or takes all of its rules away. */
	setPreset(preset: Preset, on: boolean): Promise<void>;
	/** Refuses a country's authorities, or takes the rules away that do. */
	setCountry(code: string, on: boolean): Promise<void>;
	/** Switches the record of sites on or off. */
	keepSites(on: boolean): Promise<void>;
	clearSites(): Promise<void>;
	saveUnreadable(): Promise<void>;
	dismissTrouble(): Promise<void>;
	hideProblem(): void;
}

/** Parts of the page of the rules that have an address of their own. */
const PARTS: Readonly<Record<string, string>> = { "#exceptions": EXCEPTIONS, "#settings": SETTINGS };

/** The state of an options page. Nothing is asked of the background before `start`. */
export function createOptions(deps: OptionsDeps): Options {
	const { background, saveFile } = deps;
	const view = signal<OptionsView>();
	const problem = signal<string | null>(null);
	const news = signal<Sentence | null>(null);
	const editor = signal<Editor | null>(null);
	const dragging = signal(false);
	const focus = signal<string | null>(null);
	/** The undo that was there when the page was opened, or was hidden: not offered again. */
	const staleUndo = signal<string | null>(null);
	const sites = signal<SitesView>();
	const route = signal<Route>({ page: "rules" });
	const impacts = createImpacts(background);
	const book = createBook({ loadDetails: deps.loadDetails, loadPresets: deps.loadPresets, view, sites });
	/** What answers about impact depend on. */
	let basis = "";
	let asked = 0;

	async function readSites(): Promise<SitesView | undefined> {
		try {
			return await background.sites();
		} catch {
			// Nothing hangs on it: the page says that it is not known.
			return undefined;
		}
	}

	async function reload(): Promise<void> {
		asked += 1;
		const question = asked;
		try {
			const [answer, known] = await Promise.all([background.options(), readSites()]);
			// A slow answer must not put an older state back on the screen.
			if (question !== asked) return;
			silence.answered();
			if (view.value === undefined) staleUndo.value = answer.undo?.id ?? null;
			const now = JSON.stringify([rulesOf(answer), known]);
			batch(() => {
				view.value = answer;
				sites.value = known;
				if (basis !== now) impacts.forget();
			});
			basis = now;
		} catch (error) {
			if (question === asked && !silence.failed(error)) problem.value = messageOf(error);
		}
	}
	const silence = createSilence(deps.clock, () => void reload());

	/** Asks for a change, says what came of it, and shows what is in force then. */
	async function change(ask: () => Promise<Changed>, done: Sentence | null): Promise<string | null> {
		problem.value = null;
		let error: string | null = null;
		try {
			const answer = await ask();
			if (!answer.ok) error = answer.error;
		} catch (reason) {
			error = messageOf(reason);
		}
		await reload();
		news.value = error === null ? done : null;
		return error;
	}

	async function attempt(
		ask: () => Promise<Changed>,
		done: Sentence | null,
		place: string | null = null,
	): Promise<void> {
		problem.value = await change(ask, done);
		if (problem.value === null && place !== null) focus.value = place;
	}

	async function save(rule: Record<string, unknown>, isNew: boolean): Promise<string | null> {
		const error = await change(
			() => background.saveRule({ rule, isNew }),
			say(isNew ? "optionsAdded" : "optionsSaved", ownWords(String(rule.title))),
		);
		if (error === null) {
			focus.value = String(rule.id);
			editor.value = null;
		}
		return error;
	}

	const mail = createMail({
		...deps.mail,
		background,
		attempt,
		tell: (what) => {
			news.value = what;
		},
	});

	const knownAuthority = (id: string): boolean =>
		view.value?.authorities.some((authority) => authority.id === id) === true;

	function open(draft: Draft): void {
		editor.value = createEditor({
			draft,
			knownAuthority,
			taken: () => view.value?.rules.map(({ id }) => id) ?? [],
			save,
			close: () => {
				focus.value = draft.id ?? ADD;
				editor.value = null;
			},
		});
	}

	/** Shows what the address asks for. The focus goes where a reader begins. */
	function follow(isFirst: boolean): void {
		const before = route.value;
		const next = readRoute(deps.fragment());
		route.value = next;
		if (next.page === "mail") void mail.load();
		else if (next.page !== "rules") void book.load();
		const part = PARTS[deps.fragment()];
		// On the way back from an authority, to where one came from.
		if (part !== undefined) focus.value = part;
		else if (!isFirst) focus.value = before.page === "authority" && next.page === "authorities" ? before.id : PAGE_TOP;
	}

	function changed(): void {
		void reload();
		// Its part of the background is loaded only where somebody looks at it.
		if (route.value.page === "mail") void mail.load();
	}

	const own = (): readonly Rule[] => view.value?.rules ?? [];

	return {
		view,
		problem,
		silent: silence.told,
		news,
		editor,
		focus,
		focused() {
			focus.value = null;
		},
		dragging,
		setDragging(value) {
			dragging.value = value;
		},
		locked: computed(() => view.value?.admin?.locked === true),
		undoable: computed(() => {
			const undo = view.value?.undo ?? null;
			return undo?.id === staleUndo.value ? null : undo;
		}),
		add: createAdd({
			view,
			knownAuthority,
			save,
			editNew: open,
			cancelled: () => {
				focus.value = ADD;
			},
		}),
		lists: createLists({
			background,
			attempt,
			tell: (what) => {
				news.value = what;
			},
			reload,
			focus: (place) => {
				focus.value = place;
			},
		}),
		mail,
		transfer: createTransfer({
			background,
			change,
			saveFile,
			closed: () => {
				focus.value = TRANSFER;
			},
		}),
		check: createCheck({ ...deps.check, background, clock: deps.clock }),
		route,
		book,
		impacts,
		sites,
		start() {
			const stops = [deps.onChanges(changed), deps.onFragment(() => follow(false))];
			follow(true);
			void reload();
			return () => {
				for (const stop of stops) stop();
			};
		},
		setEnabled: (rule, enabled) =>
			attempt(
				() => background.saveRule({ rule: { ...rule, enabled }, isNew: false }),
				say(enabled ? "optionsSwitchedOn" : "optionsSwitchedOff", ownWords(rule.title)),
			),
		remove: (rule) => attempt(() => background.deleteRule(rule.id), say("optionsDeleted", ownWords(rule.title)), UNDO),
		async move(rule, by) {
			const rules = view.value?.rules ?? [];
			const from = rules.findIndex(({ id }) => id === rule.id);
			const index = from + by;
			if (from < 0 || index < 0 || index >= rules.length) return;
			await attempt(
				() => background.moveRule({ id: rule.id, index }),
				say("optionsMoved", ownWords(rule.title), String(index + 1), String(rules.length)),
			);
		},
		async undo() {
			const undo = view.value?.undo;
			if (undo) await attempt(() => background.undo(undo.id), say("optionsUndone"), RULES);
		},
		hideUndo() {
			staleUndo.value = view.value?.undo?.id ?? null;
			focus.value = RULES;
		},
		edit: (rule) => open(draftOf(rule)),
		editNew: open,
		async setSetting(name, value) {
			const settings = view.value?.settings;
			if (settings)
				await attempt(() => background.saveSettings({ ...settings, [name]: value }), say("optionsSettingsSaved"));
		},
		revoke: (id, host) => attempt(() => background.revokeException(id), say("optionsRevoked", host), EXCEPTIONS),
		refuse({ id: authority, name }) {
			const rule = {
				id: newRuleId(
					authority,
					own().map(({ id }) => id),
				),
				title: Array.from(name).slice(0, 120).join(""),
				match: [{ authority }],
				action: "block",
				enabled: true,
			};
			return attempt(
				() => background.saveRule({ rule, isNew: true }),
				say("optionsAdded", ownWords(rule.title)),
				rule.id,
			);
		},
		customize: ({ id: authority, name }) => open(newDraft(Array.from(name).slice(0, 120).join(""), [{ authority }])),
		async setPreset(preset, on) {
			const title = setName(preset);
			await attempt(
				() =>
					on
						? background.saveRules({ rules: missingOf(preset, own()), title })
						: background.deleteRules({ ids: preset.policy.rules.map(({ id }) => id), title }),
				say(on ? "optionsSwitchedOn" : "optionsSwitchedOff", title),
			);
		},
		async setCountry(code, on) {
			const there = ruleOfCountry(code, own());
			const rule = { ...(there ?? countryRule(code)), enabled: true };
			await attempt(
				() =>
					on
						? background.saveRules({ rules: [rule], title: rule.title })
						: background.deleteRules({ ids: there ? [there.id] : [], title: rule.title }),
				say(on ? "optionsSwitchedOn" : "optionsSwitchedOff", ownWords(rule.title)),
			);
		},
		keepSites: (on) => attempt(() => background.keepSites(on), say("optionsSettingsSaved")),
		clearSites: () => attempt(() => background.clearSites(), say("optionsSitesCleared")),
		async saveUnreadable() {
			problem.value = null;
			try {
				saveFile("countersign-unreadable.json", await background.exportUnreadable());
			} catch (error) {
				problem.value = messageOf(error);
			}
		},
		dismissTrouble: () => attempt(() => background.dismissTrouble(), null),
		hideProblem() {
			problem.value = null;
		},
	};
}

export const OptionsContext = createContext<Options | null>(null);

/** The store of the page that a component stands in. */
export function useOptions(): Options {
	const store = useContext(OptionsContext);
	if (store === null) throw new Error("No store for the options page");
	return store;
}
