import { useId, useMemo, useState } from "preact/hooks";
import { t } from "../browser/i18n.ts";
import { countryName } from "../ui/names.ts";
import { countries, countryCode } from "./countries.ts";
import type { Kind } from "./draft.ts";
import { type Authorities, OVERRIDDEN_WORDS } from "./words.ts";

export interface SelectorInputProps {
	kind: Kind;
	value: string;
	authorities: Authorities;
	/** For screen readers; leave it out where a label points at `id`. */
	label?: string | undefined;
	id?: string | undefined;
	invalid: boolean;
	describedBy?: string | undefined;
	onChange: (value: string) => void;
}

/** The control for the value of one selector; each kind has its own. */
export function SelectorInput(props: SelectorInputProps) {
	const { kind, value, label, id, invalid, describedBy, onChange } = props;
	const control = {
		id,
		"aria-label": label,
		"aria-invalid": invalid ? ("true" as const) : undefined,
		"aria-describedby": describedBy,
	};
	if (kind === "authority") return <AuthoritySelect {...props} />;
	if (kind === "country") return <CountryInput {...props} />;
	if (kind === "root") return <p class="options-fixed">{t("optionsMatchRoot")}</p>;
	if (kind === "overridden") {
		return (
			<select {...control} class="select" value={value} onChange={(event) => onChange(event.currentTarget.value)}>
				{Object.entries(OVERRIDDEN_WORDS).map(([each, words]) => (
					<option key={each} value={each}>
						{t(words)}
					</option>
				))}
			</select>
		);
	}
	const isHash = kind === "spki" || kind === "certificate";
	return (
		<input
			{...control}
			class={isHash ? "input mono" : "input"}
			type="text"
			spellcheck={false}
			autocomplete="off"
			value={value}
			onInput={(event) => onChange(event.currentTarget.value)}
		/>
	);
}

function AuthoritySelect({ value, authorities, label, id, invalid, describedBy, onChange }: SelectorInputProps) {
	const isKnown = value === "" || authorities.some((authority) => authority.id === value);
	return (
		<select
			id={id}
			class="select"
			aria-label={label}
			aria-invalid={invalid ? "true" : undefined}
			aria-describedby={describedBy}
			value={value}
			onChange={(event) => onChange(event.currentTarget.value)}
		>
			<option value="">{t("optionsChooseAuthority")}</option>
			{!isKnown && <option value={value}>{value}</option>}
			{authorities.map(({ id: each, name, country }) => (
				<option key={each} value={each}>
					{country === null ? name : t("uiNameCountry", name, countryName(country))}
				</option>
			))}
		</select>
	);
}

/**
 * A country by its name: the browser searches the list while typing. What is typed stays as it is;
 * what it stands for is the value.
 */
function CountryInput({ value, label, id, invalid, describedBy, onChange }: SelectorInputProps) {
	const listId = useId();
	const list = useMemo(() => countries(), []);
	const [typed, setTyped] = useState(/^[A-Z]{2}$/.test(value) ? countryName(value) : value);
	return (
		<>
			<input
				id={id}
				class="input"
				type="text"
				list={listId}
				spellcheck={false}
				autocomplete="off"
				aria-label={label}
				aria-invalid={invalid ? "true" : undefined}
				aria-describedby={describedBy}
				value={typed}
				onInput={(event) => {
					const text = event.currentTarget.value;
					setTyped(text);
					onChange(countryCode(text, list));
				}}
			/>
			<datalist id={listId}>
				{list.map(({ code, name }) => (
					<option key={code} value={name}>
						{code}
					</option>
				))}
			</datalist>
		</>
	);
}
