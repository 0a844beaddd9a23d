import { useEffect, useRef } from "preact/hooks";
import { t } from "../browser/i18n.ts";
import type { Position } from "../core/chain.ts";
import type { CertificateView, TabReport, TabState } from "../protocol.ts";
import { Button } from "../ui/Button.tsx";
import { nameOf } from "../ui/names.ts";
import { Text } from "../ui/Text.tsx";
import { usePopup } from "./store.ts";

/** One owner can have many keys, and only this one gets refused: so the question names it exactly. */
function exactName(certificate: CertificateView): string {
	const name = nameOf(certificate);
	const { commonName } = certificate;
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
		return <Sure name={exactName(certificate)} position={position} spki={spki} state={report.state} />;
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

/** The question. What was clicked to get here is gone, so the focus moves to the way out of it. */
function Sure(props: { name: string; position: Position; spki: string; state: TabState }) {
	const { name, position, spki, state } = props;
	const store = usePopup();
	const cancel = useRef<HTMLButtonElement>(null);
	useEffect(() => cancel.current?.focus(), []);
	return (
		<fieldset class="stack-tight popup-asks">
			<legend class="small">
				<Text of={state === "local-root" ? "popupRefuseLocalSure" : "popupRefuseSure"} args={[name]} />
			</legend>
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
