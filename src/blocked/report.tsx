/**
 * The report: one file about one stop, to send to people who look into such things. It says what was found and how
 * that can be checked, and nothing about the person: what could tell who they are is left out until they include it.
 */

import { type ComponentChildren, createContext, render } from "preact";
import { useContext } from "preact/hooks";
import { language, t } from "../browser/i18n.ts";
import { explain } from "../core/findings/index.ts";
import type { Refusal } from "../protocol.ts";
import { ownWords } from "../ui/builtIn.ts";
import { sentenceOf } from "../ui/explain.ts";
import { Fact } from "../ui/Fact.tsx";
import { factsOfRefusal } from "../ui/facts.ts";
import { hostAndPort, nameAndCountry, nameOf, nameWithCountry } from "../ui/names.ts";
import { Say, Sentences, say, Text } from "../ui/Text.tsx";
import { whatWasFound } from "../ui/why.ts";
import { REPORT_STYLE } from "./reportStyle.ts";

/** What reports say of the software. */
export interface Versions {
	/** "Firefox 153.0". */
	readonly browser: string;
	/** Of Countersign. */
	readonly extension: string;
}

/** All that a report can be made of. */
export interface ReportFacts {
	readonly refusal: Refusal;
	/** For each certificate of the chain its PEM text, or null where it is not known. */
	readonly pems: readonly (string | null)[];
	readonly practice: boolean;
	readonly versions: Versions;
}

/** What the person wants in it although it can tell something about them. */
export interface Include {
	/** The whole address instead of the host alone. */
	readonly address: boolean;
	/** The rule's title, reason, name and list: words of the person, an administrator or a list. */
	readonly words: boolean;
	/** Who vouched for the site on earlier visits, with the days of the first and the last. */
	readonly visits: boolean;
}

export const NOTHING_PERSONAL: Include = { address: false, words: false, visits: false };

/**
 * A time in UTC, in the words' own language: neither the person's time zone nor their region is to be read from it.
 * With the same in ISO 8601, which is alike in all languages and calendars.
 */
function Time({ at }: { at: number }) {
	const iso = new Date(at).toISOString().replace(".000Z", "Z");
	const words = new Intl.DateTimeFormat(language(), { dateStyle: "long", timeStyle: "long", timeZone: "UTC" });
	return (
		<time dateTime={iso}>
			<bdi>{words.format(at)}</bdi> <span class="mono">({iso})</span>
		</time>
	);
}

/** The address without a name and password that might stand in it. */
function plainAddress(address: string): string {
	const url = URL.parse(address);
	if (url === null) return address;
	url.username = "";
	url.password = "";
	return url.href;
}

const HEADLINES: Readonly<Record<Refusal["outcome"], string>> = {
	refuse: "reportStopped",
	unverifiable: "reportStopped",
	warn: "reportWarned",
	unanswered: "reportHeld",
};

const SOURCES = { person: "reportRuleByPerson", admin: "reportRuleByAdmin", list: "reportRuleByList" } as const;
const ACTIONS = { warn: "blockedRuleWarns", block: "blockedRuleBlocks", strict: "blockedRuleStrict" } as const;

/** The report is a document of its own, not a part of a page: its headings begin at the top. */
const InFile = createContext(false);

function Section({ title, children }: { title: string; children: ComponentChildren }) {
	const Heading = useContext(InFile) ? "h2" : "h4";
	return (
		<section>
			<Heading>{title}</Heading>
			{children}
		</section>
	);
}

/** The report as it is read, in a file and as a preview. Nothing in it does anything. */
export function ReportBody({ facts, include }: { facts: ReportFacts; include: Include }) {
	const { refusal, practice } = facts;
	const Heading = useContext(InFile) ? "h1" : "h3";
	return (
		<article class="report">
			<header>
				{practice && <p class="report-practice">{t("reportPractice")}</p>}
				<Heading>
					<Text of="reportDocumentTitle" args={[refusal.host]} />
				</Heading>
				<p>{t("reportWhat")}</p>
			</header>
			<Happened facts={facts} include={include} />
			{refusal.outcome !== "unanswered" && <RuleOf refusal={refusal} include={include} />}
			<Certificates facts={facts} />
			{include.visits && refusal.before.length > 0 && <Visits refusal={refusal} />}
			<HowToCheck refusal={refusal} />
			<Section title={t("reportLeftOutTitle")}>
				<p>{t("reportLeftOut")}</p>
				{!include.address && <p>{t("reportLeftOutAddress")}</p>}
				{!include.words && refusal.rule !== null && <p>{t("reportLeftOutWords")}</p>}
				{/* Whether there were any: that there were none to leave out would tell, too. */}
				{!include.visits && <p>{t("reportLeftOutVisits")}</p>}
			</Section>
		</article>
	);
}

/**
 * Findings about the site alone, by id. Others tell of the person (earlier visits, a proxy) or have dates in them, which
 * pages write as the person's region does.
 */
