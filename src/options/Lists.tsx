import type { Ref } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { number, plural, t } from "../browser/i18n.ts";
import type { Rule } from "../core/policy.ts";
import type { ListFailure, ListHead, ListUpdate, ListView, OptionsView } from "../protocol.ts";
import { Button } from "../ui/Button.tsx";
import { ownWords } from "../ui/builtIn.ts";
import { Disclosure } from "../ui/Disclosure.tsx";
import { English } from "../ui/English.tsx";
import { Field } from "../ui/Field.tsx";
import { Notice, Tag } from "../ui/Notice.tsx";
import { date, dateTime, isolate } from "../ui/names.ts";
import { Switch } from "../ui/Switch.tsx";
import { useFocus } from "./focus.ts";
import { Told } from "./Impact.tsx";
import type { ListForm } from "./lists.ts";
import { LISTS } from "./places.ts";
import { Reported } from "./Reported.tsx";
import { RuleList } from "./RuleList.tsx";
import { RuleTag, RuleWords } from "./RuleRow.tsx";
import { Section } from "./Section.tsx";
import { useOptions } from "./store.ts";
import type { Authorities } from "./words.ts";

const WHY: Readonly<Record<ListFailure["why"], string>> = {
	unreachable: "optionsListWhyUnreachable",
	"too-large": "optionsListWhyTooLarge",
	signature: "optionsListWhySignature",
	malformed: "optionsListWhyMalformed",
	"other-list": "optionsListWhyOtherList",
	older: "optionsListWhyOlder",
	reused: "optionsListWhyReused",
	storage: "optionsListWhyStorage",
};

/** The refusal lists that the person follows, and the way to another one. */
export function Lists({ view }: { view: OptionsView }) {
	const { lists, locked } = useOptions();
	const heading = useFocus<HTMLHeadingElement>(LISTS);
	const form = lists.form.value;
	return (
		<Section
			headingRef={heading}
			title={t("optionsLists")}
			intro={t("optionsListsIntro")}
			aside={
				form === null && (
					<Button disabled={locked.value} onClick={() => lists.open()}>
						{t("optionsListAdd")}
					</Button>
				)
			}
		>
			{form !== null && <Form form={form} authorities={view.authorities} />}
			{view.lists.length === 0 ? (
				<p class="card soft">{t("optionsListsNone")}</p>
			) : (
				<ul class="options-list">
					{view.lists.map((list) => (
						<li key={list.id} class="options-item">
							<List list={list} authorities={view.authorities} />
						</li>
					))}
				</ul>
			)}
		</Section>
	);
}

function Form({ form, authorities }: { form: ListForm; authorities: Authorities }) {
	const { lists } = useOptions();
	const first = useRef<HTMLInputElement>(null);
	const shown = useRef<HTMLHeadingElement>(null);
	const { url, key, looking, error, preview } = form;
	useEffect(() => first.current?.focus(), []);
	// The button that was pressed gives its place to another one.
	useEffect(() => shown.current?.focus(), [preview?.preview]);
	return (
		<form
			class="card stack"
			onSubmit={(event) => {
				event.preventDefault();
				void lists.look();
			}}
		>
			<Field label={t("optionsListUrl")} hint={t("optionsListUrlHint")}>
				{(control) => (
					<input
						{...control}
						class="input"
						ref={first}
						type="text"
						inputMode="url"
						dir="ltr"
						autocomplete="off"
						spellcheck={false}
						value={url}
						onInput={(event) => lists.set({ url: event.currentTarget.value })}
					/>
				)}
			</Field>
			<Field label={t("optionsListKey")} hint={t("optionsListKeyHint")}>
				{(control) => (
					<input
						{...control}
						class="input mono"
						type="text"
						dir="ltr"
						autocomplete="off"
						spellcheck={false}
						value={key}
						onInput={(event) => lists.set({ key: event.currentTarget.value })}
					/>
				)}
			</Field>
			{error !== null && (
				<Notice state="stopped" live="assertive">
					{error.why !== null && <p>{t(WHY[error.why])}</p>}
					<p class={error.why === null ? "" : "small soft"}>
						<English>{error.detail}</English>
					</p>
				</Notice>
			)}
			<p role="status" class={looking ? "small soft" : "visually-hidden"}>
				{looking ? t("optionsListLooking") : ""}
			</p>
			{preview !== null && (
				<section class="stack" aria-label={preview.title}>
					<Head head={preview} headingRef={shown} />
					<Rules rules={preview.rules} authorities={authorities} />
					<Reported reported={preview.reported} />
					{preview.impact === null ? (
						<p class="small soft">{t("optionsListImpactUnknown")}</p>
					) : (
						<Told impact={preview.impact} />
					)}
					<Switch on={form.automatic} onChange={(automatic) => lists.set({ automatic })}>
						{t("optionsListAutomatic")}
					</Switch>
					<p class="small soft">{t("optionsListAutomaticHint")}</p>
				</section>
			)}
			<div class="row">
				{preview === null ? (
					<button type="submit" class="button" aria-disabled={looking ? true : undefined}>
						<span>{t("optionsListLook")}</span>
					</button>
				) : (
					<Button onClick={() => void lists.follow()}>{t("optionsListFollow", isolate(preview.title))}</Button>
				)}
				<Button look="link" onClick={() => lists.close()}>
					{t("optionsCancel")}
				</Button>
			</div>
		</form>
	);
}

