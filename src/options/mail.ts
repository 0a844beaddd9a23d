/** Mail servers on the options page: the switch, the list, and what is filled in to add to it. */
import { batch, type ReadonlySignal, signal } from "@preact/signals";
import { MAIL_PORTS, type MailProtocol, type MailTarget } from "../core/mail.ts";
import type { Background, Changed, MailEvery, MailServerView, MailView } from "../protocol.ts";
import { type Sentence, say } from "../ui/Text.tsx";
import { MAIL } from "./places.ts";

type HostState = NonNullable<MailView["host"]>["state"];

/** What is said of the program beside Firefox that does not do its work. */
export const HOST_TROUBLE: Readonly<Record<Exclude<HostState, "well">, string>> = {
	missing: "mailHostMissing",
	broken: "mailHostBroken",
	crashed: "mailHostCrashed",
	silent: "mailHostSilent",
	garbled: "mailHostGarbled",
	"too-old": "mailHostTooOld",
	"too-new": "mailHostTooNew",
	"not-allowed": "mailNotAllowed",
};
/** What `countersign host install` puts right. */
export const INSTALLABLE: readonly HostState[] = ["missing", "broken", "too-old", "garbled"];

export interface MailDeps {
	readonly background: Pick<Background, "mail" | "setMail" | "addMail" | "removeMail" | "askMail">;
	/** Has Firefox ask the person for what this needs: in the moment of a click. */
	readonly requestPermissions: () => Promise<boolean>;
	/** Gives that back. */
	readonly dropPermissions: () => Promise<void>;
	readonly attempt: (ask: () => Promise<Changed>, done: Sentence | null, place?: string | null) => Promise<void>;
	readonly tell: (news: Sentence | null) => void;
}

/** What is being filled in for one server. */
export interface MailForm {
	readonly protocol: MailProtocol;
	readonly host: string;
	readonly port: string;
	/** What is wrong with it, in English, or null. */
	readonly error: string | null;
}

export interface Mail {
	/** Undefined until the background has answered; null when it cannot. */
	readonly view: ReadonlySignal<MailView | null | undefined>;
	/** Firefox was asked, and the person said no. */
	readonly denied: ReadonlySignal<boolean>;
	readonly asking: ReadonlySignal<boolean>;
	readonly form: ReadonlySignal<MailForm>;
	/** Reads it all anew. Never rejects. */
	load(): Promise<void>;
	/** To be called in the moment of a click: Firefox asks for permission then. */
	turn(on: boolean): Promise<void>;
	setEvery(every: MailEvery): Promise<void>;
	/** Adds servers; what is on the list already is passed over. `name`: what they are called together. */
	add(servers: readonly MailTarget[], name: string): Promise<void>;
	/** Another way to connect has another port, as long as nobody has chosen one. */
	set(change: Partial<Pick<MailForm, "protocol" | "host" | "port">>): void;
	addOwn(): Promise<void>;
	remove(server: MailServerView): Promise<void>;
	ask(): Promise<void>;
}

const portOf = (protocol: MailProtocol): string => String(MAIL_PORTS[protocol]);
const EMPTY: MailForm = { protocol: "imaps", host: "", port: portOf("imaps"), error: null };

/** The part of the options page's store that is about mail servers. Nothing is asked before `load`. */
export function createMail(deps: MailDeps): Mail {
	const { background, attempt, tell } = deps;
	const view = signal<MailView | null | undefined>();
	const denied = signal(false);
	const asking = signal(false);
	const form = signal(EMPTY);
	let loads = 0;

	async function load(): Promise<void> {
		loads += 1;
		const question = loads;
		const answer = await background.mail().catch(() => null);
		// A slow answer must not put an older state back on the screen.
		if (question === loads) view.value = answer;
	}

	const every = (): MailEvery => view.value?.every ?? 15;
	/** The list is read again before anything is said, so that what is said can be seen. */
	const change = (ask: () => Promise<Changed>, done: Sentence | null): Promise<void> =>
		attempt(async () => {
			const changed = await ask();
			await load();
			return changed;
		}, done);

	return {
		view,
		denied,
		asking,
		form,
		load,
		async turn(on) {
			denied.value = false;
			if (!on) {
				await change(async () => {
					const changed = await background.setMail({ on, every: every() });
					// What is not needed any more is not kept.
					if (changed.ok) await deps.dropPermissions().catch(() => undefined);
					return changed;
				}, say("mailSwitchedOff"));
				return;
			}
			// Before anything else: a moment later Firefox no longer takes it for the person's wish.
			const asked = deps.requestPermissions();
			await change(async () => {
				if (await asked) return await background.setMail({ on, every: every() });
				denied.value = true;
				return { ok: true };
			}, null);
			if (!denied.value && view.value?.on) tell(say("mailSwitchedOn"));
		},
		setEvery: (next) =>
			change(() => background.setMail({ on: view.value?.on ?? false, every: next }), say("optionsSettingsSaved")),
		async add(servers, name) {
			const known = new Set(view.value?.servers.map(({ protocol, host, port }) => `${protocol} ${host} ${port}`));
			const added = servers.filter(({ protocol, host, port }) => !known.has(`${protocol} ${host} ${port}`));
			if (added.length > 0) await change(() => background.addMail(added), say("mailAdded", name));
		},
		set(next) {
			const now = form.value;
			const isUsual = now.port === portOf(now.protocol);
			const port = next.protocol !== undefined && isUsual ? { port: portOf(next.protocol) } : {};
			form.value = { ...now, error: null, ...port, ...next };
		},
		async addOwn() {
			const { protocol, host, port } = form.value;
			let error: string | null = null;
			await change(async () => {
				const changed = await background.addMail([{ protocol, host, port: Number(port) }]);
				if (!changed.ok) error = changed.error;
				// It is said beside the field.
				return { ok: true };
			}, null);
			if (error !== null) form.value = { ...form.value, error };
			else {
				batch(() => {
					form.value = EMPTY;
					tell(say("mailAdded", host.trim()));
				});
			}
		},
		remove: ({ id, host }) =>
			attempt(
				async () => {
					const changed = await background.removeMail(id);
					await load();
					return changed;
				},
				say("mailRemoved", host),
				MAIL,
			),
		async ask() {
			if (asking.value) return;
			asking.value = true;
			try {
				await change(() => background.askMail(), say("mailAsked"));
			} finally {
				asking.value = false;
			}
		},
	};
}
