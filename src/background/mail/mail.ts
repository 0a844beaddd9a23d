/**
 * Mail servers (docs/mail.md): asked on a schedule, through a program beside Firefox, who vouches for them. None of
 * this is loaded before a person has switched it on, and no verdict on a page rests on it.
 */
import { messageOf } from "../../core/error.ts";
import { readHost } from "../../core/host.ts";
import type { Judge } from "../../core/judge.ts";
import { firefoxFingerprint, toHex } from "../../core/key.ts";
import { MAX_MAIL_SERVERS, type MailServer, mailKey } from "../../core/mail.ts";
import type { Catalogue } from "../../core/policy.ts";
import { voucherKey } from "../../core/voucher.ts";
import type { Changed, MailServerView, MailView, Voucher } from "../../protocol.ts";
import {
	MAX_MAIL_VOUCHERS,
	type MailAnswer,
	type MailEvery,
	type MailFound,
	type MailHostState,
	type MailSeen,
	type MailVoucher,
	NO_MAIL,
	readMail,
	readMailTargets,
	type StoredMail,
} from "../../schema/mail.ts";
import { findingOf, viewCertificate, viewRule } from "../views.ts";
import { vouchingIn } from "../voucher.ts";
import { askHost, type LinkDeps } from "./link.ts";

/** How often it is looked whether servers are due. */
const BEAT_MS = 60_000;

/** What the rest of the background lends. */
export interface MailBase {
	readonly judge: () => Judge;
	readonly catalogue: Catalogue;
	readonly readStorage: (keys: readonly string[]) => Promise<Record<string, unknown>>;
	readonly writeStorage: (items: Record<string, unknown>) => Promise<void>;
	/** Milliseconds since 1970. */
	readonly now: () => number;
	readonly newId: () => string;
	/** What pages show of mail servers has changed. */
	readonly onChange: () => void;
}

export interface MailDeps extends MailBase, LinkDeps {
	/** Whether the person allows Firefox what this needs. */
	readonly isAllowed: () => Promise<boolean>;
	readonly notify: (id: string, title: string, message: string) => Promise<void>;
	readonly unnotify: (id: string) => Promise<void>;
	/** Words in the person's language. */
	readonly say: (key: string, ...args: readonly string[]) => string;
	readonly beatMs?: number;
}

/** The key of all that is stored about mail servers. */
const STORED = "mail";

/** A name that begins so is one of our notifications; the server's id follows. */
export const NOTICE = "mail/";

/** The notification that the program beside Firefox does not do its work any more. */
export const HOST_NOTICE = "mail-host";

type Standing = MailServerView["state"];

const NOTHING_SEEN: MailSeen = { asked: 0, found: null, unreached: null, vouchers: [], told: null };
const refuse = (error: string): Changed => ({ ok: false, error });

export class Mail {
	readonly #deps: MailDeps;
	#mail: StoredMail = NO_MAIL;
	/** What is stored cannot be read. */
	#trouble: MailView["trouble"] = null;
	/** Changes run one after the other. */
	#changes: Promise<unknown>;
	#round: Promise<void> | null = null;
	#beat: ReturnType<typeof setInterval> | null = null;
	/** The certificates of what servers showed last, by the server's id: DER in base64, leaf first. Not stored. */
	readonly #documents = new Map<string, readonly string[]>();
	/** Whether the person allows it, as far as it is known. */
	#allowed = true;

	constructor(deps: MailDeps) {
		this.#deps = deps;
		this.#changes = this.#read();
	}

