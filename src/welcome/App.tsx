import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { number, t } from "../browser/i18n.ts";
import type { Rule } from "../core/policy.ts";
import type { OptionsView } from "../protocol.ts";
import { Button } from "../ui/Button.tsx";
import { ownWords } from "../ui/builtIn.ts";
import { English } from "../ui/English.tsx";
import { StampFigure } from "../ui/Figures.tsx";
import { HelpLink } from "../ui/HelpLink.tsx";
import { Notice } from "../ui/Notice.tsx";
import { Reason } from "../ui/Reason.tsx";
import { StateIcon } from "../ui/StateIcon.tsx";
import { Switch } from "../ui/Switch.tsx";
import type { StateShape } from "../ui/shapes.ts";
import { STEPS, stepLink, useWelcome, type Welcome, WelcomeContext } from "./store.ts";

const TITLES = ["welcomeWhat", "welcomeNow", "welcomeFirefox"];

/** The first-run page: what Countersign does, what is refused now, and what Firefox leaves to the person. In any order. */
export function App({ store }: { store: Welcome }) {
	const view = store.view.value;
	const error = store.error.value;
	useEffect(() => {
		document.title = t("welcomeTitle");
	}, []);
	return (
		<WelcomeContext.Provider value={store}>
			<main class="page stack-loose">
				<header class="welcome-head">
					<img class="welcome-mark" src="/icons/icon.svg" alt="" width="64" height="64" />
					<h1>{t("welcomeTitle")}</h1>
				</header>
				<Steps />
				{error !== null && (
					<Notice state="warned" live="assertive">
						<p>
							<English>{error}</English>
						</p>
					</Notice>
				)}
				{view !== undefined && <Step view={view} />}
			</main>
		</WelcomeContext.Provider>
	);
}

/** The way to every step. */
function Steps() {
	const now = useWelcome().step.value;
	return (
		<nav aria-label={t("welcomeSteps")}>
			<ol class="welcome-steps">
				{TITLES.map((title, index) => (
					<li key={title}>
						<a href={stepLink(index + 1)} aria-current={index + 1 === now ? "step" : undefined}>
							<span class="welcome-number" aria-hidden="true">
								{number(index + 1)}
							</span>
							<span class="welcome-step-title">{t(title)}</span>
						</a>
					</li>
				))}
			</ol>
		</nav>
	);
}

function Step({ view }: { view: OptionsView }) {
	const { step, moved } = useWelcome();
	const now = step.value;
	const heading = useRef<HTMLHeadingElement>(null);
	useEffect(() => {
		if (!moved.value) return;
		scrollTo(0, 0);
		heading.current?.focus();
	}, [now, moved]);
	return (
		<section class="stack-loose">
			<div>
				<p class="small soft">{t("welcomeStep", number(now), number(STEPS))}</p>
				<h2 class="welcome-title" ref={heading} tabIndex={-1}>
					{t(TITLES[now - 1] ?? "")}
				</h2>
			</div>
			{now === 1 ? <What /> : now === 2 ? <Now view={view} /> : <InFirefox view={view} />}
			<div class="row row-spread">
				{now > 1 ? (
					<a class="button" href={stepLink(now - 1)}>
						{t("welcomeBack")}
					</a>
				) : (
					<span />
				)}
				{now < STEPS && (
					<a class="button button-primary" href={stepLink(now + 1)}>
						{t("welcomeNext")}
					</a>
				)}
			</div>
		</section>
	);
}

/** Step 1. */
function What() {
	return (
		<>
			<ul class="welcome-lead stack">
				<li>
					<StampFigure />
					<span>{t("welcomeDoesVouch")}</span>
				</li>
				<Does state="stopped">{t("welcomeDoesRefuse")}</Does>
				<Does state="protected">{t("welcomeDoesHere")}</Does>
			</ul>
			<p class="row">
				<a href="/src/blocked/index.html?practice" target="_blank" rel="noreferrer">
					{t("checkPractice")}
				</a>
				<HelpLink />
			</p>
		</>
	);
}

