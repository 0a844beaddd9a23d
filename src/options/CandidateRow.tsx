import { useId } from "preact/hooks";
import { t } from "../browser/i18n.ts";
import type { Rule } from "../core/policy.ts";
import { Disclosure } from "../ui/Disclosure.tsx";
import { Fact } from "../ui/Fact.tsx";
import { Tag } from "../ui/Notice.tsx";
import { countryName, date } from "../ui/names.ts";
import { type By, type Candidate, refusedBy } from "./candidates.ts";
import { useOptions } from "./store.ts";

/** One certificate that was read: what it says of itself, and how it is to be refused. */
export function CandidateRow({ candidate, rules }: { candidate: Candidate; rules: readonly Rule[] }) {
	const { add } = useOptions();
	const id = useId();
	const { certificate, chosen, by } = candidate;
	const { commonName, organization, country, sha256, spki, ca } = certificate;
	const name = commonName ?? organization ?? (certificate.subject || t("uiNameless"));
	const refused = refusedBy(certificate, rules);
	const facts = [
		organization === name ? null : organization,
		country === null ? null : countryName(country),
		t("optionsValidFromTo", date(certificate.notBefore), date(certificate.notAfter)),
	].filter((fact) => fact !== null);
	return (
		<li class="options-candidate">
			<input
				id={id}
				type="checkbox"
				checked={chosen}
				aria-describedby={`${id}-facts`}
				onChange={(event) => add.setChosen(sha256, event.currentTarget.checked)}
			/>
			<div class="stack-tight">
				<div class="row">
					<label for={id} class="label">
						<bdi>{name}</bdi>
					</label>
					<span class="tag">{t(ca ? "optionsIsAuthority" : "optionsIsSite")}</span>
					{refused !== null && <Tag state="stopped">{t("optionsAlready", refused)}</Tag>}
				</div>
				<p class="small soft" id={`${id}-facts`}>
					{facts.map((fact, index) => (
						<span key={fact}>
							{index > 0 && " · "}
							<bdi>{fact}</bdi>
						</span>
					))}
				</p>
				{chosen && (
					<label class="options-by small">
						<span>{t("optionsBy")}</span>
						<select class="select" value={by} onChange={(event) => add.setBy(sha256, event.currentTarget.value as By)}>
							<option value="key">{t("optionsByKey")}</option>
							<option value="certificate">{t("optionsByCertificate")}</option>
						</select>
					</label>
				)}
				<Disclosure summary={<span class="small">{t("technicalTitle")}</span>}>
					<dl class="facts">
						<Fact name={t("technicalSubject")}>
							<bdi>{certificate.subject}</bdi>
						</Fact>
						<Fact name={t("technicalIssuer")}>
							<bdi>{certificate.issuer}</bdi>
						</Fact>
						<Fact name={t("technicalSpki")} mono>
							{spki}
						</Fact>
						<Fact name={t("technicalSha256")} mono>
							{sha256}
						</Fact>
					</dl>
				</Disclosure>
			</div>
		</li>
	);
}
