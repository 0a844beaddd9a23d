import { t } from "../browser/i18n.ts";
import type { OptionsView } from "../protocol.ts";
import { Button } from "../ui/Button.tsx";
import { FieldError } from "../ui/Field.tsx";
import { useFocus } from "./focus.ts";
import { ImportOffer } from "./ImportOffer.tsx";
import { TRANSFER } from "./places.ts";
import { Section } from "./Section.tsx";
import { useOptions } from "./store.ts";

/** Rules to and from a file. */
export function Transfer({ view }: { view: OptionsView }) {
	const store = useOptions();
	const { transfer } = store;
	const locked = store.locked.value;
	const offer = transfer.offer.value;
	const error = transfer.error.value;
	const heading = useFocus<HTMLHeadingElement>(TRANSFER);
	return (
		<Section headingRef={heading} title={t("optionsTransfer")} intro={t("optionsTransferIntro")}>
			<div class="card stack">
				<div class="row">
					<Button onClick={() => void transfer.save()}>{t("optionsExport")}</Button>
					<label class={locked ? "button options-file options-file-off" : "button options-file"}>
						<input
							class="visually-hidden"
							type="file"
							disabled={locked}
							onChange={(event) => {
								const input = event.currentTarget;
								const [file] = input.files ?? [];
								if (file) {
									void transfer.choose(file).then(() => {
										input.value = "";
									});
								}
							}}
						/>
						{t("optionsImport")}
					</label>
				</div>
				{locked && <p class="small soft">{t("optionsLockedRules")}</p>}
				<div class="stack-tight">
					<p>
						<Button onClick={() => void transfer.saveCertificates()}>{t("optionsSaveCertificates")}</Button>
					</p>
					<p class="small soft">{t("optionsSaveCertificatesHint")}</p>
					{transfer.none.value && <p role="status">{t("optionsNoCertificates")}</p>}
				</div>
				{error !== null && <FieldError>{error}</FieldError>}
				{offer !== null && <ImportOffer offer={offer} settings={view.settings} authorities={view.authorities} />}
			</div>
		</Section>
	);
}
