import { useEffect, useId, useRef, useState } from "preact/hooks";
import { plural, t } from "../browser/i18n.ts";
import { Button } from "../ui/Button.tsx";
import { FieldError } from "../ui/Field.tsx";
import { emptyValue, KINDS, type Kind, type SelectorDraft } from "./draft.ts";
import type { Editor, SelectorList } from "./editor.ts";
import { SelectorInput } from "./SelectorInput.tsx";
import { type Authorities, KIND_WORDS } from "./words.ts";

const WORDS = {
	match: { title: "optionsMatch", hint: "optionsMatchHint", add: "optionsMatchAdd" },
	except: { title: "optionsExcept", hint: "optionsExceptHint", add: "optionsExceptAdd" },
} as const;

/** A policy may hold 10,000 selectors in one rule; so many fields at once would freeze the page. */
const MANY = 100;

/** A list of selectors: one row for each, of any kind, with its error below it. */
export function SelectorsField(props: { editor: Editor; list: SelectorList; authorities: Authorities }) {
	const { editor, list, authorities } = props;
	const id = useId();
	const words = WORDS[list];
	const errors = editor.errors.value;
	const error = errors.get(list);
	const rows = editor.draft.value[list];
	const add = useRef<HTMLButtonElement>(null);
	const [first] = useState(() => new Set(rows.map(({ row }) => row)));
	const [all, setAll] = useState(rows.length <= MANY);
	const shown = rows
		.map((selector, index) => ({ selector, index, isNew: !first.has(selector.row) }))
		.filter(({ index, isNew }) => all || isNew || index < MANY || errors.has(`${list}[${index}]`));
	return (
		<fieldset class="stack-tight" aria-describedby={`${id}-hint`}>
			<legend class="label">{t(words.title)}</legend>
			<p class="field-hint" id={`${id}-hint`}>
				{t(words.hint)}
			</p>
			{shown.map(({ selector, index, isNew }) => (
				<SelectorRow
					key={selector.row}
					selector={selector}
					number={index + 1}
					isNew={isNew}
					error={errors.get(`${list}[${index}]`) ?? null}
					authorities={authorities}
					onChange={(change) => editor.changeSelector(list, selector.row, change)}
					onRemove={() => {
						editor.removeSelector(list, selector.row);
						// Its own button is gone: the focus must not fall back to the top of the page.
						add.current?.focus();
					}}
				/>
			))}
			{error !== undefined && <FieldError>{error}</FieldError>}
			<p class="row">
				{shown.length < rows.length && (
					<Button small onClick={() => setAll(true)}>
						{plural("optionsShowAll", rows.length)}
					</Button>
				)}
				<Button small buttonRef={add} onClick={() => editor.addSelector(list, "spki")}>
					{t(words.add)}
				</Button>
			</p>
		</fieldset>
	);
}

function SelectorRow(props: {
	selector: SelectorDraft;
	number: number;
	/** It was added just now and takes the focus. */
	isNew: boolean;
	error: string | null;
	authorities: Authorities;
	onChange: (change: { kind: Kind; value: string }) => void;
	onRemove: () => void;
}) {
	const { selector, number, isNew, error, authorities, onChange, onRemove } = props;
	const id = useId();
	const { kind, value } = selector;
	const select = useRef<HTMLSelectElement>(null);

	useEffect(() => {
		if (isNew) select.current?.focus();
	}, [isNew]);

	return (
		<div class="options-selector">
			<select
				ref={select}
				class="select"
				aria-label={t("optionsKindOf", number)}
				value={kind}
				onChange={(event) => {
					const next = KINDS.find((each) => each === event.currentTarget.value) ?? kind;
					onChange({ kind: next, value: emptyValue(next) });
				}}
			>
				{KINDS.map((each) => (
					<option key={each} value={each}>
						{t(KIND_WORDS[each])}
					</option>
				))}
			</select>
			<SelectorInput
				key={kind}
				kind={kind}
				value={value}
				authorities={authorities}
				label={t("optionsValueOf", number)}
				invalid={error !== null}
				describedBy={error === null ? undefined : `${id}-error`}
				onChange={(next) => onChange({ kind, value: next })}
			/>
			{error !== null && (
				<div class="options-selector-error">
					<FieldError id={`${id}-error`}>{error}</FieldError>
				</div>
			)}
			<Button small label={t("optionsRemoveOf", number)} onClick={onRemove}>
				{t("optionsRemove")}
			</Button>
		</div>
	);
}
