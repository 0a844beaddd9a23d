import { useId } from "preact/hooks";
import { t } from "../browser/i18n.ts";
import { mailProviders } from "../catalogue/mailProviders.ts";
import type { MailProtocol } from "../core/mail.ts";
import type { MailEvery, MailServerView, MailView } from "../protocol.ts";
import { Button } from "../ui/Button.tsx";
import { English } from "../ui/English.tsx";
import { Field } from "../ui/Field.tsx";
import { MAIL_KINDS, mailSentences, mailTag } from "../ui/mail.ts";
import { Name } from "../ui/Name.tsx";
import { Notice, Tag } from "../ui/Notice.tsx";
import { isolate } from "../ui/names.ts";
import { Switch } from "../ui/Switch.tsx";
import { Say } from "../ui/Text.tsx";
import { useFocus } from "./focus.ts";
import { HOST_TROUBLE, INSTALLABLE } from "./mail.ts";
import { MAIL } from "./places.ts";
import { Section } from "./Section.tsx";
import { useOptions } from "./store.ts";

/** What a person types to have the program. The command's own name, in every language. */
const INSTALL = "countersign host install";

const EVERY: readonly { readonly value: MailEvery; readonly words: string }[] = [
	{ value: 15, words: "mailEvery15" },
	{ value: 60, words: "mailEvery60" },
	{ value: 360, words: "mailEvery360" },
];

/** The mail servers of the person, and what is known of them. */
export function Mail() {
	const { mail } = useOptions();
	const heading = useFocus<HTMLHeadingElement>(MAIL);
	const view = mail.view.value;
	return (
		<Section headingRef={heading} title={t("mailTitle")} intro={t("mailIntro")}>
			{view === null && (
				<Notice state="stopped" live="assertive">
					<p>{t("mailFailed")}</p>
				</Notice>
			)}
			{view && <Known view={view} />}
		</Section>
	);
}

function Known({ view }: { view: MailView }) {
	const { mail } = useOptions();
	const { on, allowed, trouble, host, servers } = view;
	return (
		<>
			<div class="card stack-tight">
				<Switch on={on} disabled={trouble?.kind === "newer"} onChange={(next) => void mail.turn(next)}>
					<span class="label">{t("mailSwitch")}</span>
				</Switch>
				<p class="small soft">{t("mailSwitchHint")}</p>
				{mail.denied.value && (
					<p class="small" role="status">
						{t("mailDenied")}
					</p>
				)}
			</div>
			{trouble !== null && (
				<Notice state="warned">
					<p>{t(trouble.kind === "newer" ? "mailNewer" : "mailUnreadable")}</p>
					<p class="small soft">
						<English>{trouble.detail}</English>
					</p>
				</Notice>
			)}
			{on && !allowed && (
				<Notice state="stopped" live="polite">
					<p>{t("mailNotAllowed")}</p>
					<p>
						<Button small onClick={() => void mail.turn(true)}>
							{t("mailAllow")}
						</Button>
					</p>
				</Notice>
			)}
			{on && allowed && host !== null && <Host host={host} />}
			{on && <Controls view={view} />}
			{servers.length === 0 ? (
				on && <p class="card soft">{t("mailNone")}</p>
			) : (
				<ul class="options-list">
					{servers.map((server) => (
						<li key={server.id} class="options-item">
							<Server server={server} />
						</li>
					))}
				</ul>
			)}
			{on && <Add view={view} />}
		</>
	);
}

function Host({ host }: { host: NonNullable<MailView["host"]> }) {
	const { state, version, detail } = host;
	if (state === "well") return <p class="small soft">{t("mailHostWell", version ?? "")}</p>;
	return (
		<Notice state="stopped" live="polite">
			<p>{t(HOST_TROUBLE[state])}</p>
			{INSTALLABLE.includes(state) && (
				<>
					<p>{t("mailHostInstall")}</p>
					<p class="mono">
						<English>{INSTALL}</English>
					</p>
				</>
			)}
			{detail !== "" && (
				<p class="small soft">
					<English>{detail}</English>
				</p>
			)}
		</Notice>
	);
}

