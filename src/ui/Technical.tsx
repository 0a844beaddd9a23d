import type { ComponentChildren } from "preact";
import { t } from "../browser/i18n.ts";
import type { CertificateView, Refusal } from "../protocol.ts";
import { Disclosure } from "./Disclosure.tsx";
import { Fact } from "./Fact.tsx";
import { dateTime, hostAndPort } from "./names.ts";

/** What experts ask for, in their words. */
export function Technical({ refusal }: { refusal: Refusal }) {
	const { chain, overridden, unreadable, rule, selector, host, port, time, position } = refusal;
	return (
		<Disclosure summary={t("technicalTitle")}>
			<div class="stack technical">
				<dl class="facts">
					<Fact name={t("technicalHost")} mono>
						{hostAndPort(host, port)}
					</Fact>
					<Fact name={t("technicalTime")}>{dateTime(time)}</Fact>
					{rule !== null && (
						<Fact name={t("technicalRule")} mono>
							{rule.ref}
						</Fact>
					)}
					{selector !== null && (
						<Fact name={t("technicalSelector")} mono>
							{JSON.stringify(selector)}
						</Fact>
					)}
					{rule !== null && chain.length > 0 && (
						<Fact name={t("technicalPosition")} mono>
							{position}
						</Fact>
					)}
					{overridden.length > 0 && (
						<Fact name={t("technicalOverridden")} mono>
							{overridden.join(", ")}
						</Fact>
					)}
					{unreadable !== null && (
						<Fact name={t("technicalUnreadable")} mono>
							{unreadable}
						</Fact>
					)}
				</dl>
			</div>
		</Disclosure>
	);
}

/** One certificate, field by field, and below that `children`, of the same kind. */
export function CertificateFacts({
	certificate,
	children,
}: {
	certificate: CertificateView;
	children?: ComponentChildren;
}) {
	const { subject, issuer, notBefore, notAfter, sha256, spki } = certificate;
	return (
		<dl class="facts">
			<Fact name={t("technicalSubject")} mono>
				{subject}
			</Fact>
			<Fact name={t("technicalIssuer")} mono>
				{issuer}
			</Fact>
			<Fact name={t("technicalValidity")}>{t("technicalFromTo", dateTime(notBefore), dateTime(notAfter))}</Fact>
			<Fact name={t("technicalSha256")} mono>
				{sha256}
			</Fact>
			<Fact name={t("technicalSpki")} mono>
				{spki}
			</Fact>
			{children}
		</dl>
	);
}