/** What a list says of itself. */
function Head({ head, headingRef = null }: { head: ListHead; headingRef?: Ref<HTMLHeadingElement> }) {
	const { title, description, sequence, expires, expired } = head;
	return (
		<div class="stack-tight">
			<div class="row row-spread">
				<h3 ref={headingRef} tabIndex={-1}>
					<bdi>{title}</bdi>
				</h3>
				{expired && <Tag state="warned">{t("optionsListExpiredTag")}</Tag>}
			</div>
			{description !== null && (
				<p>
					<bdi>{description}</bdi>
				</p>
			)}
			<p class="small soft">
				{t(expired ? "optionsListExpired" : "optionsListNumber", number(sequence), date(expires))}
			</p>
			{expired && <p class="small">{t("optionsListExpiredWhy")}</p>}
		</div>
	);
}

function List({ list, authorities }: { list: ListView; authorities: Authorities }) {
	const { lists, locked } = useOptions();
	const { failure, pending } = list;
	const isUpdating = lists.updating.value.has(list.id);
	return (
		<div class="stack">
			<Head head={list} />
			{failure !== null && (
				<Notice state="warned">
					<p class="host">{t("optionsListFailure", dateTime(failure.time))}</p>
					<p>{t(WHY[failure.why])}</p>
					<p class="small soft">
						<English>{failure.detail}</English>
					</p>
				</Notice>
			)}
			{pending !== null && <Pending list={list} pending={pending} authorities={authorities} />}
			<Disclosure summary={plural("optionsListRules", list.rules.length)}>
				<ul class="options-preview">
					{list.rules.map(({ rule, switchedOff }) => (
						<li key={rule.id} class="stack-tight">
							<div class="options-rule-head">
								<Switch
									on={rule.enabled && !switchedOff}
									disabled={locked.value || !rule.enabled}
									onChange={(on) => void lists.setRule(list, rule, on)}
								>
									<bdi class="options-rule-title">{ownWords(rule.title)}</bdi>
								</Switch>
								<RuleTag rule={{ action: rule.action, enabled: rule.enabled && !switchedOff }} />
							</div>
							<RuleWords rule={rule} authorities={authorities} />
						</li>
					))}
				</ul>
			</Disclosure>
			<Reported reported={list.reported} />
			<div class="stack-tight">
				<Switch on={list.automatic} onChange={(on) => void lists.setAutomatic(list, on)}>
					{t("optionsListAutomatic")}
				</Switch>
				<p class="small soft">{t("optionsListAutomaticHint")}</p>
			</div>
			<div class="stack-tight small soft">
				<p>{t("optionsListGood", dateTime(list.good))}</p>
				<p class="mono options-list-address">
					<bdi>{list.url}</bdi>
				</p>
				<p class="mono options-list-address">
					<bdi>{list.key}</bdi>
				</p>
			</div>
			<div class="row">
				<Button
					small
					busy={isUpdating}
					disabled={locked.value}
					label={t("optionsListUpdateOf", list.title)}
					onClick={() => void lists.update(list)}
				>
					{t(isUpdating ? "optionsListLooking" : "optionsListUpdate")}
				</Button>
				<Button small label={t("optionsListLeaveOf", list.title)} onClick={() => void lists.leave(list)}>
					{t("optionsListLeave")}
				</Button>
			</div>
		</div>
	);
}

/** A newer list that waits for the person's word. */
function Pending(props: { list: ListView; pending: ListUpdate; authorities: Authorities }) {
	const { list, pending, authorities } = props;
	const { lists, locked } = useOptions();
	const { added, changed, removed } = pending;
	return (
		<Notice state="warned">
			<div class="stack">
				<p class="host">{t("optionsListPending", number(pending.sequence))}</p>
				{pending.impact === null ? (
					<p class="small soft">{t("optionsListImpactUnknown")}</p>
				) : (
					<Told impact={pending.impact} />
				)}
				<Group words={plural("optionsListAdded", added.length)} rules={added} authorities={authorities} />
				<Group words={plural("optionsListChanged", changed.length)} rules={changed} authorities={authorities} />
				<Group words={plural("optionsListRemoved", removed.length)} rules={removed} authorities={authorities} />
				<div class="row">
					<Button small onClick={() => void lists.decline(list)}>
						{t("optionsListDecline")}
					</Button>
					<Button small disabled={locked.value} onClick={() => void lists.accept(list)}>
						{t("optionsListAccept")}
					</Button>
				</div>
			</div>
		</Notice>
	);
}

function Group(props: { words: string; rules: readonly Rule[]; authorities: Authorities }) {
	const { words, rules, authorities } = props;
	if (rules.length === 0) return null;
	return (
		<div class="stack-tight">
			<p class="label">{words}</p>
			<RuleList rules={rules} authorities={authorities} />
		</div>
	);
}

/** Rules that are shown before they are in force. Long lists are folded. */
function Rules({ rules, authorities }: { rules: readonly Rule[]; authorities: Authorities }) {
	return (
		<Disclosure summary={plural("optionsListRules", rules.length)} open={rules.length <= 5}>
			<RuleList rules={rules} authorities={authorities} />
		</Disclosure>
	);
}
