import type { ComponentChildren } from "preact";
import { t } from "../browser/i18n.ts";
import { otherPapers } from "../core/papers.ts";
import type { CertificateView } from "../protocol.ts";
import { Tag } from "./Notice.tsx";
import { countryName, nameOf } from "./names.ts";
import { StateIcon } from "./StateIcon.tsx";
import { Text } from "./Text.tsx";

/** A plain dot: nothing is known against it. */
function Dot() {
	return (
		<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
			<circle cx="12" cy="12" r="5" />
		</svg>
	);
}

/** How a link is called when the next one up speaks of it. */
function calledBy(chain: readonly CertificateView[], position: number, host: string): string {
	const below = chain[position - 1];
	const link = chain[position];
	if (position === 1 || below === undefined || link === undefined) return host;
	const name = nameOf(below);
	// "DigiCert vouches for DigiCert" says nothing: then its own name.
	return name === nameOf(link) ? (below.commonName ?? name) : name;
}

/**
 * Who vouches for whom, from the site up, in words. `refused` marks what is refused by shape, border
 * and text. `children` adds what a page offers for one authority.
 */
export function Chain(props: {
	host: string;
	chain: readonly CertificateView[];
	refused: (position: number) => boolean;
	children?: (certificate: CertificateView, position: number) => ComponentChildren;
}) {
	const { host, chain, refused, children } = props;
	return (
		<ol class="chain">
			{chain.map((certificate, position) => {
				const isRefused = refused(position);
				const name = position === 0 ? host : nameOf(certificate);
				const own = certificate.commonName;
				const isAnchor = position > 0 && position === chain.length - 1;
				return (
					<li key={certificate.sha256} class={isRefused ? "chain-link chain-refused" : "chain-link"}>
						{isRefused ? <StateIcon state="stopped" /> : <Dot />}
						<div class="chain-words">
							<p class="chain-name">
								<bdi>{name}</bdi>
								{isRefused && <Tag state="stopped">{t("uiRefused")}</Tag>}
							</p>
							<p class="small">
								{position === 0 ? (
									t("uiChainSite")
								) : (
									<Text of="uiChainVouches" args={[calledBy(chain, position, host)]} />
								)}
							</p>
							{position > 0 && <Papers certificate={certificate} />}
							<Origin certificate={certificate} position={position} own={own === name ? null : own} />
							{isAnchor && certificate.builtInRoot !== null && (
								<p class="small soft">{certificate.builtInRoot ? t("uiChainBuiltIn") : t("uiChainAdded")}</p>
							)}
							{children?.(certificate, position)}
						</div>
					</li>
				);
			})}
		</ol>
	);
}

/** Says it where a certificate names somebody else than who owns its key. */
function Papers({ certificate }: { certificate: CertificateView }) {
	const papers = otherPapers(certificate);
	if (papers === null) return null;
	return (
		<p class="small">
			<Text of="uiPapersOther" args={[papers, nameOf(certificate)]} />
		</p>
	);
}

/** Where a link comes from: organisation and country, and the name it gives itself. */
function Origin(props: { certificate: CertificateView; position: number; own: string | null }) {
	const { certificate, position, own } = props;
	const { organization, country } = certificate;
	const parts = [
		// "DigiCert · DigiCert Inc" says nothing twice.
		organization === null || organization.startsWith(nameOf(certificate)) ? null : organization,
		position === 0 ? null : own,
		country === null ? null : countryName(country),
	].filter((part) => part !== null);
	const different = [...new Set(parts)];
	// A country alone says nothing of a site.
	if (different.length === 0 || (position === 0 && organization === null)) return null;
	return (
		<p class="small soft">
			{different.map((part, index) => (
				<span key={part}>
					{index > 0 && " · "}
					<bdi>{part}</bdi>
				</span>
			))}
		</p>
	);
}