const NOTICED = new Set([
	"self-signed",
	"not-logged",
	"weak-encryption",
	"other-papers",
	"by-country",
	"by-name",
	"just-issued",
]);

/** What is known without the visits before: these have a part of their own, where they are wanted. */
const withoutVisits = (refusal: Refusal): Refusal => ({ ...refusal, before: [] });

function Noticed({ refusal }: { refusal: Refusal }) {
	const noticed = explain(factsOfRefusal(withoutVisits(refusal))).filter(({ id }) => NOTICED.has(id));
	if (noticed.length === 0) return null;
	return (
		<>
			<p>{t("reportNoticed")}</p>
			<ul>
				{noticed.map((explanation) => (
					<li key={explanation.key}>
						<Say what={sentenceOf(explanation, refusal.time)} />
					</li>
				))}
			</ul>
		</>
	);
}

function Happened({ facts, include }: { facts: ReportFacts; include: Include }) {
	const { refusal, versions } = facts;
	const { host, port, time, overridden, unreadable, connection } = refusal;
	return (
		<Section title={t("blockedHappenedTitle")}>
			<p>
				<Sentences of={[say(HEADLINES[refusal.outcome], host), whatWasFound(withoutVisits(refusal))]} />
			</p>
			<Noticed refusal={refusal} />
			<dl>
				<Fact name={t("reportSite")} mono>
					{hostAndPort(host, port)}
				</Fact>
				{include.address && (
					<Fact name={t("reportAddress")} mono>
						{plainAddress(refusal.url)}
					</Fact>
				)}
				<Fact name={t("technicalTime")}>
					<Time at={time} />
				</Fact>
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
				{connection !== null && connection.protocol !== null && (
					<Fact name={t("reportProtocol")} mono>
						{connection.weak ? `${connection.protocol}, weak` : connection.protocol}
					</Fact>
				)}
				{connection !== null && connection.transparency !== null && (
					<Fact name={t("reportTransparency")} mono>
						{connection.transparency}
					</Fact>
				)}
				<Fact name={t("reportBrowser")}>
					<bdi>{versions.browser}</bdi>
				</Fact>
				<Fact name={t("reportExtension")}>
					<bdi>{versions.extension}</bdi>
				</Fact>
			</dl>
		</Section>
	);
}

function RuleOf({ refusal, include }: { refusal: Refusal; include: Include }) {
	const { rule, selector } = refusal;
	return (
		<Section title={t("blockedRuleTitle")}>
			{rule === null ? (
				<p>{t("blockedNoRule")}</p>
			) : (
				<>
					<p>
						{t(SOURCES[rule.source])} {t(ACTIONS[rule.action])}
					</p>
					{include.words && (
						<>
							<p>
								<strong>
									<bdi>{ownWords(rule.title)}</bdi>
								</strong>
							</p>
							{rule.reason !== null && (
								<blockquote>
									<bdi>{ownWords(rule.reason)}</bdi>
								</blockquote>
							)}
						</>
					)}
					<dl>
						{selector !== null && (
							<Fact name={t("technicalSelector")} mono>
								{JSON.stringify(selector)}
							</Fact>
						)}
						{include.words && (
							<>
								<Fact name={t("technicalRule")} mono>
									{rule.ref}
								</Fact>
								{rule.list && (
									<Fact name={t("reportList")}>
										<bdi>{rule.list.title}</bdi> <span class="mono">({rule.list.id})</span>
									</Fact>
								)}
							</>
						)}
					</dl>
				</>
			)}
		</Section>
	);
}

function Certificates({ facts }: { facts: ReportFacts }) {
	const { refusal, pems } = facts;
	const { chain, overridden } = refusal;
	return (
		<Section title={t("blockedChainTitle")}>
			{chain.length === 0 && <p>{t("reportNoChain")}</p>}
			{overridden.length > 0 && <p>{t("reportChainUnproven")}</p>}
			<ol>
				{chain.map((certificate, position) => (
					<Link key={certificate.sha256} refusal={refusal} position={position} pem={pems[position] ?? null} />
				))}
			</ol>
		</Section>
	);
}

function Link({ refusal, position, pem }: { refusal: Refusal; position: number; pem: string | null }) {
	const { chain, rule, host } = refusal;
	const certificate = chain[position];
	const below = chain[position - 1];
	if (certificate === undefined) return null;
	const { authority, builtInRoot, subject, issuer, notBefore, notAfter, sha256, spki } = certificate;
	const belowName = position === 1 || below === undefined ? host : nameOf(below);
	const isRefused = rule !== null && position === refusal.position;
	return (
		<li class={isRefused ? "report-refused" : undefined}>
			<p>
				<strong>
					<bdi>{position === 0 ? host : nameAndCountry(certificate)}</bdi>
				</strong>{" "}
				{position === 0 ? t("uiChainSite") : <Text of="uiChainVouches" args={[belowName]} />}
				{isRefused && <span class="report-mark"> {t("uiRefused")}</span>}
			</p>
			{position > 0 && builtInRoot !== null && position === chain.length - 1 && (
				<p>{builtInRoot ? t("uiChainBuiltIn") : t("uiChainAdded")}</p>
			)}
			<dl>
				<Fact name={t("technicalSubject")} mono>
					{subject}
				</Fact>
				<Fact name={t("technicalIssuer")} mono>
					{issuer}
				</Fact>
				<Fact name={t("technicalValidity")}>
					<Text of="technicalFromTo" args={[<Time key="from" at={notBefore} />, <Time key="to" at={notAfter} />]} />
				</Fact>
				<Fact name={t("technicalSha256")} mono>
					{sha256}
				</Fact>
				<Fact name={t("technicalSpki")} mono>
					{spki}
				</Fact>
				{authority !== null && (
					<Fact name={t("reportOwner")}>
						<bdi>{nameWithCountry(authority.name, authority.country)}</bdi>
					</Fact>
				)}
			</dl>
			{pem === null ? <p>{t("reportNoPem")}</p> : <pre dir="ltr">{pem}</pre>}
		</li>
	);
}

