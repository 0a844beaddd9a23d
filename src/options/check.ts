/** "Is it working?": asks Countersign and Firefox about themselves, only when the person says so, and puts what comes into words. */
import { type ReadonlySignal, signal } from "@preact/signals";
import { number } from "../browser/i18n.ts";
import { messageOf } from "../core/error.ts";
import type { State } from "../core/state.ts";
import type { Background, MailView, OptionsView, SelfCheck } from "../protocol.ts";
import { readState } from "../schema/state.ts";
import type { Clock } from "../ui/clock.ts";
import { dateTime } from "../ui/names.ts";
import { type Sentence, say } from "../ui/Text.tsx";
import { HOST_TROUBLE } from "./mail.ts";

/** How long an answer may take. The background answers in milliseconds, or not at all. */
const PATIENCE_MS = 5000;

/**
 * Sites that Firefox shows to no extension: `extensions.webextensions.restrictedDomains` as shipped. No extension can read it; a
 * test compares this with the installed Firefox.
 */
export const KEPT_AWAY = [
	"accounts-static.cdn.mozilla.net",
	"accounts.firefox.com",
	"addons.cdn.mozilla.net",
	"addons.mozilla.org",
	"api.accounts.firefox.com",
	"content.cdn.mozilla.net",
	"discovery.addons.mozilla.org",
	"oauth.accounts.firefox.com",
	"profile.accounts.firefox.com",
	"support.mozilla.org",
	"sync.services.mozilla.com",
];

export interface CheckDeps {
	/** What Firefox keeps for the extension, read anew. */
	readonly readStorage: (keys: readonly string[]) => Promise<Record<string, unknown>>;
	/** The copy in another file; null: there is none. */
	readonly readCopy: () => unknown;
	/** Whether Firefox lets the extension see all sites. */
	readonly maySeeAllSites: () => Promise<boolean>;
	/** Whether the button is on the toolbar; null: Firefox does not say. */
	readonly isOnToolbar: () => Promise<boolean | null>;
}

/** One thing that was looked at. */
export interface Finding {
	readonly id: string;
	/** As it should be; something to do about it; broken; or only to be known. */
	readonly kind: "fine" | "to-do" | "broken" | "note";
	readonly title: Sentence;
	/** What it means, and what to do. */
	readonly words: readonly Sentence[];
	/** Steps to take, in order. */
	readonly steps?: readonly string[];
	/** Names, as they are. */
	readonly list?: readonly string[];
	readonly link?: { readonly to: string; readonly words: string };
}

/** What lies in one place where the state is kept. */
type Kept = "same" | "other" | "missing" | { readonly unreadable: string };

export interface StoredFacts {
	readonly state: Kept;
	/** The one before the last change: "same" where it can be read. */
	readonly previous: Kept;
	readonly copy: Kept;
}

export interface CheckFacts {
	readonly view: OptionsView;
	readonly self: SelfCheck;
	readonly stored: StoredFacts | { readonly error: string };
	readonly allSites: boolean;
	readonly onToolbar: boolean | null;
	/** Null: its part of the background cannot be loaded. */
	readonly mail: MailView | null;
}

const canonical = (value: unknown): string | null => {
	const read = readState(value);
	return read.kind === "state" ? JSON.stringify(read.state) : null;
};

function compare(value: unknown, expected: readonly (string | null)[]): Kept {
	if (value === undefined || value === null) return "missing";
	const read = readState(value);
	if (read.kind !== "state") return { unreadable: read.detail };
	return expected.includes(JSON.stringify(read.state)) ? "same" : "other";
}

/** Holds what is stored against what is in force. Never throws. */
export function compareStored(stored: Readonly<Record<string, unknown>>, copy: unknown, state: State): StoredFacts {
	const inForce = canonical(state);
	const previous = compare(stored.previous, []);
	return {
		state: compare(stored.state, [inForce]),
		previous: previous === "other" ? "same" : previous,
		// Where lists are too large for it, the copy does without them (`background/rules.ts`).
		copy: compare(copy, [inForce, canonical({ ...state, lists: [], undo: null })]),
	};
}

