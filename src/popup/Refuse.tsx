import { useEffect, useRef } from "preact/hooks";
import { number, plural, t } from "../browser/i18n.ts";
import type { Position } from "../core/chain.ts";
import type { CertificateView, Impact, TabReport, TabState } from "../protocol.ts";
import { Button } from "../ui/Button.tsx";
import { isolate, list, nameOf } from "../ui/names.ts";
import { Text } from "../ui/Text.tsx";
import { usePopup } from "./store.ts";

/** Of an owner that is known, all keys are refused; else only this one, so the question names it exactly. */
function exactName(certificate: CertificateView): string {
	const name = nameOf(certificate);
	const { commonName, authority } = certificate;
	if (authority !== null) return name;
	return commonName === null || commonName === name ? name : t("popupExactName", name, commonName);
}

/** Refuse this authority: one question, then at once, and it can be undone. */
export function Refuse(props: { certificate: CertificateView; position: Position; report: TabReport }) {
	const { certificate, position, report } = props;
	const store = usePopup();
	const { spki } = certificate;
	const name = nameOf(certificate);
	const refusing = store.refusing.value.get(spki);

	if (refusing?.step === "done") {
		return (
			<p class="popup-refuse small" role="status">
				{t("popupRefusedNow")}{" "}
				{refusing.undo !== null && (
					<Button look="link" label={t("popupUndoLabel", name)} onClick={() => void store.undoRefuse(spki)}>
						{t("popupUndo")}
					</Button>
				)}
			</p>
		);
	}
	if (report.locked || report.refused[position] != null) return null;
	if (refusing?.step === "asks")
		return (
			<Sure
				name={exactName(certificate)}
				position={position}
				spki={spki}
				state={report.state}
				impact={refusing.impact}
			/>
		);
	return (
		<p class="popup-refuse">
			<Button
				small
				disabled={refusing?.step === "works"}
				label={t("popupRefuseLabel", name)}
				onClick={() => store.askToRefuse(spki)}
			>
				{t("popupRefuseThis")}
			</Button>
		</p>
	);
}

/** Sites that are named; the others are counted. */
const NAMED = 3;

/** What it would have stopped in the last 90 days. */
function Cost({ impact: { total, stopped, sites } }: { impact: Impact }) {
	if (total === 0) return <>{t("popupCostUnknown")}</>;
	if (stopped === 0) return <>{plural("popupCostNone", total)}</>;
	const named = stopped > NAMED + 1 ? sites.slice(0, NAMED) : sites;
	const more = stopped - named.length;
	const names = list([...named.map(isolate), ...(more > 0 ? [plural("popupCostMore", more)] : [])]);
	return <>{plural("popupCost", total, number(stopped), names)}</>;
}

/** The question. What was clicked to get here is gone, so the focus moves to the way out of it. */
function Sure(props: { name: string; position: Position; spki: string; state: TabState; impact: Impact | null }) {
	const { name, position, spki, state, impact } = props;
	const store = usePopup();
	const cancel = useRef<HTMLButtonElement>(null);
	useEffect(() => cancel.current?.focus(), []);
	return (
		<fieldset class="stack-tight popup-asks">
			<legend class="small">
				<Text of={state === "local-root" ? "popupRefuseLocalSure" : "popupRefuseSure"} args={[name]} />
			</legend>
			<p class="small soft" role="status">
				{impact !== null && <Cost impact={impact} />}
			</p>
			<p class="row">
				<Button look="danger" small onClick={() => void store.refuse(spki, position)}>
					{t("popupRefuseYes")}
				</Button>
				<Button look="link" buttonRef={cancel} onClick={() => store.cancelRefuse(spki)}>
					{t("popupCancel")}
				</Button>
			</p>
		</fieldset>
	);
}
