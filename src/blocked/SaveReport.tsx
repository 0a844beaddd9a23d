import { useId, useState } from "preact/hooks";
import { t } from "../browser/i18n.ts";
import { messageOf } from "../core/error.ts";
import type { Refusal } from "../protocol.ts";
import { Button } from "../ui/Button.tsx";
import { Disclosure } from "../ui/Disclosure.tsx";
import { FieldError } from "../ui/Field.tsx";
import { Text } from "../ui/Text.tsx";
import { type Include, NOTHING_PERSONAL, ReportBody, type ReportFacts } from "./report.tsx";
import { useBlocked } from "./store.ts";

/** Saves a report of the stop, after showing what is in it to whoever wants to see. */
export function SaveReport({ refusal }: { refusal: Refusal }) {
	const store = useBlocked();
	const [include, setInclude] = useState<Include>(NOTHING_PERSONAL);
	const [facts, setFacts] = useState<ReportFacts | null>(null);
	const [saved, setSaved] = useState<string | null>(null);
	const [error, setError] = useState<string | null>(null);
	const anchor = refusal.chain[refusal.chain.length - 1];
	const isAdded = refusal.chain.length > 1 && anchor?.builtInRoot === false;

	/** Puts it together once, however often it is looked at. Null: it could not be. */
	const gather = async (): Promise<ReportFacts | null> => {
		if (facts !== null) return facts;
		try {
			const gathered = await store.reportFacts();
			setFacts(gathered);
			setError(null);
			return gathered;
		} catch (failure) {
			setError(t("reportFailed", messageOf(failure)));
			return null;
		}
	};
	const save = async () => {
		const gathered = await gather();
		if (gathered !== null) setSaved(store.saveReport(gathered, include));
	};
	const choose = (change: Partial<Include>) => {
		setInclude({ ...include, ...change });
		setSaved(null);
	};

	return (
		<section class="stack blocked-report">
			<div class="stack-tight">
				<h2>{t("reportTitle")}</h2>
				<p class="small soft">{t("reportHint")}</p>
				{isAdded && <p class="small">{t("reportAddedHint")}</p>}
				{refusal.private && <p class="small">{t("reportPrivateHint")}</p>}
			</div>
			<Tick
				on={include.address}
				onChange={(address) => choose({ address })}
				label={t("reportWithAddress")}
				hint={t("reportWithAddressHint")}
			/>
			{refusal.rule !== null && (
				<Tick
					on={include.words}
					onChange={(words) => choose({ words })}
					label={t("reportWithWords")}
					hint={t("reportWithWordsHint")}
				/>
			)}
			{refusal.before.length > 0 && (
				<Tick
					on={include.visits}
					onChange={(visits) => choose({ visits })}
					label={t("reportWithVisits")}
					hint={t("reportWithVisitsHint")}
				/>
			)}
			<Disclosure summary={t("reportPreview")} onToggle={(open) => void (open && gather())}>
				{facts !== null && (
					<div class="blocked-preview">
						<ReportBody facts={facts} include={include} />
					</div>
				)}
			</Disclosure>
			<p>
				<Button onClick={() => void save()}>{t("reportSave")}</Button>
			</p>
			{error !== null && <FieldError>{error}</FieldError>}
			<p class="small blocked-saved" role="status">
				{saved !== null && <Text of="reportSaved" args={[saved]} />}
			</p>
		</section>
	);
}

/** Something that is only included when asked for. */
function Tick(props: { on: boolean; onChange: (on: boolean) => void; label: string; hint: string }) {
	const { on, onChange, label, hint } = props;
	const id = useId();
	return (
		<div class="blocked-tick">
			<input
				type="checkbox"
				id={id}
				checked={on}
				aria-describedby={`${id}-hint`}
				onChange={(event) => onChange(event.currentTarget.checked)}
			/>
			<label for={id}>{label}</label>
			<p class="small soft" id={`${id}-hint`}>
				{hint}
			</p>
		</div>
	);
}
