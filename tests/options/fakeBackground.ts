/** A background in memory, true to the real one where the options page can tell: checks, undo, lock. */

import { mailKey } from "../../src/core/mail.ts";
import type { Policy, Rule } from "../../src/core/policy.ts";
import { firstState } from "../../src/core/state.ts";
import type { OptionsBackground } from "../../src/options/store.ts";
import type {
	Changed,
	Impact,
	ImportPreview,
	ListPreview,
	ListView,
	MailView,
	OptionsView,
	SelfCheck,
	SitesView,
} from "../../src/protocol.ts";
import { readMailTargets } from "../../src/schema/mail.ts";
import { parsePolicy } from "../../src/schema/policy.ts";

export interface FakeBackground extends OptionsBackground {
	/** What is in force; a test may look and change. */
	view: OptionsView;
	/** Names of the requests that came, in order, without `options`. */
	readonly asked: string[];
	/** What is at the address of a list; null: nothing that is rightly signed. */
	listPreview: ListPreview | null;
	/** What is known of mail servers. */
	mailView: MailView;
	/** Whether the person says yes when Firefox asks for permissions. */
	allows: boolean;
	/** The last import. */
	imported: { how: "merge" | "replace"; settings: boolean } | null;
	/** Certificates that can be handed to other programs: DER in base64. */
	held: readonly string[];
	/** What is kept of sites. */
	known: SitesView;
	/** What it says of itself. */
	self: SelfCheck;
	/** What rules would have stopped, by the id or country of the first rule's first selector. */
	readonly impacts: Record<string, Partial<Impact>>;
	/** Stands for a change made elsewhere: tells the page. */
	changeElsewhere(change: Partial<OptionsView>): void;
	onChanges(callback: () => void): () => void;
}

const NO_MAIL_SERVERS: MailView = {
	on: false,
	every: 15,
	allowed: true,
	host: null,
	asking: false,
	trouble: null,
	servers: [],
};

/** A server of which nothing is known yet, but for what it is. */
const UNASKED = {
	state: "unasked",
	why: [],
	chain: [],
	rule: null,
	position: null,
	since: null,
	last: null,
	asked: null,
	unreached: null,
	vouchers: [],
} as const;

const NO_SITES: SitesView = { on: true, since: null, total: 0, byAuthority: {} };

export const EMPTY: OptionsView = {
	rules: [],
	settings: { preflight: "credentials", unverifiable: "block", changedCountry: "off" },
	settingsInForce: { preflight: "credentials", unverifiable: "block", changedCountry: "off" },
	settingsLocked: [],
	exceptions: [],
	admin: null,
	lists: [],
	trouble: null,
	undo: null,
	authorities: [],
	privateAllowed: true,
	welcomed: true,
};

/** Whoever has run for a while, and keeps nothing but the first rules. */
export const HEALTHY: SelfCheck = {
	started: Date.UTC(2026, 10, 22, 9, 30),
	seen: 1234,
	last: Date.UTC(2026, 10, 22, 14, 4),
	state: firstState({ version: 1, rules: [] }),
	fresh: false,
};

