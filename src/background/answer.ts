/** What pages ask, answered. Who asks, and the shape of what is asked, is checked before anything is done. */
import type { Sender } from "../browser/runtime.ts";
import type { Evidence } from "../core/chain.ts";
import { readHost } from "../core/host.ts";
import { newRuleId } from "../core/ids.ts";
import {
	CHANGED_COUNTRY,
	DEFAULT_SETTINGS,
	type Policy,
	type Rule,
	type Selector,
	selectorOf,
} from "../core/policy.ts";
import type { Background, Changed, ImportPreview, Lasts, NotChecked, Refusal, TabReport } from "../protocol.ts";
import { parseRequest } from "../schema/messages.ts";
import { parsePolicy } from "../schema/policy.ts";
import { isObject } from "../schema/say.ts";
import type { App } from "./app.ts";
import { deadline } from "./deadline.ts";
import { type TabDocument, whyNot } from "./documents.ts";
import type { Exception } from "./exceptions.ts";
import { stateOf } from "./face.ts";
import type { KeptRefusal } from "./refusals.ts";
import { compareRules, mergeById } from "./ruleSets.ts";
import { hostText, type Target } from "./target.ts";
import {
	certificatesOf,
	findingOf,
	foundName,
	lockedSettings,
	viewCertificate,
	viewException,
	viewParts,
	viewRule,
	wayThrough,
} from "./views.ts";

const HOUR_MS = 60 * 60 * 1000;
const LASTS_MS: Readonly<Record<Lasts, number | null>> = {
	session: null,
	hour: HOUR_MS,
	day: 24 * HOUR_MS,
	always: null,
};

/** How long the record of sites may take, once it is needed. It was read within 0.3 s with 20,000 sites in it. */
const BEFORE_MS = 1000;

/** Firefox answers for a page that is still loading only once it is there. */
const RESTRICTED_MS = 500;

/** More findings of one rule than this on one connection is no honest chain. */
const MAX_FINDINGS = 20;

export interface AnswerDeps {
	readonly ownId: string;
	/** Address under which the extension's own pages stand. */
	readonly ownOrigin: string;
	readonly isPrivateAllowed: () => Promise<boolean>;
	/** Whether Firefox keeps extensions away from what a tab shows. */
	readonly isRestricted: (tabId: number) => Promise<boolean>;
	/** Goes back in a tab's history, or leaves the tab where there is nothing before. */
	readonly goBack: (tabId: number) => Promise<void>;
	/** Leaves a tab whose page knows that there is nothing before it. */
	readonly leaveTab: (tabId: number) => Promise<void>;
}

type Refused = { readonly ok: false; readonly error: string };
const refuse = (error: string): Refused => ({ ok: false, error });

/**
 * Handles a message. Undefined: it is not for the background. Rejects only when it is a page's
 * request that is malformed, which is a mistake of ours.
 */
export function createAnswer(app: App, deps: AnswerDeps) {
	return (message: unknown, sender: Sender): Promise<unknown> | undefined => {
		if (typeof message !== "object" || message === null || !("to" in message)) return undefined;
		if (message.to !== "background") return undefined;
		if (sender.id !== deps.ownId || sender.url?.startsWith(deps.ownOrigin) !== true) return undefined;
		const { to, ...rest } = message;
		const request = parseRequest(rest);
		if (!request) return Promise.reject(new Error("malformed request"));
		const background = createBackground(app, deps, sender);
		return app.rules.ready.then(() => {
			const method = background[request.method] as (...args: readonly unknown[]) => Promise<unknown>;
			return method(...request.args);
		});
	};
}

/** Whether the site's name was typed: in either script, letter case and a final dot aside. */
function isTyped(typed: string | null, host: string): boolean {
	if (typed === null) return false;
	const text = typed.trim();
	const url = URL.parse(`https://${text.includes(":") && !text.startsWith("[") ? `[${text}]` : text}/`);
	return url !== null && url.pathname === "/" && url.port === "" && hostText(readHost(url.hostname)) === host;
}

