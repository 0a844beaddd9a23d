import type { ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";
import { t } from "../browser/i18n.ts";
import { otherPapers } from "../core/papers.ts";
import type { Background, CertificateView } from "../protocol.ts";
import { Button } from "./Button.tsx";
import { type ChainBytes, createChainBytes } from "./chainBytes.ts";
import { SealFigure, SiteFigure, StampFigure, VouchesArrow } from "./Figures.tsx";
import { LinkDetails } from "./LinkDetails.tsx";
import { Name } from "./Name.tsx";
import { Tag } from "./Notice.tsx";
import { countryName, date, nameOf } from "./names.ts";
import { toPem } from "./pem.ts";
import { StateIcon } from "./StateIcon.tsx";
import { saveFile } from "./saveFile.ts";
import { Text } from "./Text.tsx";

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
 * Who vouches for whom, from the site up, as people and their papers. `refused` marks what is refused by shape, border
 * and text. `bytes` is asked when a person looks into a document. `children` adds what a page offers for one authority.
 */
export function Chain(props: {
	host: string;
	chain: readonly CertificateView[];
	refused: (position: number) => boolean;
	bytes: () => ReturnType<Background["chainOf"]>;
	/** Shows what is known of an authority; without it, the link does. */
	openAuthority?: (id: string) => void;
	children?: (certificate: CertificateView, position: number) => ComponentChildren;
}) {
	const { host, chain, refused, openAuthority, children } = props;
	// Of this chain, and asked anew for another one.
	const same = chain.map(({ sha256 }) => sha256).join();
	const bytes = useMemo(() => createChainBytes(props.bytes), [same]);
	return (
		<div class="stack-tight">
			<ol class="chain">
				{chain.map((certificate, position) => {
					const isRefused = refused(position);
					const name = position === 0 ? host : nameOf(certificate);
					const own = certificate.commonName;
					const isAnchor = position > 0 && position === chain.length - 1;
					return (
						<li key={certificate.sha256} class={isRefused ? "chain-link chain-refused" : "chain-link"}>
							{position > 0 && <VouchesArrow isRefused={isRefused} />}
							<div class="chain-card">
								<div class="chain-figure">
									{position === 0 ? <SiteFigure /> : isAnchor ? <SealFigure /> : <StampFigure />}
									{isRefused && <StateIcon state="stopped" />}
								</div>
								<div class="chain-words">
									<p class="chain-name">
										<Name of={name} />
										{isRefused && <Tag state="stopped">{t("uiRefused")}</Tag>}
									</p>
									<p class="chain-does">
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
									{position > 0 && <MoreAbout certificate={certificate} open={openAuthority} />}
									{children?.(certificate, position)}
								</div>
								<LinkDetails certificate={certificate} position={position} name={own ?? name} bytes={bytes} />
							</div>
						</li>
					);
				})}
			</ol>
			<SaveChain host={host} bytes={bytes} />
		</div>
	);
}

/** The way to all that is known of an authority: a link, so that it opens in a tab by every means of the browser. */
function MoreAbout(props: { certificate: CertificateView; open: ((id: string) => void) | undefined }) {
	const { open } = props;
	const { authority } = props.certificate;
	if (authority === null) return null;
	return (
		<p class="small">
			<a
				href={`/src/options/index.html#authority/${authority.id}`}
				target="_blank"
				rel="noreferrer"
				onClick={(event) => {
					if (open === undefined) return;
					event.preventDefault();
					open(authority.id);
				}}
			>
				<Text of="popupMoreAbout" args={[authority.name]} />
			</a>
		</p>
	);
}

/** Hands all certificates of the chain to the person, in one file. */
function SaveChain({ host, bytes }: { host: string; bytes: ChainBytes }) {
	const [isGone, setGone] = useState(false);
	const save = async () => {
		const der = await bytes.load();
		setGone(der === null);
		if (der !== null)
			saveFile(`${host.replace(/[^\w.-]/g, "_")}.pem`, der.map(toPem).join(""), "application/x-pem-file");
	};
	return (
		<div class="chain-save">
			<Button look="link" onClick={() => void save()}>
				{t("uiSaveChain")}
			</Button>
			{/* Always there: what comes into it later is read to people who cannot see it. */}
			<p class="small soft" role="status">
				{isGone && t("uiChainNoBytes")}
			</p>
		</div>
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

/** Where a link comes from: organisation and country, the name it gives itself, and since when its document counts. */
function Origin(props: { certificate: CertificateView; position: number; own: string | null }) {
	const { certificate, position, own } = props;
	const { organization, country, notBefore } = certificate;
	const names = [
		// "DigiCert · DigiCert Inc" says nothing twice.
		organization === null || organization.startsWith(nameOf(certificate)) ? null : organization,
		position === 0 ? null : own,
	];
	return (
		<>
			<Joined parts={names} />
			{/* A country alone says nothing of a site. */}
			<Joined
				parts={[
					country === null || (position === 0 && organization === null) ? null : countryName(country),
					t("uiChainSince", date(notBefore)),
				]}
			/>
		</>
	);
}

/** What is known, each once, with a dot in between. */
function Joined({ parts }: { parts: readonly (string | null)[] }) {
	const known = [...new Set(parts.filter((part) => part !== null))];
	if (known.length === 0) return null;
	return (
		<p class="small soft">
			{known.map((part, index) => (
				<span key={part}>
					{index > 0 && " · "}
					<bdi>{part}</bdi>
				</span>
			))}
		</p>
	);
}