/** Makes one that begins with `first`. */
export function fakeBackground(first: Partial<OptionsView> = {}): FakeBackground {
	const listeners = new Set<() => void>();
	let before: readonly Rule[] = [];
	let changes = 0;

	const known = (id: string) => background.view.authorities.some((authority) => authority.id === id);

	function edit(rules: readonly unknown[], what: NonNullable<OptionsView["undo"]>["what"], title: string): Changed {
		if (background.view.admin?.locked && what !== "delete" && what !== "order") {
			return { ok: false, error: "rules: locked by the administrator" };
		}
		const parsed = parsePolicy({ version: 1, rules }, "person", known);
		if (!parsed.ok) return parsed;
		before = background.view.rules;
		changes += 1;
		background.view = {
			...background.view,
			rules: parsed.policy.rules,
			undo: { id: `undo-${changes}`, what, title },
		};
		return { ok: true };
	}

	function preview(policy: Policy): ImportPreview {
		const { rules } = background.view;
		const there = (id: string) => rules.find((rule) => rule.id === id);
		const isSame = (one: Rule, other: Rule | undefined) => JSON.stringify(one) === JSON.stringify(other);
		return {
			added: policy.rules.filter(({ id }) => !there(id)),
			changed: policy.rules.flatMap((after) => {
				const rule = there(after.id);
				return rule && !isSame(after, rule) ? [{ before: rule, after }] : [];
			}),
			same: policy.rules.filter((rule) => isSame(rule, there(rule.id))),
			missing: rules.filter(({ id }) => !policy.rules.some((rule) => rule.id === id)),
			settings: policy.settings ?? null,
		};
	}

	function changeList(id: string, change: (list: ListView) => ListView): Changed {
		const lists = background.view.lists.map((list) => (list.id === id ? change(list) : list));
		background.view = { ...background.view, lists };
		return { ok: true };
	}

	const background: FakeBackground = {
		mailView: NO_MAIL_SERVERS,
		allows: true,
		mail: async () => background.mailView,
		async setMail({ on, every }) {
			background.asked.push("setMail");
			background.mailView = { ...background.mailView, on, every };
			return { ok: true };
		},
		async addMail(servers) {
			background.asked.push("addMail");
			const read = readMailTargets(servers);
			if (!read.ok) return read;
			const added = read.value.map((target) => ({ ...UNASKED, id: mailKey(target), ...target }));
			background.mailView = { ...background.mailView, servers: [...background.mailView.servers, ...added] };
			return { ok: true };
		},
		async removeMail(id) {
			background.asked.push("removeMail");
			const servers = background.mailView.servers.filter((server) => server.id !== id);
			background.mailView = { ...background.mailView, servers };
			return { ok: true };
		},
		async askMail() {
			background.asked.push("askMail");
			return { ok: true };
		},
		listPreview: null,
		view: { ...EMPTY, ...first },
		asked: [],
		imported: null,
		held: [],
		known: NO_SITES,
		self: HEALTHY,
		impacts: {},
		changeElsewhere(change) {
			background.view = { ...background.view, ...change };
			for (const listener of listeners) listener();
		},
		onChanges(callback) {
			listeners.add(callback);
			return () => listeners.delete(callback);
		},
		options: async () => background.view,
		async saveRule({ rule, isNew }) {
			background.asked.push("saveRule");
			const { id, title } = rule as Rule;
			const { rules } = background.view;
			const index = rules.findIndex((other) => other.id === id);
			return edit(isNew ? [...rules, rule] : rules.with(index, rule as Rule), isNew ? "add" : "edit", title);
		},
		async deleteRule(id) {
			background.asked.push("deleteRule");
			const { rules } = background.view;
			const title = rules.find((rule) => rule.id === id)?.title ?? "";
			return edit(
				rules.filter((rule) => rule.id !== id),
				"delete",
				title,
			);
		},
		async moveRule({ id, index }) {
			background.asked.push("moveRule");
			const { rules } = background.view;
			const moved = rules.filter((rule) => rule.id === id);
			return edit(rules.filter((rule) => rule.id !== id).toSpliced(index, 0, ...moved), "order", moved[0]?.title ?? "");
		},
		async saveRules({ rules: added, title }) {
			background.asked.push("saveRules");
			const { rules } = background.view;
			const fresh = added as readonly Rule[];
			const changed = rules.map((rule) => fresh.find(({ id }) => id === rule.id) ?? rule);
			return edit([...changed, ...fresh.filter(({ id }) => !rules.some((rule) => rule.id === id))], "add", title);
		},
		async deleteRules({ ids, title }) {
			background.asked.push("deleteRules");
			return edit(
				background.view.rules.filter(({ id }) => !ids.includes(id)),
				"delete",
				title,
			);
		},
		sites: async () => background.known,
		async impact(rules) {
			background.asked.push("impact");
			const [first] = rules as readonly Rule[];
			const [selector] = first?.match ?? [];
			const found = background.impacts[Object.values(selector ?? {}).join()] ?? {};
			const { since, total } = background.known;
			return { ok: true, impact: { since, total, stopped: found.sites?.length ?? 0, sites: [], parts: 0, ...found } };
		},
		async keepSites(on) {
			background.asked.push("keepSites");
			background.known = { ...NO_SITES, on };
			return { ok: true };
		},
		selfCheck: async () => background.self,
		async clearSites() {
			background.asked.push("clearSites");
			background.known = { ...NO_SITES, on: background.known.on };
			return { ok: true };
		},
		async previewList({ url, key }) {
			background.asked.push("previewList");
			const shown = background.listPreview;
			if (!shown) return { ok: false, why: "signature", error: "signature: expected another" };
			return { ok: true, preview: { ...shown, url, key } };
		},
		async followList({ preview, automatic }) {
			background.asked.push("followList");
			const shown = background.listPreview;
			if (shown?.preview !== preview) return { ok: false, error: "preview: expected the last one" };
			const { rules, impact: _, preview: __, ...head } = shown;
			const list = {
				...head,
				rules: rules.map((rule) => ({ rule, switchedOff: false })),
				automatic,
				updated: shown.expires,
				good: shown.expires,
				failure: null,
				pending: null,
			};
			background.view = { ...background.view, lists: [...background.view.lists, list] };
			return { ok: true };
		},
		async updateList(id) {
			background.asked.push("updateList");
			const failure = { time: 0, why: "older", detail: "list.sequence: expected at least 3, got 2" } as const;
			changeList(id, (list) => ({ ...list, failure }));
			return { ok: false, why: failure.why, error: failure.detail };
		},
		async acceptUpdate({ list: id, sequence }) {
			background.asked.push("acceptUpdate");
			return changeList(id, (list) => ({ ...list, sequence, pending: null }));
		},
		async declineUpdate({ list: id }) {
			background.asked.push("declineUpdate");
			return changeList(id, (list) => ({ ...list, pending: null }));
		},
		async setListRule({ list: id, rule: name, enabled }) {
			background.asked.push("setListRule");
			return changeList(id, (list) => ({
				...list,
				rules: list.rules.map((one) => (one.rule.id === name ? { ...one, switchedOff: !enabled } : one)),
			}));
		},
		async setListAutomatic({ list: id, on }) {
			background.asked.push("setListAutomatic");
			return changeList(id, (list) => ({ ...list, automatic: on }));
		},
		async leaveList(id) {
			background.asked.push("leaveList");
			const title = background.view.lists.find((list) => list.id === id)?.title ?? "";
			const lists = background.view.lists.filter((list) => list.id !== id);
			background.view = { ...background.view, lists, undo: { id: "left", what: "leave", title } };
			return { ok: true };
		},
		async undo(id) {
			background.asked.push("undo");
			if (background.view.undo?.id !== id)
				return { ok: false, error: "undo: expected the last change, got an older one" };
			background.view = { ...background.view, rules: before, undo: null };
			return { ok: true };
		},
		async saveSettings(settings) {
			background.asked.push("saveSettings");
			background.view = { ...background.view, settings, settingsInForce: settings };
			return { ok: true };
		},
		async revokeException(id) {
			background.asked.push("revokeException");
			const exceptions = background.view.exceptions.filter((exception) => exception.id !== id);
			background.view = { ...background.view, exceptions };
			return { ok: true };
		},
		async previewImport(text) {
			background.asked.push("previewImport");
			const parsed = parsePolicy(text, "person", known);
			return parsed.ok ? { ok: true, preview: preview(parsed.policy) } : parsed;
		},
		async importPolicy({ text, how, settings }) {
			background.asked.push("importPolicy");
			background.imported = { how, settings };
			const parsed = parsePolicy(text, "person", known);
			if (!parsed.ok) return parsed;
			const kept = how === "merge" ? preview(parsed.policy).missing : [];
			return edit([...parsed.policy.rules, ...kept], "import", "policy.json");
		},
		exportPolicy: async () => JSON.stringify({ version: 1, rules: background.view.rules }, null, "\t"),
		heldCertificates: async () => background.held,
		exportUnreadable: async () => '{"state":"?"}',
		async dismissTrouble() {
			background.asked.push("dismissTrouble");
			background.view = { ...background.view, trouble: null };
			return { ok: true };
		},
	};
	return background;
}
