import type { ComponentType } from "preact";
import { useState } from "preact/hooks";
import { t } from "../browser/i18n.ts";
import type { CertificateView } from "../protocol.ts";
import type { ChainBytes } from "./chainBytes.ts";
import { Disclosure } from "./Disclosure.tsx";
import { isolate } from "./names.ts";
import { CertificateFacts } from "./Technical.tsx";

type Details = ComponentType<{ der: string; view: CertificateView }>;

/**
 * What opens at a link of the chain: all that its certificate says. The library that reads certificates is larger than
 * all else of a page, so it is loaded when a person first opens one.
 */
export function LinkDetails(props: {
	certificate: CertificateView;
	position: number;
	name: string;
	bytes: ChainBytes;
}) {
	const { certificate, position, name, bytes } = props;
	const [isOpen, setOpen] = useState(false);
	const [Details, setDetails] = useState<Details | null>(null);
	const der = bytes.der.value;
	const one = der?.[position];

	const onToggle = (open: boolean) => {
		setOpen(open);
		if (!open) return;
		void bytes.load();
		// Where it does not load, what is known already is shown.
		void import("./CertificateDetails.tsx")
			.then((loaded) => setDetails(() => loaded.CertificateDetails))
			.catch(() => undefined);
	};
	return (
		<Disclosure summary={t("uiChainDocument")} label={t("uiChainDetails", isolate(name))} onToggle={onToggle}>
			{isOpen && (
				<div class="stack chain-details">
					{one !== undefined && Details !== null ? (
						<Details key={certificate.sha256} der={one} view={certificate} />
					) : (
						<>
							<CertificateFacts certificate={certificate} />
							{der === null && <p class="small soft">{t("uiChainNoBytes")}</p>}
						</>
					)}
				</div>
			)}
		</Disclosure>
	);
}
