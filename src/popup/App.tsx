import { useEffect } from "preact/hooks";
import { t } from "../browser/i18n.ts";
import type { TabReport } from "../protocol.ts";
import { Button } from "../ui/Button.tsx";
import { Chain } from "../ui/Chain.tsx";
import { English } from "../ui/English.tsx";
import { Finding, Findings, Sources } from "../ui/Findings.tsx";
import { Name } from "../ui/Name.tsx";
import { Notice } from "../ui/Notice.tsx";
import { StateIcon } from "../ui/StateIcon.tsx";
import { Say } from "../ui/Text.tsx";
import { Exceptions } from "./Exceptions.tsx";
import { type Headline, headlineFor, whereOf } from "./headline.ts";
import { Parts } from "./Parts.tsx";
import { PartsByAuthority } from "./PartsByAuthority.tsx";
import { Refuse } from "./Refuse.tsx";
import { type Popup, PopupContext, usePopup } from "./store.ts";

/** What Countersign knows of one tab. */
export function App({ store }: { store: Popup }) {
	const report = store.report.value;
	const error = store.error.value;
	return (
		<PopupContext.Provider value={store}>
			<main class="popup">
				{error !== null && !store.silent.value && (
					<Notice state="warned" live="assertive">
						<p>
							<English>{error}</English>
						</p>
					</Notice>
				)}
				{store.silent.value ? (
					<SilentHead />
				) : report === null ? (
					<p class="popup-head">{t("popupNoTab")}</p>
				) : (
					report !== undefined && <Report report={report} />
				)}
			</main>
			<footer class="popup-foot row row-spread">
				<Button look="link" onClick={() => void store.openOptions()}>
					{t("popupOptions")}
				</Button>
				<a
					href="/src/help/index.html"
					target="_blank"
					rel="noreferrer"
					onClick={(event) => {
						event.preventDefault();
						void store.openHelp();
					}}
				>
					{t("helpTitle")}
				</a>
			</footer>
		</PopupContext.Provider>
	);
}

/** In the place of all else: what is known of the tab may not be true any more. */
function SilentHead() {
	useEffect(() => {
		document.title = t("popupTitle", t("checkDead"));
	}, []);
	return (
		<div class="popup-head state-warned" role="alert">
			<StateIcon state="warned" />
			<div class="stack-tight">
				<h1>{t("checkDead")}</h1>
				<p>{t("checkDeadDo")}</p>
			</div>
		</div>
	);
}

function Report({ report }: { report: TabReport }) {
	const store = usePopup();
	const { chain, parts, accepted, exceptions, locked } = report;
	const now = store.clock.now();
	const told = headlineFor(report, store.refusal.value, now);
	return (
		<>
			<Head report={report} told={told} />
			{parts.length > 0 && <Parts parts={parts} count={report.partsCount} />}
			{exceptions.length > 0 && <Exceptions exceptions={exceptions} />}
			{told.more.length > 0 && (
				<section class="popup-part">
					<Findings explanations={told.more} now={now} />
				</section>
			)}
			{chain.length > 0 && (
				<section class="popup-part stack">
					<h2>{t("blockedChainTitle")}</h2>
					<Chain
						host={whereOf(report) ?? ""}
						chain={chain}
						refused={(position) =>
							report.refused[position] != null || store.refusing.value.get(chain[position]?.spki ?? "")?.step === "done"
						}
						bytes={store.chainBytes}
						openAuthority={(id) => void store.openAuthority(id)}
					>
						{(certificate, position) =>
							position > 0 && <Refuse certificate={certificate} position={position} report={report} />
						}
					</Chain>
				</section>
			)}
			<PartsByAuthority accepted={accepted} stopped={parts} />
			{told.lead !== null && (
				<section class="popup-part">
					<Sources explanations={[told.lead, ...told.more]} now={now} />
				</section>
			)}
			{locked && (
				<section class="popup-part">
					<p class="small soft">{t("popupLocked")}</p>
				</section>
			)}
		</>
	);
}

function Head({ report, told }: { report: TabReport; told: Headline }) {
	const store = usePopup();
	const where = whereOf(report);
	const { state, headline, sentences, lead, action } = told;
	const isMarked = state === "protected" && lead?.weight !== "note";
	useEffect(() => {
		document.title = t("popupTitle", t(headline.key, ...headline.args));
	}, [headline.key, headline.args]);
	return (
		<header class={`popup-head state-${state}`}>
			<StateIcon state={state} />
			<div class="stack-tight">
				{where !== null && (
					<p class="small soft">
						<Name of={where} />
					</p>
				)}
				<h1>
					<Say what={headline} />
				</h1>
				{sentences.map((sentence) => (
					<p key={sentence.key}>
						{/* Accepted, and still something matters: the shield beside it does not show that. */}
						{isMarked && lead !== null && sentence === sentences[0] ? (
							<Finding explanation={lead} now={store.clock.now()} />
						) : (
							<Say what={sentence} />
						)}
					</p>
				))}
				{action === "reload" && (
					<p>
						<Button look="primary" onClick={() => void store.reload()}>
							{t("popupReload")}
						</Button>
					</p>
				)}
				{action === "go-back" && (
					<p>
						<Button look="primary" onClick={() => void store.goBack()}>
							{t("blockedGoBack")}
						</Button>
					</p>
				)}
			</div>
		</header>
	);
}