function createBackground(app: App, deps: AnswerDeps, sender: Sender): Background {
	const { rules } = app;

	/** The refusal with its rule and its way through as they are now: rules may have changed since. */
	const present = ({ refusal }: KeptRefusal): Refusal => {
		if (refusal.outcome === "unanswered") return refusal;
		const rule = refusal.rule ? rules.ruleInForce(refusal.rule.ref) : null;
		if (rule === undefined) return refusal;
		const way = wayThrough(rule, rules.locked);
		if (rule === null) return { ...refusal, wayThrough: way };
		const outcome = rule.rule.action === "warn" ? "warn" : "refuse";
		return { ...refusal, outcome, rule: viewRule(rule), wayThrough: way };
	};

	/** Who vouched for a site before. Nothing of private windows; never rejects. */
	const before = async (target: Target | null, evidence: Evidence | null, isPrivate: boolean) =>
		target === null || isPrivate
			? []
			: await deadline(
					app.sites.before(target, evidence).catch(() => []),
					BEFORE_MS,
					() => [],
				);

	const letThrough = async (request: {
		refusal: string;
		lasts: Lasts;
		typed: string | null;
	}): Promise<{ ok: true; url: string } | Refused> => {
		const kept = app.refusals.get(request.refusal);
		if (!kept) return refuse("refusal: expected one that is still known");
		const { refusal, connection, target } = kept;
		if (!connection) return refuse("refusal: expected one by a rule, got an unanswered one");
		const address = refusal.page ? refusal.url : (app.documents.current(kept.tabId)?.url ?? refusal.url);
		let first: string | null = null;
		for (let n = 0; n < MAX_FINDINGS; n++) {
			const verdict = app.verdict(connection, target, refusal.private, refusal.page);
			if (verdict.outcome === "accept") return { ok: true, url: address };
			const finding = findingOf(verdict);
			const rule = finding?.rule.ref ?? null;
			// One rule may find several keys of one chain; letting the rule through means all of these. Rules may have changed
			// since: it is the one that decides now.
			if (n === 0) first = rule;
			else if (rule !== first) return { ok: true, url: address };
			const way = wayThrough(finding?.rule ?? null, rules.locked);
			if (way !== "click" && way !== "type-name") return refuse(`wayThrough: expected one, got ${way}`);
			if (way === "type-name" && !isTyped(request.typed, refusal.host)) {
				return refuse(`typed: expected ${refusal.host}`);
			}
			if (rule === CHANGED_COUNTRY && connection.evidence.kind === "chain") {
				// What the person let through is known from now on, and needs no exception.
				await app.sites.visited(target, connection.evidence.chain);
				return { ok: true, url: address };
			}
			const made = await addException(refusal, finding, request.lasts);
			if (!made.ok) return made;
			if (!finding) return { ok: true, url: address };
		}
		return refuse("refusal: too many findings");
	};

	const addException = async (
		refusal: Refusal,
		finding: ReturnType<typeof findingOf>,
		asked: Lasts,
	): Promise<Changed> => {
		const bound = finding?.bound ?? ({ kind: "host" } as const);
		// What nothing could be read of is let through for this session only (docs/policy.md).
		const lasts = bound.kind === "host" ? "session" : asked;
		const now = app.deps.now();
		const span = LASTS_MS[lasts];
		const exception: Exception = {
			id: app.deps.newId(),
			host: refusal.host,
			port: refusal.port,
			rule: finding?.rule.ref ?? null,
			bound,
			found: foundName(refusal),
			lasts,
			until: span === null ? null : now + span,
			created: now,
			private: refusal.private,
		};
		const { private: isPrivate, rule, ...stored } = exception;
		if (isPrivate || lasts === "session" || rule === null) {
			app.exceptions.add(exception);
			return { ok: true };
		}
		return await rules.addException({ ...stored, lasts, rule }, (other) => app.exceptions.isAlive(other));
	};

	/** Reloading helps only where Firefox lets extensions see. */
	const whyInTab = async (tabId: number, why: NotChecked | null): Promise<NotChecked | null> => {
		if (why !== "no-connection" && why !== "before-start") return why;
		return (await deadline(deps.isRestricted(tabId), RESTRICTED_MS, () => false)) ? "restricted" : why;
	};

	/** The refusal that fills a tab. */
	const keptOf = ({ refusal }: TabDocument) => (refusal === null ? null : app.refusals.get(refusal));

	const report = async (tabId: number): Promise<TabReport> => {
		const tab = await app.deps.getTab(tabId);
		const document = app.documents.current(tabId);
		const url = document?.url ?? tab?.url ?? null;
		const base = {
			tabId,
			url,
			host: document?.target?.name ?? null,
			port: document?.target?.port ?? null,
			private: tab?.private ?? document?.private ?? false,
			locked: rules.locked,
		};
		if (!document) {
			return {
				...base,
				...NOTHING,
				state: "not-checked",
				why: await whyInTab(tabId, url === null ? "restricted" : whyNot(url, "before-start")),
			};
		}
		const kept = keptOf(document);
		const connection = kept?.connection ?? document.connection;
		const evidence = connection?.evidence ?? null;
		const certificates = evidence ? certificatesOf(evidence) : [];
		const alive = new Set(app.exceptions.all().map(({ id }) => id));
		return {
			...base,
			...(kept ? { url: kept.refusal.url, host: kept.refusal.host, port: kept.refusal.port } : {}),
			state: stateOf(document),
			why: await whyInTab(tabId, document.why),
			probed: document.probed,
			chain: certificates.map((certificate) => viewCertificate(certificate, app.deps.catalogue)),
			overridden: evidence?.kind === "overridden" ? evidence.overridden.kinds : [],
			connection: connection?.channel ?? null,
			before: await before(kept?.target ?? document.target, evidence, base.private),
			refusal: document.refusal,
			refused: refusedNow(document, kept),
			parts: viewParts(document),
			partsCount: document.stoppedCount,
			accepted: [...document.accepted.values()].map(({ by, count }) => ({
				by: by && viewCertificate(by, app.deps.catalogue),
				count,
			})),
			exceptions: [...document.used.values()]
				.filter(({ id }) => alive.has(id))
				.map((exception) => viewException(exception, rules)),
		};
	};

	/** For each certificate: the rule that refuses it as it stands there, if any. */
	const refusedNow = (document: TabDocument, kept: KeptRefusal | null): (string | null)[] => {
		const connection = kept?.connection ?? document.connection;
		if (!connection) return [];
		if (connection.evidence.kind !== "chain") return certificatesOf(connection.evidence).map(() => null);
		const { chain } = connection.evidence;
		const [leaf] = chain;
		return chain.map((certificate, position) => {
			// A leaf that no rule names, so that what decides is the certificate asked about.
			const nameless = { ...leaf, spki: "", sha256: "" };
			const alone = position === 0 ? [leaf, nameless] : [nameless, certificate];
			const verdict = rules.judge.judge({
				host: connection.host,
				evidence: { kind: "chain", chain: alone as [typeof leaf, ...(typeof leaf)[]] },
			});
			return findingOf(verdict)?.rule.ref ?? null;
		});
	};

	/** Reads a document for import, held to what the person's own rules are held to. */
	const readImport = (text: string) => parsePolicy(text, "person", rules.knowsAuthority);

	const preview = (policy: Policy): ImportPreview => ({
		...compareRules(rules.state.policy.rules, policy.rules),
		settings: policy.settings ?? null,
	});

	const titleOf = (id: string): string | null => rules.state.policy.rules.find((rule) => rule.id === id)?.title ?? null;

	return {
		async refusal(id) {
			const kept = app.refusals.get(id);
			if (!kept) return null;
			const { target, connection, refusal } = kept;
			return { ...present(kept), before: await before(target, connection?.evidence ?? null, refusal.private) };
		},

		async letThrough(request) {
			const answer = await letThrough(request);
			if (answer.ok) await app.exceptionsChanged({ tightened: false });
			return answer;
		},

		async tryAgain(id) {
			const kept = app.refusals.get(id);
			return kept?.refusal.outcome === "unanswered" ? await app.tryAgain(kept, sender.tabId) : "gone";
		},

		async sendAnyway(id) {
			const kept = app.refusals.get(id);
			if (kept?.refusal.outcome !== "unanswered")
				return refuse("refusal: expected an unanswered one that is still known");
			app.preflight.sendUnasked(kept.target);
			return { ok: true };
		},

		async goBack({ tabId }) {
			if (tabId !== null) await deps.goBack(tabId);
			else if (sender.tabId !== null) await deps.leaveTab(sender.tabId);
		},

		tab: report,

		async chainOf(of) {
			if ("mail" in of) return await (await app.mail.get()).documentsOf(of.mail);
			const document = "tabId" in of ? app.documents.current(of.tabId) : null;
			const kept = "refusal" in of ? app.refusals.get(of.refusal) : document && keptOf(document);
			const connection = kept?.connection ?? document?.connection;
			const der = connection && app.bytes.of(certificatesOf(connection.evidence));
			return der ? { der } : null;
		},

		async refuseKey({ tabId, position }) {
			const { chain } = await report(tabId);
			const certificate = chain[position];
			if (!certificate || (position === 0 && chain.length > 1)) {
				return refuse(`position: expected an authority of this page, got ${position}`);
			}
			const { spki, authority } = certificate;
			const isWanted = (selector: Selector) =>
				authority
					? "authority" in selector && selector.authority === authority.id
					: "spki" in selector && selector.spki === spki;
			const isThis = ({ match, sites, acceptFor, except, issuedAfter }: Rule) =>
				!sites && !acceptFor && !except && !issuedAfter && match.some(isWanted);
			const isInForce = ({ enabled, action }: Rule) => enabled && action !== "warn";
			const all = rules.state.policy.rules.filter(isThis);
			const known = all.find(isInForce) ?? all[0];
			if (known && isInForce(known)) return { ok: true, rule: known.id };
			const name = authority?.name ?? certificate.commonName ?? certificate.organization ?? certificate.subject;
			const title = Array.from(name).slice(0, 120).join("") || spki;
			const id =
				known?.id ??
				newRuleId(
					authority?.id ?? title,
					rules.state.policy.rules.map((rule) => rule.id),
				);
			const match: readonly Selector[] = [selectorOf(certificate)];
			const changed = await rules.edit(
				({ rules: own }) => ({
					rules: known
						? own.map((rule) => (rule.id === id ? { ...rule, enabled: true, action: "block" } : rule))
						: [...own, { id, title, match, action: "block", enabled: true }],
				}),
				{ what: "add", title },
			);
			return changed.ok ? { ok: true, rule: id } : changed;
		},

		async options() {
			const lists = await app.lists.views();
			const { state, admin } = rules;
			return {
				rules: state.policy.rules,
				settings: state.policy.settings,
				settingsInForce: rules.settings,
				settingsLocked: lockedSettings(admin?.policy.settings),
				exceptions: app.exceptions.all().map((exception) => viewException(exception, rules)),
				admin: admin
					? {
							locked: admin.locked,
							rules: rules.judge.rules.filter(({ source }) => source === "admin").map(viewRule),
							policy: admin.policy,
							reported: rules.reported,
							error: rules.adminError,
						}
					: rules.adminError === null
						? null
						: {
								locked: false,
								rules: [],
								policy: { version: 1, rules: [] },
								reported: [],
								error: rules.adminError,
							},
				lists,
				trouble: rules.trouble,
				undo: state.undo ? { id: state.undo.id, what: state.undo.what, title: state.undo.title } : null,
				authorities: app.deps.catalogue.authorities.map(({ id, name, country, keys }) => ({
					id,
					name,
					country,
					keys: keys.length,
				})),
				privateAllowed: await deps.isPrivateAllowed(),
				welcomed: state.welcomed,
			};
		},

		async saveRule({ rule, isNew }) {
			const id = (rule as { id?: unknown } | null)?.id;
			const title = (rule as { title?: unknown } | null)?.title;
			return await rules.edit(
				({ rules: own }) => {
					if (isNew) return { rules: [...own, rule] };
					const index = own.findIndex((other) => other.id === id);
					if (index < 0) return `id: expected a rule that is there, got ${JSON.stringify(id)}`;
					return { rules: own.with(index, rule as Rule) };
				},
				{ what: isNew ? "add" : "edit", title: String(title) },
			);
		},

		async saveRules({ rules: added, title }) {
			if (!Array.isArray(added) || !added.every(isObject)) return refuse("rules: expected an array of rules");
			// Checked with all the others before anything is in force.
			return await rules.edit(({ rules: own }) => ({ rules: mergeById(own, added as unknown as readonly Rule[]) }), {
				what: "add",
				title,
			});
		},

		async deleteRules({ ids, title }) {
			const gone = new Set(ids);
			if (!rules.state.policy.rules.some(({ id }) => gone.has(id))) {
				return refuse("ids: expected at least one rule that is there");
			}
			return await rules.edit(({ rules: own }) => ({ rules: own.filter(({ id }) => !gone.has(id)) }), {
				what: "delete",
				title,
			});
		},

		async deleteRule(id) {
			const title = titleOf(id);
			if (title === null) return refuse(`id: expected a rule that is there, got ${JSON.stringify(id)}`);
			return await rules.edit(({ rules: own }) => ({ rules: own.filter((rule) => rule.id !== id) }), {
				what: "delete",
				title,
			});
		},

		async moveRule({ id, index }) {
			const title = titleOf(id);
			if (title === null) return refuse(`id: expected a rule that is there, got ${JSON.stringify(id)}`);
			return await rules.edit(
				({ rules: own }) => {
					const moved = own.filter((rule) => rule.id === id);
					return { rules: own.filter((rule) => rule.id !== id).toSpliced(index, 0, ...moved) };
				},
				{ what: "order", title },
			);
		},

		undo: (id) => rules.undo(id),

		saveSettings: (settings) =>
			rules.change((state) => ({ ...state, policy: { ...state.policy, settings } }), { tightened: true }),

		async revokeException(id) {
			const inMemory = app.exceptions.remove(id);
			const changed: Changed = inMemory
				? { ok: true }
				: await rules.change(
						(state) =>
							state.exceptions.some((exception) => exception.id === id)
								? { ...state, exceptions: state.exceptions.filter((exception) => exception.id !== id) }
								: `id: expected an exception that is there, got ${JSON.stringify(id)}`,
						{ tightened: false },
					);
			if (changed.ok) await app.exceptionsChanged({ tightened: true });
			return changed;
		},

		async previewImport(text) {
			const parsed = readImport(text);
			return parsed.ok ? { ok: true, preview: preview(parsed.policy) } : parsed;
		},

		async importPolicy({ text, how, settings }) {
			const parsed = readImport(text);
			if (!parsed.ok) return parsed;
			const { policy } = parsed;
			return await rules.edit(
				(own) => ({
					rules: how === "replace" ? policy.rules : mergeById(own.rules, policy.rules),
					...(settings ? { settings: { ...own.settings, ...policy.settings } } : {}),
				}),
				{ what: "import", title: "" },
			);
		},

		async heldCertificates() {
			const held = new Set<string>();
			for (const { refusal, connection } of app.refusals.all()) {
				const chain = connection?.evidence.kind === "chain" && !refusal.private ? connection.evidence.chain : [];
				// At its end a site's own certificate is nobody's who vouches for others.
				const found = refusal.position > 0 ? chain[refusal.position] : undefined;
				for (const der of (found && app.bytes.of([found])) ?? []) held.add(der);
			}
			return [...held];
		},

		async exportPolicy() {
			const { rules: own, settings } = rules.state.policy;
			const { changedCountry, ...older } = settings;
			// An older Countersign takes the document as long as it names nothing that it does not know.
			const named = changedCountry === DEFAULT_SETTINGS.changedCountry ? older : settings;
			return `${JSON.stringify({ version: 1, rules: own, settings: named }, null, "\t")}\n`;
		},

		async exportUnreadable() {
			return `${JSON.stringify(rules.unreadable, null, "\t")}\n`;
		},

		async dismissTrouble() {
			rules.dismissTrouble();
			app.changed();
			return { ok: true };
		},

		async welcomed() {
			// Nothing to change is nothing to write: the state before the last real change stays beside it.
			if (rules.state.welcomed) return { ok: true };
			return await rules.change((state) => ({ ...state, welcomed: true }), { tightened: false });
		},

		async selfCheck() {
			return { started: app.started, ...app.guard.traffic, state: rules.state, fresh: rules.fresh };
		},

		previewList: (request) => app.lists.preview(request),

		followList: (request) => app.lists.follow(request),

		updateList: (id) => app.lists.update(id),

		acceptUpdate: (request) => app.lists.accept(request),

		declineUpdate: (request) => app.lists.decline(request),

		setListRule: (request) => app.lists.setRule(request),

		setListAutomatic: (request) => app.lists.setAutomatic(request),

		leaveList: (id) => app.lists.leave(id),

		sites: () => app.sites.view(),

		async impact(candidates) {
			const parsed = parsePolicy({ version: 1, rules: candidates }, "person", rules.knowsAuthority);
			if (!parsed.ok) return parsed;
			const impact = await app.sites.impact(rules.judge, rules.judgeWith(parsed.policy.rules));
			return { ok: true, impact };
		},

		keepSites: (on) => app.sites.keep(on),

		clearSites: () => app.sites.clear(),

		mail: async () => (await app.mail.get()).view(),

		setMail: async (request) => (await app.mail.get()).set(request),

		addMail: async (servers) => (await app.mail.get()).add(servers),

		removeMail: async (id) => (await app.mail.get()).remove(id),

		askMail: async () => (await app.mail.get()).ask(),
	};
}

const NOTHING = {
	probed: null,
	chain: [],
	overridden: [],
	connection: null,
	before: [],
	refusal: null,
	refused: [],
	parts: [],
	partsCount: 0,
	accepted: [],
	exceptions: [],
} as const;
