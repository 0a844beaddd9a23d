import { useState } from "preact/hooks";
import { plural, t } from "../browser/i18n.ts";
import type { AuthorityDetails, CertificateDetails, KeyDetails } from "../catalogue/details.ts";
import { firefoxFingerprint } from "../core/key.ts";
import { Button } from "../ui/Button.tsx";
import { Disclosure } from "../ui/Disclosure.tsx";
import { Fact } from "../ui/Fact.tsx";
import { Tag } from "../ui/Notice.tsx";
import { date } from "../ui/names.ts";
import { authorityLink } from "./route.ts";
import { Section } from "./Section.tsx";
import { useOptions } from "./store.ts";

/** Keys that are shown at once. */
const SHOWN = 10;

const isBuiltIn = ({ certificates }: KeyDetails): boolean => certificates.some(({ builtIn }) => builtIn);

/** The keys that it owns, those that Firefox trusts as they are first, each with its certificates. */
export function Keys({ authority }: { authority: AuthorityDetails }) {
	const [shown, setShown] = useState(SHOWN);
	const keys = [...authority.keys].sort((one, other) => Number(isBuiltIn(other)) - Number(isBuiltIn(one)));
	const more = keys.length - shown;
	return (
		<Section title={plural("optionsKeys", keys.length)} intro={t("optionsKeysIntro")}>
			<ul class="options-list">
				{keys.slice(0, shown).map((key) => (
					<li key={key.spki} class="options-item options-key">
						<Key value={key} owner={authority.id} />
					</li>
				))}
			</ul>
			{more > 0 && (
				<p>
					<Button onClick={() => setShown(shown + 50)}>{plural("optionsShowMore", more)}</Button>
				</p>
			)}
		</Section>
	);
}

function Key({ value, owner }: { value: KeyDetails; owner: string }) {
	const { spki, certificates } = value;
	const name = certificates.find(({ name: each }) => each !== null)?.name ?? null;
	return (
		<Disclosure
			summary={
				<span class="options-key-summary">
					<bdi class="label">{name ?? t("uiNameless")}</bdi>
					{isBuiltIn(value) && <Tag state="protected">{t("optionsBuiltIn")}</Tag>}
					{certificates.length > 0 && certificates.every(({ revoked }) => revoked) && (
						<Tag state="stopped">{t("optionsKeyRevoked")}</Tag>
					)}
				</span>
			}
		>
			<div class="stack">
				<dl class="facts">
					<Fact name={t("optionsKeyHash")} mono>
						{spki}
					</Fact>
				</dl>
				{certificates.map((certificate) => (
					<Certificate key={certificate.sha256} certificate={certificate} owner={owner} />
				))}
			</div>
		</Disclosure>
	);
}

const day = (time: string): string => date(Date.parse(time));

function Certificate({ certificate, owner }: { certificate: CertificateDetails; owner: string }) {
	const { book } = useOptions();
	const { sha256, name, notBefore, notAfter, kind, builtIn, distrustAfter, revoked, under } = certificate;
	const others = under.filter((id) => id !== owner);
	return (
		<div class="options-certificate stack-tight">
			<p class="row">
				<bdi class="host">{name ?? t("uiNameless")}</bdi>
				<span class="tag">{t(kind === "root" ? "optionsKindOfRoot" : "optionsKindOfIntermediate")}</span>
				{builtIn && <Tag state="protected">{t("optionsBuiltIn")}</Tag>}
				{revoked && <Tag state="stopped">{t("optionsCertificateRevoked")}</Tag>}
			</p>
			<dl class="facts">
				{notBefore !== null && notAfter !== null && (
					<Fact name={t("optionsValid")}>{t("optionsFromTo", day(notBefore), day(notAfter))}</Fact>
				)}
				{distrustAfter !== null && (
					<Fact name={t("optionsDateLimit")}>{t("optionsDistrustAfter", day(distrustAfter))}</Fact>
				)}
				{others.length > 0 && (
					<Fact name={t("optionsUnder")}>
						{others.map((id, index) => (
							<span key={id}>
								{index > 0 && " · "}
								<a href={authorityLink(id)}>
									<bdi>{book.byId(id)?.name ?? id}</bdi>
								</a>
							</span>
						))}
					</Fact>
				)}
				<Fact name={t("optionsFingerprint")} mono>
					{firefoxFingerprint(sha256)}
				</Fact>
			</dl>
		</div>
	);
}