function storageFinding(stored: CheckFacts["stored"], fresh: boolean): Finding {
	const id = "storage";
	if ("error" in stored) {
		const words = [say("checkStoredFailed"), say("checkDetail", stored.error), say("checkStoredRestart")];
		return { id, kind: "broken", title: say("checkStoredBad"), words };
	}
	const { state, previous, copy } = stored;
	if (fresh && state === "missing") {
		return { id, kind: "fine", title: say("checkStoredFirst"), words: [say("checkStoredFirstWhy")] };
	}
	const detail = (kept: Kept): Sentence[] => (typeof kept === "object" ? [say("checkDetail", kept.unreadable)] : []);
	if (state !== "same") {
		const why = state === "other" ? say("checkStoredOther") : say("checkStoredUnreadable");
		const words = [why, ...detail(state), say("checkStoredAnew")];
		return { id, kind: "broken", title: say("checkStoredBad"), words };
	}
	if (previous !== "same" || copy !== "same") {
		const words = [say("checkCopyWhy"), ...detail(previous), ...detail(copy), say("checkStoredAnew")];
		return { id, kind: "to-do", title: say("checkCopyBad"), words };
	}
	return { id, kind: "fine", title: say("checkStored"), words: [say("checkStoredWhy")] };
}

function trafficFinding({ seen, started, last }: SelfCheck): Finding {
	const id = "traffic";
	const since = say("checkSince", dateTime(started));
	if (last === null) return { id, kind: "to-do", title: say("checkSeenNone"), words: [since, say("checkSeenNoneDo")] };
	return {
		id,
		kind: "fine",
		title: say("checkSeen"),
		words: [say("checkSeenCount", number(seen), dateTime(last)), since],
	};
}

/** Of mail servers, what was last heard of the program that asks them: it is not started for this. Null: switched off. */
function mailFinding(view: MailView | null): Finding | null {
	const base = { id: "mail", title: say("mailTitle"), link: { to: "#mail", words: "mailPageList" } };
	if (view === null) return { ...base, kind: "broken", words: [say("mailFailed")] };
	const { on, allowed, trouble, host } = view;
	if (trouble !== null) {
		const words = [say(trouble.kind === "newer" ? "mailNewer" : "mailUnreadable"), say("checkDetail", trouble.detail)];
		return { ...base, kind: "broken", words };
	}
	if (!on) return null;
	if (!allowed) return { ...base, kind: "to-do", words: [say("mailNotAllowed")] };
	if (host === null) return null;
	if (host.state === "well") return { ...base, kind: "fine", words: [say("mailHostWell", host.version ?? "")] };
	return { ...base, kind: "to-do", words: [say(HOST_TROUBLE[host.state])] };
}

const rulesInForce = ({ rules, admin, lists }: OptionsView): number =>
	rules.filter(({ enabled }) => enabled).length +
	(admin?.rules.length ?? 0) +
	lists.flatMap((list) => list.rules).filter(({ rule, switchedOff }) => rule.enabled && !switchedOff).length;

const ORDER: readonly Finding["kind"][] = ["broken", "to-do", "fine", "note"];