/** Step 2. */
function Now({ view }: { view: OptionsView }) {
	const store = useWelcome();
	return (
		<>
			<ul class="welcome-lead stack-tight">
				<Does state="stopped">{t("welcomeAuthorities")}</Does>
				<Does state="warned">{t("welcomeOverridden")}</Does>
				<Does state="protected">{t("welcomeHome")}</Does>
			</ul>
			{view.rules.length > 0 && (
				<section class="stack">
					<h3>{t("welcomeRules")}</h3>
					<ul class="stack-tight">
						{view.rules.map((rule) => (
							<li key={rule.id} class="card welcome-rule">
								<RuleSwitch rule={rule} locked={view.admin?.locked ?? false} />
							</li>
						))}
					</ul>
				</section>
			)}
			<div class="stack-tight">
				<p>{t("welcomeMore")}</p>
				<p>
					<Button onClick={() => void store.openOptions()}>{t("popupOptions")}</Button>
				</p>
			</div>
		</>
	);
}

/** The states that the button shows, by their shapes. */
const SAYS: readonly (readonly [StateShape, string])[] = [
	["protected", "popupProtected"],
	["stopped", "popupStopped"],
	["warned", "popupWarned"],
	["local-root", "popupLocalRoot"],
	["not-checked", "popupNotChecked"],
];

/** Step 3. */
function InFirefox({ view }: { view: OptionsView }) {
	const pinned = useWelcome().pinned.value;
	return (
		<>
			<section class="stack">
				<h3>{t("welcomeButton")}</h3>
				<p>{t("welcomeButtonSays")}</p>
				<ul class="welcome-shapes">
					{SAYS.map(([state, words]) => (
						<Does key={state} state={state}>
							{t(words)}
						</Does>
					))}
				</ul>
				{pinned === null ? (
					<p>{t("welcomePinPhone")}</p>
				) : (
					<Notice state={pinned ? "protected" : "warned"} live="polite">
						<p class={pinned ? "" : "host"}>{t(pinned ? "checkToolbar" : "checkNoToolbar")}</p>
						{!pinned && <p>{t("checkNoToolbarDo")}</p>}
					</Notice>
				)}
			</section>
			<section class="stack">
				<h3>{t("welcomePrivateTitle")}</h3>
				{view.privateAllowed ? <PrivateAllowed /> : <PrivateSteps />}
			</section>
			<p>{t("welcomeDone")}</p>
		</>
	);
}

function Does({ state, children }: { state: StateShape; children: ComponentChildren }) {
	return (
		<li>
			<StateIcon state={state} />
			<span>{children}</span>
		</li>
	);
}

function RuleSwitch({ rule, locked }: { rule: Rule; locked: boolean }) {
	const store = useWelcome();
	return (
		<Switch on={rule.enabled} disabled={locked} onChange={(on) => void store.switchRule(rule, on)}>
			<span class="host">
				<bdi>{ownWords(rule.title)}</bdi>
			</span>{" "}
			<span class="soft">{t(rule.enabled ? "welcomeOn" : "welcomeOff")}</span>
			{rule.reason !== undefined && (
				<span class="welcome-reason small">
					<Reason text={rule.reason} />
				</span>
			)}
		</Switch>
	);
}

function PrivateAllowed() {
	return (
		<Notice state="protected" live="polite">
			<p>{t("welcomePrivateYes")}</p>
		</Notice>
	);
}

/** Firefox lets no extension open its add-ons page, so the way there has to be told. */
function PrivateSteps() {
	return (
		<Notice state="warned" live="polite">
			<p>
				<strong>{t("welcomePrivateNo")}</strong> {t("welcomePrivateHow")}
			</p>
			<ol class="welcome-how">
				<li>{t("welcomePrivateStep1")}</li>
				<li>{t("welcomePrivateStep2")}</li>
				<li>{t("welcomePrivateStep3")}</li>
			</ol>
			<p class="small">{t("welcomePrivateCloses")}</p>
		</Notice>
	);
}
