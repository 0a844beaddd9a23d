import { useEffect } from "preact/hooks";
import { t } from "../browser/i18n.ts";
import type { Refusal, RuleView } from "../protocol.ts";
import { Button } from "../ui/Button.tsx";
import { ownWords } from "../ui/builtIn.ts";
import { Chain } from "../ui/Chain.tsx";
import { Disclosure } from "../ui/Disclosure.tsx";
import { HelpLink } from "../ui/HelpLink.tsx";
import { Name } from "../ui/Name.tsx";
import { nameOf } from "../ui/names.ts";
import { Reason } from "../ui/Reason.tsx";
import { StateIcon } from "../ui/StateIcon.tsx";
import { CertificateFacts, Technical } from "../ui/Technical.tsx";
import { Say, Sentences, Text } from "../ui/Text.tsx";
import { WayThrough } from "../ui/WayThrough.tsx";
import { whatCouldHappen, whatElse, whatWasFound, whatWasSent, whoDecided } from "../ui/why.ts";
import { Actions } from "./Actions.tsx";
import { Illustration, sceneOf } from "./Illustration.tsx";
import { Practice, Practised } from "./Practice.tsx";
import { SaveReport } from "./SaveReport.tsx";
import { type Blocked, BlockedContext, type PractiseStep, useBlocked } from "./store.ts";
import { Unanswered } from "./Unanswered.tsx";

/** The page shown in place of one that was stopped. */
export function App({ store }: { store: Blocked }) {
	const refusal = store.held.state.value.step === "gone" ? null : store.refusal.value;
	const practised = store.practised.value;
	return (
		<BlockedContext.Provider value={store}>
			<main class="page page-banded blocked">
				{practised !== null && <Practice />}
				{refusal === null && <Gone />}
				{refusal && <Known refusal={refusal} practised={practised} />}
			</main>
		</BlockedContext.Provider>
	);
}

function Known({ refusal, practised }: { refusal: Refusal; practised: PractiseStep | null }) {
	if (practised === "through" || practised === "again") return <Practised what={practised} host={refusal.host} />;
	return refusal.outcome === "unanswered" ? <Unanswered refusal={refusal} /> : <Stopped refusal={refusal} />;
}

/** The one filled button: always there, and it works when there is nothing to go back to. */
function GoBack() {
	const store = useBlocked();
	return <Actions label={t("blockedGoBack")} onClick={() => void store.goBack()} />;
}

function Stopped({ refusal }: { refusal: Refusal }) {
	const warn = refusal.outcome === "warn";
	const isPractice = useBlocked().practised.value !== null;
	const title = isPractice ? "blockedTitlePractice" : warn ? "blockedTitleWarn" : "blockedTitle";
	useEffect(() => {
		document.title = t(title, refusal.host);
	}, [title, refusal.host]);
	const was = whatElse(refusal);
	return (
		<>
			<div class="stack blocked-message" id="message">
				<Illustration scene={sceneOf(refusal)} state={warn ? "warned" : "stopped"} />
				<p class={`blocked-state band-state ${warn ? "state-warned" : "state-stopped"}`}>
					<StateIcon state={warn ? "warned" : "stopped"} />
					{t(warn ? "blockedHeld" : "blockedStopped")}
				</p>
				<h1>
					<Say what={whoDecided(refusal)} />
				</h1>
				<p class="blocked-found">
					<Sentences of={[whatWasFound(refusal), ...(was === null ? [] : [was])]} />
				</p>
				<p>
					<Say what={whatCouldHappen(refusal)} />
				</p>
				<p>
					<Sentences of={whatWasSent(refusal.sent)} />
				</p>
			</div>
			<GoBack />
			<Disclosure summary={t("blockedAdvanced")}>
				<Advanced refusal={refusal} />
			</Disclosure>
		</>
	);
}

function Advanced({ refusal }: { refusal: Refusal }) {
	const store = useBlocked();
	const { chain, rule, position, host, overridden } = refusal;
	return (
		<div class="card stack-loose blocked-advanced">
			{chain.length > 0 && (
				<section class="stack">
					<h2>{t("blockedChainTitle")}</h2>
					<Chain
						host={host}
						chain={chain}
						refused={(at) => rule !== null && at === position}
						bytes={store.chainBytes}
					/>
					{overridden.length > 0 && <p class="small soft">{t("blockedChainOverridden")}</p>}
				</section>
			)}
			<section class="stack">
				<h2>{t("blockedRuleTitle")}</h2>
				{rule === null ? <p>{t("blockedNoRule")}</p> : <RuleWords rule={rule} />}
			</section>
			<Technical refusal={refusal} />
			<OnPaper refusal={refusal} />
			<SaveReport refusal={refusal} />
			<p>
				<HelpLink at="what-to-do-at-a-warning" />
			</p>
			<section class="stack-tight blocked-again">
				<h2>{t("blockedAgainTitle")}</h2>
				<p class="small soft">{t("blockedAgainHint")}</p>
				<p>
					<Button look="link" onClick={() => store.checkAgain()}>
						{t("blockedAgain")}
					</Button>
				</p>
			</section>
			<section class="stack-tight blocked-way">
				<h2>{t("wayTitle")}</h2>
				<WayThrough refusal={refusal} clock={store.clock} onProceed={(choice) => store.letThrough(choice)} />
			</section>
		</div>
	);
}

/** What opens on the screen when somebody looks into a document: on paper nothing opens any more. */
function OnPaper({ refusal: { chain, host } }: { refusal: Refusal }) {
	return (
		<div class="blocked-paper stack">
			{chain.map((certificate, position) => (
				<section key={certificate.sha256} class="stack-tight">
					<h3>
						<Name of={position === 0 ? host : (certificate.commonName ?? nameOf(certificate))} />
					</h3>
					<CertificateFacts certificate={certificate} />
				</section>
			))}
		</div>
	);
}

const ACTIONS = { warn: "blockedRuleWarns", block: "blockedRuleBlocks", strict: "blockedRuleStrict" } as const;

function RuleWords({ rule }: { rule: RuleView }) {
	return (
		<div class="stack-tight">
			<p class="host">
				<bdi>{ownWords(rule.title)}</bdi>
			</p>
			{rule.reason !== null && (
				<blockquote class="blocked-reason">
					<Reason text={rule.reason} />
				</blockquote>
			)}
			<p class="small soft">
				<RuleSource rule={rule} /> {t(ACTIONS[rule.action])}
			</p>
		</div>
	);
}

/** Who set a rule. */
function RuleSource({ rule: { source, list } }: { rule: RuleView }) {
	if (list) return <Text of="blockedRuleByList" args={[list.title]} />;
	return t(source === "admin" ? "blockedRuleByAdmin" : "blockedRuleByYou");
}

/** The details of a refusal live in memory: a restart takes them. */
function Gone() {
	useEffect(() => {
		document.title = t("blockedGoneTitle");
	}, []);
	return (
		<>
			<div class="stack blocked-message" id="message">
				<Illustration scene="refused" state="stopped" />
				<p class="blocked-state band-state state-stopped">
					<StateIcon state="stopped" />
					{t("blockedStopped")}
				</p>
				<h1>{t("blockedGone")}</h1>
				<p>{t("blockedGoneWhy")}</p>
				<p>{t("blockedGoneWhat")}</p>
			</div>
			<GoBack />
		</>
	);
}
