import type { ComponentChildren } from "preact";
import { t } from "../browser/i18n.ts";
import type { CertificateView, Refusal } from "../protocol.ts";
import { Disclosure } from "./Disclosure.tsx";
import { dateTime, hostAndPort } from "./names.ts";

/** What experts ask for, in their words. */
export function Technical({ refusal }: { refusal: Refusal }) {
	const { chain, overridden, unreadable, rule, selector, host, port, time, position } = refusal;
	return (
		<Disclosure summary={t("technicalTitle")}>
			<div class="stack technical">
				<dl class="facts">
					<dt>{t("technicalHost")}</dt>
					<dd class="mono">{hostAndPort(host, port)}</dd>
					<dt>{t("technicalTime")}</dt>
					<dd>{dateTime(time)}</dd>
					{rule !== null && (
						<>
							<dt>{t("technicalRule")}</dt>
							<dd class="mono">{rule.ref}</dd>
						</>
					)}
					{selector !== null && (
						<>
							<dt>{t("technicalSelector")}</dt>
							<dd class="mono">{JSON.stringify(selector)}</dd>
						</>
					)}
					{rule !== null && chain.length > 0 && (
						<>
							<dt>{t("technicalPosition")}</dt>
							<dd class="mono">{position}</dd>
						</>
					)}
					{overridden.length > 0 && (
						<>
							<dt>{t("technicalOverridden")}</dt>
							<dd class="mono">{overridden.join(", ")}</dd>
						</>
					)}
					{unreadable !== null && (
						<>
							<dt>{t("technicalUnreadable")}</dt>
							<dd class="mono">{unreadable}</dd>
						</>
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
			<dt>{t("technicalSubject")}</dt>
			<dd class="mono">{subject}</dd>
			<dt>{t("technicalIssuer")}</dt>
			<dd class="mono">{issuer}</dd>
			<dt>{t("technicalValidity")}</dt>
			<dd>{t("technicalFromTo", dateTime(notBefore), dateTime(notAfter))}</dd>
			<dt>{t("technicalSha256")}</dt>
			<dd class="mono">{sha256}</dd>
			<dt>{t("technicalSpki")}</dt>
			<dd class="mono">{spki}</dd>
			{children}
		</dl>
	);
}