	async #read(): Promise<void> {
		try {
			const { [STORED]: stored } = await this.#deps.readStorage([STORED]);
			const read = readMail(stored);
			if (read.kind === "mail") this.#mail = read.mail;
			else this.#trouble = { kind: read.kind, detail: read.detail };
		} catch (error) {
			this.#trouble = { kind: "unreadable", detail: messageOf(error) };
		}
		this.#allowed = await this.#isAllowed();
		this.#schedule();
	}

	async #isAllowed(): Promise<boolean> {
		return await this.#deps.isAllowed().catch(() => false);
	}

	/** The schedule runs while it is switched on. Never rejects. */
	#schedule(): void {
		if (this.#mail.on && this.#beat === null) {
			this.#beat = setInterval(() => void this.askDue(), this.#deps.beatMs ?? BEAT_MS);
			void this.#changes.then(() => this.askDue());
		}
		if (!this.#mail.on && this.#beat !== null) {
			clearInterval(this.#beat);
			this.#beat = null;
		}
	}

	/** Changes what is stored, one change at a time. It is in force only once it is stored. */
	#change(update: (mail: StoredMail) => StoredMail | string): Promise<Changed> {
		const running = this.#changes.then(async (): Promise<Changed> => {
			if (this.#trouble?.kind === "newer") return refuse(this.#trouble.detail);
			const next = update(this.#mail);
			if (typeof next === "string") return refuse(next);
			try {
				await this.#deps.writeStorage({ [STORED]: next });
			} catch (error) {
				return refuse(`storage: ${messageOf(error)}`);
			}
			this.#mail = next;
			this.#trouble = null;
			this.#deps.onChange();
			return { ok: true };
		});
		this.#changes = running;
		return running;
	}

	/** Waits until what is stored was read, and all changes so far are made. */
	async #settled(): Promise<void> {
		await this.#changes;
	}

	async set({ on, every }: { on: boolean; every: MailEvery }): Promise<Changed> {
		await this.#settled();
		this.#allowed = await this.#isAllowed();
		if (on && !this.#allowed) return refuse("permissions: expected nativeMessaging and notifications, got less");
		const changed = await this.#change((mail) => ({ ...mail, on, every, host: on ? mail.host : null }));
		this.#schedule();
		// Whether the program is there is said at once, before there are servers to ask.
		if (changed.ok && on) void this.ask();
		return changed;
	}

	async add(servers: unknown): Promise<Changed> {
		const read = readMailTargets(servers);
		if (!read.ok) return refuse(read.error);
		const changed = await this.#change((mail) => {
			const known = new Set(mail.servers.map(mailKey));
			const added: MailServer[] = [];
			for (const target of read.value) {
				if (known.has(mailKey(target))) continue;
				known.add(mailKey(target));
				added.push({ id: this.#deps.newId(), ...target });
			}
			if (added.length === 0) return "servers: expected one that is not in the list yet";
			const all = [...mail.servers, ...added];
			if (all.length > MAX_MAIL_SERVERS) return `servers: expected at most ${MAX_MAIL_SERVERS}, got ${all.length}`;
			return { ...mail, servers: all };
		});
		if (changed.ok) void this.askDue();
		return changed;
	}

	async remove(id: string): Promise<Changed> {
		const changed = await this.#change((mail) => {
			if (!mail.servers.some((server) => server.id === id)) return `id: expected a server of the list, got ${id}`;
			const { [id]: _, ...seen } = mail.seen;
			return { ...mail, servers: mail.servers.filter((server) => server.id !== id), seen };
		});
		this.#documents.delete(id);
		if (changed.ok) await this.#deps.unnotify(NOTICE + id).catch(() => undefined);
		return changed;
	}

	/** The person gave or took a permission. Never rejects. */
	async permissionsChanged(): Promise<void> {
		await this.#settled();
		const before = this.#allowed;
		this.#allowed = await this.#isAllowed();
		if (before === this.#allowed) return;
		this.#deps.onChange();
		if (this.#allowed) await this.askDue();
	}

	/** The computer is behind another network, or behind one again: what could not be reached may be now. */
	async networkChanged(): Promise<void> {
		await this.#settled();
		if (Object.values(this.#mail.seen).some(({ unreached }) => unreached !== null)) await this.ask();
	}

	/** Asks the servers whose time has come. Never rejects. */
	async askDue(): Promise<void> {
		await this.#settled();
		if (!this.#mail.on || !this.#allowed) return;
		const now = this.#deps.now();
		const isDue = ({ id }: MailServer): boolean => {
			const asked = this.#mail.seen[id]?.asked ?? 0;
			// A clock that was set back must not keep a server from being asked.
			return now - asked >= this.#mail.every * 60_000 || asked > now;
		};
		const due = this.#mail.servers.filter(isDue);
		if (due.length > 0) await this.#ask(due);
	}

	/** Asks all servers now. Never rejects. */
	async ask(): Promise<Changed> {
		await this.#settled();
		if (!this.#mail.on) return refuse("mail: expected to be switched on");
		this.#allowed = await this.#isAllowed();
		await this.#ask(this.#mail.servers);
		return { ok: true };
	}

	/** One round at a time. */
	async #ask(servers: readonly MailServer[]): Promise<void> {
		while (this.#round) await this.#round;
		this.#round = this.#conversation(servers).finally(() => {
			this.#round = null;
			this.#deps.onChange();
		});
		this.#deps.onChange();
		await this.#round;
	}

	async #conversation(servers: readonly MailServer[]): Promise<void> {
		const answers = new Map<string, MailAnswer>();
		const started = this.#deps.now();
		const host: MailHostState = this.#allowed
			? await askHost(this.#deps, servers, ({ id }, answer) => answers.set(id, answer))
			: { state: "not-allowed", time: started, version: null, detail: "" };
		const told: { server: MailServer; standing: Standing; name: string }[] = [];
		const quiet: string[] = [];
		let isLost = false;
		let isBack = false;
		await this.#change((mail) => {
			// Whoever relies on being told hears that nothing is looked at any more; once, and not while it is set up.
			isBack = host.state === "well" && mail.host !== null && mail.host.state !== "well";
			isLost = mail.host?.state === "well" && host.state !== "well" && mail.servers.length > 0;
			const seen = { ...mail.seen };
			for (const server of mail.servers) {
				const answer = answers.get(server.id);
				const wasAsked = servers.some(({ id }) => id === server.id);
				const before = mail.seen[server.id] ?? NOTHING_SEEN;
				if (!answer) {
					// A program that is missing is looked for no more often than servers are asked.
					if (wasAsked) seen[server.id] = { ...before, asked: started };
					continue;
				}
				const after = this.#noted(server, before, answer, started, host.time);
				if ("found" in answer) this.#documents.set(server.id, answer.documents);
				const [standing, name, key] = this.#standing(server, after.found?.what ?? null);
				const isNews = key !== null && key !== before.told && !("unreached" in answer);
				// A server that never offered encryption is shown in the list, where the person has just put it.
				const isLoud = isNews && (standing !== "stripped" || after.vouchers.length > 0);
				if (isLoud) told.push({ server, standing, name });
				if (key === null && before.told !== null) quiet.push(server.id);
				seen[server.id] = { ...after, told: key };
			}
			return { ...mail, seen, host };
		});
		await Promise.allSettled([
			...told.map((one) => this.#tell(one)),
			...quiet.map((id) => this.#deps.unnotify(NOTICE + id)),
			isLost
				? this.#deps.notify(HOST_NOTICE, this.#deps.say("mailNoticeTitle"), this.#deps.say("mailNoticeHost"))
				: isBack && this.#deps.unnotify(HOST_NOTICE),
		]);
	}

	/** What is known of a server after an answer. */
	#noted(server: MailServer, before: MailSeen, answer: MailAnswer, asked: number, now: number): MailSeen {
		if ("unreached" in answer) {
			const since = before.unreached?.since ?? now;
			return { ...before, asked, unreached: { since, why: answer.unreached, detail: answer.detail } };
		}
		const { found } = answer;
		const isSame = sameFinding(before.found?.what ?? null, found);
		const first = isSame && before.found ? before.found.first : now;
		const vouchers = this.#isTaken(server, found) ? this.#vouchedBy(before.vouchers, found, now) : before.vouchers;
		return { ...before, asked, found: { what: found, first, last: now }, unreached: null, vouchers };
	}

	#isTaken(server: MailServer, found: MailFound): found is MailFound & { kind: "verified" } {
		return found.kind === "verified" && this.#standing(server, found)[0] === "vouched";
	}

	#vouchedBy(before: readonly MailVoucher[], found: MailFound & { kind: "verified" }, now: number): MailVoucher[] {
		const { key, voucher } = vouchingIn(found.chain, this.#deps.catalogue);
		const known = before.find((one) => keyOf(one) === key);
		const { authority, name, country } = voucher;
		const entry = { authority: authority?.id ?? null, name, country, first: known?.first ?? now, last: now };
		return [entry, ...before.filter((one) => one !== known)].slice(0, MAX_MAIL_VOUCHERS);
	}

	/**
	 * How it stands with a server, under the rules in force now: in a word, who it is about, and what the person is told
	 * of once, as long as it stays so.
	 */
	#standing(server: MailServer, found: MailFound | null): [Standing, name: string, key: string | null] {
		if (found === null) return ["unasked", "", null];
		if (found.kind === "stripped") return ["stripped", "", "stripped"];
		if (found.kind === "unverified") return ["unvouched", "", "unvouched"];
		const finding = this.#findingOf(server, found);
		if (finding === null) return ["vouched", "", null];
		const certificate = found.chain[finding.position] ?? found.chain[0];
		const view = viewCertificate(certificate, this.#deps.catalogue);
		const name = view.authority?.name ?? view.commonName ?? view.organization ?? view.subject;
		return [finding.rule.rule.action === "warn" ? "warned" : "refused", name, `rule ${finding.rule.ref}`.slice(0, 300)];
	}

	#findingOf({ host }: MailServer, { chain }: MailFound & { kind: "verified" }) {
		return findingOf(this.#deps.judge().judge({ host: readHost(host), evidence: { kind: "chain", chain } }));
	}

	async #tell({ server, standing, name }: { server: MailServer; standing: Standing; name: string }): Promise<void> {
		const { say, notify } = this.#deps;
		const { host } = server;
		const title = say("mailNoticeTitle");
		const words =
			standing === "unvouched"
				? say("mailNoticeUnvouched", host)
				: standing === "stripped"
					? say("mailNoticeStripped", host)
					: say("mailNoticeRefused", host, name);
		await notify(NOTICE + server.id, title, words);
	}

	async view(): Promise<MailView> {
		await this.#settled();
		const { on, every, servers, host } = this.#mail;
		return {
			on,
			every,
			allowed: this.#allowed,
			host,
			asking: this.#round !== null,
			trouble: this.#trouble,
			servers: servers.map((server) => this.#viewServer(server)),
		};
	}

	/** The certificates of a server's chain as they came. Null: they are not known any more, or are not those of the chain. */
	async documentsOf(id: string): Promise<{ readonly der: readonly string[] } | null> {
		await this.#settled();
		const what = this.#mail.seen[id]?.found?.what;
		const der = this.#documents.get(id);
		if (!(what && "chain" in what && der) || der.length !== what.chain.length) return null;
		const prints = await Promise.all(der.map(fingerprintOf));
		return what.chain.every(({ sha256 }, at) => sha256 === prints[at]) ? { der } : null;
	}

	#viewServer(server: MailServer): MailServerView {
		const { asked, found, unreached, vouchers } = this.#mail.seen[server.id] ?? NOTHING_SEEN;
		const what = found?.what ?? null;
		const finding = what?.kind === "verified" ? this.#findingOf(server, what) : null;
		const { catalogue } = this.#deps;
		return {
			...server,
			state: this.#standing(server, what)[0],
			why: what?.kind === "unverified" ? what.why : [],
			chain: what && "chain" in what ? what.chain.map((one) => viewCertificate(one, catalogue)) : [],
			rule: finding && viewRule(finding.rule),
			position: finding?.position ?? null,
			since: found?.first ?? null,
			last: found?.last ?? null,
			asked: asked === 0 ? null : asked,
			unreached,
			vouchers: vouchers.map(({ authority, ...voucher }): Voucher => {
				const known = authority === null ? undefined : catalogue.byId(authority);
				return { ...voucher, authority: known ? { id: known.id, name: known.name, country: known.country } : null };
			}),
		};
	}
}

/** As Firefox writes it (core/key.ts), of DER in base64. */
async function fingerprintOf(der: string): Promise<string> {
	const bytes = Uint8Array.from(atob(der), (character) => character.charCodeAt(0));
	const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
	return firefoxFingerprint(toHex(hash));
}

const keyOf = ({ authority, name, country }: MailVoucher): string =>
	voucherKey({ authority: authority === null ? null : { id: authority }, country }, name);

/** Whether two findings are one to a person: who is told since when it is so. */
function sameFinding(before: MailFound | null, after: MailFound): boolean {
	if (before?.kind !== after.kind) return false;
	if (before.kind === "stripped" || after.kind === "stripped") return true;
	if (after.kind === "unverified") return before.chain[0]?.sha256 === after.chain[0]?.sha256;
	const top = (found: { readonly chain: readonly { readonly spki: string }[] }) => found.chain.at(-1)?.spki;
	return top(before) === top(after);
}
