/** All that a certificate says, in words. Loaded only when a person opens one: it brings the library that reads them. */

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { number, plural, t } from "../browser/i18n.ts";
import { fromBase64 } from "../certificate/bytes.ts";
import {
	type Description,
	describeCertificate,
	type Extension,
	type KeyUsage,
	type Said,
} from "../certificate/describe.ts";
import type { CertificateView } from "../protocol.ts";
import { Button } from "./Button.tsx";
import { Fact } from "./Fact.tsx";
import { date, list } from "./names.ts";
import { toPem } from "./pem.ts";
import { CertificateFacts } from "./Technical.tsx";

const USAGES: Readonly<Record<KeyUsage, string>> = {
	digitalSignature: "technicalUseSign",
	nonRepudiation: "technicalUseCommit",
	keyEncipherment: "technicalUseKeys",
	dataEncipherment: "technicalUseData",
	keyAgreement: "technicalUseAgree",
	keyCertSign: "technicalUseCertificates",
	cRLSign: "technicalUseLists",
	encipherOnly: "technicalUseEncipherOnly",
	decipherOnly: "technicalUseDecipherOnly",
};

/** RFC 5280 section 4.2.1.12. */
const PURPOSES: Readonly<Record<string, string>> = {
	"1.3.6.1.5.5.7.3.1": "technicalForSites",
	"1.3.6.1.5.5.7.3.2": "technicalForVisitors",
	"1.3.6.1.5.5.7.3.3": "technicalForPrograms",
	"1.3.6.1.5.5.7.3.4": "technicalForMail",
	"1.3.6.1.5.5.7.3.8": "technicalForTimes",
	"1.3.6.1.5.5.7.3.9": "technicalForRevocation",
	"2.5.29.37.0": "technicalForAnything",
};

/** CA/Browser Forum, Baseline Requirements section 7.1.6.1. */
const POLICIES: Readonly<Record<string, string>> = {
	"2.23.140.1.2.1": "technicalPolicyDomain",
	"2.23.140.1.2.2": "technicalPolicyOrganization",
	"2.23.140.1.2.3": "technicalPolicyPerson",
	"2.23.140.1.1": "technicalPolicyExtended",
	"2.5.29.32.0": "technicalPolicyAny",
};

/** What the parts of an extension are called. */
const TITLES: Readonly<Record<Exclude<Said["kind"], "unknown" | "unreadable">, string>> = {
	basic: "technicalExtBasic",
	usage: "technicalExtUsage",
	purposes: "technicalExtPurposes",
	policies: "technicalExtPolicies",
	limits: "technicalExtLimits",
	addresses: "technicalExtAddresses",
	lists: "technicalExtLists",
	"own-key": "technicalExtOwnKey",
	"issuer-key": "technicalExtIssuerKey",
	logs: "technicalExtLogs",
	staple: "technicalExtStaple",
};

const Mono = ({ children }: { children: ComponentChildren }) => <span class="mono">{children}</span>;

/** Lines below each other, each on its own. */
function Lines({ of }: { of: readonly string[] }) {
	if (of.length === 0) return null;
	return (
		<ul>
			{of.map((line, index) => (
				<li key={index}>
					<Mono>{line}</Mono>
				</li>
			))}
		</ul>
	);
}

const inWords = (words: Readonly<Record<string, string>>, oids: readonly string[]): string =>
	list(
		oids.map((oid) => {
			const key = words[oid];
			return key === undefined ? oid : t(key);
		}),
	);