/** What was found, in words: what is broken first, what is only to be known last. */
export function findingsOf({ view, self, stored, allSites, onToolbar, mail }: CheckFacts): readonly Finding[] {
	const rules = rulesInForce(view);
	const open = view.exceptions.filter(({ suspended }) => !suspended).length;
	const { preflight, unverifiable } = view.settingsInForce;
	const found: Finding[] = [
		allSites
			? { id: "sites", kind: "fine", title: say("checkSites"), words: [] }
			: { id: "sites", kind: "broken", title: say("checkNoSites"), words: [say("checkNoSitesDo")] },
		trafficFinding(self),
		rules > 0
			? { id: "rules", kind: "fine", title: say("checkRules"), words: [say("checkRulesCount", number(rules))] }
			: {
					id: "rules",
					kind: "to-do",
					title: say("checkNoRules"),
					words: [say("checkNoRulesDo")],
					link: { to: "#rules", words: "checkToRules" },
				},
		storageFinding(stored, self.fresh),
		view.privateAllowed
			? { id: "private", kind: "fine", title: say("checkPrivate"), words: [] }
			: {
					id: "private",
					kind: "to-do",
					title: say("optionsPrivateTitle"),
					words: [say("optionsPrivateWhat")],
					steps: ["optionsPrivateStep1", "optionsPrivateStep2", "optionsPrivateStep3"],
				},
	];
	if (unverifiable === "allow" || preflight === "off") {
		found.push({
			id: "settings",
			kind: "to-do",
			title: say("checkSettings"),
			words: [
				...(unverifiable === "allow" ? [say("checkAllows")] : []),
				...(preflight === "off" ? [say("checkSendsUnasked")] : []),
			],
			link: { to: "#rules", words: "checkToSettings" },
		});
	}
	if (onToolbar !== null) {
		found.push(
			onToolbar
				? { id: "toolbar", kind: "fine", title: say("checkToolbar"), words: [] }
				: { id: "toolbar", kind: "to-do", title: say("checkNoToolbar"), words: [say("checkNoToolbarDo")] },
		);
	}
	const ofMail = mailFinding(mail);
	if (ofMail !== null) found.push(ofMail);
	found.push(
		open === 0
			? { id: "exceptions", kind: "fine", title: say("checkNoExceptions"), words: [] }
			: {
					id: "exceptions",
					kind: "note",
					title: say("checkExceptions", number(open)),
					words: [say("checkExceptionsWhy")],
					link: { to: "#exceptions", words: "checkToExceptions" },
				},
		{ id: "kept-away", kind: "note", title: say("checkKeptAway"), words: [say("checkKeptAwayWhy")], list: KEPT_AWAY },
		{ id: "others", kind: "note", title: say("checkOthers"), words: [say("checkOthersWhy")] },
	);
	return found.toSorted((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
}

/** What is on the screen. */
export type Checking =
	| { readonly step: "not-yet" }
	| { readonly step: "works" }
	| { readonly step: "done"; readonly time: number; readonly findings: readonly Finding[] };

export interface Check {
	readonly state: ReadonlySignal<Checking>;
	/** Looks at everything. Never rejects. */
	run(): Promise<void>;
}

/** The state of this part of the page. */
export function createCheck(
	deps: CheckDeps & { readonly background: Pick<Background, "options" | "selfCheck" | "mail">; readonly clock: Clock },
): Check {
	const { background, clock } = deps;
	const state = signal<Checking>({ step: "not-yet" });

	const inTime = async <Answer>(asked: Promise<Answer>): Promise<Answer> => {
		let stop = (): void => undefined;
		const late = new Promise<never>((_, reject) => {
			stop = clock.after(PATIENCE_MS, () => reject(new Error(`no answer within ${PATIENCE_MS / 1000} s`)));
		});
		return await Promise.race([asked, late]).finally(stop);
	};

	/** Reads what is stored. A change in between would look like a difference: then it is read once more. */
	const readStored = async (): Promise<Pick<CheckFacts, "self" | "stored">> => {
		let self = await inTime(background.selfCheck());
		try {
			for (let again = true; ; again = false) {
				const kept = await inTime(deps.readStorage(["state", "previous"]));
				const stored = compareStored(kept, deps.readCopy(), self.state);
				if (!again || (stored.state !== "other" && stored.copy !== "other")) return { self, stored };
				self = await inTime(background.selfCheck());
			}
		} catch (error) {
			return { self, stored: { error: messageOf(error) } };
		}
	};

	const look = async (): Promise<readonly Finding[]> => {
		try {
			const [view, mail, allSites, onToolbar] = await Promise.all([
				inTime(background.options()),
				inTime(background.mail()).catch(() => null),
				deps.maySeeAllSites(),
				deps.isOnToolbar(),
			]);
			return findingsOf({ view, mail, allSites, onToolbar, ...(await readStored()) });
		} catch (error) {
			const words = [say("checkDeadDo"), say("checkDetail", messageOf(error))];
			return [{ id: "background", kind: "broken", title: say("checkDead"), words }];
		}
	};

	return {
		state,
		async run() {
			if (state.value.step === "works") return;
			state.value = { step: "works" };
			const findings = await look();
			state.value = { step: "done", time: clock.now(), findings };
		},
	};
}