function Controls({ view: { every, servers, asking } }: { view: MailView }) {
	const { mail } = useOptions();
	const isBusy = asking || mail.asking.value;
	return (
		<div class="options-side">
			<Field label={t("mailEvery")}>
				{(control) => (
					<select
						{...control}
						class="select"
						value={every}
						onChange={(event) => void mail.setEvery(Number(event.currentTarget.value) as MailEvery)}
					>
						{EVERY.map(({ value, words }) => (
							<option key={value} value={value}>
								{t(words)}
							</option>
						))}
					</select>
				)}
			</Field>
			<Button busy={isBusy} onClick={() => void mail.ask()}>
				{t(isBusy && servers.length > 0 ? "mailAsking" : "mailAsk")}
			</Button>
		</div>
	);
}

function Server({ server }: { server: MailServerView }) {
	const { mail } = useOptions();
	const { id, protocol, host, port, state, unreached } = server;
	// One host has several servers.
	const where = `${host.includes(":") ? `[${host}]` : host}:${port}`;
	const { shape, words } = mailTag(server);
	const [first, ...others] = mailSentences(server);
	return (
		<div class="stack-tight">
			<div class="row row-spread">
				<h3>
					<Name of={where} />
				</h3>
				<Tag state={shape}>{t(words)}</Tag>
			</div>
			{first && (
				<p>
					<Say what={first} />
				</p>
			)}
			{others.map((sentence) => (
				<p key={sentence.key} class="small soft">
					<Say what={sentence} />
				</p>
			))}
			<p class="small soft">
				<bdi>{MAIL_KINDS[protocol]}</bdi>
			</p>
			{unreached !== null && unreached.detail !== "" && (
				<p class="small soft">
					<English>{unreached.detail}</English>
				</p>
			)}
			<div class="row">
				{state !== "unasked" && (
					<a
						href={`/src/mail/index.html?server=${encodeURIComponent(id)}`}
						aria-label={t("mailMoreOf", isolate(where))}
					>
						{t("mailMore")}
					</a>
				)}
				<Button small label={t("mailRemoveOf", isolate(where))} onClick={() => void mail.remove(server)}>
					{t("mailRemove")}
				</Button>
			</div>
		</div>
	);
}

function Add({ view }: { view: MailView }) {
	const { mail } = useOptions();
	const id = useId();
	const { protocol, host, port, error } = mail.form.value;
	const known = new Set(view.servers.map((server) => `${server.protocol} ${server.host} ${server.port}`));
	const missing = mailProviders.filter(({ servers }) =>
		servers.some((server) => !known.has(`${server.protocol} ${server.host} ${server.port}`)),
	);
	return (
		<>
			{missing.length > 0 && (
				<div class="card stack-tight">
					<p class="label">{t("mailProviders")}</p>
					<div class="row">
						{missing.map(({ id: provider, name, servers }) => (
							<Button
								key={provider}
								small
								label={t("mailProviderAdd", name)}
								onClick={() => void mail.add(servers, name)}
							>
								<bdi>{name}</bdi>
							</Button>
						))}
					</div>
				</div>
			)}
			<form
				class="card stack"
				aria-labelledby={id}
				noValidate
				onSubmit={(event) => {
					event.preventDefault();
					void mail.addOwn();
				}}
			>
				<h3 id={id}>{t("mailOwn")}</h3>
				<Field label={t("mailHost")} hint={t("mailHostHint")} error={error}>
					{(control) => (
						<input
							{...control}
							class="input"
							type="text"
							inputMode="url"
							dir="ltr"
							autocomplete="off"
							spellcheck={false}
							value={host}
							onInput={(event) => mail.set({ host: event.currentTarget.value })}
						/>
					)}
				</Field>
				<div class="options-side">
					<Field label={t("mailKind")}>
						{(control) => (
							<select
								{...control}
								class="select"
								value={protocol}
								onChange={(event) => mail.set({ protocol: event.currentTarget.value as MailProtocol })}
							>
								{Object.entries(MAIL_KINDS).map(([value, words]) => (
									<option key={value} value={value}>
										{words}
									</option>
								))}
							</select>
						)}
					</Field>
					<Field label={t("mailPort")}>
						{(control) => (
							<input
								{...control}
								class="input"
								type="text"
								inputMode="numeric"
								dir="ltr"
								autocomplete="off"
								value={port}
								onInput={(event) => mail.set({ port: event.currentTarget.value })}
							/>
						)}
					</Field>
				</div>
				<p>
					<button type="submit" class="button">
						<span>{t("mailAdd")}</span>
					</button>
				</p>
			</form>
		</>
	);
}