/** What an extension says, in words. */
function inPlain(said: Said): ComponentChildren {
	switch (said.kind) {
		case "basic":
			if (!said.ca) return t("technicalNoAuthority");
			if (said.pathLength === null) return t("technicalAuthority");
			if (said.pathLength === 0) return t("technicalAuthorityLast");
			return plural("technicalAuthorityPath", said.pathLength);
		case "usage":
			return list(said.usages.map((usage) => t(USAGES[usage])));
		case "purposes":
			return inWords(PURPOSES, said.oids);
		case "policies":
			return inWords(POLICIES, said.oids);
		case "limits":
			return (
				<>
					{said.permitted.length > 0 && <p>{t("technicalPermitted")}</p>}
					<Lines of={said.permitted.map(({ value }) => value)} />
					{said.excluded.length > 0 && <p>{t("technicalExcluded")}</p>}
					<Lines of={said.excluded.map(({ value }) => value)} />
				</>
			);
		case "addresses":
			return <Lines of={[...said.ocsp, ...said.issuers]} />;
		case "lists":
			return <Lines of={said.urls} />;
		case "own-key":
		case "issuer-key":
			return <Mono>{said.id}</Mono>;
		case "logs":
			return plural("technicalLogs", said.entries.length, date(Math.min(...said.entries.map(({ time }) => time))));
		case "staple":
			return t("technicalStaple");
		case "unknown":
			return t("technicalExtUnknown");
		case "unreadable":
			return t("technicalExtUnreadable");
	}
}

function ExtensionFacts({ extension: { oid, critical, said } }: { extension: Extension }) {
	const title = said.kind === "unknown" || said.kind === "unreadable" ? null : TITLES[said.kind];
	return (
		<>
			<dt>
				{title === null ? <Mono>{oid}</Mono> : t(title)}
				{critical && <span class="facts-note"> {t("technicalCritical")}</span>}
			</dt>
			<dd>{inPlain(said)}</dd>
		</>
	);
}

/** "RSA, 2048 bits"; "EC, P-256". */
function keyWords({ algorithm, bits, curve }: Description["key"]): string {
	if (bits !== null) return t("technicalKeyBits", algorithm, number(bits));
	return curve === null ? algorithm : `${algorithm}, ${curve}`;
}

/** Undefined: it is being read. Null: it cannot be, or it is not the one that is looked into. */
function useDescription(der: string, sha256: string): Description | null | undefined {
	const [description, setDescription] = useState<Description | null | undefined>(undefined);
	useEffect(() => {
		let isWanted = true;
		const set = (found: Description | null) => {
			if (isWanted) setDescription(found?.sha256 === sha256 ? found : null);
		};
		describeCertificate(fromBase64(der) ?? new Uint8Array()).then(set, () => set(null));
		return () => {
			isWanted = false;
		};
	}, [der, sha256]);
	return description;
}

/** `der`: in base64. `view` is what is known without it. */
export function CertificateDetails({ der, view }: { der: string; view: CertificateView }) {
	const description = useDescription(der, view.sha256);
	if (!description) return <CertificateFacts certificate={view} />;
	const { names, key, serial, signature, extensions, version } = description;
	return (
		<>
			<CertificateFacts certificate={view}>
				{names !== null && names.length > 0 && (
					<Fact name={t("technicalNames")}>
						<Lines of={names.map(({ value }) => value)} />
					</Fact>
				)}
				<Fact name={t("technicalKey")}>{keyWords(key)}</Fact>
				<Fact name={t("technicalSignature")}>{signature}</Fact>
				<Fact name={t("technicalSerial")} mono>
					{serial}
				</Fact>
				{version < 3 && <Fact name={t("technicalVersion")}>{number(version)}</Fact>}
				{extensions.map((extension, index) => (
					<ExtensionFacts key={`${index} ${extension.oid}`} extension={extension} />
				))}
			</CertificateFacts>
			<CopyPem der={der} />
		</>
	);
}

function CopyPem({ der }: { der: string }) {
	const [said, setSaid] = useState("");
	const copy = () =>
		navigator.clipboard.writeText(toPem(der)).then(
			() => setSaid(t("uiCopied")),
			() => setSaid(t("uiCopyFailed")),
		);
	return (
		<p class="row">
			<Button small onClick={() => void copy()}>
				{t("uiCopyPem")}
			</Button>
			{/* Always there: what comes into it later is read to people who cannot see it. */}
			<span class="small" role="status">
				{said}
			</span>
		</p>
	);
}