function Visits({ refusal: { before } }: { refusal: Refusal }) {
	// Days, not times, and as the record has them: each is the person's own day.
	const day = new Intl.DateTimeFormat(language(), { dateStyle: "long" });
	return (
		<Section title={t("reportVisitsTitle")}>
			<ul>
				{before.map(({ name, country, first, last }) => (
					<li key={`${name} ${country}`}>
						<Text of="reportVisit" args={[nameWithCountry(name, country), day.format(first), day.format(last)]} />
					</li>
				))}
			</ul>
		</Section>
	);
}

const FINGERPRINT_COMMAND = "openssl x509 -in file.pem -noout -subject -issuer -dates -fingerprint -sha256";

/**
 * What shows the certificates that a site presents. Null: its name has characters that mean something to a shell, as
 * addresses may ("a;b.example"), and nobody shall paste those.
 */
function siteCommand(host: string, port: number): string | null {
	const isAddress = /^\[[0-9a-f:.]+\]$/.test(host);
	if (!isAddress && !/^[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?$/.test(host)) return null;
	const name = isAddress || /^[0-9.]+$/.test(host) ? "" : ` -servername ${host}`;
	return `openssl s_client -connect ${host}:${port}${name} -showcerts </dev/null`;
}

function HowToCheck({ refusal: { chain, overridden, host, port } }: { refusal: Refusal }) {
	const command = siteCommand(host, port);
	return (
		<Section title={t("reportCheckTitle")}>
			<p>{t("reportCheckAnyone")}</p>
			{chain.length > 0 && (
				<>
					{overridden.length === 0 && <p>{t("reportCheckSigned")}</p>}
					<p>
						<Text
							of="reportCheckFingerprint"
							args={[<code key="begin">BEGIN</code>, <code key="end">END</code>, <code key="file">file.pem</code>]}
						/>
					</p>
					<pre dir="ltr">{FINGERPRINT_COMMAND}</pre>
					<p>
						<Text of="reportCheckLogs" args={[<code key="logs">crt.sh</code>]} />
					</p>
				</>
			)}
			{command !== null && (
				<>
					<p>{t("reportCheckSite")}</p>
					<pre dir="ltr">{command}</pre>
				</>
			)}
		</Section>
	);
}

function meta(document: Document, attributes: Readonly<Record<string, string>>): void {
	const element = document.createElement("meta");
	for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
	document.head.append(element);
}

/**
 * The report as a file: one HTML document that loads nothing and runs nothing. It is put together from elements and
 * text, never from markup: names in certificates are whatever somebody wrote there.
 */
export function reportFile(facts: ReportFacts, include: Include): string {
	const file = document.implementation.createHTMLDocument("");
	file.documentElement.lang = language();
	file.documentElement.dir = t("direction");
	file.head.replaceChildren();
	meta(file, { charset: "utf-8" });
	meta(file, { "http-equiv": "Content-Security-Policy", content: "default-src 'none'; style-src 'unsafe-inline'" });
	meta(file, { name: "viewport", content: "width=device-width, initial-scale=1" });
	meta(file, { name: "color-scheme", content: "light dark" });
	const title = file.createElement("title");
	title.textContent = t("reportDocumentTitle", facts.refusal.host);
	const style = file.createElement("style");
	style.textContent = REPORT_STYLE;
	file.head.append(title, style);
	render(
		<InFile.Provider value={true}>
			<ReportBody facts={facts} include={include} />
		</InFile.Provider>,
		file.body,
	);
	const text = `<!doctype html>\n${file.documentElement.outerHTML}\n`;
	render(null, file.body);
	return text;
}

/** What a file name may hold of a host: 100 characters, and of those only what no system minds. */
const forFileName = (host: string): string => host.replace(/[^a-z0-9.-]+/gi, "_").slice(0, 100);

/** "countersign-report-outlook.example-2026-11-22.html", the day in UTC. */
export function reportName({ host, time }: Refusal): string {
	return `countersign-report-${forFileName(host)}-${new Date(time).toISOString().slice(0, 10)}.html`;
}
