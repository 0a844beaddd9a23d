import { useEffect, useRef } from "preact/hooks";
import { t } from "../browser/i18n.ts";
import type { Rule } from "../core/policy.ts";
import { Button } from "../ui/Button.tsx";
import { ownWords } from "../ui/builtIn.ts";
import { Tag } from "../ui/Notice.tsx";
import { Reason } from "../ui/Reason.tsx";
import { Switch } from "../ui/Switch.tsx";
import { useFocus } from "./focus.ts";
import { useOptions } from "./store.ts";
import { ACTION_SHAPES, ACTION_WORDS, type Authorities, limitWords, matchWords } from "./words.ts";

/** One rule: on or off, what it does in words, and what can be done with it. */
export function RuleRow(props: { rule: Rule; index: number; count: number; authorities: Authorities }) {
	const { rule, index, count, authorities } = props;
	const store = useOptions();
	const locked = store.locked.value;
	const title = ownWords(rule.title);
	const editButton = useFocus<HTMLButtonElement>(rule.id);

	return (
		<div class={rule.enabled ? "options-rule" : "options-rule options-rule-off"}>
			<div class="options-rule-head">
				<Switch on={rule.enabled} disabled={locked} onChange={(on) => void store.setEnabled(rule, on)}>
					<bdi class="options-rule-title">{title}</bdi>
				</Switch>
				<RuleTag rule={rule} />
			</div>
			<RuleWords rule={rule} authorities={authorities} />
			<div class="row options-rule-actions">
				<Button
					small
					buttonRef={editButton}
					disabled={locked}
					label={t("optionsEditOf", title)}
					onClick={() => store.edit(rule)}
				>
					{t("optionsEdit")}
				</Button>
				<Button small label={t("optionsDeleteOf", title)} onClick={() => void store.remove(rule)}>
					{t("optionsDelete")}
				</Button>
				{count > 1 && (
					<span class="options-order">
						<Mover rule={rule} index={index} count={count} by={-1} label={t("optionsUpOf", title)} />
						<Mover rule={rule} index={index} count={count} by={1} label={t("optionsDownOf", title)} />
					</span>
				)}
			</div>
		</div>
	);
}

/** What a rule does, as a label; of one that is off, what it would do. */
export function RuleTag({ rule }: { rule: Pick<Rule, "action" | "enabled"> }) {
	const words = t(ACTION_WORDS[rule.action]);
	if (!rule.enabled) return <span class="tag">{t("optionsOff", words)}</span>;
	return <Tag state={ACTION_SHAPES[rule.action]}>{words}</Tag>;
}

/** What a rule matches and where it does not hold. */
export function RuleWords({ rule, authorities }: { rule: Rule; authorities: Authorities }) {
	return (
		<div class="options-rule-words small">
			<p>{t("optionsRefuses", matchWords(rule.match, authorities))}</p>
			{limitWords(rule).map((words) => (
				<p key={words} class="soft">
					{words}
				</p>
			))}
			{rule.reason !== undefined && (
				<p class="soft">
					<Reason text={rule.reason} />
				</p>
			)}
		</div>
	);
}

/** Moves a rule by one place. At the end it stays focusable, so that the focus is not lost on arrival. */
function Mover(props: { rule: Rule; index: number; count: number; by: 1 | -1; label: string }) {
	const { rule, index, count, by, label } = props;
	const store = useOptions();
	const button = useRef<HTMLButtonElement>(null);
	const moving = useRef(false);
	const end = by < 0 ? index === 0 : index === count - 1;

	// An element that is put elsewhere in the document loses the focus on the way.
	useEffect(() => {
		if (moving.current) button.current?.focus();
		moving.current = false;
	}, [index]);

	return (
		<button
			ref={button}
			type="button"
			class="button button-small options-mover"
			aria-label={label}
			title={label}
			aria-disabled={end}
			onClick={() => {
				if (end) return;
				moving.current = true;
				void store.move(rule, by);
			}}
		>
			<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
				<path d={by < 0 ? "m12 6 8 9-1.8 1.6L12 9.7l-6.2 6.9L4 15z" : "m12 18 8-9-1.8-1.6L12 14.3 5.8 7.4 4 9z"} />
			</svg>
		</button>
	);
}
